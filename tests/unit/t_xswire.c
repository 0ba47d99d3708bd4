/* SPDX-License-Identifier: GPL-3.0-or-later */
/* t_xswire.c - tests of xswire.c: messages of any length, in any pieces
   Copyright (C) 2026  The grub-xen-hvm authors  */

#include <grub/mm.h>
#include <grub/xen/hvm.h>
#include <grub/xen/evtchn.h>
#include <grub/xen/resume.h>
#include <grub/xen/xenstore.h>
#include "store.h"
#include "xs.h"

#define NO_TX	GRUB_XENSTORE_NO_TX

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
  assert_raised (GRUB_ERR_BAD_DEVICE, "is not valid");
  xen.params[HVM_PARAM_STORE_PFN] = XEN_STORE_FRAME;
  xen.params[HVM_PARAM_STORE_EVTCHN] = 0x100000003;
  assert_int_equal (grub_xen_up (), GRUB_ERR_BAD_DEVICE);
  assert_raised (GRUB_ERR_BAD_DEVICE, "is not valid");
  xen.params[HVM_PARAM_STORE_EVTCHN] = 70000;
  assert_int_equal (grub_xen_up (), GRUB_ERR_BAD_DEVICE);
  assert_raised (GRUB_ERR_BAD_DEVICE, "is not valid");
  assert_xen_clean ();
}

static void
not_connected (void **state)
{
  char *value;

  (void) state;
  assert_int_equal (grub_xenstore_read (NO_TX, "name", &value), GRUB_ERR_IO);
  assert_raised (GRUB_ERR_IO, "not connected");
  xs_up ();
  xs_down ();
  assert_int_equal (grub_xenstore_write (NO_TX, XS_KEY, ""), GRUB_ERR_IO);
  assert_raised (GRUB_ERR_IO, "not connected");
}

static void
old_daemon (void **state)
{
  (void) state;
  store.knows_reset_watches = 0;
  xen.store->server_features = 0;
  xs_up ();
  xs_use ();
  xs_down ();
}

static void
up_and_down_often (void **state)
{
  int i;

  (void) state;
  for (i = 0; i < 20; i++)
    {
      xs_up ();
      xs_use ();
      xs_down ();
    }
}

/* Replies and requests are cut at each place.  */
static void
any_chunk (void **state)
{
  unsigned int n;

  (void) state;
  xs_up ();
  for (n = 1; n < 48; n++)
    {
      store.write_chunk = n;
      store.read_chunk = 0;
      xs_use ();
      store.read_chunk = n;
      xs_use ();
      store.write_chunk = 0;
      xs_use ();
    }
  store.write_chunk = store.read_chunk = 0;
  xs_down ();
}

/* Indices wrap at 2^32 at every offset of a message.  */
static void
indices_wrap (void **state)
{
  uint32_t start;

  (void) state;
  for (start = 0; start < 60; start++)
    {
      xen.store->req_prod = xen.store->req_cons = -start;
      xen.store->rsp_prod = xen.store->rsp_cons = -(start / 2);
      xs_up ();
      xs_use ();
      assert_in_range (xen.store->req_prod, 0, 1000);
      xs_down ();
    }
}

static void
long_values_pass_the_ring (void **state)
{
  static char text[4060];
  char *value;
  unsigned int i;

  (void) state;
  xs_up ();
  memset (text, 'y', sizeof (text) - 1);
  for (i = 0; i < 3; i++)
    {
      store.write_chunk = store.read_chunk = i * 100;
      assert_int_equal (grub_xenstore_write (NO_TX, XS_KEY, text),
			GRUB_ERR_NONE);
      assert_int_equal (grub_xenstore_read (NO_TX, XS_KEY, &value),
			GRUB_ERR_NONE);
      assert_string_equal (value, text);
      grub_free (value);
    }
  xs_down ();
}

static void
watch_events_are_passed_over (void **state)
{
  (void) state;
  xs_up ();
  store.watch_events = 3;
  xs_use ();
  /* The same with messages in pieces, and with many events.  */
  store.write_chunk = 7;
  xs_use ();
  store.watch_events = 100;
  xs_use ();
  store.watch_events = 0;
  xs_use ();
  xs_down ();
}

