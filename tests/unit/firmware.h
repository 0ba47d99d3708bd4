/* SPDX-License-Identifier: GPL-3.0-or-later */
/* firmware.h - tables and pages left by a firmware with the loader
   Copyright (C) 2026  The grub-xen-hvm authors  */

#ifndef UNIT_FIRMWARE_HEADER
#define UNIT_FIRMWARE_HEADER 1

#include <stdint.h>
#include <grub/xen/hvm.h>

enum
  {
    /* Segment F in the BIOS's memory.  */
    FIRMWARE_SEGMENT_F = 0x10000,
    /* The firmware's hypercall page, in memory that the map calls
       reserved.  */
    FIRMWARE_PAGE_FRAME = 0xfc123,
    FIRMWARE_RSDP = 0xf5a20
  };

/* A valid table at byte OFFSET of segment F: it agrees with Xen, the memory
   map, firmware_page and firmware_rsdp.  */
struct grub_xen_table *firmware_table (unsigned int offset);

/* Set the checksum of TABLE.  */
void firmware_seal (struct grub_xen_table *table);

/* Make Xen's hypercall page at FIRMWARE_PAGE_FRAME; make an RSDP at the
   physical ADDRESS and return its first byte.  */
unsigned char *firmware_page (int amd);
unsigned char *firmware_rsdp (uint32_t address);

/* A pointer to ADDRESS in the BIOS's memory.  */
unsigned char *firmware_at (uint32_t address);

#endif
