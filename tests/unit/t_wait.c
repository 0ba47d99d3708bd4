/* SPDX-License-Identifier: GPL-3.0-or-later */
/* t_wait.c - tests of wait.c: deadlines
   Copyright (C) 2026  The grub-xen-hvm authors  */

#include <grub/xen/evtchn.h>
#include <grub/xen/hvm.h>
#include <grub/xen/hvm.h>
#include "unit.h"

/* The result and the number of calls of `look'.  */
struct look
{
  int ready;
  unsigned int looks;
  /* Raise an event on this port during the first call.  */
  evtchn_port_t raise;
};

static int
look (void *data)
{
  struct look *l = data;

  l->looks++;
  if (l->raise && l->looks == 1)
    xen_raise (l->raise);
  return l->ready;
}

static evtchn_port_t port;

static void
up (void)
{
  assert_int_equal (grub_xen_platform_init (), GRUB_ERR_NONE);
  assert_int_equal (grub_xen_evtchn_alloc (0, &port), GRUB_ERR_NONE);
  assert_int_equal (xen_bind (0, port, 0, 0), 0);
}

static void
down (void)
{
  grub_xen_evtchn_close (port);
  grub_xen_platform_fini ();
  assert_quiet ();
  assert_xen_clean ();
}

static void
make_ready (void *data)
{
  ((struct look *) data)->ready = 1;
}

/* After a restore the new xenstored notifies the guest, while Xen's pages are
   not mapped.  */
static void
restore_notifies (void *data)
{
  (void) data;
  xen_raise (XEN_STORE_PORT);
  xen.shared->vcpu_info[0].time.version = ~0U;
}

static void
store_notifies_often (void *data)
{
  xen_raise (XEN_STORE_PORT);
  clock_at (MS, store_notifies_often, data);
}

/* Notifications of replies that were already read must not make a wait check
   again and again.  */
static void
xenstored_does_not_shorten_a_sleep (void **state)
{
  struct look quiet = { 0, 0, 0 }, noisy = { 0, 0, 0 };

  (void) state;
  up ();
  grub_xen_wait (look, &quiet, 0, grub_xen_deadline (400));
  clock_at (MS, store_notifies_often, &noisy);
  grub_xen_wait (look, &noisy, 0, grub_xen_deadline (400));
  assert_in_range (noisy.looks, 1, quiet.looks + 5);
  clock_cancel (&noisy);
  down ();
}

/* The guest was restored after it had read the clock, and the end of its sleep
   is far away on the new host's clock.  */
static void
sleep_ends_by_store (evtchn_port_t with)
{
  struct look l = { 0, 0, 0 };
  uint64_t start;

  up ();
  xen.least_poll = 1000 * SECOND;
  clock_at (50 * MS, restore_notifies, &l);
  start = clock_now ();
  assert_int_equal (grub_xen_wait (look, &l, with ? port : 0,
				   grub_xen_deadline (5000)), 0);
  assert_in_range (clock_now () - start, 49 * MS, 60 * MS);
  xen.shared->vcpu_info[0].time.version = 2;
  down ();
}

static void
xenstored_ends_a_sleep (void **state)
{
  (void) state;
  sleep_ends_by_store (0);
}

static void
xenstored_ends_a_sleep_with_a_port (void **state)
{
  (void) state;
  sleep_ends_by_store (1);
}

static void
make_ready_and_raise (void *data)
{
  make_ready (data);
  xen_raise (port);
}

static void
ready_at_once (void **state)
{
  struct look l = { 1, 0, 0 };

  (void) state;
  up ();
  assert_int_equal (grub_xen_wait (look, &l, port, 0), 1);
  assert_int_equal (l.looks, 1);
  assert_int_equal (xen.polls, 0);
  down ();
}

static void
past_deadline_looks_once (void **state)
{
  struct look l = { 0, 0, 0 };

  (void) state;
  up ();
  assert_int_equal (grub_xen_wait (look, &l, port, 0), 0);
  assert_int_equal (l.looks, 1);
  assert_int_equal (xen.polls, 0);
  down ();
}

/* Wait in vain for MS milliseconds on WHICH, with at most LOOKS checks.  */
static void
in_vain (evtchn_port_t which, unsigned int ms, unsigned int looks)
{
  struct look l = { 0, 0, 0 };
  uint64_t start = clock_now ();

  assert_int_equal (grub_xen_wait (look, &l, which, grub_xen_deadline (ms)),
		    0);
  assert_in_range (clock_now () - start, (ms - 1) * MS, (ms + 20) * MS);
  assert_in_range (l.looks, 2, looks);
}

static void
never_ready_ends_in_time (void **state)
{
  (void) state;
  up ();
  in_vain (port, 5000, 60);
  in_vain (port, 37, 5);
  in_vain (0, 5000, 5000 / 10);
  down ();
}

