/* SPDX-License-Identifier: GPL-3.0-or-later */
/* t_io.c - tests of reading and writing: sizes, flushes, refused requests
   Copyright (C) 2026  The grub-xen-hvm authors  */

#include <stdlib.h>
#include <grub/mm.h>
#include "disks.h"
#include <grub/xen/grant.h>
#include <grub/xen/evtchn.h>
#include <grub/xen/resume.h>
#include "front.h"
#include "store.h"

static void
up (void)
{
  front_up (1024);
  front_connect ();
}

static void
past_the_end (void **state)
{
  static const struct
  {
    uint64_t sector;
    size_t bytes;
  } bad[] =
    {
      { 1024, 512 }, { 1023, 1024 }, { 1025, 0 }, { 0, 1025 * 512 },
      { ~0ULL, 512 }, { ~0ULL - 1, 4096 }, { 1ULL << 55, 512 },
      { 0x100000000ULL, 512 }
    };
  unsigned long reads;
  char *buf = malloc (1025 * 512);
  size_t i;

  (void) state;
  up ();
  reads = disk->reads;
  for (i = 0; i < sizeof (bad) / sizeof (bad[0]); i++)
    {
      assert_int_equal (grub_xen_blkfront_read (&front, bad[i].sector,
						bad[i].bytes, buf),
			GRUB_ERR_OUT_OF_RANGE);
      assert_raised (GRUB_ERR_OUT_OF_RANGE, FRONT_NAME);
      assert_int_equal (grub_xen_blkfront_write (&front, bad[i].sector,
						 bad[i].bytes, buf),
			GRUB_ERR_OUT_OF_RANGE);
      assert_raised (GRUB_ERR_OUT_OF_RANGE, FRONT_NAME);
    }
  assert_int_equal (disk->reads, reads);
  assert_int_equal (disk->writes, 0);
  front_read (1023, 512);
  front_read (0, 1024 * 512);
  front_read (1024, 0);
  free (buf);
  front_down ();
}

static void
writes_are_flushed (void **state)
{
  char buf[4096];

  (void) state;
  up ();
  memset (buf, 'w', sizeof (buf));
  assert_int_equal (grub_xen_blkfront_write (&front, 8, sizeof (buf), buf),
		    GRUB_ERR_NONE);
  assert_memory_equal (disk->data + 8 * 512, buf, sizeof (buf));
  assert_int_equal (disk->flushes, 1);
  assert_int_equal (disk->dirty, 0);
  front_down ();
}

static void
writes_with_barriers (void **state)
{
  char buf[512];

  (void) state;
  front_up (1024);
  disk->flush = 0;
  disk->barrier = 1;
  disk_publish (disk);
  front_connect ();
  memset (buf, 'b', sizeof (buf));
  assert_int_equal (grub_xen_blkfront_write (&front, 8, sizeof (buf), buf),
		    GRUB_ERR_NONE);
  assert_int_equal (disk->flushes, 1);
  assert_int_equal (disk->dirty, 0);
  front_down ();
}

static void
writes_without_flush (void **state)
{
  char buf[512];

  (void) state;
  front_up (1024);
  disk->flush = 0;
  disk_publish (disk);
  front_connect ();
  memset (buf, 'n', sizeof (buf));
  assert_int_equal (grub_xen_blkfront_write (&front, 8, sizeof (buf), buf),
		    GRUB_ERR_NONE);
  assert_memory_equal (disk->data + 8 * 512, buf, sizeof (buf));
  front_down ();
}

static void
flush_promised_but_unknown (void **state)
{
  unsigned long responses;
  char buf[512];

  (void) state;
  up ();
  memset (buf, 'p', sizeof (buf));
  disk->flush = 0;
  assert_int_equal (grub_xen_blkfront_write (&front, 8, sizeof (buf), buf),
		    GRUB_ERR_NONE);
  assert_quiet ();
  assert_int_equal (front.flush_op, 0);
  responses = disk->responses;
  assert_int_equal (grub_xen_blkfront_write (&front, 8, sizeof (buf), buf),
		    GRUB_ERR_NONE);
  assert_int_equal (disk->responses, responses + 1);
  front_down ();
}

static void
a_flush_that_fails_is_a_write_that_fails (void **state)
{
  char buf[512] = "";

  (void) state;
  up ();
  disk->fault = DISK_ERROR;
  disk->fault_operation = BLKIF_OP_FLUSH_DISKCACHE;
  disk->fault_at = disk->responses + 1;
  assert_int_equal (grub_xen_blkfront_write (&front, 8, sizeof (buf), buf),
		    GRUB_ERR_WRITE_ERROR);
  assert_raised (GRUB_ERR_WRITE_ERROR, FRONT_NAME);
  front_down ();
}

