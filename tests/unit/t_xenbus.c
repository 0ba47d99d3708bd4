/* SPDX-License-Identifier: GPL-3.0-or-later */
/* t_xenbus.c - tests of xenbus.c: the device state machine
   Copyright (C) 2026  The grub-xen-hvm authors  */

#include <stdio.h>
#include <grub/mm.h>
#include <grub/xen/evtchn.h>
#include <grub/xen/resume.h>
#include <grub/xen/xenbus.h>
#include <grub/xen/xenstore.h>
#include "disk.h"
#include "store.h"
#include "unit.h"

#define PATH	"device/vbd/51776"
#define FE	"/local/domain/7/" PATH

static struct disk *disk;
static struct grub_xenbus_device dev;

static void
up (void)
{
  disk = disk_add (51776, "xvde", 64);
  assert_int_equal (grub_xen_up (), GRUB_ERR_NONE);
}

static void
open_dev (void)
{
  up ();
  assert_int_equal (grub_xenbus_open (&dev, "xen/xvde", PATH), GRUB_ERR_NONE);
}

static void
down (void)
{
  grub_xenbus_release (&dev);
  grub_xen_down ();
  assert_quiet ();
  assert_xen_clean ();
  assert_int_equal (shim.blocks, SHIM_KEPT);
}

static void
open_and_release (void **state)
{
  (void) state;
  open_dev ();
  assert_string_equal (dev.name, "xen/xvde");
  assert_string_equal (dev.path, PATH);
  assert_string_equal (dev.backend, disk->be);
  assert_int_equal (dev.backend_id, 0);
  grub_xenbus_release (&dev);
  assert_null (dev.path);
  assert_null (dev.backend);
  down ();
}

static void
open_bad (const char *key, const char *value, grub_err_t err,
	  const char *text)
{
  char path[128], was[128];

  snprintf (path, sizeof (path), FE "/%s", key);
  snprintf (was, sizeof (was), "%s", tree_get (path));
  if (value)
    tree_set (path, "%s", value);
  else
    tree_remove (path);
  assert_int_equal (grub_xenbus_open (&dev, "xen/xvde", PATH), err);
  assert_raised (err, text);
  assert_null (dev.path);
  assert_null (dev.backend);
  tree_set (path, "%s", was);
}

static void
open_with_bad_keys (void **state)
{
  (void) state;
  up ();
  open_bad ("backend", 0, GRUB_ERR_FILE_NOT_FOUND, PATH "/backend'");
  open_bad ("backend", "", GRUB_ERR_BAD_DEVICE, "xen/xvde");
  open_bad ("backend", "relative/path", GRUB_ERR_BAD_DEVICE, "xen/xvde");
  open_bad ("backend-id", 0, GRUB_ERR_FILE_NOT_FOUND, "backend-id");
  open_bad ("backend-id", "", GRUB_ERR_BAD_NUMBER, "backend-id");
  open_bad ("backend-id", "-1", GRUB_ERR_BAD_NUMBER, "backend-id");
  open_bad ("backend-id", "x", GRUB_ERR_BAD_NUMBER, "backend-id");
  /* DOMID_SELF and the other reserved numbers are not domains.  */
  open_bad ("backend-id", "32752", GRUB_ERR_BAD_NUMBER, "backend-id");
  open_bad ("backend-id", "99999999999999999999", GRUB_ERR_BAD_NUMBER,
	    "backend-id");
  down ();
}

static void
states_read (void **state)
{
  static const struct
  {
    const char *text;
    enum xenbus_state state;
  } texts[] =
    {
      { "1", XenbusStateInitialising }, { "2", XenbusStateInitWait },
      { "3", XenbusStateInitialised }, { "4", XenbusStateConnected },
      { "5", XenbusStateClosing }, { "6", XenbusStateClosed },
      { "7", XenbusStateReconfiguring }, { "8", XenbusStateReconfigured },
      { "9", XenbusStateUnknown }, { "0", XenbusStateUnknown },
      { "", XenbusStateUnknown }, { "10", XenbusStateUnknown },
      { "-1", XenbusStateUnknown }, { "x", XenbusStateUnknown },
      { "4 ", XenbusStateUnknown }, { "\377", XenbusStateUnknown },
      { "999999999999999999999", XenbusStateUnknown }
    };
  enum xenbus_state s;
  char path[128];
  size_t i;

  (void) state;
  open_dev ();
  disk->gone = 1;
  snprintf (path, sizeof (path), "%s/state", disk->be);
  for (i = 0; i < sizeof (texts) / sizeof (texts[0]); i++)
    {
      tree_set (path, "%s", texts[i].text);
      tree_set (FE "/state", "%s", texts[i].text);
      assert_int_equal (grub_xenbus_backend_state (&dev, &s), GRUB_ERR_NONE);
      assert_int_equal (s, texts[i].state);
      assert_int_equal (grub_xenbus_own_state (&dev, &s), GRUB_ERR_NONE);
      assert_int_equal (s, texts[i].state);
    }
  tree_remove (path);
  assert_int_equal (grub_xenbus_backend_state (&dev, &s), GRUB_ERR_NONE);
  assert_int_equal (s, XenbusStateUnknown);
  tree_permit (disk->be, 0);
  /* xenstored returns this error for a directory that is gone.  */
  assert_int_equal (grub_xenbus_backend_state (&dev, &s), GRUB_ERR_NONE);
  assert_int_equal (s, XenbusStateUnknown);
  assert_quiet ();
  down ();
}

