/* SPDX-License-Identifier: GPL-3.0-or-later */
/* call.c - a call of INT 13h, and the checks of every call
   Copyright (C) 2026  The grub-xen-hvm authors

   A test prepares a call, names the memory that it may change, makes it, and
   gives its verdict.  After each call all other memory is checked.  */

#include "int13.h"

#define LAST_STATUS 0x474

/* Where calls have their stack pointer.  */
#define STACK_TOP (CALL_STACK_SIZE - 0x100)
#define SIZE_OF_WHY 80

struct regs before, after;
struct drive drive;
struct packet packet;
int is_xen;
u32 seed, passed, failed;

/* Places of the arena that a call may change; at most three.  */
static struct
{
  u32 address, length;
} changes[3];
static int n_changes;

static u32 read_address, read_count;
static u64 read_lba;
static u32 packet_address;
static u16 call_count;

/* The test's line of output.  */
static char shown[SIZE_OF_WHY];
static u32 shown_length;
static const char *wrong;
static u32 wrong_seen, wrong_wanted;

void
want (int condition, const char *what, u32 seen, u32 wanted)
{
  if (condition || wrong)
    return;
  wrong = what;
  wrong_seen = seen;
  wrong_wanted = wanted;
}

static void
show_text (const char *text)
{
  while (*text && shown_length < sizeof (shown) - 1)
    shown[shown_length++] = *text++;
  shown[shown_length] = 0;
}

static void
show_number (u32 value, u32 base)
{
  char digits[11] = "";
  int at = sizeof (digits) - 1;

  do
    digits[--at] = "0123456789abcdef"[value % base];
  while ((value /= base));
  show_text (digits + at);
}

/* Knows only %s, %u and %x.  Text without room is not shown.  */
void
show (const char *format, ...)
{
  va_list list;

  va_start (list, format);
  for (; *format; format++)
    {
      char c[2] = { *format, 0 };

      if (*format != '%')
	show_text (c);
      else if (*++format == 's')
	show_text (va_arg (list, const char *));
      else
	show_number (va_arg (list, u32), *format == 'u' ? 10 : 16);
    }
  va_end (list);
}

/* ---- registers */

/* Fill the places that the last call might have changed.  */
static void
restore_changes (void)
{
  while (n_changes)
    {
      n_changes--;
      arena_fill (changes[n_changes].address, changes[n_changes].length);
    }
}

void
prepare (u8 function)
{
  restore_changes ();
  before.eax = (random32 () & ~0xff00U) | function << 8;
  before.ebx = random32 ();
  before.ecx = random32 ();
  before.edx = (random32 () & ~0xffU) | drive.number;
  before.esi = random32 ();
  before.edi = random32 ();
  before.ebp = random32 ();
  /* A call only reads from these segments, unless a test says otherwise.  */
  before.ds = before.es = BUFFERS >> 4;
  before.fs = random32 ();
  before.gs = random32 ();
  before.ss = CALL_STACK >> 4;
  before.esp = (random32 () & ~0xffffU) | STACK_TOP;
  before.flags = (random32 () & FLAGS_ANY) | 2;
  read_count = 0;
  packet_address = 0;
}

void
set_al (u8 value)
{
  before.eax = (before.eax & ~0xffU) | value;
}

void
set_ah (u8 value)
{
  before.eax = (before.eax & ~0xff00U) | value << 8;
}

void
set_bx (u16 value)
{
  before.ebx = (before.ebx & ~0xffffU) | value;
}

void
set_cx (u16 value)
{
  before.ecx = (before.ecx & ~0xffffU) | value;
}

void
set_dh (u8 value)
{
  before.edx = (before.edx & ~0xff00U) | value << 8;
}

u8
out_ah (void)
{
  return after.eax >> 8;
}

/* The last four bits of OFFSET have to be those of ADDRESS.  */
u16
segment_for (u32 address, u16 offset)
{
  return (address - offset) >> 4;
}

void
set_buffer (u32 address, u16 offset)
{
  before.es = segment_for (address, offset);
  set_bx (offset);
}

void
set_block (u32 address, u16 offset, u32 length)
{
  before.ds = segment_for (address, offset);
  before.esi = (before.esi & ~0xffffU) | offset;
  may_change (address, length);
}

void
set_chs (u32 cylinder, u32 head, u32 sector, u8 count)
{
  set_cx ((cylinder & 0xff) << 8 | (cylinder >> 2 & 0xc0) | sector);
  set_dh (head);
  set_al (count);
}

void
set_chs_of (u32 lba, u8 count)
{
  u32 track = lba / drive.sectors;

  set_chs (track / drive.heads, track % drive.heads, lba % drive.sectors + 1,
	   count);
}

void
fill_packet (u64 lba, u16 count, u32 address, u16 offset)
{
  packet.size = 16;
  packet.reserved = 0;
  packet.count = count;
  packet.buffer = (u32) segment_for (address, offset) << 16 | offset;
  packet.lba_low = lba;
  packet.lba_high = lba >> 32;
  packet.flat_low = packet.flat_high = 0;
}

void
simple_packet (u64 lba, u16 count, u32 address, u16 offset)
{
  fill_packet (lba, count, address, offset);
  set_packet (PACKETS + 0x100, 0x100);
}

