/* SPDX-License-Identifier: GPL-3.0-or-later */
/* seabios.h - a fake SeaBIOS: the part of its headers that the loader uses,
   and the settings of tests
   Copyright (C) 2026  The grub-xen-hvm authors  */

#ifndef UNIT_SEABIOS_HEADER
#define UNIT_SEABIOS_HEADER 1

#include <stddef.h>
#include <string.h>

/* The loader's view, with SeaBIOS's names and numbers.  */

typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef unsigned long long u64;

#define PACKED			__attribute__ ((packed))
#define CONFIG_XEN_GRUB		1
#define BUILD_MAX_E820		32
#define BUILD_STACK_ADDR	0x7000
#define BUILD_EBDA_MINIMUM	0x90000
#define F_IF			(1 << 9)
#define EXTTYPE_HD		1
#define DTYPE_ATA		0x20
#define DTYPE_AHCI		0x50
#define CMOS_BIOS_BOOTFLAG1	0x38
#define CMOS_BIOS_BOOTFLAG2	0x3d

/* The blob is at an address where the test has memory.  */
#define BUILD_ROM_START		((unsigned long) sb.rom)
#define SYMBOL(name)		((u32) (unsigned long) sb.rom + sb.name)

struct e820entry
{
  u64 start;
  u64 size;
  u32 type;
} PACKED;

extern struct e820entry e820_list[];
extern int e820_count;

struct drive_s
{
  u8 type;
  u32 cntl_id;
};

struct segoff_s
{
  u16 offset;
  u16 seg;
};

#define SEGOFF(s, o)		((struct segoff_s) { (o), (s) })

struct bregs
{
  u16 ds;
  u16 es;
  u32 edi, esi, ebp, ebx;
  union
  {
    u32 edx;
    u8 dl;
  };
  u32 ecx, eax;
  struct segoff_s code;
  u16 flags;
};

extern struct rsdp_descriptor *RsdpAddr;
extern u32 xen_cpuid_base;
extern unsigned long xen_hypercall_page;

int runningOnXen (void);
struct drive_s *getDrive (u8 type, u8 number);
u8 rtc_read (u8 index);
void *malloc_high (u32 size);
void *malloc_fseg (u32 size);
void warn_noalloc (void);
u8 checksum (void *buf, u32 len);
void cpuid (u32 leaf, u32 *eax, u32 *ebx, u32 *ecx, u32 *edx);
void farcall16 (struct bregs *regs);

#define _hypercall2(type, name, a, b) \
  ((type) sb_hypercall (__HYPERVISOR_##name, a, b))
long sb_hypercall (u32 nr, u32 command, void *arg);

/* Replacements for memcpy, because memory below 1 MiB is only in SB.LOW, and
   for printf.  */
void *sb_memcpy (void *to, const void *from, size_t size);
int sb_printf (const char *format, ...)
  __attribute__ ((format (__printf__, 1, 2)));

/* The test's view.  All memory is below 4 GiB, and only memory in use is
   accessible.  */

enum
  {
    SB_ROM = 1 << 20,
    SB_LOW = 1 << 20,
    SB_HIGH = 1 << 20,
    /* Segments E and F.  */
    SB_BIOS = 0x20000,
    SB_PARAMS = 32
  };

struct sb
{
  u8 *rom;
  u8 *low;
  u8 *high;
  u8 *bios;
  /* The number of bytes in the blob before SeaBIOS itself: sb_room.  */
  u32 code32flat_start;
  int on_xen;
  /* Whether allocations fail; the sizes allocated; the address in segment
     F.  */
  int no_high;
  int no_fseg;
  u32 high_size;
  u32 fseg_size;
  u32 fseg_at;
  unsigned int warnings;
  /* The number of entries added to the boot menu, and the last one.  */
  unsigned int entries;
  const char *entry;
  char out[4096];
  /* Calls of 16-bit code, and the registers of the last one.  */
  unsigned int calls;
  struct bregs regs;
  /* HVM parameters, and the result of the hypercall instead of 0.  */
  u64 params[SB_PARAMS];
  long param_rc;
  unsigned int hypercalls;
  u8 cmos[128];
  struct drive_s *drive;
  u32 xen_version;
  u32 hypercall_pages;
};

extern struct sb sb;

/* Set up a SeaBIOS on Xen that begins at byte ROOM of its blob; before that
   byte the blob is empty.  */
void sb_reset (u32 room);

/* Make all of segments E and F accessible, as for GRUB.  */
void sb_show_bios (void);

#endif
