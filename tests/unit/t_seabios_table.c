/* SPDX-License-Identifier: GPL-3.0-or-later */
/* t_seabios_table.c - tests of the table of SeaBIOS's loader, as GRUB reads
   it, and of make-blob
   Copyright (C) 2026  The grub-xen-hvm authors  */

#include <stdio.h>
#include <stdlib.h>
#include <grub/xen/hvm.h>
#include "seabios.h"
#include "xen_grub.h"
#include "firmware.h"
#include "modules.h"

#define ROOM	0x30000
#define TABLE	((struct xen_platform_table *) (sb.bios + sb.fseg_at))
#define RESERVE	(sizeof (*TABLE) + BUILD_MAX_E820 * sizeof (struct e820entry))

/* Set up SeaBIOS on the fake Xen, without an image.  */
static void
start (void)
{
  const struct shim_range *r;
  unsigned int i;

  sb_reset (ROOM);
  sb.xen_version = xen.version;
  sb.hypercall_pages = 1;
  for (i = 0; i < SB_PARAMS; i++)
    sb.params[i] = xen.params[i];
  xen_cpuid_base = xen.base;
  xen_hypercall_page
    = (unsigned long) FIRMWARE_PAGE_FRAME * GRUB_XEN_FRAME_SIZE;
  RsdpAddr = (void *) FIRMWARE_RSDP;
  e820_count = 0;
  for (r = shim.map; r->size; r++)
    e820_list[e820_count++] = (struct e820entry) { r->start, r->size, r->type };
  sb.cmos[CMOS_BIOS_BOOTFLAG2] = 0x32;
}

/* Run POST up to the table.  */
static void
post (void)
{
  xen_grub_preinit ();
  xen_grub_setup ();
  xen_grub_prepboot ();
  assert_int_equal (sb.fseg_size, RESERVE);
}

static void
all_fields (void **state)
{
  struct drive_s disk = { DTYPE_ATA, 2 };

  (void) state;
  start ();
  sb.drive = &disk;
  sb.hypercall_pages = 0x102;
  sb.params[HVM_PARAM_STORE_PFN] = 0x123456789abcdef0;
  sb.params[HVM_PARAM_CONSOLE_PFN] = 0xfedcba9876543210;
  post ();
  assert_memory_equal (TABLE->signature, "$XenPIT$", 8);
  assert_int_equal (TABLE->version, 1);
  assert_int_equal (TABLE->length, sizeof (*TABLE) + 5 * 20);
  assert_int_equal (checksum (TABLE, TABLE->length), 0);
  assert_int_equal (TABLE->cpuid_base, xen.base);
  assert_int_equal (TABLE->xen_version, 0x40011);
  assert_int_equal (TABLE->hypercall_page, xen_hypercall_page);
  assert_int_equal (TABLE->hypercall_pages, 0x102);
  assert_int_equal (TABLE->boot_order, 0x32);
  assert_int_equal (TABLE->boot_disk, 2);
  assert_int_equal (TABLE->store_frame, 0x123456789abcdef0);
  assert_int_equal (TABLE->store_port, XEN_STORE_PORT);
  assert_int_equal (TABLE->console_frame, 0xfedcba9876543210);
  assert_int_equal (TABLE->console_port, XEN_STORE_PORT + 1);
  assert_int_equal (TABLE->rsdp, FIRMWARE_RSDP);
  assert_int_equal (TABLE->image_origin, 0);
  assert_int_equal (TABLE->image, 0);
  assert_int_equal (TABLE->image_size, 0);
  assert_memory_equal (TABLE->reserved, "\0\0\0\0\0\0", 6);
  assert_int_equal (sb.hypercalls, 4);
}

static void
memory_maps (void **state)
{
  static const int counts[] = { 0, 1, 2, 31, BUILD_MAX_E820 };
  unsigned int i;

  (void) state;
  for (i = 0; i < ARRAY_SIZE (counts); i++)
    {
      int j;

      start ();
      e820_count = counts[i];
      for (j = 0; j < e820_count; j++)
	e820_list[j] = (struct e820entry) { j * 0x123456789, ~0ULL - j, j };
      post ();
      assert_int_equal (TABLE->e820_count, e820_count);
      assert_int_equal (TABLE->e820_size, 20);
      assert_int_equal (TABLE->e820_offset, sizeof (*TABLE));
      assert_int_equal (TABLE->length, sizeof (*TABLE) + 20 * e820_count);
      assert_int_equal (checksum (TABLE, TABLE->length), 0);
      if (e820_count)
	assert_memory_equal (TABLE->e820, e820_list, 20 * e820_count);
      assert_null (grub_xen_table_check (TABLE, TABLE->length));
    }
}

