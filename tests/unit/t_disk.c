/* SPDX-License-Identifier: GPL-3.0-or-later */
/* t_disk.c - tests of xen_blk.c: GRUB's disk device
   Copyright (C) 2026  The grub-xen-hvm authors  */

#include <stdio.h>
#include <stdlib.h>
#include <grub/partition.h>
#include "disks.h"
#include "modules.h"
#include "store.h"

#define VBD	"/local/domain/7/device/vbd/"

/* Opening NAME fails with ERR, and the message contains TEXT.  */
static void
open_fails (const char *name, grub_err_t err, const char *text)
{
  assert_null (grub_disk_open (name));
  assert_raised (err, text);
}

static void
list_and_read (void **state)
{
  struct disk *e, *f, *a;

  (void) state;
  modules_load ();
  f = disk_add (51792, "xvdf", 2000);
  e = disk_add (51776, "xvde", 3000);
  a = disk_add (768, "hda", 4000);
  /* In numeric order, not in xenstore's order.  */
  assert_string_equal (modules_list (), "xen/hda xen/xvde xen/xvdf ");
  assert_int_equal (modules_read ("xen/xvde", e, 1, 100000), GRUB_ERR_NONE);
  assert_int_equal (modules_read ("xen/xvdf", f, 1999, 512), GRUB_ERR_NONE);
  assert_int_equal (modules_read ("xen/hda", a, 0, 2000000), GRUB_ERR_NONE);
  assert_int_equal (e->connects, 1);
  open_fails ("xen/xvdg", GRUB_ERR_UNKNOWN_DEVICE, "");
  open_fails ("hd0", GRUB_ERR_UNKNOWN_DEVICE, "");
  modules_down ();
}

static void
no_disks (void **state)
{
  (void) state;
  modules_load ();
  assert_string_equal (modules_list (), "");
  assert_quiet ();
  open_fails ("xen/xvde", GRUB_ERR_UNKNOWN_DEVICE, "");
  tree_set (VBD "x", "%s", "");
  tree_remove (VBD "x");
  assert_string_equal (modules_list (), "");
  assert_quiet ();
  assert_string_equal (shim.out, "");
  modules_down ();
}

static void
not_on_xen (void **state)
{
  (void) state;
  xen.hypervisor = 0;
  modules_load ();
  assert_string_equal (modules_list (), "");
  assert_quiet ();
  assert_string_equal (shim.out, "");
  open_fails ("xen/xvde", GRUB_ERR_BAD_DEVICE, "not a guest of Xen");
  open_fails ("hd0", GRUB_ERR_UNKNOWN_DEVICE, "");
  assert_int_equal (modules_boot (0, GRUB_ERR_NONE), GRUB_ERR_NONE);
  assert_int_equal (xen.calls, 0);
  modules_down ();
  assert_int_equal (shim.blocks, 0);
}

static void
xen_without_xenstore (void **state)
{
  (void) state;
  xen.params[HVM_PARAM_STORE_PFN] = 0;
  modules_load ();
  assert_string_equal (modules_list (), "");
  assert_quiet ();
  /* The error is printed once, not by every `ls'.  */
  assert_printed ("no xenstore");
  shim_out_clear ();
  assert_string_equal (modules_list (), "");
  assert_string_equal (shim.out, "");
  open_fails ("xen/xvde", GRUB_ERR_BAD_DEVICE, "no xenstore");
  modules_down ();
}

/* The error that the caller of a list has pushed is kept.  */
static void
a_list_leaves_the_errors_of_others (void **state)
{
  (void) state;
  xen.params[HVM_PARAM_STORE_PFN] = 0;
  modules_load ();
  grub_error (GRUB_ERR_BAD_FS, "what the caller knows");
  grub_error_push ();
  assert_string_equal (modules_list (), "");
  /* Newer GRUB versions print a source position before the message.  */
  assert_printed ("error: ");
  assert_printed ("Xen gave this guest no xenstore.\n");
  grub_error_pop ();
  assert_raised (GRUB_ERR_BAD_FS, "what the caller knows");
  modules_down ();
}

/* A backend that an earlier frontend left Connected, and that does not close,
   costs its timeout once.  */
