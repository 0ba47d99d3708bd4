/* SPDX-License-Identifier: GPL-3.0-or-later */
/* term.c - GRUB's terminals, as its kernel and its menu use them
   Copyright (C) 2026  The grub-xen-hvm authors  */

#include <stdio.h>
#include <string.h>
#include <grub/dl.h>
#include "shim.h"
#include "term.h"

/* Variables of the kernel.  */
struct grub_term_output *grub_term_outputs_disabled;
struct grub_term_input *grub_term_inputs_disabled;
struct grub_term_output *grub_term_outputs;
struct grub_term_input *grub_term_inputs;
grub_uint8_t grub_term_normal_color = GRUB_TERM_DEFAULT_NORMAL_COLOR;
grub_uint8_t grub_term_highlight_color = GRUB_TERM_DEFAULT_HIGHLIGHT_COLOR;
void (*grub_term_poll_usb) (int wait_for_completion);

grub_dl_t
grub_dl_load (const char *name)
{
  grub_error (GRUB_ERR_FILE_NOT_FOUND, "file `%s.mod' not found", name);
  return 0;
}

/* The return type differs between GRUB releases.  */
__typeof__ (grub_dl_ref (0))
grub_dl_ref (grub_dl_t mod)
{
  (void) mod;
  return 0;
}

static void
no_put (struct grub_term_output *term, const struct grub_unicode_glyph *c)
{
  (void) term;
  (void) c;
}

static int
no_key (struct grub_term_input *term)
{
  (void) term;
  return GRUB_TERM_NO_KEY;
}

static struct grub_term_output screen = { .name = "console", .putchar = no_put };
static struct grub_term_input keyboard = { .name = "console", .getkey = no_key };

/* The host build of the module's GRUB_MOD_INIT and GRUB_MOD_FINI.  */
void grub_terminal_init (void);
void grub_terminal_fini (void);

void
term_reset (void)
{
  grub_term_outputs = 0;
  grub_term_outputs_disabled = 0;
  grub_term_inputs = 0;
  grub_term_inputs_disabled = 0;
  grub_term_register_output ("console", &screen);
  grub_term_register_input ("console", &keyboard);
  grub_terminal_init ();
}

void
term_down (void)
{
  grub_terminal_fini ();
}

static grub_err_t
command (const char *name, const char *arg1, const char *arg2)
{
  char *argv[] = { (char *) arg1, (char *) arg2, 0 };

  return shim_command (name, arg2 ? 2 : 1, argv);
}

grub_err_t
term_output (const char *arg1, const char *arg2)
{
  return command ("terminal_output", arg1, arg2);
}

grub_err_t
term_input (const char *arg1, const char *arg2)
{
  return command ("terminal_input", arg1, arg2);
}

struct grub_term_output *
term_out (const char *name)
{
  struct grub_term_output *term;

  FOR_ACTIVE_TERM_OUTPUTS (term)
    if (!strcmp (term->name, name))
      break;
  return term;
}

struct grub_term_input *
term_in (const char *name)
{
  struct grub_term_input *term;

  FOR_ACTIVE_TERM_INPUTS (term)
    if (!strcmp (term->name, name))
      break;
  return term;
}

static void
put_char (struct grub_term_output *term, unsigned char c)
{
  struct grub_unicode_glyph glyph;

  memset (&glyph, 0, sizeof (glyph));
  glyph.base = c;
  glyph.estimated_width = 1;
  term->putchar (term, &glyph);
  if (c == '\n')
    put_char (term, '\r');
}

static void
put_text (struct grub_term_output *term, const char *text)
{
  for (; *text; text++)
    put_char (term, *text);
}

void
term_print (const char *text)
{
  struct grub_term_output *term;

  FOR_ACTIVE_TERM_OUTPUTS (term)
    put_text (term, text);
}

void
grub_refresh (void)
{
  struct grub_term_output *term;

  FOR_ACTIVE_TERM_OUTPUTS (term)
    grub_term_refresh (term);
}

int
term_key (void)
{
  struct grub_term_input *term;

  FOR_ACTIVE_TERM_INPUTS (term)
    {
      int key = term->getkey (term);

      if (key != GRUB_TERM_NO_KEY)
	return key;
    }
  return GRUB_TERM_NO_KEY;
}

void
term_menu (struct grub_term_output *term, unsigned int entry)
{
  struct grub_term_coordinate pos = { 0, 0 };
  char text[80];

  term->setcursor (term, 0);
  term->cls (term);
  put_text (term, "                             GNU GRUB  version 2.06\n\n");
  for (pos.y = 3; pos.y < 18; pos.y++)
    {
      term->setcolorstate (term, pos.y - 4U == entry ? GRUB_TERM_COLOR_HIGHLIGHT
			   : GRUB_TERM_COLOR_NORMAL);
      term->gotoxy (term, pos);
      snprintf (text, sizeof (text), "| *entry %-68u |", pos.y - 4U);
      put_text (term, text);
    }
  term->setcolorstate (term, GRUB_TERM_COLOR_NORMAL);
  pos.y = 20;
  term->gotoxy (term, pos);
  put_text (term, "   Use the ^ and v keys to select which entry is highlighted.\n"
	    "   Press enter to boot the selected OS, `e' to edit the commands\n"
	    "   before booting or `c' for a command-line.\n");
  term->setcursor (term, 1);
  grub_term_refresh (term);
}
