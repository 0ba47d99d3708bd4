/* SPDX-License-Identifier: GPL-3.0-or-later */
/* xen_console.c - the PV console as a terminal
   Copyright (C) 2026  The grub-xen-hvm authors  */

#include <grub/dl.h>
#include <grub/env.h>
#include <grub/err.h>
#include <grub/loader.h>
#include <grub/misc.h>
#include <grub/term.h>
#include <grub/terminfo.h>
#include "xencons.h"

GRUB_MOD_LICENSE ("GPLv3+");

static struct grub_preboot *xen_console_preboot;

#define COLUMNS		80
#define ROWS		24

/* The contents of the screen, for redrawing it for a new reader: after a
   restore the console has a new other side.  */
static grub_uint8_t xen_console_screen[ROWS][COLUMNS];
#define HIGHLIGHT	0x80
static int xen_console_highlight;
static int xen_console_cursor = 1;
static int xen_console_active;

static void
xen_console_put (struct grub_term_output *term __attribute__ ((unused)),
		 const int c)
{
  grub_xencons_put (c);
}

static void
xen_console_set_color (struct grub_term_output *term,
		       grub_term_color_state state)
{
  xen_console_highlight = state == GRUB_TERM_COLOR_HIGHLIGHT ? HIGHLIGHT : 0;
  grub_terminfo_setcolorstate (term, state);
}

static void
xen_console_set_cursor (struct grub_term_output *term, int on)
{
  xen_console_cursor = on;
  grub_terminfo_setcursor (term, on);
}

static void
xen_console_clear (struct grub_term_output *term)
{
  grub_memset (xen_console_screen, ' ', sizeof (xen_console_screen));
  grub_terminfo_cls (term);
}

static struct grub_terminfo_output_state xen_console_output_state
  = { .put = xen_console_put, .size = { COLUMNS, ROWS } };

/* Store a character.  terminfo keeps the cursor's position.  */
static void
xen_console_put_glyph (struct grub_term_output *term,
		       const struct grub_unicode_glyph *c)
{
  struct grub_term_coordinate was = xen_console_output_state.pos, pos;
  int visible = c->base >= ' ' && c->base < 0x7f;

  grub_terminfo_putchar (term, c);
  pos = xen_console_output_state.pos;
  if (was.y == ROWS - 1
      && (c->base == '\n'
	  || (visible && was.x + c->estimated_width > COLUMNS)))
    {
      grub_memmove (xen_console_screen[0], xen_console_screen[1],
		    sizeof (xen_console_screen) - COLUMNS);
      grub_memset (xen_console_screen[ROWS - 1], ' ', COLUMNS);
    }
  if (visible && pos.y < ROWS && pos.x && pos.x <= COLUMNS)
    xen_console_screen[pos.y][pos.x - 1] = c->base | xen_console_highlight;
}

/* Redraw the screen without changing the terminal's state.  */
static void
xen_console_redraw (struct grub_term_output *term)
{
  struct grub_term_coordinate was = xen_console_output_state.pos, pos;
  int color = xen_console_highlight, wanted;
  unsigned int x, end;

  grub_terminfo_setcolorstate (term, GRUB_TERM_COLOR_NORMAL);
  grub_terminfo_cls (term);
  xen_console_highlight = 0;
  for (pos.x = pos.y = 0; pos.y < ROWS; pos.y++)
    {
      for (end = COLUMNS; end && xen_console_screen[pos.y][end - 1] == ' ';
	   end--);
      if (end)
	grub_terminfo_gotoxy (term, pos);
      for (x = 0; x < end; x++)
	{
	  wanted = xen_console_screen[pos.y][x] & HIGHLIGHT;
	  if (wanted != xen_console_highlight)
	    xen_console_set_color (term, wanted ? GRUB_TERM_COLOR_HIGHLIGHT
						: GRUB_TERM_COLOR_NORMAL);
	  xen_console_put (term, xen_console_screen[pos.y][x] & ~HIGHLIGHT);
	}
    }
  xen_console_set_color (term, color ? GRUB_TERM_COLOR_HIGHLIGHT
				     : GRUB_TERM_COLOR_NORMAL);
  grub_terminfo_setcursor (term, xen_console_cursor);
  grub_terminfo_gotoxy (term, was);
}

/* Redraw the screen if it is necessary, and if the contents are known:
   `terminfo' can make the terminal larger, more than ASCII, or dumb.  */
