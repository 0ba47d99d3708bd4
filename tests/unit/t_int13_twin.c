/* SPDX-License-Identifier: GPL-3.0-or-later */
/* t_int13_twin.c - tests of int13_twin.c: finding the BIOS's disk of a PV
   disk
   Copyright (C) 2026  The grub-xen-hvm authors  */

#include <stdio.h>
#include <grub/disk.h>
#include <grub/partition.h>
#include "disks.h"
#include "int13_place.h"
#include "unit.h"

/* The place of a disk as the BIOS reports it.  */
enum where
  {
    /* Function 48h fails, or returns no more than EDD 1.  */
    REFUSED,
    SHORT,
    ATA_PCI,
    ATA_ISA,
    SCSI,
    /* A path with a wrong checksum.  */
    BAD_SUM
  };

/* A disk of the BIOS, or a PV disk.  */
struct some_disk
{
  char name[16];
  enum where where;
  /* The place on IDE: 0 to 3.  */
  unsigned int place;
  uint64_t sectors;
  /* The byte that fills its first sector.  */
  int contents;
  struct grub_xen_disk xen_disk;
};

enum { MOST = 8 };
static struct some_disk bios[MOST], pv;
static unsigned int n_bios;
static int has_biosdisk;

/* Add the BIOS's next disk, at PLACE, which the BIOS reports as WHERE.  */
static void
add_bios (enum where where, unsigned int place, uint64_t sectors, int contents)
{
  struct some_disk *d = &bios[n_bios];

  snprintf (d->name, sizeof (d->name), "hd%u", n_bios++);
  d->where = where;
  d->place = place;
  d->sectors = sectors;
  d->contents = contents;
}

unsigned int
grub_xen_int13_bios_disks (void)
{
  return n_bios;
}

int
grub_xen_int13_ask_bios (unsigned int number,
			 struct grub_xen_int13_parameters *p)
{
  const struct some_disk *d = &bios[number - 0x80];
  grub_uint8_t *bytes = (grub_uint8_t *) p, sum = 0;
  unsigned int i;

  assert_in_range (number, 0x80, 0x80 + n_bios - 1);
  memset (p, 0, sizeof (*p));
  if (d->where == REFUSED)
    return 0;
  p->size = 26;
  p->sectors = d->sectors;
  if (d->where == SHORT)
    return 1;
  /* The amount that SeaBIOS reports.  */
  p->size = 30;
  p->key = 0xbedd;
  p->path_size = 44;
  memcpy (p->bus, d->where == ATA_ISA ? "ISA " : "PCI ", 4);
  memcpy (p->type, d->where == SCSI ? "SCSI    " : "ATA     ", 8);
  p->path = d->where == ATA_ISA ? (d->place < 2 ? 0x1f0 : 0x170)
    : 0x010100 | d->place / 2 << 24;
  p->device[0] = d->place % 2;
  for (i = 30; i < 73; i++)
    sum += bytes[i];
  bytes[73] = -sum + (d->where == BAD_SUM);
  return 1;
}

