/* SPDX-License-Identifier: GPL-3.0-or-later */
/* xen_blk.c - GRUB's disk device, boot hooks, module init
   Copyright (C) 2026  The grub-xen-hvm authors  */

#include <grub/command.h>
#include <grub/disk.h>
#include <grub/dl.h>
#include <grub/err.h>
#include <grub/i18n.h>
#include <grub/loader.h>
#include <grub/misc.h>
#include <grub/xen/disk.h>
#include <grub/xen/resume.h>
#include "disks.h"

GRUB_MOD_LICENSE ("GPLv3+");

static struct grub_preboot *xen_blk_preboot;

/* The command behind CMD in the list.  An autoload command would find CMD
   again.  */
static grub_command_t
xen_blk_find_below (grub_command_t cmd)
{
  grub_command_t c;

  for (c = cmd->next; c && grub_strcmp (c->name, cmd->name) == 0; c = c->next)
    if (!(c->flags & GRUB_COMMAND_FLAG_DYNCMD))
      return c;
  return 0;
}

grub_command_t
grub_xen_command_below (grub_command_t cmd, const char *module)
{
  grub_command_t own = xen_blk_find_below (cmd);

  if (!own && !grub_dl_load (module))
    return 0;
  if (!own)
    own = xen_blk_find_below (cmd);
  if (!own)
    grub_error (GRUB_ERR_BAD_MODULE, N_("module %s has no command `%s'"),
		module, cmd->name);
  return own;
}

static grub_err_t
xen_blk_list (void *data)
{
  *(struct grub_xen_disk **) data = grub_xen_disks ();
  return grub_errno;
}

static int
xen_blk_iterate (grub_disk_dev_iterate_hook_t hook, void *hook_data,
		 grub_disk_pull_t pull)
{
  static int complained;
  struct grub_xen_disk *disk = 0, *next;

  if (pull != GRUB_DISK_PULL_NONE || !grub_xen_detect ())
    return 0;
  grub_xen_retry_resumed (xen_blk_list, &disk);
  /* A list of disks cannot return an error, so print the reason of an empty
     list.  grub_print_error would also print and drop the errors that a caller
     has on the error stack.  */
  if (grub_errno && !complained)
    {
      complained = 1;
      grub_printf (_("error: %s.\n"), grub_errmsg);
    }
  grub_errno = GRUB_ERR_NONE;
  for (; disk; disk = next)
    {
      next = disk->next;
      if (disk->is_listed && hook (disk->name, hook_data))
	return 1;
    }
  return 0;
}

static grub_err_t
xen_blk_before_boot (int noreturn __attribute__ ((unused)))
{
  grub_xen_disks_disconnect ();
  return GRUB_ERR_NONE;
}

/* A disk connects again when it is next used.  */
static grub_err_t
xen_blk_after_boot (void)
{
  return GRUB_ERR_NONE;
}

/* A connected disk has to be disconnected before an OS starts, so do not
   connect one without this hook.  */
static grub_err_t
xen_blk_register_hook (void)
{
  if (!xen_blk_preboot)
    xen_blk_preboot
      = grub_loader_register_preboot_hook (xen_blk_before_boot,
					   xen_blk_after_boot,
					   GRUB_LOADER_PREBOOT_HOOK_PRIO_DISK);
  return xen_blk_preboot ? GRUB_ERR_NONE : grub_errno;
}

/* A search for a disk: its name, and the result.  */
struct xen_blk_search
{
  const char *name;
  struct grub_xen_disk *found;
};

static grub_err_t
xen_blk_find_and_connect (void *data)
{
  struct xen_blk_search *search = data;

  search->found = grub_xen_disk_find (search->name);
  if (search->found)
    return grub_xen_disk_connect (search->found);
  return grub_errno ? grub_errno
    : grub_error (GRUB_ERR_UNKNOWN_DEVICE, "no such Xen disk");
}

static grub_err_t
xen_blk_open (const char *name, struct grub_disk *disk)
{
  struct xen_blk_search search = { name, 0 };
  struct grub_xen_disk *d;

  if (grub_strncmp (name, GRUB_XEN_DISK_PREFIX,
		    sizeof (GRUB_XEN_DISK_PREFIX) - 1) != 0)
    return grub_error (GRUB_ERR_UNKNOWN_DEVICE, "not a Xen disk");
  if (xen_blk_register_hook ()
      || grub_xen_retry_resumed (xen_blk_find_and_connect, &search))
    return grub_errno;
  d = search.found;
  disk->total_sectors
    = d->front.sectors >> (d->front.log_sector_size - GRUB_DISK_SECTOR_BITS);
  disk->log_sector_size = d->front.log_sector_size;
  disk->max_agglomerate = GRUB_DISK_MAX_MAX_AGGLOMERATE;
  /* GRUB's cache must not use data of a detached disk for another disk with
     its number.  */
  disk->id = (unsigned long) d;
  disk->data = d;
  return GRUB_ERR_NONE;
}