static void
state_names (void **state)
{
  (void) state;
  assert_string_equal (grub_xenbus_state_name (XenbusStateInitWait),
		       "InitWait");
  assert_string_equal (grub_xenbus_state_name (XenbusStateReconfigured),
		       "Reconfigured");
  assert_string_equal (grub_xenbus_state_name (9), "Unknown");
  assert_string_equal (grub_xenbus_state_name (-1), "Unknown");
  assert_string_equal (grub_xenbus_state_name (0), "Unknown");
}

static void
set_state (void **state)
{
  (void) state;
  open_dev ();
  assert_int_equal (grub_xenbus_set_state (&dev, XenbusStateClosed),
		    GRUB_ERR_NONE);
  assert_int_equal (disk_frontend_state (disk), 6);
  tree_permit (FE, TREE_READ);
  assert_int_equal (grub_xenbus_set_state (&dev, XenbusStateClosing),
		    GRUB_ERR_ACCESS_DENIED);
  assert_raised (GRUB_ERR_ACCESS_DENIED, PATH "/state");
  assert_int_equal (disk_frontend_state (disk), 6);
  down ();
}

static void
wait_for_state (void **state)
{
  uint64_t start;

  (void) state;
  open_dev ();
  disk->step_delay = 400 * MS;
  grub_xenbus_set_state (&dev, XenbusStateClosed);
  start = clock_now ();
  assert_int_equal (grub_xenbus_wait (&dev,
				      GRUB_XENBUS_IS (XenbusStateClosed), 0,
				      grub_xen_deadline (1000)),
		    GRUB_ERR_NONE);
  assert_in_range (clock_now () - start, 390 * MS, 430 * MS);
  down ();
}

static void
wait_in_vain (void **state)
{
  uint64_t start;

  (void) state;
  open_dev ();
  start = clock_now ();
  assert_int_equal (grub_xenbus_wait (&dev,
				      GRUB_XENBUS_IS (XenbusStateConnected),
				      0, grub_xen_deadline (3000)),
		    GRUB_ERR_TIMEOUT);
  assert_in_range (clock_now () - start, 2990 * MS, 3100 * MS);
  assert_non_null (strstr (grub_errmsg, "1 Initialising"));
  assert_non_null (strstr (grub_errmsg, "2 InitWait"));
  assert_raised (GRUB_ERR_TIMEOUT, "xen/xvde");
  down ();
}

static void
wait_ends_at_a_fatal_state (void **state)
{
  uint64_t start;

  (void) state;
  open_dev ();
  start = clock_now ();
  grub_xenbus_set_state (&dev, XenbusStateClosing);
  assert_int_equal (grub_xenbus_wait
		    (&dev, GRUB_XENBUS_IS (XenbusStateConnected),
		     GRUB_XENBUS_IS (XenbusStateClosing)
		     | GRUB_XENBUS_IS (XenbusStateUnknown), 9000),
		    GRUB_ERR_BAD_DEVICE);
  assert_in_range (clock_now () - start, 0, 100 * MS);
  assert_non_null (strstr (grub_errmsg, "5 Closing"));
  assert_raised (GRUB_ERR_BAD_DEVICE, "xen/xvde");
  disk_kill (disk);
  assert_int_equal (grub_xenbus_wait
		    (&dev, GRUB_XENBUS_IS (XenbusStateConnected),
		     GRUB_XENBUS_IS (XenbusStateUnknown), 9000),
		    GRUB_ERR_BAD_DEVICE);
  assert_raised (GRUB_ERR_BAD_DEVICE, "Unknown");
  down ();
}

