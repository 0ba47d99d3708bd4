/* SPDX-License-Identifier: GPL-3.0-or-later */
/* t_hotplug.c - tests of hotplug.c: disks that are added, changed and
   removed
   Copyright (C) 2026  The grub-xen-hvm authors  */

#include <stdio.h>
#include <stdlib.h>
#include <grub/kernel.h>
#include <grub/xen/resume.h>
#include "hot.h"
#include "store.h"
#include "sweep.h"

#define SECTORS	4000

static struct disk *e, *f;
static unsigned int others;

static void
net_poll (void)
{
  others++;
}

static void
up (void)
{
  modules_load ();
  grub_xen_hotplug_init ();
  e = disk_add (51776, "xvde", SECTORS);
  f = disk_add (51792, "xvdf", SECTORS);
  assert_int_equal (modules_read ("xen/xvde", e, 0, 200000), GRUB_ERR_NONE);
}

static void
down (void)
{
  grub_xen_hotplug_fini ();
  modules_down ();
}

static void
attach (void **state)
{
  struct disk *g;

  (void) state;
  up ();
  wait_for_key (3000);
  g = disk_add (51808, "xvdg", SECTORS);
  assert_string_equal (modules_list (), "xen/xvde xen/xvdf xen/xvdg ");
  assert_int_equal (modules_read ("xen/xvdg", g, 0, 200000), GRUB_ERR_NONE);
  down ();
}

static void
detach_in_use (void **state)
{
  grub_disk_t h;

  (void) state;
  up ();
  assert_int_equal (modules_read ("xen/xvdf", f, 0, 200000), GRUB_ERR_NONE);
  h = grub_disk_open ("xen/xvdf");
  begin_detach (f);
  wait_for_key (3000);
  end_detach (f);
  assert_int_equal (xen_ports_left (), 1);
  is_gone ("xen/xvdf", h);
  grub_disk_close (h);
  assert_int_equal (modules_read ("xen/xvde", e, 1000, 200000),
		    GRUB_ERR_NONE);
  assert_int_equal (e->connects, 1);
  down ();
}

static void
detach_the_only_one_in_use (void **state)
{
  (void) state;
  up ();
  begin_detach (e);
  wait_for_key (3000);
  end_detach (e);
  assert_int_equal (xen_ports_left (), 0);
  assert_int_equal (xen_grants_left (), 0);
  assert_int_equal (modules_read ("xen/xvdf", f, 0, 200000), GRUB_ERR_NONE);
  down ();
}

static void
detach_one_that_is_idle (void **state)
{
  (void) state;
  up ();
  begin_detach (f);
  wait_for_key (3000);
  end_detach (f);
  assert_int_equal (f->connects, 0);
  assert_string_equal (modules_list (), "xen/xvde ");
  down ();
}

/* Until the host removes the disk's keys the disk is listed, but unusable.  */
static void
detached_but_listed (void **state)
{
  (void) state;
  up ();
  begin_detach (e);
  wait_for_key (3000);
  assert_null (grub_disk_open ("xen/xvde"));
  assert_raised (GRUB_ERR_BAD_DEVICE, "the host takes it away");
  assert_int_equal (disk_state (e), XenbusStateClosed);
  end_detach (e);
  down ();
}

/* GRUB boots without waiting for a key: the disk is closed on the way.  */
static void
detach_before_a_boot (void **state)
{
  (void) state;
  up ();
  begin_detach (e);
  assert_int_equal (modules_boot (0, GRUB_ERR_NONE), GRUB_ERR_NONE);
  end_detach (e);
  down ();
}

/* The disk vanishes without closing, and is added again.  */
static void
killed_and_attached_anew (void **state)
{
  struct disk *g;

  (void) state;
  up ();
  disk_kill (e);
  tree_remove (e->fe);
  wait_for_key (3000);
  is_gone ("xen/xvde", 0);
  assert_int_equal (xen_ports_left (), 0);
  g = disk_add (51776, "xvde", 2 * SECTORS);
  wait_for_key (3000);
  assert_int_equal (modules_read ("xen/xvde", g, 5000, 200000),
		    GRUB_ERR_NONE);
  down ();
}

static void
resize (void **state)
{
  char text[512];
  grub_disk_t h;

  (void) state;
  up ();
  h = grub_disk_open ("xen/xvde");
  e->sectors = 3000;
  tree_set (hot_key (e->be, "sectors"), "3000");
  wait_for_key (3000);
  assert_int_equal (modules_read ("xen/xvde", e, 2900, 100 * 512),
		    GRUB_ERR_NONE);
  assert_int_equal (grub_disk_read (h, 2000, 0, 512, text),
		    GRUB_ERR_BAD_DEVICE);
  assert_raised (GRUB_ERR_BAD_DEVICE, "smaller");
  grub_disk_close (h);
  h = grub_disk_open ("xen/xvde");
  assert_int_equal (h->total_sectors, 3000);
  e->sectors = SECTORS;
  tree_set (hot_key (e->be, "sectors"), "%u", SECTORS);
  wait_for_key (3000);
  grub_disk_close (h);
  h = grub_disk_open ("xen/xvde");
  assert_int_equal (h->total_sectors, SECTORS);
  grub_disk_close (h);
  assert_int_equal (modules_read ("xen/xvde", e, 3900, 100 * 512),
		    GRUB_ERR_NONE);
  down ();
}

