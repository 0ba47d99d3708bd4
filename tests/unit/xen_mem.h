/* SPDX-License-Identifier: GPL-3.0-or-later */
/* xen_mem.h - a fake Xen: its memory, for xen_call.c
   Copyright (C) 2026  The grub-xen-hvm authors  */

#ifndef UNIT_XEN_MEM_HEADER
#define UNIT_XEN_MEM_HEADER 1

#include <stdint.h>
#include "xen.h"

/* Pages of Xen's, in one file that is mapped twice: whole, for Xen and the
   other domains, and page by page where the guest puts them.  */
enum
  {
    PAGE_SHARED,
    PAGE_GRANTS,
    PAGE_STORE = PAGE_GRANTS + XEN_FRAMES,
    PAGE_CONSOLE,
    PAGES
  };

/* Map PAGES pages from number PAGE on at WHERE, 0: somewhere.  */
void *xen_mem_map (void *where, int prot, unsigned int page,
		   unsigned int pages);

/* Whether the guest may map frame INDEX of the grant table, which then has that
   many.  */
int xen_mem_grow_grants (uint64_t index);

/* The pages of the store and the console, as the guest sees them.  */
extern char *xen_store_view, *xen_console_view;

/* A hypercall of any guest.  */
long xen_hypercall (unsigned int nr, unsigned long arg1, unsigned long arg2,
		    unsigned long arg3, unsigned long arg4);

/* PV: the domain begins; make all as GRUB's kernel leaves it.  */
void xen_pv_begin (void);

/* PV: xen.params has changed, where the store and the console are.  */
void xen_pv_refresh (void);

/* The frame number of the page at PTR, for guests without page tables.  */
uint32_t xen_hvm_frame_of (const volatile void *ptr);

/* PV: the list of frames has the page at PTR.  */
void xen_pv_know (const void *ptr);

/* PV: hypercalls update_va_mapping and setup_table.  */
long xen_pv_update_va_mapping (uintptr_t va, uint64_t pte,
			       unsigned long flags);
long xen_pv_setup_table (struct gnttab_setup_table *op);

/* PV: the page at VA could not be given back on a test's behalf.  */
void xen_pv_excuse (uintptr_t va);

/* PV: how many pages of the guest's lend their address to one of Xen's; not those
   that could not be given back if EXCUSE.  */
unsigned int xen_pv_lent (int excuse);

/* The hypercall memory_op.  */
long xen_mem_op (unsigned int cmd, void *arg);

/* The guest's page that is FRAME, 0: there is no RAM.  */
void *xen_ram (uint64_t frame);

/* The removal ARG of a frame was refused on a test's behalf.  */
void xen_mem_excuse (const void *arg);

/* Grants of an earlier domain are forgotten.  */
void xen_renew_grants (void);

#endif
