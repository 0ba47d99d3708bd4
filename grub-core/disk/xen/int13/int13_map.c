/* SPDX-License-Identifier: GPL-3.0-or-later */
/* int13_map.c - the map of PV disks to BIOS drives
   Copyright (C) 2026  The grub-xen-hvm authors  */

#include <grub/disk.h>
#include <grub/err.h>
#include <grub/i18n.h>
#include <grub/loader.h>
#include <grub/misc.h>
#include <grub/pci.h>
#include "int13_place.h"
#include <grub/xen/resume.h>

/* Xen's platform device (vendor and device as in PCI's configuration
   space).  */
#define PLATFORM_DEVICE	0x00015853

struct grub_xen_int13_map grub_xen_int13_map
  = { .first = GRUB_XEN_INT13_FIRST };

static struct grub_preboot *int13_map_early, *int13_map_late;

unsigned int
grub_xen_int13_find (grub_disk_t disk)
{
  const struct grub_xen_int13_map *map = &grub_xen_int13_map;
  const struct grub_xen_disk *xen = disk->data;
  unsigned int i;

  if (disk->dev->id != GRUB_DISK_DEVICE_XEN)
    return map->count;
  for (i = 0; i < map->count
	 && grub_strcmp (map->mapping[i].name, xen->name) != 0; i++);
  return i;
}

/* Store the properties of the open disk DISK in MAPPING.  */
static grub_err_t
int13_map_take_over (struct grub_xen_int13_mapping *mapping,
		     struct grub_xen_int13_drive *drive, grub_disk_t disk)
{
  const struct grub_xen_disk *xen = disk->data;
  const struct grub_xen_blkfront *front = &xen->front;
  grub_uint8_t mbr[GRUB_DISK_SECTOR_SIZE];

  if (grub_disk_read (disk, 0, 0, sizeof (mbr), mbr))
    return grub_errno;
  grub_strncpy (mapping->path, xen->path, sizeof (mapping->path) - 1);
  grub_memset (drive, 0, sizeof (*drive));
  drive->sectors = front->sectors;
  drive->unit = front->sector_size / GRUB_DISK_SECTOR_SIZE;
  drive->handle = front->handle;
  drive->readonly = !!(front->info & VDISK_READONLY);
  drive->flush = front->flush_op;
  grub_xen_int13_set_geometry (drive, mbr);
  return GRUB_ERR_NONE;
}

/* Set DRIVE to the properties of the disk that has MAPPING's name now.  */
static grub_err_t
int13_map_prepare (struct grub_xen_int13_mapping *mapping,
		   struct grub_xen_int13_drive *drive)
{
  grub_disk_t disk = grub_disk_open (mapping->name);

  if (!disk)
    return grub_errno;
  int13_map_take_over (mapping, drive, disk);
  grub_disk_close (disk);
  return grub_errno;
}

static int
int13_map_find_platform_device (grub_pci_device_t dev, grub_pci_id_t id,
				void *data)
{
  if (id != PLATFORM_DEVICE)
    return 0;
  *(grub_uint32_t *) data = grub_pci_get_bus (dev)
    | grub_pci_get_device (dev) << 8 | grub_pci_get_function (dev) << 16;
  return 1;
}

/* While xen_blk is connected: read the disks' properties, and reserve memory
   for the service.  */
static grub_err_t
int13_map_before_disks (int noreturn __attribute__ ((unused)))
{
  struct grub_xen_int13_map *map = &grub_xen_int13_map;
  unsigned int i, bios = grub_xen_int13_bios_disks ();
  struct grub_xen_int13 *s = &grub_xen_int13;

  if (!map->count)
    return GRUB_ERR_NONE;
  if (map->first > GRUB_XEN_INT13_FIRST + bios
      || GRUB_XEN_INT13_FIRST + bios + map->count > GRUB_XEN_INT13_LAST + 1)
    return grub_error (GRUB_ERR_OUT_OF_RANGE,
		       N_("0x%x cannot be the first PV drive: the BIOS has "
			  "%u hard disks"), map->first, bios);
  for (i = 0; i < map->count; i++)
    if (int13_map_prepare (&map->mapping[i], &s->drive[i]))
      return grub_errno;
  s->first = map->first;
  s->count = map->count;
  s->pci_path = 0;
  grub_pci_iterate (int13_map_find_platform_device, &s->pci_path);
  return grub_xen_int13_reserve (map->mod, map->count);
}

/* *DATA becomes nonzero if the backends have unmapped all pages.  */
static grub_err_t
int13_map_disconnect_each (void *data)
{
  struct grub_xen_int13_map *map = &grub_xen_int13_map;
  int *free = data;
  unsigned int i;

  *free = 1;
  for (i = 0; i < map->count; i++)
    *free &= grub_xen_int13_disconnect (&map->mapping[i],
					&grub_xen_int13.drive[i]);
  return GRUB_ERR_NONE;
}

/* A restore may have happened before, or may happen during this.  */
static void
int13_map_disconnect_all (void)
{
  int free = 0;

  grub_xen_retry_resumed (int13_map_disconnect_each, &free);
  grub_errno = GRUB_ERR_NONE;
  grub_xen_int13_unreserve (!free);
}

