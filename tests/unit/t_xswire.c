/*
 *  grub-xen-hvm  --  tests of xswire.c and transactions: the stream stays in step
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


#include <stdio.h>
#include <grub/mm.h>
#include <grub/xen/hvm.h>
#include <grub/xen/wait.h>
#include <grub/xen/xen.h>
#include <grub/xen/xenstore.h>
#include "store.h"
#include "unit.h"

#define NO_TX	GRUB_XENSTORE_NO_TX
#define HOME	"/local/domain/7/"
#define KEY	"device/vbd/51776/key"

static void
up (void)
{
  assert_int_equal (grub_xen_up (), GRUB_ERR_NONE);
  tree_permit (HOME "device/vbd/51776", TREE_READ | TREE_WRITE);
}

static void
down (void)
{
  grub_xen_down ();
  assert_quiet ();
  assert_xen_clean ();
  assert_int_equal (shim.blocks, SHIM_KEPT);
  assert_int_equal (store.open_transactions, 0);
}

/* Read and write something, and see that each gets its own answer.  */
static void
use (void)
{
  static unsigned int n;
  char *value, text[16];

  snprintf (text, sizeof (text), "%u", ++n);
  assert_int_equal (grub_xenstore_write (NO_TX, KEY, text), GRUB_ERR_NONE);
  assert_int_equal (grub_xenstore_read (NO_TX, "name", &value),
		    GRUB_ERR_NONE);
  assert_string_equal (value, "guest");
  grub_free (value);
  assert_int_equal (grub_xenstore_read (NO_TX, KEY, &value), GRUB_ERR_NONE);
  assert_string_equal (value, text);
  grub_free (value);
}

static void
no_store (void **state)
{
  (void) state;
  xen.params[HVM_PARAM_STORE_PFN] = 0;
  assert_int_equal (grub_xen_up (), GRUB_ERR_BAD_DEVICE);
  assert_raised (GRUB_ERR_BAD_DEVICE, "no xenstore");
  assert_xen_clean ();
  xen.params[HVM_PARAM_STORE_PFN] = XEN_STORE_FRAME;
  xen.params[HVM_PARAM_STORE_EVTCHN] = 0;
  assert_int_equal (grub_xen_up (), GRUB_ERR_BAD_DEVICE);
  assert_raised (GRUB_ERR_BAD_DEVICE, "no xenstore");
  assert_xen_clean ();
  assert_int_equal (grub_xen_is_up (), 0);
}

static void
store_parameters_make_no_sense (void **state)
{
  (void) state;
  xen.params[HVM_PARAM_STORE_PFN] = 0x100000000;
  assert_int_equal (grub_xen_up (), GRUB_ERR_BAD_DEVICE);
  assert_raised (GRUB_ERR_BAD_DEVICE, "make no sense");
  xen.params[HVM_PARAM_STORE_PFN] = XEN_STORE_FRAME;
  xen.params[HVM_PARAM_STORE_EVTCHN] = 0x100000003;
  assert_int_equal (grub_xen_up (), GRUB_ERR_BAD_DEVICE);
  assert_raised (GRUB_ERR_BAD_DEVICE, "make no sense");
  xen.params[HVM_PARAM_STORE_EVTCHN] = 70000;
  assert_int_equal (grub_xen_up (), GRUB_ERR_BAD_DEVICE);
  assert_raised (GRUB_ERR_BAD_DEVICE, "out of range");
  assert_xen_clean ();
}

static void
not_connected (void **state)
{
  char *value;

  (void) state;
  assert_int_equal (grub_xenstore_read (NO_TX, "name", &value), GRUB_ERR_IO);
  assert_raised (GRUB_ERR_IO, "not connected");
  up ();
  down ();
  assert_int_equal (grub_xenstore_write (NO_TX, KEY, ""), GRUB_ERR_IO);
  assert_raised (GRUB_ERR_IO, "not connected");
}

static void
old_daemon (void **state)
{
  (void) state;
  store.knows_reset_watches = 0;
  xen.store->server_features = 0;
  up ();
  use ();
  down ();
}

static void
up_and_down_often (void **state)
{
  int i;

  (void) state;
  for (i = 0; i < 20; i++)
    {
      up ();
      use ();
      down ();
    }
}

