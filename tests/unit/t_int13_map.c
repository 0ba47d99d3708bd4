/* SPDX-License-Identifier: GPL-3.0-or-later */
/* t_int13_map.c - tests of int13_map.c: disks as drives, and the actions at
   boot
   Copyright (C) 2026  The grub-xen-hvm authors  */

#include <stdarg.h>
#include <stdio.h>
#include <grub/disk.h>
#include <grub/loader.h>
#include <grub/pci.h>
#include "int13_place.h"
#include <grub/xen/resume.h>
#include "unit.h"

/* This file has the functions that int13_map.c calls: memory for a guest, the
   vector, the backends.  Their calls are recorded in a log.  */
static char said[1024];
static unsigned int bios_disks, connects_until, opens_until;
/* Nonzero: the guest is restored while the OS runs, and then again during the
   first access to Xen; its new backends map no pages.  */
static int restore_in_os, restored;
static int can_reserve, can_reserve_low, can_read, takes_pages_back;

/* Four PV disks more than the possible number of drives.  */
#define DISKS (GRUB_XEN_INT13_DRIVES + 4)

static struct grub_xen_disk disks[DISKS];
static char names[DISKS][sizeof ("xen/xvd?")], paths[DISKS][32];

/* The number of the disk that the host has put in the place of names[0], or
   0.  */
static unsigned int other;

static void __attribute__ ((format (printf, 1, 2)))
say (const char *format, ...)
{
  size_t used = strlen (said);
  va_list ap;

  va_start (ap, format);
  vsnprintf (said + used, sizeof (said) - used, format, ap);
  va_end (ap);
}

/* The disk called NAME, or 0.  */
static struct grub_xen_disk *
find_listed (const char *name)
{
  unsigned int i;

  for (i = 0; i < DISKS && strcmp (disks[i].name, name) != 0; i++);
  return i == DISKS ? 0 : i ? &disks[i] : &disks[other];
}

grub_err_t
grub_xen_int13_reserve_low (void)
{
  say (can_reserve_low ? "low;" : "no low;");
  return can_reserve_low ? GRUB_ERR_NONE
    : grub_error (GRUB_ERR_OUT_OF_MEMORY, "no low memory");
}

void
grub_xen_int13_unreserve_low (void)
{
  say ("no more low;");
}

unsigned int
grub_xen_int13_bios_disks (void)
{
  return bios_disks;
}

grub_err_t
grub_xen_int13_reserve (grub_dl_t mod, unsigned int count)
{
  (void) mod;
  say ("reserve %u;", count);
  return can_reserve ? GRUB_ERR_NONE
    : grub_error (GRUB_ERR_OUT_OF_MEMORY, "no memory");
}

void
grub_xen_int13_unreserve (int leak)
{
  say (leak ? "leak;" : "unreserve;");
}

void
grub_xen_int13_lay_out (unsigned int count)
{
  say ("layout %u;", count);
}

grub_err_t
grub_xen_int13_connect (struct grub_xen_int13_mapping *mapping,
			struct grub_xen_int13_drive *drive)
{
  assert_ptr_equal (drive, grub_xen_int13.drive
		    + (mapping - grub_xen_int13_map.mapping));
  assert_string_equal (mapping->path, find_listed (mapping->name)->path);
  say ("connect %s;", mapping->name + 4);
  return connects_until-- ? GRUB_ERR_NONE
    : grub_error (GRUB_ERR_IO, "no connection");
}

/* Errors during the clean-up of a failed connection must not replace the first
   error.  */
int
grub_xen_int13_disconnect (struct grub_xen_int13_mapping *mapping,
			   struct grub_xen_int13_drive *drive)
{
  (void) drive;
  say ("disconnect %s;", mapping->name + 4);
  grub_error (GRUB_ERR_TIMEOUT, "slow");
  grub_errno = GRUB_ERR_NONE;
  return takes_pages_back;
}

void
grub_xen_int13_install (void)
{
  say ("install;");
}

void
grub_xen_int13_remove (void)
{
  say ("remove;");
}

