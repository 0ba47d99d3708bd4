/*
 *  grub-xen-hvm  --  the PV console as a terminal
 *  Copyright (C) 2026  The grub-xen-hvm authors
 *
 *  This program is free software: you can redistribute it and/or modify
 *  it under the terms of the GNU General Public License as published by
 *  the Free Software Foundation, either version 3 of the License, or
 *  (at your option) any later version.
 *
 *  This program is distributed in the hope that it will be useful,
 *  but WITHOUT ANY WARRANTY; without even the implied warranty of
 *  MERCHANTABILITY or FITNESS FOR A PARTICULAR PURPOSE.  See the
 *  GNU General Public License for more details.
 *
 *  You should have received a copy of the GNU General Public License
 *  along with this program.  If not, see <https://www.gnu.org/licenses/>.
 */

#include <grub/dl.h>
#include <grub/env.h>
#include <grub/err.h>
#include <grub/loader.h>
#include <grub/misc.h>
#include <grub/term.h>
#include <grub/terminfo.h>
#include "xencons.h"

GRUB_MOD_LICENSE ("GPLv3+");

static struct grub_preboot *preboot;

#define COLUMNS		80
#define ROWS		24

/* What is on the screen, to show it anew to somebody who has not seen it: after a
   restore the other side is another one.  */
static grub_uint8_t screen[ROWS][COLUMNS];
#define HIGHLIGHT	0x80
static int highlight;
static int cursor = 1;
static int active;

static void
put (struct grub_term_output *term __attribute__ ((unused)), const int c)
{
  grub_xencons_put (c);
}

static void
set_color (struct grub_term_output *term, grub_term_color_state state)
{
  highlight = state == GRUB_TERM_COLOR_HIGHLIGHT ? HIGHLIGHT : 0;
  grub_terminfo_setcolorstate (term, state);
}

static void
set_cursor (struct grub_term_output *term, int on)
{
  cursor = on;
  grub_terminfo_setcursor (term, on);
}

static void
clear (struct grub_term_output *term)
{
  grub_memset (screen, ' ', sizeof (screen));
  grub_terminfo_cls (term);
}

static struct grub_terminfo_output_state output_state =
  {
    .put = put,
    .size = { COLUMNS, ROWS }
  };

/* terminfo knows where the cursor is, so that only what is there is to be noted.  */
static void
put_glyph (struct grub_term_output *term, const struct grub_unicode_glyph *c)
{
  struct grub_term_coordinate was = output_state.pos, pos;
  int visible = c->base >= ' ' && c->base < 0x7f;

  grub_terminfo_putchar (term, c);
  pos = output_state.pos;
  if (was.y == ROWS - 1
      && (c->base == '\n'
	  || (visible && was.x + c->estimated_width > COLUMNS)))
    {
      grub_memmove (screen[0], screen[1], sizeof (screen) - COLUMNS);
      grub_memset (screen[ROWS - 1], ' ', COLUMNS);
    }
  if (visible && pos.y < ROWS && pos.x && pos.x <= COLUMNS)
    screen[pos.y][pos.x - 1] = c->base | highlight;
}

/* Show the screen anew, and leave all as it was.  */
static void
redraw (struct grub_term_output *term)
{
  struct grub_term_coordinate was = output_state.pos, pos;
  int color = highlight, wanted;
  unsigned int x, end;

  grub_terminfo_setcolorstate (term, GRUB_TERM_COLOR_NORMAL);
  grub_terminfo_cls (term);
  highlight = 0;
  for (pos.x = pos.y = 0; pos.y < ROWS; pos.y++)
    {
      for (end = COLUMNS; end && screen[pos.y][end - 1] == ' '; end--);
      if (end)
	grub_terminfo_gotoxy (term, pos);
      for (x = 0; x < end; x++)
	{
	  wanted = screen[pos.y][x] & HIGHLIGHT;
	  if (wanted != highlight)
	    set_color (term, wanted ? GRUB_TERM_COLOR_HIGHLIGHT
		       : GRUB_TERM_COLOR_NORMAL);
	  put (term, screen[pos.y][x] & ~HIGHLIGHT);
	}
    }
  set_color (term, color ? GRUB_TERM_COLOR_HIGHLIGHT
	     : GRUB_TERM_COLOR_NORMAL);
  grub_terminfo_setcursor (term, cursor);
  grub_terminfo_gotoxy (term, was);
}