/* After a restore, drop the connections and connect again.  */
static grub_err_t
int13_map_connect_all (void *data __attribute__ ((unused)))
{
  struct grub_xen_int13_map *map = &grub_xen_int13_map;
  unsigned int i;

  grub_xen_int13_lay_out (map->count);
  for (i = 0; i < map->count; i++)
    {
      struct grub_xen_int13_drive *drive = &grub_xen_int13.drive[i];

      grub_xen_int13_disconnect (&map->mapping[i], drive);
      if (grub_xen_int13_connect (&map->mapping[i], drive))
	return grub_errno;
    }
  return GRUB_ERR_NONE;
}

/* Called when all other devices are disconnected, and the memory map is
   final.  */
static grub_err_t
int13_map_after_all (int noreturn __attribute__ ((unused)))
{
  if (!grub_xen_int13_map.count)
    return GRUB_ERR_NONE;
  if (grub_xen_retry_resumed (int13_map_connect_all, 0))
    {
      grub_error_push ();
      int13_map_disconnect_all ();
      grub_error_pop ();
      return grub_errno;
    }
  grub_xen_int13_install ();
  return GRUB_ERR_NONE;
}

static grub_err_t
int13_map_boot_came_back (void)
{
  if (!grub_xen_int13_map.count)
    return GRUB_ERR_NONE;
  /* The current error is the reason why the boot failed.  */
  grub_error_push ();
  grub_xen_int13_remove ();
  int13_map_disconnect_all ();
  grub_error_pop ();
  return GRUB_ERR_NONE;
}

/* For a boot that has failed before the service was installed.  */
static grub_err_t
int13_map_boot_has_ended (void)
{
  grub_xen_int13_unreserve (0);
  return GRUB_ERR_NONE;
}

/* Register the hooks and reserve the low memory for the first drive.  A loader
   that is already loaded chose its memory without this reservation, so unload
   it.  */
static grub_err_t
int13_map_make_ready (void)
{
  if (!int13_map_early)
    int13_map_early = grub_loader_register_preboot_hook (
      int13_map_before_disks, int13_map_boot_has_ended,
      GRUB_LOADER_PREBOOT_HOOK_PRIO_NORMAL);
  if (int13_map_early && !int13_map_late)
    int13_map_late
      = grub_loader_register_preboot_hook (int13_map_after_all,
					   int13_map_boot_came_back,
					   GRUB_LOADER_PREBOOT_HOOK_PRIO_MEMORY
					     - 1);
  if (!int13_map_late)
    return grub_errno;
  if (!grub_xen_int13_map.count)
    grub_loader_unset ();
  return grub_xen_int13_reserve_low ();
}

/* Put DISK into the map.  Its name fits: the longest ones are
   GRUB_XEN_DISK_PREFIX and a vbd's number.  */
static void
int13_map_append (const struct grub_xen_disk *disk)
{
  struct grub_xen_int13_map *map = &grub_xen_int13_map;
  struct grub_xen_int13_mapping *mapping = &map->mapping[map->count++];

  grub_memset (mapping, 0, sizeof (*mapping));
  grub_strncpy (mapping->name, disk->name, sizeof (mapping->name) - 1);
}

grub_err_t
grub_xen_int13_add (grub_disk_t disk)
{
  const struct grub_xen_int13_map *map = &grub_xen_int13_map;

  if (disk->dev->id != GRUB_DISK_DEVICE_XEN)
    return grub_error (GRUB_ERR_BAD_DEVICE, N_("%s is not a PV disk of Xen"),
		       disk->name);
  if (disk->partition)
    return grub_error (GRUB_ERR_BAD_ARGUMENT,
		       N_("(%s,...) is a partition; name the disk"),
		       disk->name);
  if (grub_xen_int13_find (disk) < map->count)
    return GRUB_ERR_NONE;
  if (map->count == GRUB_XEN_INT13_DRIVES)
    return grub_error (GRUB_ERR_OUT_OF_RANGE,
		       N_("%s: %u PV disks are drives of the BIOS already, "
			  "and there can be no more"), disk->name, map->count);
  if (int13_map_make_ready ())
    return grub_errno;
  int13_map_append (disk->data);
  return GRUB_ERR_NONE;
}

grub_err_t
grub_xen_int13_drop (grub_disk_t disk)
{
  struct grub_xen_int13_map *map = &grub_xen_int13_map;
  unsigned int i = grub_xen_int13_find (disk);

  if (i == map->count)
    return grub_error (GRUB_ERR_BAD_DEVICE,
		       N_("%s is not a PV disk with a BIOS drive"),
		       disk->name);
  for (map->count--; i < map->count; i++)
    map->mapping[i] = map->mapping[i + 1];
  if (!map->count)
    grub_xen_int13_unreserve_low ();
  return GRUB_ERR_NONE;
}

void
grub_xen_int13_drop_all (void)
{
  grub_xen_int13_map.count = 0;
  grub_xen_int13_unreserve_low ();
}

void
grub_xen_int13_map_fini (void)
{
  grub_xen_int13_drop_all ();
  if (int13_map_late)
    grub_loader_unregister_preboot_hook (int13_map_late);
  if (int13_map_early)
    grub_loader_unregister_preboot_hook (int13_map_early);
  int13_map_late = int13_map_early = 0;
}
