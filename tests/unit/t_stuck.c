/* SPDX-License-Identifier: GPL-3.0-or-later */
/* t_stuck.c - tests of the hand-off: backends that are late or stuck
   Copyright (C) 2026  The grub-xen-hvm authors  */

#include <stdio.h>
#include <stdlib.h>
#include <grub/command.h>
#include <grub/loader.h>
#include <grub/term.h>
#include "blkfront.h"
#include <grub/xen/grant.h>
#include "modules.h"
#include "os.h"
#include "store.h"

static struct disk *e, *f;
static unsigned int boots;

static void
up (void)
{
  modules_load ();
  e = disk_add (51776, "xvde", 4000);
  f = disk_add (51792, "xvdf", 4000);
  assert_int_equal (modules_read ("xen/xvde", e, 0, 200000), GRUB_ERR_NONE);
}

/* From here on F's storage is stuck: its requests are not answered.  */
static void
get_stuck (void)
{
  f->fault = DISK_SILENT;
  f->fault_at = f->responses + 1;
}

/* F's storage works again.  */
static void
get_unstuck (void)
{
  f->fault = DISK_FINE;
  disk_ring_unstick (f);
}

/* An OS that reads the healthy disk E while F is stuck, and both disks when F
   works again.  */
static void
reading_os (void)
{
  boots++;
  assert_int_equal (xen_mapped_in_the_way (), 0);
  assert_int_equal (xen_ports_left (), 0);
  assert_int_equal (xen_slots_left (), 0);
  assert_int_equal (disk_keys_left (e), 0);
  assert_int_equal (disk_keys_left (f), 0);
  os_begin ();
  assert_true (os_connect (e));
  os_read (e, 8);
  get_unstuck ();
  os_read (e, 800);
  assert_true (os_connect (f));
  os_read (f, 16);
  os_read (e, 1600);
  assert_string_equal (e->complaint, "");
}

/* Boot that OS; GRUB may take up to LIMIT.  */
static void
boot_within (uint64_t limit)
{
  uint64_t start = clock_now ();

  assert_int_equal (modules_boot (reading_os, GRUB_ERR_NONE),
		    GRUB_ERR_NONE);
  assert_int_equal (boots, 1);
  /* The OS's part takes a second at most, except for delays by F.  */
  assert_in_range (clock_now () - start, 0, limit);
}

/* Unload.  Pages that F keeps are lost on purpose, so the leak sanitizer must
   not report them.  */
static void
end (void)
{
  modules_unload ();
  assert_quiet ();
  os_end ();
  shim_reset ();
}

/* A read has failed because of the storage, and the disk was disabled.  */
static void
stuck_by_a_read (void **state)
{
  (void) state;
  up ();
  assert_int_equal (modules_read ("xen/xvdf", f, 0, 4096), GRUB_ERR_NONE);
  get_stuck ();
  assert_int_equal (modules_read ("xen/xvdf", f, 1000, 4096),
		    GRUB_ERR_TIMEOUT);
  assert_raised (GRUB_ERR_TIMEOUT, "does not answer");
  assert_int_equal (modules_read ("xen/xvde", e, 2000, 4096), GRUB_ERR_NONE);
  shim_out_clear ();
  boot_within (5 * SECOND);
  assert_printed ("xen/xvdf: the backend in domain 0 still uses 2052 KiB of "
		  "memory");
  assert_not_printed ("xen/xvde");
  end ();
}

/* GRUB does not wait for the readahead.  */
static void
stuck_by_readahead (void **state)
{
  (void) state;
  up ();
  f->io_delay = 20 * MS;
  f->batch = 1;
  assert_int_equal (modules_read ("xen/xvdf", f, 0, 32768), GRUB_ERR_NONE);
  assert_int_equal (modules_read ("xen/xvdf", f, 64, 32768), GRUB_ERR_NONE);
  get_stuck ();
  shim_out_clear ();
  boot_within (45 * SECOND);
  /* The wait is as long as a read may take.  */
  assert_printed ("xen/xvdf: waiting up to 28 s for the backend");
  assert_printed ("xen/xvdf: the backend in domain 0 still uses");
  end ();
}

