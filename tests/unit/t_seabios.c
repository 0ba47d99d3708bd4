/* SPDX-License-Identifier: GPL-3.0-or-later */
/* t_seabios.c - tests of SeaBIOS's loader: which images it accepts and
   starts
   Copyright (C) 2026  The grub-xen-hvm authors  */

#include <stdio.h>
#include <stdlib.h>
#include "seabios.h"
#include "xen_grub.h"
#include "unit.h"

#define LOAD	0x8200
#define ROOM	0x30000
#define SIZE	5000
#define TITLE	"Booting GRUB from the firmware...\n"

#define IMAGE	((struct xen_grub_image *) sb.rom)
#define CODE	(sb.rom + sizeof (struct xen_grub_image))

static u32
adler (const u8 *p, u32 size)
{
  u64 a = 1, b = 0;

  for (; size; size--)
    {
      a += *p++;
      b += a;
    }
  return b % 65521 << 16 | a % 65521;
}

/* Set the header's checksum.  */
static void
seal (void)
{
  IMAGE->checksum = 0;
  IMAGE->checksum = -checksum (IMAGE, IMAGE->length);
}

/* Set up a SeaBIOS with ROOM bytes before it, and an image of SIZE bytes
   there.  */
static void
put_image (u32 room, u32 size)
{
  u32 i;

  sb_reset (room);
  for (i = 0; i < size; i++)
    CODE[i] = i * 7 + i / 256 + 1;
  memcpy (IMAGE->signature, XEN_GRUB_SIGNATURE, sizeof (IMAGE->signature));
  IMAGE->version = XEN_GRUB_VERSION;
  IMAGE->length = sizeof (*IMAGE);
  IMAGE->size = size;
  IMAGE->sum = adler (CODE, size);
  IMAGE->load = LOAD;
  seal ();
}

static void
post (void)
{
  xen_grub_preinit ();
  xen_grub_setup ();
  xen_grub_prepboot ();
  assert_string_equal (sb.out, "");
  assert_int_equal (sb.entries, 1);
  assert_string_equal (sb.entry, "GRUB (Xen PV disks)");
}

static void
low_is_untouched (void)
{
  u32 i;

  for (i = BUILD_STACK_ADDR; i < BUILD_EBDA_MINIMUM; i++)
    if (sb.low[i])
      fail_msg ("low memory is changed at 0x%x", i);
}

/* Booting prints WHY it fails, and returns.  */
static void
boot_fails (const char *why)
{
  char expected[256];

  sb.out[0] = 0;
  xen_grub_boot ();
  snprintf (expected, sizeof (expected),
	    TITLE "Boot failed: GRUB's image: %s\n\n", why);
  assert_string_equal (sb.out, expected);
  assert_int_equal (sb.calls, 0);
  low_is_untouched ();
}

/* The image is refused, for the reason WHY.  */
static void
is_refused (const char *why)
{
  post ();
  assert_int_equal (sb.high_size, 0);
  boot_fails (why);
  /* The second attempt fails in the same way.  */
  boot_fails (why);
}

/* The image is copied to LOAD and started there.  */
static void
is_started (u32 load)
{
  struct bregs want;
  u8 *code = sb.rom + IMAGE->length;
  u32 size = IMAGE->size, i;

  post ();
  assert_int_equal (sb.high_size, size);
  xen_grub_boot ();
  assert_string_equal (sb.out, TITLE);
  assert_memory_equal (sb.low + load, code, size);
  for (i = BUILD_STACK_ADDR; i < BUILD_EBDA_MINIMUM; i++)
    if ((i < load || i >= load + size) && sb.low[i])
      fail_msg ("low memory is changed at 0x%x", i);
  memset (&want, 0, sizeof (want));
  want.code.offset = load;
  want.dl = 0xff;
  want.ebx = sb.fseg_size ? (u32) (unsigned long) (sb.bios + sb.fseg_at) : 0;
  want.flags = F_IF;
  assert_int_equal (sb.calls, 1);
  assert_memory_equal (&sb.regs, &want, sizeof (want));
}

/* Valid images.  */

static void
good (void **state)
{
  (void) state;
  put_image (ROOM, SIZE);
  is_started (LOAD);
  put_image (ROOM, 1);
  is_started (LOAD);
}

static void
all_its_place_is_used (void **state)
{
  (void) state;
  put_image (ROOM, ROOM - sizeof (*IMAGE));
  is_started (LOAD);
  put_image (ROOM, ROOM - sizeof (*IMAGE));
  /* There is room for one byte less.  */
  sb.code32flat_start--;
  is_refused ("it is longer than its place");
}

