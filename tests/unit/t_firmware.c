/* SPDX-License-Identifier: GPL-3.0-or-later */
/* t_firmware.c - tests of the platform table: values are checked before use
   Copyright (C) 2026  The grub-xen-hvm authors  */

#include <grub/xen/hvm.h>
#include <grub/xen/hvm.h>
#include <grub/xen/resume.h>
#include "firmware.h"
#include "modules.h"
#include "restore.h"

#define PAGE_START	((uint64_t) FIRMWARE_PAGE_FRAME * GRUB_XEN_FRAME_SIZE)

void grub_xen_init (void);
void grub_xen_fini (void);
void grub_xen_table_init (void);
void grub_xen_table_fini (void);

/* The hypercall page.  */

static void
a_good_page (void **state)
{
  struct grub_xen_table *t = firmware_table (0);
  int amd;

  (void) state;
  for (amd = 0; amd < 2; amd++)
    {
      firmware_page (amd);
      assert_true (grub_xen_table_page_ok (t));
    }
  t->hypercall_pages = 0xffff;
  assert_true (grub_xen_table_page_ok (t));
  t->hypercall_pages = 0;
  assert_false (grub_xen_table_page_ok (t));
  assert_quiet ();
}

static void
a_page_that_is_none (void **state)
{
  struct grub_xen_table *t = firmware_table (0);
  static const uint32_t bad[] =
    { 0, 1, 0x1000, 0x9f000, 0xa0000, 0x100000, 0xfefe000, 0xfbfff000 };
  unsigned int i;

  (void) state;
  for (i = 1; i < GRUB_XEN_FRAME_SIZE; i += 5)
    {
      t->hypercall_page = PAGE_START + i;
      assert_false (grub_xen_table_page_ok (t));
    }
  for (i = 0; i < ARRAY_SIZE (bad); i++)
    {
      t->hypercall_page = bad[i];
      assert_false (grub_xen_table_page_ok (t));
    }
  /* In segment F, where no hypercall code is yet.  */
  t->hypercall_page = 0xf4000;
  assert_false (grub_xen_table_page_ok (t));
  xen_fill_page (firmware_at (0xf4000), 0);
  assert_true (grub_xen_table_page_ok (t));
}

static void
a_page_that_is_not_reserved (void **state)
{
  struct grub_xen_table *t = firmware_table (0);
  struct shim_range *r = &shim.map[3];

  (void) state;
  *r = (struct shim_range) { PAGE_START, 0x1000, GRUB_MEMORY_RESERVED };
  assert_true (grub_xen_table_page_ok (t));
  r->size = 0xfff;
  assert_false (grub_xen_table_page_ok (t));
  r->start++;
  assert_false (grub_xen_table_page_ok (t));
  r->size = 0x1000;
  assert_false (grub_xen_table_page_ok (t));
  r->start = PAGE_START - 0x1000;
  assert_false (grub_xen_table_page_ok (t));
  r->size = 0x2000;
  assert_true (grub_xen_table_page_ok (t));
  r->type = GRUB_MEMORY_AVAILABLE;
  assert_false (grub_xen_table_page_ok (t));
  r->type = GRUB_MEMORY_ACPI;
  assert_false (grub_xen_table_page_ok (t));
  /* Ranges that wrap around are invalid.  */
  *r = (struct shim_range)
    { PAGE_START, -PAGE_START + 0x10, GRUB_MEMORY_RESERVED };
  assert_false (grub_xen_table_page_ok (t));
  shim.map_error = GRUB_ERR_IO;
  assert_false (grub_xen_table_page_ok (t));
  assert_quiet ();
}

static void
a_page_that_is_damaged (void **state)
{
  static const unsigned int used[] =
    {
      __HYPERVISOR_memory_op, __HYPERVISOR_xen_version,
      __HYPERVISOR_grant_table_op, __HYPERVISOR_sched_op,
      __HYPERVISOR_event_channel_op, __HYPERVISOR_hvm_op
    };
  struct grub_xen_table *t = firmware_table (0);
  unsigned char *page = firmware_page (0);
  unsigned int i, j;

  (void) state;
  for (i = 0; i < ARRAY_SIZE (used); i++)
    for (j = 0; j < 9 * 8; j++)
      {
	unsigned char *p = page + used[i] * XEN_STUB + j / 8;

	*p ^= 1 << j % 8;
	assert_false (grub_xen_table_page_ok (t));
	*p ^= 1 << j % 8;
      }
  assert_true (grub_xen_table_page_ok (t));
  /* Functions that GRUB does not call, and bytes that never run, do not
     matter.  */
  page[__HYPERVISOR_console_io * XEN_STUB] = 0;
  page[__HYPERVISOR_hvm_op * XEN_STUB + 9] = 0xcc;
  assert_true (grub_xen_table_page_ok (t));
  memset (page, 0xff, GRUB_XEN_FRAME_SIZE);
  assert_false (grub_xen_table_page_ok (t));
  memset (page, 0, GRUB_XEN_FRAME_SIZE);
  assert_false (grub_xen_table_page_ok (t));
}

