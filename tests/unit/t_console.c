/* SPDX-License-Identifier: GPL-3.0-or-later */
/* t_console.c - tests of xen_console: the PV console as a terminal
   Copyright (C) 2026  The grub-xen-hvm authors  */

#include <stdio.h>
#include <stdlib.h>
#include <grub/xen/hvm.h>
#include "cons.h"
#include "console.h"
#include "term.h"

#define IN	sizeof (xen.console->in)
#define OUT	sizeof (xen.console->out)

/* Neither terminal can be activated: the error is ERR with TEXT.  */
static void
refused (grub_err_t err, const char *text)
{
  console_load ();
  assert_int_equal (term_output ("--append", "xen"), err);
  assert_raised (err, text);
  assert_null (term_out ("xen"));
  assert_int_equal (term_input ("xen", 0), err);
  assert_raised (err, text);
  assert_null (term_in ("xen"));
  assert_non_null (term_in ("console"));
  term_print ("text\n");
  grub_refresh ();
  assert_int_equal (term_key (), GRUB_TERM_NO_KEY);
  assert_int_equal (cons.len, 0);
  assert_int_equal (xen.console->out_prod, 0);
  console_down ();
}

static void
no_console (void **state)
{
  (void) state;
  xen.params[HVM_PARAM_CONSOLE_PFN] = 0;
  refused (GRUB_ERR_BAD_DEVICE, "Xen gave this guest no console");
  xen.params[HVM_PARAM_CONSOLE_PFN] = XEN_CONSOLE_FRAME;
  xen.params[HVM_PARAM_CONSOLE_EVTCHN] = 0;
  refused (GRUB_ERR_BAD_DEVICE, "Xen gave this guest no console");
}

static void
parameters_make_no_sense (void **state)
{
  static const uint64_t frames[] =
    { 0x100000, 0x100000000, 0x1000000feffff, -1ULL };
  static const uint64_t ports[] =
    { 8 * sizeof (xen.shared->evtchn_pending), 70000, 0x100000004, -1ULL };
  unsigned int i;

  (void) state;
  for (i = 0; i < 4; i++)
    {
      xen.params[HVM_PARAM_CONSOLE_PFN] = frames[i];
      refused (GRUB_ERR_BAD_DEVICE, "page and port of the console");
      xen.params[HVM_PARAM_CONSOLE_PFN] = XEN_CONSOLE_FRAME;
      xen.params[HVM_PARAM_CONSOLE_EVTCHN] = ports[i];
      refused (GRUB_ERR_BAD_DEVICE, "page and port of the console");
      xen.params[HVM_PARAM_CONSOLE_EVTCHN] = XEN_CONSOLE_PORT;
    }
}

static void
not_on_xen (void **state)
{
  (void) state;
  xen.signature = 0;
  refused (GRUB_ERR_BAD_DEVICE, "not a guest of Xen");
  assert_int_equal (xen.calls, 0);
}

/* The module is loaded but not used: it does nothing.  */
static void
not_used (void **state)
{
  (void) state;
  console_load ();
  term_print ("text\n");
  grub_refresh ();
  assert_int_equal (term_key (), GRUB_TERM_NO_KEY);
  assert_int_equal (xen.calls, 0);
  console_down ();
}

static void
lines (void **state)
{
  (void) state;
  console_load ();
  assert_int_equal (term_output ("xen", 0), GRUB_ERR_NONE);
  assert_null (term_out ("console"));
  grub_refresh ();
  assert_shown ("\033[H\033[J\033[1;1H");
  /* A complete line is shown at once; the rest at a flush.  */
  term_print ("a line\nand more");
  assert_shown ("a line\n\r");
  grub_refresh ();
  assert_shown ("and more");
  grub_refresh ();
  assert_shown ("");
  /* GRUB reads no keys from this terminal.  */
  console_type ("x");
  assert_int_equal (term_key (), GRUB_TERM_NO_KEY);
  console_down ();
}

static void
wait_for_a_key_shows (void **state)
{
  (void) state;
  console_up ();
  term_print ("grub> ");
  assert_int_equal (cons.len, 0);
  assert_int_equal (term_key (), GRUB_TERM_NO_KEY);
  assert_shown ("grub> ");
  console_down ();
}

