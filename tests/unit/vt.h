/* SPDX-License-Identifier: GPL-3.0-or-later */
/* vt.h - a terminal on which the console's output is shown
   Copyright (C) 2026  The grub-xen-hvm authors  */

#ifndef UNIT_VT_HEADER
#define UNIT_VT_HEADER 1

enum { VT_ROWS = 24, VT_COLUMNS = 80 };

/* Each row has a NUL behind it.  A highlighted character is marked.  */
struct vt
{
  char text[VT_ROWS][VT_COLUMNS + 1];
  char marks[VT_ROWS][VT_COLUMNS + 1];
  unsigned int x;
  unsigned int y;
  int highlight;
  int no_cursor;
  /* The incomplete escape sequence, and whether an unknown one has
     arrived.  */
  char sequence[32];
  unsigned int len;
  int unknown;
};

/* Clear the screen and its state.  */
void vt_reset (struct vt *vt);

/* Process the byte C.  */
void vt_put (struct vt *vt, char c);

#endif
