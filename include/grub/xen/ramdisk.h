/*
 *  grub-xen-hvm  --  (ramdisk): a ramdisk as a disk
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

#ifndef GRUB_XEN_RAMDISK_HEADER
#define GRUB_XEN_RAMDISK_HEADER 1

#include <grub/types.h>

/* Make the BYTES (not 0) at the physical ADDRESS the disk (ramdisk), which cannot be
   written to.  They have to stay there.  */
void grub_xen_ramdisk_register (grub_uint32_t address, grub_uint32_t bytes);

/* Take it away, if it is there.  */
void grub_xen_ramdisk_unregister (void);

#endif /* ! GRUB_XEN_RAMDISK_HEADER */
