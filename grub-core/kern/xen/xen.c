/*
 *  grub-xen-hvm  --  bring the Xen platform up and down as a whole; module init
 *  Copyright (C) 2026  The grub-xen-hvm authors
 *
 *  This program is free software: you can redistribute it and/or modify
 *  it under the terms of the GNU General Public License as published by
 *  the Free Software Foundation, either version 3 of the License, or
 *  (at your option) any later version.
 *
 *  This program is distributed in the hope that it will be useful,
 *  but WITHOUT ANY WARRANTY; without even the implied warranty of
 *  MERCHANTABILITY or FITNESS FOR A PARTICULAR PURPOSE.  See the
 *  GNU General Public License for more details.
 *
 *  You should have received a copy of the GNU General Public License
 *  along with this program.  If not, see <https://www.gnu.org/licenses/>.
 */

#include <grub/dl.h>
#include <grub/err.h>
#include <grub/i18n.h>
#include <grub/loader.h>
#include <grub/xen/grant.h>
#include <grub/xen/hvm.h>
#include <grub/xen/xen.h>
#include <grub/xen/xenstore.h>

GRUB_MOD_LICENSE ("GPLv3+");

/* How often a guest may be restored in the middle of one thing.  */
#define RESTORES	8

/* Behind every disk driver's hook, while the memory map may change and there
   is a console.  */
#define PRIO_SETTLE	(GRUB_LOADER_PREBOOT_HOOK_PRIO_DISK - 1)

static struct grub_preboot *preboot, *settle;

/* What a backend still maps is kept out of the OS's way.  */
static grub_err_t
before_memory (int noreturn __attribute__ ((unused)))
{
  if (grub_xen_is_up ())
    grub_xen_pages_reclaim ();
  return grub_xen_pages_settle ();
}

/* The OS finds Xen as the firmware left it.  */
static grub_err_t
before_boot (int noreturn __attribute__ ((unused)))
{
  grub_xen_down ();
  return GRUB_ERR_NONE;
}

/* Who needs Xen after a boot that came back brings it up.  */
static grub_err_t
after_boot (void)
{
  return GRUB_ERR_NONE;
}

/* Without the hook nothing would be given back to Xen, so it comes first: behind
   every disk driver's, and before the memory map is final.  */
static grub_err_t
register_hook (void)
{
  if (!preboot)
    preboot = grub_loader_register_preboot_hook
      (before_boot, after_boot, GRUB_LOADER_PREBOOT_HOOK_PRIO_MEMORY);
  if (preboot && !settle)
    settle = grub_loader_register_preboot_hook (before_memory, after_boot,
						PRIO_SETTLE);
  return settle ? GRUB_ERR_NONE : grub_errno;
}

grub_err_t
grub_xen_up (void)
{
  if (grub_xen_is_lost ())
    grub_xen_down ();
  if (grub_xen_is_up ())
    return GRUB_ERR_NONE;
  if (register_hook () || grub_xen_hvm_init ())
    return grub_errno;
  if (!grub_xen_grant_init () && !grub_xenstore_init ())
    {
      grub_xen_pages_reclaim ();
      return GRUB_ERR_NONE;
    }
  /* That it was lost meanwhile has to show: see grub_xen_run.  */
  if (!grub_xen_is_lost ())
    grub_xen_down ();
  return grub_errno;
}

/* A backend, and xenstored, go on while the guest is saved: what was saved may have
   their answer without what it is about.  So a success counts only if no restore came
   into it.  */
grub_err_t
grub_xen_run (grub_err_t (*body) (void *data), void *data)
{
  unsigned int tries = 0;
  grub_err_t err;

  grub_xen_platform.running++;
  while (1)
    {
      err = grub_xen_up () ? grub_errno : body (data);
      if (!grub_xen_is_lost ())
	break;
      grub_errno = GRUB_ERR_NONE;
      if (tries++ == RESTORES)
	{
	  err = grub_error (GRUB_ERR_IO, N_("the guest was restored"));
	  break;
	}
    }
  grub_xen_platform.running--;
  return err;
}

void
grub_xen_down (void)
{
  if (!grub_xen_is_up ())
    return;
  if (grub_xen_is_lost ())
    grub_xen_platform.generation++;
  grub_xenstore_fini ();
  grub_xen_grant_fini ();
  grub_xen_hvm_fini ();
}

GRUB_MOD_INIT (xen)
{
  /* Nothing is done on a machine that does not need it: see grub_xen_up.  */
}

GRUB_MOD_FINI (xen)
{
  if (settle)
    grub_loader_unregister_preboot_hook (settle);
  if (preboot)
    grub_loader_unregister_preboot_hook (preboot);
  preboot = settle = 0;
  grub_xen_down ();
}