static void
a_write_that_fails (void **state)
{
  char buf[512] = "";

  (void) state;
  up ();
  disk->bad_sector = 8;
  assert_int_equal (grub_xen_blkfront_write (&front, 8, sizeof (buf), buf),
		    GRUB_ERR_WRITE_ERROR);
  assert_raised (GRUB_ERR_WRITE_ERROR, FRONT_NAME);
  front_down ();
}

static void
read_only (void **state)
{
  char buf[512] = "";

  (void) state;
  front_up (1024);
  disk->info = VDISK_READONLY;
  front_connect ();
  assert_int_equal (grub_xen_blkfront_write (&front, 8, sizeof (buf), buf),
		    GRUB_ERR_ACCESS_DENIED);
  assert_raised (GRUB_ERR_ACCESS_DENIED, FRONT_NAME " is read-only");
  assert_int_equal (disk->writes, 0);
  front_read (8, 512);
  front_down ();
}

static void
sector_sizes (void **state)
{
  static const unsigned int sizes[] = { 512, 1024, 2048, 4096 };
  char *buf = malloc (8 * 4096);
  size_t i;

  (void) state;
  front_up (1024);
  for (i = 0; i < sizeof (sizes) / sizeof (sizes[0]); i++)
    {
      unsigned int in = sizes[i] / 512;

      disk->sector_size = sizes[i];
      front_connect ();
      assert_int_equal (front.sector_size, sizes[i]);
      assert_int_equal (1U << front.log_sector_size, sizes[i]);
      assert_int_equal (front.sectors, 1024);
      front_read (0, sizes[i]);
      front_read (3 * in, 5 * sizes[i]);
      front_read (1024 - in, sizes[i]);
      front_read (in, 60 * 4096);
      memcpy (buf, disk->data + 5 * in * 512, sizes[i]);
      assert_int_equal (grub_xen_blkfront_write (&front, 5 * in, sizes[i],
						 buf), GRUB_ERR_NONE);
      front_read (4 * in, 3 * sizes[i]);
      assert_int_equal (disk->bad_requests, 0);
      assert_string_equal (disk->complaint, "");
      front_disconnect ();
    }
  free (buf);
  front_down ();
}

static void
a_last_sector_that_is_not_whole (void **state)
{
  char buf[4096];

  (void) state;
  front_up (1024);
  disk->sector_size = 4096;
  disk->sectors_key = "1023";
  front_connect ();
  assert_int_equal (front.sectors, 1016);
  front_read (1008, 4096);
  assert_int_equal (grub_xen_blkfront_read (&front, 1016, 4096, buf),
		    GRUB_ERR_OUT_OF_RANGE);
  assert_raised (GRUB_ERR_OUT_OF_RANGE, FRONT_NAME);
  front_down ();
}

static void
one_sector_only (void **state)
{
  (void) state;
  front_up (1);
  front_connect ();
  front_read (0, 512);
  front_down ();
}

static void
cds (void **state)
{
  (void) state;
  front_up (1024);
  disk->info = VDISK_CDROM | VDISK_READONLY;
  disk->sector_size = 2048;
  disk_publish (disk);
  front_connect ();
  assert_true (front.info & VDISK_CDROM);
  front_read (64, 2048 * 3);
  front_disconnect ();
  /* The drawer is empty.  */
  disk->sectors_key = "0";
  assert_int_equal (front_try (&front, FRONT_NAME, FRONT_PATH,
					       FRONT_HANDLE),
		    GRUB_ERR_OUT_OF_RANGE);
  assert_raised (GRUB_ERR_OUT_OF_RANGE, FRONT_NAME ": no medium");
  front_is_clean ();
  front_down ();
}

static void
a_closed_channel (void **state)
{
  char buf[512];

  (void) state;
  up ();
  /* The state of a guest after a restore.  */
  xen.ports[front.port].send_rc = -XEN_EINVAL;
  assert_int_equal (grub_xen_blkfront_read (&front, 0, 512, buf),
		    GRUB_ERR_IO);
  assert_raised (GRUB_ERR_IO, FRONT_NAME);
  assert_int_equal (grub_xen_blkfront_read (&front, 0, 512, buf),
		    GRUB_ERR_IO);
  assert_raised (GRUB_ERR_IO, FRONT_NAME);
  front_down ();
}

/* Two disks of one domain share a pool: pages that one of them loses must not
   harm the other.  */