static void
wakes_by_event (void **state)
{
  struct look l = { 0, 0, 0 };
  uint64_t start;

  (void) state;
  up ();
  start = clock_now ();
  clock_at (7 * MS, make_ready_and_raise, &l);
  assert_int_equal (grub_xen_wait (look, &l, port, grub_xen_deadline (1000)),
		    1);
  assert_in_range (clock_now () - start, 7 * MS, 8 * MS);
  assert_in_range (l.looks, 2, 3);
  down ();
}

static void
no_event_between_look_and_sleep_is_lost (void **state)
{
  struct look l = { 0, 0, port };
  uint64_t start;

  (void) state;
  up ();
  l.raise = port;
  start = clock_now ();
  clock_at (MS / 2, make_ready, &l);
  assert_int_equal (grub_xen_wait (look, &l, port, grub_xen_deadline (1000)),
		    1);
  /* The sleep after the first check ended at once, the second one lasted.  */
  assert_int_equal (l.looks, 3);
  assert_in_range (clock_now () - start, 0, 250 * MS);
  down ();
}

static void
a_lost_event_is_survived (void **state)
{
  struct look l = { 0, 0, 0 };

  (void) state;
  up ();
  clock_at (7 * MS, make_ready, &l);
  assert_int_equal (grub_xen_wait (look, &l, port, grub_xen_deadline (1000)),
		    1);
  down ();
}

static void
without_port_is_seen_soon (void **state)
{
  struct look l = { 0, 0, 0 };
  uint64_t start;

  (void) state;
  up ();
  start = clock_now ();
  clock_at (300 * MS, make_ready, &l);
  assert_int_equal (grub_xen_wait (look, &l, 0, grub_xen_deadline (1000)), 1);
  assert_in_range (clock_now () - start, 300 * MS, 330 * MS);
  down ();
}

static void
spurious_wakes (void **state)
{
  struct look l = { 0, 0, 0 };

  (void) state;
  up ();
  xen.spurious = 1000;
  clock_at (50 * MS, make_ready_and_raise, &l);
  assert_int_equal (grub_xen_wait (look, &l, port, grub_xen_deadline (1000)),
		    1);
  xen.spurious = 100000;
  l.ready = 0;
  assert_int_equal (grub_xen_wait (look, &l, port, grub_xen_deadline (20)), 0);
  down ();
}

static void
poll_refused_yields (void **state)
{
  struct look l = { 0, 0, 0 };

  (void) state;
  up ();
  xen.poll_rc = -XEN_ENOSYS;
  clock_at (50 * MS, make_ready_and_raise, &l);
  assert_int_equal (grub_xen_wait (look, &l, port, grub_xen_deadline (1000)),
		    1);
  l.ready = 0;
  assert_int_equal (grub_xen_wait (look, &l, port, grub_xen_deadline (20)), 0);
  down ();
}

static void
timer_is_as_before (void **state)
{
  struct look l = { 0, 0, 0 };

  (void) state;
  up ();
  grub_xen_wait (look, &l, port, grub_xen_deadline (5));
  assert_int_equal (xen.timer_masked, 0);
  xen.timer_masked = 1;
  grub_xen_wait (look, &l, port, grub_xen_deadline (5));
  assert_int_equal (xen.timer_masked, 1);
  xen.timer_masked = 0;
  down ();
}

/* PVH and PV guests have no timer whose interrupt could end a sleep; an access
   to the PIC would end a PV guest.  */
static void
nothing_is_masked (void **state)
{
  (void) state;
  assert_int_equal (grub_xen_mask_timer (1), 0);
  assert_int_equal (grub_xen_mask_timer (0), 0);
  assert_int_equal (xen.timer_masked, 0);
}

static const struct unit_test tests[] =
  {
    UNIT_TEST (ready_at_once),
    UNIT_TEST (past_deadline_looks_once),
    UNIT_TEST (never_ready_ends_in_time),
    UNIT_TEST (wakes_by_event),
    UNIT_TEST (no_event_between_look_and_sleep_is_lost),
    UNIT_TEST (a_lost_event_is_survived),
    UNIT_TEST (without_port_is_seen_soon),
    UNIT_TEST (xenstored_does_not_shorten_a_sleep),
    UNIT_TEST_ON (XEN_HVM | XEN_PVH, xenstored_ends_a_sleep),
    UNIT_TEST_ON (XEN_HVM | XEN_PVH, xenstored_ends_a_sleep_with_a_port),
    UNIT_TEST (spurious_wakes),
    UNIT_TEST (poll_refused_yields),
    UNIT_TEST (timer_is_as_before),
    UNIT_TEST_ON (XEN_PVH | XEN_PV, nothing_is_masked),
  };

UNIT_MAIN (tests)