static void
load_addresses (void **state)
{
  static const u32 good_ones[] = { BUILD_STACK_ADDR, 0x7c00, LOAD, 0xffff };
  static const u32 bad_ones[] =
    { 0, 0x500, BUILD_STACK_ADDR - 1, 0x10000, 0x10000 + LOAD, 0x8f000,
      BUILD_EBDA_MINIMUM, BUILD_EBDA_MINIMUM + 1, 0xa0000, 0xc0000, 0xf0000,
      0x100000, 0x80000000, 0xffff7000, 0xffffffff };
  unsigned int i;

  (void) state;
  for (i = 0; i < ARRAY_SIZE (good_ones); i++)
    {
      put_image (ROOM, SIZE);
      IMAGE->load = good_ones[i];
      seal ();
      is_started (good_ones[i]);
    }
  for (i = 0; i < ARRAY_SIZE (bad_ones); i++)
    {
      put_image (ROOM, SIZE);
      IMAGE->load = bad_ones[i];
      seal ();
      is_refused ("it does not fit into low memory");
    }
}

/* These images need a larger blob than hvmloader accepts now.  */
static void
up_to_the_ebda (void **state)
{
  (void) state;
  put_image (0xa0000, BUILD_EBDA_MINIMUM - LOAD);
  is_started (LOAD);
  put_image (0xa0000, BUILD_EBDA_MINIMUM - LOAD + 1);
  is_refused ("it does not fit into low memory");
  put_image (0xa0000, BUILD_EBDA_MINIMUM - BUILD_STACK_ADDR);
  is_refused ("it does not fit into low memory");
  put_image (0xa0000, BUILD_EBDA_MINIMUM - BUILD_STACK_ADDR);
  IMAGE->load = BUILD_STACK_ADDR;
  seal ();
  is_started (BUILD_STACK_ADDR);
}

/* A later header of version 1 may have more fields.  */
static void
a_longer_header (void **state)
{
  (void) state;
  put_image (ROOM, SIZE);
  memmove (CODE + 200, CODE, SIZE);
  memset (CODE, 0x77, 200);
  IMAGE->length += 200;
  seal ();
  is_started (LOAD);
}

static void
the_blob_is_overwritten_after_post (void **state)
{
  u8 *copy = malloc (SIZE);

  (void) state;
  put_image (ROOM, SIZE);
  memcpy (copy, CODE, SIZE);
  post ();
  /* An option ROM overwrites it.  */
  memset (sb.rom, 0xff, ROOM);
  xen_grub_boot ();
  assert_int_equal (sb.calls, 1);
  assert_memory_equal (sb.low + LOAD, copy, SIZE);
  free (copy);
}

static void
grub_comes_back (void **state)
{
  (void) state;
  put_image (ROOM, SIZE);
  post ();
  xen_grub_boot ();
  assert_int_equal (sb.calls, 1);
  /* GRUB has changed its memory, and is started again from the menu.  */
  memset (sb.low + LOAD, 0x99, SIZE);
  xen_grub_boot ();
  assert_int_equal (sb.calls, 2);
  assert_memory_equal (sb.low + LOAD, CODE, SIZE);
  assert_string_equal (sb.out, TITLE TITLE);
}

static void
no_memory_for_the_table (void **state)
{
  (void) state;
  put_image (ROOM, SIZE);
  sb.no_fseg = 1;
  is_started (LOAD);
  assert_int_equal (sb.warnings, 1);
  assert_int_equal (sb.regs.ebx, 0);
  assert_int_equal (sb.hypercalls, 0);
}

static void
not_on_xen (void **state)
{
  (void) state;
  /* No memory of the blob is accessible.  */
  sb_reset (0);
  sb.on_xen = 0;
  xen_grub_preinit ();
  xen_grub_setup ();
  xen_grub_prepboot ();
  assert_int_equal (sb.entries, 0);
  assert_int_equal (sb.high_size, 0);
  assert_int_equal (sb.fseg_size, 0);
  assert_int_equal (sb.hypercalls, 0);
  assert_int_equal (sb.warnings, 0);
  assert_string_equal (sb.out, "");
  low_is_untouched ();
}

/* Invalid images.  */

static void
none_there (void **state)
{
  (void) state;
  sb_reset (ROOM);
  is_refused ("there is none");
  put_image (ROOM, SIZE);
  memset (IMAGE, 0xff, sizeof (*IMAGE));
  is_refused ("there is none");
}

/* Damage of any bit.  */
static void
the_header_is_damaged (void **state)
{
  unsigned int i;

  (void) state;
  for (i = 0; i < 8 * sizeof (*IMAGE); i++)
    {
      put_image (ROOM, SIZE);
      sb.rom[i / 8] ^= 1 << i % 8;
      is_refused (i < 8 * sizeof (IMAGE->signature) ? "there is none"
		  : "its header is damaged");
    }
}

static void
header_lengths (void **state)
{
  unsigned int i;

  (void) state;
  for (i = 0; i < sizeof (*IMAGE); i++)
    {
      put_image (ROOM, SIZE);
      IMAGE->length = i;
      seal ();
      is_refused ("its header is damaged");
    }
  /* The length covers more than the header, so the checksum is computed over
     the wrong bytes.  */
  for (i = sizeof (*IMAGE) + 1; i < 256; i++)
    {
      put_image (ROOM, SIZE);
      IMAGE->length = i;
      seal ();
      is_refused ("its checksum is wrong");
    }
}

