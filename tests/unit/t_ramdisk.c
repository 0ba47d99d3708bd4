/* SPDX-License-Identifier: GPL-3.0-or-later */
/* t_ramdisk.c - tests of ramdisk.c and boot.h: a ramdisk as a disk
   Copyright (C) 2026  The grub-xen-hvm authors  */

#include <stdio.h>
#include <stdlib.h>
#include <grub/disk.h>
#include <grub/mm.h>
#include <grub/xen/bootparam.h>
#include "firmware.h"
#include "modules.h"

void grub_xen_bootparam_init (void);
void grub_xen_bootparam_fini (void);

#define ENTERED		(0x8000ff00 | GRUB_XEN_BOOTPARAM_MARK)

/* An address in the memory of these tests, not at the start of a page.  */
#define ADDRESS		0xe0123U

/* The ranges given to the heap, as FROM-TO in hexadecimal digits.  */
static char heap[256];

void
grub_mm_init_region (void *addr, grub_size_t bytes)
{
  snprintf (heap + strlen (heap), sizeof (heap) - strlen (heap), "%zx-%zx;",
	    (size_t) addr, (size_t) addr + bytes);
}

/* Make GRUB's boot header as after a start with a ramdisk of SIZE bytes.  */
static struct grub_xen_bootparam *
header (uint32_t address, uint32_t size)
{
  struct grub_xen_bootparam *boot = (void *) xen.low;

  memset (xen.low, 0, sizeof (xen.low));
  boot->ramdisk = address;
  boot->ramdisk_size = size;
  memcpy (boot->signature, "$XenBoot", 8);
  boot->version = GRUB_XEN_BOOTPARAM_VERSION;
  grub_boot_device = ENTERED;
  return boot;
}

static unsigned char
byte (uint32_t i)
{
  return i * 7 + (i >> 8) + 1;
}

/* Make a ramdisk of SIZE bytes that the kernel has kept, with contents.  */
static void
ramdisk (uint32_t size)
{
  unsigned char *p = firmware_at (ADDRESS);
  uint32_t i;

  header (ADDRESS, size)->kept = 1;
  for (i = 0; i < XEN_BIOS_SIZE - 0x123; i++)
    p[i] = byte (i);
}

static void
read_all (void **state)
{
  static const uint32_t sizes[] =
    { 1, 511, 512, 513, 1024, 10240, 65536, 100001 };
  unsigned int n;

  (void) state;
  modules_load ();
  for (n = 0; n < ARRAY_SIZE (sizes); n++)
    {
      uint32_t sectors = (sizes[n] + 511) / 512, i;
      unsigned char *buf = malloc (sectors * 512);
      grub_disk_t disk;

      ramdisk (sizes[n]);
      grub_xen_bootparam_init ();
      assert_string_equal (shim.out, "");
      assert_string_equal (modules_list (), "ramdisk ");
      disk = grub_disk_open ("ramdisk");
      assert_non_null (disk);
      assert_int_equal (grub_disk_native_sectors (disk), sectors);
      assert_int_equal (grub_disk_read (disk, 0, 0, sectors * 512, buf),
			GRUB_ERR_NONE);
      for (i = 0; i < sectors * 512; i++)
	assert_int_equal (buf[i], i < sizes[n] ? byte (i) : 0);
      assert_int_not_equal (grub_disk_read (disk, sectors, 0, 1, buf),
			    GRUB_ERR_NONE);
      assert_raised (GRUB_ERR_OUT_OF_RANGE, "");
      grub_disk_close (disk);
      grub_disk_cache_invalidate_all ();
      grub_xen_bootparam_fini ();
      assert_string_equal (modules_list (), "");
      assert_quiet ();
      free (buf);
    }
  modules_down ();
}