static void
hypercalls_fail (void **state)
{
  (void) state;
  start ();
  sb.param_rc = -XEN_ENOSYS;
  post ();
  assert_int_equal (TABLE->store_frame, 0);
  assert_int_equal (TABLE->store_port, 0);
  assert_int_equal (TABLE->console_frame, 0);
  assert_int_equal (TABLE->console_port, 0);
  assert_null (grub_xen_table_check (TABLE, TABLE->length));
}

static void
boot_disks (void **state)
{
  static const struct
  {
    struct drive_s drive;
    u8 disk;
  } drives[] =
    {
      { { DTYPE_ATA, 0 }, 0 }, { { DTYPE_ATA, 1 }, 1 },
      { { DTYPE_ATA, 3 }, 3 }, { { DTYPE_AHCI, 0 }, 0xff },
      { { 0x80, 2 }, 0xff }, { { 0, 0 }, 0xff }
    };
  struct drive_s drive;
  unsigned int i;

  (void) state;
  for (i = 0; i < ARRAY_SIZE (drives); i++)
    {
      start ();
      drive = drives[i].drive;
      sb.drive = &drive;
      post ();
      assert_int_equal (TABLE->boot_disk, drives[i].disk);
      assert_null (grub_xen_table_check (TABLE, TABLE->length));
    }
  start ();
  post ();
  assert_int_equal (TABLE->boot_disk, 0xff);
}

/* There may be more IDE controllers than libxl's.  Their disks cannot be
   chosen in xl.cfg, and must not make the table invalid.  */
static void
a_fifth_ide_disk (void **state)
{
  struct drive_s drive = { DTYPE_ATA, 4 };

  (void) state;
  start ();
  sb.drive = &drive;
  post ();
  assert_int_equal (TABLE->boot_disk, 0xff);
  assert_null (grub_xen_table_check (TABLE, TABLE->length));
}

/* The first three devices are in one byte, the last one in the other byte's
   upper half.  */
static void
boot_orders (void **state)
{
  static const u8 cmos[][3] =
    {
      { 0, 0, 0 }, { 0x02, 0, 0 }, { 0x32, 0x01, 0 }, { 0x21, 0x30, 3 },
      { 0x43, 0x2f, 2 }, { 0x34, 0x10, 1 }
    };
  unsigned int i;

  (void) state;
  for (i = 0; i < ARRAY_SIZE (cmos); i++)
    {
      start ();
      sb.cmos[CMOS_BIOS_BOOTFLAG2] = cmos[i][0];
      sb.cmos[CMOS_BIOS_BOOTFLAG1] = cmos[i][1];
      post ();
      assert_int_equal (TABLE->boot_order, cmos[i][0] | cmos[i][2] << 8);
      assert_null (grub_xen_table_check (TABLE, TABLE->length));
    }
}

/* Before the boot the table has no signature, and is not used.  */
static void
not_filled_in_before_boot (void **state)
{
  (void) state;
  start ();
  xen_grub_preinit ();
  xen_grub_setup ();
  assert_int_not_equal (memcmp (TABLE->signature, XEN_TABLE_SIGNATURE, 8), 0);
  assert_int_equal (sb.hypercalls, 0);
}

/* The layout must be the same in SeaBIOS and in GRUB.  */
#define SAME(field)							\
  do									\
    {									\
      assert_int_equal (offsetof (struct xen_platform_table, field),	\
			offsetof (struct grub_xen_table, field));	\
      assert_int_equal (sizeof (((struct xen_platform_table *) 0)->field), \
			sizeof (((struct grub_xen_table *) 0)->field));	\
    }									\
  while (0)