void
grub_pci_iterate (grub_pci_iteratefunc_t hook, void *data)
{
  /* 0:1.0 is another device, and 0:3.0 is Xen's.  */
  assert_int_equal (hook ((grub_pci_device_t) { .device = 1 }, 0x71008086,
			  data), 0);
  assert_int_equal (hook ((grub_pci_device_t) { .device = 3 }, 0x00015853,
			  data), 1);
}

/* The linker redirects calls of grub_xen_retry_resumed to this function
   (unit.mk).  */
grub_err_t __wrap_grub_xen_retry_resumed (grub_err_t (*body) (void *data),
					  void *data);

grub_err_t
__wrap_grub_xen_retry_resumed (grub_err_t (*body) (void *data), void *data)
{
  grub_err_t err = body (data);

  if (!restored)
    return err;
  restored = 0;
  said[0] = 0;
  takes_pages_back = 1;
  grub_errno = GRUB_ERR_NONE;
  return body (data);
}

/* The disks that GRUB opens.  */
static grub_err_t
open_disk (const char *name, grub_disk_t disk)
{
  struct grub_xen_disk *found = find_listed (name);

  if (!found)
    return grub_error (GRUB_ERR_UNKNOWN_DEVICE, "no such disk");
  if (!opens_until--)
    return grub_error (GRUB_ERR_IO, "it is gone");
  disk->data = found;
  disk->id = found - disks;
  disk->total_sectors = 1000;
  disk->max_agglomerate = 1;
  return GRUB_ERR_NONE;
}

static void
close_disk (grub_disk_t disk)
{
  (void) disk;
}

static grub_err_t
read_disk (grub_disk_t disk, grub_disk_addr_t sector, grub_size_t count,
	   char *buf)
{
  (void) disk;
  (void) sector;
  memset (buf, 0, count << GRUB_DISK_SECTOR_BITS);
  return can_read ? GRUB_ERR_NONE : grub_error (GRUB_ERR_READ_ERROR, "bad");
}

static int
no_disks (grub_disk_dev_iterate_hook_t hook, void *data,
	  grub_disk_pull_t pull)
{
  (void) hook;
  (void) data;
  (void) pull;
  return 0;
}

static struct grub_disk_dev dev
  = { .name = "xen", .id = GRUB_DISK_DEVICE_XEN, .disk_iterate = no_disks,
      .disk_open = open_disk, .disk_close = close_disk,
      .disk_read = read_disk };

/* Start with no fault, and one disk of the BIOS.  */
static void
begin (void)
{
  unsigned int i;

  memset (&grub_xen_int13, 0, sizeof (grub_xen_int13));
  memset (&grub_xen_int13_map, 0, sizeof (grub_xen_int13_map));
  grub_xen_int13_map.first = GRUB_XEN_INT13_FIRST;
  said[0] = 0;
  bios_disks = 1;
  connects_until = opens_until = 1000;
  can_reserve = can_reserve_low = can_read = takes_pages_back = 1;
  restore_in_os = restored = 0;
  other = 0;
  for (i = 0; i < DISKS; i++)
    {
      snprintf (names[i], sizeof (names[i]), "xen/xvd%c", 'e' + i);
      disks[i].name = names[i];
      snprintf (paths[i], sizeof (paths[i]), "device/vbd/%u", 51712 + i);
      disks[i].path = paths[i];
      disks[i].front.handle = 51712 + i;
      disks[i].front.sectors = 1000 + i;
      disks[i].front.sector_size = i & 1 ? 4096 : 512;
      disks[i].front.info = i & 1 ? VDISK_READONLY : 0;
      disks[i].front.flush_op = BLKIF_OP_FLUSH_DISKCACHE;
    }
  grub_errno = GRUB_ERR_NONE;
  grub_disk_dev_register (&dev);
}

static void
end (void)
{
  grub_xen_int13_map_fini ();
  grub_disk_dev_unregister (&dev);
  grub_errno = GRUB_ERR_NONE;
}

