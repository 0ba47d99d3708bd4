/* SPDX-License-Identifier: GPL-3.0-or-later */
/* t_int13_edd.c - tests of int13_edd.c: the extended functions
   Copyright (C) 2026  The grub-xen-hvm authors  */

#include "fake_int13.h"
#include "unit.h"

#define SECTORS	4096

/* A buffer above all addresses of real mode, and outside of the service.  */
#define HIGH_BUFFER	0x140000

/* A buffer at the begin of a segment.  */
#define BUFFER	0x30000

enum { READ = 0x4200, WRITE = 0x4300, VERIFY = 0x4400 };

static struct grub_xen_int13_drive *const drive = grub_xen_int13.drive;

/* Move COUNT sectors from SECTOR on, to or from BUFFER.  */
static unsigned int
move (unsigned int ax, uint64_t sector, unsigned int count, uint32_t buffer)
{
  struct int13_packet packet = int13_packet (sector, count, buffer);
  unsigned int status = int13_edd (ax, 0x80, &packet);

  if (!status)
    assert_int_equal (packet.count, count);
  return status;
}

static void
is_there (void **state)
{
  struct grub_xen_int13_regs regs = int13_regs (0x4199, 0x80);

  (void) state;
  int13_begin (SECTORS, 1);
  regs.ebx = 0x123455aa;
  assert_int_equal (int13_check (&regs, 1), 0);
  assert_int_equal (regs.eax, 0xaeaa3099);
  assert_int_equal (regs.ebx, 0x1234aa55);
  regs = int13_regs (0x4199, 0x80);
  regs.ebx = 0x55ab;
  assert_int_equal (int13_check (&regs, 1), 0x01);
}

/* The size in a packet decides whether the packet has a flat address.  */
static void
sizes (void **state)
{
  unsigned int size;

  (void) state;
  int13_begin (SECTORS, 1);
  for (size = 0; size < 256; size++)
    {
      struct int13_packet packet = int13_packet (3, 2, HIGH_BUFFER);
      unsigned int status;

      packet.size = size;
      status = int13_edd (READ, 0x80, &packet);
      assert_int_equal (status, size < 16 ? 0x01 : 0);
      if (!status)
	assert_int_equal (int13.to_start,
			  size < 24 ? 0xffff0 + 0xffff : HIGH_BUFFER);
      packet = int13_packet (3, 2, BUFFER);
      packet.size = size;
      packet.flat = HIGH_BUFFER;
      status = int13_edd (WRITE, 0x80, &packet);
      assert_int_equal (status, size < 16 ? 0x01 : 0);
      if (!status)
	assert_int_equal (int13.to_start, BUFFER);
    }
}

/* The flat address counts only if both halves of the pointer are FFFF.  */
static void
half_a_flat_address (void **state)
{
  struct int13_packet packet = int13_packet (3, 2, HIGH_BUFFER);

  (void) state;
  int13_begin (SECTORS, 1);
  packet.offset = 0xfffe;
  assert_int_equal (int13_edd (READ, 0x80, &packet), 0);
  assert_int_equal (int13.to_start, 0xffff0 + 0xfffe);
  packet = int13_packet (3, 2, HIGH_BUFFER);
  packet.segment = 0xfffe;
  assert_int_equal (int13_edd (READ, 0x80, &packet), 0);
  assert_int_equal (int13.to_start, 0xfffe0 + 0xffff);
}

static void
flat_addresses (void **state)
{
  static const struct
  {
    uint64_t address;
    unsigned int status;
  } cases[] =
    {
      { 0x500, 0 }, { BUFFER + 3, 0 }, { 0xffffd, 0 }, { HIGH_BUFFER + 1, 0 },
      { INT13_HIGH - 1024, 0 }, { INT13_HIGH - 1023, 0x09 },
      { INT13_HIGH, 0x09 }, { INT13_HIGH + INT13_HIGH_SIZE - 1, 0x09 },
      { INT13_HIGH + INT13_HIGH_SIZE, 0 }, { INT13_LOW - 1023, 0x09 },
      { INT13_LOW + 1, 0x09 }, { 0x100000000ULL, 0x09 },
      { 0x100000000ULL + BUFFER, 0x09 }, { 0xffffffffULL, 0x09 },
      { 0xfffffffffffffff0ULL, 0x09 }, { 0x8000000000030000ULL, 0x09 }
    };
  unsigned int i;

  (void) state;
  int13_begin (SECTORS, 1);
  for (i = 0; i < sizeof (cases) / sizeof (cases[0]); i++)
    {
      struct int13_packet packet = int13_packet (9, 2, HIGH_BUFFER);

      packet.flat = cases[i].address;
      assert_int_equal (int13_edd (READ, 0x80, &packet), cases[i].status);
      assert_int_equal (packet.count, cases[i].status ? 0 : 2);
      packet.count = 2;
      assert_int_equal (int13_edd (WRITE, 0x80, &packet), cases[i].status);
      packet.count = 2;
      assert_int_equal (int13_edd (VERIFY, 0x80, &packet), 0);
    }
}

