/* SPDX-License-Identifier: GPL-3.0-or-later */
/* random.c - calls with random registers
   Copyright (C) 2026  The grub-xen-hvm authors

   With any registers a call may change only the caller's buffer, and has to
   return.  Each call is checked briefly, and from time to time all memory is.
   Buffers are always in the arena, because a call may overwrite the caller's
   code if the caller asks for that.  */

#include "int13.h"

/* Calls between two checks of all memory.  */
#define ROUND 1000
#define MAX_FAILURES 10
#define STATUS 0x474

/* Bytes around a buffer that are checked after each call.  */
#define GUARD 32
/* The same above the caller's stack pointer.  */
#define STACK_GUARD 64

static const u8 functions[] = {
  0x00, 0x01, 0x02, 0x04, 0x05, 0x08, 0x09, 0x0c, 0x0d, 0x10, 0x11, 0x14,
  0x15, 0x16, 0x41, 0x42, 0x44, 0x45, 0x46, 0x47, 0x48, 0x49, 0x4e
};

/* Bytes of the BIOS's data that may or have to change: the keyboard's, the
   floppy's, the clock's and the disk's.  */
static const u8 lively[] = {
  0x17, 0x18, 0x3e, 0x3f, 0x40, 0x41, 0x42, 0x6c, 0x6d, 0x6e, 0x6f, 0x70, 0x71, 0x74, 0x8e
};

static u8 low_memory[0x500];
static u32 code_sum;
/* The buffer, and whether it has data for the call.  */
static u32 area, area_length;
static int filled;
static u32 number, bad_calls;
static u32 good_calls, refused_calls;
/* The number of sectors if the call is a valid read, and its first sector.  */
static u32 reads;
static u64 reads_lba;

extern u8 image_end[];

/* Sectors from 0 on that all have their pattern.  */
static u32
known_sectors (void)
{
  return drive.total > FILLED_START ? FILLED_START : drive.total;
}

static u32
below (u32 limit)
{
  return random32 () % limit;
}

static void
complain (const char *what, u32 value)
{
  if (bad_calls++ >= MAX_FAILURES)
    return;
  say ("random: call %u: %s %x\n", number, what, value);
  say ("random: eax %8x ebx %8x ecx %8x edx %8x ds:esi %4x:%8x es %4x flags %4x\n",
       before.eax, before.ebx, before.ecx, before.edx, before.ds,
       before.esi, before.es, before.flags);
  say ("random: packet size %x count %x buffer %8x lba %8x%8x flat %8x%8x\n",
       packet.size, packet.count, packet.buffer, packet.lba_high,
       packet.lba_low, packet.flat_high, packet.flat_low);
  say ("random: eax %8x ebx %8x ecx %8x edx %8x flags %4x\n", after.eax,
       after.ebx, after.ecx, after.edx, after.flags);
}

/* A place for LENGTH bytes among the buffers, at any alignment.  */
static u32
place (u32 length)
{
  return BUFFERS + GUARD + below (ARENA_END - BUFFERS - 2 * GUARD - length);
}

/* An offset that reaches ADDRESS with some segment.  */
static u16
offset_for (u32 address)
{
  u32 offset = ((random32 () & 0xfff0) | (address & 15));

  return offset > address ? address & 15 : offset;
}

/* A number of sectors, mostly a small one.  */
static u32
some_count (void)
{
  u32 n = below (256);

  return n < 240 ? 1 + n % 3 : n < 252 ? 1 + below (16) : 1 + below (128);
}

static void
into_buffer (u32 length)
{
  u16 offset;

  area_length = length;
  area = place (length);
  offset = offset_for (area);
  before.es = segment_for (area, offset);
  set_bx (offset);
}

static void
block_at (u32 address)
{
  u16 offset = offset_for (address);

  before.ds = segment_for (address, offset);
  before.esi = (before.esi & ~0xffffU) | offset;
}

/* A valid read or verification.  */
static void
good_chs (u8 function)
{
  u32 count = some_count ();
  u32 limit = drive.cylinders * drive.heads * drive.sectors;
  u32 lba = below ((limit < known_sectors () ? limit : known_sectors ()) - count);

  set_ah (function);
  set_chs_of (lba, count);
  into_buffer (count * SECTOR_SIZE);
  reads = function == 2 ? count : 0;
  reads_lba = lba;
}

/* Random registers; the buffer has room for AL's count.  */
static void
any_chs (u8 function)
{
  u32 count = below (16) ? some_count () : below (256);

  set_ah (function);
  set_al (count);
  into_buffer ((count ? count : 256) * SECTOR_SIZE);
  before.ecx = random32 ();
}

