/* SPDX-License-Identifier: GPL-3.0-or-later */
/* t_media.c - tests of hotplug.c: another medium, or another disk of the same
   name
   Copyright (C) 2026  The grub-xen-hvm authors  */

#include <stdlib.h>
#include "disks.h"
#include "hot.h"
#include "restore.h"

#define SECTORS	4000

static struct disk *e, *cd;

static void
up (void)
{
  modules_load ();
  grub_xen_hotplug_init ();
  e = disk_add (51776, "xvde", SECTORS);
  cd = disk_add (5632, "hdc", SECTORS);
  cd->info = VDISK_CDROM | VDISK_READONLY;
  disk_publish (cd);
  tree_set (hot_key (cd->be, "params"), "aio:/old.iso");
  assert_int_equal (modules_read ("xen/xvde", e, 0, 1000), GRUB_ERR_NONE);
}

static void
down (void)
{
  grub_xen_hotplug_fini ();
  modules_down ();
}

static void
set_params (const char *what)
{
  tree_set (hot_key (cd->be, "params"), "%s", what);
}

/* Change the contents of the same disk.  */
static void
overwrite (struct disk *d)
{
  uint64_t i;

  for (i = 0; i < d->sectors * 512; i++)
    d->data[i] ^= 0xff;
}

/* H returns D's present contents at SECTOR.  */
static void
has (grub_disk_t h, const struct disk *d, uint64_t sector, size_t bytes)
{
  char *buf = malloc (bytes);

  assert_int_equal (grub_disk_read (h, sector, 0, bytes, buf), GRUB_ERR_NONE);
  assert_memory_equal (buf, d->data + sector * 512, bytes);
  free (buf);
}

static void
refuses (grub_disk_t h, grub_err_t err, const char *text)
{
  char buf[512];

  assert_int_equal (grub_disk_read (h, 2000, 0, 512, buf), err);
  assert_raised (err, text);
}

/* The disk's contents change after sequential reads: the data that was read
   ahead must not be used.  */
static void
nothing_ahead_is_kept (void **state)
{
  unsigned long reads;
  grub_disk_t h;

  (void) state;
  up ();
  h = grub_disk_open ("xen/xvde");
  has (h, e, 0, 65536);
  has (h, e, 128, 65536);
  has (h, e, 256, 65536);
  reads = e->reads;
  overwrite (e);
  wait_for_key (3000);
  grub_disk_close (grub_disk_open ("xen/xvde"));
  has (h, e, 384, 65536);
  has (h, e, 512, 300000);
  assert_true (e->reads > reads);
  grub_disk_close (h);
  down ();
}

/* Another disk gets the same name: a handle of the old disk never returns its
   data.  */
static void
attached_anew (unsigned int wait)
{
  grub_disk_t old, new;
  struct disk *g;

  up ();
  old = grub_disk_open ("xen/xvde");
  has (old, e, 0, 512);
  begin_detach (e);
  wait_for_key (3000);
  end_detach (e);
  wait_for_key (wait);
  g = disk_add (51776, "xvde", 2 * SECTORS);
  overwrite (g);
  wait_for_key (wait);
  new = grub_disk_open ("xen/xvde");
  assert_non_null (new);
  has (new, g, 0, 512);
  has (new, g, 2000, 512);
  refuses (old, GRUB_ERR_UNKNOWN_DEVICE, "xen/xvde is gone");
  assert_string_equal (modules_list (), "xen/hdc xen/xvde ");
  wait_for_key (3000);
  refuses (old, GRUB_ERR_UNKNOWN_DEVICE, "xen/xvde is gone");
  has (new, g, 5000, 512);
  grub_disk_close (old);
  grub_disk_close (new);
  down ();
}

static void
attached_anew_at_once (void **state)
{
  (void) state;
  attached_anew (0);
}

static void
attached_anew_later (void **state)
{
  (void) state;
  attached_anew (3000);
}

/* The disk vanishes without closing.  */
static void
killed_and_attached (void **state)
{
  grub_disk_t h;

  (void) state;
  up ();
  h = grub_disk_open ("xen/xvde");
  disk_kill (e);
  tree_remove (e->fe);
  wait_for_key (3000);
  disk_add (51776, "xvde", SECTORS);
  wait_for_key (3000);
  refuses (h, GRUB_ERR_UNKNOWN_DEVICE, "xen/xvde is gone");
  grub_disk_close (h);
  down ();
}

/* While the host delays the removal of a disk, the memory kept for the disk
   does not grow.  */
static void
slow_detach (void **state)
{
  long blocks;

  (void) state;
  up ();
  begin_detach (e);
  wait_for_key (3000);
  blocks = shim.blocks;
  wait_for_key (60000);
  assert_int_equal (shim.blocks, blocks);
  end_detach (e);
  down ();
}