/* If the disk layer permits a read beyond the end, it must return zeros.  */
static void
read_beyond (void **state)
{
  char buf[2048];
  grub_disk_t disk;
  unsigned int i;

  (void) state;
  modules_load ();
  ramdisk (700);
  grub_xen_bootparam_init ();
  disk = grub_disk_open ("ramdisk");
  assert_non_null (disk);
  memset (buf, 0xa5, sizeof (buf));
  assert_int_equal (disk->dev->disk_read (disk, 1, 4, buf), GRUB_ERR_NONE);
  for (i = 0; i < sizeof (buf); i++)
    assert_int_equal ((unsigned char) buf[i], i < 700 - 512 ? byte (512 + i)
		      : 0);
  memset (buf, 0xa5, sizeof (buf));
  assert_int_equal (disk->dev->disk_read (disk, 1ULL << 40, 4, buf),
		    GRUB_ERR_NONE);
  for (i = 0; i < sizeof (buf); i++)
    assert_int_equal (buf[i], 0);
  grub_disk_close (disk);
  grub_xen_bootparam_fini ();
  modules_down ();
}

static void
write_is_refused (void **state)
{
  char buf[512] = "x";
  grub_disk_t disk;

  (void) state;
  modules_load ();
  ramdisk (2048);
  grub_xen_bootparam_init ();
  disk = grub_disk_open ("ramdisk");
  assert_non_null (disk);
  assert_int_equal (grub_disk_write (disk, 0, 0, 512, buf),
		    GRUB_ERR_WRITE_ERROR);
  assert_raised (GRUB_ERR_WRITE_ERROR, "(ramdisk) cannot be written to");
  assert_int_equal (*firmware_at (ADDRESS), byte (0));
  grub_disk_close (disk);
  assert_null (grub_disk_open ("ramdisk1"));
  assert_raised (GRUB_ERR_UNKNOWN_DEVICE, "");
  grub_disk_cache_invalidate_all ();
  grub_xen_bootparam_fini ();
  modules_down ();
}

/* The module provides no disk, and prints WHY, or nothing if WHY is 0.  */
static void
no_disk (const char *why)
{
  shim_out_clear ();
  grub_xen_bootparam_init ();
  if (why)
    assert_printed (why);
  else
    assert_string_equal (shim.out, "");
  assert_quiet ();
  assert_string_equal (modules_list (), "");
  assert_null (grub_disk_open ("ramdisk"));
  assert_raised (GRUB_ERR_UNKNOWN_DEVICE, "");
  grub_xen_bootparam_fini ();
}

static void
none (void **state)
{
  struct grub_xen_bootparam *boot;

  (void) state;
  modules_load ();
  ramdisk (0);
  no_disk (0);
  /* The kernel has not kept the ramdisk.  */
  header (ADDRESS, 1024);
  no_disk ("the ramdisk is not used: it is not in one range of free memory");
  header (0xfffff000, 0xffffffff);
  no_disk ("the ramdisk is not used");
  /* The header is from another GRUB that ran before.  */
  ramdisk (1024);
  grub_boot_device = 0x80ffffff;
  no_disk (0);
  ramdisk (1024);
  boot = (void *) xen.low;
  boot->signature[0] = 0;
  no_disk (0);
  modules_down ();
}

static void
told_by_xen_info (void **state)
{
  static const struct
  {
    uint32_t size;
    int kept;
    const char *line;
  } lines[] =
    {
      { 1234, 1, "\nRamdisk: 1234 bytes at 0xe0123\n" },
      { 0, 1, "\nRamdisk: none\n" },
      { 1234, 0, "\nRamdisk: not used: it is not in one range of free" }
    };
  unsigned int i;

  (void) state;
  modules_load ();
  for (i = 0; i < ARRAY_SIZE (lines); i++)
    {
      ramdisk (lines[i].size);
      ((struct grub_xen_bootparam *) xen.low)->kept = lines[i].kept;
      shim_out_clear ();
      assert_int_equal (shim_command ("xen_info", 0, 0), GRUB_ERR_NONE);
      assert_printed (lines[i].line);
    }
  modules_down ();
}

