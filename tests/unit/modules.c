/* SPDX-License-Identifier: GPL-3.0-or-later */
/* modules.c - loading, using and unloading the modules as GRUB does
   Copyright (C) 2026  The grub-xen-hvm authors  */

#include <stdio.h>
#include <stdlib.h>
#include <grub/dl.h>
#include <grub/loader.h>
#include <grub/xen/grant.h>
#include <grub/xen/resume.h>
#include "modules.h"
#include "store.h"

/* The host build of GRUB_MOD_INIT and GRUB_MOD_FINI.  */
void grub_xen_init (void);
void grub_xen_fini (void);
void grub_xen_table_init (void);
void grub_xen_table_fini (void);
void grub_xen_blk_init (void);
void grub_xen_blk_fini (void);
void grub_xen_info_init (void);
void grub_xen_info_fini (void);
void grub_xen_store_init (void);
void grub_xen_store_fini (void);
void grub_part_msdos_init (void);
void grub_part_msdos_fini (void);

void
modules_load (void)
{
  grub_xen_init ();
  grub_xen_table_init ();
  grub_xen_blk_init ();
  grub_xen_info_init ();
  grub_xen_store_init ();
  grub_part_msdos_init ();
}

void
modules_unload (void)
{
  grub_disk_cache_invalidate_all ();
  grub_part_msdos_fini ();
  grub_xen_store_fini ();
  grub_xen_info_fini ();
  grub_xen_blk_fini ();
  grub_xen_table_fini ();
  grub_xen_fini ();
}

void
modules_handed_over (const char *file, int line)
{
  const struct xenstore_domain_interface *page = xen.store;
  unsigned int i, wrong = 0;

  unit_xen_clean (file, line);
  for (i = 0; i < n_disks; i++)
    {
      const struct disk *d = &disks[i];

      if (disk_keys_left (d) || (!d->gone && d->stuck < 0
				 && (disk_frontend_state (d) != 1
				     || disk_state (d) != 2)))
	{
	  fprintf (stderr, "%s:%d: disk %u: frontend %d, backend %d, %u keys\n",
		   file, line, d->handle, disk_frontend_state (d),
		   disk_state (d), disk_keys_left (d));
	  wrong = 1;
	}
    }
  if (page->rsp_prod != page->rsp_cons || page->req_prod != page->req_cons)
    {
      fprintf (stderr, "%s:%d: bytes are left in xenstore's ring\n", file,
	       line);
      wrong = 1;
    }
  if (wrong || grub_xen_grant_count () || grub_xen_is_up ()
      || store.open_transactions)
    _fail (file, line);
}

void
modules_down (void)
{
  modules_unload ();
  assert_quiet ();
  assert_handed_over ();
  /* The platform keeps its blocks, if it has allocated them.  */
  if (shim.blocks > xen_own_blocks ())
    shim_print_blocks ();
  assert_in_range (shim.blocks, 0, xen_own_blocks ());
}

static char names[1024];

static int
add_name (const char *name, void *data)
{
  (void) data;
  snprintf (names + strlen (names), sizeof (names) - strlen (names), "%s ",
	    name);
  return 0;
}

const char *
modules_list (void)
{
  names[0] = 0;
  grub_disk_dev_iterate (add_name, 0);
  return names;
}

grub_err_t
modules_read (const char *name, const struct disk *disk, uint64_t sector,
	      size_t bytes)
{
  grub_disk_t handle = grub_disk_open (name);
  char *buf = malloc (bytes);
  grub_err_t err;
  size_t i;

  if (!handle)
    {
      free (buf);
      assert_int_not_equal (grub_errno, GRUB_ERR_NONE);
      return grub_errno;
    }
  err = grub_disk_read (handle, sector, 0, bytes, buf);
  for (i = 0; i < bytes && !err; i += 8)
    {
      uint64_t pattern = disk_pattern (disk, sector * 512 + i);

      assert_memory_equal (buf + i, &pattern, 8);
    }
  grub_disk_close (handle);
  free (buf);
  return err;
}

static void (*os_check) (void);
static grub_err_t os_result;

static grub_err_t
start_os (void)
{
  if (os_check)
    os_check ();
  return os_result ? grub_error (os_result, "the OS came back")
    : GRUB_ERR_NONE;
}

static grub_err_t
unload_os (void)
{
  return GRUB_ERR_NONE;
}

grub_err_t
modules_boot (void (*check) (void), grub_err_t err)
{
  grub_err_t result;

  os_check = check;
  os_result = err;
  grub_loader_set (start_os, unload_os, 0);
  result = grub_loader_boot ();
  grub_loader_unset ();
  return result;
}
