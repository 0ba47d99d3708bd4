/* SPDX-License-Identifier: GPL-3.0-or-later */
/* t_int13_chs.c - tests of int13_chs.c: the geometry of drives
   Copyright (C) 2026  The grub-xen-hvm authors  */

#include <grub/msdos_partition.h>
#include "int13_place.h"
#include "unit.h"

/* A partition table's entry; addresses are cylinder, head and sector.  */
struct part
{
  unsigned int type;
  unsigned int start[3], end[3];
  uint32_t first, length;
};

static struct grub_msdos_partition_mbr mbr;
static struct grub_xen_int13_drive drive;

static void
set_entry (unsigned int i, const struct part *p)
{
  struct grub_msdos_partition_entry *e = &mbr.entries[i];

  e->type = p->type;
  e->start_cylinder = p->start[0];
  e->start_head = p->start[1];
  e->start_sector = p->start[2] | (p->start[0] >> 2 & 0xc0);
  e->end_cylinder = p->end[0];
  e->end_head = p->end[1];
  e->end_sector = p->end[2] | (p->end[0] >> 2 & 0xc0);
  e->start = p->first;
  e->length = p->length;
}

static void
set_table (const struct part *parts, unsigned int count)
{
  unsigned int i;

  memset (&mbr, 0, sizeof (mbr));
  mbr.signature = 0xaa55;
  for (i = 0; i < count; i++)
    set_entry (i, &parts[i]);
}

/* Check the geometry of a disk of SECTORS with the table in MBR.  */
#define assert_geometry(sectors, c, h, s)			\
  do								\
    {								\
      find_geometry (sectors);					\
      assert_int_equal (drive.heads, h);			\
      assert_int_equal (drive.track, s);			\
      assert_int_equal (drive.cylinders, c);			\
    }								\
  while (0)

static void
find_geometry (uint64_t sectors)
{
  memset (&drive, 0, sizeof (drive));
  drive.sectors = sectors;
  grub_xen_int13_set_geometry (&drive, (const grub_uint8_t *) &mbr);
  /* The limits that every user of the geometry relies on.  */
  assert_true (drive.cylinders >= 1 && drive.cylinders <= 1024);
  assert_true (drive.heads >= 1 && drive.heads <= 255);
  assert_true (drive.track >= 1 && drive.track <= 63);
  assert_int_equal (drive.sectors, sectors);
}

/* A disk without a table: the geometry follows from its size, as in
   BIOSes.  */
static void
by_size (void **state)
{
  (void) state;
  memset (&mbr, 0, sizeof (mbr));
  assert_geometry (1, 1, 16, 63);
  assert_geometry (1007, 1, 16, 63);
  assert_geometry (2 * 1008, 2, 16, 63);
  assert_geometry (1024 * 1008, 1024, 16, 63);
  assert_geometry (1024 * 1008 + 1007, 1024, 16, 63);
  assert_geometry (1025 * 1008, 512, 32, 63);
  assert_geometry (2050 * 1008, 512, 64, 63);
  assert_geometry (4100 * 1008, 512, 128, 63);
  assert_geometry (8200 * 1008, 514, 255, 63);
  assert_geometry (1024 * 255 * 63, 1024, 255, 63);
  assert_geometry (1ULL << 32, 1024, 255, 63);
  assert_geometry (1ULL << 60, 1024, 255, 63);
  assert_geometry (~0ULL, 1024, 255, 63);
}

/* Without the signature the table is ignored.  */
static void
no_signature (void **state)
{
  static const struct part part
    = { 0x83, { 0, 1, 1 }, { 9, 15, 31 }, 31, 4929 };

  (void) state;
  set_table (&part, 1);
  assert_geometry (100000, 201, 16, 31);
  mbr.signature = 0xaa54;
  assert_geometry (100000, 99, 16, 63);
}

/* Partitions made by old and new tools.  */
static void
by_partitions (void **state)
{
  /* 255 heads and a first partition at 63; DOS 6 on a small disk; partitions
     aligned to 1 MiB, whose end is not a cylinder's end; the same with a
     second partition; 64 heads and 32 sectors.  */
  static const struct part old[]
    = { { 0x83, { 0, 1, 1 }, { 9, 254, 63 }, 63, 160587 },
	{ 0x82, { 10, 0, 1 }, { 19, 254, 63 }, 160650, 160650 } };
  static const struct part dos[]
    = { { 0x06, { 0, 1, 1 }, { 615, 3, 17 }, 17, 41871 } };
  static const struct part aligned[]
    = { { 0x83, { 0, 32, 33 }, { 130, 170, 40 }, 2048, 2097152 } };
  static const struct part mixed[]
    = { aligned[0], { 0x83, { 130, 170, 41 }, { 260, 254, 63 },
		      2099200, 2093765 } };
  static const struct part virtual[]
    = { { 0x83, { 0, 32, 32 }, { 1023, 63, 32 }, 1023 + 32, 2097152 - 1055 } };

  (void) state;
  set_table (old, 2);
  assert_geometry (400000, 24, 255, 63);
  set_table (dos, 1);
  assert_geometry (41888, 616, 4, 17);
  set_table (aligned, 1);
  assert_geometry (4194304, 261, 255, 63);
  set_table (mixed, 2);
  assert_geometry (4194304, 261, 255, 63);
  set_table (virtual, 1);
  assert_geometry (2097152, 1024, 64, 32);
}