/* Output longer than GRUB's own buffer keeps its order.  */
static void
any_length (void **state)
{
  static char text[3000], wanted[2 * sizeof (text)];
  unsigned int n, i;

  (void) state;
  console_up ();
  for (n = 1; n < sizeof (text) - 1; n += 1 + n / 50)
    {
      char *p = wanted;

      term_out ("xen")->cls (term_out ("xen"));
      grub_refresh ();
      clock_pass (CONS_PERIOD);
      cons_forget ();
      for (i = 0; i < n; i++)
	{
	  text[i] = 'a' + (i * 7 + n) % 26;
	  /* terminfo begins a new line after a full one.  */
	  if (i && i % 80 == 0)
	    {
	      *p++ = '\r';
	      *p++ = '\n';
	    }
	  *p++ = text[i];
	}
      text[n] = *p = 0;
      term_print (text);
      grub_refresh ();
      assert_shown (wanted);
    }
  console_down ();
}

static void
keys (void **state)
{
  static const struct
  {
    const char *bytes;
    int key;
  } typed[] =
    {
      { "e", 'e' }, { "\r", '\r' }, { "\t", '\t' }, { "\177", '\b' },
      { "\033[A", GRUB_TERM_KEY_UP }, { "\033[B", GRUB_TERM_KEY_DOWN },
      { "\033[C", GRUB_TERM_KEY_RIGHT }, { "\033[D", GRUB_TERM_KEY_LEFT },
      { "\033[H", GRUB_TERM_KEY_HOME }, { "\033[F", GRUB_TERM_KEY_END },
      { "\033OH", GRUB_TERM_KEY_HOME }, { "\033OF", GRUB_TERM_KEY_END },
      { "\033[1~", GRUB_TERM_KEY_HOME }, { "\033[8~", GRUB_TERM_KEY_END },
      { "\033[3~", GRUB_TERM_KEY_DC }, { "\033[5~", GRUB_TERM_KEY_PPAGE },
      { "\033[6~", GRUB_TERM_KEY_NPAGE }, { "\033OP", GRUB_TERM_KEY_F1 },
      { "\033[21~", GRUB_TERM_KEY_F10 }, { "\033[24~", GRUB_TERM_KEY_F12 },
      { "\033", GRUB_TERM_ESC }, { "\030", GRUB_TERM_CTRL | 'x' },
      { "\351", 0xe9 }
    };
  unsigned int i, round;

  (void) state;
  console_up ();
  for (round = 0; round < 100; round++)
    for (i = 0; i < ARRAY_SIZE (typed); i++)
      {
	console_type (typed[i].bytes);
	assert_int_equal (term_key (), typed[i].key);
	assert_int_equal (term_key (), GRUB_TERM_NO_KEY);
      }
  cons_type ("\0", 1);
  assert_int_equal (term_key (), GRUB_TERM_CTRL | '`');
  assert_quiet ();
  console_down ();
}

/* A paste fills the ring; GRUB notifies after reading it.  */
static void
many_keys (void **state)
{
  unsigned long sends;
  unsigned int i, n;

  (void) state;
  console_up ();
  for (n = 0; n < 5; n++)
    {
      for (i = 0; i < IN; i++)
	cons_type (&"abcdefgh"[i % 8], 1);
      sends = xen.sends;
      for (i = 0; i < IN; i++)
	assert_int_equal (term_key (), "abcdefgh"[i % 8]);
      assert_int_equal (term_key (), GRUB_TERM_NO_KEY);
      assert_in_range (xen.sends - sends, 1, 2);
      sends = xen.sends;
      for (i = 0; i < 1000; i++)
	assert_int_equal (term_key (), GRUB_TERM_NO_KEY);
      assert_int_equal (xen.sends, sends);
    }
  console_down ();
}

/* Indices wrap at 2^32 at every position.  */
static void
indices_wrap (void **state)
{
  uint32_t start;

  (void) state;
  console_up ();
  for (start = 0; start < 60; start++)
    {
      xen.console->out_prod = xen.console->out_cons = -start;
      xen.console->in_prod = xen.console->in_cons = -(start / 2);
      term_print ("GRUB goes on where it was, whatever that is, until the end\n");
      assert_shown ("GRUB goes on where it was, whatever that is, until the end"
		    "\n\r");
      console_type ("thirty bytes that somebody types");
      for (const char *p = "thirty bytes that somebody types"; *p; p++)
	assert_int_equal (term_key (), *p);
    }
  console_down ();
}

