/* SPDX-License-Identifier: GPL-3.0-or-later */
/* console.c - loading, using and unloading xen_console as GRUB does
   Copyright (C) 2026  The grub-xen-hvm authors  */

#include <stdio.h>
#include <grub/command.h>
#include "cons.h"
#include "console.h"
#include "term.h"

/* The host build of GRUB_MOD_INIT and GRUB_MOD_FINI.  */
void grub_xen_init (void);
void grub_xen_fini (void);
void grub_xen_console_init (void);
void grub_xen_console_fini (void);

void
console_load (void)
{
  if (!grub_command_find ("terminal_output"))
    term_reset ();
  grub_xen_init ();
  grub_xen_console_init ();
  assert_true (grub_errno == GRUB_ERR_NONE || shim.fail_alloc);
  grub_errno = GRUB_ERR_NONE;
}

void
console_down (void)
{
  grub_xen_console_fini ();
  grub_xen_fini ();
  term_down ();
  assert_quiet ();
  assert_xen_clean ();
  /* The platform keeps its blocks, if it has allocated them.  */
  if (shim.blocks > xen_own_blocks () + TERM_KEPT)
    shim_print_blocks ();
  assert_in_range (shim.blocks, 0, xen_own_blocks () + TERM_KEPT);
}

void
console_up (void)
{
  console_load ();
  assert_int_equal (term_output ("--append", "xen"), GRUB_ERR_NONE);
  assert_int_equal (term_input ("--append", "xen"), GRUB_ERR_NONE);
  assert_quiet ();
  grub_refresh ();
  clock_pass (CONS_PERIOD);
  cons_forget ();
}

void
console_type (const char *text)
{
  cons_type (text, strlen (text));
}

void
console_shown (const char *text, const char *file, int line)
{
  clock_pass (CONS_PERIOD);
  if (strcmp (cons.out, text))
    {
      fprintf (stderr, "%s:%d: '%s' was shown, not '%s'\n", file, line,
	       cons.out, text);
      _fail (file, line);
    }
  cons_forget ();
}

void
console_wait (void)
{
  unsigned int i;

  for (i = 0; i < 20; i++)
    {
      assert_int_equal (term_key (), GRUB_TERM_NO_KEY);
      clock_pass (100 * MS);
    }
}

void
console_same (const struct vt *wanted, const char *file, int line)
{
  const struct vt *vt = &cons.vt;
  unsigned int i, wrong = 0;

  for (i = 0; i < VT_ROWS; i++)
    if (strcmp (vt->text[i], wanted->text[i])
	|| strcmp (vt->marks[i], wanted->marks[i]))
      {
	fprintf (stderr, "row %u: '%s'\n not:    '%s'\n", i, vt->text[i],
		 wanted->text[i]);
	wrong = 1;
      }
  if (!wrong && vt->x == wanted->x && vt->y == wanted->y && !vt->unknown
      && vt->highlight == wanted->highlight
      && vt->no_cursor == wanted->no_cursor)
    return;
  fprintf (stderr, "%s:%d: the cursor at %u, %u; %u, %u is right%s\n", file,
	   line, vt->x, vt->y, wanted->x, wanted->y,
	   vt->unknown ? "; an unknown sequence" : "");
  _fail (file, line);
}

void
console_row (unsigned int row, const char *text, const char *file, int line)
{
  if (!strncmp (cons.vt.text[row], text, strlen (text)))
    return;
  fprintf (stderr, "%s:%d: row %u is '%s', not '%s'\n", file, line, row,
	   cons.vt.text[row], text);
  _fail (file, line);
}
