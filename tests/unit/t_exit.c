/* SPDX-License-Identifier: GPL-3.0-or-later */
/* t_exit.c - tests of xen_blk.c: the command `exit' is a hand-off
   Copyright (C) 2026  The grub-xen-hvm authors  */

#include <stdio.h>
#include <grub/command.h>
#include "modules.h"
#include "store.h"

static struct disk *e;
static unsigned int exits;
static grub_command_t own;
/* A backend keeps its mappings.  */
static int still_used;

/* Runs in place of the BIOS, which must find no trace of GRUB.  */
static grub_err_t
exit_to_bios (grub_command_t cmd, int argc, char **argv)
{
  (void) cmd;
  (void) argv;
  assert_int_equal (argc, 1);
  if (still_used)
    assert_int_equal (xen_mapped_in_the_way (), 0);
  else
    assert_handed_over ();
  exits++;
  return grub_error (GRUB_ERR_BAD_OS, "the BIOS has nothing else");
}

static void
up (void)
{
  own = grub_register_command ("exit", exit_to_bios, 0, "");
  modules_load ();
  e = disk_add (51776, "xvde", 4000);
}

/* Run `exit' with one argument: whether it takes one depends on GRUB's
   version.  */
static int
run_exit (void)
{
  char arg[] = "1", *argv[] = { arg, 0 };

  return shim_command ("exit", 1, argv);
}

/* Reads are in flight at `exit'.  */
static void
reads_in_flight (void **state)
{
  (void) state;
  up ();
  e->io_delay = 20 * MS;
  e->batch = 1;
  assert_int_equal (modules_read ("xen/xvde", e, 0, 32768), GRUB_ERR_NONE);
  assert_int_equal (modules_read ("xen/xvde", e, 64, 32768), GRUB_ERR_NONE);
  assert_int_not_equal (xen_mapped_left (), 0);
  assert_int_equal (run_exit (), GRUB_ERR_BAD_OS);
  assert_raised (GRUB_ERR_BAD_OS, "nothing else");
  assert_int_equal (exits, 1);
  /* `exit' returned: the disk connects again.  */
  assert_int_equal (modules_read ("xen/xvde", e, 2000, 4096), GRUB_ERR_NONE);
  assert_int_equal (e->connects, 2);
  grub_unregister_command (own);
  modules_down ();
}

/* Xen is down after a boot that returned, but a backend has kept pages.  */
static void
after_a_boot (void **state)
{
  (void) state;
  up ();
  assert_int_equal (modules_read ("xen/xvde", e, 0, 4096), GRUB_ERR_NONE);
  e->keeps_ring = 1;
  assert_int_equal (modules_boot (0, GRUB_ERR_BAD_OS), GRUB_ERR_BAD_OS);
  grub_errno = GRUB_ERR_NONE;
  shim_out_clear ();
  still_used = 1;
  assert_int_equal (run_exit (), GRUB_ERR_BAD_OS);
  grub_errno = GRUB_ERR_NONE;
  assert_int_equal (exits, 1);
  assert_printed ("xen/xvde: the backend in domain 0 still uses");
  grub_unregister_command (own);
  modules_unload ();
  shim_reset ();
}

/* If Xen is not in use, `exit' is GRUB's own command, without a hand-off.  */
static void
nothing_in_use (void **state)
{
  (void) state;
  up ();
  assert_int_equal (run_exit (), GRUB_ERR_BAD_OS);
  assert_raised (GRUB_ERR_BAD_OS, "nothing else");
  assert_int_equal (exits, 1);
  assert_int_equal (xen.calls, 0);
  grub_unregister_command (own);
  modules_down ();
}

/* GRUB lacks the module with the command.  */
static void
no_such_command (void **state)
{
  (void) state;
  modules_load ();
  assert_int_not_equal (run_exit (), GRUB_ERR_NONE);
  assert_raised (GRUB_ERR_BAD_MODULE, "minicmd");
  modules_down ();
}

static const struct unit_test tests[] =
  {
    UNIT_TEST (reads_in_flight),
    UNIT_TEST (after_a_boot),
    UNIT_TEST (nothing_in_use),
    UNIT_TEST (no_such_command),
  };

UNIT_MAIN (tests)
