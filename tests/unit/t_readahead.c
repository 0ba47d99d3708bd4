/* SPDX-License-Identifier: GPL-3.0-or-later */
/* t_readahead.c - tests of readahead
   Copyright (C) 2026  The grub-xen-hvm authors  */

#include <stdio.h>
#include <stdlib.h>
#include <grub/mm.h>
#include <grub/xen/grant.h>
#include <grub/xen/hvm.h>
#include <grub/xen/evtchn.h>
#include <grub/xen/resume.h>
#include "front.h"

static void
any_order_batch_and_delay (void **state)
{
  static const uint64_t jitters[] = { 0, 50 * US, 5 * MS };
  enum disk_order order;
  unsigned int batch, i;

  (void) state;
  front_up (FRONT_SECTORS);
  for (order = DISK_FIFO; order <= DISK_SHUFFLED; order++)
    for (batch = 0; batch < 12; batch += 3)
      for (i = 0; i < 3; i++)
	{
	  disk->order = order;
	  disk->batch = batch;
	  disk->jitter = jitters[i];
	  disk->seed = batch * 3 + i;
	  disk_forget_asked (disk);
	  front_connect ();
	  front_read_on (0, FRONT_SECTORS, FRONT_PIECE);
	  assert_int_equal (front_asked (disk), FRONT_SECTORS);
	  front_asked_once (disk);
	  front_disconnect ();
	}
  front_down ();
}

static void
every_size_of_piece (void **state)
{
  size_t bytes;

  (void) state;
  front_up (FRONT_SECTORS / 4);
  for (bytes = 512; bytes < 80 * 4096; bytes = bytes * 7 / 4 / 512 * 512 + 512)
    {
      disk_forget_asked (disk);
      front_connect ();
      front_read_on (3, FRONT_SECTORS / 4, bytes);
      front_asked_once (disk);
      front_disconnect ();
    }
  front_down ();
}

static void
the_window_grows_to_its_limit (void **state)
{
  uint64_t pos = 64, ahead, before = 0;

  (void) state;
  front_begin ();
  front_read (pos, FRONT_PIECE);
  pos += FRONT_STEP;
  assert_int_equal (front_asked_end (disk), pos);
  for (; pos < FRONT_SECTORS - FRONT_WINDOW - FRONT_STEP; pos += FRONT_STEP)
    {
      front_read (pos, FRONT_PIECE);
      clock_pass (10 * MS);
      ahead = front_asked_end (disk) - (pos + FRONT_STEP);
      assert_in_range (ahead, before ? 1 : FRONT_STEP, FRONT_WINDOW);
      before = ahead > before ? ahead : before;
    }
  assert_int_equal (before, FRONT_WINDOW);
  front_down ();
}

static void
few_events_and_wakes (void **state)
{
  struct grub_xen_counters start;
  const unsigned int mib = 16;

  (void) state;
  front_up (mib * 2048);
  front_connect ();
  start = grub_xen_counters;
  front_read_on (0, mib * 2048, 1 << 20);
  assert_in_range (grub_xen_counters.notifications - start.notifications, 1,
		   2 * mib);
  assert_in_range (grub_xen_counters.hypercalls - start.hypercalls, 1,
		   4 * mib);
  assert_int_equal (xen.calls >= grub_xen_counters.hypercalls, 1);
  start = grub_xen_counters;
  disk_forget_asked (disk);
  front_read (0, mib << 20);
  assert_in_range (grub_xen_counters.notifications - start.notifications, 1,
		   2 * mib);
  assert_in_range (grub_xen_counters.hypercalls - start.hypercalls, 1,
		   4 * mib);
  front_asked_once (disk);
  front_down ();
}

static void
counters_count (void **state)
{
  struct grub_xen_counters start;
  unsigned long sends, requests;

  (void) state;
  front_begin ();
  start = grub_xen_counters;
  sends = xen.sends;
  requests = disk->n_asked;
  front_read (100, 5 * 4096);
  front_read (2000, 60 * 4096 + 512);
  assert_int_equal (grub_xen_counters.copied - start.copied,
		    65 * 4096 + 512);
  assert_int_equal (grub_xen_counters.requests - start.requests,
		    disk->n_asked - requests);
  assert_int_equal (grub_xen_counters.notifications - start.notifications,
		    xen.sends - sends);
  assert_int_not_equal (grub_xen_counters.waits, start.waits);
  front_down ();
}

