/* SPDX-License-Identifier: GPL-3.0-or-later */
/* t_conslost.c - tests of xen_console: the guest is restored at any time
   Copyright (C) 2026  The grub-xen-hvm authors  */

#include <stdio.h>
#include <stdlib.h>
#include <grub/xen/hvm.h>
#include <grub/xen/resume.h>
#include "cons.h"
#include "console.h"
#include "modules.h"
#include "restore.h"
#include "store.h"
#include "term.h"

static void
restored (void *arg)
{
  (void) arg;
  restore_now ();
}

/* A restore at the menu: the menu is drawn again, and its keys work.  */
static void
at_the_menu (void **state)
{
  struct grub_term_coordinate pos = { 2, 9 };
  struct vt wanted;
  unsigned int i;

  (void) state;
  console_up ();
  for (i = 0; i < 10; i++)
    {
      struct grub_term_output *term = term_out ("xen");

      term_menu (term, i);
      console_wait ();
      wanted = cons.vt;
      assert_row (4 + i, "| *entry ");
      restore_now ();
      console_wait ();
      assert_same_screen (&wanted);
      console_type ("\033[B");
      assert_int_equal (term_key (), GRUB_TERM_KEY_DOWN);
      term->gotoxy (term, pos);
      term_print ("moved");
      grub_refresh ();
      console_wait ();
      assert_row (9, "| moved");
    }
  assert_int_equal (xen_ports_left (), 0);
  console_down ();
}

/* Without input from the console GRUB sees the restore at the next output.  */
static void
output_only (void **state)
{
  unsigned int i;

  (void) state;
  console_load ();
  assert_int_equal (term_output ("xen", 0), GRUB_ERR_NONE);
  term_print ("The first line\n");
  grub_refresh ();
  restore_now ();
  for (i = 0; i < 3; i++)
    {
      term_print ("and another\n");
      grub_refresh ();
      clock_pass (CONS_PERIOD);
    }
  assert_row (0, "The first line    ");
  assert_row (1, "and another    ");
  assert_row (3, "and another    ");
  console_down ();
}

/* A restore during output: no partial sequence reaches the new page, and at
   the end the screen is right.  */
static void
while_it_prints (void **state)
{
  struct vt wanted;
  unsigned int n;

  (void) state;
  console_up ();
  for (n = 0; n < 300; n++)
    {
      uint64_t start = clock_now ();
      unsigned int i;

      cons.delay = (n % 7) * 300 * US;
      clock_at (n * 13 * US, restored, &n);
      for (i = 0; i < 6; i++)
	{
	  term_menu (term_out ("xen"), i);
	  term_key ();
	}
      assert_in_range (clock_now () - start, 0, 2 * SECOND);
      console_wait ();
      clock_cancel (&n);
      assert_quiet ();
      assert_row (9, "| *entry 5");
      assert_int_equal (cons.vt.marks[9][10], 'x');
      if (n)
	assert_same_screen (&wanted);
      wanted = cons.vt;
    }
  console_down ();
}

/* A restore while GRUB waits for a reader that has stopped, and with garbage
   in the old page.  */
static void
while_it_waits (void **state)
{
  struct vt wanted;
  unsigned int n;

  (void) state;
  console_up ();
  for (n = 0; n < 50; n++)
    {
      unsigned int i;

      cons.dead = 1;
      if (n % 3 == 1)
	xen.console->in_prod = 5000;
      if (n % 3 == 2)
	xen.console->out_cons = -5000;
      clock_at (n * 10 * MS, restored, &n);
      for (i = 0; i < 50; i++)
	term_print ("A line that nobody has room for.\n");
      term_menu (term_out ("xen"), 7);
      clock_cancel (&n);
      if (n % 2)
	restore_now ();
      cons_wake ();
      /* Bringing the console up ends the invalid state.  */
      if (n % 3 && !(n % 2))
	restore_now ();
      console_wait ();
      assert_row (11, "| *entry 7");
      if (n)
	assert_same_screen (&wanted);
      wanted = cons.vt;
    }
  console_down ();
}

/* GRUB was about to write an index, and wrote it into the new page.  */
static void
in_the_middle_of_an_index (void **state)
{
  struct vt wanted;
  unsigned int n;

  (void) state;
  console_up ();
  term_menu (term_out ("xen"), 7);
  console_wait ();
  wanted = cons.vt;
  for (n = 0; n < 40; n++)
    {
      restore_now ();
      if (n & 1)
	xen.console->out_prod = n * (n & 4 ? 20 : 0x3000001);
      if (n & 2)
	xen.console->in_cons = 1 + n * 0x3000001;
      console_wait ();
      assert_same_screen (&wanted);
      console_type ("e");
      assert_int_equal (term_key (), 'e');
    }
  console_down ();
}

static void
restored_os (void)
{
  assert_int_equal (grub_xen_is_up (), 0);
  assert_int_equal (xen.console->out_prod, 0);
}

/* A restore just before the hand-off: GRUB shows nothing, and does not write
   to the page.  */
static void
before_a_boot (void **state)
{
  unsigned long sends;

  (void) state;
  console_up ();
  term_print ("Loading\nand so on");
  restore_now ();
  sends = xen.sends;
  assert_int_equal (modules_boot (restored_os, GRUB_ERR_BAD_OS),
		    GRUB_ERR_BAD_OS);
  assert_raised (GRUB_ERR_BAD_OS, "came back");
  assert_int_equal (xen.sends, sends);
  console_wait ();
  assert_row (cons.vt.y - 1, "Loading    ");
  assert_row (cons.vt.y, "and so on   ");
  console_down ();
}

/* A restore while the driver is busy: output in the middle does not disturb
   the driver.  */
static void
while_the_driver_runs (void **state)
{
  (void) state;
  console_up ();
  grub_xen_busy_begin ();
  restore_now ();
  term_print ("text\n");
  grub_refresh ();
  assert_int_equal (term_key (), GRUB_TERM_NO_KEY);
  assert_int_equal (grub_xen_is_lost (), 1);
  grub_xen_busy_end ();
  grub_refresh ();
  assert_int_equal (grub_xen_is_lost (), 0);
  console_wait ();
  assert_row (cons.vt.y - 1, "text    ");
  console_down ();
}

static const struct unit_test tests[] =
  {
    UNIT_TEST (at_the_menu),
    UNIT_TEST (output_only),
    UNIT_TEST (while_it_prints),
    UNIT_TEST (while_it_waits),
    UNIT_TEST (in_the_middle_of_an_index),
    UNIT_TEST (before_a_boot),
    UNIT_TEST (while_the_driver_runs),
  };

UNIT_MAIN (tests)
