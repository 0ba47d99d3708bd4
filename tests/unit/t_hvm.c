/* SPDX-License-Identifier: GPL-3.0-or-later */
/* t_hvm.c - tests of hvm.c: detection, hypercall page, parameters, frames
   Copyright (C) 2026  The grub-xen-hvm authors  */

#include <grub/xen/hvm.h>
#include <grub/xen/hvm.h>
#include "unit.h"

#define INIT_FAILS(text)						\
  do									\
    {									\
      assert_int_equal (grub_xen_platform_init (), GRUB_ERR_BAD_DEVICE);	\
      assert_raised (GRUB_ERR_BAD_DEVICE, text);			\
      assert_null (grub_xen_platform.shared);				\
      assert_null (grub_xen_hvm.hypercall_page);			\
      assert_xen_clean ();						\
    }									\
  while (0)

static void
init_and_fini (void **state)
{
  (void) state;
  assert_int_equal (grub_xen_platform_init (), GRUB_ERR_NONE);
  assert_quiet ();
  assert_int_equal (grub_xen_hvm.cpuid_base, 0x40000000);
  assert_int_equal (grub_xen_platform.version_major, 4);
  assert_int_equal (grub_xen_platform.version_minor, 17);
  assert_string_equal (grub_xen_platform.version_extra, ".6-test");
  assert_int_equal (grub_xen_platform.domid, 7);
  assert_int_equal (grub_xen_frame_of (grub_xen_platform.store.page),
		    XEN_STORE_FRAME);
  assert_int_equal (grub_xen_platform.store.port, XEN_STORE_PORT);
  assert_int_equal (grub_xen_frame_of (grub_xen_platform.console.page),
		    0xfefff);
  assert_int_equal (grub_xen_platform.console.port, XEN_STORE_PORT + 1);
  assert_int_equal (xen_slots_left (), 1);
  xen.shared->evtchn_mask[0] = 42;
  assert_int_equal (grub_xen_platform.shared->evtchn_mask[0], 42);
  grub_xen_platform_fini ();
  assert_null (grub_xen_platform.shared);
  assert_xen_clean ();
  assert_int_equal (shim.blocks, 1);
}

static void
init_twice_is_one (void **state)
{
  unsigned long calls;

  (void) state;
  grub_xen_platform_init ();
  calls = xen.calls;
  assert_int_equal (grub_xen_platform_init (), GRUB_ERR_NONE);
  assert_int_equal (xen.calls, calls);
  grub_xen_platform_fini ();
  calls = xen.calls;
  grub_xen_platform_fini ();
  assert_int_equal (xen.calls, calls);
}

static void
init_again_takes_no_more_memory (void **state)
{
  int i;

  (void) state;
  for (i = 0; i < 5; i++)
    {
      assert_int_equal (grub_xen_platform_init (), GRUB_ERR_NONE);
      grub_xen_platform_fini ();
    }
  assert_int_equal (shim.blocks, 1);
  assert_xen_clean ();
}

static void
leaves_anywhere (void **state)
{
  uint32_t base;

  (void) state;
  for (base = 0x40000000; base < 0x40010000; base += 0x100)
    {
      xen.base = base;
      assert_int_equal (grub_xen_detect (), 1);
      assert_int_equal (grub_xen_hvm.cpuid_base, base);
      assert_int_equal (grub_xen_platform_init (), GRUB_ERR_NONE);
      assert_int_equal (grub_xen_platform.domid, 7);
      grub_xen_platform_fini ();
    }
  xen.base = 0x40010000;
  assert_int_equal (grub_xen_detect (), 0);
  assert_int_equal (grub_xen_hvm.cpuid_base, 0);
}

static void
not_on_xen (void **state)
{
  (void) state;
  xen.hypervisor = 0;
  assert_int_equal (grub_xen_detect (), 0);
  INIT_FAILS ("not a guest of Xen");
  assert_int_equal (xen.calls, 0);
  assert_int_equal (shim.blocks, 0);
}

static void
on_another_hypervisor (void **state)
{
  (void) state;
  xen.signature = 0;
  assert_int_equal (grub_xen_detect (), 0);
  INIT_FAILS ("not a guest of Xen");
  xen.signature = 1;
  xen.leaves = 1;
  INIT_FAILS ("not a guest of Xen");
}

static void
hypercall_page_stays_empty (void **state)
{
  (void) state;
  xen.fills_page = 0;
  INIT_FAILS ("hypercall page");
  assert_int_equal (xen.calls, 0);
  xen.fills_page = 1;
  xen.page_count = 0;
  INIT_FAILS ("hypercall page");
  xen.page_count = 1;
  assert_int_equal (grub_xen_platform_init (), GRUB_ERR_NONE);
  grub_xen_platform_fini ();
}

static void
hypercalls_refused (void **state)
{
  (void) state;
  xen.version = -XEN_ENOSYS;
  INIT_FAILS ("error 38");
}

static void
no_extra_version (void **state)
{
  (void) state;
  xen.extra = 0;
  assert_int_equal (grub_xen_platform_init (), GRUB_ERR_NONE);
  assert_string_equal (grub_xen_platform.version_extra, "");
  grub_xen_platform_fini ();
}

static void
extra_version_without_end (void **state)
{
  (void) state;
  xen.extra = "0123456789abcdefXYZ";
  assert_int_equal (grub_xen_platform_init (), GRUB_ERR_NONE);
  assert_string_equal (grub_xen_platform.version_extra, "0123456789abcdef");
  grub_xen_platform_fini ();
}