/* After a change of the medium no data of the old one is read.  */
static void
change_a_cd (void **state)
{
  struct disk *cd;

  (void) state;
  up ();
  cd = disk_add (51824, "xvdh", SECTORS);
  cd->info = VDISK_CDROM | VDISK_READONLY | VDISK_REMOVABLE;
  cd->sector_size = 2048;
  disk_publish (cd);
  assert_int_equal (modules_read ("xen/xvdh", cd, 0, 100000), GRUB_ERR_NONE);
  memcpy (cd->data, f->data, 3000 * 512);
  cd->sectors = 3000;
  cd->handle = f->handle;
  tree_set (hot_key (cd->be, "sectors"), "3000");
  wait_for_key (3000);
  cd->handle = 51824;
  assert_int_equal (modules_read ("xen/xvdh", f, 0, 100000), GRUB_ERR_NONE);
  down ();
}

/* While waiting for a key GRUB keeps a pending error, and spends little
   time.  */
static void
costs_little (void **state)
{
  unsigned long calls;

  (void) state;
  up ();
  wait_for_key (2000);
  calls = xen.calls;
  grub_error (GRUB_ERR_BAD_FONT, "of somebody else");
  wait_for_key (3000);
  assert_raised (GRUB_ERR_BAD_FONT, "of somebody else");
  assert_in_range (xen.calls - calls, 1, 3 * 100);
  assert_int_equal (e->connects, 1);
  assert_int_equal (f->connects, 0);
  down ();
}

static void
nothing_in_use (void **state)
{
  unsigned long calls;

  (void) state;
  modules_load ();
  grub_xen_hotplug_init ();
  disk_add (51776, "xvde", SECTORS);
  calls = xen.calls;
  wait_for_key (5000);
  assert_int_equal (xen.calls, calls);
  down ();
}

/* The driver is busy, so the poll does not disturb it.  */
static void
while_the_driver_runs (void **state)
{
  (void) state;
  up ();
  begin_detach (e);
  grub_xen_busy_begin ();
  wait_for_key (3000);
  assert_int_equal (disk_frontend_state (e), XenbusStateConnected);
  grub_xen_busy_end ();
  wait_for_key (3000);
  end_detach (e);
  down ();
}

static void
xenstored_that_is_dead (void **state)
{
  uint64_t start;

  (void) state;
  up ();
  store.dead = 1;
  start = clock_now ();
  grub_net_poll_cards_idle ();
  assert_in_range (clock_now () - start, 0, 30 * SECOND);
  assert_quiet ();
  store.dead = 0;
  wait_for_key (3000);
  begin_detach (e);
  wait_for_key (3000);
  end_detach (e);
  down ();
}

static void
others_are_called (void **state)
{
  (void) state;
  grub_net_poll_cards_idle = net_poll;
  up ();
  wait_for_key (100);
  assert_int_equal (others, 20);
  down ();
  assert_ptr_equal (grub_net_poll_cards_idle, net_poll);
  /* The network's module replaces the hook.  */
  up ();
  grub_net_poll_cards_idle = net_poll;
  down ();
  assert_ptr_equal (grub_net_poll_cards_idle, net_poll);
}

/* Polling continues after a restore that sets the clock back.  */
static void
clock_goes_back (void **state)
{
  (void) state;
  shim.clock_ahead = 1000000000;
  up ();
  wait_for_key (2000);
  restore_now ();
  shim.clock_ahead = 5;
  wait_for_key (3000);
  begin_detach (f);
  wait_for_key (3000);
  end_detach (f);
  assert_int_equal (modules_read ("xen/xvde", e, 1000, 200000),
		    GRUB_ERR_NONE);
  down ();
}

/* Both disks are in use, and one is detached.  After a restore the guest may
   find it attached, as in the configuration, or find it being detached.  */
static void
detach_one (void)
{
  e = &disks[0];
  f = &disks[1];
  grub_xen_hotplug_init ();
  assert_int_equal (modules_read ("xen/xvde", e, 3, 5000), GRUB_ERR_NONE);
  assert_int_equal (modules_read ("xen/xvdf", f, 3, 5000), GRUB_ERR_NONE);
  wait_for_key (1100);
  begin_detach (f);
  wait_for_key (3100);
  if (disk_state (f) == XenbusStateInitWait)
    {
      begin_detach (f);
      wait_for_key (3100);
    }
  end_detach (f);
  assert_int_equal (modules_read ("xen/xvde", e, 200, 5000), GRUB_ERR_NONE);
  grub_xen_hotplug_fini ();
}

static void
restored_at_each_moment (void **state)
{
  struct sweep sweep = { .restore = { .at = XEN_CALL }, .body = detach_one };

  (void) state;
  assert_int_equal (sweep_all (sweep, 100), 0);
  sweep.restore.at = XEN_EVENT;
  sweep.step = 2;
  assert_int_equal (sweep_all (sweep, 50), 0);
}

static const struct unit_test tests[] =
  {
    UNIT_TEST (attach),
    UNIT_TEST (detach_in_use),
    UNIT_TEST (detach_the_only_one_in_use),
    UNIT_TEST (detach_one_that_is_idle),
    UNIT_TEST (detached_but_listed),
    UNIT_TEST (detach_before_a_boot),
    UNIT_TEST (killed_and_attached_anew),
    UNIT_TEST (resize),
    UNIT_TEST (change_a_cd),
    UNIT_TEST (costs_little),
    UNIT_TEST (nothing_in_use),
    UNIT_TEST (while_the_driver_runs),
    UNIT_TEST (xenstored_that_is_dead),
    UNIT_TEST (others_are_called),
    UNIT_TEST_ON (XEN_HVM | XEN_PVH, clock_goes_back),
    UNIT_TEST_ON (XEN_HVM | XEN_PVH, restored_at_each_moment),
  };

UNIT_MAIN (tests)
