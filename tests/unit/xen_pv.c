/* SPDX-License-Identifier: GPL-3.0-or-later */
/* xen_pv.c - a fake Xen: the parts that only PV guests use
   Copyright (C) 2026  The grub-xen-hvm authors  */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <grub/xen/platform.h>
#include "pv.h"
#include "xen.h"
#include "xen_mem.h"

/* Machine frame numbers of Xen's pages, beyond those of the guest's own memory
   (xen.c).  */
#define FIRST_XEN	0x7654321

#define PAGE		GRUB_XEN_FRAME_SIZE

/* The most pages of the guest whose addresses may show one of Xen's pages.  */
#define MAX_LENT	(2 * GRUB_XEN_GRANT_FRAMES)

/* The list of frames starts with these entries, and has room for every
   address: only the entries in use take memory.  */
#define LISTED		64
#define LIST_SIZE	\
  (sizeof (unsigned long) << (sizeof (void *) == 4 ? 20 : 35))

/* Variables of GRUB's kernel.  */
struct start_info *grub_xen_start_page_addr;
volatile struct shared_info *grub_xen_shared_info;
volatile struct xenstore_domain_interface *grub_xen_xenstore;
volatile struct xencons_interface *grub_xen_xcons;

static struct start_info start_page;
static unsigned long *list;

/* Pages of the guest whose addresses show one of Xen's pages, and their own
   contents.  */
static struct lent
{
  char *va;
  unsigned int page;
  /* A test made the unmapping fail, so the mapping is not GRUB's fault.  */
  int is_excused;
  char content[PAGE];
} lent[MAX_LENT];

static struct lent *
find_lent (const void *va)
{
  unsigned int i;

  for (i = 0; i < MAX_LENT; i++)
    if (lent[i].va == va)
      return &lent[i];
  return 0;
}

static void
give_back (struct lent *l)
{
  if (mmap (l->va, PAGE, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == MAP_FAILED)
    abort ();
  memcpy (l->va, l->content, PAGE);
  l->va = 0;
}

static long
lend (char *va, unsigned int page)
{
  struct lent *l = find_lent (va);

  if (!l)
    {
      l = find_lent (0);
      if (!l)
	xen_violation ("more than %u pages are mapped", MAX_LENT);
      memcpy (l->content, va, PAGE);
      xen_pv_know (va);
    }
  l->va = va;
  l->page = page;
  l->is_excused = 0;
  xen_mem_map (va, PROT_READ | PROT_WRITE, page, 1);
  return 0;
}

/* The guest has the page table entries of its own pages.  Xen lets it map its
   own frames and the frames of Xen that it was given.  */
long
xen_pv_update_va_mapping (uintptr_t va, uint64_t pte, unsigned long flags)
{
  uint64_t frame = pte >> GRUB_XEN_FRAME_SHIFT;
  struct lent *l = find_lent ((void *) va);

  if (va % PAGE || (pte & (PAGE - 1)) != 7)
    xen_violation ("0x%lx mapped as 0x%llx", (unsigned long) va,
		   (unsigned long long) pte);
  /* Without a flush the processor would use its old translation.  */
  if ((flags & UVMF_FLUSHTYPE_MASK) == UVMF_NONE)
    xen_violation ("0x%lx mapped without a flush", (unsigned long) va);
  if (xen.add_rc < 0)
    return xen.add_rc;
  if (frame >= FIRST_XEN + PAGE_GRANTS
      && frame < FIRST_XEN + PAGE_GRANTS + xen.grant_frames)
    return lend ((char *) va, frame - FIRST_XEN);
  if (frame != xen_frame ((void *) va))
    return -XEN_EINVAL;
  if (!l)
    xen_violation ("0x%lx mapped as what it is", (unsigned long) va);
  if (xen.remove_rc < 0)
    {
      l->is_excused = 1;
      return xen.remove_rc;
    }
  give_back (l);
  return 0;
}

void
xen_pv_excuse (uintptr_t va)
{
  struct lent *l = find_lent ((void *) va);

  if (l)
    l->is_excused = 1;
}

unsigned int
xen_pv_lent (int excuse)
{
  unsigned int i, n = 0;

  for (i = 0; i < MAX_LENT; i++)
    n += lent[i].va && !(excuse && lent[i].is_excused);
  return n;
}

long
xen_pv_setup_table (struct gnttab_setup_table *op)
{
  unsigned int i;

  if (op->dom != DOMID_SELF)
    {
      op->status = GNTST_bad_domain;
      return 0;
    }
  if (xen.add_rc < 0)
    return xen.add_rc;
  if (op->nr_frames && !xen_mem_grow_grants (op->nr_frames - 1))
    {
      op->status = GNTST_general_error;
      return 0;
    }
  for (i = 0; i < op->nr_frames; i++)
    op->frame_list.p[i] = FIRST_XEN + PAGE_GRANTS + i;
  op->status = GNTST_okay;
  return 0;
}

void
xen_pv_know (const void *ptr)
{
  if (ptr != xen_store_view && ptr != xen_console_view)
    list[(uintptr_t) ptr / PAGE] = xen_frame (ptr);
}

static void
make_list (void)
{
  list = mmap (0, LIST_SIZE, PROT_READ | PROT_WRITE,
	       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (list == MAP_FAILED)
    {
      perror ("mmap");
      abort ();
    }
}

void
xen_pv_begin (void)
{
  unsigned int i;

  for (i = 0; i < MAX_LENT; i++)
    if (lent[i].va)
      give_back (&lent[i]);
  if (!list)
    make_list ();
  for (i = 0; i < LISTED; i++)
    list[i] = 0x1000 + i;
  memset (&start_page, 0, sizeof (start_page));
  start_page.nr_pages = LISTED;
  start_page.mfn_list = (uintptr_t) list;
  grub_xen_shared_info = xen.shared;
  grub_xen_xenstore = (void *) xen_store_view;
  grub_xen_xcons = (void *) xen_console_view;
  xen_pv_refresh ();
}

/* Write the start page as the toolstack does; tests call this after
   changes.  */
void
xen_pv_refresh (void)
{
  grub_xen_start_page_addr = xen.hypervisor && xen.signature ? &start_page : 0;
  start_page.store_mfn = xen.params[HVM_PARAM_STORE_PFN];
  start_page.store_evtchn = xen.params[HVM_PARAM_STORE_EVTCHN];
  start_page.console.domU.mfn = xen.params[HVM_PARAM_CONSOLE_PFN];
  start_page.console.domU.evtchn = xen.params[HVM_PARAM_CONSOLE_EVTCHN];
}

long
grub_xen_pv_hypercall (unsigned int nr, unsigned long arg1, unsigned long arg2,
		       unsigned long arg3, unsigned long arg4)
{
  return xen_hypercall (nr, arg1, arg2, arg3, arg4);
}