static void
wait_ends_with_xenstore (void **state)
{
  uint64_t start;

  (void) state;
  open_dev ();
  start = clock_now ();
  store.dead = 1;
  assert_int_equal (grub_xenbus_wait (&dev,
				      GRUB_XENBUS_IS (XenbusStateConnected),
				      0, 60000), GRUB_ERR_TIMEOUT);
  assert_raised (GRUB_ERR_TIMEOUT, "state");
  assert_in_range (clock_now () - start, 0,
		   (GRUB_XEN_STORE_TIMEOUT
		    + GRUB_XEN_STORE_RETRY_TIMEOUT + 100) * MS);
  store.dead = 0;
  down ();
}

static void
close_and_reinit (void **state)
{
  (void) state;
  open_dev ();
  assert_int_equal (grub_xenbus_close (&dev), GRUB_ERR_NONE);
  assert_int_equal (disk_frontend_state (disk), 6);
  assert_int_equal (disk_state (disk), 6);
  assert_int_equal (grub_xenbus_reinit (&dev), GRUB_ERR_NONE);
  assert_int_equal (disk_frontend_state (disk), 1);
  assert_int_equal (disk_state (disk), 2);
  down ();
}

/* The backend never leaves state STUCK: both operations end in time with an
   error that says so.  */
static void
stuck_at (int stuck, grub_err_t close_err, grub_err_t reinit_err)
{
  uint64_t start = clock_now ();
  char path[128], text[16];

  snprintf (path, sizeof (path), "%s/state", disk->be);
  snprintf (text, sizeof (text), "backend %d", stuck);
  disk->stuck = stuck;
  tree_set (path, "%d", stuck);
  assert_int_equal (grub_xenbus_close (&dev), close_err);
  if (close_err)
    assert_raised (close_err, text);
  assert_int_equal (grub_xenbus_reinit (&dev), reinit_err);
  if (reinit_err)
    assert_raised (reinit_err, text);
  assert_in_range (clock_now () - start, 0, 21 * SECOND);
}

static void
stuck_backends (void **state)
{
  (void) state;
  open_dev ();
  stuck_at (1, GRUB_ERR_NONE, GRUB_ERR_TIMEOUT);
  stuck_at (2, GRUB_ERR_TIMEOUT, GRUB_ERR_NONE);
  stuck_at (3, GRUB_ERR_TIMEOUT, GRUB_ERR_TIMEOUT);
  stuck_at (4, GRUB_ERR_TIMEOUT, GRUB_ERR_TIMEOUT);
  stuck_at (5, GRUB_ERR_TIMEOUT, GRUB_ERR_TIMEOUT);
  stuck_at (6, GRUB_ERR_NONE, GRUB_ERR_TIMEOUT);
  stuck_at (7, GRUB_ERR_TIMEOUT, GRUB_ERR_TIMEOUT);
  down ();
}

static void
vanished_backend (void **state)
{
  (void) state;
  open_dev ();
  disk_kill (disk);
  assert_int_equal (grub_xenbus_close (&dev), GRUB_ERR_NONE);
  assert_int_equal (grub_xenbus_reinit (&dev), GRUB_ERR_BAD_DEVICE);
  assert_raised (GRUB_ERR_BAD_DEVICE, "xen/xvde");
  down ();
}

static void
no_memory (void **state)
{
  unsigned int n;

  (void) state;
  up ();
  for (n = 1;; n++)
    {
      shim.fail_alloc = shim.allocs + n;
      if (!grub_xenbus_open (&dev, "xen/xvde", PATH))
	break;
      assert_raised (GRUB_ERR_OUT_OF_MEMORY, "");
      assert_int_equal (shim.blocks, SHIM_UP);
    }
  assert_in_range (n, 4, 20);
  /* Closing allocates no memory.  */
  shim.largest = 0;
  assert_int_equal (grub_xenbus_close (&dev), GRUB_ERR_NONE);
  assert_int_equal (grub_xenbus_reinit (&dev), GRUB_ERR_NONE);
  shim.fail_alloc = 0;
  down ();
}

static const struct unit_test tests[] =
  {
    UNIT_TEST (open_and_release),
    UNIT_TEST (open_with_bad_keys),
    UNIT_TEST (states_read),
    UNIT_TEST (state_names),
    UNIT_TEST (set_state),
    UNIT_TEST (wait_for_state),
    UNIT_TEST (wait_in_vain),
    UNIT_TEST (wait_ends_at_a_fatal_state),
    UNIT_TEST (wait_ends_with_xenstore),
    UNIT_TEST (close_and_reinit),
    UNIT_TEST (stuck_backends),
    UNIT_TEST (vanished_backend),
    UNIT_TEST (no_memory),
  };

UNIT_MAIN (tests)