static void
a_lost_request_costs_one_disk (void **state)
{
  struct disk *good;
  struct grub_xen_disk *other;
  char buf[4096];

  (void) state;
  up ();
  good = disk_add (51792, "xvdf", 64);
  other = grub_xen_disk_find ("xen/xvdf");
  assert_int_equal (grub_xen_disk_connect (other), GRUB_ERR_NONE);
  assert_ptr_equal (other->front.pool, front.pool);
  disk->fault = DISK_SILENT;
  disk->fault_at = disk->responses + 1;
  assert_int_equal (grub_xen_blkfront_read (&front, 0, 4096, buf),
		    GRUB_ERR_TIMEOUT);
  assert_raised (GRUB_ERR_TIMEOUT, FRONT_NAME);
  assert_int_equal (grub_xen_disk_connect (other), GRUB_ERR_NONE);
  assert_ptr_not_equal (other->front.pool, front.pool);
  front_read_from (&other->front, good, 0, 4096);
  grub_xen_disks_forget ();
  assert_int_equal (disk_keys_left (good), 0);
  front_down ();
}

static void
pages_that_a_backend_keeps_are_reserved (void **state)
{
  char *pool;

  (void) state;
  shim.debug = 1;
  up ();
  pool = front.pool->memory;
  disk->keeps_pages = 1;
  front_read (0, 3 * 4096);
  grub_xen_blkfront_disconnect (&front);
  assert_quiet ();
  assert_printed ("still maps 3 pages");
  assert_true (shim_is_block (pool, 0));
  assert_true (shim_is_reserved (pool, GRUB_XEN_POOL_PAGES * 4096));
  assert_int_equal (shim.blocks, SHIM_UP + 2);
  assert_int_equal (xen_grants_left (), 3);
  assert_int_equal (grub_xen_grant_count (), 3);
  assert_int_equal (xen_ports_left (), 0);
  assert_int_equal (disk_keys_left (disk), 0);
  /* The disk connects again, with other pages.  */
  disk->keeps_pages = 0;
  front_connect ();
  assert_ptr_not_equal (front.pool->memory, pool);
  front_read (0, 3 * 4096);
  grub_xen_blkfront_disconnect (&front);
  /* The backend has unmapped the old pages together with these.  */
  grub_xen_pages_reclaim ();
  assert_false (shim_is_reserved (pool, 4096));
  front_down ();
}

static void
a_ring_that_a_backend_keeps_is_reserved (void **state)
{
  char *ring;

  (void) state;
  up ();
  ring = front.ring_page->memory;
  disk->keeps_ring = 1;
  disk->stuck = XenbusStateConnected;
  grub_xen_blkfront_disconnect (&front);
  assert_quiet ();
  assert_true (shim_is_block (ring, 4096));
  assert_true (shim_is_reserved (ring, 4096));
  assert_int_equal (xen_ports_left (), 0);
  assert_int_equal (disk_keys_left (disk), 0);
  /* The next frontend repairs the state Closed.  */
  assert_int_equal (disk_frontend_state (disk), XenbusStateClosed);
  grub_xen_pages_settle ();
  assert_printed (FRONT_NAME);
  grub_xen_down ();
  assert_int_equal (xen_slots_left (), 0);
  disk->keeps_ring = 0;
  disk_ring_kill (disk);
  assert_int_equal (grub_xen_up (), GRUB_ERR_NONE);
  assert_false (shim_is_reserved (ring, 4096));
  grub_xen_down ();
  assert_xen_clean ();
  assert_int_equal (shim.blocks, SHIM_KEPT);
}

static const struct unit_test tests[] =
  {
    UNIT_TEST (past_the_end),
    UNIT_TEST (writes_are_flushed),
    UNIT_TEST (writes_with_barriers),
    UNIT_TEST (writes_without_flush),
    UNIT_TEST (flush_promised_but_unknown),
    UNIT_TEST (a_flush_that_fails_is_a_write_that_fails),
    UNIT_TEST (a_write_that_fails),
    UNIT_TEST (read_only),
    UNIT_TEST (sector_sizes),
    UNIT_TEST (a_last_sector_that_is_not_whole),
    UNIT_TEST (one_sector_only),
    UNIT_TEST (cds),
    UNIT_TEST (a_closed_channel),
    UNIT_TEST (a_lost_request_costs_one_disk),
    UNIT_TEST (pages_that_a_backend_keeps_are_reserved),
    UNIT_TEST (a_ring_that_a_backend_keeps_is_reserved),
  };

UNIT_MAIN (tests)
