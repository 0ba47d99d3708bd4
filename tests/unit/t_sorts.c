/* SPDX-License-Identifier: GPL-3.0-or-later */
/* t_sorts.c - tests of different kinds of backends, disks and pools
   Copyright (C) 2026  The grub-xen-hvm authors  */

#include <stdio.h>
#include <stdlib.h>
#include <grub/mm.h>
#include <grub/xen/grant.h>
#include <grub/xen/hvm.h>
#include <grub/xen/evtchn.h>
#include <grub/xen/resume.h>
#include "front.h"

/* The pages that readahead leaves to other requests (blkio.c).  */
#define SPARE_PAGES	32

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
      front_read_on (0, sizes[i], 4096);
      assert_int_equal (front_asked_end (disk), sizes[i]);
      front_read_on (0, sizes[i], 512);
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
  front_up (FRONT_SECTORS);
  for (i = 0; i < 3; i++)
    for (bytes = sizes[i]; bytes < 40 * 4096; bytes *= 3)
      {
	disk->sector_size = sizes[i];
	disk_forget_asked (disk);
	front_connect ();
	front_read_on (0, FRONT_SECTORS, bytes);
	front_asked_once (disk);
	front_disconnect ();
      }
  front_down ();
}

/* Read in sequence and write, with a backend of this kind.  */
static void
a_sort_of_backend (unsigned int indirect, const char *key, int persistent,
		   unsigned int widest)
{
  front_up (FRONT_SECTORS);
  disk->indirect = indirect;
  disk->indirect_key = key;
  disk->persistent = persistent;
  disk_publish (disk);
  front_connect ();
  front_read_on (0, FRONT_SECTORS, FRONT_PIECE);
  front_read (0, FRONT_SECTORS * 512);
  front_write (5, FRONT_SECTORS - 5, 'w');
  front_read_now (0, FRONT_SECTORS);
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

/* Small requests are direct even if the backend supports indirect ones.  */
static void
small_requests_are_direct (void **state)
{
  unsigned int i;

  (void) state;
  front_begin ();
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
  front_begin ();
  front_read (0, 16 * 4096);
  /* The data pages and the list page.  */
  assert_int_equal (disk->n_kept, 17);
  front_read_on (0, FRONT_SECTORS, FRONT_PIECE);
  assert_in_range (disk->n_kept, 17, GRUB_XEN_POOL_PAGES);
  /* In addition, the ring.  */
  assert_int_equal (xen_mapped_left (), disk->n_kept + 1);
  front_disconnect ();
  disk->persistent = 0;
  disk_publish (disk);
  front_connect ();
  front_read_on (0, FRONT_SECTORS, FRONT_PIECE);
  assert_int_equal (disk->n_kept, 0);
  front_down ();
}

static void
any_address (void **state)
{
  char *memory = malloc (FRONT_PIECE + 16), *copy = malloc (FRONT_PIECE);
  unsigned int odd;
  uint64_t pos = 0;

  (void) state;
  front_begin ();
  for (odd = 0; odd < 16; odd++)
    {
      memset (memory, 0x44, FRONT_PIECE + 16);
      assert_int_equal (grub_xen_blkfront_read (&front, pos, FRONT_PIECE,
						memory + odd), GRUB_ERR_NONE);
      assert_memory_equal (memory + odd, disk->data + pos * 512, FRONT_PIECE);
      assert_int_equal (odd ? memory[odd - 1] : 0x44, 0x44);
      assert_int_equal (odd < 15 ? memory[FRONT_PIECE + odd] : 0x44, 0x44);
      memset (memory + odd, odd + 1, FRONT_PIECE);
      memcpy (copy, memory + odd, FRONT_PIECE);
      assert_int_equal (grub_xen_blkfront_write (&front, 4000, FRONT_PIECE,
						 memory + odd), GRUB_ERR_NONE);
      assert_memory_equal (disk->data + 4000 * 512, copy, FRONT_PIECE);
      pos += FRONT_STEP;
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
	front_up (FRONT_WINDOW);
	front_hold_pages (sizes[i]);
	disk->order = order;
	disk->batch = 2;
	front_connect ();
	front_read_on (3, FRONT_WINDOW, FRONT_PIECE);
	front_read (0, FRONT_WINDOW * 512);
	front_write (11, 1500, 'p');
	front_read_now (0, FRONT_WINDOW);
	front_read_now (0, 64);
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
  front_up (FRONT_WINDOW);
  for (i = 0; i < sizeof (pages) / sizeof (pages[0]); i++)
    {
      shim.largest = pages[i] < 2 ? 4096 : pages[i] * 4096;
      front_connect ();
      assert_in_range (front.pool->pages, pages[i] / 2,
		       pages[i] < GRUB_XEN_POOL_PAGES ? pages[i]
		       : GRUB_XEN_POOL_PAGES);
      assert_int_not_equal (front.pool->pages, 0);
      front_read_on (0, FRONT_WINDOW, FRONT_PIECE);
      front_read (0, FRONT_WINDOW * 512);
      front_disconnect ();
    }
  front_down ();
}

/* The disks of one domain share its pool.  */

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
      many[i].disk = disk_add (51792 + 16 * i, many[i].name + 4, FRONT_SECTORS);
      assert_int_equal (front_try (&many[i].front,
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
	for (pos = 0; pos + FRONT_STEP <= FRONT_SECTORS; pos += FRONT_STEP)
	  for (i = 0; i < n; i++)
	    {
	      front_read_from (&many[i].front, many[i].disk, pos, FRONT_PIECE);
	      assert_in_range (many[0].front.pool->free, SPARE_PAGES,
			       GRUB_XEN_POOL_PAGES);
	    }
	/* No disk waits for the timeout of another one.  */
	assert_in_range (clock_now () - start, 0, SECOND);
	for (i = 0; i < n; i++)
	  front_asked_once (many[i].disk);
	disconnect_many (n);
	grub_xen_down ();
	assert_xen_clean ();
	front_renew ();
      }
}

/* Pages of reads that one disk has dropped must become free for another
   disk.  */
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
	uint64_t pos = disk_random (&seed, FRONT_SECTORS - 4 * FRONT_STEP);
	unsigned int n;

	many[i].disk->io_delay = disk_random (&seed, 3000) * US;
	for (n = 0; n < 4; n++)
	  front_read_from (&many[i].front, many[i].disk,
			   pos + n * FRONT_STEP, FRONT_PIECE);
      }
  disconnect_many (4);
  grub_xen_down ();
  assert_xen_clean ();
}

static const struct unit_test tests[] =
  {
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
