/*
 *  grub-xen-hvm  --  what a firmware with our loader leaves
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


#ifndef UNIT_FIRMWARE_HEADER
#define UNIT_FIRMWARE_HEADER 1

#include <stdint.h>
#include <grub/xen/hvm.h>

enum
  {
    /* Segment F in the BIOS's memory.  */
    FIRMWARE_SEGMENT_F = 0x10000,
    /* The firmware's hypercall page, in what the memory map calls reserved.  */
    FIRMWARE_PAGE_FRAME = 0xfc123,
    FIRMWARE_RSDP = 0xf5a20
  };

/* A table at byte OFFSET of segment F, in which everything is right: what Xen and the
   memory map say now, firmware_page and firmware_rsdp.  */
struct grub_xen_table *firmware_table (unsigned int offset);

/* Make the checksum of TABLE right.  */
void firmware_seal (struct grub_xen_table *table);

/* Xen's hypercall page at FIRMWARE_PAGE_FRAME; an RSDP at the physical ADDRESS, of
   which the first byte is returned.  */
unsigned char *firmware_page (int amd);
unsigned char *firmware_rsdp (uint32_t address);

/* Where ADDRESS of the BIOS's memory is.  */
unsigned char *firmware_at (uint32_t address);

#endif
