/* SPDX-License-Identifier: GPL-3.0-or-later */
/* table.h - the Xen platform information table of the firmware
   Copyright (C) 2026  The grub-xen-hvm authors  */

#ifndef GRUB_XEN_TABLE_HEADER
#define GRUB_XEN_TABLE_HEADER 1

#include <grub/err.h>
#include <grub/types.h>

/* The table as it stands in memory, little endian (the manual, "Platform
   table"); seabios/xen_grub.h is the writer's view of it.  A field is 0
   when the firmware does not know it.  */
struct grub_xen_table
{
  char signature[8];
  /* Bytes of all, with the memory map.  */
  grub_uint16_t length;
  grub_uint8_t version;
  grub_uint8_t checksum;
  grub_uint32_t cpuid_base;
  /* Major number << 16 | minor number.  */
  grub_uint32_t xen_version;
  /* Physical address.  */
  grub_uint32_t hypercall_page;
  /* Pages of 4 KiB.  */
  grub_uint16_t hypercall_pages;
  /* GRUB_XEN_BOOT_ kinds, 4 bits each, the first in the lowest.  */
  grub_uint16_t boot_order;
  /* Number of the IDE disk that is BIOS drive 0x80, or
     GRUB_XEN_TABLE_NO_DISK.  */
  grub_uint8_t boot_disk;
  grub_uint8_t image_origin;
  grub_uint8_t e820_count;
  /* Bytes from one entry of the memory map to the next.  */
  grub_uint8_t e820_size;
  grub_uint64_t store_frame;
  grub_uint64_t console_frame;
  grub_uint32_t store_port;
  grub_uint32_t console_port;
  /* Physical address.  */
  grub_uint64_t rsdp;
  /* What GRUB was started from: physical address, and bytes.  */
  grub_uint32_t image;
  grub_uint32_t image_size;
  /* Bytes from the start of the table to the memory map; what newer tables add
     stands before that.  */
  grub_uint16_t e820_offset;
  grub_uint8_t reserved[6];
} GRUB_PACKED;

#define GRUB_XEN_TABLE_SIGNATURE	"$XenPIT$"
#define GRUB_XEN_TABLE_VERSION		1
#define GRUB_XEN_TABLE_ALIGN		16
#define GRUB_XEN_TABLE_NO_DISK		0xff
#define GRUB_XEN_TABLE_LAST_DISK	3

/* Where it is looked for, the BIOS's F-segment.  */
#define GRUB_XEN_TABLE_FIRST_FRAME	0xf0
#define GRUB_XEN_TABLE_AREA		0x10000U

enum
  {
    GRUB_XEN_BOOT_FLOPPY = 1,
    GRUB_XEN_BOOT_DISK = 2,
    GRUB_XEN_BOOT_CD = 3,
    GRUB_XEN_BOOT_NETWORK = 4
  };

enum
  {
    GRUB_XEN_IMAGE_BLOB = 1,
    GRUB_XEN_IMAGE_ACPI = 2
  };

/* An entry of the memory map, as int 15h function e820h gives it.  */
struct grub_xen_table_e820
{
  grub_uint64_t start;
  grub_uint64_t size;
  grub_uint32_t type;
} GRUB_PACKED;

/* Check a table at MEM, of which SIZE bytes can be read.  Returns 0, or in
   words what is wrong with it.  */
const char *grub_xen_table_check (const void *mem, grub_size_t size);

/* The firmware's table (a copy of it, which stays), or 0; then *PROBLEM
   says what is wrong with the one that is there, or is 0: there is none.
   It is looked for once.  *ADDRESS is the physical address of either.  */
const struct grub_xen_table *grub_xen_table_find (grub_uint32_t *address,
						  const char **problem);

/* Entry I of the memory map of TABLE.  */
void grub_xen_table_entry (const struct grub_xen_table *table, unsigned int i,
			   struct grub_xen_table_e820 *entry);

/* Whether there is Xen's code for hypercalls where TABLE says, in memory that
   nobody else has.  */
int grub_xen_table_page_ok (const struct grub_xen_table *table);

/* Whether the memory map of TABLE is that of the firmware's int 15h.  */
int grub_xen_table_e820_ok (const struct grub_xen_table *table);

/* Whether there is an RSDP where TABLE says.  */
int grub_xen_table_rsdp_ok (const struct grub_xen_table *table);

#endif /* ! GRUB_XEN_TABLE_HEADER */
