/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pattern.h - what is on the test disk
   Copyright (C) 2026  The grub-xen-hvm authors

   For the program, which knows so what has to be in a sector without asking
   anybody, and for the host's make-disk.  */

#ifndef INT13_PATTERN_H
#define INT13_PATTERN_H 1

#define SECTOR_SIZE 512
#define SECTOR_WORDS (SECTOR_SIZE / 4)

/* What a sector's words differ by from one to the next.  */
#define PATTERN_STEP 0x85EBCA6BU

/* Sectors that a test may write, if it is allowed to: the first, and how many.  */
#define SCRATCH_LBA 0x8000U
#define SCRATCH_COUNT 0x1000U

/* The sectors that are filled on disks of any size: from 0 on; those around
   each cylinder's first one, with the largest cylinders there are; around the last one
   that cylinders, heads and sectors can name; and at the end.  */
#define FILLED_START 131072U
#define CYLINDER_SECTORS (255U * 63)
#define FILLED_BEFORE_CYLINDER 32U
#define FILLED_FROM_CYLINDER 96U
#define FILLED_CHS_LIMIT (1024 * CYLINDER_SECTORS)
#define FILLED_AROUND 2048U

/* The first of SECTOR_WORDS words of a sector; each next one is
   PATTERN_STEP more.  The sector's number is in it, so that a
   wrong sector can be told from a wrong byte.  */
static inline unsigned int
pattern_first (unsigned int sector, unsigned int seed)
{
  return (sector + 1) * 0x9E3779B1U ^ seed;
}

#endif