/* QEMU waits for the requests in flight before it closes.  */
static void
stuck_in_qemu (void **state)
{
  (void) state;
  up ();
  f->qemu = 1;
  disk_publish (f);
  assert_int_equal (modules_read ("xen/xvdf", f, 0, 4096), GRUB_ERR_NONE);
  get_stuck ();
  assert_int_equal (modules_read ("xen/xvdf", f, 1000, 4096),
		    GRUB_ERR_TIMEOUT);
  grub_errno = GRUB_ERR_NONE;
  assert_int_equal (disk_frontend_state (f), XenbusStateClosed);
  boot_within (60 * SECOND);
  assert_printed ("xen/xvdf: the backend in domain 0 still uses");
  end ();
}

/* The user can end the wait.  */
static void
a_key_goes_on (void **state)
{
  static const int esc[] = { GRUB_TERM_ESC, -1 };

  (void) state;
  up ();
  f->io_delay = 20 * MS;
  f->batch = 1;
  assert_int_equal (modules_read ("xen/xvdf", f, 0, 32768), GRUB_ERR_NONE);
  assert_int_equal (modules_read ("xen/xvdf", f, 64, 32768), GRUB_ERR_NONE);
  get_stuck ();
  shim.keys = esc;
  boot_within (10 * SECOND);
  assert_printed ("xen/xvdf: the backend in domain 0 still uses");
  end ();
}

/* A disk whose wait was ended by a key is slow, but healthy: the OS can use
   it.  */
static void
a_key_while_reading (void **state)
{
  static const int esc[] = { GRUB_TERM_ESC, -1 };

  (void) state;
  up ();
  assert_int_equal (modules_read ("xen/xvdf", f, 0, 4096), GRUB_ERR_NONE);
  f->io_delay = 4 * SECOND;
  shim.keys = esc;
  assert_int_equal (modules_read ("xen/xvdf", f, 1000, 4096),
		    GRUB_ERR_TIMEOUT);
  assert_raised (GRUB_ERR_TIMEOUT, "a key ended the wait");
  shim_out_clear ();
  boot_within (60 * SECOND);
  assert_not_printed ("still uses");
  end ();
}

static void
clean_os (void)
{
  assert_handed_over ();
}

/* Pages that the backend unmapped in time are not kept, because a failed boot
   may take long.  */
static void
given_back_before_the_next_boot (void **state)
{
  (void) state;
  up ();
  assert_int_equal (modules_read ("xen/xvdf", f, 0, 4096), GRUB_ERR_NONE);
  get_stuck ();
  assert_int_equal (modules_read ("xen/xvdf", f, 1000, 4096),
		    GRUB_ERR_TIMEOUT);
  grub_errno = GRUB_ERR_NONE;
  assert_int_equal (modules_boot (reading_os, GRUB_ERR_BAD_OS),
		    GRUB_ERR_BAD_OS);
  grub_errno = GRUB_ERR_NONE;
  os_end ();
  disk_ring_kill (e);
  disk_ring_kill (f);
  memset (xen.grants + GNTTAB_NR_RESERVED_ENTRIES, 0,
	  100 * sizeof (xen.grants[0]));
  tree_remove (e->fe);
  tree_remove (f->fe);
  disk_renew (e);
  disk_renew (f);
  assert_int_equal (modules_read ("xen/xvdf", f, 0, 4096), GRUB_ERR_NONE);
  shim_out_clear ();
  assert_int_equal (modules_boot (clean_os, GRUB_ERR_NONE),
		    GRUB_ERR_NONE);
  assert_not_printed ("still uses");
  assert_int_equal (xen_mapped_left (), 0);
  modules_down ();
}

/* Backends that react late, to the state at that time.  */
static void
late (uint64_t delay, int state)
{
  up ();
  assert_int_equal (modules_read ("xen/xvdf", f, 0, 4096), GRUB_ERR_NONE);
  f->step_delay = delay;
  boot_within (200 * SECOND);
  assert_int_equal (disk_frontend_state (f), state);
  f->step_delay = MS;
  end ();
}

