/* SPDX-License-Identifier: GPL-3.0-or-later */
/* t_ring.c - tests of ring.c and pool.c: requests and responses
   Copyright (C) 2026  The grub-xen-hvm authors  */

#include <stdlib.h>
#include <grub/mm.h>
#include <grub/term.h>
#include <grub/xen/evtchn.h>
#include <grub/xen/grant.h>
#include "pool.h"
#include <grub/xen/resume.h>
#include "front.h"

/* More data than can be in flight at once.  */
#define LARGE	(2 * GRUB_XEN_POOL_PAGES * 4096)

static void
up (void)
{
  front_up (3 * LARGE / 512);
  front_connect ();
}

static void
any_length_and_place (void **state)
{
  size_t pages;

  (void) state;
  up ();
  front_read (0, 512);
  front_read (7, 512);
  front_read (1, 4096);
  front_read (5, 4096 + 512);
  for (pages = 1; pages < 40; pages++)
    {
      front_read (pages, pages * 4096);
      front_read (pages * 8 + 3, pages * 4096 - 512);
      front_read (8, pages * 4096 + 512);
    }
  front_read (0, LARGE);
  front_read (3, LARGE - 512);
  assert_int_equal (disk->bad_requests, 0);
  assert_string_equal (disk->complaint, "");
  front_down ();
}

static void
nothing_to_do (void **state)
{
  unsigned long reads;

  (void) state;
  up ();
  reads = disk->reads;
  assert_int_equal (grub_xen_blkio_read (&front.io, 0, 0, 0),
		    GRUB_ERR_NONE);
  assert_int_equal (disk->reads, reads);
  front_down ();
}

static void
many_in_flight (void **state)
{
  unsigned long sends;
  uint64_t start;

  (void) state;
  up ();
  sends = xen.sends;
  start = clock_now ();
  front_read (0, LARGE);
  /* Every response comes with an event, so no request waits for the end of a
     poll.  */
  assert_in_range (clock_now () - start, 0, 50 * MS);
  /* As many requests as the pool has pages for, each as long as possible, with
     few notifications.  */
  assert_int_equal (disk->most_pending,
		    GRUB_XEN_POOL_PAGES / (GRUB_XEN_RING_SEGMENTS + 1) + 1);
  assert_in_range (disk->reads, LARGE / 4096 / GRUB_XEN_RING_SEGMENTS,
		   2 * LARGE / 4096 / GRUB_XEN_RING_SEGMENTS);
  assert_in_range (xen.sends - sends, 1, 2 * LARGE >> 20);
  front_down ();
}

static void
any_order_and_pace (void **state)
{
  enum disk_order order;
  unsigned int batch;

  (void) state;
  up ();
  for (order = DISK_FIFO; order <= DISK_SHUFFLED; order++)
    for (batch = 0; batch < 5; batch++)
      {
	disk->order = order;
	disk->batch = batch;
	front_read (batch, LARGE);
      }
  front_down ();
}

static void
ring_indices_wrap (void **state)
{
  int i;

  (void) state;
  up ();
  /* The protocol starts at 0; this is the state after 2^32 - 20 requests.  */
  front.io.ring.req_prod = front.io.ring.req_pushed = front.io.ring.rsp_cons = -20;
  front.io.ring.shared->req_prod = front.io.ring.shared->rsp_prod = -20;
  front.io.ring.shared->req_event = front.io.ring.shared->rsp_event = -19;
  disk->ring.req_cons = disk->ring.rsp_prod_pvt = -20;
  for (i = 0; i < 40; i++)
    front_read (i, 11 * 4096 * 13);
  assert_in_range (front.io.ring.rsp_cons, 1, 1000);
  front_down ();
}

static void
writes_arrive (void **state)
{
  size_t bytes = 25 * 4096 + 512, i;
  char *buf = malloc (bytes);

  (void) state;
  up ();
  for (i = 0; i < bytes; i++)
    buf[i] = i * 7 + i / 512;
  assert_int_equal (grub_xen_blkio_write (&front.io, 9, bytes, buf),
		    GRUB_ERR_NONE);
  assert_memory_equal (disk->data + 9 * 512, buf, bytes);
  /* The sectors right before and right behind have not changed.  */
  front_read (0, 9 * 512);
  front_read (9 + bytes / 512, 4096);
  free (buf);
  front_down ();
}

static void
an_error_ends_one_transfer (void **state)
{
  char *buf = malloc (LARGE);

  (void) state;
  up ();
  disk->bad_sector = 1000;
  assert_int_equal (grub_xen_blkio_read (&front.io, 3, LARGE, buf),
		    GRUB_ERR_READ_ERROR);
  assert_raised (GRUB_ERR_READ_ERROR, FRONT_NAME);
  assert_int_equal (front.io.ring.in_flight, 0);
  assert_true (grub_xen_ring_is_open (&front.io.ring));
  assert_int_equal (grub_xen_blkio_write (&front.io, 999, 4096, buf),
		    GRUB_ERR_WRITE_ERROR);
  assert_raised (GRUB_ERR_WRITE_ERROR, "sector 999");
  disk->bad_sector = ~0ULL;
  front_read (2000, LARGE);
  free (buf);
  front_down ();
}

