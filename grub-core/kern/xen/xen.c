/* SPDX-License-Identifier: GPL-3.0-or-later */
/* xen.c - module xen: its layers, and the hand-off to an OS
   Copyright (C) 2026  The grub-xen-hvm authors  */

#include <grub/dl.h>
#include <grub/err.h>
#include <grub/loader.h>
#include <grub/xen/grant.h>
#include <grub/xen/resume.h>

GRUB_MOD_LICENSE ("GPLv3+");

/* After every disk driver's hook, but while the memory map may change and the
   console works.  */
#define XEN_PRIO_SETTLE (GRUB_LOADER_PREBOOT_HOOK_PRIO_DISK - 1)

static struct grub_preboot *xen_preboot, *xen_settle;

/* Keep the OS from using memory that a backend still maps.  */
static grub_err_t
xen_settle_pages (int noreturn __attribute__ ((unused)))
{
  if (grub_xen_is_up ())
    grub_xen_pages_reclaim ();
  return grub_xen_pages_settle ();
}

/* The OS finds Xen as the firmware left it.  */
static grub_err_t
xen_before_boot (int noreturn __attribute__ ((unused)))
{
  grub_xen_down ();
  return GRUB_ERR_NONE;
}

/* After a failed boot the next user brings Xen up.  */
static grub_err_t
xen_after_boot (void)
{
  return GRUB_ERR_NONE;
}

/* Register the hooks first, because without them nothing would be given back
   to Xen.  They run after every disk driver's hook, and before the memory map
   is final.  */
static grub_err_t
xen_register_hooks (void)
{
  if (!xen_preboot)
    xen_preboot = grub_loader_register_preboot_hook (
      xen_before_boot, xen_after_boot, GRUB_LOADER_PREBOOT_HOOK_PRIO_MEMORY);
  if (xen_preboot && !xen_settle)
    xen_settle
      = grub_loader_register_preboot_hook (xen_settle_pages, xen_after_boot,
					   XEN_PRIO_SETTLE);
  return xen_settle ? GRUB_ERR_NONE : grub_errno;
}

static struct grub_xen_layer xen_hooks_layer = { .up = xen_register_hooks };

/* The module's layers, the lowest first.  */
static struct grub_xen_layer *const xen_layers[]
  = { &xen_hooks_layer, &grub_xen_grant_layer, &grub_xenstore_layer,
      &grub_xen_pages_layer };

/* Xen is brought up only when it is needed: see grub_xen_up.  */
GRUB_MOD_INIT (xen)
{
  unsigned int i;

  for (i = 0; i < ARRAY_SIZE (xen_layers); i++)
    grub_xen_layer_register (xen_layers[i]);
}

GRUB_MOD_FINI (xen)
{
  if (xen_settle)
    grub_loader_unregister_preboot_hook (xen_settle);
  if (xen_preboot)
    grub_loader_unregister_preboot_hook (xen_preboot);
  xen_preboot = xen_settle = 0;
  grub_xen_down ();
}
