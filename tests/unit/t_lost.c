/* SPDX-License-Identifier: GPL-3.0-or-later */
/* t_lost.c - tests of the layers below the disks in a restored guest
   Copyright (C) 2026  The grub-xen-hvm authors  */

#include <stdio.h>
#include <grub/mm.h>
#include <grub/xen/evtchn.h>
#include <grub/xen/grant.h>
#include <grub/xen/hvm.h>
#include <grub/xen/resume.h>
#include <grub/xen/xenstore.h>
#include "modules.h"
#include "restore.h"
#include "store.h"
#include "xs.h"

#define NO_TX	GRUB_XENSTORE_NO_TX

/* hvm.c.  */

static void
is_told_by_shared_info (void **state)
{
  volatile struct vcpu_time_info *time = &xen.shared->vcpu_info[0].time;
  unsigned int generation;

  (void) state;
  assert_int_equal (grub_xen_is_lost (), 0);
  assert_int_equal (grub_xen_up (), GRUB_ERR_NONE);
  generation = grub_xen_platform.generation;
  assert_int_equal (grub_xen_is_lost (), 0);
  /* Xen is changing the structure, or has changed it often.  */
  time->version = 3;
  assert_int_equal (grub_xen_is_lost (), 0);
  time->version = ~0U - 1;
  assert_int_equal (grub_xen_is_lost (), 0);
  time->version = 2;
  restore_now ();
  assert_int_equal (grub_xen_is_lost (), 1);
  assert_int_equal (grub_xen_platform.domid, 7);
  assert_int_equal (grub_xen_platform.generation, generation);
  assert_int_equal (grub_xen_up (), GRUB_ERR_NONE);
  assert_int_equal (grub_xen_is_lost (), 0);
  assert_int_equal (grub_xen_platform.domid, 8);
  assert_int_equal (grub_xen_platform.generation, generation + 1);
  assert_int_equal (grub_xen_up (), GRUB_ERR_NONE);
  assert_int_equal (grub_xen_platform.generation, generation + 1);
  restore_now ();
  xs_down ();
  assert_int_equal (grub_xen_is_lost (), 0);
}

/* In the new domain the number may belong to another port.  */
static void
no_port_of_the_old_domain_is_notified (void **state)
{
  unsigned long sends;

  (void) state;
  xs_up ();
  restore_now ();
  sends = xen.sends;
  assert_int_equal (grub_xen_evtchn_notify (xen.store_port), GRUB_ERR_IO);
  assert_raised (GRUB_ERR_IO, "the guest was restored");
  assert_int_equal (xen.sends, sends);
  assert_int_equal (grub_xen_up (), GRUB_ERR_NONE);
  xs_down ();
}

static void
other_parameters_are_read (void **state)
{
  (void) state;
  xs_up ();
  restore.other_ports = 1;
  restore_now ();
  assert_int_equal (grub_xen_up (), GRUB_ERR_NONE);
  assert_int_equal (grub_xen_platform.store.port, xen.store_port);
  assert_int_not_equal (xen.store_port, XEN_STORE_PORT);
  tree_permit ("/local/domain/8/device/vbd/51776", TREE_READ | TREE_WRITE);
  xs_use ();
  xs_down ();
}

/* wait.c.  */

static evtchn_port_t port;
static unsigned int looks;
static int is_ready;
static void (*in_look) (void);

static int
look (void *data)
{
  int result = is_ready;

  (void) data;
  looks++;
  if (in_look)
    in_look ();
  in_look = 0;
  return result;
}

static void
wait_up (void)
{
  assert_int_equal (grub_xen_up (), GRUB_ERR_NONE);
  assert_int_equal (grub_xen_evtchn_alloc (0, &port), GRUB_ERR_NONE);
  assert_int_equal (xen_bind (0, port, 0, 0), 0);
}

static void
wait_down (void)
{
  grub_xen_evtchn_close (port);
  xs_down ();
}

static void
make_ready (void *arg)
{
  is_ready = 1;
  if (arg)
    xen_raise (port);
}