static void
not_supported_is_an_error_of_reads (void **state)
{
  char buf[512];

  (void) state;
  up ();
  disk->fault = DISK_NOT_SUPPORTED;
  disk->fault_at = disk->responses + 1;
  assert_int_equal (grub_xen_blkio_read (&front.io, 0, 512, buf),
		    GRUB_ERR_READ_ERROR);
  assert_raised (GRUB_ERR_READ_ERROR, "status -2");
  front_read (0, 512);
  front_down ();
}

static void
flush (void **state)
{
  int supported = 7;

  (void) state;
  up ();
  assert_int_equal (grub_xen_blkio_flush (&front.io,
					 BLKIF_OP_FLUSH_DISKCACHE,
					 &supported), GRUB_ERR_NONE);
  assert_int_equal (supported, 1);
  assert_int_equal (disk->flushes, 1);
  disk->flush = 0;
  assert_int_equal (grub_xen_blkio_flush (&front.io,
					 BLKIF_OP_FLUSH_DISKCACHE,
					 &supported), GRUB_ERR_NONE);
  assert_int_equal (supported, 0);
  assert_quiet ();
  disk->fault = DISK_ERROR;
  disk->fault_at = disk->responses + 1;
  assert_int_equal (grub_xen_blkio_flush (&front.io,
					 BLKIF_OP_FLUSH_DISKCACHE,
					 &supported), GRUB_ERR_WRITE_ERROR);
  assert_raised (GRUB_ERR_WRITE_ERROR, "flush");
  front_read (0, 512);
  front_down ();
}

static void
an_event_that_is_lost (void **state)
{
  (void) state;
  up ();
  disk->fault = DISK_NO_EVENT;
  disk->fault_at = disk->responses + 1;
  front_read (0, 512);
  front_down ();
}

static void
slow_but_alive (void **state)
{
  uint64_t start;
  unsigned int i;

  (void) state;
  up ();
  /* Each response is within the limit, and all together take far longer, but
     the number of responses shows progress.  */
  disk->io_delay = 5 * SECOND;
  disk->batch = 8;
  start = clock_now ();
  for (i = 0; i < 8; i++)
    front_read (0, FRONT_SECTORS * 512);
  assert_in_range (clock_now () - start, 60 * SECOND, 200 * SECOND);
  front_down ();
}

/* GRUB does not wait endlessly for a backend that takes almost the whole limit
   for each response, because a search reads a disk often.  */
static void
too_slow (void **state)
{
  uint64_t start = 0, sector;
  char buf[512];
  grub_err_t err = GRUB_ERR_NONE;

  (void) state;
  up ();
  disk->io_delay = 25 * SECOND;
  start = clock_now ();
  for (sector = 1; !err; sector += 100)
    err = grub_xen_blkfront_read (&front, sector, 512, buf);
  assert_in_range (clock_now () - start, 60 * SECOND, 120 * SECOND);
  assert_int_equal (err, GRUB_ERR_TIMEOUT);
  assert_raised (GRUB_ERR_TIMEOUT, "the backend is too slow (2 responses in 62 "
		 "s of waiting)");
  /* Later reads fail at once.  */
  start = clock_now ();
  assert_int_equal (grub_xen_blkfront_read (&front, 2, 512, buf),
		    GRUB_ERR_TIMEOUT);
  grub_errno = GRUB_ERR_NONE;
  assert_in_range (clock_now () - start, 0, 10 * MS);
  front_down ();
}

/* Esc ends a long wait, but not a short one; other keys do not end a wait.  */
static void
a_key_ends_a_wait (void **state)
{
  static const int other[] = { 'a', GRUB_TERM_NO_KEY, -1 };
  static const int esc[] = { 'a', GRUB_TERM_NO_KEY, GRUB_TERM_ESC, -1 };
  uint64_t start;
  char buf[512];

  (void) state;
  up ();
  shim.keys = esc + 2;
  disk->io_delay = 900 * MS;
  front_read (1, 512);
  assert_ptr_equal (shim.keys, esc + 2);
  disk->io_delay = 20 * SECOND;
  shim.keys = other;
  front_read (100, 512);
  assert_int_equal (*shim.keys, -1);
  shim.keys = esc;
  start = clock_now ();
  assert_int_equal (grub_xen_blkfront_read (&front, 200, 512, buf),
		    GRUB_ERR_TIMEOUT);
  assert_raised (GRUB_ERR_TIMEOUT, "a key ended the wait for the backend");
  assert_in_range (clock_now () - start, 1 * SECOND, 15 * SECOND);
  front_down ();
}

static void
small_pool (void **state)
{
  static const unsigned int pages[] = { 176, 88, 44, 22, 11, 5, 2, 1 };
  size_t i;

  (void) state;
  front_up (1000);
  for (i = 0; i < sizeof (pages) / sizeof (pages[0]); i++)
    {
      shim.largest = pages[i] * 4096;
      front_connect ();
      assert_in_range (front.pool->pages, pages[i] / 2 + 1, pages[i]);
      front_read (3, 300 * 1024);
      front_disconnect ();
    }
  front_down ();
}