static void
put_packet (void)
{
  u32 address = PACKETS + GUARD + below (PACKETS_SIZE - 2 * GUARD - sizeof (packet));
  u16 offset = offset_for (address);

  set_packet (address, offset);
}

static void
good_packet (u8 function)
{
  u32 count = some_count ();
  u32 lba = below (known_sectors () - count);

  set_ah (function);
  into_buffer (count * SECTOR_SIZE);
  fill_packet (lba, count, area, offset_for (area));
  if (is_xen && !below (4))
    {
      packet.size = 24;
      packet.flat_low = area;
      packet.buffer = 0xffffffff;
    }
  put_packet ();
  reads = function == 0x42 ? count : 0;
  reads_lba = lba;
}

/* Random fields, except for the buffer.  */
static void
any_packet (u8 function)
{
  u32 count = below (16) ? some_count () : below (600);
  u64 lba = (u64) random32 () << 32 | random32 ();

  set_ah (function);
  into_buffer (count * SECTOR_SIZE);
  if (below (2))
    lba = drive.total - 64 + below (128);
  fill_packet (lba, count, area, offset_for (area));
  packet.size = below (4) ? 16 : random32 ();
  packet.reserved = random32 ();
  /* Only with such a size this is an address.  */
  if (is_xen && packet.size >= 24 && below (2))
    {
      packet.buffer = 0xffffffff;
      packet.flat_low = below (2) ? area : random32 ();
      packet.flat_high = packet.flat_low == area ? below (2) : 1 + random32 () % 0x7fffffff;
    }
  put_packet ();
}

/* A write of the sectors' own contents, if writes are allowed; otherwise one
   that has to be refused.  */
static void
any_write (void)
{
  u32 count = 1 + below (8), lba = SCRATCH_LBA + below (SCRATCH_COUNT - count);
  int allowed = option_is ("writes"), chs = below (2);

  set_ah (chs ? 3 : 0x43);
  set_al (0);
  into_buffer (count * SECTOR_SIZE);
  sectors_make (area, lba, count, 0);
  filled = 1;
  if (chs)
    {
      set_chs_of (lba, count);
      /* There is no sector 0.  */
      if (!allowed)
	before.ecx &= ~0x3fU;
      return;
    }
  fill_packet (lba, count, area, offset_for (area));
  if (!allowed)
    packet.lba_high = 1 + (random32 () >> 1);
  put_packet ();
}

static void
any_block (void)
{
  set_ah (0x48);
  area = place (128);
  area_length = 80;
  filled = 1;
  block_at (area);
  poke16 (area, below (2) ? below (100) : random32 ());
}

/* Any function, with both pointers into the arena.  */
static void
any_function (u8 function)
{
  /* Resetting is slow, and a write would change the disk.  */
  if (function == 3 || function == 0x43 || (function == 0 && below (8)))
    function = 0x7f;
  if (function == 0x42 || function == 0x44 || function == 0x47)
    any_packet (function);
  else if (function == 0x48)
    any_block ();
  else
    any_chs (function);
  if (function == 0x4b)
    {
      area = place (128);
      area_length = 64;
      block_at (area);
    }
}

static void
choose (void)
{
  u32 kind = below (16);

  prepare (0);
  before.esp = (before.esp & ~0xffffU) | (CALL_STACK_SIZE - 0x400 + below (0x300));
  if (!below (4))
    before.flags |= random32 () & (FLAG_NT | FLAG_IOPL);
  /* Earlier calls may have used this part of the stack.  */
  arena_fill (CALL_STACK + (before.esp & 0xffff), STACK_GUARD);
  area_length = reads = filled = 0;
  before.ds = BUFFERS >> 4;
  if (!below (16))
    before.edx = (before.edx & ~0xffU) | (0x80 + drive.disks + below (0x60 - drive.disks));
  if (kind < 3)
    good_chs (below (8) ? 2 : 4);
  else if (kind < 7)
    good_packet (below (8) ? 0x42 : 0x44);
  else if (kind == 7)
    any_block ();
  else if (kind == 8)
    any_chs (below (4) ? 2 : 4);
  else if (kind < 11)
    any_packet (below (4) ? 0x42 : 0x44 + below (2) * 3);
  else if (kind == 11)
    {
      before.edx = (before.edx & ~0xffU) | drive.number;
      any_write ();
    }
  else if (kind < 15)
    any_function (functions[below (sizeof (functions))]);
  else
    any_function (random32 ());
}

