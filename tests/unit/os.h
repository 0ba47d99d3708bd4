/*
 *  grub-xen-hvm  --  an OS that GRUB has started: a frontend like Linux's
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

#ifndef UNIT_OS_HEADER
#define UNIT_OS_HEADER 1

#include "disk.h"

/* The OS runs: it owns all memory that is not reserved, and takes references
   from the beginning of the table, whatever their entries hold.  */
void os_begin (void);

/* GRUB is back.  The OS has given up all that it granted.  */
void os_end (void);

/* Connect DISK, after xenbus_reset_check_state's repair of a frontend that was
   left Connected or Closed.  Returns 0 if its backend does not connect.  */
int os_connect (struct disk *disk);

/* Read the page at SECTOR (512 bytes) of DISK, which is connected, and compare
   it with the disk's fresh contents.  */
void os_read (struct disk *disk, uint64_t sector);

#endif
