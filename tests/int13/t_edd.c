/* SPDX-License-Identifier: GPL-3.0-or-later */
/* t_edd.c - 42, 44 and 47, by packets
   Copyright (C) 2026  The grub-xen-hvm authors  */

#include "int13.h"

#define PLACE 0x30000
/* Memory above 1 MiB that is free after the boot loader.  */
#define HIGH_PLACE 0x1800000

static void
read (const char *name, u64 lba, u16 count, u32 address, u16 offset)
{
  prepare (0x42);
  simple_packet (lba, count, address, offset);
  must_read (address, lba, count);
  call (0);
  want (packet_count () == count, "count", packet_count (), count);
  verdict (name, 0);
}

/* A call with the given status; shows the packet's count after it.  */
static void
refused (const char *name, u8 function, u64 lba, u16 count, u8 status)
{
  prepare (function);
  simple_packet (lba, count, PLACE, 0);
  if (function == 0x42)
    may_change (PLACE, (count < 512 ? count : 512) * SECTOR_SIZE);
  call (0);
  show (" count %x to %x,", count, packet_count ());
  verdict (name, status);
}

static void
test_counts (void)
{
  read ("42 count 1", 5, 1, PLACE, 0);
  read ("42 count 2", 6, 2, PLACE, 0);
  read ("42 count 63", 7, 63, PLACE, 0);
  read ("42 count 127", 8, 127, PLACE, 0);
  read ("42 count 128", 9, 128, PLACE, 0);
  prepare (0x42);
  simple_packet (10, 0, PLACE, 0);
  call (0);
  want (!packet_count (), "count", packet_count (), 0);
  verdict ("42 count 0", 0);
}

/* More than 64 KiB in one call.  SeaBIOS refuses that.  */
static void
test_large (u16 count, const char *name, u32 address, u16 offset)
{
  prepare (0x42);
  simple_packet (11, count, address, offset);
  must_read (address, 11, count);
  call (0);
  show (" count %x,", packet_count ());
  verdict (name, DIFFER (9, 0));
}

static void
test_buffers (void)
{
  static const u16 odd[] = { 1, 2, 3, 15, 0x1ff, 0x201, 0xfff };
  u32 i;

  for (i = 0; i < sizeof (odd) / sizeof (*odd); i++)
    {
      prepare (0x42);
      simple_packet (700 + i, 5, PLACE + odd[i], odd[i]);
      must_read (PLACE + odd[i], 700 + i, 5);
      call (0);
      want (!out_ah (), "offset", odd[i], out_ah ());
    }
  verdict ("42 buffers at odd offsets", 0);
  read ("42 buffer at offset FFF0", 800, 63, 0x1fff0, 0xfff0);
  read ("42 buffer at offset FFFF", 801, 127, 0x1ffff, 0xffff);
  read ("42 across 64 KiB", 802, 127, 0x2a000, 0x2000);
  read ("42 across 64 KiB, odd", 803, 127, 0x2a001, 0x2001);
  for (i = 0; i < 3; i++)
    {
      static const u32 place[] = { PACKETS + 0x201, 0x12ff0, 0x13ff7 };
      /* Odd addresses, and across the end of a segment.  */
      prepare (0x42);
      fill_packet (810 + i, 1, PLACE, 0);
      set_packet (place[i], i ? 0xfff0 | (place[i] & 15) : 1);
      must_read (PLACE, 810 + i, 1);
      call (0);
      want (!out_ah (), "packet", i, out_ah ());
    }
  verdict ("42 packets at odd places", 0);
}

static void
test_ends (void)
{
  u64 total = drive.total;

  read ("42 last sector", total - 1, 1, PLACE, 0);
  read ("42 up to the last sector", total - 64, 64, PLACE, 0);
  refused ("42 one past the end", 0x42, total, 1, 1);
  refused ("42 over the end", 0x42, total - 1, 2, DIFFER (0x0c, 4));
  refused ("42 at 2^32", 0x42, 1ULL << 32, 1, 1);
  refused ("42 at 2^63", 0x42, 1ULL << 63, 1, 1);
  refused ("42 at 2^64-1", 0x42, ~0ULL, 1, 1);
  refused ("42 at 2^64-1, 2 sectors", 0x42, ~0ULL, 2, 1);
  refused ("42 nothing, past the end", 0x42, total, 0, 1);
}

