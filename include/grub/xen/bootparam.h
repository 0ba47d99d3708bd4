/* SPDX-License-Identifier: GPL-3.0-or-later */
/* bootparam.h - command line and ramdisk from the Linux boot header
   Copyright (C) 2026  The grub-xen-hvm authors  */

#ifndef GRUB_XEN_BOOTPARAM_HEADER
#define GRUB_XEN_BOOTPARAM_HEADER 1

/* A Linux boot loader (SeaBIOS for `kernel=', or another GRUB's linux16)
   passes a command line and a ramdisk.  It enters boot/i386/pc/lnxboot.S,
   which moves itself to 0:0x6000 and stays there (CODE_ADDR).  So another such
   header overwrites a record in it.  GRUB's core may overwrite the command
   line when it is moved, so the command line is copied behind the record
   first.  */
#define GRUB_XEN_BOOTPARAM_FRAME	6
#define GRUB_XEN_BOOTPARAM_ADDR	(GRUB_XEN_BOOTPARAM_FRAME << 12)

/* Offsets from there.  The core begins at 0x8200, and GRUB uses no memory
   between it and the text.  */
#define GRUB_XEN_BOOTPARAM_RECORD	0x1f0
#define GRUB_XEN_BOOTPARAM_TEXT	0x200
#define GRUB_XEN_BOOTPARAM_TEXT_SIZE	2048

#define GRUB_XEN_BOOTPARAM_SIGNATURE	"$XenBoot"
#define GRUB_XEN_BOOTPARAM_VERSION	1

/* The lowest byte of grub_boot_device if this GRUB was entered through the
   header.  It is 0xff otherwise, and has no other use.  */
#define GRUB_XEN_BOOTPARAM_MARK	0x58

#ifndef ASM_FILE

#include <grub/misc.h>
#include <grub/types.h>
#include <grub/machine/kernel.h>

/* The code's sector (fields up to CMDLINE_PTR are those of Linux's boot
   protocol) and the text.  */
struct grub_xen_bootparam
{
  char code1[0x18];
  /* Physical address, and bytes.  */
  grub_uint32_t ramdisk;
  grub_uint32_t ramdisk_size;
  char code2[8];
  /* The text's original address, or 0.  */
  grub_uint32_t cmdline_ptr;
  char code3[GRUB_XEN_BOOTPARAM_RECORD - 0x2c];
  char signature[8];
  grub_uint8_t version;
  /* With the text's bytes, up to its NUL, the sum is 0.  */
  grub_uint8_t sum;
  /* Set by GRUB's kernel: the ramdisk is not part of GRUB's heap.  */
  grub_uint8_t kept;
  char code4[5];
  char text[GRUB_XEN_BOOTPARAM_TEXT_SIZE];
} GRUB_PACKED;

/* Whether BOOT, at GRUB_XEN_BOOTPARAM_ADDR, is such a header.  It may be from
   another GRUB.  */
static inline int
grub_xen_bootparam_is_there (const struct grub_xen_bootparam *boot)
{
  return grub_memcmp (boot->signature, GRUB_XEN_BOOTPARAM_SIGNATURE,
		      sizeof (boot->signature)) == 0;
}

/* BOOT, at GRUB_XEN_BOOTPARAM_ADDR, if this GRUB was entered through it, else
   0.  */
static inline struct grub_xen_bootparam *
grub_xen_bootparam_check (struct grub_xen_bootparam *boot)
{
  return (grub_boot_device & 0xff) == GRUB_XEN_BOOTPARAM_MARK
    && grub_xen_bootparam_is_there (boot)
    && boot->version == GRUB_XEN_BOOTPARAM_VERSION ? boot : 0;
}

/* For GRUB's kernel: add the free memory from BEG to FIN to the heap, except
   the ramdisk if it is inside.  AT is GRUB_XEN_BOOTPARAM_ADDR.  */
void grub_xen_bootparam_add_heap (void *at, grub_addr_t beg, grub_addr_t fin);

/* The record of this GRUB's boot, or 0.  */
struct grub_xen_bootparam *grub_xen_bootparam_find (void);

/* The command line of BOOT (which may be 0), or 0: it is missing, or not
   usable, with the reason in *PROBLEM.  */
const char *grub_xen_bootparam_cmdline (const struct grub_xen_bootparam *boot,
				   const char **problem);

/* Bytes of the ramdisk of BOOT (which may be 0), or 0, likewise.  */
grub_uint32_t
grub_xen_bootparam_ramdisk (const struct grub_xen_bootparam *boot,
			    const char **problem);

/* Make the BYTES (not 0) at the physical ADDRESS the disk (ramdisk), which
   cannot be written to.  They have to stay there.  */
void grub_xen_ramdisk_register (grub_uint32_t address, grub_uint32_t bytes);

/* Remove it, if it exists.  */
void grub_xen_ramdisk_unregister (void);

#endif /* ! ASM_FILE */

#endif /* ! GRUB_XEN_BOOTPARAM_HEADER */