static void
domid_unknown (void **state)
{
  (void) state;
  xen.tells_domid = 0;
  assert_int_equal (grub_xen_platform_init (), GRUB_ERR_NONE);
  assert_int_equal (grub_xen_platform.domid, GRUB_XEN_DOMID_UNKNOWN);
  grub_xen_platform_fini ();
  xen.leaves = 3;
  xen.tells_domid = 1;
  assert_int_equal (grub_xen_platform_init (), GRUB_ERR_NONE);
  assert_int_equal (grub_xen_platform.domid, GRUB_XEN_DOMID_UNKNOWN);
  grub_xen_platform_fini ();
}

static void
no_parameters (void **state)
{
  (void) state;
  xen.param_rc = -XEN_EINVAL;
  assert_int_equal (grub_xen_platform_init (), GRUB_ERR_NONE);
  assert_null (grub_xen_platform.store.page);
  assert_int_equal (grub_xen_platform.store.port, 0);
  assert_int_equal (grub_xen_platform.store.is_bad, 0);
  grub_xen_platform_fini ();
  assert_quiet ();
}

static void
shared_info_refused (void **state)
{
  (void) state;
  xen.add_rc = -XEN_EPERM;
  INIT_FAILS ("error 1)");
  xen.add_rc = 0;
  assert_int_equal (grub_xen_platform_init (), GRUB_ERR_NONE);
  grub_xen_platform_fini ();
}

static void
unmapping_refused_is_no_error (void **state)
{
  (void) state;
  grub_xen_platform_init ();
  xen.remove_rc = -XEN_EINVAL;
  grub_xen_platform_fini ();
  assert_quiet ();
  assert_null (grub_xen_platform.shared);
  xen.remove_rc = 0;
  assert_int_equal (grub_xen_platform_init (), GRUB_ERR_NONE);
  grub_xen_platform_fini ();
  assert_xen_clean ();
}

static void
reserved_range_is_ram (void **state)
{
  (void) state;
  shim.map[5] = (struct shim_range)
    { 0xfe700000, 0x1000, GRUB_MEMORY_AVAILABLE };
  INIT_FAILS ("0xfe700000");
  shim.map[5].start = 0xfe700000 + ((1 + GRUB_XEN_GRANT_FRAMES) - 1) * 0x1000;
  INIT_FAILS ("RAM");
  shim.map[5].start = 0xfe6ff000;
  shim.map[5].size = 0x1001;
  INIT_FAILS ("RAM");
  /* Ranges right before and right behind are permitted.  */
  shim.map[5].size = 0x1000;
  shim.map[6] = (struct shim_range)
    { 0xfe700000 + (1 + GRUB_XEN_GRANT_FRAMES) * 0x1000, 0x1000, GRUB_MEMORY_AVAILABLE };
  assert_int_equal (grub_xen_platform_init (), GRUB_ERR_NONE);
  grub_xen_platform_fini ();
}

static void
no_memory_map (void **state)
{
  (void) state;
  shim.map_error = GRUB_ERR_IO;
  assert_int_equal (grub_xen_platform_init (), GRUB_ERR_IO);
  assert_raised (GRUB_ERR_IO, "no memory map");
  assert_xen_clean ();
}

static void
no_memory (void **state)
{
  (void) state;
  shim.fail_alloc = 1;
  assert_int_equal (grub_xen_platform_init (), GRUB_ERR_OUT_OF_MEMORY);
  assert_raised (GRUB_ERR_OUT_OF_MEMORY, "");
  assert_int_equal (grub_xen_platform_init (), GRUB_ERR_NONE);
  grub_xen_platform_fini ();
}

static void
system_time (void **state)
{
  volatile struct vcpu_time_info *time = &xen.shared->vcpu_info[0].time;
  uint64_t start;

  (void) state;
  grub_xen_platform_init ();
  start = grub_xen_system_time ();
  assert_int_equal (start, clock_now () + 500);
  clock_pass (100 * SECOND);
  assert_int_equal (grub_xen_system_time () - start, 100 * SECOND);
  /* The same ticks in other units, with shifts up and down.  */
  time->tsc_shift = 2;
  time->tsc_to_system_mul = 0x20000000;
  assert_int_equal (grub_xen_system_time (), clock_now () + 500);
  time->tsc_shift = -1;
  time->tsc_to_system_mul = 0xffffffff;
  assert_in_range (grub_xen_system_time (), clock_now () - SECOND,
		   clock_now () + SECOND);
  /* A version that never becomes even must not make it hang.  */
  time->version = 3;
  grub_xen_system_time ();
  /* An invalid shift must not be undefined behaviour.  */
  time->tsc_shift = -128;
  grub_xen_system_time ();
  time->tsc_shift = 127;
  grub_xen_system_time ();
  grub_xen_platform_fini ();
}

static const struct unit_test tests[] =
  {
    UNIT_TEST (init_and_fini),
    UNIT_TEST (init_twice_is_one),
    UNIT_TEST (init_again_takes_no_more_memory),
    UNIT_TEST (leaves_anywhere),
    UNIT_TEST (not_on_xen),
    UNIT_TEST (on_another_hypervisor),
    UNIT_TEST (hypercall_page_stays_empty),
    UNIT_TEST (hypercalls_refused),
    UNIT_TEST (no_extra_version),
    UNIT_TEST (extra_version_without_end),
    UNIT_TEST (domid_unknown),
    UNIT_TEST (no_parameters),
    UNIT_TEST (shared_info_refused),
    UNIT_TEST (unmapping_refused_is_no_error),
    UNIT_TEST_ON (XEN_HVM, reserved_range_is_ram),
    UNIT_TEST (no_memory_map),
    UNIT_TEST (no_memory),
    UNIT_TEST (system_time),
  };

UNIT_MAIN (tests)
