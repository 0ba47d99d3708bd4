/* SPDX-License-Identifier: GPL-3.0-or-later */
/* t_table.c - tests of table.c: which firmware tables are found and
   accepted
   Copyright (C) 2026  The grub-xen-hvm authors  */

#include <stdlib.h>
#include <grub/dl.h>
#include <grub/xen/hvm.h>
#include "firmware.h"
#include "unit.h"

#define TABLE_SIZE	sizeof (struct grub_xen_table)
#define SEGMENT_F	0xf0000U

void grub_xen_table_init (void);
void grub_xen_table_fini (void);

/* Check the first SIZE bytes of TABLE: they are refused for the reason WHY,
   or, if that is 0, accepted.  No memory follows the copy.  */
static void
checks (const struct grub_xen_table *table, size_t size, const char *why)
{
  void *copy = malloc (size);
  const char *problem;

  memcpy (copy, table, size);
  problem = grub_xen_table_check (copy, size);
  free (copy);
  if (why && problem)
    assert_string_equal (problem, why);
  else if (why)
    fail_msg ("not refused: %s", why);
  else if (problem)
    fail_msg ("refused: %s", problem);
}

/* The same with a valid checksum.  */
static void
sealed_checks (struct grub_xen_table *table, const char *why)
{
  firmware_seal (table);
  checks (table, table->length, why);
}

static void
good (void **state)
{
  struct grub_xen_table *t = firmware_table (0);
  unsigned int n;

  (void) state;
  checks (t, t->length, 0);
  checks (t, GRUB_XEN_TABLE_AREA, 0);
  for (n = 0; n < 256; n++)
    {
      t->e820_count = n;
      t->length = TABLE_SIZE + n * sizeof (struct grub_xen_table_e820);
      sealed_checks (t, 0);
    }
}

static void
cut_short (void **state)
{
  struct grub_xen_table *t = firmware_table (0);
  size_t n;

  (void) state;
  for (n = 0; n < TABLE_SIZE; n++)
    checks (t, n, "it is cut short");
  for (; n < t->length; n++)
    checks (t, n, "its length is wrong");
}

static void
any_bit_is_wrong (void **state)
{
  struct grub_xen_table *t = firmware_table (0);
  unsigned char *p = (unsigned char *) t;
  size_t length = t->length, i;

  (void) state;
  for (i = 0; i < 8 * length; i++)
    {
      const char *why = "its checksum is wrong";
      size_t byte = i / 8;

      p[byte] ^= 1 << i % 8;
      if (byte < sizeof (t->signature))
	why = "it has another signature";
      else if (t->length < TABLE_SIZE || t->length > length)
	why = "its length is wrong";
      checks (t, length, why);
      p[byte] ^= 1 << i % 8;
    }
}

static void
lengths (void **state)
{
  struct grub_xen_table *t = firmware_table (0);
  size_t length = t->length;

  (void) state;
  for (t->length = 0; t->length < TABLE_SIZE; t->length++)
    {
      firmware_seal (t);
      checks (t, length, "its length is wrong");
    }
  for (t->length = length + 1; t->length; t->length += 13)
    {
      checks (t, length, "its length is wrong");
      if (t->length > 0xffff - 13)
	break;
    }
}

static void
versions (void **state)
{
  struct grub_xen_table *t = firmware_table (0);
  unsigned int v;

  (void) state;
  t->version = 0;
  sealed_checks (t, "its version is older than any that is known");
  for (v = 2; v < 256; v++)
    {
      t->version = v;
      /* Only length and checksum of such a table are known.  */
      t->boot_disk = 99;
      t->e820_offset = 1;
      sealed_checks (t, "its version is newer than this GRUB");
    }
}

/* Later fields of version 1 come before the map, and its entries may become
   longer.  */
static void
longer_tables (void **state)
{
  static const unsigned int sizes[] = { 20, 21, 24, 255 };
  struct grub_xen_table *t = firmware_table (0);
  struct grub_xen_table_e820 want, got;
  unsigned int i, j;

  (void) state;
  t->e820_count = 32;
  for (i = 0; i < ARRAY_SIZE (sizes); i++)
    {
      t->e820_offset = TABLE_SIZE + 40;
      t->e820_size = sizes[i];
      t->length = t->e820_offset + 32 * sizes[i];
      for (j = 0; j < 32; j++)
	{
	  char *place = (char *) t + t->e820_offset + j * sizes[i];

	  memset (place, 0xee, sizes[i]);
	  want = (struct grub_xen_table_e820) { j * 77, ~(uint64_t) j, j };
	  memcpy (place, &want, sizeof (want));
	}
      sealed_checks (t, 0);
      for (j = 0; j < 32; j++)
	{
	  want = (struct grub_xen_table_e820) { j * 77, ~(uint64_t) j, j };
	  grub_xen_table_entry (t, j, &got);
	  assert_memory_equal (&got, &want, sizeof (want));
	}
    }
}

