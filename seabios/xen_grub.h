// SPDX-License-Identifier: LGPL-3.0-only
// xen_grub.h: GRUB in the blob, and the platform table for it.
// Copyright (C) 2026  The grub-xen-hvm authors
//
// This file may be distributed under the terms of the GNU LGPLv3 license.
#ifndef __XEN_GRUB_H
#define __XEN_GRUB_H
#include "e820map.h" // struct e820entry

// The header of a GRUB core, at the start of the blob; the code follows.
#define XEN_GRUB_SIGNATURE  "GRUBonXn"
#define XEN_GRUB_VERSION    1
struct xen_grub_image {
    char signature[8];
    u16 version;
    u8 length, checksum;    // of this header
    u32 size, sum;          // of the code: bytes, Adler-32 (RFC 1950)
    u32 load;               // load address, and entry point in real mode
    u32 reserved[2];
} PACKED;

// The Xen platform information table (see the manual of grub-xen-hvm).
#define XEN_TABLE_SIGNATURE "$XenPIT$"
#define XEN_TABLE_VERSION   1
#define XEN_TABLE_BLOB      1
struct xen_platform_table {
    char signature[8];
    u16 length;             // with the memory map
    u8 version, checksum;
    u32 cpuid_base, xen_version, hypercall_page;
    u16 hypercall_pages, boot_order;
    u8 boot_disk, image_origin, e820_count, e820_size;
    u64 store_frame, console_frame;
    u32 store_port, console_port;
    u64 rsdp;
    u32 image, image_size;
    u16 e820_offset, reserved[3];
    struct e820entry e820[];
} PACKED;

void xen_grub_preinit(void);
void xen_grub_setup(void);
void xen_grub_prepboot(void);
void xen_grub_boot(void);
void boot_add_xen_grub(const char *desc);
#endif // xen_grub.h
