/*
 *  grub-xen-hvm  --  tests of grant.c: the grant table
 *  Copyright (C) 2026  The grub-xen-hvm authors
 *
 *  This program is free software: you can redistribute it and/or modify
 *  it under the terms of the GNU General Public License as published by
 *  the Free Software Foundation, either version 3 of the License, or
 *  (at your option) any later version.
 *
 *  This program is distributed in the hope that it will be useful,
 *  but WITHOUT ANY WARRANTY; without even the implied warranty of
 *  MERCHANTABILITY or FITNESS FOR A PARTICULAR PURPOSE.  See the
 *  GNU General Public License for more details.
 *
 *  You should have received a copy of the GNU General Public License
 *  along with this program.  If not, see <https://www.gnu.org/licenses/>.
 */


#include <grub/mm.h>
#include <grub/xen/grant.h>
#include <grub/xen/hvm.h>
#include "unit.h"

#define FIRST	GNTTAB_NR_RESERVED_ENTRIES
#define ALL	(GRUB_XEN_GRANT_FRAMES * 4096 / sizeof (grant_entry_v1_t))

static void
up (void)
{
  assert_int_equal (grub_xen_hvm_init (), GRUB_ERR_NONE);
  assert_int_equal (grub_xen_grant_init (), GRUB_ERR_NONE);
}

static void
down (void)
{
  assert_int_equal (grub_xen_grant_count (), 0);
  grub_xen_grant_fini ();
  grub_xen_hvm_fini ();
  assert_quiet ();
  assert_xen_clean ();
  assert_int_equal (shim.blocks, 1);
}

static void
init_and_fini (void **state)
{
  unsigned long calls;

  (void) state;
  up ();
  calls = xen.calls;
  assert_int_equal (grub_xen_grant_init (), GRUB_ERR_NONE);
  assert_int_equal (xen.calls, calls);
  assert_int_equal (xen_slots_left (), 2);
  down ();
  up ();
  down ();
}

static void
init_refused (void **state)
{
  (void) state;
  grub_xen_hvm_init ();
  xen.add_rc = -XEN_EINVAL;
  assert_int_equal (grub_xen_grant_init (), GRUB_ERR_BAD_DEVICE);
  assert_raised (GRUB_ERR_BAD_DEVICE, "error 22");
  xen.add_rc = 0;
  assert_int_equal (grub_xen_grant_init (), GRUB_ERR_NONE);
  down ();
}

static void
version_2_is_set_back (void **state)
{
  (void) state;
  grub_xen_hvm_init ();
  xen.grant_version = 2;
  assert_int_equal (grub_xen_grant_init (), GRUB_ERR_NONE);
  assert_int_equal (xen.grant_version, 1);
  down ();
}

static void
version_2_in_use (void **state)
{
  (void) state;
  grub_xen_hvm_init ();
  xen.grant_version = 2;
  xen.set_version_rc = -16;
  assert_int_equal (grub_xen_grant_init (), GRUB_ERR_BAD_DEVICE);
  assert_raised (GRUB_ERR_BAD_DEVICE, "version 2");
  grub_xen_hvm_fini ();
  assert_xen_clean ();
}

static void
version_unknown_to_xen (void **state)
{
  (void) state;
  grub_xen_hvm_init ();
  xen.grant_version_rc = -XEN_ENOSYS;
  assert_int_equal (grub_xen_grant_init (), GRUB_ERR_NONE);
  down ();
}

static void
permit_and_revoke (void **state)
{
  grant_ref_t ref = 0;
  void *page;

  (void) state;
  up ();
  page = grub_memalign (4096, 4096);
  assert_int_equal (grub_xen_grant_reserve (&ref), GRUB_ERR_NONE);
  assert_true (ref >= FIRST);
  assert_int_equal (xen.grants[ref].flags, 0);
  grub_xen_grant_permit (ref, 3, page, 0);
  assert_int_equal (xen.grants[ref].flags, GTF_permit_access);
  assert_int_equal (xen.grants[ref].domid, 3);
  assert_int_equal (xen.grants[ref].frame, xen_frame (page));
  assert_null (xen_map_grant (4, ref, 0));
  assert_ptr_equal (xen_map_grant (3, ref, 1), page);
  xen_unmap_grant (ref, 1);
  assert_int_equal (grub_xen_grant_revoke (ref), 1);
  assert_null (xen_map_grant (3, ref, 0));
  grub_xen_grant_permit (ref, 3, page, 1);
  assert_null (xen_map_grant (3, ref, 1));
  assert_ptr_equal (xen_map_grant (3, ref, 0), page);
  assert_int_equal (grub_xen_grant_revoke (ref), 0);
  xen_unmap_grant (ref, 0);
  assert_int_equal (grub_xen_grant_revoke (ref), 1);
  grub_xen_grant_release (ref);
  grub_free (page);
  down ();
}

static void
every_reference_once (void **state)
{
  static char seen[ALL];
  grant_ref_t ref, last = 0;
  unsigned int i;

  (void) state;
  up ();
  for (i = FIRST; i < ALL; i++)
    {
      assert_int_equal (grub_xen_grant_reserve (&ref), GRUB_ERR_NONE);
      assert_in_range (ref, FIRST, ALL - 1);
      assert_int_equal (seen[ref], 0);
      seen[ref] = 1;
      last = ref;
    }
  assert_int_equal (xen_slots_left (), 1 + GRUB_XEN_GRANT_FRAMES);
  assert_int_equal (grub_xen_grant_reserve (&ref), GRUB_ERR_OUT_OF_MEMORY);
  assert_raised (GRUB_ERR_OUT_OF_MEMORY, "4096");
  assert_int_equal (grub_xen_grant_count (), ALL - FIRST);
  grub_xen_grant_release (last);
  assert_int_equal (grub_xen_grant_reserve (&ref), GRUB_ERR_NONE);
  assert_int_equal (ref, last);
  for (i = FIRST; i < ALL; i++)
    grub_xen_grant_release (i);
  down ();
}

