/* SPDX-License-Identifier: GPL-3.0-or-later */
/* t_write.c - 03 and 43; the old contents are restored
   Copyright (C) 2026  The grub-xen-hvm authors  */

#include "int13.h"

#define PLACE 0x30000
/* The test writes the right pattern with these bits flipped.  */
#define FLIP 0xA5C33C5AU

/* Prepare 03 or 43 with a buffer that has COUNT sectors' pattern, flipped or
   not.  */
static void
write_call (u8 function, u32 lba, u8 count, u32 address, u16 offset, u32 flip)
{
  prepare (function);
  if (function == 3)
    {
      set_chs_of (lba, count);
      set_buffer (address, offset);
    }
  else
    {
      set_al (0);
      simple_packet (lba, count, address, offset);
    }
  may_change (address, count * SECTOR_SIZE);
  sectors_make (address, lba, count, flip);
}

/* Check COUNT sectors on the disk.  */
static void
read_back (u32 lba, u32 count, u32 flip)
{
  prepare (0x42);
  simple_packet (lba, count, PLACE, 0);
  may_change (PLACE, count * SECTOR_SIZE);
  call (0);
  want (!out_ah (), "status of the read", out_ah (), 0);
  want (!sectors_check (PLACE, lba, count, flip), "sector on the disk",
	sectors_check (PLACE, lba, count, flip), 0);
}

/* Write, check the sectors and their neighbours, and restore the sectors.  */
static void
write_and_back (const char *name, u8 function, u8 al, u32 lba, u8 count,
		u32 address, u16 offset)
{
  write_call (function, lba, count, address, offset, FLIP);
  if (function == 0x43)
    set_al (al);
  call (function == 3 ? OUT_AL : 0);
  want (!out_ah (), "status", out_ah (), 0);
  if (function == 3)
    want ((u8) after.eax == count, "AL", (u8) after.eax, count);
  want (!sectors_check (address, lba, count, FLIP), "its buffer was changed", 0, 0);
  read_back (lba, count, FLIP);
  read_back (lba - 1, 1, 0);
  read_back (lba + count, 1, 0);
  write_call (function, lba, count, address, offset, 0);
  call (function == 3 ? OUT_AL : 0);
  read_back (lba, count, 0);
  verdict (name, 0);
}

/* A call that writes nothing: the disk does not change.  */
static void
not_written (const char *name, u8 function, u8 al, u32 lba, u8 count, u8 status)
{
  u8 seen;
  u16 flags;

  write_call (function, lba, count, PLACE, 0, FLIP);
  set_al (al);
  int13 ();
  seen = out_ah ();
  flags = after.flags;
  /* SeaBIOS writes in some of these cases; then restore the sectors.  */
  if (!is_xen && lba + count <= (u32) drive.total && seen == 0)
    {
      write_call (function, lba, count, PLACE, 0, 0);
      int13 ();
    }
  read_back (lba < (u32) drive.total ? lba : (u32) drive.total - 1, 1, 0);
  show (" 0%x,", seen);
  want (seen == status, "status", seen, status);
  want ((flags & CARRY) == (seen != 0), "carry", flags & CARRY, seen);
  verdict (name, 0);
}

static void
read_only (void)
{
  u8 status = 3;

  write_call (3, SCRATCH_LBA, 2, PLACE, 0, 0);
  run ("03 to a read-only disk", OUT_AL, status);
  write_call (0x43, SCRATCH_LBA, 2, PLACE, 0, 0);
  run ("43 to a read-only disk", 0, status);
}

void
test_writes (void)
{
  u32 at = SCRATCH_LBA + 1;

  if (option_is ("read-only"))
    {
      read_only ();
      return;
    }
  write_and_back ("03 count 1", 3, 0, at, 1, PLACE, 0);
  write_and_back ("03 count 127", 3, 0, at + 10, 127, PLACE, 0x100);
  write_and_back ("03 odd buffer", 3, 0, at + 200, 3, PLACE + 1, 1);
  write_and_back ("03 at offset FFF0", 3, 0, at + 300, 63, 0x1fff0, 0xfff0);
  write_and_back ("43 count 1", 0x43, 0, at + 400, 1, PLACE, 0);
  write_and_back ("43 count 127, odd, across 64 KiB", 0x43, 0, at + 500, 127,
		  0x2a001, 0x2001);
  write_and_back ("43 AL 1", 0x43, 1, at + 700, 2, PLACE, 0);
  not_written ("43 with verifying", 0x43, 2, at + 710, 2, DIFFER (0, 1));
  not_written ("43 AL 99", 0x43, 0x99, at + 720, 2, DIFFER (0, 1));
  not_written ("03 count 0", 3, 0, at + 730, 0, 1);
  not_written ("43 count 0", 0x43, 0, at + 740, 0, 0);
  not_written ("43 one past the end", 0x43, 0, drive.total, 1, 1);
  write_call (0x43, drive.total - 1, 2, PLACE, 0, 0);
  run ("43 over the end", 0, DIFFER (0x0c, 4));
}
