/* SPDX-License-Identifier: GPL-3.0-or-later */
/* modules.h - loading, using and unloading the modules as GRUB does
   Copyright (C) 2026  The grub-xen-hvm authors  */

#ifndef UNIT_MODULES_HEADER
#define UNIT_MODULES_HEADER 1

#include <grub/disk.h>
#include "disk.h"
#include "unit.h"

/* Load xen, xen_table, xen_blk, xen_info and part_msdos; unload them.  */
void modules_load (void);
void modules_unload (void);

/* Unload, and check that nothing is left with Xen, in xenstore or in
   memory.  */
void modules_down (void);

/* Check the state that the OS and its drivers expect when they start: no trace
   of GRUB, every frontend in Initialising, every live backend in InitWait,
   xenstore's ring between two messages.  */
#define assert_handed_over() modules_handed_over (__FILE__, __LINE__)
void modules_handed_over (const char *file, int line);

/* The names that `ls' would show, each with a space behind it.  */
const char *modules_list (void);

/* Open NAME, read BYTES bytes at SECTOR through GRUB's disk layer, compare
   with the fresh contents of DISK, and close.  Returns the error.  */
grub_err_t modules_read (const char *name, const struct disk *disk,
			 uint64_t sector, size_t bytes);

/* Boot something whose boot function returns ERR; CHECK runs in place of the
   OS.  */
grub_err_t modules_boot (void (*check) (void), grub_err_t err);

#endif
