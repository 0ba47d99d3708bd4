/* SPDX-License-Identifier: GPL-3.0-or-later */
/* t_blkfront.c - tests of blkfront.c: connect and disconnect one disk
   Copyright (C) 2026  The grub-xen-hvm authors  */

#include <stdio.h>
#include <stdlib.h>
#include <grub/disk.h>
#include <grub/mm.h>
#include <grub/xen/grant.h>
#include <grub/xen/resume.h>
#include "front.h"
#include "store.h"

static void
connect_fails (grub_err_t err, const char *text)
{
  assert_int_equal (front_try (&front, FRONT_NAME, FRONT_PATH,
					       FRONT_HANDLE), err);
  assert_non_null (strstr (grub_errmsg, FRONT_NAME));
  assert_raised (err, text);
  assert_int_equal (front.state, GRUB_XEN_DISK_IDLE);
  front_is_clean ();
}

static void
connect_and_disconnect (void **state)
{
  int i;

  (void) state;
  front_up (1000);
  for (i = 0; i < 10; i++)
    {
      front_connect ();
      assert_int_equal (front.sectors, 1000);
      assert_int_equal (front.sector_size, 512);
      assert_int_equal (front.log_sector_size, 9);
      assert_int_equal (front.info, 0);
      assert_int_equal (front.flush_op, BLKIF_OP_FLUSH_DISKCACHE);
      assert_int_equal (disk_keys_left (disk), 4);
      front_read (0, 4096);
      front_disconnect ();
    }
  assert_int_equal (disk->connects, 10);
  grub_xen_blkfront_disconnect (&front);
  front_down ();
}

static void
protocol_and_keys (void **state)
{
  (void) state;
  front_up (1000);
  front_connect ();
  assert_string_equal (tree_get ("/local/domain/7/" FRONT_PATH "/protocol"),
		       sizeof (void *) == 4 ? "x86_32-abi" : "x86_64-abi");
  assert_null (tree_get ("/local/domain/7/" FRONT_PATH "/ring-page-order"));
  front_down ();
}

static void
transactions_conflict (void **state)
{
  (void) state;
  front_up (1000);
  store.conflicts = 3;
  front_connect ();
  front_down ();
  grub_xen_up ();
  store.conflicts = 100000;
  connect_fails (GRUB_ERR_IO, "transaction");
  store.conflicts = 0;
  front_connect ();
  front_down ();
}

/* Bad input: the backend's keys about its disk.  */

static void
bad_key (const char **which, const char *value, grub_err_t err,
	 const char *text)
{
  *which = value;
  connect_fails (err, text);
  *which = 0;
}

static void
bad_sectors (void **state)
{
  (void) state;
  front_up (1000);
  bad_key (&disk->sectors_key, DISK_NO_KEY, GRUB_ERR_FILE_NOT_FOUND,
	   "sectors");
  bad_key (&disk->sectors_key, "", GRUB_ERR_BAD_NUMBER, "sectors");
  bad_key (&disk->sectors_key, "-5", GRUB_ERR_BAD_NUMBER, "sectors");
  bad_key (&disk->sectors_key, "many", GRUB_ERR_BAD_NUMBER, "sectors");
  bad_key (&disk->sectors_key, "1000x", GRUB_ERR_BAD_NUMBER, "sectors");
  bad_key (&disk->sectors_key, "99999999999999999999999", GRUB_ERR_BAD_NUMBER,
	   "sectors");
  bad_key (&disk->sectors_key, "18446744073709551615", GRUB_ERR_BAD_NUMBER,
	   "sectors");
  bad_key (&disk->sectors_key, "0", GRUB_ERR_OUT_OF_RANGE, "no medium");
  front_connect ();
  front_down ();
}