static void
restored (void *arg)
{
  (void) arg;
  restore_now ();
}

/* Wait for at most five seconds; grub_xen_wait has to return RESULT.  */
static void
wait_well (evtchn_port_t which, int result)
{
  assert_int_equal (grub_xen_wait (look, 0, which, grub_xen_deadline (5000)),
		    result);
}

static void
nothing_to_wait_for (void **state)
{
  unsigned long polls;
  uint64_t start;

  (void) state;
  wait_up ();
  restore_now ();
  start = clock_now ();
  polls = xen.polls;
  wait_well (port, 0);
  wait_well (0, 0);
  assert_in_range (clock_now () - start, 0, 10 * MS);
  assert_int_equal (xen.polls, polls);
  xs_down ();
}

static void
restored_while_it_waits (void **state)
{
  uint64_t start;

  (void) state;
  wait_up ();
  start = clock_now ();
  clock_at (150 * MS, restored, 0);
  wait_well (port, 0);
  assert_in_range (clock_now () - start, 150 * MS, 160 * MS);
  assert_int_equal (grub_xen_up (), GRUB_ERR_NONE);
  start = clock_now ();
  clock_at (150 * MS, restored, 0);
  wait_well (0, 0);
  assert_in_range (clock_now () - start, 150 * MS, 160 * MS);
  xs_down ();
}

static void
long_pause (void)
{
  clock_pass (600 * SECOND);
}

static void
long_stop (void)
{
  clock_stop (600 * SECOND);
}

static void
long_stop_later (void *arg)
{
  (void) arg;
  long_stop ();
}

/* An event during a pause of the guest counts as in time.  */
static void
paused_after_a_look (void **state)
{
  (void) state;
  wait_up ();
  in_look = long_pause;
  clock_at (SECOND, make_ready, &port);
  wait_well (port, 1);
  is_ready = 0;
  in_look = long_pause;
  clock_at (SECOND, make_ready, 0);
  wait_well (0, 1);
  wait_down ();
}

/* An event after the pause gets the rest of its time.  */
static void
stopped_in_sleep (void **state)
{
  (void) state;
  wait_up ();
  clock_at (50 * MS, long_stop_later, 0);
  clock_at (4 * SECOND, make_ready, &port);
  wait_well (port, 1);
  is_ready = 0;
  clock_at (50 * MS, long_stop_later, 0);
  clock_at (4 * SECOND, make_ready, 0);
  wait_well (0, 1);
  wait_down ();
}

/* Without an event the wait still ends.  */
static void
stopped_in_vain (void **state)
{
  uint64_t start;

  (void) state;
  wait_up ();
  start = clock_now ();
  clock_at (50 * MS, long_stop_later, 0);
  wait_well (port, 0);
  assert_in_range (clock_now () - start, 604 * SECOND, 610 * SECOND);
  wait_down ();
}

static void
stopped_after_a_look (void **state)
{
  (void) state;
  wait_up ();
  in_look = long_stop;
  clock_at (20 * MS, make_ready, &port);
  wait_well (port, 1);
  is_ready = 0;
  in_look = long_stop;
  clock_at (20 * MS, make_ready, 0);
  wait_well (0, 1);
  wait_down ();
}

/* grant.c.  */

/* An old reference may still be in use.  */
static void
stale_reference_stays_reserved (void **state)
{
  struct grub_xen_pages *page, *other;

  (void) state;
  assert_int_equal (grub_xen_up (), GRUB_ERR_NONE);
  page = grub_xen_pages_grant (2, 0, 1);
  assert_non_null (page);
  restore_now ();
  assert_int_equal (grub_xen_up (), GRUB_ERR_NONE);
  assert_int_equal (grub_xen_grant_count (), 1);
  assert_int_equal (xen_grants_left (), 0);
  other = grub_xen_pages_grant (2, 0, 1);
  assert_int_not_equal (other->refs[0], page->refs[0]);
  assert_int_equal (xen_grants_left (), 1);
  grub_xen_pages_end (page, "page");
  assert_int_equal (xen_grants_left (), 1);
  assert_int_equal (grub_xen_grant_count (), 1);
  grub_xen_pages_end (other, "other");
  assert_int_equal (grub_xen_grant_count (), 0);
  xs_down ();
}

