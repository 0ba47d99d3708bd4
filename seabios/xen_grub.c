// SPDX-License-Identifier: LGPL-3.0-only
// xen_grub.c: Start a GRUB that can read the PV disks of a Xen HVM guest.
// Copyright (C) 2026  The grub-xen-hvm authors
//
// This file may be distributed under the terms of the GNU LGPLv3 license.

#include "block.h" // getDrive
#include "bregs.h" // struct bregs
#include "config.h" // CONFIG_XEN_GRUB
#include "hw/rtc.h" // rtc_read
#include "malloc.h" // malloc_high
#include "memmap.h" // SYMBOL
#include "output.h" // printf
#include "paravirt.h" // runningOnXen
#include "stacks.h" // farcall16
#include "string.h" // memcpy
#include "util.h" // RsdpAddr
#include "x86.h" // cpuid
#include "xen.h" // _hypercall2
#include "xen_grub.h" // struct xen_grub_image

// Of Xen's public headers.
#define __HYPERVISOR_hvm_op 34
#define HVMOP_get_param 1
#define DOMID_SELF 0x7ff0
enum { STORE_PFN = 1, STORE_EVTCHN, CONSOLE_PFN = 17, CONSOLE_EVTCHN };

extern u32 xen_cpuid_base;
static struct xen_platform_table *Table;
static struct xen_grub_image Image;
static void *ImageCode;
static const char *ImageProblem;

static u32
adler32(const u8 *p, u32 size)
{
    u32 a = 1, b = 0;
    while (size--) {
        a = (a + *p++) % 65521;
        b = (b + a) % 65521;
    }
    return b << 16 | a;
}

// Describe what is wrong with an image that has ROOM bytes.
static const char *
image_check(struct xen_grub_image *img, u32 room)
{
    if (memcmp(img->signature, XEN_GRUB_SIGNATURE, sizeof(img->signature)))
        return "there is none";
    if (img->length < sizeof(*img) || img->length > room
        || checksum(img, img->length))
        return "its header is damaged";
    if (img->version != XEN_GRUB_VERSION)
        return "its version is not known";
    if (!img->size || img->size > room - img->length)
        return "it is longer than its place";
    // It needs a 16bit entry address, and must not overlap stack and EBDA.
    if (img->load < BUILD_STACK_ADDR || img->load > 0xffff
        || img->size > BUILD_EBDA_MINIMUM - img->load)
        return "it does not fit into low memory";
    if (adler32((void*)img + img->length, img->size) != img->sum)
        return "its checksum is wrong";
    return NULL;
}

// Save the image before option roms take its place.
void
xen_grub_preinit(void)
{
    if (!CONFIG_XEN_GRUB || !runningOnXen())
        return;
    struct xen_grub_image *img = (void*)BUILD_ROM_START;
    ImageProblem = image_check(img, SYMBOL(code32flat_start) - (u32)img);
    if (ImageProblem)
        return;
    ImageCode = malloc_high(img->size); // stays reserved
    if (!ImageCode) {
        ImageProblem = "there is no memory for it";
        return;
    }
    memcpy(&Image, img, sizeof(Image));
    memcpy(ImageCode, (void*)img + img->length, img->size);
}

// Offer GRUB for boot, and make room for the table.
void
xen_grub_setup(void)
{
    if (!CONFIG_XEN_GRUB || !runningOnXen())
        return;
    boot_add_xen_grub("GRUB (Xen PV disks)");
    Table = malloc_fseg(sizeof(*Table) + BUILD_MAX_E820*sizeof(e820_list[0]));
    if (!Table)
        warn_noalloc();
}

static u64
get_param(u32 index)
{
    struct { u16 domid, pad; u32 index; u64 value; } p = { DOMID_SELF, 0, index };
    return _hypercall2(int, hvm_op, HVMOP_get_param, &p) ? 0 : p.value;
}

// Fill in the table, when drives and memory map are final.
void
xen_grub_prepboot(void)
{
    struct xen_platform_table *t = Table;
    if (!CONFIG_XEN_GRUB || !t)
        return;
    u32 version, pages, ebx, ecx, edx, maplen = e820_count*sizeof(e820_list[0]);
    struct drive_s *drive = getDrive(EXTTYPE_HD, 0);
    cpuid(xen_cpuid_base + 1, &version, &ebx, &ecx, &edx);
    cpuid(xen_cpuid_base + 2, &pages, &ebx, &ecx, &edx);
    *t = (struct xen_platform_table) {
        .signature = XEN_TABLE_SIGNATURE, .version = XEN_TABLE_VERSION,
        .length = sizeof(*t) + maplen, .cpuid_base = xen_cpuid_base,
        .xen_version = version, .hypercall_page = xen_hypercall_page,
        .hypercall_pages = pages, .rsdp = (u32)RsdpAddr,
        .boot_order = rtc_read(CMOS_BIOS_BOOTFLAG2)
                      | (rtc_read(CMOS_BIOS_BOOTFLAG1) & 0xf0) << 4,
        .boot_disk = drive && drive->type == DTYPE_ATA && drive->cntl_id < 4
                     ? drive->cntl_id : 0xff,
        .store_frame = get_param(STORE_PFN),
        .store_port = get_param(STORE_EVTCHN),
        .console_frame = get_param(CONSOLE_PFN),
        .console_port = get_param(CONSOLE_EVTCHN),
        .image_origin = ImageCode ? XEN_TABLE_BLOB : 0, .image = (u32)ImageCode,
        .image_size = Image.size, .e820_count = e820_count,
        .e820_size = sizeof(e820_list[0]), .e820_offset = sizeof(*t),
    };
    memcpy(t->e820, e820_list, maplen);
    t->checksum -= checksum(t, t->length);
}

// Boot GRUB; returns if that is not possible, or if GRUB returns.
void
xen_grub_boot(void)
{
    printf("Booting GRUB from the firmware...\n");
    // An earlier boot attempt may have overwritten the image.
    if (!ImageProblem && adler32(ImageCode, Image.size) != Image.sum)
        ImageProblem = "it was overwritten";
    if (ImageProblem) {
        printf("Boot failed: GRUB's image: %s\n\n", ImageProblem);
        return;
    }
    memcpy((void*)Image.load, ImageCode, Image.size);
    struct bregs br = { .flags = F_IF, .code = SEGOFF(0, Image.load),
                        .ebx = (u32)Table, .edx = 0xff }; // dl: no drive
    farcall16(&br);
}
