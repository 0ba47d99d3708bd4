/* SPDX-License-Identifier: GPL-3.0-or-later */
/* hvm.h - an HVM or PVH guest: its hypercall page, and its firmware's table
   Copyright (C) 2026  The grub-xen-hvm authors  */

#ifndef GRUB_XEN_HVM_HEADER
#define GRUB_XEN_HVM_HEADER 1

#include <grub/types.h>
#include <grub/err.h>
#include <grub/xen/platform.h>

/* The last frame that can be reached without paging: below 4 GiB.  */
#define GRUB_XEN_MAX_FRAME	0xfffff

struct grub_xen_hvm
{
  /* First of Xen's CPUID leaves, 0 without Xen.  */
  grub_uint32_t cpuid_base;
  /* The hypercall page, 0 while the platform is down.  */
  void *hypercall_page;
  /* A page that the firmware has installed and xen_table has checked, or 0.
     The next grub_xen_platform_init uses it.  */
  void *firmware_page;
};

extern struct grub_xen_hvm grub_xen_hvm;

/* hypercall.c has all operations that a program on a host cannot do.  The host
   tests replace it by a fake Xen.  The functions below raise no
   grub_error.  */

/* Execute CPUID leaf LEAF and store EAX, EBX, ECX, EDX in REGS, in this
   order.  */
void grub_xen_hvm_cpuid (grub_uint32_t leaf, grub_uint32_t regs[4]);

/* Write VALUE to the model specific register MSR.  */
void grub_xen_hvm_wrmsr (grub_uint32_t msr, grub_uint64_t value);

/* The address of guest frame number FRAME.  */
void *grub_xen_hvm_frame_ptr (grub_uint32_t frame);

/* Issue hypercall NR (a __HYPERVISOR_ number) through the hypercall page PAGE;
   return Xen's result, a negated errno on failure.  */
long grub_xen_hvm_hypercall (void *page, unsigned int nr, unsigned long arg1,
			     unsigned long arg2, unsigned long arg3,
			     unsigned long arg4, unsigned long arg5);

/* PVH: store the first of COUNT frames that are neither RAM nor anybody's in
   *FIRST.  GRUB_ERR_BAD_DEVICE: the memory map has no such range.  */
grub_err_t grub_xen_pvh_find_room (unsigned int count, grub_uint32_t *first);

/* The table in memory, little endian (the manual, "Platform table");
   seabios/xen_grub.h is the writer's definition.  A field is 0 if the firmware
   does not know it.  */
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
  /* GRUB_XEN_BOOTPARAM_ kinds, 4 bits each, the first in the lowest.  */
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
  /* The image from which GRUB was started: physical address, and bytes.  */
  grub_uint32_t image;
  grub_uint32_t image_size;
  /* Bytes from the start of the table to the memory map; newer tables add
     fields before it.  */
  grub_uint16_t e820_offset;
  grub_uint8_t reserved[6];
} GRUB_PACKED;

#define GRUB_XEN_TABLE_SIGNATURE	"$XenPIT$"
#define GRUB_XEN_TABLE_VERSION		1
#define GRUB_XEN_TABLE_ALIGN		16
#define GRUB_XEN_TABLE_NO_DISK		0xff
#define GRUB_XEN_TABLE_LAST_DISK	3

/* The range to search, the BIOS's F-segment.  */
#define GRUB_XEN_TABLE_FIRST_FRAME	0xf0
#define GRUB_XEN_TABLE_AREA		0x10000U

enum
  {
    GRUB_XEN_TABLE_BOOT_FLOPPY = 1,
    GRUB_XEN_TABLE_BOOT_DISK = 2,
    GRUB_XEN_TABLE_BOOT_CD = 3,
    GRUB_XEN_TABLE_BOOT_NETWORK = 4
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

/* Check a table at MEM, of which SIZE bytes can be read.  Returns 0, or a
   description of the error.  */
const char *grub_xen_table_check (const void *mem, grub_size_t size);

/* The firmware's table (a permanent copy of it), or 0.  In this case *PROBLEM
   describes the error in the table, or is 0 if there is no table. The search
   is done only once.  *ADDRESS is the table's physical address in both
   cases.  */
const struct grub_xen_table *grub_xen_table_find (grub_uint32_t *address,
						  const char **problem);

/* Entry I of the memory map of TABLE.  */
void grub_xen_table_entry (const struct grub_xen_table *table, unsigned int i,
			   struct grub_xen_table_e820 *entry);

/* Whether Xen's hypercall code is at the address in TABLE, in reserved
   memory.  */
int grub_xen_table_page_ok (const struct grub_xen_table *table);

/* Whether the memory map of TABLE is that of the firmware's int 15h.  */
int grub_xen_table_e820_ok (const struct grub_xen_table *table);

/* Whether there is an RSDP at the address in TABLE.  */
int grub_xen_table_rsdp_ok (const struct grub_xen_table *table);

#endif /* ! GRUB_XEN_HVM_HEADER */
