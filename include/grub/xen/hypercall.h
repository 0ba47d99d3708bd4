/*
 *  grub-xen-hvm  --  the machine below the driver: the seam that the host tests replace
 *  Copyright (C) 2026  The grub-xen-hvm authors
 *
 *  This program is free software: you can redistribute it and/or modify
 *  it under the terms of the GNU General Public License as published by
 *  the Free Software Foundation, either version 3 of the License, or
 *  (at your option) any later version.
 *
 *  This program is distributed in the hope that it will be useful,
 *  but WITHOUT ANY WARRANTY; without even the implied warranty of
 *  MERCHANTABILITY or FITNESS FOR A PARTICULAR PURPOSE.  See the
 *  GNU General Public License for more details.
 *
 *  You should have received a copy of the GNU General Public License
 *  along with this program.  If not, see <https://www.gnu.org/licenses/>.
 */

#ifndef GRUB_XEN_HYPERCALL_HEADER
#define GRUB_XEN_HYPERCALL_HEADER 1

#include <grub/xen/abi.h>

/* Everything that a host program cannot do stands behind these functions.
   hypercall.c implements them for a guest; the host tests link a fake Xen in
   its place.  Nothing here raises a grub_error.  */

/* Execute CPUID leaf LEAF and store EAX, EBX, ECX, EDX in REGS, in this
   order.  */
void grub_xen_cpuid (grub_uint32_t leaf, grub_uint32_t regs[4]);

/* Write VALUE to the model specific register MSR.  */
void grub_xen_wrmsr (grub_uint32_t msr, grub_uint64_t value);

/* The time stamp counter.  */
grub_uint64_t grub_xen_rdtsc (void);

/* The guest frame number behind the address PTR.  */
grub_uint32_t grub_xen_frame_of (const volatile void *ptr);

/* The address at which the guest frame number FRAME is read and written.  */
void *grub_xen_frame_ptr (grub_uint32_t frame);

/* Mask the timer's IRQ0 in the interrupt controller if ON, else unmask it;
   return nonzero if it was masked before.  */
int grub_xen_mask_timer (int on);

/* Issue hypercall NR (a __HYPERVISOR_ number) through the hypercall page
   PAGE; return Xen's answer, a negated errno of Xen's on failure.  */
long grub_xen_hypercall (void *page, unsigned int nr, unsigned long arg1,
			 unsigned long arg2, unsigned long arg3,
			 unsigned long arg4, unsigned long arg5);

#endif /* ! GRUB_XEN_HYPERCALL_HEADER */