/* Make the disk NAME a drive, or, with FUNC grub_xen_int13_drop, remove
   it.  */
static grub_err_t
with_disk (const char *name, grub_err_t (*func) (grub_disk_t))
{
  grub_disk_t disk;
  grub_err_t err;

  grub_errno = GRUB_ERR_NONE;
  disk = grub_disk_open (name);
  assert_non_null (disk);
  err = func (disk);
  grub_disk_close (disk);
  return err;
}

static unsigned int
place_of (const char *name)
{
  grub_disk_t disk;
  unsigned int place;

  grub_errno = GRUB_ERR_NONE;
  disk = grub_disk_open (name);
  assert_non_null (disk);
  place = grub_xen_int13_find (disk);
  grub_disk_close (disk);
  return place;
}

static void
add (unsigned int count)
{
  unsigned int i;

  for (i = 0; i < count; i++)
    assert_int_equal (with_disk (names[i], grub_xen_int13_add), 0);
}

static grub_err_t os_result;

static grub_err_t
start_os (void)
{
  say ("os;");
  restored = restore_in_os;
  return os_result ? grub_error (os_result, "it came back") : GRUB_ERR_NONE;
}

static grub_err_t
unload_os (void)
{
  return GRUB_ERR_NONE;
}

/* Boot an OS that ends with RESULT; return the result of the boot.  */
static grub_err_t
boot (grub_err_t result)
{
  grub_err_t err;

  os_result = result;
  said[0] = 0;
  grub_errno = GRUB_ERR_NONE;
  grub_loader_set (start_os, unload_os, 0);
  err = grub_loader_boot ();
  grub_loader_unset ();
  return err;
}

/* Only whole PV disks can be drives, each once, up to the limit.  */
static void
drives (void **state)
{
  struct grub_xen_int13_map *map = &grub_xen_int13_map;
  grub_disk_t disk;
  struct grub_partition partition;

  (void) state;
  begin ();
  disk = grub_disk_open ("xen/xvde");
  assert_non_null (disk);
  disk->partition = &partition;
  assert_int_equal (grub_xen_int13_add (disk), GRUB_ERR_BAD_ARGUMENT);
  disk->partition = 0;
  dev.id = GRUB_DISK_DEVICE_HOSTDISK_ID;
  assert_int_equal (grub_xen_int13_add (disk), GRUB_ERR_BAD_DEVICE);
  grub_errno = GRUB_ERR_NONE;
  assert_int_equal (grub_xen_int13_drop (disk), GRUB_ERR_BAD_DEVICE);
  dev.id = GRUB_DISK_DEVICE_XEN;
  grub_disk_close (disk);
  assert_int_equal (map->count, 0);

  add (GRUB_XEN_INT13_DRIVES);
  assert_int_equal (map->count, GRUB_XEN_INT13_DRIVES);
  add (GRUB_XEN_INT13_DRIVES);
  assert_int_equal (map->count, GRUB_XEN_INT13_DRIVES);
  assert_int_equal (with_disk (names[GRUB_XEN_INT13_DRIVES], grub_xen_int13_add),
		    GRUB_ERR_OUT_OF_RANGE);
  assert_int_equal (map->count, GRUB_XEN_INT13_DRIVES);

  /* The drives behind a removed one move up.  */
  assert_int_equal (with_disk (names[1], grub_xen_int13_drop), 0);
  assert_int_equal (map->count, GRUB_XEN_INT13_DRIVES - 1);
  assert_string_equal (map->mapping[0].name, names[0]);
  assert_string_equal (map->mapping[1].name, names[2]);
  assert_int_equal (place_of (names[3]), 2);
  assert_int_equal (with_disk (names[1], grub_xen_int13_drop),
		    GRUB_ERR_BAD_DEVICE);
  assert_int_equal (place_of (names[1]), map->count);
  end ();
}

/* The service's parameters, and the order at boot: the first resource is freed
   last.  */
