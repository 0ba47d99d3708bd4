/* SPDX-License-Identifier: GPL-3.0-or-later */
/* t_restore.c - tests of the disks of a guest that is restored at the menu
   Copyright (C) 2026  The grub-xen-hvm authors  */

#include <stdio.h>
#include <stdlib.h>
#include <grub/xen/resume.h>
#include "modules.h"
#include "restore.h"
#include "store.h"

#define SECTORS	4000

static struct disk *e, *f;
static unsigned int boots;

static void
clean_os (void)
{
  boots++;
  assert_handed_over ();
}

/* Bring both disks into use.  */
static void
up (void)
{
  modules_load ();
  e = disk_add (51776, "xvde", SECTORS);
  f = disk_add (51792, "xvdf", SECTORS);
  assert_int_equal (modules_read ("xen/xvde", e, 0, 200000), GRUB_ERR_NONE);
  assert_int_equal (modules_read ("xen/xvdf", f, 0, 200000), GRUB_ERR_NONE);
}

/* Read both disks, from new places each time.  */
static void
both_work (void)
{
  static unsigned int sector = 1000;

  assert_int_equal (modules_read ("xen/xvde", e, sector, 30000),
		    GRUB_ERR_NONE);
  assert_int_equal (modules_read ("xen/xvdf", f, sector, 30000),
		    GRUB_ERR_NONE);
  assert_quiet ();
  sector += 200;
}

/* Restore the guest, with a CHANGE of the disks.  */
static void
restore_with (void (*change) (void))
{
  restore.change = change;
  restore_now ();
  restore.change = 0;
}

static grub_err_t
read_open (grub_disk_t h, const struct disk *d, unsigned int sector)
{
  uint64_t pattern = disk_pattern (d, sector * 512);
  char buf[512];
  grub_err_t err = grub_disk_read (h, sector, 0, sizeof (buf), buf);

  if (!err)
    assert_memory_equal (buf, &pattern, 8);
  return err;
}

static void
at_the_menu (void **state)
{
  unsigned int i;

  (void) state;
  up ();
  for (i = 0; i < 10; i++)
    {
      unsigned int connects = e->connects;

      restore_now ();
      assert_string_equal (modules_list (), "xen/xvde xen/xvdf ");
      both_work ();
      assert_int_equal (e->connects, connects + 1);
    }
  modules_down ();
}

static void
before_anything_was_used (void **state)
{
  (void) state;
  modules_load ();
  e = disk_add (51776, "xvde", SECTORS);
  f = disk_add (51792, "xvdf", SECTORS);
  restore_now ();
  both_work ();
  modules_down ();
}

static void
several_times_in_between (void **state)
{
  (void) state;
  up ();
  restore_now ();
  restore.other_ports = 1;
  restore_now ();
  restore_now ();
  both_work ();
  modules_down ();
}

static void
open_disks_go_on (void **state)
{
  grub_disk_t h, g;
  unsigned int i;

  (void) state;
  up ();
  h = grub_disk_open ("xen/xvde");
  g = grub_disk_open ("xen/xvdf");
  for (i = 0; i < 5; i++)
    {
      restore_now ();
      assert_int_equal (read_open (h, e, 1000 + 200 * i), GRUB_ERR_NONE);
      assert_int_equal (read_open (g, f, 1000 + 200 * i), GRUB_ERR_NONE);
      assert_int_equal (read_open (g, f, 1064 + 200 * i), GRUB_ERR_NONE);
    }
  grub_disk_close (h);
  grub_disk_close (g);
  modules_down ();
}

static void
writes_go_on (void **state)
{
  unsigned char text[2048];
  grub_disk_t h;

  (void) state;
  up ();
  memset (text, 0x5a, sizeof (text));
  h = grub_disk_open ("xen/xvde");
  restore_now ();
  assert_int_equal (grub_disk_write (h, 77, 0, sizeof (text), text),
		    GRUB_ERR_NONE);
  assert_memory_equal (e->data + 77 * 512, text, sizeof (text));
  assert_int_equal (e->dirty, 0);
  grub_disk_close (h);
  modules_down ();
}

/* Connections are dropped: GRUB does not wait for the old backends, and does
   not notify the new ones.  */
static void
boot_at_once (void **state)
{
  uint64_t start;

  (void) state;
  up ();
  restore_now ();
  start = clock_now ();
  assert_int_equal (modules_boot (clean_os, GRUB_ERR_BAD_OS),
		    GRUB_ERR_BAD_OS);
  assert_raised (GRUB_ERR_BAD_OS, "came back");
  assert_int_equal (boots, 1);
  assert_in_range (clock_now () - start, 0, SECOND);
  assert_int_equal (e->connects, 1);
  assert_int_equal (f->connects, 1);
  both_work ();
  assert_int_equal (modules_boot (clean_os, GRUB_ERR_NONE), GRUB_ERR_NONE);
  modules_down ();
}