static void
scattered_reads_are_not_a_row (void **state)
{
  uint64_t sum = 0;
  uint32_t seed = 7;
  int i;

  (void) state;
  front_begin ();
  for (i = 0; i < 200; i++)
    {
      uint64_t sector = disk_random (&seed, FRONT_SECTORS - 400);
      size_t n = 1 + disk_random (&seed, 300);

      /* With these numbers no read happens to start at the end of the last
	 one.  */
      front_read (sector, n * 512);
      sum += n;
    }
  assert_int_equal (front_asked (disk), sum);
  front_down ();
}

/* Occasional reads of a file system's metadata do not end a sequence.  */
static void
scattered_reads_in_between (void **state)
{
  uint64_t pos;
  unsigned int others = 0;

  (void) state;
  front_begin ();
  for (pos = 4096; pos + FRONT_STEP <= FRONT_SECTORS; pos += FRONT_STEP)
    {
      front_read (pos, FRONT_PIECE);
      if (pos / FRONT_STEP % 4 == 0)
	{
	  front_read (pos % 3000, 4096);
	  others += 8;
	}
    }
  assert_in_range (front_asked (disk), pos - 4096 + others,
		   FRONT_SECTORS - 4096 + others);
  front_down ();
}

static void
the_same_again (void **state)
{
  int i;

  (void) state;
  front_begin ();
  front_read_on (0, FRONT_WINDOW, FRONT_PIECE);
  for (i = 0; i < 10; i++)
    front_read (0, FRONT_PIECE);
  front_read_on (0, FRONT_WINDOW, FRONT_PIECE);
  /* Read backwards.  */
  for (i = 20; i >= 0; i--)
    front_read (i * FRONT_STEP, FRONT_PIECE);
  front_down ();
}

static void
a_write_drops_what_was_read_ahead (void **state)
{
  enum disk_order order;
  uint64_t delay, place;

  (void) state;
  front_begin ();
  for (order = DISK_FIFO; order <= DISK_SHUFFLED; order++)
    for (delay = 0; delay < 3; delay++)
      for (place = 0; place < FRONT_WINDOW; place += 333)
	{
	  disk->order = order;
	  disk->batch = delay ? 1 : 0;
	  disk->io_delay = 100 * US;
	  front_read_on (0, 4 * FRONT_STEP, FRONT_PIECE);
	  /* All, some or none of the readahead is still in flight.  */
	  disk->io_delay = delay * 3 * MS;
	  clock_pass (delay == 1 ? 5 * MS : 0);
	  front_write (4 * FRONT_STEP + place, 9, 1 + place + delay);
	  front_read_now (4 * FRONT_STEP, FRONT_WINDOW + 100);
	  front_read_now (4 * FRONT_STEP + place, 9);
	}
  front_down ();
}

/* Errors.  */

static void
an_error_ahead_is_nobodys (void **state)
{
  const uint64_t bad = 1000;
  uint64_t pos;
  char *buf = malloc (FRONT_PIECE);

  (void) state;
  front_begin ();
  disk->bad_sector = bad;
  for (pos = 0; pos + FRONT_STEP <= bad; pos += FRONT_STEP)
    front_read (pos, FRONT_PIECE);
  assert_in_range (disk->bad_requests, 1, 1000);
  /* Read up to the bad sector.  */
  for (; pos + 8 <= bad; pos += 8)
    front_read (pos, 8 * 512);
  assert_int_equal (grub_xen_blkfront_read (&front, bad, 512, buf),
		    GRUB_ERR_READ_ERROR);
  assert_raised (GRUB_ERR_READ_ERROR, FRONT_NAME);
  front_read (bad + 1, FRONT_PIECE);
  assert_true (grub_xen_ring_is_open (&front.io.ring));
  /* The sector is good again.  */
  disk->bad_sector = ~0ULL;
  front_read (bad - 8, FRONT_PIECE);
  free (buf);
  front_down ();
}

static void
an_error_that_is_over_is_none (void **state)
{
  uint64_t pos;

  (void) state;
  front_begin ();
  for (pos = 0; pos + FRONT_STEP <= FRONT_SECTORS; pos += FRONT_STEP)
    {
      /* All requests beyond the wanted sectors fail.  */
      disk->bad_sector = pos + FRONT_STEP;
      disk->bad_sectors = FRONT_SECTORS;
      front_read (pos, FRONT_PIECE);
      clock_pass (20 * MS);
    }
  assert_in_range (disk->bad_requests, 1, 100000);
  front_down ();
}

