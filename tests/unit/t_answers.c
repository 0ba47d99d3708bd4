/* SPDX-License-Identifier: GPL-3.0-or-later */
/* t_answers.c - tests of wrong responses, at any place
   Copyright (C) 2026  The grub-xen-hvm authors  */

#include <stdlib.h>
#include <grub/mm.h>
#include <grub/xen/grant.h>
#include <grub/xen/evtchn.h>
#include <grub/xen/resume.h>
#include "front.h"

/* More data than one round of the ring can request.  */
#define BYTES	(40 * 11 * 4096)

static void
up (void)
{
  front_up (2 * BYTES / 512);
  front_connect ();
}

/* The disk is disabled, and each access returns ERR at once.  */
static void
is_disabled (grub_err_t err)
{
  uint64_t start = clock_now ();
  unsigned long reads = disk->reads;
  char buf[512];

  assert_int_equal (grub_xen_blkfront_read (&front, 0, 512, buf), err);
  assert_raised (err, FRONT_NAME " is disabled");
  assert_int_equal (grub_xen_blkfront_write (&front, 0, 512, buf), err);
  assert_raised (err, FRONT_NAME " is disabled");
  assert_in_range (clock_now () - start, 0, 100 * MS);
  assert_int_equal (disk->reads, reads);
}

/* FAULT happens to response number AT.  The transfer ends with ERR (0: either
   GRUB_ERR_IO or GRUB_ERR_TIMEOUT) and TEXT.  Disconnecting leaves nothing,
   and a new connection works.  */
static void
misbehaves (enum disk_fault fault, unsigned long at, grub_err_t err,
	    const char *text)
{
  uint64_t start = clock_now ();
  char *buf = malloc (BYTES);
  grub_err_t got;

  front_connect ();
  disk->fault = fault;
  disk->fault_at = disk->responses + at;
  got = grub_xen_blkfront_read (&front, 0, BYTES, buf);
  if (!err && got != GRUB_ERR_NONE)
    err = got == GRUB_ERR_IO ? GRUB_ERR_IO : GRUB_ERR_TIMEOUT;
  assert_int_equal (got, err);
  assert_int_not_equal (got, GRUB_ERR_NONE);
  assert_non_null (strstr (grub_errmsg, FRONT_NAME));
  assert_raised (err, text);
  assert_in_range (clock_now () - start, 0,
		   (GRUB_XEN_IO_TIMEOUT + 1000) * MS);
  is_disabled (err);
  free (buf);
  front_disconnect ();
  disk->fault = DISK_FINE;
  front_connect ();
  front_read (0, BYTES);
  front_disconnect ();
}

static void
in_any_order (enum disk_fault fault, unsigned long at, grub_err_t err,
	      const char *text)
{
  enum disk_order order;

  for (order = DISK_FIFO; order <= DISK_SHUFFLED; order++)
    {
      disk->order = order;
      disk->batch = order == DISK_LIFO ? 3 : 0;
      misbehaves (fault, at, err, text);
    }
}

static void
at_any_response (enum disk_fault fault, grub_err_t err, const char *text)
{
  static const unsigned long direct[] = { 1, 2, 15, 16, 17, 32, 33, 39 };
  unsigned long at;
  size_t i;

  front_up (2 * BYTES / 512);
  for (at = 1; at <= BYTES / 4096 / GRUB_XEN_RING_SEGMENTS; at += 2)
    in_any_order (fault, at, err, text);
  disk->indirect = 0;
  disk_publish (disk);
  for (i = 0; i < sizeof (direct) / sizeof (direct[0]); i++)
    in_any_order (fault, direct[i], err, text);
  front_down ();
}

static void
an_id_out_of_range (void **state)
{
  (void) state;
  at_any_response (DISK_ID_HUGE, GRUB_ERR_IO, "unknown request");
}

static void
an_id_that_is_not_in_flight (void **state)
{
  (void) state;
  at_any_response (DISK_ID_UNUSED, GRUB_ERR_IO, "");
}

static void
an_id_twice (void **state)
{
  (void) state;
  at_any_response (DISK_TWICE, GRUB_ERR_IO, "");
}

static void
another_operation (void **state)
{
  (void) state;
  at_any_response (DISK_OPERATION, GRUB_ERR_IO, "another operation");
}

static void
an_unknown_status (void **state)
{
  (void) state;
  at_any_response (DISK_STATUS, GRUB_ERR_IO, "unknown status");
}

static void
an_index_too_far (void **state)
{
  (void) state;
  at_any_response (DISK_PROD_FAR, GRUB_ERR_IO, "more responses than requests");
}

static void
an_index_that_goes_back (void **state)
{
  (void) state;
  /* The index may hide a response that GRUB has seen, or one that it has
     not.  */
  at_any_response (DISK_PROD_BACK, GRUB_ERR_NONE, "");
}

