/* SPDX-License-Identifier: GPL-3.0-or-later */
/* t_int13_bios.c - tests of int13_bios.c: the functions with CHS addresses
   Copyright (C) 2026  The grub-xen-hvm authors  */

#include "fake_int13.h"
#include "unit.h"

/* A disk that CHS addresses completely, except the last few sectors.  */
#define SECTORS	(16 * 63 * 20 + 16)

static struct grub_xen_int13_drive *const drive = grub_xen_int13.drive;

static unsigned int
call (unsigned int ax, unsigned int dl)
{
  struct grub_xen_int13_regs regs = int13_regs (ax, dl);

  return int13_check (&regs, 1);
}

/* Functions that succeed without an effect: registers keep their values.  */
static void
nothing_to_do (void **state)
{
  static const uint8_t functions[]
    = { 0x00, 0x09, 0x0c, 0x0d, 0x10, 0x11, 0x14, 0x45, 0x49 };
  unsigned int i;

  (void) state;
  int13_begin (SECTORS, 1);
  for (i = 0; i < sizeof (functions); i++)
    {
      assert_int_equal (call (functions[i] << 8 | 0x5a, 0x80), 0);
      assert_int_equal (call (functions[i] << 8, 0x81), 0);
    }
  assert_int_equal (call (0x4600, 0x80), 0xb2);
  assert_int_equal (int13.looks, 0);
}

/* All other functions are refused.  */
static void
no_such_function (void **state)
{
  static const char known[] = "\x01\x02\x03\x04\x08\x09\x0c\x0d\x10\x11\x14\x15"
    "\x41\x42\x43\x44\x45\x46\x47\x48\x49";
  unsigned int f, refused = 0;

  (void) state;
  int13_begin (SECTORS, 1);
  for (f = 1; f < 256; f++)
    if (!strchr (known, f))
      {
	assert_int_equal (call (f << 8 | 1, 0x80), 0x01);
	refused++;
      }
  assert_int_equal (refused, 255 - (sizeof (known) - 1));
}

/* Function 01h returns the status of the last call, any number of times.  */
static void
last_status (void **state)
{
  (void) state;
  int13_begin (SECTORS, 1);
  assert_int_equal (call (0x0100, 0x80), 0);
  assert_int_equal (call (0xee00, 0x80), 0x01);
  assert_int_equal (call (0x0100, 0x80), 0x01);
  assert_int_equal (call (0x0100, 0x81), 0x01);
  assert_int_equal (call (0x4600, 0x81), 0xb2);
  assert_int_equal (call (0x0177, 0x80), 0xb2);
  assert_int_equal (call (0x0000, 0x80), 0);
  assert_int_equal (call (0x0100, 0x80), 0);
}

/* Geometry and size, for all kinds of drives.  */
static void
geometry (void **state)
{
  static const uint16_t shapes[][3] =
    {
      { 1, 16, 63 }, { 2, 16, 63 }, { 3, 1, 1 }, { 255, 16, 63 },
      { 256, 255, 63 }, { 257, 255, 62 }, { 258, 2, 17 }, { 511, 64, 32 },
      { 1023, 128, 63 }, { 1024, 255, 63 }
    };
  unsigned int i;

  (void) state;
  int13_begin (SECTORS, 1);
  for (i = 0; i < sizeof (shapes) / sizeof (shapes[0]); i++)
    {
      struct grub_xen_int13_regs regs = int13_regs (0x0833, 0x81);

      drive[1].cylinders = shapes[i][0];
      drive[1].heads = shapes[i][1];
      drive[1].track = shapes[i][2];
      drive[1].sectors = (uint64_t) shapes[i][0] * shapes[i][1] * shapes[i][2];
      assert_int_equal (int13_check (&regs, 1), 0);
      assert_int_equal (regs.edx & 0xff, INT13_ALL_DISKS);
      assert_int_equal ((regs.edx >> 8 & 0xff) + 1, shapes[i][1]);
      assert_int_equal (regs.ecx & 0x3f, shapes[i][2]);
      assert_int_equal (call (0x1500, 0x81), 0);
    }
}

