/* SPDX-License-Identifier: GPL-3.0-or-later */
/* t_chs.c - 02 and 04, by cylinder, head and sector
   Copyright (C) 2026  The grub-xen-hvm authors  */

#include "int13.h"

/* The usual address of reads; it has room for more than 127 sectors.  */
#define PLACE 0x30000

static u32
lba_of (u32 cylinder, u32 head, u32 sector)
{
  return (cylinder * drive.heads + head) * drive.sectors + sector - 1;
}

/* Read COUNT sectors from LBA on to ADDRESS, as segment:OFFSET.  */
static void
read (const char *name, u32 lba, u8 count, u32 address, u16 offset)
{
  prepare (2);
  set_chs_of (lba, count);
  set_buffer (address, offset);
  must_read (address, lba, count);
  call (OUT_AL);
  want ((u8) after.eax == count, "AL", (u8) after.eax, count);
  verdict (name, 0);
}

/* The same with a call that has to be refused; AL is shown, which may be the
   count or 0.  */
static void
refused (const char *name, u32 cylinder, u32 head, u32 sector, u8 count,
	 u8 status)
{
  prepare (2);
  set_chs (cylinder, head, sector, count);
  set_buffer (PLACE, 0);
  may_change (PLACE, (count ? count : 256) * SECTOR_SIZE);
  call (OUT_AL);
  show (" AL %s,", (u8) after.eax == count ? "kept"
	: (u8) after.eax ? "changed" : "0");
  verdict (name, status);
}

static void
at_chs (const char *name, u32 cylinder, u32 head, u32 sector, u8 count)
{
  prepare (2);
  set_chs (cylinder, head, sector, count);
  set_buffer (PLACE, 0);
  must_read (PLACE, lba_of (cylinder, head, sector), count);
  call (OUT_AL);
  want ((u8) after.eax == count, "AL", (u8) after.eax, count);
  verdict (name, 0);
}

static void
test_counts (void)
{
  read ("02 sector 0", 0, 1, PLACE, 0);
  read ("02 sector 1", 1, 1, PLACE, 0);
  read ("02 count 2", 100, 2, PLACE, 0);
  read ("02 count 11", 101, 11, PLACE, 0);
  read ("02 count 63", 1000, 63, PLACE, 0);
  read ("02 count 127", 2000, 127, PLACE, 0);
  read ("02 count 128", 3000, 128, PLACE, 0);
  refused ("02 count 0", 0, 0, 1, 0, 1);
  refused ("02 count 129", 0, 0, 1, 129, 1);
  refused ("02 count 255", 0, 0, 1, 255, 1);
}

static void
test_edges (void)
{
  u32 cylinders = drive.cylinders, heads = drive.heads;
  u32 sectors = drive.sectors;

  at_chs ("02 last sector of a track", 0, 0, sectors, 1);
  at_chs ("02 last head", 0, heads - 1, 1, 1);
  at_chs ("02 from a track to the next", 0, 0, sectors, 2);
  at_chs ("02 from a cylinder to the next", 0, heads - 1, sectors, 2);
  at_chs ("02 last cylinder", cylinders - 1, heads - 1, sectors, 1);
  if (cylinders > 256)
    at_chs ("02 cylinder 256", 256, 1, 1, 3);
  if (cylinders > 512)
    at_chs ("02 cylinder 769 or the last", cylinders > 769 ? 769 : 512, 0, 1, 3);
  refused ("02 sector number 0", 0, 0, 0, 1, 1);
  if (sectors < 63)
    refused ("02 sector past the last", 0, 0, sectors + 1, 1, 1);
  if (heads < 256)
    refused ("02 head past the last", 0, heads, 1, 1, 1);
  refused ("02 head 255", 0, 255, 1, 1, heads == 256 ? 0 : 1);
  if (cylinders < 1022)
    refused ("02 two cylinders past the last", cylinders + 1, 0, 1, 1, 1);
  if (cylinders < 1023)
    refused ("02 cylinder 1023", 1023, 0, 1, 1, 1);
}

static void
test_buffers (void)
{
  static const u16 odd[] = { 1, 2, 3, 15, 0x1ff, 0x201, 0xfff };
  u32 i;

  for (i = 0; i < sizeof (odd) / sizeof (*odd); i++)
    {
      prepare (2);
      set_chs_of (200 + i, 2);
      set_buffer (PLACE + odd[i], odd[i]);
      must_read (PLACE + odd[i], 200 + i, 2);
      call (OUT_AL);
      want (!out_ah (), "offset", odd[i], out_ah ());
    }
  verdict ("02 buffers at odd offsets", 0);
  for (i = 1; i < 16; i++)
    {
      prepare (2);
      set_chs_of (300 + i, 3);
      set_buffer (PLACE + i * 16, 0);
      must_read (PLACE + i * 16, 300 + i, 3);
      call (OUT_AL);
      want (!out_ah (), "paragraph", i, out_ah ());
    }
  verdict ("02 buffers at each paragraph", 0);
  read ("02 up to a segment's end", 500, 1, 0x2fe00, 0xfe00);
  read ("02 buffer at offset FFF0", 500, 63, 0x1fff0, 0xfff0);
  read ("02 buffer at offset FFFF", 501, 127, 0x1ffff, 0xffff);
  read ("02 across 64 KiB", 600, 127, 0x2a000, 0x2000);
  read ("02 across 64 KiB, odd", 601, 127, 0x2a001, 0x2001);
  read ("02 across 64 KiB within a sector", 602, 1, 0x2fff1, 1);
  read ("02 128 at an odd address", 603, 128, 0x27fff, 0xf);
}

static void
verify (const char *name, u32 lba, u8 count, u8 status)
{
  prepare (4);
  set_chs_of (lba, count);
  set_buffer (PLACE, 0);
  call (OUT_AL);
  show (" AL %s,", (u8) after.eax == count ? "kept"
	: (u8) after.eax ? "changed" : "0");
  verdict (name, status);
}

static void
test_verify (void)
{
  verify ("04 verify 1", 10, 1, 0);
  verify ("04 verify 128", 10, 128, 0);
  verify ("04 verify 0", 10, 0, 1);
  verify ("04 verify 200", 10, 200, 1);
  prepare (4);
  set_chs (0, 0, 0, 1);
  run ("04 sector number 0", OUT_AL, 1);
}

/* The last cylinder may have sectors that the disk does not have.  SeaBIOS
   reserves one cylinder, which can be read nevertheless.  */
static void
test_end (void)
{
  u32 first = lba_of (drive.cylinders, 0, 1);

  if (drive.cylinders > 1023 || drive.total <= first)
    return;
  prepare (2);
  set_chs (drive.cylinders, 0, 1, 1);
  set_buffer (PLACE, 0);
  must_read (PLACE, first, 1);
  run ("02 cylinder after that of 08", OUT_AL, 0);
}

/* A read that starts on the disk, and ends behind it.  */
static void
test_past_end (void)
{
  u32 last = drive.total - 1;

  if (drive.total > drive.cylinders * drive.heads * drive.sectors)
    return;
  prepare (2);
  set_chs_of (last, 8);
  set_buffer (PLACE, 0);
  may_change (PLACE, 8 * SECTOR_SIZE);
  run ("02 over the disk's end", OUT_AL, DIFFER (0x0c, 4));
}

void
test_chs (void)
{
  test_counts ();
  test_edges ();
  test_buffers ();
  test_verify ();
  test_end ();
  test_past_end ();
}