/* The same if it is worth it, and known what is there: `terminfo' can make the
   terminal larger, more than ASCII, or dumb.  */
static int
redraw_if_stale (struct grub_term_output *term)
{
  if (output_state.size.x != COLUMNS || output_state.size.y != ROWS
      || !output_state.gotoxy || !output_state.cls
      || (term->flags & GRUB_TERM_CODE_TYPE_MASK) != GRUB_TERM_CODE_TYPE_ASCII
      || !grub_xencons_is_stale ())
    return 0;
  redraw (term);
  return 1;
}

static void
refresh (struct grub_term_output *term)
{
  redraw_if_stale (term);
  grub_xencons_flush ();
}

static grub_err_t
before_boot (int noreturn __attribute__ ((unused)))
{
  grub_xencons_stop ();
  return GRUB_ERR_NONE;
}

static grub_err_t
after_boot (void)
{
  grub_xencons_go_on ();
  return GRUB_ERR_NONE;
}

/* What is put after the hand-off must not reach Xen: no terminal without the hook.
   It runs behind those of the disks, whose messages are still shown, and before
   that of module xen.  */
static grub_err_t
open (void)
{
  if (!preboot)
    preboot = grub_loader_register_preboot_hook
      (before_boot, after_boot, GRUB_LOADER_PREBOOT_HOOK_PRIO_CONSOLE);
  return preboot ? grub_xencons_open () : grub_errno;
}

static grub_err_t
init_output (struct grub_term_output *term)
{
  if (open ())
    return grub_errno;
  clear (term);
  active = 1;
  return GRUB_ERR_NONE;
}

static grub_err_t
fini_output (struct grub_term_output *term __attribute__ ((unused)))
{
  grub_xencons_flush ();
  active = 0;
  return GRUB_ERR_NONE;
}

static struct grub_term_output output =
  {
    .name = "xen",
    .init = init_output,
    .fini = fini_output,
    .putchar = put_glyph,
    .getwh = grub_terminfo_getwh,
    .getxy = grub_terminfo_getxy,
    .gotoxy = grub_terminfo_gotoxy,
    .cls = clear,
    .setcolorstate = set_color,
    .setcursor = set_cursor,
    .refresh = refresh,
    .flags = GRUB_TERM_CODE_TYPE_ASCII,
    .data = &output_state,
    .progress_update_divisor = GRUB_PROGRESS_SLOW
  };

/* Its output is looked after, too, while GRUB waits.  */
static int
readkey (struct grub_term_input *term __attribute__ ((unused)))
{
  int c = grub_xencons_get ();

  if (c < 0 && active && redraw_if_stale (&output))
    grub_xencons_flush ();
  return c;
}

static grub_err_t
init_input (struct grub_term_input *term)
{
  return open () ? grub_errno : grub_terminfo_input_init (term);
}

static struct grub_terminfo_input_state input_state =
  {
    .readkey = readkey
  };

static struct grub_term_input input =
  {
    .name = "xen",
    .init = init_input,
    .getkey = grub_terminfo_getkey,
    .data = &input_state
  };

static int registered;

/* The type is what serial lines get, too: every terminal understands it.  Scripts of
   images that may lack this module ask for the variable.  */
GRUB_MOD_INIT (xen_console)
{
  registered = !grub_terminfo_output_register (&output, "vt100");
  if (!registered)
    {
      /* Free what there was memory for.  */
      grub_error_push ();
      grub_terminfo_set_current (&output, "");
      grub_error_pop ();
      return;
    }
  grub_term_register_input ("xen", &input);
  grub_term_register_output ("xen", &output);
  grub_env_set ("feature_xen_console", "y");
}

GRUB_MOD_FINI (xen_console)
{
  grub_xencons_stop ();
  if (preboot)
    grub_loader_unregister_preboot_hook (preboot);
  preboot = 0;
  if (!registered)
    return;
  grub_term_unregister_input (&input);
  grub_term_unregister_output (&output);
  grub_terminfo_output_unregister (&output);
}