static void
boots (void **state)
{
  const struct grub_xen_int13 *s = &grub_xen_int13;

  (void) state;
  begin ();
  add (2);
  grub_xen_int13_map.first = 0x81;
  assert_int_equal (boot (GRUB_ERR_NONE), 0);
  assert_string_equal (said, "reserve 2;layout 2;"
		       "disconnect xvde;connect xvde;disconnect xvdf;"
		       "connect xvdf;install;os;"
		       "remove;disconnect xvde;disconnect xvdf;unreserve;"
		       "unreserve;");
  assert_int_equal (s->first, 0x81);
  assert_int_equal (s->count, 2);
  assert_int_equal (s->pci_path, 3 << 8);
  assert_int_equal (s->drive[0].handle, 51712);
  assert_int_equal (s->drive[0].sectors, 1000);
  assert_int_equal (s->drive[0].unit, 1);
  assert_int_equal (s->drive[0].readonly, 0);
  assert_true (s->drive[0].cylinders && s->drive[0].heads
	       && s->drive[0].track);
  assert_int_equal (s->drive[1].handle, 51713);
  assert_int_equal (s->drive[1].unit, 8);
  assert_int_equal (s->drive[1].readonly, 1);
  assert_int_equal (s->drive[1].flush, BLKIF_OP_FLUSH_DISKCACHE);
  end ();
}

/* The host replaces a disk that is a drive: the drive is the new disk.  */
static void
another_disk (void **state)
{
  const struct grub_xen_int13_drive *drive = grub_xen_int13.drive;

  (void) state;
  begin ();
  add (2);
  assert_int_equal (boot (GRUB_ERR_BAD_OS), GRUB_ERR_BAD_OS);
  assert_int_equal (drive->sectors, 1000);
  other = DISKS - 1;
  disks[other].name = names[0];
  assert_int_equal (boot (GRUB_ERR_NONE), 0);
  assert_int_equal (drive->sectors, disks[other].front.sectors);
  assert_int_equal (drive->unit, 8);
  assert_int_equal (drive->readonly, 1);
  assert_int_equal (drive->handle, disks[other].front.handle);
  assert_int_equal (drive[1].sectors, 1001);
  /* By its name it is still the same drive.  */
  add (1);
  assert_int_equal (grub_xen_int13_map.count, 2);
  assert_int_equal (with_disk (names[0], grub_xen_int13_drop), 0);
  assert_int_equal (grub_xen_int13_map.count, 1);
  end ();
}

/* The low memory is reserved while there are drives, so that programs loaded
   later go to another place.  A program loaded before is unloaded.  */
static void
low_memory (void **state)
{
  (void) state;
  begin ();
  grub_loader_set (start_os, unload_os, 0);
  can_reserve_low = 0;
  assert_int_equal (with_disk (names[0], grub_xen_int13_add),
		    GRUB_ERR_OUT_OF_MEMORY);
  assert_int_equal (grub_xen_int13_map.count, 0);
  can_reserve_low = 1;
  said[0] = 0;
  add (1);
  assert_string_equal (said, "low;");
  assert_int_equal (grub_loader_is_loaded (), 0);
  grub_loader_set (start_os, unload_os, 0);
  add (2);
  assert_int_equal (grub_loader_is_loaded (), 1);
  said[0] = 0;
  assert_int_equal (with_disk (names[0], grub_xen_int13_drop), 0);
  assert_string_equal (said, "");
  assert_int_equal (with_disk (names[1], grub_xen_int13_drop), 0);
  assert_string_equal (said, "no more low;");
  assert_int_equal (grub_loader_is_loaded (), 1);
  add (2);
  said[0] = 0;
  grub_xen_int13_drop_all ();
  assert_string_equal (said, "no more low;");
  assert_int_equal (grub_xen_int13_map.count, 0);
  add (1);
  said[0] = 0;
  grub_xen_int13_map_fini ();
  assert_string_equal (said, "no more low;");
  grub_loader_unset ();
  end ();
}

/* A restore while the drives are disconnected: GRUB repeats it, and only the
   second result counts.  */
