/* SPDX-License-Identifier: GPL-3.0-or-later */
/* t_paused.c - tests with a pause at the N-th moment, for every N: no deadline
   may pass because of it
   Copyright (C) 2026  The grub-xen-hvm authors  */

#include "sweep.h"

static void
none_fails (struct sweep sweep, unsigned long at_least)
{
  assert_int_equal (sweep_all (sweep, at_least), 0);
}

/* The other domains run, as when a guest is paused.  */
static void
while_others_work (void **state)
{
  struct sweep sweep = { .restore = { .at = XEN_CALL,
				      .kind = RESTORE_PAUSE } };

  (void) state;
  none_fails (sweep, 100);
  sweep.restore.at = XEN_EVENT;
  none_fails (sweep, 50);
}

/* The other domains stop as well, as on a suspended host.  */
static void
while_all_stands_still (void **state)
{
  struct sweep sweep = { .restore = { .at = XEN_CALL,
				      .kind = RESTORE_STOP } };

  (void) state;
  none_fails (sweep, 100);
  sweep.restore.at = XEN_EVENT;
  none_fails (sweep, 50);
}

static void
at_some_looks (void **state)
{
  struct sweep sweep = { .restore = { .at = XEN_SEAM, .kind = RESTORE_PAUSE },
			 .step = 9 };

  (void) state;
  none_fails (sweep, 100);
  sweep.restore.kind = RESTORE_STOP;
  none_fails (sweep, 100);
}

static void
again_and_again (void **state)
{
  static const unsigned long after[] = { 1, 2, 3, 10, 50 };
  unsigned int i;

  (void) state;
  for (i = 0; i < ARRAY_SIZE (after); i++)
    {
      struct sweep sweep = { .restore = { .at = XEN_CALL, .again = after[i],
					  .n = 1 + i, .kind = RESTORE_STOP },
			     .step = 11 };

      none_fails (sweep, 20);
    }
}

static const struct unit_test tests[] =
  {
    UNIT_TEST (while_others_work),
    UNIT_TEST (while_all_stands_still),
    UNIT_TEST (at_some_looks),
    UNIT_TEST (again_and_again),
  };

UNIT_MAIN (tests)