/* The place of the map, and whether it is refused.  */
static const struct
{
  unsigned int offset;
  unsigned int count;
  unsigned int size;
  unsigned int length;
  int bad;
} maps[] =
  {
    { TABLE_SIZE, 5, 20, TABLE_SIZE + 100, 0 },
    { TABLE_SIZE, 5, 20, TABLE_SIZE + 99, 1 },
    { TABLE_SIZE, 5, 20, TABLE_SIZE, 1 },
    { TABLE_SIZE + 1, 5, 20, TABLE_SIZE + 101, 0 },
    { TABLE_SIZE + 1, 5, 20, TABLE_SIZE + 100, 1 },
    { TABLE_SIZE - 1, 5, 20, TABLE_SIZE + 100, 1 },
    { 0, 5, 20, TABLE_SIZE + 100, 1 },
    { 0, 1, 20, TABLE_SIZE + 100, 1 },
    { 0xffff, 1, 20, TABLE_SIZE + 100, 1 },
    { 0xffff, 255, 255, 0xffff, 1 },
    { 0xffff - 19, 1, 20, 0xffff, 1 },
    { 0xffff - 20, 1, 20, 0xffff, 0 },
    { TABLE_SIZE, 255, 255, 0xffff, 0 },
    { TABLE_SIZE, 5, 19, TABLE_SIZE + 100, 1 },
    { TABLE_SIZE, 5, 0, TABLE_SIZE + 100, 1 },
    { TABLE_SIZE, 255, 1, TABLE_SIZE + 1000, 1 },
    { TABLE_SIZE, 6, 20, TABLE_SIZE + 100, 1 },
    { TABLE_SIZE, 5, 21, TABLE_SIZE + 100, 1 },
    /* Without a map these values have no meaning.  */
    { 0, 0, 0, TABLE_SIZE, 0 },
    { 0xffff, 0, 255, TABLE_SIZE, 0 }
  };

static void
memory_maps (void **state)
{
  struct grub_xen_table *t = firmware_table (0);
  unsigned int i;

  (void) state;
  for (i = 0; i < ARRAY_SIZE (maps); i++)
    {
      t->e820_offset = maps[i].offset;
      t->e820_count = maps[i].count;
      t->e820_size = maps[i].size;
      t->length = maps[i].length;
      sealed_checks (t, maps[i].bad ? "its memory map is not in it" : 0);
    }
}

static void
boot_orders (void **state)
{
  struct grub_xen_table *t = firmware_table (0);
  unsigned int order;

  (void) state;
  for (order = 0; order <= 0xffff; order++)
    {
      unsigned int i, bad = 0, ended = 0;

      for (i = 0; i < 16; i += 4)
	{
	  unsigned int kind = order >> i & 15;

	  bad |= kind > 4 || (kind && ended);
	  ended |= !kind;
	}
      t->boot_order = order;
      firmware_seal (t);
      assert_int_equal (grub_xen_table_check (t, t->length) != 0, bad);
    }
  t->boot_order = 0x0203;
  sealed_checks (t, "its boot order is not valid");
}

static void
boot_disks (void **state)
{
  struct grub_xen_table *t = firmware_table (0);
  unsigned int disk;

  (void) state;
  for (disk = 0; disk < 256; disk++)
    {
      t->boot_disk = disk;
      sealed_checks (t, disk < 4 || disk == 255 ? 0 : "its boot disk is not valid");
    }
}

/* The search.  */

static const struct grub_xen_table *
find (uint32_t address, const char *problem)
{
  grub_uint32_t where = 1;
  const char *why = "?";
  const struct grub_xen_table *t = grub_xen_table_find (&where, &why);

  assert_quiet ();
  if (!problem != !why || (why && strcmp (problem, why)))
    fail_msg ("problem '%s', not '%s'", why ? why : "none",
	      problem ? problem : "none");
  if (where != address)
    fail_msg ("address 0x%x, not 0x%x", where, address);
  return t;
}

static void
none (void **state)
{
  (void) state;
  assert_null (find (0, 0));
  grub_xen_table_fini ();
  /* In segment E, at an address that is not a multiple of 16, and in upper
     case.  */
  firmware_table (0x18);
  memcpy (firmware_at (0xe0000), GRUB_XEN_TABLE_SIGNATURE, 8);
  memcpy (firmware_at (0xefff0), GRUB_XEN_TABLE_SIGNATURE, 8);
  memcpy (firmware_at (0xf8000), "$XENPIT$", 8);
  memcpy (firmware_at (0xffff8), GRUB_XEN_TABLE_SIGNATURE, 8);
  assert_null (find (0, 0));
  assert_int_equal (shim.blocks, 0);
}

/* A table at PLACE of segment F is found, with LENGTH bytes or (0) its own
   length.  */