/* The table grew before the restore: references beyond its first frame can be
   released as well.  */
static void
stale_reference_of_a_later_frame (void **state)
{
  grant_ref_t ref;
  unsigned int i;

  (void) state;
  assert_int_equal (grub_xen_up (), GRUB_ERR_NONE);
  for (i = 0; i < 2000; i++)
    assert_int_equal (grub_xen_grant_reserve (&ref), GRUB_ERR_NONE);
  restore_now ();
  assert_int_equal (grub_xen_up (), GRUB_ERR_NONE);
  assert_int_equal (grub_xen_grant_count (), 2000);
  for (i = 0; i < 2000; i++)
    {
      assert_int_equal (grub_xen_grant_revoke (ref), 1);
      grub_xen_grant_release (ref++);
    }
  assert_int_equal (grub_xen_grant_reserve (&ref), GRUB_ERR_NONE);
  assert_int_equal (ref, XEN_REFS - 1);
  grub_xen_grant_release (ref);
  xs_down ();
}

/* xswire.c and xenstore.c.  */

/* The exchange ends at once, with or without its reply, and the next one works
   after a bring-up.  The restore happens at passing number N of kind AT.
   Returns whether it happened.  */
static int
exchange (enum xen_passing at, unsigned long n)
{
  uint64_t start;
  char *value;

  restore.at = at;
  restore.n = n;
  restore_arm ();
  start = clock_now ();
  if (!grub_xenstore_read (NO_TX, "name", &value))
    {
      assert_string_equal (value, "guest");
      grub_free (value);
    }
  else
    {
      assert_int_equal (grub_xen_is_lost (), 1);
      assert_raised (grub_errno, "name");
    }
  assert_in_range (clock_now () - start, 0, SECOND);
  restore_disarm ();
  return restore.happened;
}

static void
restored_in_an_exchange (void **state)
{
  static const enum xen_passing kinds[] = { XEN_CALL, XEN_CALLED, XEN_EVENT };
  unsigned int i;
  char key[64];

  (void) state;
  for (i = 0; i < ARRAY_SIZE (kinds); i++)
    {
      unsigned long n = 0;

      store.read_chunk = store.write_chunk = i == 2 ? 3 : 0;
      do
	{
	  assert_int_equal (grub_xen_up (), GRUB_ERR_NONE);
	  snprintf (key, sizeof (key), "%s/device/vbd/51776", store_home ());
	  tree_permit (key, TREE_READ | TREE_WRITE);
	  xs_use ();
	}
      while (exchange (kinds[i], ++n));
      assert_true (n > 2);
    }
  xs_down ();
}

static grub_err_t
write_two (grub_uint32_t tx, void *data)
{
  unsigned int *runs = data;

  if ((*runs)++ == 0)
    restore_now ();
  return grub_xenstore_write (tx, XS_KEY, "1") ? grub_errno
    : grub_xenstore_write (tx, XS_KEY "2", "2");
}

/* A transaction of the old domain is not valid.  */
static void
restored_in_a_transaction (void **state)
{
  unsigned int runs = 0;

  (void) state;
  xs_up ();
  assert_int_not_equal (grub_xenstore_transact (write_two, &runs),
			GRUB_ERR_NONE);
  grub_errno = GRUB_ERR_NONE;
  assert_int_equal (grub_xen_up (), GRUB_ERR_NONE);
  tree_permit ("/local/domain/8/device/vbd/51776", TREE_READ | TREE_WRITE);
  assert_int_equal (grub_xenstore_transact (write_two, &runs),
		    GRUB_ERR_NONE);
  assert_string_equal (tree_get ("/local/domain/8/" XS_KEY "2"), "2");
  xs_down ();
}

/* grub_xen_retry_resumed.  */