static void
pool_with_few_grants (void **state)
{
  grant_ref_t refs[512];
  unsigned int n = 0, left;

  (void) state;
  xen.grant_frames_max = 1;
  front_up (1000);
  while (!grub_xen_grant_reserve (&refs[n]))
    n++;
  grub_errno = GRUB_ERR_NONE;
  /* The pool gets half; the rest is for rings.  */
  for (left = 2; left < 30; left += left == 2 ? 1 : 4)
    {
      unsigned int i;
      struct grub_xen_pool *pool;

      for (i = 0; i < left; i++)
	grub_xen_grant_release (refs[--n]);
      pool = grub_xen_pool_get (0);
      assert_non_null (pool);
      assert_int_equal (pool->pages, left / 2);
      grub_xen_pool_put (pool, FRONT_NAME);
      for (i = 0; i < left; i++)
	assert_int_equal (grub_xen_grant_reserve (&refs[n++]),
			  GRUB_ERR_NONE);
    }
  assert_null (grub_xen_pool_get (0));
  assert_raised (GRUB_ERR_OUT_OF_MEMORY, "domain 0");
  while (n)
    grub_xen_grant_release (refs[--n]);
  front_down ();
}

/* A guest with one frame of grants has fewer grants than a pool wants.  */
static void
pool_leaves_grants (void **state)
{
  grant_ref_t refs[512];
  unsigned int n = 0;

  (void) state;
  xen.grant_frames_max = 1;
  front_up (1000);
  front_connect ();
  assert_in_range (front.pool->pages, 200, 300);
  front_read (3, 300 * 1024);
  front_disconnect ();
  /* Two grants are enough: one for the ring and one for a page.  */
  while (!grub_xen_grant_reserve (&refs[n]))
    n++;
  grub_errno = GRUB_ERR_NONE;
  grub_xen_grant_release (refs[--n]);
  grub_xen_grant_release (refs[--n]);
  front_connect ();
  assert_int_equal (front.pool->pages, 1);
  front_read (3, 64 * 1024);
  while (n)
    grub_xen_grant_release (refs[--n]);
  front_disconnect ();
  front_down ();
}

static void
one_pool_a_domain (void **state)
{
  struct grub_xen_pool *a, *b, *c;

  (void) state;
  front_up (8);
  a = grub_xen_pool_get (0);
  b = grub_xen_pool_get (3);
  c = grub_xen_pool_get (0);
  assert_ptr_equal (a, c);
  assert_ptr_not_equal (a, b);
  assert_null (xen_map_grant (3, a->refs[0], 0));
  assert_non_null (xen_map_grant (3, b->refs[0], 0));
  xen_unmap_grant (b->refs[0], 0);
  grub_xen_pool_put (a, FRONT_NAME);
  assert_int_equal (xen_grants_left (), a->pages + b->pages);
  grub_xen_pool_put (c, FRONT_NAME);
  grub_xen_pool_put (b, FRONT_NAME);
  grub_xen_pool_put (0, FRONT_NAME);
  front_down ();
}

static void
an_abandoned_pool_gets_no_user (void **state)
{
  struct grub_xen_pool *a, *b;

  (void) state;
  front_up (8);
  a = grub_xen_pool_get (0);
  grub_xen_pool_abandon (a, FRONT_NAME);
  b = grub_xen_pool_get (0);
  assert_ptr_not_equal (a, b);
  grub_xen_pool_put (a, FRONT_NAME);
  grub_xen_pool_put (b, FRONT_NAME);
  front_down ();
}

static void
a_fresh_pool_tells_nothing (void **state)
{
  struct grub_xen_pool *pool;
  size_t i;

  (void) state;
  front_up (8);
  pool = grub_xen_pool_get (0);
  for (i = 0; i < pool->pages * 4096; i++)
    assert_int_equal (pool->memory[i], 0);
  grub_xen_pool_put (pool, FRONT_NAME);
  front_down ();
}

static const struct unit_test tests[] =
  {
    UNIT_TEST (any_length_and_place),
    UNIT_TEST (nothing_to_do),
    UNIT_TEST (many_in_flight),
    UNIT_TEST (any_order_and_pace),
    UNIT_TEST (ring_indices_wrap),
    UNIT_TEST (writes_arrive),
    UNIT_TEST (an_error_ends_one_transfer),
    UNIT_TEST (not_supported_is_an_error_of_reads),
    UNIT_TEST (flush),
    UNIT_TEST (an_event_that_is_lost),
    UNIT_TEST (slow_but_alive),
    UNIT_TEST (too_slow),
    UNIT_TEST (a_key_ends_a_wait),
    UNIT_TEST (small_pool),
    UNIT_TEST (pool_with_few_grants),
    UNIT_TEST (pool_leaves_grants),
    UNIT_TEST (one_pool_a_domain),
    UNIT_TEST (an_abandoned_pool_gets_no_user),
    UNIT_TEST (a_fresh_pool_tells_nothing),
  };

UNIT_MAIN (tests)