/* Every place at which a reply or a request can be cut in two.  */
static void
any_chunk (void **state)
{
  unsigned int n;

  (void) state;
  up ();
  for (n = 1; n < 48; n++)
    {
      store.write_chunk = n;
      store.read_chunk = 0;
      use ();
      store.read_chunk = n;
      use ();
      store.write_chunk = 0;
      use ();
    }
  store.write_chunk = store.read_chunk = 0;
  down ();
}

/* Indices run through 2^32 at every offset of a message.  */
static void
indices_wrap (void **state)
{
  uint32_t start;

  (void) state;
  for (start = 0; start < 60; start++)
    {
      xen.store->req_prod = xen.store->req_cons = -start;
      xen.store->rsp_prod = xen.store->rsp_cons = -(start / 2);
      up ();
      use ();
      assert_in_range (xen.store->req_prod, 0, 1000);
      down ();
    }
}

static void
long_values_pass_the_ring (void **state)
{
  static char text[4060];
  char *value;
  unsigned int i;

  (void) state;
  up ();
  memset (text, 'y', sizeof (text) - 1);
  for (i = 0; i < 3; i++)
    {
      store.write_chunk = store.read_chunk = i * 100;
      assert_int_equal (grub_xenstore_write (NO_TX, KEY, text),
			GRUB_ERR_NONE);
      assert_int_equal (grub_xenstore_read (NO_TX, KEY, &value),
			GRUB_ERR_NONE);
      assert_string_equal (value, text);
      grub_free (value);
    }
  down ();
}

static void
watch_events_are_passed_over (void **state)
{
  (void) state;
  up ();
  store.watch_events = 3;
  use ();
  /* One that is as long as can be, cut in the middle.  */
  store.write_chunk = 7;
  use ();
  store.watch_events = 100;
  use ();
  store.watch_events = 0;
  use ();
  down ();
}

static void
watch_events_without_end (void **state)
{
  char *value;

  (void) state;
  up ();
  store.watch_events = 2000;
  assert_int_equal (grub_xenstore_read (NO_TX, "name", &value),
		    GRUB_ERR_NONE);
  grub_free (value);
  down ();
}

static void
garbage_in_the_ring_with_reconnect (void **state)
{
  (void) state;
  memset (xen.store->rsp, 0x5a, XENSTORE_RING_SIZE);
  xen.store->rsp_cons = 100;
  xen.store->rsp_prod = 133;
  up ();
  assert_int_equal (store.reconnects, 1);
  use ();
  down ();
  xen.store->rsp_prod += 5000;
  up ();
  assert_int_equal (store.reconnects, 2);
  use ();
  down ();
}

static void
an_old_reply_in_the_ring (void **state)
{
  struct xsd_sockmsg head = { XS_READ, 1, 0, 6 };

  (void) state;
  /* Left by the firmware; its id may be the first one used here, too.  */
  xen.store->server_features = 0;
  memcpy (xen.store->rsp, &head, sizeof (head));
  memcpy (xen.store->rsp + sizeof (head), "wrong", 6);
  xen.store->rsp_prod = sizeof (head) + 6;
  up ();
  use ();
  down ();
}

static void
garbage_without_reconnect (void **state)
{
  char *value;

  (void) state;
  xen.store->server_features = 0;
  memset (xen.store->rsp, 0x5a, XENSTORE_RING_SIZE);
  xen.store->rsp_prod = 40;
  assert_int_equal (grub_xen_up (), GRUB_ERR_NONE);
  assert_int_equal (grub_xenstore_read (NO_TX, "name", &value), GRUB_ERR_IO);
  assert_raised (GRUB_ERR_IO, "name");
  down ();
}

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
  up ();
  one_fault (STORE_SILENT, GRUB_ERR_TIMEOUT);
  use ();
  one_fault (STORE_LOST, GRUB_ERR_TIMEOUT);
  use ();
  down ();
}

static void
late_answers (void **state)
{
  uint64_t late;

  (void) state;
  for (late = 4900; late < 5300; late += 40)
    {
      up ();
      store.late = late * MS;
      one_fault (STORE_LATE, late < 5000 ? GRUB_ERR_NONE : GRUB_ERR_TIMEOUT);
      use ();
      clock_pass (SECOND);
      use ();
      down ();
    }
}

