/*
 *  grub-xen-hvm  --  tests of reading ahead
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
#include <stdlib.h>
#include <grub/mm.h>
#include <grub/xen/grant.h>
#include <grub/xen/hvm.h>
#include <grub/xen/wait.h>
#include <grub/xen/xen.h>
#include "front.h"

/* What GRUB's disk cache asks for at a time.  */
#define PIECE		(32 * 1024)
#define PIECE_SECTORS	(PIECE / 512)

/* As much as is read ahead at most, in sectors.  */
#define WINDOW		2048

/* What is left to others (transfer.c).  */
#define SPARE_PAGES	32

/* Larger than a window, and not a multiple of anything.  */
#define SECTORS		(4 * WINDOW + 24)

static void
up (void)
{
  front_up (SECTORS);
  front_connect ();
}

/* Read from FIRST on to LAST, in pieces.  */
static void
read_on (uint64_t first, uint64_t last, size_t bytes)
{
  while (first < last)
    {
      if (bytes > (last - first) * 512)
	bytes = (last - first) * 512;
      front_read (first, bytes);
      first += bytes / 512;
    }
}

static void
any_order_batch_and_delay (void **state)
{
  static const uint64_t jitters[] = { 0, 50 * US, 5 * MS };
  enum disk_order order;
  unsigned int batch, i;

  (void) state;
  front_up (SECTORS);
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
	  read_on (0, SECTORS, PIECE);
	  assert_int_equal (front_asked (disk), SECTORS);
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
  front_up (SECTORS / 4);
  for (bytes = 512; bytes < 80 * 4096; bytes = bytes * 7 / 4 / 512 * 512 + 512)
    {
      disk_forget_asked (disk);
      front_connect ();
      read_on (3, SECTORS / 4, bytes);
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
  up ();
  front_read (pos, PIECE);
  pos += PIECE_SECTORS;
  assert_int_equal (front_asked_end (disk), pos);
  for (; pos < SECTORS - WINDOW - PIECE_SECTORS; pos += PIECE_SECTORS)
    {
      front_read (pos, PIECE);
      clock_pass (10 * MS);
      ahead = front_asked_end (disk) - (pos + PIECE_SECTORS);
      assert_in_range (ahead, before ? 1 : PIECE_SECTORS, WINDOW);
      before = ahead > before ? ahead : before;
    }
  assert_int_equal (before, WINDOW);
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
  read_on (0, mib * 2048, 1 << 20);
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
  up ();
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
  up ();
  for (i = 0; i < 200; i++)
    {
      uint64_t sector = disk_random (&seed, SECTORS - 400);
      size_t n = 1 + disk_random (&seed, 300);

      /* Right behind each other only by chance: not this time.  */
      front_read (sector, n * 512);
      sum += n;
    }
  assert_int_equal (front_asked (disk), sum);
  front_down ();
}

/* A file system's own data, now and then, does not end a row.  */
static void
scattered_reads_in_between (void **state)
{
  uint64_t pos;
  unsigned int others = 0;

  (void) state;
  up ();
  for (pos = 4096; pos + PIECE_SECTORS <= SECTORS; pos += PIECE_SECTORS)
    {
      front_read (pos, PIECE);
      if (pos / PIECE_SECTORS % 4 == 0)
	{
	  front_read (pos % 3000, 4096);
	  others += 8;
	}
    }
  assert_in_range (front_asked (disk), pos - 4096 + others,
		   SECTORS - 4096 + others);
  front_down ();
}

static void
the_same_again (void **state)
{
  int i;

  (void) state;
  up ();
  read_on (0, WINDOW, PIECE);
  for (i = 0; i < 10; i++)
    front_read (0, PIECE);
  read_on (0, WINDOW, PIECE);
  /* Backwards.  */
  for (i = 20; i >= 0; i--)
    front_read (i * PIECE_SECTORS, PIECE);
  front_down ();
}

/* Write N sectors at SECTOR and change the model of the disk with them.  */
static void
write_new (uint64_t sector, size_t n, int value)
{
  char *buf = malloc (n * 512);

  memset (buf, value, n * 512);
  assert_int_equal (grub_xen_blkfront_write (&front, sector, n * 512, buf),
		    GRUB_ERR_NONE);
  assert_memory_equal (disk->data + sector * 512, buf, n * 512);
  free (buf);
}

/* N sectors at SECTOR are what the disk holds now.  */
static void
read_now (uint64_t sector, size_t n)
{
  char *buf = malloc (n * 512);

  assert_int_equal (grub_xen_blkfront_read (&front, sector, n * 512, buf),
		    GRUB_ERR_NONE);
  assert_memory_equal (buf, disk->data + sector * 512, n * 512);
  free (buf);
}

static void
a_write_drops_what_was_read_ahead (void **state)
{
  enum disk_order order;
  uint64_t delay, place;

  (void) state;
  up ();
  for (order = DISK_FIFO; order <= DISK_SHUFFLED; order++)
    for (delay = 0; delay < 3; delay++)
      for (place = 0; place < WINDOW; place += 333)
	{
	  disk->order = order;
	  disk->batch = delay ? 1 : 0;
	  disk->io_delay = 100 * US;
	  read_on (0, 4 * PIECE_SECTORS, PIECE);
	  /* Some of it is in flight still, or all, or none.  */
	  disk->io_delay = delay * 3 * MS;
	  clock_pass (delay == 1 ? 5 * MS : 0);
	  write_new (4 * PIECE_SECTORS + place, 9, 1 + place + delay);
	  read_now (4 * PIECE_SECTORS, WINDOW + 100);
	  read_now (4 * PIECE_SECTORS + place, 9);
	}
  front_down ();
}

/* Errors.  */

static void
an_error_ahead_is_nobodys (void **state)
{
  const uint64_t bad = 1000;
  uint64_t pos;
  char *buf = malloc (PIECE);

  (void) state;
  up ();
  disk->bad_sector = bad;
  for (pos = 0; pos + PIECE_SECTORS <= bad; pos += PIECE_SECTORS)
    front_read (pos, PIECE);
  assert_in_range (disk->bad_requests, 1, 1000);
  /* Up to the very sector.  */
  for (; pos + 8 <= bad; pos += 8)
    front_read (pos, 8 * 512);
  assert_int_equal (grub_xen_blkfront_read (&front, bad, 512, buf),
		    GRUB_ERR_READ_ERROR);
  assert_raised (GRUB_ERR_READ_ERROR, FRONT_NAME);
  front_read (bad + 1, PIECE);
  assert_null (front.stream.ring.dead);
  /* It heals.  */
  disk->bad_sector = ~0ULL;
  front_read (bad - 8, PIECE);
  free (buf);
  front_down ();
}

static void
an_error_that_is_over_is_none (void **state)
{
  uint64_t pos;

  (void) state;
  up ();
  for (pos = 0; pos + PIECE_SECTORS <= SECTORS; pos += PIECE_SECTORS)
    {
      /* Whatever is asked for beyond what is wanted fails.  */
      disk->bad_sector = pos + PIECE_SECTORS;
      disk->bad_sectors = SECTORS;
      front_read (pos, PIECE);
      clock_pass (20 * MS);
    }
  assert_in_range (disk->bad_requests, 1, 100000);
  front_down ();
}

static void
every_read_fails_where_it_should (void **state)
{
  char *buf = malloc (PIECE);
  uint64_t bad, pos;

  (void) state;
  up ();
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
  char *buf = malloc (PIECE);
  uint64_t pos, start = 0;
  unsigned long at;
  grub_err_t err = GRUB_ERR_NONE;

  (void) state;
  for (at = 1; at < 12; at++)
    {
      front_up (SECTORS);
      front_connect ();
      disk->fault = DISK_SILENT;
      disk->fault_at = at;
      for (pos = 0; pos + PIECE_SECTORS <= SECTORS; pos += PIECE_SECTORS)
	{
	  start = clock_now ();
	  err = grub_xen_blkfront_read (&front, pos, PIECE, buf);
	  if (err)
	    break;
	  assert_memory_equal (buf, disk->data + pos * 512, PIECE);
	  /* As long as nothing is missing nobody waits.  */
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
  front_up (SECTORS);
  for (i = 0; i < 3; i++)
    {
      uint64_t start;

      disk->io_delay = 100 * US;
      disk->batch = 1;
      front_connect ();
      read_on (0, 10 * PIECE_SECTORS, PIECE);
      disk->io_delay = delays[i];
      read_on (3000, 3000 + 2 * PIECE_SECTORS, PIECE);
      assert_int_not_equal (front.stream.ring.in_flight, 0);
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
  up ();
  read_on (0, 10 * PIECE_SECTORS, PIECE);
  disk->dead = 1;
  front_read (10 * PIECE_SECTORS, 512);
  start = clock_now ();
  front_disconnect ();
  assert_in_range (clock_now () - start, 0, 15 * SECOND);
  front_connect ();
  read_on (0, 10 * PIECE_SECTORS, PIECE);
  front_down ();
}

/* Kinds of disks and backends.  */

static void
to_the_very_end (void **state)
{
  static const unsigned int sizes[] = { 1, 7, 8, 127, 128, 129, 200, 2049 };
  size_t i;

  (void) state;
  for (i = 0; i < sizeof (sizes) / sizeof (sizes[0]); i++)
    {
      front_up (sizes[i]);
      front_connect ();
      read_on (0, sizes[i], 4096);
      assert_int_equal (front_asked_end (disk), sizes[i]);
      read_on (0, sizes[i], 512);
      front_down ();
      front_renew ();
    }
}

static void
large_sectors (void **state)
{
  static const unsigned int sizes[] = { 1024, 2048, 4096 };
  size_t i, bytes;

  (void) state;
  front_up (SECTORS);
  for (i = 0; i < 3; i++)
    for (bytes = sizes[i]; bytes < 40 * 4096; bytes *= 3)
      {
	disk->sector_size = sizes[i];
	disk_forget_asked (disk);
	front_connect ();
	read_on (0, SECTORS, bytes);
	front_asked_once (disk);
	front_disconnect ();
      }
  front_down ();
}

/* A backend of this sort: read on, and write.  */
static void
a_sort_of_backend (unsigned int indirect, const char *key, int persistent,
		   unsigned int widest)
{
  front_up (SECTORS);
  disk->indirect = indirect;
  disk->indirect_key = key;
  disk->persistent = persistent;
  disk_publish (disk);
  front_connect ();
  read_on (0, SECTORS, PIECE);
  front_read (0, SECTORS * 512);
  write_new (5, SECTORS - 5, 'w');
  read_now (0, SECTORS);
  assert_int_equal (disk->widest, widest);
  assert_int_equal (disk->indirect_requests != 0, widest > 11);
  front_down ();
  front_renew ();
}

static void
any_sort_of_backend (void **state)
{
  int persistent;

  (void) state;
  for (persistent = 0; persistent < 2; persistent++)
    {
      a_sort_of_backend (0, 0, persistent, 11);
      a_sort_of_backend (1, 0, persistent, 11);
      a_sort_of_backend (11, 0, persistent, 11);
      a_sort_of_backend (12, 0, persistent, 12);
      a_sort_of_backend (32, 0, persistent, 32);
      a_sort_of_backend (64, 0, persistent, 64);
      a_sort_of_backend (256, 0, persistent, 64);
      a_sort_of_backend (256, "4294967295", persistent, 64);
      a_sort_of_backend (256, "4294967296", persistent, 11);
      a_sort_of_backend (256, "99999999999999999999999", persistent, 11);
      a_sort_of_backend (256, "-1", persistent, 11);
      a_sort_of_backend (256, "many", persistent, 11);
      a_sort_of_backend (256, "", persistent, 11);
    }
}

/* Small requests are direct even where there are indirect ones.  */
static void
small_requests_are_direct (void **state)
{
  unsigned int i;

  (void) state;
  up ();
  for (i = 1; i <= 11; i++)
    front_read (i * 200, i * 4096);
  assert_int_equal (disk->indirect_requests, 0);
  front_read (5000, 12 * 4096);
  assert_int_equal (disk->indirect_requests, 1);
  front_down ();
}

static void
a_persistent_backend_keeps_what_it_saw (void **state)
{
  (void) state;
  up ();
  front_read (0, 16 * 4096);
  /* Data, and the list of it.  */
  assert_int_equal (disk->n_kept, 17);
  read_on (0, SECTORS, PIECE);
  assert_in_range (disk->n_kept, 17, GRUB_XEN_POOL_PAGES);
  /* And the ring.  */
  assert_int_equal (xen_mapped_left (), disk->n_kept + 1);
  front_disconnect ();
  disk->persistent = 0;
  disk_publish (disk);
  front_connect ();
  read_on (0, SECTORS, PIECE);
  assert_int_equal (disk->n_kept, 0);
  front_down ();
}

static void
any_address (void **state)
{
  char *memory = malloc (PIECE + 16), *copy = malloc (PIECE);
  unsigned int odd;
  uint64_t pos = 0;

  (void) state;
  up ();
  for (odd = 0; odd < 16; odd++)
    {
      memset (memory, 0x44, PIECE + 16);
      assert_int_equal (grub_xen_blkfront_read (&front, pos, PIECE,
						memory + odd), GRUB_ERR_NONE);
      assert_memory_equal (memory + odd, disk->data + pos * 512, PIECE);
      assert_int_equal (odd ? memory[odd - 1] : 0x44, 0x44);
      assert_int_equal (odd < 15 ? memory[PIECE + odd] : 0x44, 0x44);
      memset (memory + odd, odd + 1, PIECE);
      memcpy (copy, memory + odd, PIECE);
      assert_int_equal (grub_xen_blkfront_write (&front, 4000, PIECE,
						 memory + odd), GRUB_ERR_NONE);
      assert_memory_equal (disk->data + 4000 * 512, copy, PIECE);
      pos += PIECE_SECTORS;
    }
  free (memory);
  free (copy);
  front_down ();
}

/* Pools.  */

static void
pools_of_any_size (void **state)
{
  static const unsigned int sizes[] =
    { 1, 2, 3, 10, 11, 12, 13, 17, 32, 33, 44, 64, 65, 96, 97, 98, 130 };
  enum disk_order order;
  size_t i;

  (void) state;
  for (i = 0; i < sizeof (sizes) / sizeof (sizes[0]); i++)
    for (order = DISK_FIFO; order <= DISK_SHUFFLED; order++)
      {
	front_up (WINDOW);
	front_hold_pages (sizes[i]);
	disk->order = order;
	disk->batch = 2;
	front_connect ();
	read_on (3, WINDOW, PIECE);
	front_read (0, WINDOW * 512);
	write_new (11, 1500, 'p');
	read_now (0, WINDOW);
	read_now (0, 64);
	grub_xen_blkfront_disconnect (&front);
	front_release_pages ();
	front_down ();
	front_renew ();
      }
}

static void
memory_for_a_smaller_pool (void **state)
{
  static const unsigned int pages[] =
    { 1, 2, 11, 12, 13, 17, 64, 511, 512, 513 };
  size_t i;

  (void) state;
  front_up (WINDOW);
  for (i = 0; i < sizeof (pages) / sizeof (pages[0]); i++)
    {
      shim.largest = pages[i] < 2 ? 4096 : pages[i] * 4096;
      front_connect ();
      assert_in_range (front.pool->pages, pages[i] / 2,
		       pages[i] < GRUB_XEN_POOL_PAGES ? pages[i]
		       : GRUB_XEN_POOL_PAGES);
      assert_int_not_equal (front.pool->pages, 0);
      read_on (0, WINDOW, PIECE);
      front_read (0, WINDOW * 512);
      front_disconnect ();
    }
  front_down ();
}

/* Disks of one domain share its pool.  */

#define MANY	8

static struct
{
  struct disk *disk;
  struct grub_xen_blkfront front;
  char name[16];
  char path[32];
} many[MANY];

static void
connect_many (unsigned int n)
{
  unsigned int i;

  for (i = 0; i < n; i++)
    {
      snprintf (many[i].name, sizeof (many[i].name), "xen/xvd%c", 'f' + i);
      snprintf (many[i].path, sizeof (many[i].path), "device/vbd/%u",
		51792 + 16 * i);
      many[i].disk = disk_add (51792 + 16 * i, many[i].name + 4, SECTORS);
      assert_int_equal (grub_xen_blkfront_connect (&many[i].front,
						   many[i].name, many[i].path,
						   51792 + 16 * i),
			GRUB_ERR_NONE);
      assert_ptr_equal (many[i].front.pool, many[0].front.pool);
    }
}

static void
disconnect_many (unsigned int n)
{
  unsigned int i;

  for (i = 0; i < n; i++)
    {
      assert_string_equal (many[i].disk->complaint, "");
      grub_xen_blkfront_disconnect (&many[i].front);
      assert_int_equal (disk_keys_left (many[i].disk), 0);
    }
}

static void
disks_read_alternately (void **state)
{
  enum disk_order order;
  unsigned int i, n;
  uint64_t pos, start;

  (void) state;
  for (n = 2; n <= MANY; n += 3)
    for (order = DISK_FIFO; order <= DISK_SHUFFLED; order++)
      {
	front_up (8);
	connect_many (n);
	for (i = 0; i < n; i++)
	  many[i].disk->order = order;
	start = clock_now ();
	for (pos = 0; pos + PIECE_SECTORS <= SECTORS; pos += PIECE_SECTORS)
	  for (i = 0; i < n; i++)
	    {
	      front_read_from (&many[i].front, many[i].disk, pos, PIECE);
	      assert_in_range (many[0].front.pool->free, SPARE_PAGES,
			       GRUB_XEN_POOL_PAGES);
	    }
	/* None waits for another's time to be over.  */
	assert_in_range (clock_now () - start, 0, SECOND);
	for (i = 0; i < n; i++)
	  front_asked_once (many[i].disk);
	disconnect_many (n);
	grub_xen_down ();
	assert_xen_clean ();
	front_renew ();
      }
}

/* Pages of one disk's dropped reads must not be missing for another for good.  */
static void
disks_that_jump (void **state)
{
  uint32_t seed = 3;
  unsigned int i, round;

  (void) state;
  front_up (8);
  connect_many (4);
  for (round = 0; round < 300; round++)
    for (i = 0; i < 4; i++)
      {
	uint64_t pos = disk_random (&seed, SECTORS - 4 * PIECE_SECTORS);
	unsigned int n;

	many[i].disk->io_delay = disk_random (&seed, 3000) * US;
	for (n = 0; n < 4; n++)
	  front_read_from (&many[i].front, many[i].disk,
			   pos + n * PIECE_SECTORS, PIECE);
      }
  disconnect_many (4);
  grub_xen_down ();
  assert_xen_clean ();
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
    UNIT_TEST (to_the_very_end),
    UNIT_TEST (large_sectors),
    UNIT_TEST (any_sort_of_backend),
    UNIT_TEST (small_requests_are_direct),
    UNIT_TEST (a_persistent_backend_keeps_what_it_saw),
    UNIT_TEST (any_address),
    UNIT_TEST (pools_of_any_size),
    UNIT_TEST (memory_for_a_smaller_pool),
    UNIT_TEST (disks_read_alternately),
    UNIT_TEST (disks_that_jump),
  };

UNIT_MAIN (tests)