static void
a_good_page_is_used (void **state)
{
  struct disk *d;

  (void) state;
  firmware_table (0x200);
  xen.fills_page = 0;
  modules_load ();
  assert_int_equal (xen.calls, 0);
  d = disk_add (51776, "xvde", 4096);
  assert_int_equal (modules_read ("xen/xvde", d, 0, 8192), GRUB_ERR_NONE);
  assert_ptr_equal (grub_xen_hvm.hypercall_page, xen.firmware_page);
  assert_int_equal (shim_command ("xen_info", 0, 0), GRUB_ERR_NONE);
  assert_printed ("hypercall page 0xfc123000: used\n");
  modules_down ();
  assert_int_equal (shim.blocks, 0);
}

static void
no_page_of_its_own (void **state)
{
  unsigned long allocs;

  (void) state;
  firmware_table (0x200);
  modules_load ();
  allocs = shim.allocs;
  assert_int_equal (grub_xen_platform_init (), GRUB_ERR_NONE);
  assert_int_equal (shim.allocs, allocs);
  grub_xen_platform_fini ();
  assert_null (grub_xen_hvm.hypercall_page);
  assert_non_null (grub_xen_hvm.firmware_page);
  modules_down ();
}

/* A module loaded while Xen is up takes effect at the next bring-up.  */
static void
loaded_late (void **state)
{
  (void) state;
  firmware_table (0x200);
  grub_xen_init ();
  assert_int_equal (grub_xen_up (), GRUB_ERR_NONE);
  assert_ptr_not_equal (grub_xen_hvm.hypercall_page, xen.firmware_page);
  grub_xen_table_init ();
  assert_ptr_not_equal (grub_xen_hvm.hypercall_page, xen.firmware_page);
  grub_xen_down ();
  assert_int_equal (grub_xen_up (), GRUB_ERR_NONE);
  assert_ptr_equal (grub_xen_hvm.hypercall_page, xen.firmware_page);
  /* Unloading the module while the page is in use does not replace the
     page.  */
  grub_xen_table_fini ();
  assert_int_equal (grub_xen_system_time () > 0, 1);
  grub_xen_down ();
  assert_int_equal (grub_xen_up (), GRUB_ERR_NONE);
  assert_ptr_not_equal (grub_xen_hvm.hypercall_page, xen.firmware_page);
  grub_xen_fini ();
  assert_xen_clean ();
}

static void
a_bad_page_is_not_used (void **state)
{
  struct disk *d;

  (void) state;
  firmware_table (0x200);
  firmware_page (1)[__HYPERVISOR_sched_op * XEN_STUB] = 0xcc;
  modules_load ();
  d = disk_add (51776, "xvde", 4096);
  assert_int_equal (modules_read ("xen/xvde", d, 0, 8192), GRUB_ERR_NONE);
  assert_ptr_not_equal (grub_xen_hvm.hypercall_page, xen.firmware_page);
  assert_int_equal (shim_command ("xen_info", 0, 0), GRUB_ERR_NONE);
  assert_printed ("hypercall page 0xfc123000: not usable, GRUB has its own\n");
  modules_down ();
}

/* The values.  */

static void
show (void)
{
  shim_out_clear ();
  assert_int_equal (shim_command ("xen_info", 0, 0), GRUB_ERR_NONE);
  assert_quiet ();
}

static void
everything_is_right (void **state)
{
  (void) state;
  firmware_table (0x8000);
  modules_load ();
  show ();
  assert_printed ("Platform table: at 0xf8000, version 1\n"
		  "  CPUID leaves 0x40000000: as Xen says\n"
		  "  Xen version 0x40011: as Xen says\n"
		  "  store frame 0xfeffc: as Xen says\n"
		  "  store channel 0x3: as Xen says\n"
		  "  console frame 0xfefff: as Xen says\n"
		  "  console channel 0x4: as Xen says\n"
		  "  hypercall page 0xfc123000: used\n"
		  "  memory map of 5 ranges: as int 15h says\n"
		  "  RSDP 0xf5a20: good\n"
		  "  boot order `cd', disk `a', image `blob' of 123456 bytes\n");
  assert_not_printed ("wrong");
  modules_down ();
}