static void
bad_sector_size (void **state)
{
  static const char *const numbers[] =
    { "0", "1", "511", "513", "1536", "3000", "4095" };
  static const char *const others[] =
    { "", "-512", "big", "8192", "4294967808" };
  size_t i;

  (void) state;
  front_up (1000);
  for (i = 0; i < sizeof (numbers) / sizeof (numbers[0]); i++)
    bad_key (&disk->sector_size_key, numbers[i], GRUB_ERR_BAD_DEVICE,
	     numbers[i]);
  for (i = 0; i < sizeof (others) / sizeof (others[0]); i++)
    bad_key (&disk->sector_size_key, others[i], GRUB_ERR_BAD_NUMBER,
	     "sector-size");
  /* Without the key the sector size is 512.  */
  disk->sector_size_key = DISK_NO_KEY;
  front_connect ();
  assert_int_equal (front.sector_size, 512);
  front_down ();
}

static void
bad_info (void **state)
{
  (void) state;
  front_up (1000);
  bad_key (&disk->info_key, "", GRUB_ERR_BAD_NUMBER, "info");
  bad_key (&disk->info_key, "-1", GRUB_ERR_BAD_NUMBER, "info");
  bad_key (&disk->info_key, "x", GRUB_ERR_BAD_NUMBER, "info");
  bad_key (&disk->info_key, "4294967296", GRUB_ERR_BAD_NUMBER, "info");
  disk->info_key = DISK_NO_KEY;
  front_connect ();
  assert_int_equal (front.info, 0);
  front_down ();
}

static void
odd_features (void **state)
{
  static const char *const texts[] = { "", "2", "-1", "yes", "0" };
  char path[128];
  size_t i;

  (void) state;
  front_up (1000);
  snprintf (path, sizeof (path), "%s/feature-flush-cache", disk->be);
  for (i = 0; i < sizeof (texts) / sizeof (texts[0]); i++)
    {
      tree_set (path, "%s", texts[i]);
      front_connect ();
      assert_int_equal (front.flush_op, 0);
      front_disconnect ();
    }
  tree_remove (path);
  front_connect ();
  assert_int_equal (front.flush_op, 0);
  front_disconnect ();
  disk->barrier = 1;
  disk->flush = 0;
  disk_publish (disk);
  front_connect ();
  assert_int_equal (front.flush_op, BLKIF_OP_WRITE_BARRIER);
  front_down ();
}

static void
bad_backend_keys (void **state)
{
  (void) state;
  front_up (1000);
  tree_remove ("/local/domain/7/" FRONT_PATH "/backend");
  connect_fails (GRUB_ERR_FILE_NOT_FOUND, "backend");
  disk_publish (disk);
  tree_set ("/local/domain/7/" FRONT_PATH "/backend-id", "-1");
  connect_fails (GRUB_ERR_BAD_NUMBER, "backend-id");
  tree_set ("/local/domain/7/" FRONT_PATH "/backend-id", "5");
  /* This domain is not the backend's, so the backend cannot map the ring.  */
  connect_fails (GRUB_ERR_BAD_DEVICE, "gave up");
  disk_publish (disk);
  front_connect ();
  front_down ();
}

/* Bad input: states.  */

static void
stuck (int state, grub_err_t err, const char *text)
{
  uint64_t start = clock_now ();
  char path[128];

  snprintf (path, sizeof (path), "%s/state", disk->be);
  tree_set (path, "%d", state);
  disk->stuck = state;
  connect_fails (err, text);
  assert_in_range (clock_now () - start, 0, 40 * SECOND);
  disk->stuck = -1;
}

static void
stuck_backends (void **state)
{
  (void) state;
  front_up (1000);
  stuck (1, GRUB_ERR_TIMEOUT, "backend 1 Initialising");
  stuck (2, GRUB_ERR_TIMEOUT, "frontend 3 Initialised, backend 2 InitWait");
  grub_xen_down ();
}

