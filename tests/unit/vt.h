/* SPDX-License-Identifier: GPL-3.0-or-later */
/* vt.h - a terminal, as somebody has who looks at the console
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
  /* The sequence that is arriving, and whether there ever was one that it does not
     know.  */
  char sequence[32];
  unsigned int len;
  int unknown;
};

/* Nothing is on it.  */
void vt_reset (struct vt *vt);

/* The byte C arrives.  */
void vt_put (struct vt *vt, char c);

#endif