static void
restored_at_the_end (void **state)
{
  (void) state;
  begin ();
  add (1);
  takes_pages_back = 0;
  restore_in_os = 1;
  assert_int_equal (boot (GRUB_ERR_BAD_OS), GRUB_ERR_BAD_OS);
  assert_string_equal (said, "disconnect xvde;unreserve;unreserve;");
  end ();
}

/* The error of a boot that returns is kept, whatever the clean-up reports.  */
static void
comes_back (void **state)
{
  (void) state;
  begin ();
  add (1);
  assert_int_equal (boot (GRUB_ERR_BAD_OS), GRUB_ERR_BAD_OS);
  assert_string_equal (said, "reserve 1;layout 1;disconnect xvde;"
		       "connect xvde;install;os;remove;disconnect xvde;"
		       "unreserve;unreserve;");
  /* Memory that the backend keeps is never freed.  */
  takes_pages_back = 0;
  assert_int_equal (boot (GRUB_ERR_BAD_OS), GRUB_ERR_BAD_OS);
  assert_non_null (strstr (said, "os;remove;disconnect xvde;leak;"));
  end ();
}

/* Without drives nothing is done, also after the last one was removed.  */
static void
nothing_to_do (void **state)
{
  (void) state;
  begin ();
  assert_int_equal (boot (GRUB_ERR_NONE), 0);
  assert_string_equal (said, "os;");
  add (1);
  assert_int_equal (with_disk (names[0], grub_xen_int13_drop), 0);
  assert_int_equal (boot (GRUB_ERR_NONE), 0);
  assert_null (strstr (said, "reserve 0"));
  assert_null (strstr (said, "install"));
  end ();
}

/* Each step can fail: the OS does not start, the error is that of the step,
   and nothing is left.  */
static void
fails (void **state)
{
  (void) state;
  begin ();
  add (2);
  grub_xen_int13_map.first = 0x82;
  assert_int_equal (boot (GRUB_ERR_NONE), GRUB_ERR_OUT_OF_RANGE);
  assert_null (strstr (said, "os;"));
  assert_null (strstr (said, "reserve 2"));
  grub_xen_int13_map.first = 0x80;
  bios_disks = 127;
  assert_int_equal (boot (GRUB_ERR_NONE), GRUB_ERR_OUT_OF_RANGE);
  bios_disks = 0;
  opens_until = 1;
  assert_int_equal (boot (GRUB_ERR_NONE), GRUB_ERR_IO);
  assert_null (strstr (said, "reserve 2"));
  opens_until = 1000;
  can_read = 0;
  assert_int_equal (boot (GRUB_ERR_NONE), GRUB_ERR_READ_ERROR);
  can_read = 1;
  can_reserve = 0;
  assert_int_equal (boot (GRUB_ERR_NONE), GRUB_ERR_OUT_OF_MEMORY);
  assert_null (strstr (said, "connect"));
  can_reserve = 1;
  connects_until = 1;
  assert_int_equal (boot (GRUB_ERR_NONE), GRUB_ERR_IO);
  assert_null (strstr (said, "install"));
  assert_null (strstr (said, "os;"));
  assert_non_null (strstr (said, "connect xvdf;disconnect xvde;"
			   "disconnect xvdf;unreserve;"));
  takes_pages_back = 0;
  connects_until = 1;
  assert_int_equal (boot (GRUB_ERR_NONE), GRUB_ERR_IO);
  assert_non_null (strstr (said, "disconnect xvdf;leak;"));
  takes_pages_back = 1;
  connects_until = 1000;
  assert_int_equal (boot (GRUB_ERR_NONE), 0);
  assert_non_null (strstr (said, "install;os;"));
  end ();
}

static const struct unit_test tests[] =
  {
    UNIT_TEST (drives),
    UNIT_TEST (boots),
    UNIT_TEST (another_disk),
    UNIT_TEST (low_memory),
    UNIT_TEST (restored_at_the_end),
    UNIT_TEST (comes_back),
    UNIT_TEST (nothing_to_do),
    UNIT_TEST (fails),
  };

UNIT_MAIN (tests)
