/* SPDX-License-Identifier: GPL-3.0-or-later */
/* vt.c - a terminal on which the console's output is shown
   Copyright (C) 2026  The grub-xen-hvm authors  */

#include <stdio.h>
#include <string.h>
#include "vt.h"

static void
erase (struct vt *vt, unsigned int row, unsigned int from)
{
  memset (vt->text[row] + from, ' ', VT_COLUMNS - from);
  memset (vt->marks[row] + from, ' ', VT_COLUMNS - from);
}

void
vt_reset (struct vt *vt)
{
  unsigned int i;

  memset (vt, 0, sizeof (*vt));
  for (i = 0; i < VT_ROWS; i++)
    erase (vt, i, 0);
}

static void
new_line (struct vt *vt)
{
  if (++vt->y < VT_ROWS)
    return;
  vt->y = VT_ROWS - 1;
  memmove (vt->text, vt->text[1], sizeof (vt->text) - sizeof (vt->text[0]));
  memmove (vt->marks, vt->marks[1],
	   sizeof (vt->marks) - sizeof (vt->marks[0]));
  erase (vt, vt->y, 0);
}

/* Execute the complete sequence behind ESC [.  */
static void
obey (struct vt *vt)
{
  unsigned int row, column, i;
  const char *s = vt->sequence;

  if (sscanf (s, "%u;%uH", &row, &column) == 2 && row && row <= VT_ROWS
      && column && column <= VT_COLUMNS + 1)
    {
      vt->y = row - 1;
      vt->x = column - 1;
    }
  else if (!strcmp (s, "H"))
    vt->x = vt->y = 0;
  else if (!strcmp (s, "J"))
    for (erase (vt, vt->y, vt->x), i = vt->y + 1; i < VT_ROWS; i++)
      erase (vt, i, 0);
  else if (!strcmp (s, "m") || !strcmp (s, "7m"))
    vt->highlight = *s == '7';
  else if (!strcmp (s, "?25h") || !strcmp (s, "?25l"))
    vt->no_cursor = s[3] == 'l';
  else
    vt->unknown = 1;
}

static void
put_in_sequence (struct vt *vt, char c)
{
  if (vt->len == 1)
    {
      vt->unknown |= c != '[';
      vt->len++;
      return;
    }
  if (vt->len - 2 < sizeof (vt->sequence) - 1)
    {
      vt->sequence[vt->len++ - 2] = c;
      vt->sequence[vt->len - 2] = 0;
    }
  if (c >= '@')
    {
      obey (vt);
      vt->len = 0;
    }
}

void
vt_put (struct vt *vt, char c)
{
  if (vt->len)
    put_in_sequence (vt, c);
  else if (c == '\033')
    vt->len = 1;
  else if (c == '\r')
    vt->x = 0;
  else if (c == '\n')
    new_line (vt);
  else if (c == '\b')
    vt->x -= vt->x != 0;
  else if (c >= ' ' && c < 0x7f)
    {
      if (vt->x >= VT_COLUMNS)
	{
	  vt->x = 0;
	  new_line (vt);
	}
      vt->marks[vt->y][vt->x] = vt->highlight ? 'x' : ' ';
      vt->text[vt->y][vt->x++] = c;
    }
  /* Terminals ignore NULs.  */
  else if (c)
    vt->unknown = 1;
}