static void
a_backend_that_does_not_close_costs_once (void **state)
{
  struct disk *d;
  uint64_t start;

  (void) state;
  modules_load ();
  d = disk_add (51776, "xvde", 64);
  tree_set ("/local/domain/0/backend/vbd/7/51776/state", "4");
  tree_set (VBD "51776/state", "4");
  d->stuck = XenbusStateConnected;
  start = clock_now ();
  open_fails ("xen/xvde", GRUB_ERR_TIMEOUT, "xen/xvde");
  assert_in_range (clock_now () - start, 5 * SECOND, 12 * SECOND);
  start = clock_now ();
  open_fails ("xen/xvde", GRUB_ERR_TIMEOUT, "xen/xvde");
  open_fails ("xen/xvde", GRUB_ERR_TIMEOUT, "xen/xvde");
  assert_in_range (clock_now () - start, 0, 100 * MS);
  /* After a change of the backend's state GRUB tries again.  */
  d->stuck = -1;
  tree_set ("/local/domain/0/backend/vbd/7/51776/state", "6");
  assert_int_equal (modules_read ("xen/xvde", d, 0, 4096), GRUB_ERR_NONE);
  modules_down ();
}

static void
any_os (void)
{
}

/* The backend's state has not changed, but much time may have passed.  */
static void
a_failed_disk_is_tried_after_a_boot (void **state)
{
  struct disk *d, *good;
  uint64_t start;

  (void) state;
  modules_load ();
  d = disk_add (51776, "xvde", 64);
  good = disk_add (51792, "xvdf", 64);
  assert_int_equal (modules_read ("xen/xvdf", good, 0, 4096), GRUB_ERR_NONE);
  d->stuck = XenbusStateInitWait;
  open_fails ("xen/xvde", GRUB_ERR_TIMEOUT, "xen/xvde");
  start = clock_now ();
  open_fails ("xen/xvde", GRUB_ERR_TIMEOUT, "xen/xvde");
  assert_in_range (clock_now () - start, 0, 100 * MS);
  assert_int_equal (modules_boot (any_os, GRUB_ERR_BAD_OS), GRUB_ERR_BAD_OS);
  grub_errno = GRUB_ERR_NONE;
  start = clock_now ();
  open_fails ("xen/xvde", GRUB_ERR_TIMEOUT, "xen/xvde");
  assert_in_range (clock_now () - start, 5 * SECOND, 60 * SECOND);
  modules_down ();
}

/* A search opens and reads a disk many times.  A disk that answers after 25
   seconds must not delay it for hours.  */
static void
a_slow_disk_ends_a_search_in_time (void **state)
{
  struct disk *slow, *good;
  uint64_t start, sector;
  grub_disk_t h;
  char buf[512];

  (void) state;
  modules_load ();
  slow = disk_add (51712, "xvda", 40000);
  good = disk_add (51776, "xvde", 64);
  slow->io_delay = 25 * SECOND;
  start = clock_now ();
  for (sector = 0; sector < 40000; sector += 1000)
    {
      h = grub_disk_open ("xen/xvda");
      if (h)
	{
	  grub_disk_read (h, sector, 0, 512, buf);
	  grub_disk_close (h);
	}
      grub_errno = GRUB_ERR_NONE;
    }
  assert_int_equal (modules_read ("xen/xvde", good, 0, 4096), GRUB_ERR_NONE);
  assert_in_range (clock_now () - start, 0, 120 * SECOND);
  slow->io_delay = MS;
  modules_unload ();
  shim_reset ();
}

static void
xenstore_that_does_not_answer (void **state)
{
  uint64_t start = clock_now ();

  (void) state;
  store.dead = 1;
  modules_load ();
  assert_string_equal (modules_list (), "");
  assert_quiet ();
  assert_printed ("no answer");
  assert_in_range (clock_now () - start, 0, 16 * SECOND);
  modules_unload ();
  assert_xen_clean ();
}

/* The numbers of xen-vbd-interface(7), in their order.  Every backend gives
   the same name for its disk, which GRUB ignores.  */
static void
names_of_numbers (void **state)
{
  static const struct
  {
    unsigned int handle;
    const char *name;
  } known[] =
    {
      { 768, "xen/hda" }, { 833, "xen/hdb1" }, { 2064, "xen/sdb" },
      { 5632, "xen/hdc" }, { 9999, "xen/9999" }, { 51712, "xen/xvda" },
      { 51776, "xen/xvde" }, { 51791, "xen/xvde15" },
      { 268436480, "xen/268436480" }, { 268439552, "xen/xvdq" },
      { 268442112, "xen/xvdaa" }, { 268615168, "xen/268615168" }
    };
  size_t i, n = sizeof (known) / sizeof (known[0]);
  char list[512] = "";

  (void) state;
  modules_load ();
  for (i = 0; i < n; i++)
    {
      disk_add (known[i].handle, "xvdb", 64);
      snprintf (list + strlen (list), sizeof (list) - strlen (list), "%s ",
		known[i].name);
    }
  assert_string_equal (modules_list (), list);
  for (i = 0; i < n; i++)
    assert_int_equal (modules_read (known[i].name, &disks[i], 3, 4096),
		      GRUB_ERR_NONE);
  modules_down ();
}