/* A valid header that extends into SeaBIOS.  */
static void
a_header_longer_than_its_place (void **state)
{
  (void) state;
  put_image (ROOM, SIZE);
  memmove (CODE + 200, CODE, SIZE);
  IMAGE->length += 200;
  seal ();
  sb.code32flat_start = IMAGE->length - 1;
  is_refused ("its header is damaged");
  /* The bytes behind the image's place are not read.  */
  put_image (ROOM, SIZE);
  sb_reset (sizeof (*IMAGE) + 8);
  memcpy (IMAGE->signature, XEN_GRUB_SIGNATURE, sizeof (IMAGE->signature));
  IMAGE->version = XEN_GRUB_VERSION;
  IMAGE->length = sizeof (*IMAGE) + 9;
  is_refused ("its header is damaged");
}

static void
versions (void **state)
{
  static const u16 others[] = { 0, 2, 0x100, 0x101, 0xffff };
  unsigned int i;

  (void) state;
  for (i = 0; i < ARRAY_SIZE (others); i++)
    {
      put_image (ROOM, SIZE);
      IMAGE->version = others[i];
      seal ();
      is_refused ("its version is not known");
    }
}

static void
cut_short (void **state)
{
  static const u32 sizes[] =
    { 0, ROOM - 31, ROOM, ROOM + 1, 0x40000, 0x100000, 0x7fffffff,
      0x80000000, 0xffffffe0, 0xffffffff };
  unsigned int i;

  (void) state;
  for (i = 0; i < ARRAY_SIZE (sizes); i++)
    {
      put_image (ROOM, SIZE);
      IMAGE->size = sizes[i];
      seal ();
      is_refused ("it is longer than its place");
    }
  /* A few missing bytes are enough, and zeros count as well.  */
  put_image (ROOM, SIZE);
  memset (CODE + SIZE - 1, 0, 1);
  is_refused ("its checksum is wrong");
  put_image (ROOM, SIZE);
  memset (CODE + 1, 0, SIZE - 1);
  is_refused ("its checksum is wrong");
  put_image (ROOM, SIZE);
  IMAGE->size--;
  seal ();
  is_refused ("its checksum is wrong");
}

static void
the_body_is_damaged (void **state)
{
  u32 bit;

  (void) state;
  for (bit = 0; bit < 8 * SIZE; bit += 8 * SIZE / 150 - 1)
    {
      put_image (ROOM, SIZE);
      CODE[bit / 8] ^= 1 << bit % 8;
      is_refused ("its checksum is wrong");
    }
  /* Two changed bytes whose sum is the same.  */
  put_image (ROOM, SIZE);
  CODE[100] ^= 1;
  CODE[101] ^= 1;
  is_refused ("its checksum is wrong");
}

static void
the_checksum_is_damaged (void **state)
{
  unsigned int bit;

  (void) state;
  for (bit = 0; bit < 32; bit++)
    {
      put_image (ROOM, SIZE);
      IMAGE->sum ^= 1U << bit;
      seal ();
      is_refused ("its checksum is wrong");
    }
}

static void
no_memory (void **state)
{
  (void) state;
  put_image (ROOM, SIZE);
  sb.no_high = 1;
  is_refused ("there is no memory for it");
}

static void
overwritten_before_it_is_booted (void **state)
{
  (void) state;
  put_image (ROOM, SIZE);
  post ();
  sb.high[SIZE - 1] ^= 0x80;
  boot_fails ("it was overwritten");
  /* Restoring the image afterwards does not make it valid.  */
  sb.high[SIZE - 1] ^= 0x80;
  boot_fails ("it was overwritten");
}

static void
overwritten_when_it_came_back (void **state)
{
  (void) state;
  put_image (ROOM, SIZE);
  post ();
  xen_grub_boot ();
  assert_int_equal (sb.calls, 1);
  memset (sb.high, 0, 16);
  memset (sb.low + LOAD, 0, SIZE);
  sb.calls = 0;
  boot_fails ("it was overwritten");
}

static const struct unit_test tests[] =
  {
    UNIT_TEST (good),
    UNIT_TEST (all_its_place_is_used),
    UNIT_TEST (load_addresses),
    UNIT_TEST (up_to_the_ebda),
    UNIT_TEST (a_longer_header),
    UNIT_TEST (the_blob_is_overwritten_after_post),
    UNIT_TEST (grub_comes_back),
    UNIT_TEST (no_memory_for_the_table),
    UNIT_TEST (not_on_xen),
    UNIT_TEST (none_there),
    UNIT_TEST (the_header_is_damaged),
    UNIT_TEST (header_lengths),
    UNIT_TEST (a_header_longer_than_its_place),
    UNIT_TEST (versions),
    UNIT_TEST (cut_short),
    UNIT_TEST (the_body_is_damaged),
    UNIT_TEST (the_checksum_is_damaged),
    UNIT_TEST (no_memory),
    UNIT_TEST (overwritten_before_it_is_booted),
    UNIT_TEST (overwritten_when_it_came_back),
  };

UNIT_MAIN (tests)