static void
everything_is_wrong (void **state)
{
  struct grub_xen_table *t = firmware_table (0x8000);
  struct disk *d;

  (void) state;
  t->cpuid_base ^= 0x100;
  t->xen_version++;
  t->store_frame |= 1ULL << 40;
  t->store_port = 9;
  t->console_frame = 0xdead;
  t->console_port = 0xffffffff;
  t->hypercall_page = 0x200000;
  ((struct grub_xen_table_e820 *) (t + 1))[2].size = 0x1000000;
  t->rsdp = 0xffffffffffffffffULL;
  firmware_seal (t);
  modules_load ();
  d = disk_add (51776, "xvde", 4096);
  assert_int_equal (modules_read ("xen/xvde", d, 0, 8192), GRUB_ERR_NONE);
  assert_int_equal (grub_xen_hvm.cpuid_base, 0x40000000);
  assert_int_equal (grub_xen_frame_of (grub_xen_platform.store.page),
		    XEN_STORE_FRAME);
  assert_int_equal (grub_xen_platform.store.port, XEN_STORE_PORT);
  show ();
  assert_printed ("  CPUID leaves 0x40000100: wrong, Xen says 0x40000000\n"
		  "  Xen version 0x40012: wrong, Xen says 0x40011\n"
		  "  store frame 0x100000feffc: wrong, Xen says 0xfeffc\n"
		  "  store channel 0x9: wrong, Xen says 0x3\n"
		  "  console frame 0xdead: wrong, Xen says 0xfefff\n"
		  "  console channel 0xffffffff: wrong, Xen says 0x4\n"
		  "  hypercall page 0x200000: not usable, GRUB has its own\n"
		  "  memory map of 5 ranges: wrong, int 15h's is used\n"
		  "  RSDP 0xffffffffffffffff: none there\n");
  modules_down ();
}

static void
nothing_is_told (void **state)
{
  struct grub_xen_table *t = firmware_table (0x8000);

  (void) state;
  memset (&t->cpuid_base, 0, sizeof (*t) - offsetof (struct grub_xen_table,
						      cpuid_base));
  t->length = sizeof (*t);
  t->boot_disk = GRUB_XEN_TABLE_NO_DISK;
  firmware_seal (t);
  modules_load ();
  show ();
  assert_printed ("  CPUID leaves: not told\n  Xen version: not told\n"
		  "  store frame: not told\n  store channel: not told\n"
		  "  console frame: not told\n  console channel: not told\n");
  assert_printed ("boot order `', disk `', image `' of 0 bytes");
  modules_down ();
}

static void
bad_tables_and_none (void **state)
{
  struct grub_xen_table *t;

  (void) state;
  modules_load ();
  show ();
  assert_printed ("Platform table: none\n");
  modules_unload ();
  t = firmware_table (0xfe00);
  t->checksum++;
  modules_load ();
  show ();
  assert_printed ("Platform table: at 0xffe00, not used: "
		  "its checksum is wrong\n");
  modules_unload ();
  t->version = 2;
  firmware_seal (t);
  modules_load ();
  show ();
  assert_printed ("Platform table: at 0xffe00, not used: "
		  "its version is newer than this GRUB\n");
  assert_not_printed ("Xen says");
  modules_down ();
}

static void
no_memory_for_a_copy (void **state)
{
  (void) state;
  firmware_table (0);
  shim.fail_alloc = 1;
  modules_load ();
  assert_quiet ();
  show ();
  assert_printed ("Platform table: at 0xf0000, not used: "
		  "there is no memory for a copy\n");
  modules_down ();
}

/* Memory map and RSDP.  */

