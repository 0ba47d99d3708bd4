/* SPDX-License-Identifier: GPL-3.0-or-later */
/* t_consboot.c - tests of xen_console: boots, and faults during boots
   Copyright (C) 2026  The grub-xen-hvm authors  */

#include <stdio.h>
#include <stdlib.h>
#include <grub/misc.h>
#include <grub/xen/hvm.h>
#include <grub/xen/resume.h>
#include "cons.h"
#include "console.h"
#include "modules.h"
#include "store.h"
#include "term.h"

static unsigned int boots;

/* Runs in place of the OS.  GRUB has freed all its resources.  The page
   belongs to the OS, so output after the hand-off reaches neither Xen nor the
   page.  */
static void
os (void)
{
  struct xencons_interface was;
  unsigned long calls = xen.calls;
  unsigned int i;

  boots++;
  assert_handed_over ();
  /* GRUB has notified xenconsoled of all output.  */
  clock_pass (CONS_PERIOD);
  was = *xen.console;
  assert_int_equal (was.out_cons, was.out_prod);
  for (i = 0; i < 500; i++)
    {
      term_print ("Booting in blind mode\n");
      grub_refresh ();
      assert_int_equal (term_key (), GRUB_TERM_NO_KEY);
    }
  assert_int_equal (xen.calls, calls);
  assert_memory_equal (xen.console, &was, sizeof (was));
}

static void
boot (void **state)
{
  (void) state;
  console_up ();
  term_print ("Loading Linux ...\nand a part of a line");
  /* The user types input for the OS.  */
  console_type ("root\r");
  assert_int_equal (modules_boot (os, GRUB_ERR_NONE), GRUB_ERR_NONE);
  assert_int_equal (boots, 1);
  assert_int_equal (xen.console->in_prod - xen.console->in_cons, 5);
  assert_memory_equal (xen.console->in, "root\r", 5);
  console_down ();
  assert_shown ("Loading Linux ...\n\rand a part of a line");
}

static void
boot_comes_back (void **state)
{
  unsigned int i;

  (void) state;
  console_up ();
  for (i = 0; i < 5; i++)
    {
      term_print ("Loading\n");
      assert_shown ("Loading\n\r");
      assert_int_equal (modules_boot (os, GRUB_ERR_BAD_OS), GRUB_ERR_BAD_OS);
      assert_raised (GRUB_ERR_BAD_OS, "came back");
      assert_int_equal (grub_xen_is_up (), 0);
      term_print ("error: the OS came back.\n");
      if (i & 1)
	grub_refresh ();
      else
	assert_int_equal (term_key (), GRUB_TERM_NO_KEY);
      assert_int_equal (grub_xen_is_up (), 1);
      console_wait ();
      cons_forget ();
      console_type ("c");
      assert_int_equal (term_key (), 'c');
      term_print ("grub> ");
      grub_refresh ();
      assert_shown ("grub> ");
    }
  assert_int_equal (boots, 5);
  console_down ();
}

/* Output that was printed while Xen was down is shown after the next
   bring-up.  */
static void
screen_after_a_boot (void **state)
{
  (void) state;
  console_up ();
  term_out ("xen")->cls (term_out ("xen"));
  term_print ("Loading\n");
  assert_int_equal (modules_boot (0, GRUB_ERR_BAD_OS), GRUB_ERR_BAD_OS);
  grub_errno = GRUB_ERR_NONE;
  grub_xen_down ();
  term_print ("error: the OS came back.\n");
  console_wait ();
  assert_row (0, "Loading    ");
  assert_row (1, "error: the OS came back.   ");
  assert_row (2, "    ");
  console_down ();
}

static void
left_alone (void)
{
  boots++;
  assert_in_range (xen.console->out_prod - xen.console->out_cons, 1900, 2048);
}

/* No reader takes the last output, but the OS still starts soon.  */
static void
boot_with_a_dead_reader (void **state)
{
  uint64_t start;
  unsigned int i;

  (void) state;
  console_up ();
  cons.dead = 1;
  for (i = 0; i < 19; i++)
    term_print ("a hundred bytes, or nearly so, that all have room in the ring"
		" and that nobody will ever look at.\n");
  start = clock_now ();
  term_print ("Loading Linux ...\nLoading initial ramdisk ...\n"
	      "and more than there is room for, by a little, is not worth waiting"
	      " for it any longer than a moment\n");
  assert_int_equal (modules_boot (left_alone, GRUB_ERR_NONE), GRUB_ERR_NONE);
  assert_in_range (clock_now () - start, 0, 400 * MS);
  assert_int_equal (boots, 1);
  console_down ();
}

/* The terminal is loaded but not used: it does nothing at a boot.  */
static void
boot_without_it (void **state)
{
  (void) state;
  console_load ();
  assert_int_equal (modules_boot (os, GRUB_ERR_NONE), GRUB_ERR_NONE);
  assert_int_equal (xen.calls, 0);
  console_down ();
}

