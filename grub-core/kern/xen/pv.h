/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pv.h - a PV guest: what GRUB's kernel has found, and its hypercalls
   Copyright (C) 2026  The grub-xen-hvm authors  */

#ifndef GRUB_XEN_PV_HEADER
#define GRUB_XEN_PV_HEADER 1

#include <grub/xen/abi.h>

/* GRUB's kern/xen/init.c maps these pages when it starts, and keeps them
   mapped: GRUB's console and clock use them, too.  */
extern struct start_info *grub_xen_start_page_addr;
extern volatile struct shared_info *grub_xen_shared_info;
extern volatile struct xenstore_domain_interface *grub_xen_xenstore;
extern volatile struct xencons_interface *grub_xen_xcons;

/* Issue hypercall NR (a __HYPERVISOR_ number); return Xen's answer, a negated
   errno of Xen's on failure.  In hypercall.c; the host tests have a fake Xen
   in its place.  */
long grub_xen_pv_hypercall (unsigned int nr, unsigned long arg1,
			    unsigned long arg2, unsigned long arg3,
			    unsigned long arg4);

#endif /* ! GRUB_XEN_PV_HEADER */
