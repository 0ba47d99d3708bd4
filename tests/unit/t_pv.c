/* SPDX-License-Identifier: GPL-3.0-or-later */
/* t_pv.c - tests of kern/xen/pv.c
   Copyright (C) 2026  The grub-xen-hvm authors  */

#include <grub/mm.h>
#include <grub/xen/grant.h>
#include <grub/xen/platform.h>
#include "pv.h"
#include "unit.h"

static void
up (void)
{
  assert_int_equal (grub_xen_platform_init (), GRUB_ERR_NONE);
  assert_quiet ();
}

static void
down (void)
{
  grub_xen_platform_fini ();
  assert_null (grub_xen_platform.shared);
  assert_xen_clean ();
}

static void
init_and_fini (void **state)
{
  unsigned long calls;

  (void) state;
  assert_int_equal (grub_xen_detect (), 1);
  up ();
  assert_int_equal (grub_xen_platform.version_major, 4);
  assert_int_equal (grub_xen_platform.version_minor, 17);
  assert_string_equal (grub_xen_platform.version_extra, ".6-test");
  assert_int_equal (grub_xen_platform.domid, GRUB_XEN_DOMID_UNKNOWN);
  assert_int_equal (grub_xen_frame_of (grub_xen_platform.store.page),
		    XEN_STORE_FRAME);
  assert_int_equal (grub_xen_platform.store.port, XEN_STORE_PORT);
  assert_int_equal (grub_xen_frame_of (grub_xen_platform.console.page),
		    XEN_CONSOLE_FRAME);
  assert_int_equal (grub_xen_platform.console.port, XEN_CONSOLE_PORT);
  xen.shared->evtchn_mask[0] = 42;
  assert_int_equal (grub_xen_platform.shared->evtchn_mask[0], 42);
  assert_int_equal (grub_xen_is_lost (), 0);
  calls = xen.calls;
  up ();
  assert_int_equal (xen.calls, calls);
  down ();
  assert_int_equal (shim.blocks, 0);
}

/* GRUB's clock and console continue to use these pages.  */
static void
kernels_pages_stay (void **state)
{
  (void) state;
  up ();
  down ();
  assert_ptr_equal (grub_xen_shared_info, xen.shared);
  assert_non_null (grub_xen_xcons);
  up ();
  down ();
}

static void
not_on_xen (void **state)
{
  (void) state;
  xen.hypervisor = 0;
  assert_int_equal (grub_xen_detect (), 0);
  assert_int_equal (grub_xen_platform_init (), GRUB_ERR_BAD_DEVICE);
  assert_raised (GRUB_ERR_BAD_DEVICE, "not a guest of Xen");
  assert_int_equal (xen.calls, 0);
}

static void
xen_refuses (void **state)
{
  (void) state;
  xen.version = -XEN_EPERM;
  assert_int_equal (grub_xen_platform_init (), GRUB_ERR_BAD_DEVICE);
  assert_raised (GRUB_ERR_BAD_DEVICE, "Xen refuses hypercalls (error 1)");
  assert_null (grub_xen_platform.shared);
}

static void
service_is (const struct grub_xen_service *service, int there, int bad)
{
  up ();
  assert_int_equal (service->page != 0, there);
  assert_int_equal (service->is_bad, bad);
  down ();
}

static void
services_that_are_not_there (void **state)
{
  static const int frames[] = { HVM_PARAM_STORE_PFN, HVM_PARAM_CONSOLE_PFN };
  static const int ports[]
    = { HVM_PARAM_STORE_EVTCHN, HVM_PARAM_CONSOLE_EVTCHN };
  const struct grub_xen_service *service[]
    = { &grub_xen_platform.store, &grub_xen_platform.console };
  unsigned int i;

  (void) state;
  for (i = 0; i < 2; i++)
    {
      uint64_t frame = xen.params[frames[i]], port = xen.params[ports[i]];

      xen.params[frames[i]] = 0;
      service_is (service[i], 0, 0);
      xen.params[frames[i]] = frame;
      xen.params[ports[i]] = 0;
      service_is (service[i], 0, 0);
      xen.params[ports[i]] = GRUB_XEN_PORTS;
      service_is (service[i], 0, 1);
      xen.params[ports[i]] = 0xffffffff;
      service_is (service[i], 0, 1);
      xen.params[ports[i]] = port;
      service_is (service[i], 1, 0);
    }
}

/* For any page of the heap grub_xen_frame_of returns the frame that holds
   it.  */
