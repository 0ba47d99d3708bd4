/* SPDX-License-Identifier: GPL-3.0-or-later */
/* target_table.c - fuzz target: platform tables with any contents
   Copyright (C) 2026  The grub-xen-hvm authors  */

#include <stdlib.h>
#include <string.h>
#include <grub/dl.h>
#include <grub/xen/hvm.h>
#include "info.h"
#include "fuzz.h"
#include "shim.h"
#include "xen.h"

void grub_xen_table_init (void);
void grub_xen_table_fini (void);

/* The input is a list of records for segment F: a byte of flags, two bytes
   with the place in units of 16 bytes, the number of bytes that follow, and
   these bytes.  The last byte of the input is the number of a bit to change in
   the hypercall page or the RSDP; the byte before it selects one of them, and
   has further flags.  */
enum
  {
    /* Record: write a valid beginning; set the checksum, over all bytes up to
       `length'.  */
    BEGINNING = 1,
    SEALED = 2,
    /* Input: no memory for a copy; the memory map ends after this many
       entries.  */
    NO_MEMORY = 1,
    PAGE_BIT = 2,
    RSDP_BIT = 4,
    RANGES = 8
  };

#define SEGMENT		0x10000U
#define PAGE_FRAME	0xfc123
#define RSDP		0x15a20
#define MAX_RECORDS	8

static const struct shim_range map[] =
  {
    { 0, 0x9fc00, GRUB_MEMORY_AVAILABLE },
    { 0xf0000, 0x10000, GRUB_MEMORY_RESERVED },
    { 0x100000, 0xfeff000, GRUB_MEMORY_AVAILABLE },
    { 0xfc123000, 0x1000, GRUB_MEMORY_RESERVED },
    { 0x100000000, 0x40000000, GRUB_MEMORY_AVAILABLE }
  };

/* The address sanitizer detects accesses behind both.  */
static unsigned char *bios, *page;

static const unsigned char rsdp[20] = { 'R', 'S', 'D', ' ', 'P', 'T', 'R', ' ',
  0x8b, 'x', 'e', 'n', 'x', 'e', 'n', 0, 0, 0, 0, 0 };

static struct
{
  size_t start;
  size_t size;
} written[MAX_RECORDS];
static unsigned int n_written;

static uint8_t
sum (const unsigned char *p, size_t size)
{
  uint8_t result = 0;

  while (size--)
    result += *p++;
  return result;
}

static void
put_rsdp (void)
{
  memcpy (bios + RSDP, rsdp, sizeof (rsdp));
  bios[RSDP + 8] -= sum (rsdp, sizeof (rsdp));
}

static void
prepare (void)
{
  if (bios)
    return;
  fuzz_reset ();
  if (posix_memalign ((void **) &bios, GRUB_XEN_FRAME_SIZE, XEN_BIOS_SIZE)
      || posix_memalign ((void **) &page, GRUB_XEN_FRAME_SIZE,
			 GRUB_XEN_FRAME_SIZE))
    abort ();
  memset (bios, 0, XEN_BIOS_SIZE);
  put_rsdp ();
  xen_fill_page (page, 1);
  xen.bios = bios;
  xen.firmware_frame = PAGE_FRAME;
  xen.firmware_page = page;
}

static void
put_record (struct fuzz_input *in)
{
  unsigned int flags = fuzz_byte (in);
  size_t place = (fuzz_byte (in) << 4 | fuzz_byte (in) << 12) % SEGMENT, size;
  unsigned char *start = bios + SEGMENT + place;
  struct grub_xen_table *t = (void *) start;
  size_t room = SEGMENT - place;

  size = fuzz_byte (in);
  if (size > room)
    size = room;
  written[n_written].start = SEGMENT + place;
  written[n_written].size = size < sizeof (*t) ? sizeof (*t) : size;
  if (written[n_written].size > room)
    written[n_written].size = room;
  n_written++;
  fuzz_bytes (in, start, size);
  if (room < sizeof (*t))
    return;
  if (flags & BEGINNING)
    {
      memcpy (t->signature, GRUB_XEN_TABLE_SIGNATURE, sizeof (t->signature));
      t->version = GRUB_XEN_TABLE_VERSION;
    }
  if ((flags & SEALED) && t->length <= room)
    t->checksum -= sum (start, t->length);
}