static void
memory_map (void **state)
{
  struct grub_xen_table *t = firmware_table (0);
  struct grub_xen_table_e820 *map = (void *) (t + 1), saved;
  unsigned int i, j;

  (void) state;
  assert_true (grub_xen_table_e820_ok (t));
  for (i = 0; i < t->e820_count; i++)
    for (j = 0; j < 8 * sizeof (*map); j++)
      {
	((unsigned char *) &map[i])[j / 8] ^= 1 << j % 8;
	assert_false (grub_xen_table_e820_ok (t));
	((unsigned char *) &map[i])[j / 8] ^= 1 << j % 8;
      }
  saved = map[1];
  map[1] = map[2];
  map[2] = saved;
  assert_false (grub_xen_table_e820_ok (t));
  map[2] = map[1];
  map[1] = saved;
  assert_true (grub_xen_table_e820_ok (t));
  t->e820_count--;
  assert_false (grub_xen_table_e820_ok (t));
  t->e820_count += 2;
  assert_false (grub_xen_table_e820_ok (t));
  t->e820_count = 0;
  assert_false (grub_xen_table_e820_ok (t));
  shim.map[0].size = 0;
  assert_true (grub_xen_table_e820_ok (t));
  t->e820_count = 1;
  assert_false (grub_xen_table_e820_ok (t));
  shim.map_error = GRUB_ERR_IO;
  assert_false (grub_xen_table_e820_ok (t));
  assert_quiet ();
}

static void
rsdp_anywhere (void **state)
{
  struct grub_xen_table t = *firmware_table (0);
  static const uint64_t bad[] =
    {
      0, 1, 0x9fc00, 0xdffff, 0x100000 - 19, 0xfffff, 0x100000, 0xfffffff0,
      0x1000f5a20, 0xf5a20000f5a20, 0xffffffffffffffff
    };
  unsigned int i;

  (void) state;
  assert_true (grub_xen_table_rsdp_ok (&t));
  /* The end of this one would be beyond the area's end.  */
  memcpy (firmware_at (0x100000 - 19), "RSD PTR ", 8);
  for (i = 0; i < ARRAY_SIZE (bad); i++)
    {
      t.rsdp = bad[i];
      assert_false (grub_xen_table_rsdp_ok (&t));
    }
  /* At each address from the first byte to the last, and across pages.  */
  for (t.rsdp = 0xe0000; t.rsdp <= 0x100000 - 20; t.rsdp += 4)
    {
      firmware_rsdp (t.rsdp);
      assert_true (grub_xen_table_rsdp_ok (&t));
      memset (firmware_at (t.rsdp), 0, 20);
    }
}

static void
rsdp_damaged (void **state)
{
  struct grub_xen_table *t = firmware_table (0);
  unsigned char *p = firmware_at (FIRMWARE_RSDP);
  unsigned int i;

  (void) state;
  for (i = 0; i < 20 * 8; i++)
    {
      p[i / 8] ^= 1 << i % 8;
      assert_false (grub_xen_table_rsdp_ok (t));
      p[i / 8] ^= 1 << i % 8;
    }
  t->rsdp++;
  assert_false (grub_xen_table_rsdp_ok (t));
}

/* Writing the MSR makes Xen use the layout of shared_info for this word size
   in a restored guest's new domain.  */
static void
not_after_a_restore (void **state)
{
  struct disk *d;

  (void) state;
  firmware_table (0x200);
  modules_load ();
  d = disk_add (51776, "xvde", 4096);
  assert_int_equal (modules_read ("xen/xvde", d, 0, 8192), GRUB_ERR_NONE);
  assert_ptr_equal (grub_xen_hvm.hypercall_page, xen.firmware_page);
  assert_int_equal (xen.msr_writes, 0);
  restore_now ();
  assert_int_equal (modules_read ("xen/xvde", d, 2000, 8192), GRUB_ERR_NONE);
  assert_ptr_not_equal (grub_xen_hvm.hypercall_page, xen.firmware_page);
  assert_int_equal (xen.msr_writes, 1);
  modules_down ();
}

static const struct unit_test tests[] =
  {
    UNIT_TEST (a_good_page),
    UNIT_TEST (a_page_that_is_none),
    UNIT_TEST (a_page_that_is_not_reserved),
    UNIT_TEST (a_page_that_is_damaged),
    UNIT_TEST (a_good_page_is_used),
    UNIT_TEST (no_page_of_its_own),
    UNIT_TEST (loaded_late),
    UNIT_TEST (not_after_a_restore),
    UNIT_TEST (a_bad_page_is_not_used),
    UNIT_TEST (everything_is_right),
    UNIT_TEST (everything_is_wrong),
    UNIT_TEST (nothing_is_told),
    UNIT_TEST (bad_tables_and_none),
    UNIT_TEST (no_memory_for_a_copy),
    UNIT_TEST (memory_map),
    UNIT_TEST (rsdp_anywhere),
    UNIT_TEST (rsdp_damaged),
  };

UNIT_MAIN (tests)
