/* SPDX-License-Identifier: GPL-3.0-or-later */
/* int13_chs.c - the INT 13h service: the geometry of a drive
   Copyright (C) 2026  The grub-xen-hvm authors  */

#include <grub/misc.h>
#include <grub/msdos_partition.h>
#include "int13_place.h"

/* The limits of a CHS address.  */
#define MOST_CYLINDERS	1024
#define MOST_HEADS	255
#define MOST_TRACK	63

/* A sector in a partition's entry, in both forms.  */
struct int13_chs_place
{
  grub_uint32_t cylinder, head, sector;
  grub_uint32_t number;
};

/* The first and the last sector of every partition.  */
struct int13_chs_places
{
  struct int13_chs_place place[2 * 4];
  unsigned int count;
};

static void
int13_chs_add (struct int13_chs_places *all, grub_uint8_t head,
	       grub_uint8_t sector, grub_uint8_t cylinder,
	       grub_uint32_t number)
{
  struct int13_chs_place *p = &all->place[all->count++];

  p->cylinder = cylinder | (grub_uint32_t) (sector & 0xc0) << 2;
  p->head = head;
  p->sector = sector & 0x3f;
  p->number = number;
}

static void
int13_chs_find_places (struct int13_chs_places *all,
		       const struct grub_msdos_partition_mbr *mbr)
{
  unsigned int i;

  all->count = 0;
  for (i = 0; i < ARRAY_SIZE (mbr->entries); i++)
    {
      const struct grub_msdos_partition_entry *e = &mbr->entries[i];
      grub_uint32_t start = grub_le_to_cpu32 (e->start);

      if (!e->type)
	continue;
      int13_chs_add (all, e->start_head, e->start_sector, e->start_cylinder,
		     start);
      int13_chs_add (all, e->end_head, e->end_sector, e->end_cylinder,
		     start + grub_le_to_cpu32 (e->length) - 1);
    }
}

/* Whether P is right on a drive of HEADS and TRACK.  A sector that is too far
   for CHS has the last cylinder, and is ignored.  */
static int
int13_chs_agrees (const struct int13_chs_place *p, grub_uint32_t heads,
		  grub_uint32_t track)
{
  if (p->cylinder == MOST_CYLINDERS - 1)
    return 1;
  return p->sector && p->sector <= track && p->head < heads
    && (p->cylinder * heads + p->head) * track + p->sector - 1 == p->number;
}

/* Take HEADS and TRACK if they are possible and ALL agree with them.  */
static int
int13_chs_accept (struct grub_xen_int13_drive *drive,
		  const struct int13_chs_places *all, grub_uint32_t heads,
		  grub_uint32_t track)
{
  unsigned int i;

  if (!heads || heads > MOST_HEADS || !track || track > MOST_TRACK)
    return 0;
  for (i = 0; i < all->count; i++)
    if (!int13_chs_agrees (&all->place[i], heads, track))
      return 0;
  drive->heads = heads;
  drive->track = track;
  return 1;
}

/* What is in the first cylinder tells sectors a track, and then any other the
   heads.  */
static int
int13_chs_by_two_places (struct grub_xen_int13_drive *drive,
			 const struct int13_chs_places *all,
			 const struct int13_chs_place *first,
			 const struct int13_chs_place *other)
{
  grub_uint32_t track, heads;

  if (first->cylinder || !first->head || first->number < first->sector
      || !other->cylinder || other->cylinder == MOST_CYLINDERS - 1)
    return 0;
  track = (first->number + 1 - first->sector) / first->head;
  if (!track)
    return 0;
  heads = ((other->number + 1 - other->sector) / track - other->head)
    / other->cylinder;
  return int13_chs_accept (drive, all, heads, track);
}

/* Returns 0 where the partitions in MBR tell nothing, or not all the same.  */
static int
int13_chs_by_partitions (const struct grub_msdos_partition_mbr *mbr,
			 struct grub_xen_int13_drive *drive)
{
  struct int13_chs_places all;
  unsigned int i, j;

  if (grub_le_to_cpu16 (mbr->signature) != GRUB_PC_PARTITION_SIGNATURE)
    return 0;
  int13_chs_find_places (&all, mbr);
  /* A partition ends with a cylinder, by tradition.  */
  for (i = 1; i < all.count; i += 2)
    if (int13_chs_accept (drive, &all, all.place[i].head + 1,
			  all.place[i].sector))
      return 1;
  for (i = 0; i < all.count; i++)
    for (j = 0; j < all.count; j++)
      if (int13_chs_by_two_places (drive, &all, &all.place[i], &all.place[j]))
	return 1;
  return 0;
}

/* The smallest usual number of heads that gives at most 1024 cylinders.  */
static void
int13_chs_by_size (struct grub_xen_int13_drive *drive, grub_uint32_t sectors)
{
  grub_uint32_t heads = 16;

  while (heads < 256 && sectors / MOST_TRACK / heads > MOST_CYLINDERS)
    heads *= 2;
  drive->heads = heads < MOST_HEADS ? heads : MOST_HEADS;
  drive->track = MOST_TRACK;
}

void
grub_xen_int13_set_geometry (struct grub_xen_int13_drive *drive,
			     const grub_uint8_t *mbr)
{
  grub_uint32_t sectors = drive->sectors;

  if (drive->sectors > GRUB_UINT_MAX)
    sectors = GRUB_UINT_MAX;
  if (!int13_chs_by_partitions ((const void *) mbr, drive))
    int13_chs_by_size (drive, sectors);
  drive->cylinders = sectors / (drive->heads * drive->track);
  if (drive->cylinders > MOST_CYLINDERS)
    drive->cylinders = MOST_CYLINDERS;
  if (!drive->cylinders)
    drive->cylinders = 1;
}