/* A disabled disk can be detached like any other.  */
static void
detach_disabled (void **state)
{
  grub_disk_t h;

  (void) state;
  up ();
  h = grub_disk_open ("xen/xvde");
  e->fault_at = e->responses + 1;
  e->fault = DISK_ID_HUGE;
  refuses (h, GRUB_ERR_IO, "disabled");
  begin_detach (e);
  wait_for_key (3000);
  end_detach (e);
  refuses (h, GRUB_ERR_UNKNOWN_DEVICE, "xen/xvde is gone");
  e = disk_add (51776, "xvde", SECTORS);
  assert_int_equal (modules_read ("xen/xvde", e, 0, 1000), GRUB_ERR_NONE);
  grub_disk_close (h);
  down ();
}

/* A restored guest's backend opens the medium that the toolstack has
   written.  */
static void
restore_with_new_medium (void)
{
  set_params ("aio:/new.iso");
  wait_for_key (3000);
  assert_null (grub_disk_open ("xen/hdc"));
  grub_errno = GRUB_ERR_NONE;
  restore_now ();
  set_params ("aio:/new.iso");
  wait_for_key (3000);
  assert_int_equal (modules_read ("xen/hdc", cd, 1500, 512), GRUB_ERR_NONE);
}

/* The backend ignores the toolstack's change.  IN_USE: the disk is connected
   at that time.  */
static void
cd_insert (int in_use)
{
  grub_disk_t h = 0;

  up ();
  wait_for_key (3000);
  if (in_use)
    {
      h = grub_disk_open ("xen/hdc");
      has (h, cd, 0, 65536);
      wait_for_key (3000);
    }
  set_params ("");
  wait_for_key (3000);
  set_params ("aio:/new.iso");
  wait_for_key (3000);
  assert_null (grub_disk_open ("xen/hdc"));
  assert_raised (GRUB_ERR_BAD_DEVICE, "xen/hdc: the backend has the old medium");
  if (h)
    refuses (h, GRUB_ERR_BAD_DEVICE, "xen/hdc: the backend has the old medium");
  assert_int_equal (disk_keys_left (cd), 0);
  assert_int_equal (disk_state (cd), XenbusStateInitWait);
  assert_int_equal (modules_read ("xen/xvde", e, 1000, 512), GRUB_ERR_NONE);
  /* The backend's medium is the toolstack's again.  */
  set_params ("aio:/old.iso");
  wait_for_key (3000);
  assert_int_equal (modules_read ("xen/hdc", cd, 1000, 512), GRUB_ERR_NONE);
  if (h)
    has (h, cd, 2000, 512);
  if (xen_platform () != XEN_PV)
    restore_with_new_medium ();
  if (h)
    grub_disk_close (h);
  down ();
}

static void
cd_insert_in_use (void **state)
{
  (void) state;
  cd_insert (1);
}

static void
cd_insert_idle (void **state)
{
  (void) state;
  cd_insert (0);
}

/* The backend starts when there is a medium to open.  */
static void
cd_insert_into_empty (void **state)
{
  (void) state;
  up ();
  set_params ("");
  tree_set (hot_key (cd->be, "state"), "1");
  cd->stuck = 1;
  wait_for_key (3000);
  set_params ("aio:/new.iso");
  cd->stuck = -1;
  tree_set (hot_key (cd->be, "state"), "2");
  wait_for_key (3000);
  assert_int_equal (modules_read ("xen/hdc", cd, 0, 512), GRUB_ERR_NONE);
  wait_for_key (3000);
  assert_int_equal (modules_read ("xen/hdc", cd, 1000, 512), GRUB_ERR_NONE);
  down ();
}

/* Another size means another CD.  */
static void
cd_of_another_size (void **state)
{
  grub_disk_t h, new;

  (void) state;
  up ();
  cd->sectors = 3000;
  tree_set (hot_key (cd->be, "sectors"), "3000");
  h = grub_disk_open ("xen/hdc");
  has (h, cd, 0, 65536);
  cd->sectors = SECTORS;
  overwrite (cd);
  tree_set (hot_key (cd->be, "sectors"), "%u", SECTORS);
  wait_for_key (3000);
  new = grub_disk_open ("xen/hdc");
  assert_non_null (new);
  has (new, cd, 0, 65536);
  assert_int_equal (new->total_sectors, SECTORS);
  refuses (h, GRUB_ERR_UNKNOWN_DEVICE, "xen/hdc is gone");
  grub_disk_close (h);
  grub_disk_close (new);
  down ();
}

static const struct unit_test tests[] =
  {
    UNIT_TEST (nothing_ahead_is_kept),
    UNIT_TEST (attached_anew_at_once),
    UNIT_TEST (attached_anew_later),
    UNIT_TEST (killed_and_attached),
    UNIT_TEST (slow_detach),
    UNIT_TEST (detach_disabled),
    UNIT_TEST (cd_insert_in_use),
    UNIT_TEST (cd_insert_idle),
    UNIT_TEST (cd_insert_into_empty),
    UNIT_TEST (cd_of_another_size),
  };

UNIT_MAIN (tests)
