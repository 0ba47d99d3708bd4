/* SPDX-License-Identifier: GPL-3.0-or-later */
/* xen_mem.h - a fake Xen: its memory, for the fake's other files
   Copyright (C) 2026  The grub-xen-hvm authors  */

#ifndef UNIT_XEN_MEM_HEADER
#define UNIT_XEN_MEM_HEADER 1

#include <stdint.h>
#include "xen.h"

/* Xen's pages, in one file that is mapped twice: as a whole for Xen and the
   other domains, and page by page where the guest maps them.  */
enum
  {
    PAGE_SHARED,
    PAGE_GRANTS,
    PAGE_STORE = PAGE_GRANTS + XEN_FRAMES,
    PAGE_CONSOLE,
    PAGES
  };

/* Map PAGES pages from number PAGE on at WHERE; with 0 the address is
   chosen.  */
void *xen_mem_map (void *where, int prot, unsigned int page,
		   unsigned int pages);

/* Grow the grant table to include frame INDEX, if the guest may map that
   frame.  Returns whether it may.  */
int xen_mem_grow_grants (uint64_t index);

/* The guest's mappings of the xenstore and console pages.  */
extern char *xen_store_view, *xen_console_view;

/* Do a hypercall of any platform.  */
long xen_hypercall (unsigned int nr, unsigned long arg1, unsigned long arg2,
		    unsigned long arg3, unsigned long arg4);

/* PV: start the domain in the state in which GRUB's kernel leaves it.  */
void xen_pv_begin (void);

/* PV: update the start page after a change of the xenstore and console entries
   in xen.params.  */
void xen_pv_refresh (void);

/* The frame number of the page at PTR, on HVM and PVH.  */
uint32_t xen_hvm_frame_of (const volatile void *ptr);

/* PV: add the page at PTR to the list of frames.  */
void xen_pv_know (const void *ptr);

/* PV: hypercalls update_va_mapping and setup_table.  */
long xen_pv_update_va_mapping (uintptr_t va, uint64_t pte,
			       unsigned long flags);
long xen_pv_setup_table (struct gnttab_setup_table *op);

/* PV: note that a test made unmapping the page at VA fail.  */
void xen_pv_excuse (uintptr_t va);

/* PV: the number of the guest's pages whose addresses show one of Xen's pages;
   with EXCUSE without those whose unmapping a test made fail.  */
unsigned int xen_pv_lent (int excuse);

/* The hypercall memory_op.  */
long xen_mem_op (unsigned int cmd, void *arg);

/* The guest's page with number FRAME, 0: the frame is not RAM.  */
void *xen_ram (uint64_t frame);

/* Note that a test made the removal ARG of a frame fail.  */
void xen_mem_excuse (const void *arg);

/* Forget the grants of an earlier domain.  */
void xen_renew_grants (void);

#endif
