/* SPDX-License-Identifier: GPL-3.0-or-later */
/* t_saved_console.c - tests with restores and pauses, with a menu on the
   console and disks in use
   Copyright (C) 2026  The grub-xen-hvm authors  */

#include <stdio.h>
#include "cons.h"
#include "console.h"
#include "sweep.h"
#include "term.h"

/* The host build of GRUB_MOD_INIT and GRUB_MOD_FINI.  */
void grub_xen_console_init (void);
void grub_xen_console_fini (void);

static void
read_both (uint64_t sector)
{
  assert_int_equal (modules_read ("xen/xvde", &disks[0], sector, 5000),
		    GRUB_ERR_NONE);
  assert_int_equal (modules_read ("xen/xvdf", &disks[1], sector, 5000),
		    GRUB_ERR_NONE);
}

static void
print_lines (void)
{
  unsigned int i;

  for (i = 0; i < 40; i++)
    term_print ("Loading something, as GRUB's commands say it ...\n");
  grub_refresh ();
}

/* A menu, an entry that loads files and whose boot returns, and the menu
   again: at the end the menu is shown, and a key works.  */
static void
menu_and_disks (void)
{
  static struct vt wanted;

  term_reset ();
  grub_xen_console_init ();
  assert_int_equal (term_output ("--append", "xen"), GRUB_ERR_NONE);
  assert_int_equal (term_input ("--append", "xen"), GRUB_ERR_NONE);
  term_menu (term_out ("xen"), 2);
  term_key ();
  read_both (3);
  print_lines ();
  read_both (150);
  assert_int_equal (modules_boot (scenario_os, GRUB_ERR_BAD_OS),
		    GRUB_ERR_BAD_OS);
  assert_raised (GRUB_ERR_BAD_OS, "came back");
  print_lines ();
  read_both (300);
  term_menu (term_out ("xen"), 5);
  console_wait ();
  restore_disarm ();
  console_wait ();
  console_wait ();
  assert_row (9, "| *entry 5");
  assert_int_equal (cons.vt.marks[9][10], 'x');
  wanted = cons.vt;
  term_menu (term_out ("xen"), 5);
  console_wait ();
  assert_same_screen (&wanted);
  console_type ("\033[A");
  assert_int_equal (term_key (), GRUB_TERM_KEY_UP);
  grub_xen_console_fini ();
  term_down ();
}

static void
none_fails (struct sweep sweep, unsigned long at_least)
{
  sweep.body = menu_and_disks;
  sweep.kept = TERM_KEPT;
  assert_int_equal (sweep_all (sweep, at_least), 0);
}

static void
restored (void **state)
{
  struct sweep sweep = { .restore = { .at = XEN_CALL }, .step = 3 };

  (void) state;
  none_fails (sweep, 100);
  sweep.restore.at = XEN_CALLED;
  none_fails (sweep, 100);
  sweep.restore.at = XEN_EVENT;
  none_fails (sweep, 25);
  sweep.restore.at = XEN_SEAM;
  sweep.step = 41;
  none_fails (sweep, 20);
}

static void
restored_twice (void **state)
{
  struct sweep sweep = { .restore = { .at = XEN_CALL, .again = 31,
				      .other_ports = 1 },
			 .step = 13 };

  (void) state;
  none_fails (sweep, 20);
  sweep.restore.again = 3;
  none_fails (sweep, 20);
}

static void
slow_reader (void)
{
  cons.delay = 30 * MS;
  cons.take = 100;
}

static void
with_a_slow_reader (void **state)
{
  struct sweep sweep = { .restore = { .at = XEN_CALL }, .step = 13,
			 .prepare = slow_reader };

  (void) state;
  none_fails (sweep, 20);
  sweep.restore.at = XEN_EVENT;
  none_fails (sweep, 20);
}

static void
paused (void **state)
{
  struct sweep sweep = { .restore = { .at = XEN_CALL,
				      .kind = RESTORE_STOP },
			 .step = 7 };

  (void) state;
  none_fails (sweep, 50);
  sweep.restore.kind = RESTORE_PAUSE;
  none_fails (sweep, 50);
}

static const struct unit_test tests[] =
  {
    UNIT_TEST (restored),
    UNIT_TEST (restored_twice),
    UNIT_TEST (with_a_slow_reader),
    UNIT_TEST (paused),
  };

UNIT_MAIN (tests)