/* Make a call with a packet at PHYS, which begins like PACKET.  */
static unsigned int
packet_at (uint32_t phys, const struct int13_packet *packet)
{
  struct grub_xen_int13_regs regs = int13_regs (READ, 0x80);

  regs.ds = phys > 0xffff0 ? 0xffff : phys >> 4;
  regs.esi = 0x99990000 | (phys - regs.ds * 16);
  memcpy (int13_at (phys), packet, packet->size);
  return int13_check (&regs, 1);
}

/* Packets may be anywhere outside of the service.  */
static void
places (void **state)
{
  struct int13_packet packet = int13_packet (3, 2, BUFFER);
  unsigned int i;

  (void) state;
  int13_begin (SECTORS, 1);
  for (i = 0; i < 32; i++)
    {
      assert_int_equal (packet_at (0x500 + i, &packet), 0);
      assert_int_equal (packet_at (0x1fff0 + i, &packet), 0);
      assert_int_equal (packet_at (0xffff0 + i, &packet), 0);
      assert_int_equal (packet_at (0x10ffd0 + i, &packet), 0);
    }
  for (i = 0; i < INT13_LOW_SIZE; i += 16)
    assert_int_equal (packet_at (INT13_LOW + i, &packet), 0x09);
  assert_int_equal (packet_at (INT13_LOW - 15, &packet), 0x09);
  assert_int_equal (packet_at (INT13_LOW - 24, &packet), 0);
  assert_int_equal (packet_at (INT13_LOW + INT13_LOW_SIZE - 1, &packet), 0x09);
  assert_int_equal (packet_at (INT13_LOW + INT13_LOW_SIZE, &packet), 0);
}

/* The buffer covers the packet, but the number of sectors is still
   returned.  */
static void
packet_in_the_buffer (void **state)
{
  struct int13_packet packet = int13_packet (3, 200, BUFFER);

  (void) state;
  int13_begin (SECTORS, 1);
  assert_int_equal (packet_at (BUFFER + 700, &packet), 0);
  packet = int13_packet (3, 2, INT13_STATUS - 600);
  assert_int_equal (packet_at (BUFFER, &packet), 0);
}

static void
nothing_to_move (void **state)
{
  (void) state;
  int13_begin (SECTORS, 1);
  assert_int_equal (move (READ, 0, 0, BUFFER), 0);
  assert_int_equal (move (WRITE, SECTORS - 1, 0, INT13_HIGH), 0);
  assert_int_equal (move (VERIFY, SECTORS, 0, BUFFER), 0x01);
  assert_int_equal (int13.looks, 0);
}

static void
disk_end (void **state)
{
  static const unsigned int functions[] = { READ, WRITE, VERIFY };
  unsigned int i;

  (void) state;
  int13_begin (SECTORS, 1);
  for (i = 0; i < 3; i++)
    {
      assert_int_equal (move (functions[i], SECTORS - 1, 1, BUFFER), 0);
      assert_int_equal (move (functions[i], SECTORS - 1, 2, BUFFER), 0x04);
      assert_int_equal (move (functions[i], SECTORS, 1, BUFFER), 0x01);
      /* The whole disk, whose data would overwrite the service.  */
      assert_int_equal (move (functions[i], 0, SECTORS, BUFFER),
			functions[i] == VERIFY ? 0 : 0x09);
      assert_int_equal (move (functions[i], 0, SECTORS + 1, BUFFER), 0x04);
      assert_int_equal (move (functions[i], 1ULL << 32, 1, BUFFER), 0x01);
      assert_int_equal (move (functions[i], ~0ULL, 1, BUFFER), 0x01);
      assert_int_equal (move (functions[i], ~0ULL - 7, 9, BUFFER), 0x01);
    }
}

/* A disk of more than 2 TiB: each bit of a sector's number matters.  */
static void
large_disk (void **state)
{
  unsigned int bit;

  (void) state;
  int13_begin (1ULL << 48, 8);
  for (bit = 0; bit < 48; bit++)
    {
      assert_int_equal (move (READ, 1ULL << bit, 3, BUFFER), 0);
      assert_int_equal (move (WRITE, (1ULL << bit) - 1, 1, BUFFER), 0);
    }
  assert_int_equal (move (READ, 1ULL << 48, 1, BUFFER), 0x01);
}

/* Transfers begin and end anywhere in the disk's own sectors, of each
   size.  */
static void
sector_sizes (void **state)
{
  unsigned int unit, sector, count;

  (void) state;
  for (unit = 1; unit <= 8; unit *= 2)
    {
      int13_begin (SECTORS, unit);
      for (sector = 0; sector < 2 * unit; sector++)
	for (count = 1; count < 3 * unit + 2; count++)
	  {
	    assert_int_equal (move (WRITE, sector, count, BUFFER + 5 * sector),
			      0);
	    assert_int_equal (move (READ, sector, count, BUFFER + 0x10000), 0);
	    assert_int_equal (move (VERIFY, sector, count, 0), 0);
	    /* Up to the last sector of the disk.  */
	    assert_int_equal (move (WRITE, SECTORS - count, count, BUFFER), 0);
	  }
      for (sector = 0; sector < unit; sector++)
	for (count = 120; count < 150; count++)
	  assert_int_equal (move (WRITE, 3000 + sector, count, BUFFER), 0);
    }
}

