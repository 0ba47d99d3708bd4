/* SPDX-License-Identifier: GPL-3.0-or-later */
/* t_info.c - functions that move no data
   Copyright (C) 2026  The grub-xen-hvm authors  */

#include "int13.h"

#define DISKS 0x475

/* Get the values that the tests use: the geometry, and the size by function
   48.  */
void
find_drive (void)
{
  drive.disks = peek8 (DISKS);
  prepare (8);
  call (OUT_AL | OUT_CX | OUT_DX);
  drive.cylinders = ((after.ecx >> 8 & 0xff) | (after.ecx & 0xc0) << 2) + 1;
  drive.heads = (after.edx >> 8 & 0xff) + 1;
  drive.sectors = after.ecx & 0x3f;
  show (" %u/%u/%u", drive.cylinders, drive.heads, drive.sectors);
  want (drive.sectors, "sectors", drive.sectors, 1);
  want ((after.eax & 0xff) == 0, "AL", after.eax & 0xff, 0);
  want ((after.edx & 0xff) == drive.disks, "DL", after.edx & 0xff, drive.disks);
  if (option ("heads", 0))
    {
      want (drive.heads == option ("heads", 0), "heads", drive.heads,
	    option ("heads", 0));
      want (drive.sectors == option ("sectors", 0), "sectors", drive.sectors,
	    option ("sectors", 0));
    }
  verdict ("08 geometry", 0);
  prepare (0x48);
  set_block (PACKETS, 0, 26);
  poke16 (PACKETS, 26);
  call (0);
  drive.total = peek32 (PACKETS + 16);
  show (" %u sectors", peek32 (PACKETS + 16));
  want (peek32 (PACKETS + 16) == option ("total", 0), "sectors",
	peek32 (PACKETS + 16), option ("total", 0));
  want (!peek32 (PACKETS + 20), "sectors, high", peek32 (PACKETS + 20), 0);
  verdict ("48 size of the disk", 0);
}

static void
simple (const char *name, u8 function, u8 status)
{
  prepare (function);
  run (name, 0, status);
}

static void
with_al (const char *name, u8 function, u8 al, u8 status)
{
  prepare (function);
  set_al (al);
  run (name, 0, status);
}

/* 01 returns the status of the previous call.  */
static void
test_status (void)
{
  prepare (0x42);
  simple_packet (0, 1, BUFFERS, 0);
  must_read (BUFFERS, 0, 1);
  run ("42 sector 0", 0, 0);
  poke8 (0x474, 0);
  prepare (1);
  before.flags |= CARRY;
  call (0);
  /* It returns the 5a that the test has put into 40:74.  */
  want ((u8) (after.eax >> 8) == 0x5a, "AH", out_ah (), 0x5a);
  want (after.flags & CARRY, "carry", 0, 1);
  show (" 5a from 40:74");
  verdict_plain ("01 reads 40:74");
}

/* Functions that no BIOS knows, in one test.  */
static void
test_unknown (void)
{
  static const u8 unknown[] = {
    0x06, 0x07, 0x0a, 0x0b, 0x0e, 0x0f, 0x12, 0x13, 0x17, 0x18, 0x19, 0x1a,
    0x1b, 0x20, 0x21, 0x22, 0x23, 0x30, 0x3f, 0x40, 0x4a, 0x4c, 0x4d, 0x4f,
    0x50, 0x60, 0x7f, 0x80, 0x81, 0xc2, 0xf0, 0xff
  };
  u32 i;

  for (i = 0; i < sizeof (unknown); i++)
    {
      prepare (unknown[i]);
      call (0);
      want (out_ah () == 1 && after.flags & CARRY, "function",
	    unknown[i], out_ah ());
    }
  verdict ("functions that nobody knows", 1);
}

static void
absent (const char *name, u8 function)
{
  prepare (function);
  before.edx = (before.edx & ~0xffU) | (0x80 + drive.disks);
  set_buffer (BUFFERS, 0);
  if (function == 0x42 || function == 0x48)
    simple_packet (0, 1, BUFFERS, 0);
  run (name, 0, 1);
}

