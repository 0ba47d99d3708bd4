/* SPDX-License-Identifier: GPL-3.0-or-later */
/* t_info.c - tests of xen_info.c: its output
   Copyright (C) 2026  The grub-xen-hvm authors  */

#include <stdlib.h>
#include <grub/mm.h>
#include "modules.h"
#include "store.h"

static void
run (int result)
{
  shim_out_clear ();
  assert_int_equal (shim_command ("xen_info", 0, 0), result);
}

static void
platform (void **state)
{
  (void) state;
  modules_load ();
  xen.base = 0x40000100;
  run (GRUB_ERR_NONE);
  assert_printed ("Xen 4.17.6-test");
  assert_printed ("0x40000100");
  assert_printed ("Domain id: 7");
  assert_printed ("frame 0xfeffc, event channel 3");
  assert_printed ("frame 0xfefff, event channel 4");
  assert_printed ("Entered by: the firmware's image (drive 0xff)");
  memcpy (xen.low, "\0\0HdrS", 6);
  run (GRUB_ERR_NONE);
  assert_printed ("kernel=");
  assert_printed ("PV disks: 0");
  assert_quiet ();
  modules_down ();
}

static void
without_console_and_domid (void **state)
{
  (void) state;
  modules_load ();
  xen.params[HVM_PARAM_CONSOLE_PFN] = 0;
  xen.tells_domid = 0;
  tree_remove ("/local/domain/7/domid");
  run (GRUB_ERR_NONE);
  assert_printed ("Console: none");
  assert_printed ("Domain id: unknown");
  modules_down ();
}

static void
domid_of_cpuid (void **state)
{
  (void) state;
  modules_load ();
  tree_remove ("/local/domain/7/domid");
  run (GRUB_ERR_NONE);
  assert_printed ("Domain id: 7\n");
  /* The key must not be read.  */
  tree_set ("/local/domain/7/domid", "9");
  tree_permit ("/local/domain/7/domid", 0);
  run (GRUB_ERR_NONE);
  assert_printed ("Domain id: 7\n");
  assert_quiet ();
  modules_down ();
}

static void
disks_in_all_states (void **state)
{
  struct disk *ok, *cd, *dead, *nokeys;

  (void) state;
  modules_load ();
  disk_add (51712, "xvda", 64);
  ok = disk_add (51776, "xvde", 4096);
  cd = disk_add (51792, "xvdf", 2048);
  cd->info = VDISK_CDROM | VDISK_READONLY;
  cd->sector_size = 2048;
  dead = disk_add (51808, "xvdg", 64);
  dead->instead = XenbusStateClosing;
  nokeys = disk_add (51824, "xvdh", 64);
  assert_int_equal (modules_read ("xen/xvde", ok, 0, 8192), GRUB_ERR_NONE);
  assert_int_equal (modules_read ("xen/xvdf", cd, 0, 8192), GRUB_ERR_NONE);
  assert_int_equal (modules_read ("xen/xvdg", dead, 0, 512),
		    GRUB_ERR_BAD_DEVICE);
  grub_errno = GRUB_ERR_NONE;
  tree_remove ("/local/domain/7/device/vbd/51824/backend");
  (void) nokeys;
  run (GRUB_ERR_NONE);
  assert_quiet ();
  assert_printed ("xen/xvda: virtual device 51712, domain 0, "
		  "`/local/domain/0/backend/vbd/7/51712', frontend 1 "
		  "Initialising, backend 2 InitWait\n  not in use yet");
  assert_printed ("xen/xvde: virtual device 51776");
  assert_printed ("frontend 4 Connected, backend 4 Connected\n  disk, "
		  "writable, 4096 sectors of 512 bytes, sector size 512, "
		  "flush");
  assert_printed ("CD, read-only, 2048 sectors of 512 bytes, "
		  "sector size 2048");
  assert_printed ("  failed: ");
  assert_printed ("xen/xvdg: the backend gave up");
  /* Newer GRUB versions print a source position before the message.  */
  assert_printed ("xen/xvdh: ");
  assert_printed ("xenstore: `device/vbd/51824/backend'");
  assert_printed ("PV disks: 5");
  modules_unload ();
}

static void
a_disabled_disk (void **state)
{
  struct disk *d;
  grub_disk_t h;
  char buf[512];

  (void) state;
  modules_load ();
  d = disk_add (51776, "xvde", 4096);
  h = grub_disk_open ("xen/xvde");
  d->fault = DISK_STATUS;
  d->fault_at = d->responses + 1;
  assert_int_not_equal (grub_disk_read (h, 0, 0, 512, buf), GRUB_ERR_NONE);
  grub_errno = GRUB_ERR_NONE;
  grub_disk_close (h);
  run (GRUB_ERR_NONE);
  assert_printed ("disabled: a response with an unknown status");
  modules_down ();
}

static void
not_on_xen (void **state)
{
  (void) state;
  xen.hypervisor = 0;
  modules_load ();
  run (GRUB_ERR_BAD_DEVICE);
  assert_raised (GRUB_ERR_BAD_DEVICE, "not a guest of Xen");
  assert_string_equal (shim.out, "");
  modules_down ();
}

static void
xenstore_fails (void **state)
{
  (void) state;
  modules_load ();
  tree_permit ("/local/domain/7/device", 0);
  run (GRUB_ERR_ACCESS_DENIED);
  assert_raised (GRUB_ERR_ACCESS_DENIED, "device/vbd");
  modules_down ();
}

static const struct unit_test tests[] =
  {
    UNIT_TEST_ON (XEN_HVM, platform),
    UNIT_TEST (without_console_and_domid),
    UNIT_TEST_ON (XEN_HVM | XEN_PVH, domid_of_cpuid),
    UNIT_TEST (disks_in_all_states),
    UNIT_TEST (a_disabled_disk),
    UNIT_TEST (not_on_xen),
    UNIT_TEST (xenstore_fails),
  };

UNIT_MAIN (tests)
