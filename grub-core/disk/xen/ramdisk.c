/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ramdisk.c - (ramdisk): a ramdisk as a disk
   Copyright (C) 2026  The grub-xen-hvm authors  */

#include <grub/disk.h>
#include <grub/err.h>
#include <grub/i18n.h>
#include <grub/misc.h>
#include <grub/xen/abi.h>
#include <grub/xen/hvm.h>
#include <grub/xen/bootparam.h>

#define NAME		"ramdisk"

/* GRUB's own memdisk has 0.  */
#define DISK_ID		1

static const char *ramdisk_contents;
static grub_uint32_t size;

static int
ramdisk_iterate (grub_disk_dev_iterate_hook_t hook, void *hook_data,
		 grub_disk_pull_t pull)
{
  return pull == GRUB_DISK_PULL_NONE && hook (NAME, hook_data);
}

static grub_err_t
ramdisk_open (const char *name, grub_disk_t disk)
{
  if (grub_strcmp (name, NAME) != 0)
    return grub_error (GRUB_ERR_UNKNOWN_DEVICE, "not a ramdisk");
  disk->total_sectors = ((grub_uint64_t) size + GRUB_DISK_SECTOR_SIZE - 1)
    >> GRUB_DISK_SECTOR_BITS;
  disk->max_agglomerate = GRUB_DISK_MAX_MAX_AGGLOMERATE;
  disk->id = DISK_ID;
  return GRUB_ERR_NONE;
}

static void
ramdisk_close (grub_disk_t disk __attribute__ ((unused)))
{
}

/* The last sector may be partial; the rest of it is zero.  */
static grub_err_t
ramdisk_read (grub_disk_t disk __attribute__ ((unused)),
	      grub_disk_addr_t sector, grub_size_t count, char *buf)
{
  grub_uint64_t start = sector << GRUB_DISK_SECTOR_BITS;
  grub_size_t wanted = count << GRUB_DISK_SECTOR_BITS, there = 0;

  if (start < size)
    there = size - start;
  if (there > wanted)
    there = wanted;
  grub_memcpy (buf, ramdisk_contents + start, there);
  grub_memset (buf + there, 0, wanted - there);
  return GRUB_ERR_NONE;
}

static grub_err_t
ramdisk_write (grub_disk_t disk __attribute__ ((unused)),
	       grub_disk_addr_t sector __attribute__ ((unused)),
	       grub_size_t count __attribute__ ((unused)),
	       const char *buf __attribute__ ((unused)))
{
  return grub_error (GRUB_ERR_WRITE_ERROR,
		     N_("(ramdisk) cannot be written to"));
}

static struct grub_disk_dev ramdisk_dev =
  {
    .name = NAME,
    .id = GRUB_DISK_DEVICE_MEMDISK_ID,
    .disk_iterate = ramdisk_iterate,
    .disk_open = ramdisk_open,
    .disk_close = ramdisk_close,
    .disk_read = ramdisk_read,
    .disk_write = ramdisk_write
  };

void
grub_xen_ramdisk_register (grub_uint32_t address, grub_uint32_t bytes)
{
  ramdisk_contents
    = (const char *) grub_xen_hvm_frame_ptr (address >> GRUB_XEN_FRAME_SHIFT)
      + address % GRUB_XEN_FRAME_SIZE;
  size = bytes;
  grub_disk_dev_register (&ramdisk_dev);
}

void
grub_xen_ramdisk_unregister (void)
{
  if (size)
    grub_disk_dev_unregister (&ramdisk_dev);
  size = 0;
}
