/* SPDX-License-Identifier: GPL-3.0-or-later */
/* t_xsfault.c - tests of xswire.c: the stream stays in step after faults of
   xenstored
   Copyright (C) 2026  The grub-xen-hvm authors  */

#include <grub/mm.h>
#include <grub/xen/hvm.h>
#include <grub/xen/evtchn.h>
#include <grub/xen/resume.h>
#include <grub/xen/xenstore.h>
#include "store.h"
#include "xs.h"

#define NO_TX	GRUB_XENSTORE_NO_TX

/* FAULT happens to one reply; that request ends with ERR, in time.  */
static void
one_fault (enum store_fault fault, grub_err_t err)
{
  uint64_t start;
  char *value;

  store.fault = fault;
  store.fail_at = store.replies + 1;
  start = clock_now ();
  assert_int_equal (grub_xenstore_read (NO_TX, "name", &value), err);
  if (err)
    assert_raised (err, "name");
  else
    grub_free (value);
  assert_in_range (clock_now () - start, 0,
		   (GRUB_XEN_STORE_TIMEOUT + 200) * MS);
}

static void
no_answer (void **state)
{
  (void) state;
  xs_up ();
  one_fault (STORE_SILENT, GRUB_ERR_TIMEOUT);
  xs_use ();
  one_fault (STORE_LOST, GRUB_ERR_TIMEOUT);
  xs_use ();
  xs_down ();
}

static void
late_answers (void **state)
{
  uint64_t late;

  (void) state;
  for (late = 4900; late < 5300; late += 40)
    {
      xs_up ();
      store.late = late * MS;
      one_fault (STORE_LATE, late < 5000 ? GRUB_ERR_NONE : GRUB_ERR_TIMEOUT);
      xs_use ();
      clock_pass (SECOND);
      xs_use ();
      xs_down ();
    }
}

static void
late_answer_comes_while_leaving (void **state)
{
  char *value;

  (void) state;
  xs_up ();
  store.late = 6 * SECOND;
  one_fault (STORE_LATE, GRUB_ERR_TIMEOUT);
  grub_xen_down ();
  /* The next user's page has no partial message, and the first request gets
     its own reply.  */
  clock_pass (2 * SECOND);
  assert_int_equal (xen.store->rsp_prod, xen.store->rsp_cons);
  assert_int_equal (grub_xen_up (), GRUB_ERR_NONE);
  assert_int_equal (grub_xenstore_read (NO_TX, "domid", &value),
		    GRUB_ERR_NONE);
  assert_string_equal (value, "7");
  grub_free (value);
  xs_down ();
}

static void
dead_daemon (void **state)
{
  uint64_t start;

  (void) state;
  xs_up ();
  one_fault (STORE_DEAD, GRUB_ERR_TIMEOUT);
  start = clock_now ();
  grub_xen_down ();
  assert_quiet ();
  assert_xen_clean ();
  assert_in_range (clock_now () - start, 0, 11 * SECOND);
}

static void
daemon_dead_from_the_start (void **state)
{
  (void) state;
  store.dead = 1;
  assert_int_equal (grub_xen_up (), GRUB_ERR_NONE);
  one_fault (STORE_DEAD, GRUB_ERR_TIMEOUT);
  xs_down ();
  store.dead = 0;
  store.fault = STORE_FINE;
  xs_up ();
  xs_use ();
  xs_down ();
}

static void
answers_that_are_not_ours (void **state)
{
  (void) state;
  xs_up ();
  one_fault (STORE_WRONG_ID, GRUB_ERR_TIMEOUT);
  xs_use ();
  one_fault (STORE_WRONG_TYPE, GRUB_ERR_IO);
  xs_use ();
  one_fault (STORE_EMPTY, GRUB_ERR_NONE);
  xs_use ();
  xs_down ();
}

/* After FAULT the stream is out of step.  Reconnecting repairs it, and so does
   a new bring-up.  */
static void
broken_by (enum store_fault fault)
{
  char *value;

  xs_up ();
  one_fault (fault, GRUB_ERR_IO);
  store.dead = 0;
  xs_use ();
  assert_in_range (store.reconnects, 1, 1);
  xen.store->server_features = 0;
  one_fault (fault, GRUB_ERR_IO);
  store.dead = 0;
  assert_int_equal (grub_xenstore_read (NO_TX, "name", &value), GRUB_ERR_IO);
  assert_raised (GRUB_ERR_IO, "broke");
  xs_down ();
}

static void
broken_by_a_huge_answer (void **state)
{
  (void) state;
  broken_by (STORE_HUGE);
}

static void
broken_by_an_index (void **state)
{
  (void) state;
  broken_by (STORE_INDEX);
}

static void
half_an_answer (void **state)
{
  (void) state;
  xs_up ();
  one_fault (STORE_HALF, GRUB_ERR_TIMEOUT);
  store.dead = 0;
  xs_down ();
  xs_up ();
  xs_use ();
  xs_down ();
}

/* A request does not fit into the ring while xenstored does not read.  */
static void
full_request_ring (void **state)
{
  static char text[3000];
  uint64_t start;

  (void) state;
  xs_up ();
  memset (text, 'z', sizeof (text) - 1);
  store.dead = 1;
  start = clock_now ();
  assert_int_equal (grub_xenstore_write (NO_TX, XS_KEY, text),
		    GRUB_ERR_TIMEOUT);
  assert_raised (GRUB_ERR_TIMEOUT, XS_KEY);
  assert_in_range (clock_now () - start, 0,
		   (GRUB_XEN_STORE_TIMEOUT + 200) * MS);
  store.dead = 0;
  xs_down ();
  xs_up ();
  xs_use ();
  xs_down ();
}

static void
request_index_makes_no_sense (void **state)
{
  char *value;

  (void) state;
  xs_up ();
  xen.store->req_cons += 9000;
  assert_int_equal (grub_xenstore_read (NO_TX, "name", &value), GRUB_ERR_IO);
  assert_raised (GRUB_ERR_IO, "name");
  xs_down ();
}

static void
notifications_refused (void **state)
{
  char *value;

  (void) state;
  xs_up ();
  clock_pass (SECOND);
  xen.send_rc = -XEN_EINVAL;
  assert_int_equal (grub_xenstore_read (NO_TX, "name", &value),
		    GRUB_ERR_TIMEOUT);
  assert_raised (GRUB_ERR_TIMEOUT, "name");
  xen.send_rc = 0;
  xs_use ();
  xs_down ();
}

static const struct unit_test tests[] =
  {
    UNIT_TEST (no_answer),
    UNIT_TEST (late_answers),
    UNIT_TEST (late_answer_comes_while_leaving),
    UNIT_TEST (dead_daemon),
    UNIT_TEST (daemon_dead_from_the_start),
    UNIT_TEST (answers_that_are_not_ours),
    UNIT_TEST (broken_by_a_huge_answer),
    UNIT_TEST (broken_by_an_index),
    UNIT_TEST (half_an_answer),
    UNIT_TEST (full_request_ring),
    UNIT_TEST (request_index_makes_no_sense),
    UNIT_TEST (notifications_refused),
  };

UNIT_MAIN (tests)
