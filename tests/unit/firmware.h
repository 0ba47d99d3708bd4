/* SPDX-License-Identifier: GPL-3.0-or-later */
/* firmware.h - what a firmware with our loader leaves
   Copyright (C) 2026  The grub-xen-hvm authors  */

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
