/* SPDX-License-Identifier: GPL-3.0-or-later */
/* make-disk.c - the disk that the program tests
   Copyright (C) 2026  The grub-xen-hvm authors

   It runs on the host.  Each sector has a pattern made of its number and a
   seed.  A large disk is sparse, and has only its start, its end, the starts
   of cylinders and the sectors around 8 GiB.  Sector 0 has a partition
   table.  */

#define _FILE_OFFSET_BITS 64
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "pattern.h"

static unsigned int seed;

static void
usage (FILE *to)
{
  fputs ("usage: make-disk FILE SECTORS SEED [HEADS SECTORS [START]]\n\n"
	 "Makes the disk that the INT 13h conformance program tests, with SECTORS\n"
	 "sectors of 512 bytes, and a partition from START (default 2048) to its\n"
	 "end.  HEADS and SECTORS are what the partition's end is written with,\n"
	 "by cylinder, head and sector; without them there is no partition.\n", to);
}

static void
die (const char *what)
{
  perror (what);
  exit (1);
}

/* Cylinder, head and sector as in a partition table, at most 1023/H/S.  */
static void
write_chs (unsigned char *to, uint32_t lba, unsigned int heads,
	   unsigned int sectors)
{
  uint32_t cylinder = lba / (heads * sectors);
  unsigned int head = lba / sectors % heads, sector = lba % sectors + 1;

  if (cylinder > 1023)
    {
      cylinder = 1023;
      head = heads - 1;
      sector = sectors;
    }
  to[0] = head;
  to[1] = sector | (cylinder >> 2 & 0xc0);
  to[2] = cylinder;
}

static void
write_le32 (unsigned char *to, uint32_t value)
{
  to[0] = value;
  to[1] = value >> 8;
  to[2] = value >> 16;
  to[3] = value >> 24;
}

/* The end of a partition is the end of a cylinder, because a BIOS guesses the
   geometry by it.  */
static void
write_partition (unsigned char *entry, uint32_t start, uint64_t total,
		 unsigned int heads, unsigned int sectors)
{
  uint32_t end = total > 0xffffffff ? 0xffffffff : total;

  if (sectors)
    {
      end -= end % (heads * sectors);
      write_chs (entry + 1, start, heads, sectors);
      write_chs (entry + 5, end - 1, heads, sectors);
    }
  else
    {
      /* There is no sector 0.  */
      memset (entry + 1, 0xff, 3);
      entry[5] = heads;
      entry[6] = 0;
      entry[7] = 0x77;
    }
  entry[0] = 0x80;
  entry[4] = 0x83;
  write_le32 (entry + 8, start);
  write_le32 (entry + 12, end - start);
}

static void
write_sectors (FILE *disk, uint64_t from, uint64_t count, uint64_t total)
{
  uint64_t n;

  if (from >= total)
    return;
  if (count > total - from)
    count = total - from;
  if (fseeko (disk, (off_t) (from * SECTOR_SIZE), SEEK_SET))
    die ("seek");
  for (n = from; n < from + count; n++)
    {
      uint32_t words[SECTOR_WORDS], word = pattern_first (n, seed);
      int i;

      for (i = 0; i < SECTOR_WORDS; i++, word += PATTERN_STEP)
	words[i] = word;
      if (fwrite (words, sizeof (words), 1, disk) != 1)
	die ("write");
    }
}

static void
write_all (FILE *disk, uint64_t total)
{
  uint64_t at;

  write_sectors (disk, 0, FILLED_START, total);
  for (at = CYLINDER_SECTORS; at <= FILLED_CHS_LIMIT; at += CYLINDER_SECTORS)
    if (at >= FILLED_START)
      write_sectors (disk, at - FILLED_BEFORE_CYLINDER,
		     FILLED_BEFORE_CYLINDER + FILLED_FROM_CYLINDER, total);
  write_sectors (disk, FILLED_CHS_LIMIT - FILLED_AROUND, 2 * FILLED_AROUND, total);
  write_sectors (disk, total > FILLED_AROUND ? total - FILLED_AROUND : 0,
		 FILLED_AROUND, total);
}

int
main (int argc, char **argv)
{
  unsigned char table[66] = { 0 };
  uint64_t total;
  FILE *disk;

  if (argc == 2 && !strcmp (argv[1], "--help"))
    {
      usage (stdout);
      return 0;
    }
  if (argc < 4 || argc == 5 || argc > 7)
    {
      usage (stderr);
      return 2;
    }
  total = strtoull (argv[2], NULL, 0);
  seed = strtoul (argv[3], NULL, 0);
  disk = fopen (argv[1], "wb");
  if (!disk)
    die (argv[1]);
  if (ftruncate (fileno (disk), (off_t) (total * SECTOR_SIZE)))
    die (argv[1]);
  write_all (disk, total);
  if (argc > 5)
    write_partition (table, argc > 6 ? strtoul (argv[6], NULL, 0) : 2048, total,
		     strtoul (argv[4], NULL, 0), strtoul (argv[5], NULL, 0));
  table[64] = 0x55;
  table[65] = 0xaa;
  if (fseeko (disk, 446, SEEK_SET) || fwrite (table, sizeof (table), 1, disk) != 1
      || fclose (disk))
    die (argv[1]);
  return 0;
}