static void
table_does_not_grow (void **state)
{
  grant_ref_t ref;
  unsigned int i;

  (void) state;
  xen.grant_frames_max = 2;
  up ();
  for (i = FIRST; i < 1024; i++)
    assert_int_equal (grub_xen_grant_reserve (&ref), GRUB_ERR_NONE);
  assert_int_not_equal (grub_xen_grant_reserve (&ref), GRUB_ERR_NONE);
  /* Whatever the layer below says, the caller is promised this.  */
  assert_raised (GRUB_ERR_OUT_OF_MEMORY, "");
  for (i = FIRST; i < 1024; i++)
    grub_xen_grant_release (i);
  down ();
}

static void
firmwares_grants_stay (void **state)
{
  grant_ref_t ref;
  unsigned int i;

  (void) state;
  xen.grants[FIRST].flags = GTF_permit_access;
  xen.grants[FIRST + 2].flags = GTF_permit_access | GTF_reading;
  up ();
  for (i = 0; i < 5; i++)
    {
      grub_xen_grant_reserve (&ref);
      assert_int_not_equal (ref, FIRST);
      assert_int_not_equal (ref, FIRST + 2);
      grub_xen_grant_release (ref);
    }
  xen.grants[FIRST].flags = xen.grants[FIRST + 2].flags = 0;
  down ();
}

static void
page (void **state)
{
  grant_ref_t ref = 0;
  void *p = 0;
  char *mapped;
  int i;

  (void) state;
  up ();
  assert_int_equal (grub_xen_grant_page (2, &p, &ref), GRUB_ERR_NONE);
  mapped = xen_map_grant (2, ref, 1);
  assert_ptr_equal (mapped, p);
  for (i = 0; i < 4096; i++)
    assert_int_equal (mapped[i], 0);
  xen_unmap_grant (ref, 1);
  grub_xen_grant_page_end (&p, &ref);
  assert_null (p);
  assert_int_equal (ref, GRUB_XEN_GRANT_NONE);
  grub_xen_grant_page_end (&p, &ref);
  down ();
}

static void
page_still_mapped_is_lost (void **state)
{
  grant_ref_t ref, other, ref2;
  void *p, *lost, *p2;

  (void) state;
  shim.debug = 1;
  up ();
  assert_int_equal (grub_xen_grant_page (2, &p, &ref), GRUB_ERR_NONE);
  lost = p;
  other = ref;
  assert_non_null (xen_map_grant (2, ref, 1));
  grub_xen_grant_page_end (&p, &ref);
  assert_null (p);
  assert_quiet ();
  assert_printed ("still mapped");
  assert_true (shim_is_block (lost, 4096));
  assert_int_equal (grub_xen_grant_count (), 1);
  /* Neither page nor reference is used again, not even when the backend lets
     go later.  */
  xen_unmap_grant (other, 1);
  assert_int_equal (grub_xen_grant_page (2, &p2, &ref2), GRUB_ERR_NONE);
  assert_int_not_equal (ref2, other);
  assert_ptr_not_equal (p2, lost);
  grub_xen_grant_page_end (&p2, &ref2);
  grub_xen_grant_fini ();
  grub_xen_hvm_fini ();
  xen.grants[other].flags = 0;
  grub_free (lost);
}

static void
page_without_memory_or_grants (void **state)
{
  grant_ref_t ref = 0, r;
  void *p = 0;
  unsigned int i;

  (void) state;
  xen.grant_frames_max = 1;
  up ();
  shim.fail_alloc = shim.allocs + 1;
  assert_int_equal (grub_xen_grant_page (2, &p, &ref), GRUB_ERR_OUT_OF_MEMORY);
  assert_raised (GRUB_ERR_OUT_OF_MEMORY, "");
  assert_null (p);
  for (i = FIRST; i < 512; i++)
    assert_int_equal (grub_xen_grant_reserve (&r), GRUB_ERR_NONE);
  assert_int_not_equal (grub_xen_grant_page (2, &p, &ref), GRUB_ERR_NONE);
  assert_raised (GRUB_ERR_OUT_OF_MEMORY, "");
  assert_null (p);
  for (i = FIRST; i < 512; i++)
    grub_xen_grant_release (i);
  down ();
}

static const struct unit_test tests[] =
  {
    UNIT_TEST (init_and_fini),
    UNIT_TEST (init_refused),
    UNIT_TEST (version_2_is_set_back),
    UNIT_TEST (version_2_in_use),
    UNIT_TEST (version_unknown_to_xen),
    UNIT_TEST (permit_and_revoke),
    UNIT_TEST (every_reference_once),
    UNIT_TEST (table_does_not_grow),
    UNIT_TEST (firmwares_grants_stay),
    UNIT_TEST (page),
    UNIT_TEST (page_still_mapped_is_lost),
    UNIT_TEST (page_without_memory_or_grants),
  };

UNIT_MAIN (tests)
