/*
 *  grub-xen-hvm  --  a terminal, as somebody has who looks at the console
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