struct task
{
  unsigned int runs;
  /* The number of runs with a restore; the error of these runs, and of the
     others.  */
  unsigned int restores;
  grub_err_t lost_err;
  grub_err_t err;
};

static grub_err_t
do_task (void *data)
{
  struct task *task = data;

  assert_int_equal (grub_xen_is_lost (), 0);
  assert_int_equal (grub_xen_is_up (), 1);
  assert_quiet ();
  if (task->runs++ < task->restores)
    {
      restore_now ();
      return task->lost_err ? grub_error (task->lost_err, "lost task")
	: GRUB_ERR_NONE;
    }
  return task->err ? grub_error (task->err, "task") : GRUB_ERR_NONE;
}

static void
run_task (struct task task, grub_err_t err, unsigned int runs)
{
  assert_int_equal (grub_xen_retry_resumed (do_task, &task), err);
  assert_int_equal (grub_errno, err);
  assert_int_equal (task.runs, runs);
  grub_errno = GRUB_ERR_NONE;
}

static void
run_again (void **state)
{
  (void) state;
  run_task ((struct task) { .err = GRUB_ERR_NONE }, GRUB_ERR_NONE, 1);
  run_task ((struct task) { .err = GRUB_ERR_IO }, GRUB_ERR_IO, 1);
  /* A success may be a response without its data.  */
  run_task ((struct task) { .restores = 1 }, GRUB_ERR_NONE, 2);
  run_task ((struct task) { .restores = 1, .lost_err = GRUB_ERR_IO },
	    GRUB_ERR_NONE, 2);
  run_task ((struct task) { .restores = 2, .lost_err = GRUB_ERR_IO,
			    .err = GRUB_ERR_TIMEOUT }, GRUB_ERR_TIMEOUT, 3);
  restore_now ();
  run_task ((struct task) { .err = GRUB_ERR_NONE }, GRUB_ERR_NONE, 1);
  xs_down ();
}

/* The number of repetitions is limited, and then the result is an error.  */
static void
restored_again_and_again (void **state)
{
  struct task task = { .restores = 100, .lost_err = GRUB_ERR_TIMEOUT };

  (void) state;
  assert_int_equal (grub_xen_retry_resumed (do_task, &task), GRUB_ERR_IO);
  assert_raised (GRUB_ERR_IO, "the guest was restored");
  assert_in_range (task.runs, 3, 20);
  task.runs = 0;
  task.lost_err = GRUB_ERR_NONE;
  assert_int_equal (grub_xen_retry_resumed (do_task, &task), GRUB_ERR_IO);
  assert_raised (GRUB_ERR_IO, "the guest was restored");
  assert_in_range (task.runs, 3, 20);
  xs_down ();
}

static const struct unit_test tests[] =
  {
    UNIT_TEST_ON (XEN_HVM | XEN_PVH, is_told_by_shared_info),
    UNIT_TEST_ON (XEN_HVM | XEN_PVH, no_port_of_the_old_domain_is_notified),
    UNIT_TEST_ON (XEN_HVM | XEN_PVH, other_parameters_are_read),
    UNIT_TEST_ON (XEN_HVM | XEN_PVH, nothing_to_wait_for),
    UNIT_TEST_ON (XEN_HVM | XEN_PVH, restored_while_it_waits),
    UNIT_TEST (paused_after_a_look),
    UNIT_TEST (stopped_in_sleep),
    UNIT_TEST (stopped_in_vain),
    UNIT_TEST (stopped_after_a_look),
    UNIT_TEST_ON (XEN_HVM | XEN_PVH, stale_reference_stays_reserved),
    UNIT_TEST_ON (XEN_HVM | XEN_PVH, stale_reference_of_a_later_frame),
    UNIT_TEST_ON (XEN_HVM | XEN_PVH, restored_in_an_exchange),
    UNIT_TEST_ON (XEN_HVM | XEN_PVH, restored_in_a_transaction),
    UNIT_TEST_ON (XEN_HVM | XEN_PVH, run_again),
    UNIT_TEST_ON (XEN_HVM | XEN_PVH, restored_again_and_again),
  };

UNIT_MAIN (tests)
