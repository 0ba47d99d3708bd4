/* SPDX-License-Identifier: GPL-3.0-or-later */
/* t_saved.c - tests with a restore at the N-th moment, for every N
   Copyright (C) 2026  The grub-xen-hvm authors  */

#include <stdio.h>
#include "store.h"
#include "sweep.h"

static void
none_fails (struct sweep sweep, unsigned long at_least)
{
  assert_int_equal (sweep_all (sweep, at_least), 0);
}

/* The moments.  */

static void
before_each_hypercall (void **state)
{
  struct sweep sweep = { .restore = { .at = XEN_CALL } };

  (void) state;
  none_fails (sweep, 100);
}

static void
after_each_hypercall (void **state)
{
  struct sweep sweep = { .restore = { .at = XEN_CALLED } };

  (void) state;
  none_fails (sweep, 100);
}

static void
at_each_event (void **state)
{
  struct sweep sweep = { .restore = { .at = XEN_EVENT } };

  (void) state;
  none_fails (sweep, 100);
}

static void
at_some_looks (void **state)
{
  struct sweep sweep = { .restore = { .at = XEN_SEAM }, .step = 7 };

  (void) state;
  none_fails (sweep, 100);
}

static void
in_pieces (void)
{
  store.read_chunk = 24;
  store.write_chunk = 17;
}

static void
at_each_piece_of_a_message (void **state)
{
  struct sweep sweep = { .restore = { .at = XEN_EVENT }, .prepare = in_pieces,
			 .step = 2 };

  (void) state;
  none_fails (sweep, 100);
}

static void
one_at_a_time (void)
{
  disks[0].batch = disks[1].batch = 1;
  disks[0].order = disks[1].order = DISK_LIFO;
  disks[0].persistent = 0;
}

static void
at_each_single_response (void **state)
{
  struct sweep sweep = { .restore = { .at = XEN_EVENT },
			 .prepare = one_at_a_time, .step = 2 };

  (void) state;
  none_fails (sweep, 50);
}

/* Restore twice, AFTER passings apart: the second time during the recovery
   from the first, or soon after.  */
static void
none_fails_again (int at, const unsigned long *after, unsigned int n,
		  unsigned int step)
{
  unsigned int i;

  for (i = 0; i < n; i++)
    {
      struct sweep sweep = { .restore = { .at = at, .again = after[i],
					  .n = 1 + i },
			     .step = step };

      none_fails (sweep, 20);
    }
}

static void
twice (void **state)
{
  static const unsigned long after[] = { 1, 2, 5, 13, 40, 150 };

  (void) state;
  none_fails_again (XEN_CALL, after, ARRAY_SIZE (after), 9);
}

static void
twice_by_events (void **state)
{
  static const unsigned long after[] = { 1, 2, 3, 7, 20 };

  (void) state;
  none_fails_again (XEN_EVENT, after, ARRAY_SIZE (after), 5);
}

/* If there is time for one operation between restores, everything
   succeeds.  */
static void
all_the_time (void **state)
{
  struct sweep sweep = { .restore = { .at = XEN_CALL, .every = 250 },
			 .step = 50 };

  (void) state;
  none_fails (sweep, 3);
}

/* GRUB was about to move an index of xenstore's ring, and moves it in the new
   domain's ring.  */
static void
look_at_once (void)
{
  store.delay = 0;
}

static void
in_the_middle_of_a_message (void **state)
{
  struct sweep sweep = { .restore = { .at = XEN_CALL, .torn = 1 },
			 .step = 3 };

  (void) state;
  none_fails (sweep, 50);
  sweep.prepare = look_at_once;
  none_fails (sweep, 50);
}

/* Other differences of the new host.  */

static void
with_another_system_time (void **state)
{
  struct sweep sweep = { .restore = { .at = XEN_CALLED,
				      .system = 1000000 * SECOND },
			 .step = 4 };

  (void) state;
  none_fails (sweep, 50);
  sweep.restore.system = 1 * MS;
  sweep.restore.n = 2;
  none_fails (sweep, 50);
}

/* GRUB's own clock uses the time stamp counter, whose value on another host
   depends on its Xen.  */
static void
set_clock (void)
{
  shim.clock_ahead = 100000000;
}

static void
move_clock (void)
{
  shim.clock_ahead = xen.lives & 1 ? 7000 : 900000000;
}

static void
with_another_clock (void **state)
{
  struct sweep sweep = { .restore = { .at = XEN_CALL, .change = move_clock,
				      .again = 100 },
			 .prepare = set_clock, .step = 5 };

  (void) state;
  none_fails (sweep, 50);
  sweep.restore.at = XEN_EVENT;
  none_fails (sweep, 20);
}

static void
with_other_ports (void **state)
{
  struct sweep sweep = { .restore = { .at = XEN_CALL, .other_ports = 1 },
			 .step = 5 };

  (void) state;
  none_fails (sweep, 50);
  sweep.restore.at = XEN_EVENT;
  none_fails (sweep, 20);
}

