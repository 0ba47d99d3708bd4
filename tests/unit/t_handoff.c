/* SPDX-License-Identifier: GPL-3.0-or-later */
/* t_handoff.c - tests of the hand-off: the OS finds no trace of GRUB
   Copyright (C) 2026  The grub-xen-hvm authors  */

#include <stdio.h>
#include <stdlib.h>
#include <grub/loader.h>
#include <grub/xen/grant.h>
#include "blkfront.h"
#include "front.h"
#include <grub/xen/resume.h>
#include "modules.h"
#include "store.h"

static struct disk *e, *f;
static unsigned int boots;

static void
clean_os (void)
{
  boots++;
  assert_handed_over ();
}

static void
up (void)
{
  modules_load ();
  e = disk_add (51776, "xvde", 4000);
  f = disk_add (51792, "xvdf", 4000);
  assert_int_equal (modules_read ("xen/xvde", e, 0, 200000), GRUB_ERR_NONE);
}

static void
boot (void **state)
{
  (void) state;
  up ();
  assert_int_equal (modules_read ("xen/xvdf", f, 5, 4096), GRUB_ERR_NONE);
  assert_int_equal (modules_boot (clean_os, GRUB_ERR_NONE), GRUB_ERR_NONE);
  assert_int_equal (boots, 1);
  modules_down ();
}

static void
boot_comes_back (void **state)
{
  grub_disk_t h;
  char buf[512];
  unsigned int i;

  (void) state;
  up ();
  h = grub_disk_open ("xen/xvde");
  for (i = 0; i < 5; i++)
    {
      uint64_t pattern = disk_pattern (e, (3000 + 100 * i) * 512);

      assert_int_equal (modules_boot (clean_os, GRUB_ERR_BAD_OS),
			GRUB_ERR_BAD_OS);
      assert_raised (GRUB_ERR_BAD_OS, "came back");
      /* A file that was open before is still open.  */
      assert_int_equal (grub_disk_read (h, 3000 + 100 * i, 0, 512, buf),
			GRUB_ERR_NONE);
      assert_memory_equal (buf, &pattern, 8);
      assert_int_equal (modules_read ("xen/xvdf", f, 500 * i, 4096),
			GRUB_ERR_NONE);
      assert_string_equal (modules_list (), "xen/xvde xen/xvdf ");
    }
  grub_disk_close (h);
  assert_int_equal (boots, 5);
  assert_int_equal (e->connects, 6);
  modules_down ();
}

static void
boot_without_a_disk_in_use (void **state)
{
  (void) state;
  modules_load ();
  disk_add (51776, "xvde", 64);
  assert_int_equal (modules_boot (clean_os, GRUB_ERR_NONE), GRUB_ERR_NONE);
  modules_list ();
  assert_int_equal (modules_boot (clean_os, GRUB_ERR_NONE), GRUB_ERR_NONE);
  assert_int_equal (boots, 2);
  assert_int_equal (disks[0].connects, 0);
  modules_down ();
}

static void
unload_in_use (void **state)
{
  (void) state;
  up ();
  modules_down ();
}

static void
load_again (void **state)
{
  int i;

  (void) state;
  up ();
  modules_down ();
  for (i = 0; i < 3; i++)
    {
      modules_load ();
      assert_int_equal (modules_read ("xen/xvde", e, 0, 4096),
			GRUB_ERR_NONE);
      modules_down ();
    }
}

static void
qemu (void **state)
{
  (void) state;
  modules_load ();
  e = disk_add (51776, "xvde", 64);
  e->qemu = 1;
  disk_publish (e);
  assert_int_equal (modules_read ("xen/xvde", e, 0, 4096), GRUB_ERR_NONE);
  assert_int_equal (modules_boot (clean_os, GRUB_ERR_BAD_OS),
		    GRUB_ERR_BAD_OS);
  grub_errno = GRUB_ERR_NONE;
  assert_int_equal (modules_read ("xen/xvde", e, 8, 4096), GRUB_ERR_NONE);
  modules_down ();
}

static void
a_slow_backend (void **state)
{
  (void) state;
  up ();
  e->step_delay = 3 * SECOND;
  assert_int_equal (modules_boot (clean_os, GRUB_ERR_NONE), GRUB_ERR_NONE);
  assert_int_equal (boots, 1);
  e->step_delay = MS;
  modules_down ();
}

/* Only a dead disk may keep anything.  */
static void
one_dead_os (void)
{
  boots++;
  assert_int_equal (xen_ports_left (), 0);
  assert_int_equal (xen_slots_left (), 0);
  assert_int_equal (xen_grants_left (), xen_mapped_left ());
  assert_int_equal (xen_mapped_in_the_way (), 0);
  assert_int_equal (disk_keys_left (e), 0);
  assert_int_equal (disk_keys_left (f), 0);
  assert_int_equal (disk_state (f), XenbusStateInitWait);
  assert_int_equal (disk_frontend_state (f), XenbusStateInitialising);
}

static void
a_backend_that_does_not_let_go (void **state)
{
  uint64_t start;

  (void) state;
  up ();
  assert_int_equal (modules_read ("xen/xvdf", f, 5, 4096), GRUB_ERR_NONE);
  e->stuck = XenbusStateConnected;
  e->keeps_ring = 1;
  start = clock_now ();
  assert_int_equal (modules_boot (one_dead_os, GRUB_ERR_NONE),
		    GRUB_ERR_NONE);
  assert_int_equal (boots, 1);
  assert_in_range (clock_now () - start, 0, 40 * SECOND);
  /* The ring, and the pages of the pool that the backend has mapped.  */
  assert_int_equal (xen_mapped_left (), 1 + e->n_kept);
  modules_unload ();
  assert_quiet ();
  /* In addition to the platform's blocks: two blocks that the backend has
     mapped, and the records of both.  */
  assert_int_equal (shim.blocks, xen_own_blocks () + 2 * 2);
}

