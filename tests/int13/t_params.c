/* SPDX-License-Identifier: GPL-3.0-or-later */
/* t_params.c - 48, the drive's parameters
   Copyright (C) 2026  The grub-xen-hvm authors  */

#include "int13.h"

#define BLOCK (PACKETS + 0x301)

/* The block's fields.  */
enum
{
  FLAGS = 2, CYLINDERS = 4, HEADS = 8, SECTORS = 12, TOTAL = 16, BYTES = 24,
  DPTE = 26, KEY = 30, PATH_LENGTH = 32, BUS = 36, INTERFACE = 40,
  PLACE = 48, CHECKSUM = 65, CHECKSUM_T13 = 73
};

/* Show LENGTH bytes; others than printable ones as `?'.  */
static void
show_text (u32 address, u32 length)
{
  char text[2] = { 0, 0 };

  for (show (" '"); length--; show ("%s", text))
    {
      text[0] = peek8 (address++);
      if (text[0] < ' ' || text[0] > '~')
	text[0] = '?';
    }
  show ("'");
}

/* The sum of the bytes from the key to the checksum is 0.  */
static void
check_path (u32 size)
{
  u32 last = size >= 74 ? CHECKSUM_T13 : CHECKSUM, i;
  u8 sum = 0;

  want (peek16 (BLOCK + KEY) == 0xbedd, "key", peek16 (BLOCK + KEY), 0xbedd);
  want (peek8 (BLOCK + PATH_LENGTH) == last + 1 - KEY, "path's length",
	peek8 (BLOCK + PATH_LENGTH), last + 1 - KEY);
  for (i = KEY; i <= last; i++)
    sum += peek8 (BLOCK + i);
  want (!sum, "checksum", sum, 0);
  show_text (BLOCK + BUS, 4);
  show_text (BLOCK + INTERFACE, 8);
}

/* A block of SIZE bytes: the call fills WRITTEN bytes, and writes ANSWER to
   the size field.  */
static void
ask (const char *name, u16 size, u32 written, u16 answer)
{
  prepare (0x48);
  set_block (BLOCK, 0x101, written);
  poke16 (BLOCK, size);
  call (0);
  show (" size %u,", peek16 (BLOCK));
  want (peek16 (BLOCK) == answer, "size", peek16 (BLOCK), answer);
  want (peek32 (BLOCK + TOTAL) == (u32) drive.total, "sectors",
	peek32 (BLOCK + TOTAL), drive.total);
  want (peek16 (BLOCK + BYTES) == 512, "bytes", peek16 (BLOCK + BYTES), 512);
  if (written >= 66)
    check_path (written);
  verdict (name, 0);
}

static void
refused (const char *name, u16 size)
{
  prepare (0x48);
  set_block (BLOCK, 0x101, 2);
  poke16 (BLOCK, size);
  call (0);
  want (peek16 (BLOCK) == size, "size", peek16 (BLOCK), size);
  arena_fill (BLOCK, 2);
  verdict (name, 1);
}

/* Check and show the geometry.  */
static void
look (void)
{
  u32 flags, cylinders, heads, sectors;

  prepare (0x48);
  set_block (BLOCK, 0x101, 30);
  poke16 (BLOCK, 30);
  call (0);
  flags = peek16 (BLOCK + FLAGS);
  cylinders = peek32 (BLOCK + CYLINDERS);
  heads = peek32 (BLOCK + HEADS);
  sectors = peek32 (BLOCK + SECTORS);
  show (" %u/%u/%u, flags %x,", cylinders, heads, sectors, flags);
  /* A geometry that is marked valid covers the disk except for a part of a
     cylinder.  */
  if (flags & 2)
    want ((u64) cylinders * heads * sectors <= drive.total
	  && (u64) (cylinders + 1) * heads * sectors > drive.total,
	  "cylinders", cylinders, 0);
  verdict ("48 geometry", 0);
}

void
test_parameters (void)
{
  refused ("48 block of 0 bytes", 0);
  refused ("48 block of 10 bytes", 10);
  refused ("48 block of 25 bytes", 25);
  ask ("48 block of 26 bytes", 26, 26, 26);
  ask ("48 block of 29 bytes", 29, 26, 26);
  ask ("48 block of 30 bytes", 30, 30, 30);
  ask ("48 block of 65 bytes", 65, 30, 30);
  ask ("48 block of 66 bytes", 66, 66, DIFFER (30, 66));
  ask ("48 block of 74 bytes", 74, 74, DIFFER (30, 74));
  ask ("48 block of 80 bytes", 80, DIFFER (66, 74), DIFFER (30, 74));
  look ();
}