/* Check a table that was found.  */
static void
check_found (const struct grub_xen_table *t, uint32_t address)
{
  const unsigned char *p = bios + (address - 0xe0000);
  struct grub_xen_table_e820 entry;
  unsigned int i;
  uint64_t n = 0;

  fuzz_check (address >= 0xf0000 && address <= 0x100000 - sizeof (*t)
	      && address % 16 == 0, "a table outside of segment F");
  fuzz_check (shim_is_block (t, t->length), "a copy of another size");
  fuzz_check (memcmp (t, p, t->length) == 0, "another copy");
  fuzz_check (memcmp (p, "$XenPIT$", 8) == 0 && p[10] == 1
	      && sum (p, p[8] | p[9] << 8) == 0, "it is no table");
  fuzz_check (!grub_xen_table_check (t, t->length), "it is not good now");
  for (i = 0; i < t->e820_count; i++)
    {
      grub_xen_table_entry (t, i, &entry);
      n += entry.start + entry.size + entry.type;
    }
  if (grub_xen_table_page_ok (t))
    fuzz_check (t->hypercall_page == (uint32_t) PAGE_FRAME * 4096
		|| (t->hypercall_page >= 0xf0000
		    && t->hypercall_page < 0x100000), "a page of none");
  if (grub_xen_table_rsdp_ok (t))
    fuzz_check (t->rsdp >= 0xe0000 && t->rsdp <= 0x100000 - sizeof (rsdp),
		"an RSDP anywhere");
  if (grub_xen_table_e820_ok (t))
    fuzz_check (t->e820_count <= sizeof (map) / sizeof (*map),
		"a longer memory map");
  /* Use the values, so that the compiler does not drop the reads.  */
  fuzz_check (n != 0x123456789abcdef1, "the number of numbers");
}

static void
check_values (const struct grub_xen_table *t)
{
  static const char *const names[] =
    { "entry", "boot-disk", "boot-order", "image" };
  unsigned int i;

  for (i = 0; i < sizeof (names) / sizeof (*names); i++)
    {
      const char *value = grub_xen_info_value (names[i]);

      fuzz_check (value && strlen (value) <= 8 && !strchr (value, '?'),
		  "no value");
      fuzz_check (t || i == 0 || !*value, "a value of no table");
    }
}

static void
look (void)
{
  const struct grub_xen_table *t;
  const char *problem;
  uint32_t address;
  unsigned int blocks = shim.blocks;

  grub_xen_table_init ();
  t = grub_xen_table_find (&address, &problem);
  fuzz_check (!t || !problem, "a problem with a good table");
  fuzz_check (!problem || address >= 0xf0000, "a problem with none");
  fuzz_check (!grub_xen_hvm.firmware_page || t, "a page of no table");
  if (t)
    check_found (t, address);
  check_values (t);
  grub_xen_table_fini ();
  fuzz_check (!grub_xen_hvm.firmware_page, "a page is left");
  fuzz_check (shim.blocks == blocks, "memory is left");
  fuzz_check (!grub_errno, "an error is left");
}

void
fuzz_target (const uint8_t *data, size_t size)
{
  struct fuzz_input in = { data, size };
  unsigned int bit = fuzz_last (&in), flags = fuzz_last (&in), i;
  unsigned char *at;

  prepare ();
  /* All hypercalls that GRUB uses are among these.  */
  at = flags & PAGE_BIT ? page + (8 + bit / 8) * XEN_STUB + flags / RANGES % 10
    : bios + RSDP + bit / 8 % sizeof (rsdp);
  memset (shim.map, 0, sizeof (shim.map));
  memcpy (shim.map, map, sizeof (map));
  if (flags / RANGES)
    shim.map[flags / RANGES % 6].size = 0;
  shim.fail_alloc = flags & NO_MEMORY ? shim.allocs + 1 : 0;
  for (n_written = 0; in.size && n_written < MAX_RECORDS;)
    put_record (&in);
  if (flags & (PAGE_BIT | RSDP_BIT))
    *at ^= 1 << bit % 8;
  look ();
  if (flags & (PAGE_BIT | RSDP_BIT))
    *at ^= 1 << bit % 8;
  for (i = 0; i < n_written; i++)
    memset (bios + written[i].start, 0, written[i].size);
  put_rsdp ();
}