/* Packets of valid and invalid sizes.  */
static void
test_packets (void)
{
  static const u8 sizes[] = { 0, 1, 15, 17, 24, 255 };
  u32 i;

  for (i = 0; i < sizeof (sizes); i++)
    {
      static const char *const names[] = {
	"42 packet of 0 bytes", "42 packet of 1 byte", "42 packet of 15 bytes",
	"42 packet of 17 bytes", "42 packet of 24 bytes",
	"42 packet of 255 bytes"
      };
      prepare (0x42);
      fill_packet (900 + i, 1, PLACE, 0);
      packet.size = sizes[i];
      set_packet (PACKETS + 0x100, 0x100);
      must_read (PLACE, 900 + i, 1);
      run (names[i], 0, DIFFER (0, sizes[i] < 16 ? 1 : 0));
    }
}

/* EDD 3: the address is in the packet's last 8 bytes.  SeaBIOS does not know
   that, and uses FFFF:FFFF, in the second MiB, as the address.  */
static void
flat (u64 lba, u16 count, u32 low, u32 high)
{
  prepare (0x42);
  fill_packet (lba, count, 0, 0);
  packet.size = 24;
  packet.buffer = 0xffffffff;
  packet.flat_low = low;
  packet.flat_high = high;
  set_packet (PACKETS + 0x100, 0x100);
}

static void
test_flat (void)
{
  if (!is_xen)
    return;
  flat (950, 3, PLACE + 5, 0);
  must_read (PLACE + 5, 950, 3);
  run ("42 flat address", 0, 0);
  flat (951, 3, PLACE, 1);
  run ("42 flat address of 4 GiB and more", 0, 9);
  want (is_free_ram (HIGH_PLACE, 0x20000), "no memory at", HIGH_PLACE, 0);
  flat (952, 127, HIGH_PLACE + 3, 0);
  call (0);
  want (copy_high (PLACE, HIGH_PLACE + 2, 127 * SECTOR_SIZE + 2), "INT 15h", 0, 0);
  want (!sectors_check (PLACE + 1, 952, 127, 0), "data above 1 MiB", 0, 0);
  may_change (PLACE, 127 * SECTOR_SIZE + 2);
  verdict ("42 flat address above 1 MiB", 0);
}

/* Above 1 MiB, by segment and offset.  SeaBIOS writes 1 MiB below that, over
   this program.  */
static void
test_over_1mib (void)
{
  if (!is_xen)
    return;
  prepare (0x42);
  fill_packet (960, 1, PLACE, 0);
  packet.buffer = 0xffff4010;
  set_packet (PACKETS + 0x100, 0x100);
  call (0);
  want (copy_high (PLACE, 0x104000, SECTOR_SIZE), "INT 15h", 0, 0);
  may_change (PLACE, SECTOR_SIZE);
  want (!sectors_check (PLACE, 960, 1, 0), "data above 1 MiB", 0, 0);
  verdict ("42 buffer above 1 MiB", 0);
}

static void
test_others (void)
{
  refused ("44 verify 1", 0x44, 20, 1, 0);
  refused ("44 verify 128", 0x44, 20, 128, 0);
  refused ("44 verify 0", 0x44, 20, 0, 0);
  refused ("44 verify 129", 0x44, 20, 129, DIFFER (9, 0));
  refused ("44 one past the end", 0x44, drive.total, 1, 1);
  refused ("44 over the end", 0x44, drive.total - 1, 2, DIFFER (0, 4));
  refused ("47 seek", 0x47, 20, 1, 0);
  refused ("47 seek, count 0", 0x47, 20, 0, 0);
  refused ("47 seek to the last sector", 0x47, drive.total - 1, 1, 0);
  refused ("47 one past the end", 0x47, drive.total, 1, 1);
  refused ("47 at 2^63", 0x47, 1ULL << 63, 1, 1);
}

/* On a large disk: sectors that cylinder, head and sector cannot name.  */
static void
test_beyond_chs (void)
{
  if (drive.total <= FILLED_CHS_LIMIT + FILLED_AROUND)
    return;
  read ("42 at the last that 255x63 can name", FILLED_CHS_LIMIT - 1, 1, PLACE, 0);
  read ("42 around that", FILLED_CHS_LIMIT - 40, 127, PLACE, 0);
  read ("42 far beyond", drive.total - 1000, 100, PLACE, 0);
}

void
test_edd (void)
{
  test_counts ();
  test_large (129, "42 count 129", PLACE, 0);
  test_large (255, "42 count 255", PLACE, 0);
  test_large (512, "42 count 512 at offset FFF0", 0x1fff0, 0xfff0);
  test_buffers ();
  test_ends ();
  test_packets ();
  test_flat ();
  test_over_1mib ();
  test_others ();
  test_beyond_chs ();
}