void
set_packet (u32 address, u16 offset)
{
  const u8 *from = (const u8 *) &packet;
  u32 i;

  set_block (address, offset, sizeof (packet));
  packet_address = address;
  for (i = 0; i < sizeof (packet); i++)
    poke8 (address + i, from[i]);
}

u16
packet_count (void)
{
  return peek16 (packet_address + 2);
}

void
may_change (u32 address, u32 length)
{
  changes[n_changes].address = address;
  changes[n_changes++].length = length;
}

void
must_read (u32 address, u64 lba, u32 count)
{
  may_change (address, count * SECTOR_SIZE);
  read_address = address;
  read_lba = lba;
  read_count = count;
}

/* ---- checks of every call */

static void
same (const char *what, u32 seen, u32 wanted)
{
  want (seen == wanted, what, seen, wanted);
}

static void
check_registers (unsigned outputs)
{
  u32 ax = outputs & OUT_AL ? ~0xffffU : ~0xff00U;
  u32 bx = outputs & OUT_BX ? ~0xffffU : ~0U;
  u32 cx = outputs & OUT_CX ? ~0xffffU : ~0U;
  u32 dx = outputs & OUT_DX ? ~0xffffU : ~0U;

  same ("EAX but AH", after.eax & ax, before.eax & ax);
  same ("EBX", after.ebx & bx, before.ebx & bx);
  same ("ECX", after.ecx & cx, before.ecx & cx);
  same ("EDX", after.edx & dx, before.edx & dx);
  same ("ESI", after.esi, before.esi);
  same ("EDI", after.edi, before.edi);
  same ("EBP", after.ebp, before.ebp);
  same ("ESP", after.esp, before.esp);
  same ("DS", after.ds, before.ds);
  same ("ES", after.es, before.es);
  same ("FS", after.fs, before.fs);
  same ("GS", after.gs, before.gs);
  same ("SS", after.ss, before.ss);
  same ("flags but carry", after.flags & ~CARRY, before.flags & ~CARRY);
}

/* Check the arena between the places that the call may change.  */
static void
check_arena (void)
{
  u32 at = CALL_STACK + STACK_TOP, bad = 0;

  while (!bad && at < ARENA_END)
    {
      u32 next = ARENA_END, end = ARENA_END;
      int i;

      for (i = 0; i < n_changes; i++)
	{
	  u32 begin = changes[i].address;
	  u32 limit = begin + changes[i].length;

	  if (limit <= at || begin >= next)
	    continue;
	  next = begin > at ? begin : at;
	  end = limit;
	}
      bad = arena_check (at, next - at);
      at = end;
    }
  want (!bad, "memory of nobody's changed at", bad, 0);
}

/* The call may change only the packet's count.  */
static void
check_packet (void)
{
  const u8 *wanted = (const u8 *) &packet;
  u32 i;

  if (!packet_address)
    return;
  for (i = 0; i < sizeof (packet); i++)
    if (i != 2 && i != 3)
      want (peek8 (packet_address + i) == wanted[i], "packet's byte", i, 0);
}

/* A call that refuses its parameters must not write anything.  */
static void
check_data (void)
{
  u8 status = out_ah ();
  int i;

  if (after.flags & CARRY)
    {
      for (i = 0; i < n_changes && (status == 1 || status == 9); i++)
	/* The caller has filled a packet, or a block's size.  */
	if (changes[i].address != packet_address && changes[i].length > 2)
	  {
	    u32 bad = arena_check (changes[i].address, changes[i].length);
	    want (!bad, "a refused call wrote at", bad, 0);
	  }
      return;
    }
  if (read_count)
    same ("first wrong sector",
	  sectors_check (read_address, read_lba, read_count, 0), 0);
}

void
call (unsigned outputs)
{
  call_count++;
  poke8 (LAST_STATUS, 0x5a);
  int13 ();
  check_registers (outputs);
  check_arena ();
  check_packet ();
  check_data ();
}

void
verdict_plain (const char *name)
{
  if (!call_count)
    wrong = "no call";
  if (wrong)
    {
      failed++;
      say ("FAIL %s:%s; %s %x, not %x\n", name, shown, wrong, wrong_seen,
	   wrong_wanted);
    }
  else
    {
      passed++;
      say ("ok %s:%s\n", name, shown);
    }
  restore_changes ();
  arena_fill (CALL_STACK, STACK_TOP);
  if (wrong)
    arena_fill (ARENA, ARENA_END - ARENA);
  wrong = 0;
  call_count = 0;
  shown_length = 0;
  shown[0] = 0;
}

void
verdict (const char *name, u8 status)
{
  u8 ah = out_ah ();
  int carry = after.flags & CARRY;

  same ("AH", ah, status);
  /* 15 returns the kind of drive in AH, 41 its version.  */
  if ((u8) (before.eax >> 8) != 0x15 && (u8) (before.eax >> 8) != 0x41)
    {
      want (carry == (ah != 0), "AH, and carry", carry, ah);
      same ("40:74", peek8 (LAST_STATUS), ah);
    }
  else
    same ("40:74", peek8 (LAST_STATUS), carry ? ah : 0);
  if (ah >> 4)
    show (" %x", ah);
  else
    show (" 0%x", ah);
  verdict_plain (name);
}

void
run (const char *name, unsigned outputs, u8 status)
{
  call (outputs);
  verdict (name, status);
}
