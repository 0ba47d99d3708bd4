/*
 *  grub-xen-hvm  --  a client of xenstore, for the tests of xswire.c
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


#ifndef UNIT_XS_HEADER
#define UNIT_XS_HEADER 1

#include "unit.h"

/* A key that the guest may write.  */
#define XS_KEY	"device/vbd/51776/key"

/* Bring Xen up; shut it down, with nothing left.  */
void xs_up (void);
void xs_down (void);

/* Read and write something, and see that each gets its own answer.  */
void xs_use (void);

#endif