/* Addresses beyond CHS contain no other information.  */
static void
saturated (void **state)
{
  static const struct part large[]
    = { { 0x83, { 0, 1, 1 }, { 1023, 254, 63 }, 63, 60000000 } };
  static const struct part further[]
    = { { 0x07, { 0, 1, 1 }, { 99, 254, 63 }, 63, 1606437 },
	{ 0x83, { 1023, 254, 63 }, { 1023, 254, 63 }, 60000000, 60000000 } };
  static const struct part other[]
    = { { 0x83, { 0, 1, 1 }, { 1023, 15, 63 }, 63, 60000000 } };
  static const struct part guid[]
    = { { 0xee, { 0, 0, 2 }, { 1023, 255, 63 }, 1, 0xffffffff } };

  (void) state;
  set_table (large, 1);
  assert_geometry (60000063, 1024, 255, 63);
  set_table (further, 2);
  assert_geometry (160000000, 1024, 255, 63);
  set_table (other, 1);
  assert_geometry (160000000, 1024, 16, 63);
  set_table (guid, 1);
  assert_geometry (160000000, 1024, 255, 63);
  assert_geometry (1024 * 1008, 1024, 16, 63);
}

/* Tables that contradict themselves are ignored.  */
static void
nonsense (void **state)
{
  static const struct part parts[]
    = {
	/* No end; more heads than CHS has; a start that does not match; a
	   start beyond the end's head; ends that do not match.  */
	{ 0x83, { 0, 0, 0 }, { 0, 0, 0 }, 0, 0 },
	{ 0x83, { 0, 1, 1 }, { 9, 255, 63 }, 63, 160000 },
	{ 0x83, { 0, 1, 1 }, { 9, 254, 63 }, 64, 160586 },
	{ 0x83, { 0, 1, 1 }, { 9, 0, 63 }, 63, 567 },
	{ 0x83, { 0, 1, 2 }, { 9, 15, 1 }, 17, 143 },
	{ 0x83, { 0, 1, 1 }, { 9, 254, 63 }, 63, 160588 },
      };
  static const struct part two[]
    = { { 0x83, { 0, 1, 1 }, { 9, 254, 63 }, 63, 160587 },
	{ 0x82, { 10, 0, 1 }, { 19, 15, 63 }, 160650, 10080 } };
  unsigned int i;

  (void) state;
  for (i = 0; i < sizeof (parts) / sizeof (parts[0]); i++)
    {
      set_table (&parts[i], 1);
      assert_geometry (1000 * 1008, 1000, 16, 63);
    }
  set_table (two, 2);
  assert_geometry (1000 * 1008, 1000, 16, 63);
  /* Unused entries are ignored.  */
  mbr.entries[1].type = 0;
  assert_geometry (1000 * 1008, 62, 255, 63);
}

/* Any table and any size give a valid geometry.  */
static void
random_tables (void **state)
{
  unsigned char *bytes = (unsigned char *) &mbr;
  uint32_t seed = 5;
  unsigned int i, j;

  (void) state;
  for (i = 0; i < 20000; i++)
    {
      for (j = 446; j < 510; j++)
	{
	  seed = seed * 1664525 + 1013904223;
	  bytes[j] = seed >> 24 & (seed & 0x8000 ? 0xff : 3);
	}
      mbr.signature = 0xaa55;
      find_geometry ((uint64_t) seed << (seed >> 8) % 32 | 1);
    }
}

/* Partitions made with any geometry give that geometry.  */
static void
all_geometries (void **state)
{
  unsigned int heads, track;

  (void) state;
  for (heads = 2; heads <= 255; heads++)
    for (track = 3; track <= 63; track += 4)
      {
	const struct part part
	  = { 0x83, { 0, 1, 1 }, { 99, heads - 1, track }, track,
	      (100 * heads - 1) * track };

	set_table (&part, 1);
	find_geometry (500ULL * heads * track + 1);
	assert_int_equal (drive.heads, heads);
	assert_int_equal (drive.track, track);
	assert_int_equal (drive.cylinders, 500);
      }
}

/* So do partitions that do not end with a cylinder, if they begin behind the
   first track.  */
static void
all_ends (void **state)
{
  unsigned int heads, track, head;

  (void) state;
  for (heads = 4; heads <= 255; heads += 7)
    for (track = 5; track <= 63; track++)
      for (head = 0; head < heads; head += 5)
	{
	  struct part part
	    = { 0x83, { 0, 3, 2 }, { 99, head, 4 }, 3 * track + 1, 0 };

	  part.length = (99 * heads + head) * track + 3 - part.first + 1;
	  set_table (&part, 1);
	  find_geometry (500ULL * heads * track + 1);
	  assert_int_equal (drive.heads, heads);
	  assert_int_equal (drive.track, track);
	}
}

static const struct unit_test tests[] =
  {
    UNIT_TEST (by_size),
    UNIT_TEST (no_signature),
    UNIT_TEST (by_partitions),
    UNIT_TEST (saturated),
    UNIT_TEST (nonsense),
    UNIT_TEST (random_tables),
    UNIT_TEST (all_geometries),
    UNIT_TEST (all_ends),
  };

UNIT_MAIN (tests)