static void
late_answer_comes_while_leaving (void **state)
{
  char *value;

  (void) state;
  up ();
  store.late = 6 * SECOND;
  one_fault (STORE_LATE, GRUB_ERR_TIMEOUT);
  grub_xen_down ();
  /* The next user's page has no half message, and its first request gets its
     own answer.  */
  clock_pass (2 * SECOND);
  assert_int_equal (xen.store->rsp_prod, xen.store->rsp_cons);
  assert_int_equal (grub_xen_up (), GRUB_ERR_NONE);
  assert_int_equal (grub_xenstore_read (NO_TX, "domid", &value),
		    GRUB_ERR_NONE);
  assert_string_equal (value, "7");
  grub_free (value);
  down ();
}

static void
dead_daemon (void **state)
{
  uint64_t start;

  (void) state;
  up ();
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
  down ();
  store.dead = 0;
  store.fault = STORE_FINE;
  up ();
  use ();
  down ();
}

static void
answers_that_are_not_ours (void **state)
{
  (void) state;
  up ();
  one_fault (STORE_WRONG_ID, GRUB_ERR_TIMEOUT);
  use ();
  one_fault (STORE_WRONG_TYPE, GRUB_ERR_IO);
  use ();
  one_fault (STORE_EMPTY, GRUB_ERR_NONE);
  use ();
  down ();
}

/* After FAULT the stream is out of step; reconnecting mends it, and so does
   coming again.  */
static void
broken_by (enum store_fault fault)
{
  char *value;

  up ();
  one_fault (fault, GRUB_ERR_IO);
  store.dead = 0;
  use ();
  assert_in_range (store.reconnects, 1, 1);
  xen.store->server_features = 0;
  one_fault (fault, GRUB_ERR_IO);
  store.dead = 0;
  assert_int_equal (grub_xenstore_read (NO_TX, "name", &value), GRUB_ERR_IO);
  assert_raised (GRUB_ERR_IO, "broken");
  down ();
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
  up ();
  one_fault (STORE_HALF, GRUB_ERR_TIMEOUT);
  store.dead = 0;
  down ();
  up ();
  use ();
  down ();
}

/* Requests that do not fit while nobody reads.  */
static void
full_request_ring (void **state)
{
  static char text[3000];
  uint64_t start;

  (void) state;
  up ();
  memset (text, 'z', sizeof (text) - 1);
  store.dead = 1;
  start = clock_now ();
  assert_int_equal (grub_xenstore_write (NO_TX, KEY, text),
		    GRUB_ERR_TIMEOUT);
  assert_raised (GRUB_ERR_TIMEOUT, KEY);
  assert_in_range (clock_now () - start, 0,
		   (GRUB_XEN_STORE_TIMEOUT + 200) * MS);
  store.dead = 0;
  down ();
  up ();
  use ();
  down ();
}

static void
request_index_makes_no_sense (void **state)
{
  char *value;

  (void) state;
  up ();
  xen.store->req_cons += 9000;
  assert_int_equal (grub_xenstore_read (NO_TX, "name", &value), GRUB_ERR_IO);
  assert_raised (GRUB_ERR_IO, "name");
  down ();
}

static void
notifications_refused (void **state)
{
  char *value;

  (void) state;
  up ();
  clock_pass (SECOND);
  xen.send_rc = -GRUB_XEN_EINVAL;
  assert_int_equal (grub_xenstore_read (NO_TX, "name", &value),
		    GRUB_ERR_TIMEOUT);
  assert_raised (GRUB_ERR_TIMEOUT, "name");
  xen.send_rc = 0;
  use ();
  down ();
}

static const struct unit_test tests[] =
  {
    UNIT_TEST (no_store),
    UNIT_TEST (store_parameters_make_no_sense),
    UNIT_TEST (not_connected),
    UNIT_TEST (old_daemon),
    UNIT_TEST (up_and_down_often),
    UNIT_TEST (any_chunk),
    UNIT_TEST (indices_wrap),
    UNIT_TEST (long_values_pass_the_ring),
    UNIT_TEST (watch_events_are_passed_over),
    UNIT_TEST (watch_events_without_end),
    UNIT_TEST (garbage_in_the_ring_with_reconnect),
    UNIT_TEST (an_old_reply_in_the_ring),
    UNIT_TEST (garbage_without_reconnect),
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