/* Xen cannot be brought up again: GRUB does not try it with every key.  */
static void
xen_stays_down (void **state)
{
  unsigned long calls;
  unsigned int i;

  (void) state;
  console_up ();
  grub_xen_down ();
  xen.add_rc = -XEN_EINVAL;
  calls = xen.calls;
  for (i = 0; i < 1000; i++)
    {
      term_print ("text\n");
      grub_refresh ();
      assert_int_equal (term_key (), GRUB_TERM_NO_KEY);
    }
  assert_in_range (xen.calls - calls, 1, 10);
  assert_quiet ();
  /* GRUB tries it again later.  */
  xen.add_rc = 0;
  for (i = 0; i < 11; i++)
    {
      clock_pass (SECOND);
      grub_refresh ();
    }
  console_wait ();
  cons_forget ();
  term_print ("text\n");
  assert_shown ("text\n\r");
  console_down ();
}

/* The pager does this when a screen is full.  */
static void
print_and_wait_for_a_key (const char *text)
{
  static unsigned int depth;

  assert_in_range (++depth, 1, 5);
  term_print (text);
  term_key ();
  depth--;
}

/* The driver's messages during the console's bring-up are printed on the
   console itself, which must not start another bring-up.  With `debug' set
   only reading a key brings it up.  */
static void
debug_on_the_console (void **state)
{
  void (*was) (const char *str) = grub_xputs;

  (void) state;
  console_up ();
  grub_xputs = print_and_wait_for_a_key;
  shim.debug = 1;
  grub_xen_down ();
  cons_forget ();
  grub_refresh ();
  assert_int_equal (grub_xen_is_up (), 0);
  assert_int_equal (term_key (), GRUB_TERM_NO_KEY);
  assert_int_equal (grub_xen_is_up (), 1);
  clock_pass (CONS_PERIOD);
  assert_non_null (strstr (cons.out, xen_platform () == XEN_PV
			   ? "Xen 4.17.6-test, a PV guest\n\r"
			   : "Xen 4.17.6-test, domain 7\n\r"));
  cons_forget ();
  /* The same when GRUB stops using the console.  */
  xen.console->out_cons += 5000;
  grub_printf ("a line\n");
  grub_refresh ();
  assert_int_equal (term_key (), GRUB_TERM_NO_KEY);
  assert_shown ("");
  shim.debug = 0;
  grub_xputs = was;
  console_down ();
}

static void
draw (unsigned int entry)
{
  if (term_out ("xen"))
    term_menu (term_out ("xen"), entry);
  assert_quiet ();
}

struct fault
{
  unsigned long call;
  unsigned long alloc;
  int for_good;
  /* Memory shared with the parent: whether the fault happened.  */
  int *happened;
};

/* Whatever fails, GRUB continues, and nothing is left.  */
static void
use (void *arg)
{
  const struct fault *f = arg;
  uint64_t start = clock_now ();

  term_reset ();
  xen.fail_call = f->call;
  shim.fail_alloc = f->alloc ? shim.allocs + f->alloc : 0;
  shim.fail_for_good = f->for_good;
  console_load ();
  term_input ("--append", "xen");
  grub_errno = GRUB_ERR_NONE;
  *f->happened = f->alloc && shim.allocs >= shim.fail_alloc;
  /* terminfo allocates memory for each sequence, and fails without it.  */
  shim.fail_alloc = 0;
  shim.fail_for_good = 0;
  term_output ("--append", "xen");
  grub_errno = GRUB_ERR_NONE;
  draw (1);
  console_type ("e");
  term_key ();
  assert_quiet ();
  modules_boot (0, GRUB_ERR_BAD_OS);
  grub_errno = GRUB_ERR_NONE;
  grub_refresh ();
  draw (2);
  assert_in_range (clock_now () - start, 0, 30 * SECOND);
  console_down ();
  *f->happened |= f->call && xen.calls >= f->call;
}

static void
each_hypercall_fails (void **state)
{
  struct fault f = { .happened = unit_shared (sizeof (int)) };

  (void) state;
  do
    {
      f.call++;
      if (unit_apart (use, &f))
	fail_msg ("hypercall %lu", f.call);
    }
  while (*f.happened);
  assert_true (f.call > 20);
}

static void
each_allocation_fails (void **state)
{
  struct fault f = { .happened = unit_shared (sizeof (int)) };

  (void) state;
  do
    {
      f.alloc++;
      f.for_good = f.alloc & 1;
      if (unit_apart (use, &f))
	fail_msg ("allocation %lu", f.alloc);
    }
  while (*f.happened);
  assert_true (f.alloc > 5);
}

static const struct unit_test tests[] =
  {
    UNIT_TEST (boot),
    UNIT_TEST (boot_comes_back),
    UNIT_TEST (screen_after_a_boot),
    UNIT_TEST (boot_with_a_dead_reader),
    UNIT_TEST (boot_without_it),
    UNIT_TEST (xen_stays_down),
    UNIT_TEST (debug_on_the_console),
    UNIT_TEST (each_hypercall_fails),
    UNIT_TEST (each_allocation_fails),
  };

UNIT_MAIN (tests)