static void
every_read_fails_where_it_should (void **state)
{
  char *buf = malloc (FRONT_PIECE);
  uint64_t bad, pos;

  (void) state;
  front_begin ();
  for (bad = 100; bad < 3000; bad += 467)
    {
      disk->bad_sector = bad;
      disk->bad_sectors = 3;
      for (pos = 0; pos < 3200; pos += 40)
	{
	  grub_err_t err = grub_xen_blkfront_read (&front, pos, 40 * 512, buf);
	  int hits = pos + 40 > bad && pos < bad + 3;

	  assert_int_equal (err, hits ? GRUB_ERR_READ_ERROR : GRUB_ERR_NONE);
	  if (!hits)
	    assert_memory_equal (buf, disk->data + pos * 512, 40 * 512);
	  grub_errno = GRUB_ERR_NONE;
	}
    }
  free (buf);
  front_down ();
}

static void
a_backend_that_dies_meanwhile (void **state)
{
  char *buf = malloc (FRONT_PIECE);
  uint64_t pos, start = 0;
  unsigned long at;
  grub_err_t err = GRUB_ERR_NONE;

  (void) state;
  for (at = 1; at < 12; at++)
    {
      front_up (FRONT_SECTORS);
      front_connect ();
      disk->fault = DISK_SILENT;
      disk->fault_at = at;
      for (pos = 0; pos + FRONT_STEP <= FRONT_SECTORS; pos += FRONT_STEP)
	{
	  start = clock_now ();
	  err = grub_xen_blkfront_read (&front, pos, FRONT_PIECE, buf);
	  if (err)
	    break;
	  assert_memory_equal (buf, disk->data + pos * 512, FRONT_PIECE);
	  /* There is no wait as long as no data is missing.  */
	  assert_in_range (clock_now () - start, 0, SECOND);
	}
      assert_int_equal (err, GRUB_ERR_TIMEOUT);
      assert_raised (GRUB_ERR_TIMEOUT, FRONT_NAME);
      assert_in_range (clock_now () - start, 0,
		       (GRUB_XEN_IO_TIMEOUT + 1000) * MS);
      start = clock_now ();
      front_down ();
      assert_in_range (clock_now () - start, 0, 40 * SECOND);
      front_renew ();
    }
  free (buf);
}

static void
disconnected_in_full_flight (void **state)
{
  static const uint64_t delays[] = { 100 * US, 30 * MS, 2 * SECOND };
  unsigned int i;

  (void) state;
  front_up (FRONT_SECTORS);
  for (i = 0; i < 3; i++)
    {
      uint64_t start;

      disk->io_delay = 100 * US;
      disk->batch = 1;
      front_connect ();
      front_read_on (0, 10 * FRONT_STEP, FRONT_PIECE);
      disk->io_delay = delays[i];
      front_read_on (3000, 3000 + 2 * FRONT_STEP, FRONT_PIECE);
      assert_int_not_equal (front.io.ring.in_flight, 0);
      start = clock_now ();
      front_disconnect ();
      assert_in_range (clock_now () - start, 0, 15 * SECOND);
    }
  front_down ();
}

static void
disconnected_from_the_dead (void **state)
{
  uint64_t start;

  (void) state;
  front_begin ();
  front_read_on (0, 10 * FRONT_STEP, FRONT_PIECE);
  disk->dead = 1;
  front_read (10 * FRONT_STEP, 512);
  start = clock_now ();
  front_disconnect ();
  assert_in_range (clock_now () - start, 0, 15 * SECOND);
  front_connect ();
  front_read_on (0, 10 * FRONT_STEP, FRONT_PIECE);
  front_down ();
}

static const struct unit_test tests[] =
  {
    UNIT_TEST (any_order_batch_and_delay),
    UNIT_TEST (every_size_of_piece),
    UNIT_TEST (the_window_grows_to_its_limit),
    UNIT_TEST (few_events_and_wakes),
    UNIT_TEST (counters_count),
    UNIT_TEST (scattered_reads_are_not_a_row),
    UNIT_TEST (scattered_reads_in_between),
    UNIT_TEST (the_same_again),
    UNIT_TEST (a_write_drops_what_was_read_ahead),
    UNIT_TEST (an_error_ahead_is_nobodys),
    UNIT_TEST (an_error_that_is_over_is_none),
    UNIT_TEST (every_read_fails_where_it_should),
    UNIT_TEST (a_backend_that_dies_meanwhile),
    UNIT_TEST (disconnected_in_full_flight),
    UNIT_TEST (disconnected_from_the_dead),
  };

UNIT_MAIN (tests)