static void
every_count (void **state)
{
  static const unsigned int counts[]
    = { 271, 272, 273, 1000, 4095, 32767, 32768, 65534, 65535 };
  unsigned int i;

  (void) state;
  int13_begin (70000, 4);
  for (i = 1; i < 270; i++)
    assert_int_equal (move (READ, i, i, HIGH_BUFFER), 0);
  for (i = 0; i < sizeof (counts) / sizeof (counts[0]); i++)
    {
      assert_int_equal (move (READ, 5, counts[i], INT13_KNOWN + 1), 0);
      assert_int_equal (move (WRITE, 3, counts[i], INT13_KNOWN + 2), 0);
      assert_int_equal (move (VERIFY, 1, counts[i], 0), 0);
    }
}

/* Writing with verification is not supported.  */
static void
write_kinds (void **state)
{
  unsigned int al;

  (void) state;
  int13_begin (SECTORS, 1);
  for (al = 0; al < 256; al++)
    {
      assert_int_equal (move (WRITE | al, 7, 1, BUFFER), al > 1 ? 0x01 : 0);
      assert_int_equal (move (READ | al, 7, 1, BUFFER), 0);
      assert_int_equal (move (VERIFY | al, 7, 1, BUFFER), 0);
    }
}

static void
read_only (void **state)
{
  (void) state;
  int13_begin (SECTORS, 1);
  drive->readonly = 1;
  assert_int_equal (move (WRITE, 7, 1, BUFFER), 0x03);
  assert_int_equal (move (READ, 7, 1, BUFFER), 0);
  assert_int_equal (int13.disk[0].flushes, 0);
}

static void
seek (void **state)
{
  (void) state;
  int13_begin (SECTORS, 1);
  assert_int_equal (move (0x4700, 0, 1, BUFFER), 0);
  assert_int_equal (move (0x4700, SECTORS - 1, 1, BUFFER), 0);
  assert_int_equal (move (0x4700, SECTORS, 1, BUFFER), 0x01);
  assert_int_equal (int13.looks, 0);
}

/* Call function 48h with room for SIZE bytes at PHYS.  */
static unsigned int
parameters (uint32_t phys, unsigned int size)
{
  struct grub_xen_int13_regs regs = int13_regs (0x4800, 0x81);

  regs.ds = phys >> 4;
  regs.esi = 0x77770000 | (phys & 15);
  memset (int13_at (phys), 0xee, size < 300 ? size + 2 : 300);
  memcpy (int13_at (phys), &size, 2);
  return int13_check (&regs, 1);
}

static void
parameter_sizes (void **state)
{
  unsigned int size;

  (void) state;
  int13_begin (SECTORS, 1);
  for (size = 0; size < 300; size++)
    assert_int_equal (parameters (BUFFER + size % 16, size),
		      size < 26 ? 0x01 : 0);
  assert_int_equal (parameters (BUFFER, 0xffff), 0);
  for (size = 0; size < 74; size++)
    assert_int_equal (parameters (INT13_LOW - size, 74), 0x09);
  assert_int_equal (parameters (INT13_LOW - 74, 74), 0);
  assert_int_equal (parameters (INT13_LOW - 66, 73), 0);
  assert_int_equal (parameters (INT13_LOW - 30, 65), 0);
  assert_int_equal (parameters (INT13_LOW - 26, 29), 0);
}

static void
parameter_disks (void **state)
{
  static const uint64_t all[]
    = { 1, 1007, 1008, 16383ULL * 1008, 16383ULL * 1008 + 1, 1ULL << 32, ~0ULL };
  unsigned int i;

  (void) state;
  int13_begin (SECTORS, 1);
  for (i = 0; i < sizeof (all) / sizeof (all[0]); i++)
    {
      drive[1].sectors = all[i];
      drive[1].handle = 0xca00 + 16 * i;
      assert_int_equal (parameters (BUFFER, 74), 0);
      assert_int_equal (parameters (BUFFER, 66), 0);
    }
}

static const struct unit_test tests[] =
  {
    UNIT_TEST (is_there),
    UNIT_TEST (sizes),
    UNIT_TEST (half_a_flat_address),
    UNIT_TEST (flat_addresses),
    UNIT_TEST (places),
    UNIT_TEST (packet_in_the_buffer),
    UNIT_TEST (nothing_to_move),
    UNIT_TEST (disk_end),
    UNIT_TEST (large_disk),
    UNIT_TEST (sector_sizes),
    UNIT_TEST (every_count),
    UNIT_TEST (write_kinds),
    UNIT_TEST (read_only),
    UNIT_TEST (seek),
    UNIT_TEST (parameter_sizes),
    UNIT_TEST (parameter_disks),
  };

UNIT_MAIN (tests)
