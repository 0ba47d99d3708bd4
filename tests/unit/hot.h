/* SPDX-License-Identifier: GPL-3.0-or-later */
/* hot.h - a host that changes disks while GRUB waits for a key
   Copyright (C) 2026  The grub-xen-hvm authors  */

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