static void
watch_events_without_end (void **state)
{
  char *value;

  (void) state;
  xs_up ();
  store.watch_events = 2000;
  assert_int_equal (grub_xenstore_read (NO_TX, "name", &value),
		    GRUB_ERR_NONE);
  grub_free (value);
  xs_down ();
}

static void
garbage_in_the_ring_with_reconnect (void **state)
{
  (void) state;
  memset (xen.store->rsp, 0x5a, XENSTORE_RING_SIZE);
  xen.store->rsp_cons = 100;
  xen.store->rsp_prod = 133;
  xs_up ();
  assert_int_equal (store.reconnects, 1);
  xs_use ();
  xs_down ();
  xen.store->rsp_prod += 5000;
  xs_up ();
  assert_int_equal (store.reconnects, 2);
  xs_use ();
  xs_down ();
}

static void
an_old_reply_in_the_ring (void **state)
{
  struct xsd_sockmsg head = { XS_READ, 1, 0, 6 };

  (void) state;
  /* The firmware's reply may have the same id as GRUB's first request.  */
  xen.store->server_features = 0;
  memcpy (xen.store->rsp, &head, sizeof (head));
  memcpy (xen.store->rsp + sizeof (head), "wrong", 6);
  xen.store->rsp_prod = sizeof (head) + 6;
  xs_up ();
  xs_use ();
  xs_down ();
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
  xs_down ();
}

/* A daemon without reconnection does not read for too long.  The ring contains
   a part of a request that is longer than the ring.  */
static void
send_half_a_request (void)
{
  char value[3000];

  xen.store->server_features = 0;
  xs_up ();
  memset (value, 'x', sizeof (value) - 1);
  value[sizeof (value) - 1] = 0;
  store.dead = 1;
  assert_int_equal (grub_xenstore_write (NO_TX, XS_KEY, value),
		    GRUB_ERR_TIMEOUT);
  grub_errno = GRUB_ERR_NONE;
  assert_int_equal (xen.store->req_prod - xen.store->req_cons,
		    XENSTORE_RING_SIZE);
}

/* The rest of the request is sent before the next one.  */
static void
the_rest_is_sent (void **state)
{
  (void) state;
  send_half_a_request ();
  store.dead = 0;
  xs_use ();
  assert_int_equal (xen.store->req_prod, xen.store->req_cons);
  xs_down ();
}

/* An OS must not find a part of a request in the ring: xenstored would take
   the OS's first request for the rest.  */
static void
the_rest_is_sent_at_the_end (void **state)
{
  (void) state;
  send_half_a_request ();
  store.dead = 0;
  grub_xen_down ();
  assert_quiet ();
  assert_int_equal (xen.store->req_prod, xen.store->req_cons);
  assert_int_equal (xen.store->rsp_prod, xen.store->rsp_cons);
  xs_up ();
  xs_use ();
  xs_down ();
}

static void
a_part_is_taken_back (void **state)
{
  (void) state;
  send_half_a_request ();
  grub_xen_down ();
  assert_quiet ();
  assert_int_equal (xen.store->req_prod, xen.store->req_cons);
  store.dead = 0;
  xs_up ();
  xs_use ();
  xs_down ();
}

static const struct unit_test tests[] =
  {
    UNIT_TEST (no_store),
    UNIT_TEST_ON (XEN_HVM | XEN_PVH, store_parameters_make_no_sense),
    UNIT_TEST (not_connected),
    UNIT_TEST (old_daemon),
    UNIT_TEST (up_and_down_often),
    UNIT_TEST (any_chunk),
    UNIT_TEST (indices_wrap),
    UNIT_TEST (long_values_pass_the_ring),
    UNIT_TEST (the_rest_is_sent),
    UNIT_TEST (the_rest_is_sent_at_the_end),
    UNIT_TEST (a_part_is_taken_back),
    UNIT_TEST (watch_events_are_passed_over),
    UNIT_TEST (watch_events_without_end),
    UNIT_TEST (garbage_in_the_ring_with_reconnect),
    UNIT_TEST (an_old_reply_in_the_ring),
    UNIT_TEST (garbage_without_reconnect),
  };

UNIT_MAIN (tests)