static void
serve_from_a_driver_domain (void)
{
  disks[0].domid = 3 + xen.lives;
  disks[1].domid = xen.lives & 1 ? 3 + xen.lives : 0;
}

static void
with_other_backend_domains (void **state)
{
  struct sweep sweep = { .restore = { .at = XEN_CALL,
				      .change = serve_from_a_driver_domain },
			 .step = 5 };

  (void) state;
  none_fails (sweep, 50);
  sweep.restore.at = XEN_EVENT;
  none_fails (sweep, 20);
}

static void
serve_by_qemu (void)
{
  disks[0].qemu = disks[1].qemu = 1;
  disks[0].indirect = disks[1].indirect = 0;
  disks[0].persistent = disks[1].persistent = 0;
}

/* The data of one request needs several requests with the new backend, and the
   other way round.  */
static void
with_another_kind_of_backend (void **state)
{
  struct sweep sweep = { .restore = { .at = XEN_CALL,
				      .change = serve_by_qemu },
			 .step = 5 };

  (void) state;
  none_fails (sweep, 50);
  sweep.restore.at = XEN_EVENT;
  none_fails (sweep, 20);
}

/* Disks that have changed: one step may fail because of that, with an error
   that says so, and the other disk's steps succeed.  */

static void
lose_one (void)
{
  disks[1].gone = 1;
}

static void
one_is_gone (const struct scenario *s)
{
  assert_in_range (s->failed, 0, 1);
  if (!s->failed)
    return;
  assert_non_null (strstr (s->message, "xvdf"));
  assert_true (s->err == GRUB_ERR_UNKNOWN_DEVICE
	       || s->err == GRUB_ERR_BAD_DEVICE);
}

static void
changed (void (*change) (void), void (*check) (const struct scenario *s))
{
  struct sweep sweep = { .restore = { .at = XEN_CALL, .change = change },
			 .check = check, .step = 6 };
  unsigned long failed;

  failed = sweep_all (sweep, 50);
  sweep.restore.at = XEN_EVENT;
  failed += sweep_all (sweep, 20);
  /* Some step must have failed; otherwise the check has tested nothing.  */
  assert_int_not_equal (failed, 0);
}

static void
with_a_disk_less (void **state)
{
  (void) state;
  changed (lose_one, one_is_gone);
}

/* All sectors that the scenario reads still exist.  */
static void
cut_off (void)
{
  disks[0].sectors = 320;
}

static void
says_so (const struct scenario *s, const char *what)
{
  assert_in_range (s->failed, 0, 1);
  if (!s->failed)
    return;
  if (s->err != GRUB_ERR_BAD_DEVICE || !strstr (s->message, "xvde")
      || !strstr (s->message, what))
    {
      fprintf (stderr, "error %d '%s'\n", s->err, s->message);
      fail ();
    }
}

static void
tells_size (const struct scenario *s)
{
  says_so (s, "smaller");
}

static void
with_a_smaller_disk (void **state)
{
  (void) state;
  changed (cut_off, tells_size);
}

static void
large_sectors (void)
{
  disks[0].sector_size = 4096;
}

static void
tells_sectors (const struct scenario *s)
{
  says_so (s, "sector");
}

static void
with_other_sectors (void **state)
{
  (void) state;
  changed (large_sectors, tells_sectors);
}

static void
protect (void)
{
  disks[0].info |= VDISK_READONLY;
}

static void
tells_protection (const struct scenario *s)
{
  assert_in_range (s->failed, 0, 1);
  if (!s->failed)
    return;
  assert_int_equal (s->err, GRUB_ERR_ACCESS_DENIED);
  assert_non_null (strstr (s->message, "xvde is read-only"));
}

static void
with_a_read_only_disk (void **state)
{
  (void) state;
  changed (protect, tells_protection);
}

static const struct unit_test tests[] =
  {
    UNIT_TEST (before_each_hypercall),
    UNIT_TEST (after_each_hypercall),
    UNIT_TEST (at_each_event),
    UNIT_TEST (at_some_looks),
    UNIT_TEST (at_each_piece_of_a_message),
    UNIT_TEST (at_each_single_response),
    UNIT_TEST (twice),
    UNIT_TEST (twice_by_events),
    UNIT_TEST (all_the_time),
    UNIT_TEST (in_the_middle_of_a_message),
    UNIT_TEST (with_another_system_time),
    UNIT_TEST (with_another_clock),
    UNIT_TEST (with_other_ports),
    UNIT_TEST (with_other_backend_domains),
    UNIT_TEST (with_another_kind_of_backend),
    UNIT_TEST (with_a_disk_less),
    UNIT_TEST (with_a_smaller_disk),
    UNIT_TEST (with_other_sectors),
    UNIT_TEST (with_a_read_only_disk),
  };

UNIT_MAIN (tests)