static void
directories_that_are_no_disks (void **state)
{
  static const char *const odd[] =
    {
      "x", "-1", "007", "0x300", "51776x", "4294967296",
      "99999999999999999999999999", "1-2"
    };
  size_t i;
  char path[128];

  (void) state;
  modules_load ();
  for (i = 0; i < sizeof (odd) / sizeof (odd[0]); i++)
    {
      snprintf (path, sizeof (path), VBD "%s", odd[i]);
      tree_set (path, "%s", "");
    }
  disk_add (51776, "xvde", 64);
  assert_string_equal (modules_list (), "xen/xvde ");
  assert_int_equal (modules_read ("xen/xvde", disks, 0, 4096),
		    GRUB_ERR_NONE);
  modules_down ();
}

static void
forty_disks (void **state)
{
  unsigned int i;
  char dev[16];

  (void) state;
  modules_load ();
  for (i = 0; i < DISKS; i++)
    disk_add ((1U << 28) + 256 * (26 + i), "xvd", 64);
  modules_list ();
  for (i = 0; i < DISKS; i++)
    {
      snprintf (dev, sizeof (dev), "xen/xvd%c%c", 'a' + i / 26,
		'a' + i % 26);
      assert_non_null (strstr (modules_list (), dev));
      assert_int_equal (modules_read (dev, &disks[i], 0, 8192),
			GRUB_ERR_NONE);
    }
  /* The disks share their pages.  */
  assert_in_range (xen_grants_left (), DISKS, DISKS + GRUB_XEN_POOL_PAGES);
  modules_down ();
}

static void
a_dead_disk_costs_nobody_else (void **state)
{
  struct disk *dead, *good;
  uint64_t start;

  (void) state;
  modules_load ();
  dead = disk_add (51712, "xvda", 64);
  good = disk_add (51776, "xvde", 64);
  tree_set ("/local/domain/0/backend/vbd/7/51712/state", "1");
  dead->stuck = XenbusStateInitialising;
  assert_string_equal (modules_list (), "xen/xvda xen/xvde ");
  start = clock_now ();
  open_fails ("xen/xvda", GRUB_ERR_TIMEOUT, "xen/xvda");
  assert_in_range (clock_now () - start, 5 * SECOND, 40 * SECOND);
  assert_int_equal (modules_read ("xen/xvde", good, 0, 4096), GRUB_ERR_NONE);
  /* Another open without a change in xenstore fails at once with the same
     error.  */
  start = clock_now ();
  open_fails ("xen/xvda", GRUB_ERR_TIMEOUT, "xen/xvda");
  assert_in_range (clock_now () - start, 0, 100 * MS);
  /* After a change in the backend's directory GRUB tries again.  */
  dead->stuck = -1;
  tree_set ("/local/domain/0/backend/vbd/7/51712/error", "%s", "");
  clock_pass (100 * MS);
  assert_int_equal (modules_read ("xen/xvda", dead, 0, 4096), GRUB_ERR_NONE);
  modules_down ();
}

static void
disks_come_and_go (void **state)
{
  struct disk *e, *f;

  (void) state;
  modules_load ();
  e = disk_add (51776, "xvde", 64);
  assert_string_equal (modules_list (), "xen/xvde ");
  f = disk_add (51792, "xvdf", 64);
  assert_string_equal (modules_list (), "xen/xvde xen/xvdf ");
  assert_int_equal (modules_read ("xen/xvde", e, 0, 512), GRUB_ERR_NONE);
  disk_kill (e);
  tree_remove (e->fe);
  assert_string_equal (modules_list (), "xen/xvdf ");
  open_fails ("xen/xvde", GRUB_ERR_UNKNOWN_DEVICE, "");
  assert_int_equal (modules_read ("xen/xvdf", f, 0, 512), GRUB_ERR_NONE);
  modules_down ();
}

static void
one_that_is_plugged_in_is_found_by_name (void **state)
{
  (void) state;
  modules_load ();
  open_fails ("xen/xvde", GRUB_ERR_UNKNOWN_DEVICE, "");
  disk_add (51776, "xvde", 64);
  assert_int_equal (modules_read ("xen/xvde", disks, 0, 512), GRUB_ERR_NONE);
  modules_down ();
}