static void
layout (void **state)
{
  (void) state;
  assert_int_equal (sizeof (struct xen_platform_table), 80);
  assert_int_equal (sizeof (struct grub_xen_table), 80);
  SAME (signature);
  SAME (length);
  SAME (version);
  SAME (checksum);
  SAME (cpuid_base);
  SAME (xen_version);
  SAME (hypercall_page);
  SAME (hypercall_pages);
  SAME (boot_order);
  SAME (boot_disk);
  SAME (image_origin);
  SAME (e820_count);
  SAME (e820_size);
  SAME (store_frame);
  SAME (console_frame);
  SAME (store_port);
  SAME (console_port);
  SAME (rsdp);
  SAME (image);
  SAME (image_size);
  SAME (e820_offset);
  SAME (reserved);
  assert_int_equal (sizeof (struct e820entry),
		    sizeof (struct grub_xen_table_e820));
  assert_int_equal (offsetof (struct e820entry, size),
		    offsetof (struct grub_xen_table_e820, size));
  assert_int_equal (offsetof (struct e820entry, type),
		    offsetof (struct grub_xen_table_e820, type));
  assert_string_equal (XEN_TABLE_SIGNATURE, GRUB_XEN_TABLE_SIGNATURE);
  assert_int_equal (XEN_TABLE_VERSION, GRUB_XEN_TABLE_VERSION);
  assert_int_equal (XEN_TABLE_BLOB, GRUB_XEN_IMAGE_BLOB);
}

/* GRUB accepts SeaBIOS's table at several places of segment F.  */

static void
believed_by_grub (void **state)
{
  struct drive_s disk = { DTYPE_ATA, 1 };
  const struct grub_xen_table *t;
  grub_uint32_t address;
  const char *problem;
  u32 place;

  (void) state;
  for (place = 0x10000; place + RESERVE <= SB_BIOS; place += 16 * 333)
    {
      start ();
      sb.fseg_at = place;
      sb.drive = &disk;
      post ();
      sb_show_bios ();
      xen.bios = sb.bios;
      firmware_page (0);
      modules_load ();
      t = grub_xen_table_find (&address, &problem);
      assert_null (problem);
      assert_non_null (t);
      assert_int_equal (address, 0xe0000 + place);
      assert_true (grub_xen_table_page_ok (t));
      assert_true (grub_xen_table_e820_ok (t));
      shim_out_clear ();
      assert_int_equal (shim_command ("xen_info", 0, 0), GRUB_ERR_NONE);
      assert_not_printed ("wrong");
      assert_not_printed ("not told");
      assert_printed ("hypercall page 0xfc123000: used");
      assert_printed ("memory map of 5 ranges: as int 15h says");
      assert_printed ("boot order `cd', disk `b', image `' of 0 bytes");
      modules_down ();
    }
}

/* The blob that unit.mk has made with util/make-blob, of 4 KiB and 3000
   bytes.  */
static void
a_blob (void **state)
{
  FILE *f = fopen (UNIT_BLOB, "rb");
  char text[16];
  u32 i, n = 0;

  (void) state;
  assert_non_null (f);
  start ();
  sb_reset (0x40000);
  assert_int_equal (fread (sb.rom, 1, 0x40000, f), 0x40000);
  assert_int_equal (fgetc (f), EOF);
  fclose (f);
  for (i = 0x3f000; i < 0x40000; i++)
    assert_int_equal (sb.rom[i], 'S');
  sb.code32flat_start = 0x3f000;
  post ();
  assert_int_equal (sb.high_size, 3000);
  assert_int_equal (TABLE->image_origin, XEN_TABLE_BLOB);
  assert_int_equal (TABLE->image, (u32) (unsigned long) sb.high);
  assert_int_equal (TABLE->image_size, 3000);
  assert_null (grub_xen_table_check (TABLE, TABLE->length));
  xen_grub_boot ();
  assert_int_equal (sb.calls, 1);
  assert_int_equal (sb.regs.code.seg, 0);
  assert_int_equal (sb.regs.code.offset, 0x8200);
  assert_int_equal (sb.regs.ebx, (u32) (unsigned long) TABLE);
  /* The numbers from 1 on, one on each line.  */
  for (i = 1; n < 3000; i++)
    {
      u32 len = snprintf (text, sizeof (text), "%u\n", i);

      if (len > 3000 - n)
	len = 3000 - n;
      assert_memory_equal (sb.low + 0x8200 + n, text, len);
      n += len;
    }
  assert_int_equal (sb.low[0x8200 + 3000], 0);
}

static const struct unit_test tests[] =
  {
    UNIT_TEST (all_fields),
    UNIT_TEST (memory_maps),
    UNIT_TEST (hypercalls_fail),
    UNIT_TEST (boot_disks),
    UNIT_TEST (a_fifth_ide_disk),
    UNIT_TEST (boot_orders),
    UNIT_TEST (not_filled_in_before_boot),
    UNIT_TEST (layout),
    UNIT_TEST (believed_by_grub),
    UNIT_TEST (a_blob),
  };

UNIT_MAIN (tests)