static void
a_backend_that_died (void **state)
{
  (void) state;
  up ();
  assert_int_equal (modules_read ("xen/xvdf", f, 5, 4096), GRUB_ERR_NONE);
  disk_kill (e);
  assert_int_equal (modules_boot (one_dead_os, GRUB_ERR_NONE),
		    GRUB_ERR_NONE);
  assert_int_equal (boots, 1);
  modules_unload ();
  assert_quiet ();
  assert_xen_clean ();
  assert_int_equal (shim.blocks, xen_own_blocks ());
}

static void
store_only_os (void)
{
  boots++;
  assert_int_equal (xen_ports_left (), 0);
  assert_int_equal (xen_slots_left (), 0);
  assert_int_equal (xen_grants_left (), xen_mapped_left ());
  assert_int_equal (xen_mapped_in_the_way (), 0);
}

static void
xenstored_died (void **state)
{
  uint64_t start;

  (void) state;
  up ();
  store.dead = 1;
  start = clock_now ();
  assert_int_equal (modules_boot (store_only_os, GRUB_ERR_NONE),
		    GRUB_ERR_NONE);
  assert_int_equal (boots, 1);
  assert_in_range (clock_now () - start, 0, 60 * SECOND);
  modules_unload ();
  assert_quiet ();
}

/* Watch events and late replies that arrive later are dropped.  */
static void
between_two_messages_os (void)
{
  boots++;
  assert_int_equal (xen.store->rsp_prod, xen.store->rsp_cons);
  assert_int_equal (xen.store->req_prod, xen.store->req_cons);
}

static void
a_reply_still_to_come (void **state)
{
  (void) state;
  up ();
  store.fault = STORE_LATE;
  store.late = 5100 * MS;
  store.fail_at = store.replies + 1;
  assert_null (grub_disk_open ("xen/none"));
  grub_errno = GRUB_ERR_NONE;
  assert_int_equal (modules_boot (between_two_messages_os, GRUB_ERR_NONE),
		    GRUB_ERR_NONE);
  assert_int_equal (boots, 1);
  clock_pass (10 * SECOND);
  assert_int_equal (xen.store->rsp_prod, xen.store->rsp_cons);
  modules_down ();
}

static grub_err_t
other_hook (int noreturn)
{
  (void) noreturn;
  /* The disks are usable until here.  */
  assert_int_equal (modules_read ("xen/xvdf", f, 900, 4096), GRUB_ERR_NONE);
  return GRUB_ERR_NONE;
}

static grub_err_t
other_restore (void)
{
  /* GRUB calls this with the boot's own error set.  */
  grub_error_push ();
  assert_int_equal (modules_read ("xen/xvdf", f, 1900, 4096), GRUB_ERR_NONE);
  grub_error_pop ();
  return GRUB_ERR_NONE;
}

static void
other_hooks_may_use_disks (void **state)
{
  struct grub_preboot *hook;

  (void) state;
  up ();
  hook = grub_loader_register_preboot_hook
    (other_hook, other_restore, GRUB_LOADER_PREBOOT_HOOK_PRIO_NORMAL);
  assert_int_equal (modules_boot (clean_os, GRUB_ERR_BAD_OS),
		    GRUB_ERR_BAD_OS);
  assert_raised (GRUB_ERR_BAD_OS, "came back");
  assert_int_equal (boots, 1);
  /* This hook is restored last, after xen_blk: the disk connects at once.  */
  assert_int_equal (f->connects, 2);
  grub_loader_unregister_preboot_hook (hook);
  modules_down ();
}

/* Connect as the OS's frontend, with GRUB's own code.  */
static void
next_frontend_os (void)
{
  static struct grub_xen_blkfront linux_front;

  boots++;
  assert_handed_over ();
  assert_int_equal (grub_xen_up (), GRUB_ERR_NONE);
  assert_int_equal (front_try (&linux_front, "xvde",
					       "device/vbd/51776", 51776),
		    GRUB_ERR_NONE);
  grub_xen_blkfront_disconnect (&linux_front);
  grub_xen_down ();
}

static void
the_next_frontend_connects (void **state)
{
  (void) state;
  up ();
  assert_int_equal (modules_boot (next_frontend_os, GRUB_ERR_NONE),
		    GRUB_ERR_NONE);
  assert_int_equal (boots, 1);
  modules_down ();
}

static const struct unit_test tests[] =
  {
    UNIT_TEST (boot),
    UNIT_TEST (boot_comes_back),
    UNIT_TEST (boot_without_a_disk_in_use),
    UNIT_TEST (unload_in_use),
    UNIT_TEST (load_again),
    UNIT_TEST (qemu),
    UNIT_TEST (a_slow_backend),
    UNIT_TEST (a_backend_that_does_not_let_go),
    UNIT_TEST (a_backend_that_died),
    UNIT_TEST (xenstored_died),
    UNIT_TEST (a_reply_still_to_come),
    UNIT_TEST (other_hooks_may_use_disks),
    UNIT_TEST (the_next_frontend_connects),
  };

UNIT_MAIN (tests)
