/* SPDX-License-Identifier: GPL-3.0-or-later */
/* mem.c - memory outside of the program's segment
   Copyright (C) 2026  The grub-xen-hvm authors

   It is accessed through GS, in windows of 64 KiB.  */

#include "int13.h"

static inline void
window (u32 address)
{
  asm volatile ("movw %w0, %%gs" : : "r" (address >> 16 << 12));
}

/* Within the window that was set last.  */
static inline u32
load (u32 address)
{
  u32 value;
  asm volatile ("movl %%gs:(%1), %0" : "=r" (value) : "r" (address & 0xffff));
  return value;
}

static inline void
store (u32 address, u32 value)
{
  asm volatile ("movl %0, %%gs:(%1)"
		: : "r" (value), "r" (address & 0xffff) : "memory");
}

u8
peek8 (u32 address)
{
  u8 value;

  window (address);
  asm volatile ("movb %%gs:(%1), %0" : "=q" (value) : "r" (address & 0xffff));
  return value;
}

u16
peek16 (u32 address)
{
  return peek8 (address) | peek8 (address + 1) << 8;
}

u32
peek32 (u32 address)
{
  return peek16 (address) | (u32) peek16 (address + 2) << 16;
}

void
poke8 (u32 address, u8 value)
{
  window (address);
  asm volatile ("movb %0, %%gs:(%1)"
		: : "q" (value), "r" (address & 0xffff) : "memory");
}

void
poke16 (u32 address, u16 value)
{
  poke8 (address, value);
  poke8 (address + 1, value >> 8);
}

void
poke32 (u32 address, u32 value)
{
  poke16 (address, value);
  poke16 (address + 2, value >> 16);
}

/* The contents of an aligned word of the arena.  */
static inline u32
arena_word (u32 address)
{
  return address * 0x9E3779B1U + 0x7F4A7C15U;
}

static u8
arena_byte (u32 address)
{
  return arena_word (address & ~3U) >> (address & 3) * 8;
}

void
arena_fill (u32 address, u32 length)
{
  u32 end = address + length;

  for (; address < end && address & 3; address++)
    poke8 (address, arena_byte (address));
  for (window (address); address + 4 <= end; address += 4)
    {
      if (!(address & 0xffff))
	window (address);
      store (address, arena_word (address));
    }
  for (; address < end; address++)
    poke8 (address, arena_byte (address));
}

u32
arena_check (u32 address, u32 length)
{
  u32 end = address + length;

  for (; address < end && address & 3; address++)
    if (peek8 (address) != arena_byte (address))
      return address;
  for (window (address); address + 4 <= end; address += 4)
    {
      if (!(address & 0xffff))
	window (address);
      if (load (address) != arena_word (address))
	break;
    }
  for (; address < end; address++)
    if (peek8 (address) != arena_byte (address))
      return address;
  return 0;
}

/* The words of a sector need not be aligned, so one may be in two windows.  */
static inline u32
load_any (u32 address)
{
  if ((address & 0xffff) > 0xfffc)
    return peek32 (address);
  window (address);
  return load (address);
}

u32
sectors_check (u32 address, u64 lba, u32 count, u32 flip)
{
  u32 n, i;

  for (n = 0; n < count; n++, lba++)
    {
      u32 word = pattern_first (lba, seed);
      /* Sector 0 has a partition table in its last bytes.  */
      u32 words = lba ? SECTOR_WORDS : 110;

      for (i = 0; i < words; i++, word += PATTERN_STEP)
	if (load_any (address + n * SECTOR_SIZE + i * 4) != (word ^ flip))
	  return n + 1;
      if (!lba && peek16 (address + n * SECTOR_SIZE + 510) != 0xaa55)
	return n + 1;
    }
  return 0;
}

void
sectors_make (u32 address, u64 lba, u32 count, u32 flip)
{
  u32 n, i;

  for (n = 0; n < count; n++, lba++)
    {
      u32 word = pattern_first (lba, seed);

      for (i = 0; i < SECTOR_WORDS; i++, word += PATTERN_STEP)
	poke32 (address + n * SECTOR_SIZE + i * 4, word ^ flip);
    }
}

u32
memory_sum (u32 address, u32 length)
{
  u32 sum = 0;

  for (; length >= 4; address += 4, length -= 4)
    sum = (sum << 1 | sum >> 31) + load_any (address);
  return sum;
}

u8 blocks[48];

static void
descriptor (int which, u32 address)
{
  u8 *d = blocks + which * 8;

  d[0] = d[1] = 0xff;
  d[2] = address;
  d[3] = address >> 8;
  d[4] = address >> 16;
  d[5] = 0x93;
  d[6] = 0;
  d[7] = address >> 24;
}

int
copy_high (u32 to, u32 from, u32 length)
{
  u32 i;

  for (i = 0; i < sizeof (blocks); i++)
    blocks[i] = 0;
  descriptor (2, from);
  descriptor (3, to);
  return !bios15 (length / 2);
}

/* Get an entry of the memory map by INT 15h, function E820h; return 0 at its
   end.  */
static u32
map_entry (u32 *next, u32 *entry)
{
  u32 magic = 0x534d4150, size = 20;

  asm volatile ("int $0x15\n\tjnc 1f\n\txorl %%eax, %%eax\n1:\tcli"
		: "+b" (*next), "+c" (size), "=a" (magic)
		: "a" (0xe820), "d" (magic), "D" (entry)
		: "memory", "cc");
  return magic == 0x534d4150;
}

int
is_free_ram (u32 address, u32 length)
{
  u32 next = 0, entry[5], limit = 100;
  int ram = 0;

  while (map_entry (&next, entry) && limit--)
    {
      /* Callers only need addresses below 4 GiB, so an end above that is cut
	 off.  */
      u32 end = entry[0] + entry[2] > entry[0] ? entry[0] + entry[2] : ~0U;

      if (entry[1])
	continue;
      if (entry[4] == 1 && entry[0] <= address && address + length <= end)
	ram = 1;
      if (entry[4] != 1 && entry[0] < address + length && address < end)
	return 0;
      if (!next)
	break;
    }
  return ram;
}

u32 random_state = 1;

u32
random32 (void)
{
  random_state ^= random_state << 13;
  random_state ^= random_state >> 17;
  random_state ^= random_state << 5;
  return random_state;
}
