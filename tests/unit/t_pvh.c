/* SPDX-License-Identifier: GPL-3.0-or-later */
/* t_pvh.c - tests of kern/xen/pvh.c
   Copyright (C) 2026  The grub-xen-hvm authors  */

#include <grub/xen/hvm.h>
#include "unit.h"

#define FRAMES	(1 + GRUB_XEN_GRANT_FRAMES)
#define MIB	0x100000ULL
#define GIB	0x40000000ULL

/* Entry I of the memory map is this range of TYPE, and the last entry.  */
static void
set_range (unsigned int i, uint64_t start, uint64_t size, int type)
{
  shim.map[i] = (struct shim_range) { start, size, type };
  shim.map[i + 1].size = 0;
}

static void
room_is (uint32_t frame)
{
  grub_uint32_t first = 0;

  assert_int_equal (grub_xen_pvh_find_room (FRAMES, &first), GRUB_ERR_NONE);
  assert_quiet ();
  assert_int_equal (first, frame);
}

static void
behind_ram (void **state)
{
  (void) state;
  set_range (0, 0, 64 * MIB, GRUB_MEMORY_AVAILABLE);
  room_is (64 * MIB >> 12);
  /* The last page is partial.  */
  set_range (0, 0, 64 * MIB + 1, GRUB_MEMORY_AVAILABLE);
  room_is ((64 * MIB >> 12) + 1);
  /* The first megabyte is not used.  */
  set_range (0, 0, 0x9f000, GRUB_MEMORY_AVAILABLE);
  room_is (0x100);
  set_range (0, 4 * GIB, GIB, GRUB_MEMORY_AVAILABLE);
  room_is (0x100);
}

static void
in_any_order (void **state)
{
  (void) state;
  set_range (0, 4 * GIB, 2 * GIB, GRUB_MEMORY_AVAILABLE);
  set_range (1, 0x2009000, 0x1000, GRUB_MEMORY_RESERVED);
  set_range (2, 0x2008000, 0x1000, GRUB_MEMORY_ACPI);
  set_range (3, 0, 32 * MIB, GRUB_MEMORY_AVAILABLE);
  room_is (0x200a);
  /* Exactly enough room.  */
  set_range (2, 0x200a000, 0x1000, GRUB_MEMORY_ACPI);
  set_range (3, 0, 32 * MIB, GRUB_MEMORY_AVAILABLE);
  room_is (0x2000);
}

/* An entry that overlaps another, and one that ends beyond the last
   address.  */
static void
odd_entries (void **state)
{
  (void) state;
  set_range (0, 0, 32 * MIB, GRUB_MEMORY_AVAILABLE);
  set_range (1, 31 * MIB, 2 * MIB, GRUB_MEMORY_RESERVED);
  set_range (2, -1ULL - 0xfff, 0x2000, GRUB_MEMORY_RESERVED);
  room_is (33 * MIB >> 12);
}

/* libxl gives a guest RAM up to the local APIC.  */
static void
not_the_interrupt_controllers (void **state)
{
  (void) state;
  set_range (0, 0, 0xfec00000, GRUB_MEMORY_AVAILABLE);
  room_is (0xfef00);
  set_range (0, 0, 0xfebf8000, GRUB_MEMORY_AVAILABLE);
  room_is (0xfef00);
  set_range (0, 0, 0xfebf7000, GRUB_MEMORY_AVAILABLE);
  room_is (0xfebf7);
  set_range (0, 0, 0xfee00000, GRUB_MEMORY_AVAILABLE);
  room_is (0xfef00);
}

static void
no_room (void **state)
{
  grub_uint32_t first;

  (void) state;
  set_range (0, 0, 4 * GIB, GRUB_MEMORY_AVAILABLE);
  assert_int_equal (grub_xen_pvh_find_room (FRAMES, &first),
		    GRUB_ERR_BAD_DEVICE);
  assert_raised (GRUB_ERR_BAD_DEVICE, "no room for Xen's frames below 4 GiB");
  assert_int_equal (grub_xen_platform_init (), GRUB_ERR_BAD_DEVICE);
  assert_raised (GRUB_ERR_BAD_DEVICE, "no room for Xen's frames below 4 GiB");
  assert_null (grub_xen_platform.shared);
  assert_xen_clean ();
  set_range (0, 0, 32 * MIB, GRUB_MEMORY_AVAILABLE);
  assert_int_equal (grub_xen_platform_init (), GRUB_ERR_NONE);
  grub_xen_platform_fini ();
  assert_xen_clean ();
}

static void
no_memory_map (void **state)
{
  grub_uint32_t first;

  (void) state;
  shim.map_error = GRUB_ERR_IO;
  assert_int_equal (grub_xen_pvh_find_room (FRAMES, &first), GRUB_ERR_IO);
  assert_raised (GRUB_ERR_IO, "no memory map");
}

static const struct unit_test tests[] =
  {
    UNIT_TEST (behind_ram),
    UNIT_TEST (in_any_order),
    UNIT_TEST (odd_entries),
    UNIT_TEST (not_the_interrupt_controllers),
    UNIT_TEST (no_room),
    UNIT_TEST (no_memory_map),
  };

UNIT_MAIN (tests)
