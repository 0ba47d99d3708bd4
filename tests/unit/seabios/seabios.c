/* SPDX-License-Identifier: GPL-3.0-or-later */
/* seabios.c - a fake SeaBIOS, for the loader
   Copyright (C) 2026  The grub-xen-hvm authors  */

#define _GNU_SOURCE
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sanitizer/asan_interface.h>
#include "seabios.h"

#define HVM_OP		34
#define GET_PARAM	1
#define DOMID_SELF	0x7ff0

struct sb sb;
struct e820entry e820_list[BUILD_MAX_E820];
int e820_count;
struct rsdp_descriptor *RsdpAddr;
u32 xen_cpuid_base;
unsigned long xen_hypercall_page;

static void __attribute__ ((format (printf, 1, 2), noreturn))
violation (const char *format, ...)
{
  va_list ap;

  va_start (ap, format);
  fprintf (stderr, "SEABIOS: ");
  vfprintf (stderr, format, ap);
  fprintf (stderr, "\n");
  va_end (ap);
  abort ();
}

/* A zeroed and poisoned area of memory.  */
static u8 *
area (u8 *old, size_t size)
{
  u8 *p = old;

  if (!p)
    p = mmap (0, size, PROT_READ | PROT_WRITE,
	      MAP_PRIVATE | MAP_ANONYMOUS | (sizeof (p) > 4 ? MAP_32BIT : 0),
	      -1, 0);
  if (p == MAP_FAILED)
    violation ("no memory below 4 GiB");
  __asan_unpoison_memory_region (p, size);
  memset (p, 0, size);
  __asan_poison_memory_region (p, size);
  return p;
}

void
sb_reset (u32 room)
{
  u8 *rom = area (sb.rom, SB_ROM), *low = area (sb.low, SB_LOW);
  u8 *high = area (sb.high, SB_HIGH), *bios = area (sb.bios, SB_BIOS);

  memset (&sb, 0, sizeof (sb));
  sb.rom = rom;
  sb.low = low;
  sb.high = high;
  sb.bios = bios;
  sb.code32flat_start = room;
  sb.fseg_at = 0x18000;
  sb.on_xen = 1;
  __asan_unpoison_memory_region (rom, room);
  __asan_unpoison_memory_region (low + BUILD_STACK_ADDR,
				 BUILD_EBDA_MINIMUM - BUILD_STACK_ADDR);
}

int
runningOnXen (void)
{
  return sb.on_xen;
}

struct drive_s *
getDrive (u8 type, u8 number)
{
  if (type != EXTTYPE_HD || number)
    violation ("drive %u of type %u", number, type);
  return sb.drive;
}

u8
rtc_read (u8 index)
{
  return sb.cmos[index & 127];
}

void *
malloc_high (u32 size)
{
  if (sb.high_size)
    violation ("high memory is allocated twice");
  if (sb.no_high || size > SB_HIGH)
    return 0;
  sb.high_size = size;
  __asan_unpoison_memory_region (sb.high, size);
  return sb.high;
}

void
sb_show_bios (void)
{
  __asan_unpoison_memory_region (sb.bios, SB_BIOS);
}

void *
malloc_fseg (u32 size)
{
  if (sb.fseg_size)
    violation ("memory in segment F is allocated twice");
  if (sb.no_fseg || sb.fseg_at + size > SB_BIOS)
    return 0;
  sb.fseg_size = size;
  __asan_unpoison_memory_region (sb.bios + sb.fseg_at, size);
  memset (sb.bios + sb.fseg_at, 0xa5, size);
  return sb.bios + sb.fseg_at;
}

void
warn_noalloc (void)
{
  sb.warnings++;
}

u8
checksum (void *buf, u32 len)
{
  u8 *p = buf, sum = 0;

  while (len--)
    sum += *p++;
  return sum;
}

void
cpuid (u32 leaf, u32 *eax, u32 *ebx, u32 *ecx, u32 *edx)
{
  *eax = *ebx = *ecx = *edx = 0;
  if (leaf == xen_cpuid_base + 1)
    *eax = sb.xen_version;
  else if (leaf == xen_cpuid_base + 2)
    *eax = sb.hypercall_pages;
  else
    violation ("CPUID leaf 0x%x", leaf);
}

void
farcall16 (struct bregs *regs)
{
  sb.calls++;
  sb.regs = *regs;
}

long
sb_hypercall (u32 nr, u32 command, void *arg)
{
  struct
  {
    u16 domid;
    u16 pad;
    u32 index;
    u64 value;
  } *param = arg;

  if (nr != HVM_OP || command != GET_PARAM)
    violation ("hypercall %u, %u", nr, command);
  if (param->domid != DOMID_SELF || param->index >= SB_PARAMS)
    violation ("parameter %u of domain %u", param->index, param->domid);
  sb.hypercalls++;
  if (sb.param_rc)
    {
      param->value = 0x1234;
      return sb.param_rc;
    }
  param->value = sb.params[param->index];
  return 0;
}

/* The loader declares this function in a header that this file does not
   include.  */
void boot_add_xen_grub (const char *desc);

void
boot_add_xen_grub (const char *desc)
{
  sb.entries++;
  sb.entry = desc;
}

void *
sb_memcpy (void *to, const void *from, size_t size)
{
  if ((unsigned long) to < SB_LOW)
    to = sb.low + (unsigned long) to;
  return memcpy (to, from, size);
}

int
sb_printf (const char *format, ...)
{
  size_t len = strlen (sb.out);
  va_list ap;
  int n;

  va_start (ap, format);
  n = vsnprintf (sb.out + len, sizeof (sb.out) - len, format, ap);
  va_end (ap);
  return n;
}