/* Each CHS address reaches its sector, and the first one behind the disk is
   refused.  */
static void
every_address (void **state)
{
  const unsigned int end = 4 * 3 * 5;
  uint64_t s;

  (void) state;
  int13_begin (end + 1, 1);
  drive[0].cylinders = 4;
  drive[0].heads = 3;
  drive[0].track = 5;
  for (s = 0; s < end; s++)
    {
      assert_int_equal (int13_chs (0x0201, 0x80, s, 0x3000, 16 * s), 0);
      assert_int_equal (int13.disk[0].asked_start, s);
      assert_int_equal (int13.disk[0].asked_end, s + 1);
    }
  assert_int_equal (int13_chs (0x0201, 0x80, s, 0x3000, 0), 0x01);
}

/* Make a call with an address in CX and DH.  */
static unsigned int
address (unsigned int ax, unsigned int cx, unsigned int dh)
{
  struct grub_xen_int13_regs regs = int13_regs (ax, dh << 8 | 0x80);

  regs.ecx = 0x77770000 | cx;
  return int13_check (&regs, 1);
}

static void
bad_addresses (void **state)
{
  (void) state;
  int13_begin (SECTORS, 1);
  assert_int_equal (address (0x0201, 0x0001, 0), 0);
  assert_int_equal (address (0x0201, 0x0000, 0), 0x01);
  assert_int_equal (address (0x0201, 0x003f, 15), 0);
  assert_int_equal (address (0x0201, 0x0001, 16), 0x01);
  assert_int_equal (address (0x0201, 0x0001, 255), 0x01);
  assert_int_equal (address (0x0201, 0x1301, 0), 0);
  assert_int_equal (address (0x0201, 0x1401, 0), 0x01);
  assert_int_equal (address (0x0201, 0x0041, 0), 0x01);
  assert_int_equal (address (0x0201, 0xffff, 15), 0x01);
  drive->track = 62;
  assert_int_equal (address (0x0201, 0x003e, 0), 0);
  assert_int_equal (address (0x0201, 0x003f, 0), 0x01);
  /* More cylinders than the disk has sectors for.  */
  drive->cylinders = 1024;
  assert_int_equal (address (0x0201, 0xffc1, 0), 0x01);
  assert_int_equal (address (0x0401, 0xffc1, 15), 0x01);
  drive->sectors = int13.disk[0].sectors = 30;
  assert_int_equal (address (0x0202, 29, 0), 0);
  assert_int_equal (address (0x0202, 30, 0), 0x04);
  assert_int_equal (address (0x0202, 31, 0), 0x01);
}

/* Each count in AL, for each of the three functions.  */
static void
every_count (void **state)
{
  static const unsigned int functions[] = { 0x0200, 0x0300, 0x0400 };
  unsigned int i, count;

  (void) state;
  int13_begin (SECTORS, 1);
  for (i = 0; i < 3; i++)
    for (count = 0; count < 256; count++)
      assert_int_equal (int13_chs (functions[i] | count, 0x80, 100 + count,
				   0x3000, 5),
			count && count <= 128 ? 0 : 0x01);
}

/* Buffers at odd addresses, across 64 KiB, across the segment's end, in the
   first 64 KiB above 1 MiB, and in the service's memory.  */
static void
every_buffer (void **state)
{
  unsigned int i;

  (void) state;
  int13_begin (SECTORS, 1);
  for (i = 0; i < 16; i++)
    {
      assert_int_equal (int13_chs (0x0203, 0x80, 7, 0x1000 + i, i), 0);
      assert_int_equal (int13_chs (0x0303, 0x80, 70, 0x3000 + i, i), 0);
      assert_int_equal (int13_chs (0x0280, 0x81, 11, 0x3abc, 0xff00 + i), 0);
      assert_int_equal (int13_chs (0x0380, 0x81, 11, 0x3abc, 0xff00 + i), 0);
      assert_int_equal (int13_chs (0x0280, 0x80, 5, 0x2fff, i), 0);
      assert_int_equal (int13_chs (0x0203, 0x80, 5, 0xffff, 0x10 + i), 0);
      assert_int_equal (int13_chs (0x0280, 0x80, 5, 0xffff, 0xfff0 + i), 0);
    }
}