/* A disk stays connected until the hand-off, so opening it again costs
   nothing.  */
static void
xen_blk_close (struct grub_disk *disk)
{
  disk->data = 0;
}

/* A read or write under way, of 512-byte sectors.  */
struct xen_blk_access
{
  struct grub_disk *disk;
  grub_uint64_t sector;
  grub_size_t bytes;
  char *buf;
};

/* Make sure that DISK is connected.  If it was connected again since it was
   opened, check that its size and sectors still match.  */
static grub_err_t
xen_blk_connect (const struct grub_disk *disk)
{
  struct grub_xen_disk *d = disk->data;
  unsigned int shift = disk->log_sector_size - GRUB_DISK_SECTOR_BITS;

  if (grub_xen_disk_connect (d))
    return grub_errno;
  if (d->front.log_sector_size == disk->log_sector_size
      && d->front.sectors >> shift >= disk->total_sectors)
    return GRUB_ERR_NONE;
  return grub_error (GRUB_ERR_BAD_DEVICE,
		     N_("%s is smaller or has other sectors now"), d->name);
}

static grub_err_t
xen_blk_try_read (void *data)
{
  const struct xen_blk_access *a = data;
  struct grub_xen_disk *d = a->disk->data;

  if (xen_blk_connect (a->disk))
    return grub_errno;
  return grub_xen_blkfront_read (&d->front, a->sector, a->bytes, a->buf);
}

static grub_err_t
xen_blk_try_write (void *data)
{
  const struct xen_blk_access *a = data;
  struct grub_xen_disk *d = a->disk->data;

  if (xen_blk_connect (a->disk))
    return grub_errno;
  return grub_xen_blkfront_write (&d->front, a->sector, a->bytes, a->buf);
}

static grub_err_t
xen_blk_read (struct grub_disk *disk, grub_disk_addr_t sector,
	      grub_size_t size, char *buf)
{
  struct xen_blk_access a
    = { disk, grub_disk_from_native_sector (disk, sector),
	size << disk->log_sector_size, buf };

  return grub_xen_retry_resumed (xen_blk_try_read, &a);
}

static grub_err_t
xen_blk_write (struct grub_disk *disk, grub_disk_addr_t sector,
	       grub_size_t size, const char *buf)
{
  struct xen_blk_access a
    = { disk, grub_disk_from_native_sector (disk, sector),
	size << disk->log_sector_size, (char *) buf };

  return grub_xen_retry_resumed (xen_blk_try_write, &a);
}

/* GRUB's own module for the command `exit'.  */
#define EXIT_MODULE	"minicmd"

static grub_command_t xen_blk_exit_cmd, xen_blk_exit_own;
static int xen_blk_exit_argc;
static char **xen_blk_exit_argv;

static grub_err_t
xen_blk_exit_boot (void)
{
  return xen_blk_exit_own->func (xen_blk_exit_own, xen_blk_exit_argc,
				 xen_blk_exit_argv);
}

static grub_err_t
xen_blk_exit_unload (void)
{
  return GRUB_ERR_NONE;
}

/* The BIOS continues with the next device, so `exit' is a hand-off like a
   boot: reads may be in flight, and memory may have to be reserved.  The hooks
   of a boot do all that.  */
static grub_err_t
xen_blk_exit (grub_command_t cmd, int argc, char **argv)
{
  grub_err_t err;

  xen_blk_exit_own = grub_xen_command_below (cmd, EXIT_MODULE);
  if (!xen_blk_exit_own)
    return grub_errno;
  /* If no disk was opened, there is nothing to disconnect.  */
  if (!xen_blk_preboot)
    return xen_blk_exit_own->func (xen_blk_exit_own, argc, argv);
  xen_blk_exit_argc = argc;
  xen_blk_exit_argv = argv;
  grub_loader_set (xen_blk_exit_boot, xen_blk_exit_unload, 0);
  err = grub_loader_boot ();
  grub_loader_unset ();
  return err;
}

static struct grub_disk_dev xen_blk_dev =
  {
    .name = "xen_blk",
    .id = GRUB_DISK_DEVICE_XEN,
    .disk_iterate = xen_blk_iterate,
    .disk_open = xen_blk_open,
    .disk_close = xen_blk_close,
    .disk_read = xen_blk_read,
    .disk_write = xen_blk_write
  };

GRUB_MOD_INIT (xen_blk)
{
  grub_disk_dev_register (&xen_blk_dev);
  xen_blk_exit_cmd = grub_register_command_p1 ("exit", xen_blk_exit, 0,
					       N_("Exit from GRUB."));
}

GRUB_MOD_FINI (xen_blk)
{
  if (xen_blk_exit_cmd)
    grub_unregister_command (xen_blk_exit_cmd);
  if (xen_blk_preboot)
    grub_loader_unregister_preboot_hook (xen_blk_preboot);
  xen_blk_preboot = 0;
  grub_disk_dev_unregister (&xen_blk_dev);
  grub_xen_disks_forget ();
}
