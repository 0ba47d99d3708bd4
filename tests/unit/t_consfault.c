/* SPDX-License-Identifier: GPL-3.0-or-later */
/* t_consfault.c - tests of xen_console: no reader, and invalid pages
   Copyright (C) 2026  The grub-xen-hvm authors  */

#include <stdio.h>
#include <stdlib.h>
#include <grub/xen/hvm.h>
#include <grub/xen/resume.h>
#include "cons.h"
#include "console.h"
#include "modules.h"
#include "term.h"

#define OUT	sizeof (xen.console->out)
#define IN	sizeof (xen.console->in)

/* Print BYTES bytes in numbered lines of 64; return the time taken.  */
static uint64_t
print_much (unsigned int bytes)
{
  uint64_t start = clock_now ();
  char text[80];
  unsigned int n;

  for (n = 0; n < bytes / 64; n++)
    {
      snprintf (text, sizeof (text), "%-61u.\n", n);
      term_print (text);
    }
  return clock_now () - start;
}

/* The output consists of such lines, complete, from number FIRST on.  Returns
   their number.  */
static unsigned int
count_lines (unsigned int first)
{
  const char *p = cons.out;
  char text[80];
  unsigned int n = first;

  for (; *p; n++, p += strlen (text))
    {
      snprintf (text, sizeof (text), "%-61u.\n\r", n);
      if (strncmp (p, text, strlen (text)))
	fail_msg ("line %u: %.64s", n, p);
    }
  return n - first;
}

/* Print more than xenconsoled handles in a period: no byte is lost.  */
static void
flood (void **state)
{
  unsigned long sends;

  (void) state;
  console_up ();
  sends = xen.sends;
  print_much (256 << 10);
  grub_refresh ();
  clock_pass (CONS_PERIOD);
  assert_int_equal (count_lines (0), 4096);
  /* Two notifications for each full ring, and some for lines.  */
  assert_in_range (xen.sends - sends, 128, 512);
  console_down ();
}

/* GRUB waits for a slow reader that takes all output.  */
static void
slow_reader (void **state)
{
  uint64_t took;

  (void) state;
  console_up ();
  cons.delay = 20 * MS;
  took = print_much (64 << 10);
  grub_refresh ();
  clock_pass (CONS_PERIOD);
  assert_int_equal (count_lines (0), 1024);
  assert_in_range (took, 100 * MS, 4 * SECOND);
  console_down ();
}

/* GRUB does not wait for a reader that takes single bytes.  */
static void
crawling_reader (void **state)
{
  (void) state;
  console_up ();
  cons.take = 1;
  cons.delay = 50 * MS;
  assert_in_range (print_much (1 << 20), 0, 2 * SECOND);
  console_down ();
}

static void
dead_reader (void **state)
{
  struct grub_xen_counters was;
  unsigned int n;

  (void) state;
  console_up ();
  cons.dead = 1;
  /* GRUB stops waiting soon.  */
  assert_in_range (print_much (64 << 10), 100 * MS, 400 * MS);
  was = grub_xen_counters;
  assert_in_range (print_much (4 << 20), 0, 200 * MS);
  grub_refresh ();
  assert_int_equal (grub_xen_counters.hypercalls, was.hypercalls);
  /* The first output stays in the ring, and is shown when there is a
     reader.  */
  cons_wake ();
  n = count_lines (0);
  assert_in_range (n, OUT / 64 - 4, OUT / 64);
  /* From then on all output is shown again.  */
  cons_forget ();
  print_much (64 << 10);
  grub_refresh ();
  clock_pass (CONS_PERIOD);
  assert_int_equal (count_lines (0), 1024);
  console_down ();
}

/* Keys work without a reader.  */
static void
dead_reader_and_keys (void **state)
{
  (void) state;
  console_up ();
  cons.dead = 1;
  print_much (64 << 10);
  console_type ("\033[B");
  assert_int_equal (term_key (), GRUB_TERM_KEY_DOWN);
  assert_int_equal (term_key (), GRUB_TERM_NO_KEY);
  console_down ();
}