static void
frames_of_pages (void **state)
{
  unsigned char *page, *other;

  (void) state;
  up ();
  page = grub_memalign (GRUB_XEN_FRAME_SIZE, GRUB_XEN_FRAME_SIZE);
  other = grub_memalign (GRUB_XEN_FRAME_SIZE, GRUB_XEN_FRAME_SIZE);
  assert_int_equal (grub_xen_frame_of (page), xen_frame (page));
  assert_int_equal (grub_xen_frame_of (page + 4095), xen_frame (page));
  assert_int_equal (grub_xen_frame_of (other), xen_frame (other));
  assert_int_not_equal (xen_frame (page), xen_frame (other));
  grub_free (other);
  grub_free (page);
  down ();
}

/* The address of a heap page shows a frame of the table, and its own frame
   again after unmapping.  */
static void
grant_frames (void **state)
{
  grant_entry_v1_t *e[2];
  void *addr;

  (void) state;
  up ();
  assert_int_equal (grub_xen_platform_map_grants (0, 3, &addr),
		    GRUB_ERR_NONE);
  e[0] = addr;
  assert_int_equal (grub_xen_platform_map_grants (1, 0, &addr),
		    GRUB_ERR_NONE);
  e[1] = addr;
  assert_int_equal (xen.grant_frames, 4);
  assert_int_equal (xen_slots_left (), 2);
  assert_int_equal (shim.blocks, 2);
  e[0][5].frame = 4711;
  e[1][9].frame = 4712;
  assert_int_equal (xen.grants[3 * 512 + 5].frame, 4711);
  assert_int_equal (xen.grants[9].frame, 4712);
  grub_xen_platform_unmap_grants (1);
  grub_xen_platform_unmap_grants (0);
  assert_int_equal (shim.blocks, 0);
  down ();
}

static void
map_fails (grub_err_t err, const char *text)
{
  void *addr;

  assert_int_equal (grub_xen_platform_map_grants (0, 1, &addr), err);
  assert_raised (err, text);
  assert_int_equal (shim.blocks, 0);
  assert_xen_clean ();
}

static void
grant_frames_refused (void **state)
{
  (void) state;
  up ();
  xen.add_rc = -XEN_EPERM;
  map_fails (GRUB_ERR_BAD_DEVICE,
	     "Xen does not give frame 1 of the grant table (error 1)");
  xen.add_rc = 0;
  xen.grant_frames_max = 1;
  map_fails (GRUB_ERR_BAD_DEVICE,
	     "Xen does not give frame 1 of the grant table (error 1)");
  xen.grant_frames_max = XEN_FRAMES;
  xen.fail_call = xen.calls + 2;
  map_fails (GRUB_ERR_BAD_DEVICE,
	     "Xen does not map frame 1 of the grant table (error 22)");
  shim.fail_alloc = shim.allocs + 1;
  map_fails (GRUB_ERR_OUT_OF_MEMORY, "out of memory");
  shim.fail_alloc = shim.allocs + 2;
  map_fails (GRUB_ERR_OUT_OF_MEMORY, "out of memory");
  down ();
}

/* A page that still shows Xen's frame must not be freed.  */
static void
a_page_that_is_not_given_back (void **state)
{
  void *addr;

  (void) state;
  up ();
  assert_int_equal (grub_xen_platform_map_grants (0, 0, &addr),
		    GRUB_ERR_NONE);
  xen.remove_rc = -XEN_EINVAL;
  grub_xen_platform_unmap_grants (0);
  assert_int_equal (shim.blocks, 1);
  assert_true (shim_is_block (addr, GRUB_XEN_FRAME_SIZE));
  down ();
}

#ifdef __x86_64__
/* A grant's frame number has 32 bits.  */
static void
frames_beyond_16_tib (void **state)
{
  unsigned long *list = (unsigned long *) grub_xen_start_page_addr->mfn_list;

  (void) state;
  list[7] = 0xffffffff;
  up ();
  down ();
  list[7]++;
  assert_int_equal (grub_xen_platform_init (), GRUB_ERR_BAD_DEVICE);
  assert_raised (GRUB_ERR_BAD_DEVICE, "above 16 TiB");
  assert_null (grub_xen_platform.shared);
  /* That entry is beyond this guest's pages.  */
  grub_xen_start_page_addr->nr_pages = 7;
  up ();
  down ();
}
#endif

static const struct unit_test tests[] =
  {
    UNIT_TEST (init_and_fini),
    UNIT_TEST (kernels_pages_stay),
    UNIT_TEST (not_on_xen),
    UNIT_TEST (xen_refuses),
    UNIT_TEST (services_that_are_not_there),
    UNIT_TEST (frames_of_pages),
    UNIT_TEST (grant_frames),
    UNIT_TEST (grant_frames_refused),
    UNIT_TEST (a_page_that_is_not_given_back),
#ifdef __x86_64__
    UNIT_TEST (frames_beyond_16_tib),
#endif
  };

UNIT_MAIN (tests)
