/* SPDX-License-Identifier: GPL-3.0-or-later */
/* t_env.c - flags, interrupts, the A20 line, the stack
   Copyright (C) 2026  The grub-xen-hvm authors  */

#include "int13.h"

#define PLACE 0x30000
#define TICKS 0x46c
#define SYSTEM_PORT 0x92
#define PORT_A20 2

static void
usual (u16 count)
{
  prepare (0x42);
  simple_packet (40, count, PLACE, 0);
  must_read (PLACE, 40, count);
}

static void
with_flags (const char *name, u16 flags)
{
  usual (2);
  before.flags = flags | 2;
  run (name, 0, 0);
}

static void
test_flags (void)
{
  with_flags ("flags, none", 0);
  with_flags ("flags, all but interrupts", FLAGS_ANY & ~FLAG_IF);
  with_flags ("flags, interrupts", FLAG_IF);
  with_flags ("flags, direction", FLAG_DF);
  with_flags ("flags, nested task and I/O level",
	      FLAGS_ANY | FLAG_NT | FLAG_IOPL);
}

/* Call with interrupts on or off, until the clock has ticked 8 times, or for
   5000 calls.  Return how often it interrupted the callee.  */
static u32
count_ticks (u16 flag)
{
  u32 calls, start;

  timer_old = peek32 (8 * 4);
  timer_all = timer_inside = 0;
  poke32 (8 * 4, PROGRAM_SEGMENT << 16 | (u16) (u32) &timer_hook);
  start = peek32 (TICKS);
  for (calls = 0; calls < 5000 && timer_all < 8; calls++)
    {
      usual (127);
      before.flags = flag | 2;
      int13 ();
      /* Otherwise there would be no tick with interrupts off.  */
      asm volatile ("sti\n\tnop\n\tcli" : : : "memory");
    }
  poke32 (8 * 4, timer_old);
  want (timer_all, "no tick of the clock in calls", calls, 0);
  want (peek32 (TICKS) - start >= timer_all, "40:6C went on by",
	peek32 (TICKS) - start, timer_all);
  return timer_inside;
}

static void
test_clock (void)
{
  u32 inside = count_ticks (FLAG_IF);

  usual (1);
  call (0);
  /* The service allows interrupts only where it waits for more than 10 ms.  */
  if (!is_xen)
    want (inside, "ticks during calls", inside, 1);
  show (" the clock goes on,");
  verdict ("the clock during reads, interrupts on", 0);
  inside = count_ticks (0);
  usual (1);
  call (0);
  show (" interrupts %s,", inside ? "come" : "wait");
  if (is_xen)
    want (!inside, "ticks during calls", inside, 0);
  verdict ("the clock during reads, interrupts off", 0);
}

/* Does the address of 1 MiB reach the same byte as 0?  */
static int
a20_is_off (void)
{
  u8 low, old = peek8 (0x500), high;

  asm volatile ("movw %w1, %%gs\n\tmovb %%gs:0x510, %0"
		: "=q" (high) : "r" (0xffff));
  poke8 (0x500, high ^ 0xff);
  asm volatile ("movw %w1, %%gs\n\tmovb %%gs:0x510, %0"
		: "=q" (low) : "r" (0xffff));
  poke8 (0x500, old);
  return low != high;
}

/* Some machines, such as Xen's guests, have no such gate.  There only the port
   is checked.  */
static void
test_a20 (void)
{
  u8 old = inb (SYSTEM_PORT), now;
  int off, still;

  outb (old & ~PORT_A20 & ~1, SYSTEM_PORT);
  off = a20_is_off ();
  usual (127);
  int13 ();
  still = a20_is_off ();
  now = inb (SYSTEM_PORT);
  outb ((old | PORT_A20) & ~1, SYSTEM_PORT);
  want (!sectors_check (PLACE, 40, 127, 0), "data", 0, 0);
  want (still == off, "A20", still, off);
  want (!(now & PORT_A20), "port 92h", now, 0);
  usual (1);
  call (0);
  show (" the line is %s,", off ? "off" : "always on");
  verdict ("A20 off, before and after", 0);
  outb (old & ~1, SYSTEM_PORT);
}

/* The service may use at most 256 bytes of the caller's stack.  */
static void
test_stack (void)
{
  u32 top, lowest;

  usual (127);
  before.flags &= ~FLAG_IF;
  call (0);
  top = CALL_STACK + (before.esp & 0xffff);
  lowest = arena_check (CALL_STACK, top - CALL_STACK);
  show (" %u bytes,", top - lowest);
  want (top - lowest <= 256, "bytes of the stack", top - lowest, 256);
  verdict ("the caller's stack", 0);
}

/* A small stack, at an odd address.  */
static void
test_odd_stack (void)
{
  usual (3);
  before.esp = (before.esp & ~0xffffU) | 0xeff;
  run ("an odd stack pointer", 0, 0);
}

/* The stack below the pointer ends in the middle of a doubleword.  Handlers of
   interrupts need more than that.  SeaBIOS allows interrupts on the caller's
   stack while it waits, even if the caller has them off, so it is not
   tested.  */
static void
test_low_stack (void)
{
  if (!is_xen)
    return;
  usual (3);
  before.flags &= ~FLAG_IF;
  before.esp = (before.esp & ~0xffffU) | 0x24;
  run ("a stack that ends 2 bytes before a doubleword", 0, 0);
}

/* The service refuses its own memory as a buffer.  Its code is at the
   vector.  */
static void
test_own_memory (void)
{
  u32 vector = peek32 (0x13 * 4);
  u32 address = (vector >> 16 << 4) + (vector & 0xffff), sum;

  if (!is_xen)
    return;
  sum = memory_sum (address & ~15U, 64);
  prepare (2);
  set_chs (0, 0, 1, 1);
  before.es = vector >> 16;
  set_bx (vector);
  call (OUT_AL);
  want (sum == memory_sum (address & ~15U, 64), "its code changed", 0, 0);
  verdict ("02 into the service itself", 9);
  prepare (0x42);
  fill_packet (0, 1, PLACE, 0);
  packet.buffer = vector;
  set_packet (PACKETS + 0x100, 0x100);
  call (0);
  want (sum == memory_sum (address & ~15U, 64), "its code changed", 0, 0);
  verdict ("42 into the service itself", 9);
}

void
test_environment (void)
{
  test_flags ();
  test_stack ();
  test_odd_stack ();
  test_low_stack ();
  test_a20 ();
  test_clock ();
  test_own_memory ();
}

/* The disk's backend dies on a key press: the next two reads have to
   return.  */
void
test_dead (void)
{
  u32 start, limit = 18 * 120;
  int i;

  usual (1);
  run ("42 of a disk that is there", 0, 0);
  say ("int13: waiting for a key\n");
  for (start = peek32 (TICKS); serial_byte () < 0;)
    {
      want (peek32 (TICKS) - start < limit, "no key", 0, 0);
      if (peek32 (TICKS) - start >= limit)
	break;
      asm volatile ("sti\n\thlt\n\tcli" : : : "memory");
    }
  for (i = 0; i < 2; i++)
    {
      prepare (0x42);
      simple_packet (99, 1, PLACE, 0);
      may_change (PLACE, SECTOR_SIZE);
      call (0);
      want (out_ah () == 0x80 || out_ah () == 0x20 || out_ah () == 0x10, "status",
	    out_ah (), 0x80);
      want (after.flags & CARRY, "carry", 0, 1);
      show (" %x", out_ah ());
    }
  verdict_plain ("42 of a disk whose backend is dead");
}
