/*
 *  grub-xen-hvm  --  a host that changes disks while GRUB waits for a key
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

#ifndef UNIT_HOT_HEADER
#define UNIT_HOT_HEADER 1

#include <grub/disk.h>
#include <grub/kernel.h>
#include "modules.h"
#include "tree.h"

/* What GRUB's build makes of GRUB_MOD_INIT and GRUB_MOD_FINI on a host.  */
void grub_xen_hotplug_init (void);
void grub_xen_hotplug_fini (void);

/* GRUB waits for a key, for so many milliseconds.  */
void wait_for_key (unsigned int ms);

/* The path of a directory's key, until the next call.  */
const char *hot_key (const char *dir, const char *name);

/* As `xl block-detach' begins, and as it ends once the backend is closed.  */
void begin_detach (struct disk *d);
void end_detach (struct disk *d);

/* NAME is not listed and cannot be opened, and a user who has it open as H (0:
   not open) gets an error.  */
void is_gone (const char *name, grub_disk_t h);

#endif
