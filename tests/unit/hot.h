/* SPDX-License-Identifier: GPL-3.0-or-later */
/* hot.h - a host that changes disks while GRUB waits for a key
   Copyright (C) 2026  The grub-xen-hvm authors  */

#ifndef UNIT_HOT_HEADER
#define UNIT_HOT_HEADER 1

#include <grub/disk.h>
#include <grub/kernel.h>
#include "modules.h"
#include "tree.h"

/* The host build of GRUB_MOD_INIT and GRUB_MOD_FINI.  */
void grub_xen_hotplug_init (void);
void grub_xen_hotplug_fini (void);

/* Let GRUB wait for a key for MS milliseconds.  */
void wait_for_key (unsigned int ms);

/* The path of key NAME in DIR, valid until the next call.  */
const char *hot_key (const char *dir, const char *name);

/* The begin of `xl block-detach', and its end after the backend has
   closed.  */
void begin_detach (struct disk *d);
void end_detach (struct disk *d);

/* Check that NAME is not listed and cannot be opened, and that reads through
   the open disk H (0: none is open) fail.  */
void is_gone (const char *name, grub_disk_t h);

#endif
