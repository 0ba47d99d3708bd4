/* SPDX-License-Identifier: GPL-3.0-or-later */
/* t_grant.c - tests of grant.c: the grant table
   Copyright (C) 2026  The grub-xen-hvm authors  */

#include <grub/mm.h>
#include <grub/xen/grant.h>
#include <grub/xen/hvm.h>
#include <grub/xen/resume.h>
#include "unit.h"

#define FIRST	GNTTAB_NR_RESERVED_ENTRIES
#define PER_FRAME	(4096 / sizeof (grant_entry_v1_t))
#define ALL	(GRUB_XEN_GRANT_FRAMES * PER_FRAME)
/* The end of the fake Xen's table.  */
#define END	(XEN_FRAMES * PER_FRAME)

static void
up (void)
{
  assert_int_equal (grub_xen_platform_init (), GRUB_ERR_NONE);
  assert_int_equal (grub_xen_grant_layer.up (), GRUB_ERR_NONE);
}

static void
down (void)
{
  assert_int_equal (grub_xen_grant_count (), 0);
  grub_xen_grant_layer.down ();
  grub_xen_platform_fini ();
  assert_quiet ();
  assert_xen_clean ();
  assert_int_equal (shim.blocks, xen_own_blocks ());
}

static void
init_and_fini (void **state)
{
  unsigned long calls;

  (void) state;
  up ();
  calls = xen.calls;
  assert_int_equal (grub_xen_grant_layer.up (), GRUB_ERR_NONE);
  assert_int_equal (xen.calls, calls);
  assert_int_equal (xen_slots_left (), XEN_OWN_SLOTS + 1);
  down ();
  up ();
  down ();
}

static void
init_refused (void **state)
{
  (void) state;
  grub_xen_platform_init ();
  xen.add_rc = -XEN_EINVAL;
  assert_int_equal (grub_xen_grant_layer.up (), GRUB_ERR_BAD_DEVICE);
  assert_raised (GRUB_ERR_BAD_DEVICE, "error 22");
  xen.add_rc = 0;
  assert_int_equal (grub_xen_grant_layer.up (), GRUB_ERR_NONE);
  down ();
}

static void
version_2_is_set_back (void **state)
{
  (void) state;
  grub_xen_platform_init ();
  xen.grant_version = 2;
  assert_int_equal (grub_xen_grant_layer.up (), GRUB_ERR_NONE);
  assert_int_equal (xen.grant_version, 1);
  down ();
}

static void
version_2_in_use (void **state)
{
  (void) state;
  grub_xen_platform_init ();
  xen.grant_version = 2;
  xen.set_version_rc = -16;
  assert_int_equal (grub_xen_grant_layer.up (), GRUB_ERR_BAD_DEVICE);
  assert_raised (GRUB_ERR_BAD_DEVICE, "version 2");
  grub_xen_platform_fini ();
  assert_xen_clean ();
}