/* The OS that returned may have been saved and restored as well.  */
static void
while_nothing_is_up (void **state)
{
  (void) state;
  up ();
  assert_int_equal (modules_boot (restore_now, GRUB_ERR_BAD_OS),
		    GRUB_ERR_BAD_OS);
  assert_raised (GRUB_ERR_BAD_OS, "came back");
  both_work ();
  modules_down ();
}

static void
unload_at_once (void **state)
{
  (void) state;
  up ();
  restore_now ();
  modules_down ();
}

static void
lose_xvdf (void)
{
  f->gone = 1;
}

static void
find_xvdf (void)
{
  f->gone = 0;
}

static void
a_disk_is_gone (void **state)
{
  grub_disk_t h;
  grub_err_t err;

  (void) state;
  up ();
  h = grub_disk_open ("xen/xvdf");
  restore_with (lose_xvdf);
  err = read_open (h, f, 1000);
  assert_true (err == GRUB_ERR_UNKNOWN_DEVICE || err == GRUB_ERR_BAD_DEVICE);
  assert_raised (err, "xvdf");
  assert_int_equal (modules_read ("xen/xvde", e, 1000, 30000), GRUB_ERR_NONE);
  assert_string_equal (modules_list (), "xen/xvde ");
  err = read_open (h, f, 1200);
  assert_true (err == GRUB_ERR_UNKNOWN_DEVICE || err == GRUB_ERR_BAD_DEVICE);
  assert_raised (err, "xvdf");
  grub_disk_close (h);
  assert_null (grub_disk_open ("xen/xvdf"));
  grub_errno = GRUB_ERR_NONE;
  /* The next host has the disk again.  */
  restore_with (find_xvdf);
  both_work ();
  assert_string_equal (modules_list (), "xen/xvde xen/xvdf ");
  modules_down ();
}

static void
a_disk_more (void **state)
{
  (void) state;
  modules_load ();
  e = disk_add (51776, "xvde", SECTORS);
  f = disk_add (51792, "xvdf", SECTORS);
  restore_with (lose_xvdf);
  assert_int_equal (modules_read ("xen/xvde", e, 0, 30000), GRUB_ERR_NONE);
  assert_string_equal (modules_list (), "xen/xvde ");
  restore_with (find_xvdf);
  both_work ();
  modules_down ();
}

static void
cut_off (void)
{
  e->sectors = 3000;
}

static void
grow (void)
{
  e->sectors = SECTORS;
}

static void
a_smaller_disk (void **state)
{
  grub_disk_t h;

  (void) state;
  up ();
  h = grub_disk_open ("xen/xvde");
  restore_with (cut_off);
  /* Sectors that still exist are refused as well, because the handle has the
     old size.  */
  assert_int_equal (read_open (h, e, 1000), GRUB_ERR_BAD_DEVICE);
  assert_raised (GRUB_ERR_BAD_DEVICE, "xen/xvde");
  assert_int_equal (read_open (h, e, 3500), GRUB_ERR_BAD_DEVICE);
  assert_raised (GRUB_ERR_BAD_DEVICE, "smaller");
  grub_disk_close (h);
  both_work ();
  h = grub_disk_open ("xen/xvde");
  assert_int_equal (h->total_sectors, 3000);
  /* A larger disk still has all sectors of the handle.  */
  restore_with (grow);
  assert_int_equal (read_open (h, e, 2000), GRUB_ERR_NONE);
  grub_disk_close (h);
  h = grub_disk_open ("xen/xvde");
  assert_int_equal (h->total_sectors, SECTORS);
  assert_int_equal (read_open (h, e, 3500), GRUB_ERR_NONE);
  grub_disk_close (h);
  modules_down ();
}

static void
large_sectors (void)
{
  e->sector_size = 4096;
}

static void
small_sectors (void)
{
  e->sector_size = 512;
}

static void
other_sectors (void **state)
{
  grub_disk_t h;

  (void) state;
  up ();
  h = grub_disk_open ("xen/xvde");
  restore_with (large_sectors);
  assert_int_equal (read_open (h, e, 1000), GRUB_ERR_BAD_DEVICE);
  assert_raised (GRUB_ERR_BAD_DEVICE, "xen/xvde");
  both_work ();
  assert_int_equal (read_open (h, e, 3000), GRUB_ERR_BAD_DEVICE);
  assert_raised (GRUB_ERR_BAD_DEVICE, "xen/xvde");
  /* The disk is again as it was when it was opened.  */
  restore_with (small_sectors);
  assert_int_equal (read_open (h, e, 2000), GRUB_ERR_NONE);
  grub_disk_close (h);
  both_work ();
  modules_down ();
}

static void
protect (void)
{
  e->info |= VDISK_READONLY;
}