/* A full screen arrives complete at any position of the ring.  */
static void
ring_wraps (void **state)
{
  char *first;
  unsigned int i;

  (void) state;
  console_up ();
  term_menu (term_out ("xen"), 3);
  clock_pass (CONS_PERIOD);
  first = strdup (cons.out);
  assert_in_range (strlen (first), 1200, 2500);
  assert_non_null (strstr (first, "\033[7m\033[8;1H| *entry 3 "));
  assert_non_null (strstr (first, "\033[m\033[9;1H| *entry 4 "));
  cons_forget ();
  for (i = 0; i < 100; i++)
    {
      term_menu (term_out ("xen"), 3);
      assert_shown (first);
    }
  free (first);
  console_down ();
}

/* GRUB does not make a hypercall for each byte.  */
static void
what_a_screen_costs (void **state)
{
  struct grub_xen_counters was;

  (void) state;
  console_up ();
  term_menu (term_out ("xen"), 0);
  clock_pass (CONS_PERIOD);
  cons_forget ();
  was = grub_xen_counters;
  term_menu (term_out ("xen"), 1);
  clock_pass (CONS_PERIOD);
  assert_in_range (cons.len, 1200, OUT);
  /* One for each of the first lines, one for half a ring, one at the end.  */
  assert_in_range (grub_xen_counters.hypercalls - was.hypercalls, 1, 6);
  assert_int_equal (grub_xen_counters.waits, was.waits);
  console_down ();
}

/* Moving to another entry takes one hypercall for the key and one for the
   screen.  */
static void
what_a_key_costs (void **state)
{
  struct grub_term_coordinate pos = { 0, 5 };
  struct grub_term_output *term;
  struct grub_xen_counters was;

  (void) state;
  console_up ();
  term = term_out ("xen");
  was = grub_xen_counters;
  console_type ("\033[B");
  assert_int_equal (term_key (), GRUB_TERM_KEY_DOWN);
  term->gotoxy (term, pos);
  term_print ("entry");
  grub_refresh ();
  assert_int_equal (term_key (), GRUB_TERM_NO_KEY);
  assert_shown ("\033[6;1Hentry");
  assert_in_range (grub_xen_counters.hypercalls - was.hypercalls, 1, 2);
  console_down ();
}

static void
unload_in_use (void **state)
{
  (void) state;
  console_up ();
  term_print ("last words");
  console_down ();
  assert_shown ("last words");
  assert_null (term_out ("xen"));
  assert_null (term_in ("xen"));
  /* Loading again works.  */
  console_up ();
  term_print ("a line\n");
  assert_shown ("a line\n\r");
  console_down ();
}

static void
removed_and_added (void **state)
{
  unsigned int i;

  (void) state;
  console_up ();
  for (i = 0; i < 5; i++)
    {
      term_print ("before");
      assert_int_equal (term_output ("--remove", "xen"), GRUB_ERR_NONE);
      assert_shown ("before");
      term_print ("not shown\n");
      assert_shown ("");
      assert_int_equal (term_output ("--append", "xen"), GRUB_ERR_NONE);
      term_print ("after\n");
      assert_shown ("\033[H\033[J\033[1;1Hafter\n\r");
    }
  console_down ();
}

static const struct unit_test tests[] =
  {
    UNIT_TEST (no_console),
    UNIT_TEST_ON (XEN_HVM | XEN_PVH, parameters_make_no_sense),
    UNIT_TEST (not_on_xen),
    UNIT_TEST (not_used),
    UNIT_TEST (lines),
    UNIT_TEST (wait_for_a_key_shows),
    UNIT_TEST (any_length),
    UNIT_TEST (keys),
    UNIT_TEST (many_keys),
    UNIT_TEST (indices_wrap),
    UNIT_TEST (ring_wraps),
    UNIT_TEST (what_a_screen_costs),
    UNIT_TEST (what_a_key_costs),
    UNIT_TEST (unload_in_use),
    UNIT_TEST (removed_and_added),
  };

UNIT_MAIN (tests)