static void
eight_seconds_late (void **state)
{
  (void) state;
  late (8 * SECOND, XenbusStateConnected);
}

static void
twenty_seconds_late (void **state)
{
  (void) state;
  late (20 * SECOND, XenbusStateConnected);
}

/* The frontend stays in Closed, although the backend never reacted to Closing;
   the next frontend repairs that.  */
static void
closed_os (void)
{
  boots++;
  assert_int_equal (disk_frontend_state (f), XenbusStateClosed);
  assert_int_equal (disk_state (f), XenbusStateConnected);
  assert_int_equal (disk_frontend_state (e), XenbusStateInitialising);
  assert_int_equal (xen_mapped_in_the_way (), 0);
  f->stuck = -1;
  os_begin ();
  assert_true (os_connect (f));
  os_read (f, 16);
  assert_true (os_connect (e));
  os_read (e, 16);
}

static void
a_backend_that_does_not_react (void **state)
{
  uint64_t start;

  (void) state;
  up ();
  assert_int_equal (modules_read ("xen/xvdf", f, 0, 4096), GRUB_ERR_NONE);
  f->stuck = XenbusStateConnected;
  start = clock_now ();
  assert_int_equal (modules_boot (closed_os, GRUB_ERR_NONE), GRUB_ERR_NONE);
  assert_int_equal (boots, 1);
  assert_in_range (clock_now () - start, 30 * SECOND, 45 * SECOND);
  end ();
}

/* Ten such disks take no longer than one.  */
static void
all_disks_close_together (void **state)
{
  uint64_t start;
  unsigned int i;

  (void) state;
  up ();
  assert_int_equal (modules_read ("xen/xvdf", f, 0, 4096), GRUB_ERR_NONE);
  for (i = 2; i < 12; i++)
    {
      char name[16];
      struct disk *d;

      snprintf (name, sizeof (name), "xen/xvd%c", 'g' + i - 2);
      d = disk_add (51776 + 16 * i, name + 4, 100);
      modules_list ();
      assert_int_equal (modules_read (name, d, 0, 4096), GRUB_ERR_NONE);
      d->stuck = XenbusStateConnected;
    }
  start = clock_now ();
  assert_int_equal (modules_boot (reading_os, GRUB_ERR_NONE), GRUB_ERR_NONE);
  assert_in_range (clock_now () - start, 30 * SECOND, 50 * SECOND);
  end ();
}

static void
no_page_in_the_way (void)
{
  assert_int_not_equal (xen_mapped_left (), 0);
  assert_int_equal (xen_mapped_in_the_way (), 0);
}

/* The host removes the disk while it is stuck.  */
static void
stuck_and_taken_away (void **state)
{
  (void) state;
  up ();
  assert_int_equal (modules_read ("xen/xvdf", f, 0, 4096), GRUB_ERR_NONE);
  get_stuck ();
  assert_int_equal (modules_read ("xen/xvdf", f, 1000, 4096),
		    GRUB_ERR_TIMEOUT);
  grub_errno = GRUB_ERR_NONE;
  tree_remove (f->fe);
  modules_list ();
  assert_int_equal (modules_boot (no_page_in_the_way, GRUB_ERR_NONE),
		    GRUB_ERR_NONE);
  end ();
}

static const struct unit_test tests[] =
  {
    UNIT_TEST (stuck_by_a_read),
    UNIT_TEST (stuck_by_readahead),
    UNIT_TEST (stuck_in_qemu),
    UNIT_TEST (a_key_goes_on),
    UNIT_TEST (a_key_while_reading),
    UNIT_TEST (given_back_before_the_next_boot),
    UNIT_TEST (eight_seconds_late),
    UNIT_TEST (twenty_seconds_late),
    UNIT_TEST (a_backend_that_does_not_react),
    UNIT_TEST (all_disks_close_together),
    UNIT_TEST (stuck_and_taken_away),
  };

UNIT_MAIN (tests)