/* Output without room is dropped in whole sequences: no sequence is cut.  */
static void
sequences_are_whole (void **state)
{
  unsigned int n;
  const char *p;

  (void) state;
  console_up ();
  cons.dead = 1;
  for (n = 0; n < 200; n++)
    {
      char text[200];

      term_menu (term_out ("xen"), n % 10);
      snprintf (text, sizeof (text), "%.*s", (int) (n % 97),
		"....................................................."
		"....................................................");
      term_print (text);
      if (n % 7 == 0)
	{
	  cons_wake ();
	  cons.dead = 1;
	}
    }
  cons_wake ();
  for (p = cons.out; *p; p++)
    if (*p == '\033')
      {
	size_t len = strspn (p + 1, "[?;0123456789");

	assert_in_range (len, 1, 8);
	if (!strchr ("HJhlm", p[1 + len]) || !p[1 + len])
	  fail_msg ("cut: %.20s", p + 1);
	p += 1 + len;
      }
    else if (strchr ("[;", *p))
      fail_msg ("a rest: %.20s", p);
  console_down ();
}

/* A reader that returns sees the present screen.  */
static void
dead_reader_comes_back (void **state)
{
  struct vt wanted;
  unsigned int i;

  (void) state;
  console_up ();
  for (i = 0; i < 10; i++)
    {
      cons_look_anew ();
      term_menu (term_out ("xen"), i);
      console_wait ();
      wanted = cons.vt;
      assert_row (4 + i, "| *entry ");
      assert_int_equal (wanted.marks[4 + i][10], 'x');
      term_out ("xen")->cls (term_out ("xen"));
      console_wait ();
      cons.dead = 1;
      print_much (10000);
      term_menu (term_out ("xen"), i);
      assert_int_equal (term_key (), GRUB_TERM_NO_KEY);
      cons_wake ();
      console_wait ();
      assert_same_screen (&wanted);
      /* One redraw is enough.  */
      cons_forget ();
      console_wait ();
      assert_shown ("");
    }
  console_down ();
}

/* Any text, scrolled and wrapped, is redrawn correctly: a new reader has the
   same screen as a reader of all output.  */
static void
any_screen (void **state)
{
  struct grub_term_output *term;
  struct vt wanted;
  uint32_t random = 1;
  unsigned int n, i;

  (void) state;
  console_up ();
  term = term_out ("xen");
  for (n = 0; n < 200; n++)
    {
      for (i = 0; i < 40; i++)
	{
	  struct grub_term_coordinate pos;
	  char text[300];

	  random = random * 1664525 + 1013904223;
	  pos.x = (random >> 8) % 80;
	  pos.y = (random >> 16) % 24;
	  if (random >> 30 == 0)
	    term->gotoxy (term, pos);
	  if (random >> 30 == 1)
	    term->setcolorstate (term, random >> 29 & 1
				 ? GRUB_TERM_COLOR_HIGHLIGHT
				 : GRUB_TERM_COLOR_NORMAL);
	  if (random >> 24 == 0x80)
	    term->cls (term);
	  term->setcursor (term, random >> 12 & 1);
	  snprintf (text, sizeof (text), "%.*s%s", (int) (random >> 4) % 250,
		    "The quick brown fox jumps over the lazy dog.  The quick "
		    "brown fox jumps over the lazy dog.  The quick brown fox "
		    "jumps over the lazy dog.  The quick brown fox jumps over "
		    "the lazy dog.  The quick brown fox jumps over the lazy dog"
		    ".", random & 1 << 20 ? "\n" : random & 1 << 21 ? "\b" : "");
	  term_print (text);
	}
      console_wait ();
      wanted = cons.vt;
      cons_look_anew ();
      grub_xen_down ();
      console_wait ();
      assert_same_screen (&wanted);
    }
  console_down ();
}

/* The console is invalid until Xen is brought up again: GRUB reports it once,
   and does not access the page.  */
