/* SPDX-License-Identifier: GPL-3.0-or-later */
/* hypercall.c - hypercalls, and the other instructions that need assembly
   Copyright (C) 2026  The grub-xen-hvm authors  */

#include <grub/types.h>
#include <grub/i386/cpuid.h>
#include <grub/cpu/io.h>
#include <grub/xen/hvm.h>
#ifdef GRUB_MACHINE_XEN
#include "pv.h"
#endif

/* Distance of two entries of the hypercall page (xen/arch-x86/cpuid.h has the
   MSR; the layout is that of hvm_hypercall_page_initialise in Xen).  */
#define HYPERCALL_ENTRY_SIZE	32

/* Interrupt mask register of the first 8259A; bit 0 is the PIT's IRQ0.  */
#define PIC_IMR	0x21

grub_uint64_t
grub_xen_read_tsc (void)
{
  grub_uint32_t low, high;

  asm volatile ("rdtsc" : "=a" (low), "=d" (high));
  return ((grub_uint64_t) high << 32) | low;
}

#ifdef GRUB_MACHINE_XEN

/* Xen's entry for its PV guests: arch-x86/xen-x86_64.h and xen-x86_32.h have
   the registers.  */
long
grub_xen_pv_hypercall (unsigned int nr, unsigned long arg1, unsigned long arg2,
		       unsigned long arg3, unsigned long arg4)
{
  long result;

#ifdef __x86_64__
  register unsigned long r10 asm ("r10") = arg4;

  asm volatile ("syscall"
		: "=a" (result), "+D" (arg1), "+S" (arg2), "+d" (arg3),
		  "+r" (r10)
		: "0" ((unsigned long) nr)
		: "memory", "cc", "rcx", "r8", "r9", "r11");
#else
  asm volatile ("int $0x82"
		: "=a" (result), "+b" (arg1), "+c" (arg2), "+d" (arg3),
		  "+S" (arg4)
		: "0" (nr)
		: "memory", "cc");
#endif
  return result;
}

#else

void
grub_xen_hvm_cpuid (grub_uint32_t leaf, grub_uint32_t regs[4])
{
  regs[0] = regs[1] = regs[2] = regs[3] = 0;
  if (!grub_cpu_is_cpuid_supported ())
    return;
  asm volatile ("cpuid"
		: "=a" (regs[0]), "=b" (regs[1]), "=c" (regs[2]),
		  "=d" (regs[3])
		: "0" (leaf), "2" (0));
}

void
grub_xen_hvm_wrmsr (grub_uint32_t msr, grub_uint64_t value)
{
  asm volatile ("wrmsr"
		: : "c" (msr), "a" ((grub_uint32_t) value),
		    "d" ((grub_uint32_t) (value >> 32))
		: "memory");
}

/* GRUB runs in HVM and PVH guests without paging: an address is a physical
   address.  */
grub_uint32_t
grub_xen_frame_of (const volatile void *ptr)
{
  return (grub_addr_t) ptr >> GRUB_XEN_FRAME_SHIFT;
}

void *
grub_xen_hvm_frame_ptr (grub_uint32_t frame)
{
  return (void *) ((grub_addr_t) frame << GRUB_XEN_FRAME_SHIFT);
}

long
grub_xen_hvm_hypercall (void *page, unsigned int nr, unsigned long arg1,
			unsigned long arg2, unsigned long arg3,
			unsigned long arg4, unsigned long arg5)
{
  long result;

  /* Xen may change every register that carried an argument.  */
  asm volatile ("call *%%eax"
		: "=a" (result), "+b" (arg1), "+c" (arg2), "+d" (arg3),
		  "+S" (arg4), "+D" (arg5)
		: "0" ((char *) page + nr * HYPERCALL_ENTRY_SIZE)
		: "memory", "cc");
  return result;
}

#endif /* ! GRUB_MACHINE_XEN */

#if !defined (GRUB_MACHINE_XEN) && !defined (GRUB_MACHINE_XEN_PVH)
int
grub_xen_mask_timer (int on)
{
  grub_uint8_t mask = grub_inb (PIC_IMR);

  grub_outb (on ? mask | 1 : mask & ~1, PIC_IMR);
  return mask & 1;
}
#endif