static void
no_answer_any_more (void **state)
{
  (void) state;
  at_any_response (DISK_SILENT, GRUB_ERR_TIMEOUT, "does not answer");
}

static void
one_answer_is_lost (void **state)
{
  (void) state;
  at_any_response (DISK_LOST, GRUB_ERR_TIMEOUT, "does not answer");
}

/* Wrong responses to writes and flushes are handled like those to reads.  */
static void
writes_too (void **state)
{
  enum disk_fault fault;
  char *buf = calloc (1, BYTES);

  (void) state;
  front_up (2 * BYTES / 512);
  for (fault = DISK_SILENT; fault < DISK_FAULTS; fault++)
    {
      if (fault == DISK_NO_EVENT)
	continue;
      front_connect ();
      disk->fault = fault;
      disk->fault_at = disk->responses + 5;
      assert_int_not_equal (grub_xen_blkfront_write (&front, 0, BYTES, buf),
			    GRUB_ERR_NONE);
      assert_non_null (strstr (grub_errmsg, FRONT_NAME));
      grub_errno = GRUB_ERR_NONE;
      front_disconnect ();
      front_connect ();
      disk->fault_operation = BLKIF_OP_FLUSH_DISKCACHE;
      disk->fault_at = disk->responses + 1;
      assert_int_not_equal (grub_xen_blkfront_write (&front, 0, 512, buf),
			    GRUB_ERR_NONE);
      assert_non_null (strstr (grub_errmsg, FRONT_NAME));
      grub_errno = GRUB_ERR_NONE;
      disk->fault_operation = 0xff;
      front_disconnect ();
    }
  free (buf);
  front_down ();
}

/* The backend changes anything in the shared page while GRUB reads.  */

static uint32_t seed = 1;

static uint32_t
random_number (void)
{
  seed = seed * 1664525 + 1013904223;
  return seed >> 8;
}

static void
scribble (void *arg)
{
  unsigned char *page = (unsigned char *) disk->ring.sring;
  unsigned int i;

  if (page)
    for (i = 0; i < 64; i++)
      page[random_number () % 4096] = random_number ();
  xen_raise (disk->port);
  clock_at (random_number () % 100 * US, scribble, arg);
}

static void
garbage_all_over_the_ring (void **state)
{
  char *buf = malloc (BYTES);
  int i;

  (void) state;
  front_up (2 * BYTES / 512);
  for (i = 0; i < 30; i++)
    {
      front_connect ();
      seed = i;
      disk->dead = 1;
      clock_at (random_number () % 1000 * US, scribble, &seed);
      /* The result is either an error or wrong data.  */
      if (grub_xen_blkfront_read (&front, 0, BYTES, buf))
	assert_non_null (strstr (grub_errmsg, FRONT_NAME));
      grub_errno = GRUB_ERR_NONE;
      clock_cancel (&seed);
      front_disconnect ();
    }
  free (buf);
  front_down ();
}

/* A response after GRUB's timeout must not change memory that has a new
   owner.  */
static void
late_writes_go_nowhere (void **state)
{
  enum { BLOCKS = 512 };
  char *buf = malloc (BYTES), *block[BLOCKS];
  unsigned int i, j;

  (void) state;
  up ();
  disk->fault = DISK_SILENT;
  disk->fault_at = 1;
  assert_int_equal (grub_xen_blkfront_read (&front, 0, 4096, buf),
		    GRUB_ERR_TIMEOUT);
  assert_raised (GRUB_ERR_TIMEOUT, FRONT_NAME);
  for (i = 0; i < BLOCKS; i++)
    {
      block[i] = grub_memalign (4096, 4096);
      memset (block[i], 0x77, 4096);
    }
  memset (disk->data, 0x55, 4096);
  assert_int_not_equal (disk->n_pending, 0);
  disk_ring_unstick (disk);
  disk_ring_disconnect (disk);
  is_disabled (GRUB_ERR_TIMEOUT);
  for (i = 0; i < BLOCKS; i++)
    {
      for (j = 0; j < 4096; j++)
	assert_int_equal (block[i][j], 0x77);
      grub_free (block[i]);
    }
  free (buf);
  grub_xen_pages_reclaim ();
  front_down ();
}

static const struct unit_test tests[] =
  {
    UNIT_TEST (an_id_out_of_range),
    UNIT_TEST (an_id_that_is_not_in_flight),
    UNIT_TEST (an_id_twice),
    UNIT_TEST (another_operation),
    UNIT_TEST (an_unknown_status),
    UNIT_TEST (an_index_too_far),
    UNIT_TEST (an_index_that_goes_back),
    UNIT_TEST (no_answer_any_more),
    UNIT_TEST (one_answer_is_lost),
    UNIT_TEST (writes_too),
    UNIT_TEST (garbage_all_over_the_ring),
    UNIT_TEST (late_writes_go_nowhere),
  };

UNIT_MAIN (tests)