static void
test_absent (void)
{
  absent ("00 of a drive that is not there", 0);
  absent ("02 of a drive that is not there", 2);
  absent ("08 of a drive that is not there", 8);
  absent ("15 of a drive that is not there", 0x15);
  absent ("41 of a drive that is not there", 0x41);
  absent ("42 of a drive that is not there", 0x42);
  absent ("48 of a drive that is not there", 0x48);
}

static void
test_format (void)
{
  prepare (5);
  set_buffer (BUFFERS, 0);
  set_chs (0, 0, 1, drive.sectors);
  run ("05 a track", 0, DIFFER (0, 1));
  prepare (5);
  set_buffer (BUFFERS, 0);
  set_chs (0, 0, 1, 0);
  run ("05 no sectors", 0, 1);
  prepare (2);
  set_chs (0, 0, 2, 1);
  set_buffer (BUFFERS, 0);
  must_read (BUFFERS, 1, 1);
  run ("02 after 05, nothing was formatted", OUT_AL, 0);
}

static void
test_size (void)
{
  prepare (0x15);
  call (OUT_CX | OUT_DX);
  show (" %x:%x", after.ecx & 0xffff, after.edx & 0xffff);
  want (!(after.flags & CARRY), "carry", 1, 0);
  verdict ("15 kind and size", 3);
}

static void
test_extensions (void)
{
  prepare (0x41);
  set_bx (0x55aa);
  call (OUT_BX | OUT_CX);
  want ((after.ebx & 0xffff) == 0xaa55, "BX", after.ebx & 0xffff, 0xaa55);
  want ((after.ecx & 0xffff) == 7, "CX", after.ecx & 0xffff, 7);
  want (!(after.flags & CARRY), "carry", 1, 0);
  verdict ("41 extensions", 0x30);
  prepare (0x41);
  set_bx (0x1234);
  run ("41 with another BX", OUT_BX | OUT_CX, DIFFER (0x30, 1));
}

/* 4B is for CDs; SeaBIOS answers it for any drive.  */
static void
test_eltorito (void)
{
  prepare (0x4b);
  set_al (1);
  set_block (PACKETS, 0, 0x20);
  run ("4b of a disk", 0, DIFFER (0, 1));
}

void
test_info (void)
{
  simple ("00 reset", 0, 0);
  test_status ();
  test_format ();
  simple ("09 set parameters", 9, 0);
  prepare (0x0c);
  set_chs (1, 0, 1, 0);
  run ("0c seek", 0, 0);
  prepare (0x0c);
  set_chs (1023, 254, 63, 0);
  run ("0c seek past the end", 0, 0);
  simple ("0d reset", 0x0d, 0);
  simple ("10 ready?", 0x10, 0);
  simple ("11 recalibrate", 0x11, 0);
  simple ("14 self-test", 0x14, 0);
  test_size ();
  simple ("16 change of the medium", 0x16, 1);
  test_extensions ();
  with_al ("45 lock", 0x45, 0, 0);
  with_al ("45 unlock", 0x45, 1, 0);
  with_al ("45 locked?", 0x45, 2, 0);
  with_al ("45 nonsense", 0x45, 0x77, 0);
  with_al ("46 eject", 0x46, 0, 0xb2);
  simple ("49 changed?", 0x49, 0);
  with_al ("4e prefetch off", 0x4e, 1, DIFFER (0, 1));
  with_al ("4e lowest transfer mode", 0x4e, 3, DIFFER (0, 1));
  with_al ("4e default transfer mode", 0x4e, 4, DIFFER (0, 1));
  with_al ("4e DMA off", 0x4e, 6, DIFFER (0, 1));
  with_al ("4e prefetch on", 0x4e, 0, 1);
  with_al ("4e nonsense", 0x4e, 0x77, 1);
  test_eltorito ();
  test_unknown ();
  test_absent ();
}
