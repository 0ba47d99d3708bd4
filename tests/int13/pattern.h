/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pattern.h - the contents of the test disk
   Copyright (C) 2026  The grub-xen-hvm authors

   For the host's make-disk, and for the program, which computes from it the
   contents of every sector.  */

#ifndef INT13_PATTERN_H
#define INT13_PATTERN_H 1

#define SECTOR_SIZE 512
#define SECTOR_WORDS (SECTOR_SIZE / 4)

/* The difference between a word of a sector and the next one.  */
#define PATTERN_STEP 0x85EBCA6BU

/* Sectors that a test may write, if writes are allowed: the first one, and
   their number.  */
#define SCRATCH_LBA 0x8000U
#define SCRATCH_COUNT 0x1000U

/* The sectors that are filled on disks of any size: from 0 on; those around
   the first one of each cylinder, with the largest possible cylinders; those
   around the last one that cylinder, head and sector can name; and those at
   the end.  */
#define FILLED_START 131072U
#define CYLINDER_SECTORS (255U * 63)
#define FILLED_BEFORE_CYLINDER 32U
#define FILLED_FROM_CYLINDER 96U
#define FILLED_CHS_LIMIT (1024 * CYLINDER_SECTORS)
#define FILLED_AROUND 2048U

/* The first of SECTOR_WORDS words of a sector; each next one is PATTERN_STEP
   more.  It depends on the sector's number, so that a test notices a wrong
   sector.  */
static inline unsigned int
pattern_first (unsigned int sector, unsigned int seed)
{
  return (sector + 1) * 0x9E3779B1U ^ seed;
}

#endif