static void
stuck_later (void **state)
{
  (void) state;
  front_up (1000);
  stuck (5, GRUB_ERR_TIMEOUT, "backend 5 Closing");
  stuck (6, GRUB_ERR_TIMEOUT, "backend 6 Closed");
  stuck (3, GRUB_ERR_TIMEOUT, "backend 3");
  /* After the backend's next step the disk works.  */
  tree_set ("/local/domain/0/backend/vbd/7/51776/state", "6");
  clock_pass (SECOND);
  front_connect ();
  front_down ();
}

static void
gives_up_while_connecting (void **state)
{
  (void) state;
  front_up (1000);
  disk->instead = XenbusStateClosing;
  connect_fails (GRUB_ERR_BAD_DEVICE, "backend 5 Closing");
  disk->instead = XenbusStateClosed;
  connect_fails (GRUB_ERR_BAD_DEVICE, "backend 6 Closed");
  disk->instead = 0;
  front_connect ();
  front_down ();
}

static void
vanishes (void **state)
{
  (void) state;
  front_up (1000);
  disk->vanish = XenbusStateInitialised;
  connect_fails (GRUB_ERR_BAD_DEVICE, "Unknown");
  connect_fails (GRUB_ERR_BAD_DEVICE, "Unknown");
  grub_xen_down ();
  assert_xen_clean ();
}

static void
vanishes_in_use (void **state)
{
  char buf[512];

  (void) state;
  front_up (1000);
  front_connect ();
  disk_kill (disk);
  assert_int_equal (grub_xen_blkfront_read (&front, 0, 512, buf),
		    GRUB_ERR_TIMEOUT);
  assert_raised (GRUB_ERR_TIMEOUT, FRONT_NAME);
  front_down ();
}

static void
vanishes_while_leaving (void **state)
{
  (void) state;
  front_up (1000);
  front_connect ();
  disk->vanish = XenbusStateClosing;
  front_down ();
}

/* An earlier user, such as firmware, left the frontend in STATE.  */
static void
found_in (int state)
{
  char path[128];

  snprintf (path, sizeof (path), "%s/state", disk->fe);
  tree_set (path, "%d", state);
  clock_pass (SECOND);
  front_connect ();
  front_read (0, 4096);
  front_disconnect ();
}

static void
found_in_any_state (void **state)
{
  int s;

  (void) state;
  front_up (1000);
  for (s = 0; s <= 8; s++)
    found_in (s);
  front_down ();
}

static void
found_connected (void **state)
{
  (void) state;
  front_up (1000);
  front_connect ();
  /* GRUB's data is lost as by a reset, but both ends' states in xenstore stay
     Connected.  */
  front.port = 0;
  front.state = GRUB_XEN_DISK_IDLE;
  grub_xenbus_release (&front.dev);
  disk->connects = 0;
  disk_ring_kill (disk);
  grub_xen_pages_end (front.ring_page, FRONT_NAME);
  grub_xen_pool_put (front.pool, FRONT_NAME);
  xen.ports[disk->port].guests = 0;
  front_connect ();
  assert_int_equal (disk->connects, 1);
  front_read (0, 4096);
  front_down ();
}

static const struct unit_test tests[] =
  {
    UNIT_TEST (connect_and_disconnect),
    UNIT_TEST (protocol_and_keys),
    UNIT_TEST (transactions_conflict),
    UNIT_TEST (bad_sectors),
    UNIT_TEST (bad_sector_size),
    UNIT_TEST (bad_info),
    UNIT_TEST (odd_features),
    UNIT_TEST (bad_backend_keys),
    UNIT_TEST (stuck_backends),
    UNIT_TEST (stuck_later),
    UNIT_TEST (gives_up_while_connecting),
    UNIT_TEST (vanishes),
    UNIT_TEST (vanishes_in_use),
    UNIT_TEST (vanishes_while_leaving),
    UNIT_TEST (found_in_any_state),
    UNIT_TEST (found_connected),
  };

UNIT_MAIN (tests)