static grub_err_t
open_disk (const char *name, grub_disk_t disk)
{
  struct some_disk *d = &pv;
  unsigned int i;

  for (i = 0; has_biosdisk && i < n_bios; i++)
    if (!strcmp (name, bios[i].name))
      d = &bios[i];
  if (strcmp (name, d->name))
    return grub_error (GRUB_ERR_UNKNOWN_DEVICE, "no such disk");
  disk->data = d == &pv ? (void *) &pv.xen_disk : d;
  disk->id = d == &pv ? MOST : d - bios;
  disk->total_sectors = d->sectors;
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
  const struct some_disk *d = disk->id == MOST ? &pv : &bios[disk->id];

  (void) sector;
  memset (buf, d->contents, count << GRUB_DISK_SECTOR_BITS);
  return GRUB_ERR_NONE;
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

/* Find the twin of the PV disk with number HANDLE and SECTORS sectors.  */
static int
twin_of (grub_uint32_t handle, uint64_t sectors, int contents)
{
  struct grub_partition partition = { .start = 63, .len = 1 };
  grub_disk_t disk;
  int result;

  grub_disk_cache_invalidate_all ();
  grub_disk_dev_register (&dev);
  snprintf (pv.name, sizeof (pv.name), "xen/disk");
  pv.sectors = sectors;
  pv.contents = contents;
  pv.xen_disk.front.handle = handle;
  disk = grub_disk_open (pv.name);
  assert_non_null (disk);
  /* The disk matters, not the partition that is open.  */
  disk->partition = &partition;
  result = grub_xen_int13_find_twin (disk);
  assert_ptr_equal (disk->partition, &partition);
  assert_int_equal (grub_errno, GRUB_ERR_NONE);
  disk->partition = 0;
  grub_disk_close (disk);
  grub_disk_dev_unregister (&dev);
  return result;
}

static void
begin (void)
{
  memset (bios, 0, sizeof (bios));
  n_bios = 0;
  has_biosdisk = 1;
}

/* The numbers that libxl uses.  */
#define XVD(n)	(202U << 8 | (n) << 4)
#define HD(n)	((n) < 2 ? 3U << 8 | (n) << 6 : 22U << 8 | ((n) - 2) << 6)
#define SD(n)	(8U << 8 | (n) << 4)
#define EXT(n)	(1U << 28 | (n) << 8)

/* Four equal disks, which differ only in their places.  */
static void
equal_disks (enum where where)
{
  unsigned int i;

  begin ();
  for (i = 0; i < 4; i++)
    add_bios (where, i, 1000, 7);
  for (i = 0; i < 4; i++)
    {
      assert_int_equal (twin_of (XVD (i), 1000, 7), 0x80 + i);
      assert_int_equal (twin_of (HD (i), 1000, 7), 0x80 + i);
      assert_int_equal (twin_of (EXT (i), 1000, 7), 0x80 + i);
    }
  /* Copies that the host does not emulate.  */
  for (i = 4; i < 16; i++)
    assert_int_equal (twin_of (XVD (i), 1000, 7), -1);
  assert_int_equal (twin_of (EXT (4), 1000, 7), -1);
  assert_int_equal (twin_of (EXT (27), 1000, 7), -1);
  assert_int_equal (twin_of (SD (0), 1000, 7), -1);
  assert_int_equal (twin_of (5, 1000, 7), -1);
}

static void
by_number (void **state)
{
  (void) state;
  equal_disks (ATA_PCI);
  equal_disks (ATA_ISA);
}

/* The BIOS does not number places without a disk or with a CD, and the user
   may have chosen another first disk.  */
static void
other_orders (void **state)
{
  (void) state;
  begin ();
  add_bios (ATA_PCI, 3, 1000, 7);
  add_bios (ATA_PCI, 1, 1000, 7);
  assert_int_equal (twin_of (XVD (3), 1000, 7), 0x80);
  assert_int_equal (twin_of (XVD (1), 1000, 7), 0x81);
  assert_int_equal (twin_of (XVD (0), 1000, 7), -1);
  assert_int_equal (twin_of (HD (2), 1000, 7), -1);
}

/* The contents of the disks may contradict, but do not decide; an empty sector
   has no meaning.  */
static void
confirmed (void **state)
{
  (void) state;
  begin ();
  add_bios (ATA_PCI, 0, 1000, 7);
  add_bios (ATA_PCI, 1, 1000, 0);
  assert_int_equal (twin_of (XVD (0), 1000, 7), 0x80);
  assert_int_equal (twin_of (XVD (0), 1001, 7), -1);
  assert_int_equal (twin_of (XVD (0), 1000, 8), -1);
  assert_int_equal (twin_of (XVD (0), 1000, 0), -1);
  assert_int_equal (twin_of (XVD (1), 1000, 0), 0x81);
  assert_int_equal (twin_of (XVD (1), 1000, 7), -1);
  has_biosdisk = 0;
  assert_int_equal (twin_of (XVD (0), 1000, 7), -1);
}

/* Disks whose place the BIOS does not return are not twins.  */
static void
without_a_place (void **state)
{
  static const enum where wheres[] = { REFUSED, SHORT, SCSI, BAD_SUM };
  unsigned int i;

  (void) state;
  for (i = 0; i < 4; i++)
    {
      begin ();
      add_bios (wheres[i], 0, 1000, 7);
      assert_int_equal (twin_of (XVD (0), 1000, 7), -1);
      assert_int_equal (twin_of (SD (0), 1000, 7), -1);
      add_bios (ATA_PCI, 0, 1000, 7);
      assert_int_equal (twin_of (XVD (0), 1000, 7), 0x81);
    }
  begin ();
  assert_int_equal (twin_of (XVD (0), 1000, 7), -1);
}

static const struct unit_test tests[] =
  {
    UNIT_TEST (by_number),
    UNIT_TEST (other_orders),
    UNIT_TEST (confirmed),
    UNIT_TEST (without_a_place),
  };

UNIT_MAIN (tests)