/* Free memory, a ramdisk, and the part that the heap gets.  */
static const struct
{
  uint32_t beg, fin, address, size;
  const char *heap;
  int kept;
} ranges[] =
  {
    { 0x200000, 0xffff000, 0xe000000, 0x1000000,
      "200000-e000000;f000000-ffff000;", 1 },
    { 0x200000, 0xffff000, 0xe000001, 0x123,
      "200000-e000001;e000124-ffff000;", 1 },
    /* From the start, to the end, and all.  */
    { 0x200000, 0xffff000, 0x200000, 0x1000, "201000-ffff000;", 1 },
    { 0x200000, 0xffff000, 0xfffe000, 0x1000, "200000-fffe000;", 1 },
    { 0x200000, 0xffff000, 0x200000, 0xfdff000, "", 1 },
    { 0x200000, 0xffff000, 0xfffefff, 1, "200000-fffefff;", 1 },
    /* No ramdisk; over the core; below it.  */
    { 0x200000, 0xffff000, 0xe000000, 0, "200000-ffff000;", 0 },
    { 0x200000, 0xffff000, 0x1fffff, 0x1000, "200000-ffff000;", 0 },
    { 0x200000, 0xffff000, 0x100000, 0x1000, "200000-ffff000;", 0 },
    { 0x200000, 0xffff000, 0x8200, 0x1000, "200000-ffff000;", 0 },
    { 0x200000, 0xffff000, 0, 0xffffffff, "200000-ffff000;", 0 },
    /* Partly outside, outside, and around the end of the address space.  */
    { 0x200000, 0xffff000, 0xfffe000, 0x1001, "200000-ffff000;", 0 },
    { 0x200000, 0xffff000, 0x200000, 0xfdff001, "200000-ffff000;", 0 },
    { 0x200000, 0xffff000, 0xffff000, 1, "200000-ffff000;", 0 },
    { 0x200000, 0xffff000, 0xfeffc000, 0x1000, "200000-ffff000;", 0 },
    { 0x200000, 0xffff000, 0xe000000, 0xf2200000, "200000-ffff000;", 0 },
    { 0x200000, 0xffff000, 0xffffffff, 0xffffffff, "200000-ffff000;", 0 },
    { 0x200000, 0xffffffff, 0xfffff000, 0xfff, "200000-fffff000;", 1 },
    { 0x200000, 0xffffffff, 0xfffff000, 0x1000, "200000-ffffffff;", 0 },
  };

static void
kept_out_of_the_heap (void **state)
{
  unsigned int i;

  (void) state;
  for (i = 0; i < ARRAY_SIZE (ranges); i++)
    {
      struct grub_xen_bootparam *boot = header (ranges[i].address, ranges[i].size);

      heap[0] = 0;
      grub_xen_bootparam_add_heap (boot, ranges[i].beg, ranges[i].fin);
      assert_string_equal (heap, ranges[i].heap);
      assert_int_equal (boot->kept, ranges[i].kept);
    }
}

/* The ramdisk is in one of two ranges.  A header left by another GRUB reserves
   no memory.  */
static void
ranges_of_memory (void **state)
{
  struct grub_xen_bootparam *boot = header (0x5000000, 0x10000);

  (void) state;
  heap[0] = 0;
  grub_xen_bootparam_add_heap (boot, 0x200000, 0x4000000);
  assert_int_equal (boot->kept, 0);
  grub_xen_bootparam_add_heap (boot, 0x4800000, 0x6000000);
  assert_int_equal (boot->kept, 1);
  grub_xen_bootparam_add_heap (boot, 0x7000000, 0x8000000);
  assert_string_equal (heap, "200000-4000000;4800000-5000000;5010000-6000000;"
		       "7000000-8000000;");
  assert_int_equal (boot->kept, 1);
  boot = header (0x5000000, 0x10000);
  grub_boot_device = 0xffffffff;
  heap[0] = 0;
  grub_xen_bootparam_add_heap (boot, 0x4800000, 0x6000000);
  assert_string_equal (heap, "4800000-6000000;");
  assert_int_equal (boot->kept, 0);
}

static const struct unit_test tests[] =
  {
    UNIT_TEST (read_all),
    UNIT_TEST (read_beyond),
    UNIT_TEST (write_is_refused),
    UNIT_TEST (none),
    UNIT_TEST (told_by_xen_info),
    UNIT_TEST (kept_out_of_the_heap),
    UNIT_TEST (ranges_of_memory),
  };

UNIT_MAIN (tests)