static void
a_read_only_disk (void **state)
{
  char text[512] = "";
  grub_disk_t h;

  (void) state;
  up ();
  h = grub_disk_open ("xen/xvde");
  restore_with (protect);
  assert_int_equal (read_open (h, e, 1000), GRUB_ERR_NONE);
  assert_int_not_equal (grub_disk_write (h, 77, 0, sizeof (text), text),
			GRUB_ERR_NONE);
  assert_raised (GRUB_ERR_ACCESS_DENIED, "xvde is read-only");
  grub_disk_close (h);
  both_work ();
  modules_down ();
}

static void
heal (void)
{
  e->fault = DISK_FINE;
  e->stuck = -1;
}

/* The disk was disabled because of the old backend, and the new backend
   works.  */
static void
a_disabled_disk_works_again (void **state)
{
  (void) state;
  up ();
  e->fault = DISK_SILENT;
  e->fault_at = e->responses + 1;
  assert_int_equal (modules_read ("xen/xvde", e, 3000, 512),
		    GRUB_ERR_TIMEOUT);
  assert_raised (GRUB_ERR_TIMEOUT, "xvde is disabled");
  restore_with (heal);
  both_work ();
  modules_down ();
}

/* The error kept to avoid another wait belongs to the old backend.  */
static void
a_failure_is_not_remembered (void **state)
{
  (void) state;
  modules_load ();
  e = disk_add (51776, "xvde", SECTORS);
  f = disk_add (51792, "xvdf", SECTORS);
  e->stuck = XenbusStateInitWait;
  assert_null (grub_disk_open ("xen/xvde"));
  assert_raised (GRUB_ERR_TIMEOUT, "xvde");
  restore_with (heal);
  both_work ();
  modules_down ();
}

/* The old host's backend keeps pages; the new host's backend has mapped none
   of them.  */
static void
pages_that_were_kept (void **state)
{
  (void) state;
  up ();
  e->keeps_pages = e->keeps_ring = 1;
  assert_int_equal (modules_boot (0, GRUB_ERR_BAD_OS), GRUB_ERR_BAD_OS);
  assert_raised (GRUB_ERR_BAD_OS, "came back");
  assert_int_not_equal (xen_mapped_left (), 0);
  e->keeps_pages = e->keeps_ring = 0;
  restore_now ();
  assert_int_equal (xen_mapped_left (), 0);
  both_work ();
  modules_unload ();
  assert_quiet ();
  assert_xen_clean ();
}

static void
no_xenstore_then (void **state)
{
  uint64_t start;

  (void) state;
  up ();
  restore_now ();
  store.dead = 1;
  start = clock_now ();
  assert_int_not_equal (modules_read ("xen/xvde", e, 3000, 512),
			GRUB_ERR_NONE);
  grub_errno = GRUB_ERR_NONE;
  assert_int_not_equal (modules_read ("xen/xvdf", f, 3000, 512),
			GRUB_ERR_NONE);
  grub_errno = GRUB_ERR_NONE;
  assert_in_range (clock_now () - start, 0, 60 * SECOND);
  store.dead = 0;
  both_work ();
  modules_down ();
}

/* The new Xen refuses to map frames: the read returns that error, and works
   once Xen maps again.  */
static void
no_mapping_then (void **state)
{
  (void) state;
  up ();
  restore_now ();
  xen.add_rc = -XEN_EINVAL;
  assert_int_equal (modules_read ("xen/xvde", e, 3000, 512),
		    GRUB_ERR_BAD_DEVICE);
  assert_raised (GRUB_ERR_BAD_DEVICE, "error 22");
  xen.add_rc = 0;
  both_work ();
  restore_now ();
  xen.add_rc = -XEN_EINVAL;
  assert_int_equal (modules_boot (clean_os, GRUB_ERR_NONE), GRUB_ERR_NONE);
  assert_int_equal (boots, 1);
  modules_down ();
}

static const struct unit_test tests[] =
  {
    UNIT_TEST (at_the_menu),
    UNIT_TEST (before_anything_was_used),
    UNIT_TEST (several_times_in_between),
    UNIT_TEST (open_disks_go_on),
    UNIT_TEST (writes_go_on),
    UNIT_TEST (boot_at_once),
    UNIT_TEST (while_nothing_is_up),
    UNIT_TEST (unload_at_once),
    UNIT_TEST (a_disk_is_gone),
    UNIT_TEST (a_disk_more),
    UNIT_TEST (a_smaller_disk),
    UNIT_TEST (other_sectors),
    UNIT_TEST (a_read_only_disk),
    UNIT_TEST (a_disabled_disk_works_again),
    UNIT_TEST (a_failure_is_not_remembered),
    UNIT_TEST (pages_that_were_kept),
    UNIT_TEST (no_xenstore_then),
    UNIT_TEST (no_mapping_then),
  };

UNIT_MAIN (tests)
