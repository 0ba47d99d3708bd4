/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ramdisk.h - (ramdisk): a ramdisk as a disk
   Copyright (C) 2026  The grub-xen-hvm authors  */

#ifndef GRUB_XEN_RAMDISK_HEADER
#define GRUB_XEN_RAMDISK_HEADER 1

#include <grub/types.h>

/* Make the BYTES (not 0) at the physical ADDRESS the disk (ramdisk), which
   cannot be written to.  They have to stay there.  */
void grub_xen_ramdisk_register (grub_uint32_t address, grub_uint32_t bytes);

/* Take it away, if it is there.  */
void grub_xen_ramdisk_unregister (void);

#endif /* ! GRUB_XEN_RAMDISK_HEADER */