static void
found_at (unsigned int place, unsigned int length)
{
  struct grub_xen_table want, *t = firmware_table (place);
  const struct grub_xen_table *got;

  if (length)
    {
      t->e820_count = 0;
      t->length = length;
    }
  firmware_seal (t);
  want = *t;
  got = find (SEGMENT_F + place, 0);
  assert_non_null (got);
  assert_int_equal (shim.blocks, 1);
  assert_true (shim_is_block (got, want.length));
  assert_memory_equal (got, &want, sizeof (want));
  /* The result is a copy, and the search is done once.  */
  memset (t, 0, sizeof (*t));
  assert_ptr_equal (find (SEGMENT_F + place, 0), got);
  assert_memory_equal (got, &want, sizeof (want));
  grub_xen_table_fini ();
  assert_int_equal (shim.blocks, 0);
}

static void
found_anywhere (void **state)
{
  unsigned int place;

  (void) state;
  for (place = 0; place < GRUB_XEN_TABLE_AREA - 0x100; place += 16 * 61)
    found_at (place, 0);
  found_at (GRUB_XEN_TABLE_AREA - 96, 96);
  found_at (GRUB_XEN_TABLE_AREA - 96, TABLE_SIZE);
  found_at (GRUB_XEN_TABLE_AREA - 4096, 4096);
  found_at (0, 0xffff);
}

static void
at_the_end_of_the_segment (void **state)
{
  struct grub_xen_table *t = firmware_table (0);
  unsigned int left;

  (void) state;
  t->e820_count = 0;
  t->length = 112;
  for (left = 16; left <= 96; left += 16)
    {
      memset (firmware_at (0xfff00), 0, 0x100);
      memcpy (firmware_at (0x100000 - left), t, left);
      t->signature[0] = 0;
      assert_null (find (0x100000 - left, left < TABLE_SIZE
			 ? "it is cut short" : "its length is wrong"));
      t->signature[0] = '$';
      grub_xen_table_fini ();
    }
}

static void
several (void **state)
{
  struct grub_xen_table *bad = firmware_table (0x1000);
  struct grub_xen_table *best = firmware_table (0x2000);

  (void) state;
  firmware_table (0x3000);
  bad->checksum++;
  best->boot_order = 0x23;
  firmware_seal (best);
  assert_int_equal (find (0xf2000, 0)->boot_order, 0x23);
  grub_xen_table_fini ();
  /* A bad table that claims to contain the next one.  */
  bad->length = 0x3000;
  assert_int_equal (find (0xf2000, 0)->boot_order, 0x23);
  grub_xen_table_fini ();
  /* Only bad tables.  */
  best->version = 9;
  firmware_seal (best);
  memset (firmware_at (0xf3000), 0, 8);
  assert_null (find (0xf2000, "its version is newer than this GRUB"));
}

static void
no_memory (void **state)
{
  (void) state;
  firmware_table (0x40);
  shim.fail_alloc = 1;
  assert_null (find (0xf0040, "there is no memory for a copy"));
  assert_null (find (0xf0040, "there is no memory for a copy"));
  assert_int_equal (shim.allocs, 1);
}

static void
loaded_and_unloaded (void **state)
{
  struct grub_xen_table *t = firmware_table (0x40);
  int i;

  (void) state;
  for (i = 0; i < 3; i++)
    {
      grub_xen_table_init ();
      assert_ptr_equal (grub_xen_hvm.firmware_page, xen.firmware_page);
      assert_int_equal (shim.blocks, 1);
      grub_xen_table_fini ();
      assert_null (grub_xen_hvm.firmware_page);
      assert_int_equal (shim.blocks, 0);
    }
  t->checksum++;
  shim.debug = 1;
  grub_xen_table_init ();
  assert_null (grub_xen_hvm.firmware_page);
  assert_printed ("platform table at 0xf0040: its checksum is wrong");
  grub_xen_table_fini ();
  /* The problem with a table that is gone is forgotten.  */
  memset (t, 0, sizeof (*t));
  grub_xen_table_init ();
  assert_null (find (0, 0));
  grub_xen_table_fini ();
  assert_quiet ();
}

static const struct unit_test tests[] =
  {
    UNIT_TEST (good),
    UNIT_TEST (cut_short),
    UNIT_TEST (any_bit_is_wrong),
    UNIT_TEST (lengths),
    UNIT_TEST (versions),
    UNIT_TEST (longer_tables),
    UNIT_TEST (memory_maps),
    UNIT_TEST (boot_orders),
    UNIT_TEST (boot_disks),
    UNIT_TEST (none),
    UNIT_TEST (found_anywhere),
    UNIT_TEST (at_the_end_of_the_segment),
    UNIT_TEST (several),
    UNIT_TEST (no_memory),
    UNIT_TEST (loaded_and_unloaded),
  };

UNIT_MAIN (tests)
