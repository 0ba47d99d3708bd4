/* SPDX-License-Identifier: GPL-3.0-or-later */
/* os.h - an OS that GRUB has started: a frontend like Linux's
   Copyright (C) 2026  The grub-xen-hvm authors  */

#ifndef UNIT_OS_HEADER
#define UNIT_OS_HEADER 1

#include "disk.h"

/* Start the OS: it owns all memory that is not reserved, and takes references
   from the beginning of the table, whatever their entries hold.  */
void os_begin (void);

/* Return to GRUB.  The OS has ended all its grants.  */
void os_end (void);

/* Connect DISK, after the repair of a frontend left Connected or Closed that
   Linux does in xenbus_reset_check_state.  Returns 0 if the backend does not
   connect.  */
int os_connect (struct disk *disk);

/* Read the page at SECTOR (512 bytes) of DISK, which is connected, and compare
   it with the disk's fresh contents.  */
void os_read (struct disk *disk, uint64_t sector);

#endif