static void
version_unknown_to_xen (void **state)
{
  (void) state;
  grub_xen_platform_init ();
  xen.grant_version_rc = -XEN_ENOSYS;
  assert_int_equal (grub_xen_grant_layer.up (), GRUB_ERR_NONE);
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

/* From the end of the table downwards, as far as GRUB maps it.  */
static void
every_reference_once (void **state)
{
  grant_ref_t ref;
  unsigned int i;

  (void) state;
  up ();
  for (i = 1; i <= ALL; i++)
    {
      assert_int_equal (grub_xen_grant_reserve (&ref), GRUB_ERR_NONE);
      assert_int_equal (ref, END - i);
    }
  assert_int_equal (xen_slots_left (),
		    XEN_OWN_SLOTS + GRUB_XEN_GRANT_FRAMES);
  assert_int_equal (grub_xen_grant_reserve (&ref), GRUB_ERR_OUT_OF_MEMORY);
  assert_raised (GRUB_ERR_OUT_OF_MEMORY, "4096");
  assert_int_equal (grub_xen_grant_count (), ALL);
  grub_xen_grant_release (END - 77);
  assert_int_equal (grub_xen_grant_reserve (&ref), GRUB_ERR_NONE);
  assert_int_equal (ref, END - 77);
  for (i = 1; i <= ALL; i++)
    grub_xen_grant_release (END - i);
  down ();
}

/* An OS takes references from the other end.  A host may give one frame
   only.  */
static void
tables_of_all_sizes (void **state)
{
  static const unsigned int sizes[] = { 1, 2, 3, 8, XEN_FRAMES };
  grant_ref_t ref, least;
  unsigned int i, n;

  (void) state;
  for (i = 0; i < sizeof (sizes) / sizeof (sizes[0]); i++)
    {
      xen.grant_frames_max = sizes[i];
      up ();
      least = sizes[i] <= GRUB_XEN_GRANT_FRAMES ? FIRST
	: (sizes[i] - GRUB_XEN_GRANT_FRAMES) * PER_FRAME;
      for (n = sizes[i] * PER_FRAME; n > least; n--)
	{
	  assert_int_equal (grub_xen_grant_reserve (&ref), GRUB_ERR_NONE);
	  assert_int_equal (ref, n - 1);
	}
      assert_int_equal (grub_xen_grant_reserve (&ref),
			GRUB_ERR_OUT_OF_MEMORY);
      /* The caller gets this error whatever the layer below reports.  */
      assert_raised (GRUB_ERR_OUT_OF_MEMORY, "no grant reference is left");
      for (n = sizes[i] * PER_FRAME; n > least; n--)
	grub_xen_grant_release (n - 1);
      down ();
    }
}

/* More frames than GRUB uses.  */
static void
a_huge_table (void **state)
{
  grant_ref_t ref;

  (void) state;
  xen.grant_frames_max = 1 << 20;
  /* The fake has fewer frames: GRUB tries the next smaller sizes.  */
  up ();
  assert_int_equal (grub_xen_grant_reserve (&ref), GRUB_ERR_NONE);
  assert_int_equal (ref, END - 1);
  grub_xen_grant_release (ref);
  down ();
}

/* Xen is short of memory and does not let the table grow to the size that it
   reported.  */
static void
a_table_that_does_not_grow (void **state)
{
  grant_ref_t ref;

  (void) state;
  xen.grant_frames_max = XEN_FRAMES;
  xen.grant_frames_real = 1;
  up ();
  assert_int_equal (grub_xen_grant_reserve (&ref), GRUB_ERR_NONE);
  assert_int_equal (ref, PER_FRAME - 1);
  grub_xen_grant_release (ref);
  down ();
  xen.grant_frames_real = 3;
  up ();
  assert_int_equal (grub_xen_grant_reserve (&ref), GRUB_ERR_NONE);
  assert_int_equal (ref, 2 * PER_FRAME - 1);
  grub_xen_grant_release (ref);
  down ();
}

static void
firmwares_grants_stay (void **state)
{
  grant_ref_t ref, refs[5];
  unsigned int i;

  (void) state;
  xen.grants[END - 1].flags = GTF_permit_access;
  xen.grants[END - 3].flags = GTF_permit_access | GTF_reading;
  up ();
  for (i = 0; i < 5; i++)
    {
      assert_int_equal (grub_xen_grant_reserve (&ref), GRUB_ERR_NONE);
      assert_int_not_equal (ref, END - 1);
      assert_int_not_equal (ref, END - 3);
      refs[i] = ref;
    }
  for (i = 0; i < 5; i++)
    grub_xen_grant_release (refs[i]);
  xen.grants[END - 1].flags = xen.grants[END - 3].flags = 0;
  down ();
}

static void
pages (void **state)
{
  struct grub_xen_pages *p;
  char *mapped;
  unsigned int i, j;

  (void) state;
  up ();
  p = grub_xen_pages_grant (2, 0, 3);
  assert_non_null (p);
  assert_int_equal (p->count, 3);
  for (i = 0; i < 3; i++)
    {
      mapped = xen_map_grant (2, p->refs[i], 1);
      assert_ptr_equal (mapped, p->memory + i * 4096);
      for (j = 0; j < 4096; j++)
	assert_int_equal (mapped[j], 0);
      xen_unmap_grant (p->refs[i], 1);
    }
  grub_xen_pages_end (p, "p");
  grub_xen_pages_end (0, "none");
  down ();
}

/* Until the other domain unmaps the pages, neither pages nor references are
   used again, and no OS is told that the pages are RAM.  */
static void
pages_still_mapped (void **state)
{
  struct grub_xen_pages *p, *other;
  grant_ref_t ref;
  char *lost;

  (void) state;
  up ();
  p = grub_xen_pages_grant (2, 0, 4);
  ref = p->refs[2];
  lost = p->memory;
  assert_non_null (xen_map_grant (2, ref, 1));
  grub_xen_pages_end (p, "xen/xvdf");
  assert_quiet ();
  assert_true (shim_is_block (lost, 4 * 4096));
  assert_true (shim_is_reserved (lost, 4 * 4096));
  assert_int_equal (xen_mapped_in_the_way (), 0);
  assert_int_equal (grub_xen_grant_count (), 1);
  other = grub_xen_pages_grant (2, 0, 4);
  assert_int_not_equal (other->refs[0], ref);
  assert_ptr_not_equal (other->memory, lost);
  grub_xen_pages_end (other, "xen/xvdg");
  /* The user gets a message with the disk's name.  */
  assert_int_equal (grub_xen_pages_settle (), GRUB_ERR_NONE);
  assert_printed ("xen/xvdf: the backend in domain 2 still uses 16 KiB of "
		  "memory, which stays reserved.\n");
  assert_not_printed ("xen/xvdg");
  /* After a new bring-up of Xen no frame with that reference is mapped
     yet.  */
  grub_xen_grant_layer.down ();
  assert_int_equal (grub_xen_grant_layer.up (), GRUB_ERR_NONE);
  grub_xen_pages_reclaim ();
  assert_true (shim_is_reserved (lost, 4 * 4096));
  xen_unmap_grant (ref, 1);
  grub_xen_pages_reclaim ();
  shim_out_clear ();
  assert_int_equal (grub_xen_pages_settle (), GRUB_ERR_NONE);
  assert_string_equal (shim.out, "");
  assert_false (shim_is_reserved (lost, 4096));
  down ();
}

/* No OS is started if a backend may write into its memory.  */
static void
pages_that_cannot_be_reserved (void **state)
{
  struct grub_xen_pages *p;
  grant_ref_t ref;

  (void) state;
  up ();
  p = grub_xen_pages_grant (2, 0, 1);
  ref = p->refs[0];
  assert_non_null (xen_map_grant (2, ref, 1));
  shim.register_fails = 1;
  grub_xen_pages_end (p, "xen/xvdf");
  assert_quiet ();
  assert_int_equal (grub_xen_pages_settle (), GRUB_ERR_OUT_OF_MEMORY);
  assert_raised (GRUB_ERR_OUT_OF_MEMORY, "xen/xvdf");
  shim.register_fails = 0;
  /* The same before a boot without a bring-up of Xen.  */
  grub_xen_grant_layer.down ();
  assert_int_equal (grub_xen_pages_settle (), GRUB_ERR_NONE);
  assert_int_equal (xen_mapped_in_the_way (), 0);
  assert_int_equal (grub_xen_grant_layer.up (), GRUB_ERR_NONE);
  xen_unmap_grant (ref, 1);
  grub_xen_pages_reclaim ();
  down ();
}

static void
pages_without_memory_or_grants (void **state)
{
  grant_ref_t r;
  unsigned int i;

  (void) state;
  xen.grant_frames_max = 1;
  up ();
  for (i = 1; i < 3; i++)
    {
      shim.fail_alloc = shim.allocs + i;
      assert_null (grub_xen_pages_grant (2, 0, 1));
      assert_raised (GRUB_ERR_OUT_OF_MEMORY, "");
    }
  for (i = FIRST; i < 512; i++)
    assert_int_equal (grub_xen_grant_reserve (&r), GRUB_ERR_NONE);
  assert_null (grub_xen_pages_grant (2, 0, 1));
  assert_raised (GRUB_ERR_OUT_OF_MEMORY, "domain 2");
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
    UNIT_TEST (tables_of_all_sizes),
    UNIT_TEST (a_huge_table),
    UNIT_TEST (a_table_that_does_not_grow),
    UNIT_TEST (firmwares_grants_stay),
    UNIT_TEST (pages),
    UNIT_TEST (pages_still_mapped),
    UNIT_TEST (pages_that_cannot_be_reserved),
    UNIT_TEST (pages_without_memory_or_grants),
  };

UNIT_MAIN (tests)