static int
xen_console_redraw_if_stale (struct grub_term_output *term)
{
  if (xen_console_output_state.size.x != COLUMNS
      || xen_console_output_state.size.y != ROWS
      || !xen_console_output_state.gotoxy || !xen_console_output_state.cls
      || (term->flags & GRUB_TERM_CODE_TYPE_MASK) != GRUB_TERM_CODE_TYPE_ASCII
      || !grub_xencons_is_stale ())
    return 0;
  xen_console_redraw (term);
  return 1;
}

static void
xen_console_refresh (struct grub_term_output *term)
{
  xen_console_redraw_if_stale (term);
  grub_xencons_flush ();
}

static grub_err_t
xen_console_before_boot (int noreturn __attribute__ ((unused)))
{
  grub_xencons_stop ();
  return GRUB_ERR_NONE;
}

static grub_err_t
xen_console_after_boot (void)
{
  grub_xencons_go_on ();
  return GRUB_ERR_NONE;
}

/* The terminal must not access Xen after the hand-off, so it needs this hook.
   The hook runs after those of the disks, whose messages are still shown, and
   before that of module xen.  */
static grub_err_t
xen_console_open (void)
{
  if (!xen_console_preboot)
    xen_console_preboot = grub_loader_register_preboot_hook (
      xen_console_before_boot, xen_console_after_boot,
      GRUB_LOADER_PREBOOT_HOOK_PRIO_CONSOLE);
  return xen_console_preboot ? grub_xencons_open () : grub_errno;
}

static grub_err_t
xen_console_init_output (struct grub_term_output *term)
{
  if (xen_console_open ())
    return grub_errno;
  xen_console_clear (term);
  xen_console_active = 1;
  return GRUB_ERR_NONE;
}

static grub_err_t
xen_console_fini_output (struct grub_term_output *term
			 __attribute__ ((unused)))
{
  grub_xencons_flush ();
  xen_console_active = 0;
  return GRUB_ERR_NONE;
}

static struct grub_term_output xen_console_output
  = { .name = "xen",
      .init = xen_console_init_output,
      .fini = xen_console_fini_output,
      .putchar = xen_console_put_glyph,
      .getwh = grub_terminfo_getwh,
      .getxy = grub_terminfo_getxy,
      .gotoxy = grub_terminfo_gotoxy,
      .cls = xen_console_clear,
      .setcolorstate = xen_console_set_color,
      .setcursor = xen_console_set_cursor,
      .refresh = xen_console_refresh,
      .flags = GRUB_TERM_CODE_TYPE_ASCII,
      .data = &xen_console_output_state,
      .progress_update_divisor = GRUB_PROGRESS_SLOW };

/* GRUB calls this while it waits, so flush output here, too.  */
static int
xen_console_readkey (struct grub_term_input *term __attribute__ ((unused)))
{
  int c = grub_xencons_get ();

  if (c < 0 && xen_console_active
      && xen_console_redraw_if_stale (&xen_console_output))
    grub_xencons_flush ();
  return c;
}

static grub_err_t
xen_console_init_input (struct grub_term_input *term)
{
  return xen_console_open () ? grub_errno : grub_terminfo_input_init (term);
}

static struct grub_terminfo_input_state xen_console_input_state
  = { .readkey = xen_console_readkey };

static struct grub_term_input xen_console_input
  = { .name = "xen",
      .init = xen_console_init_input,
      .getkey = grub_terminfo_getkey,
      .data = &xen_console_input_state };

static int xen_console_registered;

/* The type is that of serial lines, which every terminal supports. Scripts
   test the variable, because images may lack this module.  */
GRUB_MOD_INIT (xen_console)
{
  xen_console_registered
    = !grub_terminfo_output_register (&xen_console_output, "vt100");
  if (!xen_console_registered)
    {
      /* Free the parts that were allocated.  */
      grub_error_push ();
      grub_terminfo_set_current (&xen_console_output, "");
      grub_error_pop ();
      return;
    }
  grub_term_register_input ("xen", &xen_console_input);
  grub_term_register_output ("xen", &xen_console_output);
  grub_env_set ("feature_xen_console", "y");
}

GRUB_MOD_FINI (xen_console)
{
  grub_xencons_stop ();
  if (xen_console_preboot)
    grub_loader_unregister_preboot_hook (xen_console_preboot);
  xen_console_preboot = 0;
  if (!xen_console_registered)
    return;
  grub_term_unregister_input (&xen_console_input);
  grub_term_unregister_output (&xen_console_output);
  grub_terminfo_output_unregister (&xen_console_output);
}