static void
large_sectors (void **state)
{
  unsigned int size;

  (void) state;
  modules_load ();
  for (size = 512; size <= 4096; size *= 2)
    {
      struct disk *d = disk_add (51712 + 16 * n_disks, "xvd", 4096);

      d->sector_size = size;
    }
  modules_list ();
  for (size = 0; size < n_disks; size++)
    {
      struct disk *d = &disks[size];
      char name[32];
      grub_disk_t h;

      snprintf (name, sizeof (name), "xen/xvd%c", 'a' + size);
      assert_int_equal (modules_read (name, d, 1, 512), GRUB_ERR_NONE);
      assert_int_equal (modules_read (name, d, 7, 1000 * 512), GRUB_ERR_NONE);
      assert_int_equal (modules_read (name, d, 4095, 512), GRUB_ERR_NONE);
      h = grub_disk_open (name);
      assert_int_equal (grub_disk_native_sectors (h), 4096);
      assert_int_equal (1U << h->log_sector_size, d->sector_size);
      grub_disk_close (h);
      assert_int_equal (d->bad_requests, 0);
    }
  modules_down ();
}

static void
writing (void **state)
{
  struct disk *d;
  grub_disk_t h;
  char text[700];

  (void) state;
  modules_load ();
  d = disk_add (51776, "xvde", 64);
  h = grub_disk_open ("xen/xvde");
  memset (text, 'T', sizeof (text));
  /* In the middle of sectors, as for an environment block.  */
  assert_int_equal (grub_disk_write (h, 9, 100, sizeof (text), text),
		    GRUB_ERR_NONE);
  assert_memory_equal (d->data + 9 * 512 + 100, text, sizeof (text));
  assert_int_equal (d->dirty, 0);
  grub_disk_close (h);
  modules_down ();
}

static void
read_only (void **state)
{
  struct disk *d;
  grub_disk_t h;
  char text[512] = "";

  (void) state;
  modules_load ();
  d = disk_add (51776, "xvde", 64);
  d->info = VDISK_READONLY;
  h = grub_disk_open ("xen/xvde");
  assert_int_equal (grub_disk_write (h, 9, 0, sizeof (text), text),
		    GRUB_ERR_ACCESS_DENIED);
  assert_raised (GRUB_ERR_ACCESS_DENIED, "xen/xvde is read-only");
  grub_disk_close (h);
  modules_down ();
}

static void
shorter_than_its_partitions (void **state)
{
  /* One partition, of sectors 32 to 1055, on a disk of 64 sectors.  */
  static const unsigned char entry[16] =
    { 0, 0, 0, 0, 0x83, 0, 0, 0, 32, 0, 0, 0, 0, 4, 0, 0 };
  struct disk *d;
  grub_disk_t h;
  char buf[512];

  (void) state;
  modules_load ();
  d = disk_add (51776, "xvde", 64);
  memset (d->data, 0, 512);
  memcpy (d->data + 446, entry, 16);
  d->data[510] = 0x55;
  d->data[511] = 0xaa;
  h = grub_disk_open ("xen/xvde,msdos1");
  if (h)
    {
      uint64_t pattern = disk_pattern (d, 33 * 512);

      assert_int_equal (grub_disk_read (h, 1, 0, 512, buf), GRUB_ERR_NONE);
      assert_memory_equal (buf, &pattern, 8);
      assert_int_not_equal (grub_disk_read (h, 1000, 0, 512, buf),
			    GRUB_ERR_NONE);
      assert_raised (GRUB_ERR_OUT_OF_RANGE, "xen/xvde");
      grub_disk_close (h);
    }
  else
    assert_raised (GRUB_ERR_UNKNOWN_DEVICE, "");
  modules_down ();
}

static const struct unit_test tests[] =
  {
    UNIT_TEST (list_and_read),
    UNIT_TEST (no_disks),
    UNIT_TEST (not_on_xen),
    UNIT_TEST (xen_without_xenstore),
    UNIT_TEST (a_list_leaves_the_errors_of_others),
    UNIT_TEST (a_backend_that_does_not_close_costs_once),
    UNIT_TEST (a_failed_disk_is_tried_after_a_boot),
    UNIT_TEST (a_slow_disk_ends_a_search_in_time),
    UNIT_TEST (xenstore_that_does_not_answer),
    UNIT_TEST (names_of_numbers),
    UNIT_TEST (directories_that_are_no_disks),
    UNIT_TEST (forty_disks),
    UNIT_TEST (a_dead_disk_costs_nobody_else),
    UNIT_TEST (disks_come_and_go),
    UNIT_TEST (one_that_is_plugged_in_is_found_by_name),
    UNIT_TEST (large_sectors),
    UNIT_TEST (writing),
    UNIT_TEST (read_only),
    UNIT_TEST (shorter_than_its_partitions),
  };

UNIT_MAIN (tests)