static void
own_memory (void **state)
{
  const unsigned int before = INT13_LOW - 3 * 512;
  const unsigned int behind = INT13_LOW + INT13_LOW_SIZE;

  (void) state;
  int13_begin (SECTORS, 1);
  assert_int_equal (int13_chs (0x0203, 0x80, 7, before >> 4, 0), 0);
  assert_int_equal (int13_chs (0x0203, 0x80, 7, before >> 4, 1), 0x09);
  assert_int_equal (int13_chs (0x0204, 0x80, 7, before >> 4, 0), 0x09);
  assert_int_equal (int13_chs (0x0304, 0x80, 7, before >> 4, 0), 0x09);
  assert_int_equal (int13_chs (0x0404, 0x80, 7, before >> 4, 0), 0);
  assert_int_equal (int13_chs (0x0201, 0x80, 7, INT13_LOW >> 4, 0), 0x09);
  assert_int_equal (int13_chs (0x0201, 0x80, 7, (behind >> 4) - 1, 15), 0x09);
  assert_int_equal (int13_chs (0x0201, 0x80, 7, behind >> 4, 0), 0);
}

static void
read_only (void **state)
{
  (void) state;
  int13_begin (SECTORS, 1);
  drive->readonly = 1;
  assert_int_equal (int13_chs (0x0302, 0x80, 7, 0x3000, 0), 0x03);
  assert_int_equal (int13_chs (0x0202, 0x80, 7, 0x3000, 0), 0);
  assert_int_equal (int13_chs (0x0402, 0x80, 7, 0x3000, 0), 0);
  assert_int_equal (int13_chs (0x0302, 0x81, 7, 0x3000, 0), 0);
}

/* A drive with a broken ring returns an error, but still returns its
   parameters.  */
static void
dead (void **state)
{
  (void) state;
  int13_begin (SECTORS, 1);
  drive->dead = 0x20;
  assert_int_equal (call (0x0000, 0x80), 0x20);
  assert_int_equal (call (0x1000, 0x80), 0x20);
  assert_int_equal (int13_chs (0x0202, 0x80, 7, 0x3000, 0), 0x20);
  assert_int_equal (int13_chs (0x0302, 0x80, 7, 0x3000, 0), 0x20);
  assert_int_equal (call (0x0800, 0x80), 0);
  assert_int_equal (call (0x1500, 0x80), 0);
  assert_int_equal (int13_chs (0x0202, 0x81, 7, 0x3000, 0), 0);
}

/* Drives whose numbers start elsewhere.  */
static void
other_numbers (void **state)
{
  (void) state;
  int13_begin (SECTORS, 1);
  grub_xen_int13.first = 0x8d;
  assert_int_equal (int13_chs (0x0202, 0x8d, 7, 0x3000, 0), 0);
  assert_int_equal (int13.disk[0].requests, 1);
  assert_int_equal (int13_chs (0x0202, 0x8e, 7, 0x3000, 0), 0);
  assert_int_equal (int13.disk[1].requests, 1);
}

static const struct unit_test tests[] =
  {
    UNIT_TEST (nothing_to_do),
    UNIT_TEST (no_such_function),
    UNIT_TEST (last_status),
    UNIT_TEST (geometry),
    UNIT_TEST (every_address),
    UNIT_TEST (bad_addresses),
    UNIT_TEST (every_count),
    UNIT_TEST (every_buffer),
    UNIT_TEST (own_memory),
    UNIT_TEST (read_only),
    UNIT_TEST (dead),
    UNIT_TEST (other_numbers),
  };

UNIT_MAIN (tests)
