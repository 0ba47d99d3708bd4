/* SPDX-License-Identifier: GPL-3.0-or-later */
/* hvm.h - an HVM guest: for hvm.c, the firmware's table and the BIOS service
   Copyright (C) 2026  The grub-xen-hvm authors  */

#ifndef GRUB_XEN_HVM_HEADER
#define GRUB_XEN_HVM_HEADER 1

#include <grub/xen/platform.h>

/* The last frame that can be reached without paging: below 4 GiB.  */
#define GRUB_XEN_MAX_FRAME	0xfffff

struct grub_xen_hvm
{
  /* First of Xen's CPUID leaves, 0 without Xen.  */
  grub_uint32_t cpuid_base;
  /* The page through which hypercalls go, 0 while the platform is down.  */
  void *hypercall_page;
  /* A page that the firmware has installed and xen_table has checked, or 0:
     the next grub_xen_platform_init takes it.  */
  void *firmware_page;
};

extern struct grub_xen_hvm grub_xen_hvm;

/* hypercall.c has all that a program on a host cannot do.  The host tests have
   a fake Xen in its place.  Nothing below raises a grub_error.  */

/* Execute CPUID leaf LEAF and store EAX, EBX, ECX, EDX in REGS, in this
   order.  */
void grub_xen_hvm_cpuid (grub_uint32_t leaf, grub_uint32_t regs[4]);

/* Write VALUE to the model specific register MSR.  */
void grub_xen_hvm_wrmsr (grub_uint32_t msr, grub_uint64_t value);

/* The time stamp counter.  */
grub_uint64_t grub_xen_hvm_rdtsc (void);

/* The address at which the guest frame number FRAME is read and written.  */
void *grub_xen_hvm_frame_ptr (grub_uint32_t frame);

/* Issue hypercall NR (a __HYPERVISOR_ number) through the hypercall page
   PAGE; return Xen's answer, a negated errno of Xen's on failure.  */
long grub_xen_hvm_hypercall (void *page, unsigned int nr, unsigned long arg1,
			     unsigned long arg2, unsigned long arg3,
			     unsigned long arg4, unsigned long arg5);

#endif /* ! GRUB_XEN_HVM_HEADER */