/* Whether the call has kept all registers but the function's results.  */
static int
registers_kept (u8 function)
{
  u32 outs = function == 8 ? OUT_AL | OUT_CX | OUT_DX
    : function == 0x15 ? OUT_CX | OUT_DX
    : function == 0x41 ? OUT_BX | OUT_CX
    : function >= 2 && function <= 4 ? OUT_AL : 0;
  u32 odd = (after.eax ^ before.eax) & (outs & OUT_AL ? 0xffff0000 : 0xffff00ff);

  odd |= (after.ebx ^ before.ebx) & (outs & OUT_BX ? 0xffff0000 : ~0U);
  odd |= (after.ecx ^ before.ecx) & (outs & OUT_CX ? 0xffff0000 : ~0U);
  odd |= (after.edx ^ before.edx) & (outs & OUT_DX ? 0xffff0000 : ~0U);
  odd |= (after.esi ^ before.esi) | (after.edi ^ before.edi);
  odd |= (after.ebp ^ before.ebp) | (after.esp ^ before.esp);
  odd |= (after.ds ^ before.ds) | (after.es ^ before.es);
  odd |= (after.fs ^ before.fs) | (after.gs ^ before.gs);
  odd |= (after.ss ^ before.ss) | ((after.flags ^ before.flags) & ~CARRY);
  return !odd;
}

static void
check_call (void)
{
  u8 function = before.eax >> 8, status = out_ah ();
  int carry = after.flags & CARRY;
  u32 bad;

  if (!registers_kept (function))
    complain ("a register is not kept, function", function);
  if (function == 1)
    ;
  else if (!carry && function != 0x15 && function != 0x41 && status)
    complain ("no carry with status", status);
  else if (peek8 (STATUS) != (carry ? status : 0))
    complain ("40:74", peek8 (STATUS));
  if (carry)
    refused_calls++;
  else
    good_calls++;
  bad = arena_check (CALL_STACK + (before.esp & 0xffff), STACK_GUARD);
  if (bad)
    complain ("the caller's stack changed at", bad);
  if (area_length)
    {
      bad = arena_check (area - GUARD, GUARD);
      if (!bad)
	bad = arena_check (area + area_length, GUARD);
      if (bad)
	complain ("beside the buffer changed", bad);
    }
  if (reads && (u8) before.edx == drive.number
      && (carry || sectors_check (area, reads_lba, reads, 0)))
    complain ("wrong data, status", status);
}

static int
is_lively (u32 address)
{
  u32 i;

  for (i = 0; i < sizeof (lively); i++)
    if (address == 0x400U + lively[i])
      return 1;
  return 0;
}

/* Check all memory that this program knows.  */
static void
check_all (void)
{
  u32 i, bad;

  for (i = 0; i < sizeof (low_memory); i++)
    if (!is_lively (i) && peek8 (i) != low_memory[i])
      {
	complain ("the BIOS's memory changed at", i);
	low_memory[i] = peek8 (i);
      }
  if (memory_sum (PROGRAM_SEGMENT << 4, (u32) image_end & ~3U) != code_sum)
    complain ("the program itself changed, below", (u32) image_end);
  arena_fill (CALL_STACK, CALL_STACK_SIZE);
  bad = arena_check (ARENA, ARENA_END - ARENA);
  if (bad)
    {
      complain ("memory changed at", bad);
      arena_fill (ARENA, ARENA_END - ARENA);
    }
}

void
test_random (u32 calls)
{
  u32 i;

  random_state = option ("random-seed", 1) * 2 + 1;
  say ("random: %u calls, random-seed=%u\n", calls, option ("random-seed", 1));
  for (i = 0; i < sizeof (low_memory); i++)
    low_memory[i] = peek8 (i);
  code_sum = memory_sum (PROGRAM_SEGMENT << 4, (u32) image_end & ~3U);
  for (number = 1; number <= calls; number++)
    {
      choose ();
      int13 ();
      check_call ();
      /* A refused call must not change its buffer; check_all checks
	 that.  */
      if (filled || !(after.flags & CARRY) || out_ah () > 9)
	arena_fill (area, area_length);
      if (number % ROUND == 0 || number == calls)
	{
	  prepare (0);
	  check_all ();
	}
      if (number % 100000 == 0)
	say ("random: %u\n", number);
    }
  say ("random: %u calls good, %u refused, %u wrong\n", good_calls,
       refused_calls, bad_calls);
  if (bad_calls || !good_calls || !refused_calls)
    failed++;
  else
    passed++;
}