static void
given_up (void)
{
  struct xencons_interface was = *xen.console;
  unsigned int i;

  cons.dead = 1;
  shim.debug = 1;
  shim_out_clear ();
  for (i = 0; i < 3; i++)
    {
      assert_int_equal (term_key (), GRUB_TERM_NO_KEY);
      assert_in_range (print_much (4096), 0, 50 * MS);
      grub_refresh ();
    }
  assert_printed ("the PV console is disabled");
  assert_null (strstr (strstr (shim.out, "the PV console is disabled") + 1,
		       "the PV console is disabled"));
  shim.debug = 0;
  assert_memory_equal (xen.console, &was, sizeof (was));
  assert_quiet ();
  memset (xen.console, 0, sizeof (*xen.console));
  term_print ("text\n");
  assert_int_equal (xen.console->out_prod, 0);
  grub_xen_down ();
  cons.dead = 0;
  console_wait ();
  assert_row (cons.vt.y - 1, "text    ");
  cons_forget ();
  term_print ("text\n");
  assert_shown ("text\n\r");
}

static void
hostile_indices (void **state)
{
  static const uint32_t distances[] =
    { 2049, 4096, 0x10000, 0x7fffffff, 0x80000000, 0xffffffff };
  unsigned int i;

  (void) state;
  console_up ();
  for (i = 0; i < ARRAY_SIZE (distances); i++)
    {
      xen.console->out_prod = i * 0x50000000;
      xen.console->out_cons = xen.console->out_prod - distances[i];
      given_up ();
      xen.console->in_cons = i * 0x50000000;
      xen.console->in_prod = xen.console->in_cons + distances[i];
      given_up ();
    }
  xen.console->in_prod = IN + 1;
  given_up ();
  memset (xen.console, 0xff, sizeof (*xen.console));
  xen.console->in_prod = 0x80000000;
  given_up ();
  console_down ();
}

/* With any contents of the page, GRUB writes nothing outside of it, and does
   not wait for long (the address sanitizer and the clock check this).  */
static void
random_page (void **state)
{
  uint32_t *index = (uint32_t *) &xen.console->in_cons;
  uint32_t random = 1;
  unsigned int n, i;

  (void) state;
  console_up ();
  for (n = 0; n < 20000; n++)
    {
      uint64_t start = clock_now ();

      random = random * 1664525 + 1013904223;
      i = random >> 30;
      index[i] = random >> 8 & 1 ? index[i ^ 1] + (random >> 9) % 2049
	: random * 69069;
      term_print ("some text\n\033[1;1H");
      term_key ();
      grub_refresh ();
      assert_in_range (clock_now () - start, 0, 700 * MS);
      assert_quiet ();
      if (n % 50 == 0)
	{
	  grub_xen_down ();
	  memset (xen.console, 0, sizeof (*xen.console));
	}
    }
  console_down ();
}

/* The console keeps a pending error that GRUB is about to print.  */
static void
errors_are_kept (void **state)
{
  (void) state;
  console_up ();
  xen.send_rc = -XEN_EINVAL;
  grub_error (GRUB_ERR_BAD_OS, "the error");
  print_much (8192);
  grub_refresh ();
  term_key ();
  assert_raised (GRUB_ERR_BAD_OS, "the error");
  grub_xen_down ();
  xen.add_rc = -XEN_EINVAL;
  grub_error (GRUB_ERR_BAD_OS, "the error");
  grub_refresh ();
  term_key ();
  assert_raised (GRUB_ERR_BAD_OS, "the error");
  xen.add_rc = 0;
  xen.send_rc = 0;
  console_down ();
}

static const struct unit_test tests[] =
  {
    UNIT_TEST (flood),
    UNIT_TEST (slow_reader),
    UNIT_TEST (crawling_reader),
    UNIT_TEST (dead_reader),
    UNIT_TEST (dead_reader_and_keys),
    UNIT_TEST (sequences_are_whole),
    UNIT_TEST (dead_reader_comes_back),
    UNIT_TEST (any_screen),
    UNIT_TEST (hostile_indices),
    UNIT_TEST (random_page),
    UNIT_TEST (errors_are_kept),
  };

UNIT_MAIN (tests)
