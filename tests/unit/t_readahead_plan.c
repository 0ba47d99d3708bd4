/* SPDX-License-Identifier: GPL-3.0-or-later */
/* t_readahead_plan.c - tests of readahead.c: the plan without any I/O
   Copyright (C) 2026  The grub-xen-hvm authors  */

#include "readahead.h"
#include "unit.h"

#define DISK_END	100000
#define FIRST_WINDOW	128
#define LAST_WINDOW	2048

static struct grub_xen_readahead ra;
static struct grub_xen_readahead_plan plan;

static void
begin (void)
{
  grub_xen_readahead_init (&ra);
  ra.disk_end = DISK_END;
}

static void
next (uint64_t sector, uint32_t count, int is_requested)
{
  grub_xen_readahead_next (&ra, sector, count, is_requested, &plan);
}

static void
assert_plan (uint64_t discard, uint64_t end, uint32_t low)
{
  assert_int_equal (plan.discard, discard);
  assert_int_equal (plan.end, end);
  assert_int_equal (plan.low, low);
}

static void
nothing_without_a_sequence (void **state)
{
  (void) state;
  begin ();
  next (500, 8, 0);
  assert_plan (0, 508, 8);
  next (9000, 64, 0);
  assert_plan (0, 9064, 64);
  next (0, 1, 0);
  assert_plan (0, 1, 1);
}

static void
nothing_before_the_size_is_known (void **state)
{
  (void) state;
  grub_xen_readahead_init (&ra);
  next (0, 8, 0);
  next (8, 8, 0);
  assert_int_equal (plan.end, 16);
}

/* The second read in a row begins a sequence; each further read doubles the
   window.  */
static void
the_window_grows (void **state)
{
  uint32_t window = FIRST_WINDOW, kept;
  uint64_t sector = 64;

  (void) state;
  begin ();
  next (0, 64, 0);
  next (sector, 64, 0);
  assert_plan (GRUB_XEN_NOWHERE, 128 + FIRST_WINDOW,
	       64 + FIRST_WINDOW - 3 * FIRST_WINDOW / 4);
  for (; window < LAST_WINDOW; window *= 2)
    {
      assert_int_equal (ra.window, window);
      sector += 64;
      next (sector, 64, 1);
      kept = 2 * window - 2 * window / 4;
      assert_plan (sector, sector + 64 + 2 * window,
		   64 + 2 * window - kept);
    }
  sector += 64;
  next (sector, 64, 1);
  assert_int_equal (ra.window, LAST_WINDOW);
}

/* A read of more than the window has a window of the read's size.  */
static void
large_reads (void **state)
{
  (void) state;
  begin ();
  next (0, 1000, 0);
  next (1000, 1000, 0);
  assert_int_equal (plan.end, 3000);
  next (2000, 5000, 0);
  assert_int_equal (ra.window, LAST_WINDOW);
  assert_int_equal (plan.end, 7000 + LAST_WINDOW);
}

/* One read elsewhere does not end the sequence, and the next read finds its
   data requested.  */
static void
a_read_in_between (void **state)
{
  (void) state;
  begin ();
  next (0, 64, 0);
  next (64, 64, 0);
  next (50000, 8, 0);
  assert_plan (0, 50008, 0);
  next (128, 64, 1);
  assert_plan (128, 192 + 2 * FIRST_WINDOW, 64 + 2 * FIRST_WINDOW
	       - 3 * 2 * FIRST_WINDOW / 4);
  /* A second read in a row there starts a new sequence.  */
  next (50000, 8, 0);
  next (50008, 8, 0);
  assert_int_equal (plan.discard, GRUB_XEN_NOWHERE);
  assert_int_equal (ra.window, FIRST_WINDOW);
}

/* A read that skips sectors, but begins in the requested range, continues the
   sequence.  */
static void
a_jump_ahead (void **state)
{
  (void) state;
  begin ();
  next (0, 64, 0);
  next (64, 64, 0);
  next (200, 8, 1);
  assert_int_equal (plan.discard, 200);
  assert_int_equal (ra.window, 2 * FIRST_WINDOW);
  grub_xen_readahead_stop (&ra);
  next (300, 8, 1);
  assert_plan (0, 308, 8);
}

static void
at_the_end_of_the_disk (void **state)
{
  (void) state;
  begin ();
  next (DISK_END - 192, 64, 0);
  next (DISK_END - 128, 64, 0);
  assert_int_equal (plan.end, DISK_END);
  next (DISK_END - 64, 64, 1);
  assert_int_equal (plan.end, DISK_END);
}

static const struct unit_test tests[] =
  {
    UNIT_TEST (nothing_without_a_sequence),
    UNIT_TEST (nothing_before_the_size_is_known),
    UNIT_TEST (the_window_grows),
    UNIT_TEST (large_reads),
    UNIT_TEST (a_read_in_between),
    UNIT_TEST (a_jump_ahead),
    UNIT_TEST (at_the_end_of_the_disk),
  };

UNIT_MAIN (tests)
