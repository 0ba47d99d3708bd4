/* SPDX-License-Identifier: GPL-3.0-or-later */
/* front.c - the service in front of other drives
   Copyright (C) 2026  The grub-xen-hvm authors

   A separate program.  It puts int13_real.S in front of a fake BIOS, and
   checks what the BIOS gets in a call to one of its drives, and what the
   caller gets.  Two PV drives come first, and the BIOS has three drives.  */

#include "int13.h"

#define VECTOR (0x13 * 4)
#define DISKS 0x475
/* Behind the memory that calls may not change.  */
#define PLACE (ARENA_END + 0x4000U)

enum { OURS = 2, ITS = 3, FIRST = 0x80 };

/* Labels of int13_real.S, and of fake.S.  */
extern u8 grub_xen_int13_real_start[], grub_xen_int13_real_end[];
extern u8 grub_xen_int13_real_old[], grub_xen_int13_real_drives[];
void fake_bios (void);
extern u16 fake_ax, fake_dx, fake_out_ax, fake_out_dx;
extern u8 fake_disks, fake_keeps_dx, fake_counts, fake_carry;

static u32
place_of (const u8 *label)
{
  return PLACE + (u32) label - (u32) grub_xen_int13_real_start;
}

static void
install (u8 first)
{
  u32 i, size = (u32) grub_xen_int13_real_end
    - (u32) grub_xen_int13_real_start;
  u32 drives = place_of (grub_xen_int13_real_drives);

  for (i = 0; i < size; i++)
    poke8 (PLACE + i, grub_xen_int13_real_start[i]);
  poke32 (place_of (grub_xen_int13_real_old),
	  PROGRAM_SEGMENT << 16 | (u16) (u32) &fake_bios);
  poke8 (drives, first);
  poke8 (drives + 1, first + OURS);
  poke8 (drives + 2, FIRST + ITS + OURS);
  poke8 (drives + 3, OURS);
  poke8 (DISKS, ITS + OURS);
  poke32 (VECTOR, PLACE >> 4 << 16);
}

/* Call function AX of drive NUMBER.  */
static void
ask (u16 ax, u8 number)
{
  prepare (0);
  before.eax = (before.eax & ~0xffffU) | ax;
  before.edx = (before.edx & ~0xffU) | number;
  call (OUT_AL | OUT_DX);
  want (peek8 (DISKS) == ITS + OURS, "40:75 afterwards", peek8 (DISKS),
	ITS + OURS);
  want ((after.eax & 0xffff) == fake_out_ax, "AX", after.eax & 0xffff,
	fake_out_ax);
  want ((after.flags & CARRY) == fake_carry, "carry", after.flags & CARRY,
	fake_carry);
  want (fake_ax == ax, "the BIOS's AX", fake_ax, ax);
}

/* The BIOS got NUMBER, and the caller's DL is DL.  */
static void
numbers (u8 number, u8 dl)
{
  want ((fake_dx & 0xff) == number, "the BIOS's DL", fake_dx & 0xff, number);
  want ((after.edx & 0xff) == dl, "DL", after.edx & 0xff, dl);
  want ((after.edx & ~0xffffU) == (before.edx & ~0xffffU), "EDX", after.edx,
	before.edx);
}

static void
answer (u16 ax, u8 carry, u8 keeps, u8 counts, u16 dx)
{
  fake_out_ax = ax;
  fake_carry = carry;
  fake_keeps_dx = keeps;
  fake_counts = counts;
  fake_out_dx = dx;
}

/* Drives with PV drives in front of them, and drives without.  */
static void
test_numbers (void)
{
  u8 i;

  answer (0x0000, 0, 1, 0, 0);
  for (i = 0; i < ITS; i++)
    {
      ask (0x4200, FIRST + OURS + i);
      numbers (FIRST + i, FIRST + OURS + i);
    }
  answer (0x0100, 1, 1, 0, 0);
  ask (0x0201, FIRST + OURS);
  numbers (FIRST, FIRST + OURS);
  ask (0x0201, FIRST + OURS + ITS);
  numbers (FIRST + OURS + ITS, FIRST + OURS + ITS);
  ask (0x0201, 0);
  numbers (0, 0);
  ask (0x4b01, 0xe0);
  numbers (0xe0, 0xe0);
  verdict_plain ("in front: numbers");
}

/* The BIOS sees the number of its own disks, however it counts, and the
   caller gets the number of all disks.  */
static void
test_counts (void)
{
  answer (0x0000, 0, 0, 1, 0x0f00);
  ask (0x0800, FIRST + OURS);
  want (fake_disks == ITS, "the BIOS's 40:75", fake_disks, ITS);
  numbers (FIRST, ITS + OURS);
  want ((after.edx >> 8 & 0xff) == 0x0f, "DH", after.edx >> 8 & 0xff, 0x0f);
  answer (0x0000, 0, 0, 0, 0x0f00 | ITS);
  ask (0x0800, FIRST + OURS + 1);
  numbers (FIRST + 1, ITS + OURS);
  verdict_plain ("in front: 08 counts all disks");
}

/* After an error of 08h or 15h DL is the caller's, unless the BIOS changes
   it.  */
static void
test_errors (void)
{
  static const u16 functions[] = { 0x0800, 0x1500 };
  u32 i;

  for (i = 0; i < 2; i++)
    {
      answer (0x0700, 1, 1, 0, 0);
      ask (functions[i], FIRST + OURS + 2);
      numbers (FIRST + 2, FIRST + OURS + 2);
      answer (0x0700, 1, 0, 0, 0x4433);
      ask (functions[i], FIRST + OURS + 2);
      numbers (FIRST + 2, 0x33);
    }
  answer (0x0100, 1, 1, 0, 0);
  ask (0x0800, FIRST + OURS + ITS);
  numbers (FIRST + OURS + ITS, FIRST + OURS + ITS);
  ask (0x0800, 0xe0);
  numbers (0xe0, 0xe0);
  verdict_plain ("in front: DL after errors");
}

/* Function 15h: DX is a part of the size, but not if there is no such
   drive.  */
static void
test_sizes (void)
{
  answer (0x0300, 0, 0, 0, 0x1280);
  ask (0x1500, FIRST + OURS);
  numbers (FIRST, 0x80);
  want ((after.edx & 0xffff) == 0x1280, "DX", after.edx & 0xffff, 0x1280);
  answer (0x0000, 0, 1, 0, 0);
  ask (0x1500, FIRST + OURS);
  numbers (FIRST, FIRST + OURS);
  verdict_plain ("in front: 15 sizes");
}

/* PV drives behind the BIOS's first.  */
static void
test_behind (void)
{
  answer (0x0000, 0, 1, 0, 0);
  ask (0x4200, FIRST);
  numbers (FIRST, FIRST);
  ask (0x4200, FIRST + 1 + OURS);
  numbers (FIRST + 1, FIRST + 1 + OURS);
  answer (0x0000, 0, 0, 1, 0x0f00);
  ask (0x0800, FIRST);
  numbers (FIRST, ITS + OURS);
  verdict_plain ("in front: behind the first disk");
}

void program (void);

void
program (void)
{
  arena_fill (ARENA, ARENA_END - ARENA);
  install (FIRST);
  test_numbers ();
  test_counts ();
  test_errors ();
  test_sizes ();
  install (FIRST + 1);
  test_behind ();
  say ("int13: %u passed, %u failed\n", passed, failed);
  leave (failed != 0);
}
