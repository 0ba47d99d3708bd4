/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pv.c - the platform of a PV guest
   Copyright (C) 2026  The grub-xen-hvm authors  */

#include <grub/err.h>
#include <grub/i18n.h>
#include <grub/misc.h>
#include <grub/mm.h>
#include <grub/xen/abi.h>
#include <grub/xen/platform.h>
#include "pv.h"

/* A page table entry: present, writable, and for the user as well, since a
   64-bit PV kernel runs in ring 3 (GRUB's kern/xen/init.c uses the same).  */
#define PV_PTE_FLAGS	7

/* The largest frame number that an entry of a version 1 grant table holds.  */
#define PV_MAX_FRAME	0xffffffffULL

/* GRUB's kernel has no page table entries to spare.  So a page of the heap
   lends its address to a frame of the grant table, and gets its own frame back
   afterwards.  */
static void *pv_grant_pages[GRUB_XEN_GRANT_FRAMES];

/* The numbers of the guest's own frames, by address.  */
static const unsigned long *
pv_frames (void)
{
  return (const unsigned long *) grub_xen_start_page_addr->mfn_list;
}

int
grub_xen_detect (void)
{
  return grub_xen_start_page_addr != 0;
}

long
grub_xen_call (unsigned int nr, unsigned int command, void *arg)
{
  grub_xen_counters.hypercalls++;
  /* Grant table operations want to know how many; the others have no third
     argument.  */
  return grub_xen_pv_hypercall (nr, command, (unsigned long) arg, 1, 0);
}

/* Map the machine's frame FRAME at ADDR.  */
static long
pv_map (void *addr, grub_uint64_t frame)
{
  grub_uint64_t pte = frame << GRUB_XEN_FRAME_SHIFT | PV_PTE_FLAGS;
  unsigned long va = (unsigned long) addr;

  grub_xen_counters.hypercalls++;
#ifdef __x86_64__
  return grub_xen_pv_hypercall (__HYPERVISOR_update_va_mapping, va, pte,
				UVMF_INVLPG, 0);
#else
  return grub_xen_pv_hypercall (__HYPERVISOR_update_va_mapping, va, pte,
				pte >> 32, UVMF_INVLPG);
#endif
}

/* Store the machine's frame number of the grant table's frame INDEX in *FRAME.
   Xen lets the table grow up to that frame.  */
static grub_err_t
pv_find_grant_frame (grub_uint32_t index, grub_uint64_t *frame)
{
  struct gnttab_setup_table setup;
  xen_pfn_t *list;
  long rc;

  *frame = 0;
  list = grub_calloc (index + 1, sizeof (*list));
  if (!list)
    return grub_errno;
  grub_memset (&setup, 0, sizeof (setup));
  setup.dom = DOMID_SELF;
  setup.nr_frames = index + 1;
  set_xen_guest_handle (setup.frame_list, list);
  rc = grub_xen_call_gnttab (GNTTABOP_setup_table, &setup);
  if (rc >= 0)
    rc = setup.status;
  *frame = list[index];
  grub_free (list);
  if (rc)
    return grub_error (GRUB_ERR_BAD_DEVICE,
		       N_("Xen does not give frame %u of the grant table "
			  "(error %ld)"),
		       (unsigned int) index, -rc);
  return GRUB_ERR_NONE;
}

grub_err_t
grub_xen_platform_map_grants (unsigned int nr, grub_uint32_t index,
			      void **addr)
{
  grub_uint64_t frame;
  void *page;
  long rc;

  if (pv_find_grant_frame (index, &frame))
    return grub_errno;
  page = grub_memalign (GRUB_XEN_FRAME_SIZE, GRUB_XEN_FRAME_SIZE);
  if (!page)
    return grub_errno;
  rc = pv_map (page, frame);
  if (rc < 0)
    {
      grub_free (page);
      return grub_error (GRUB_ERR_BAD_DEVICE,
			 N_("Xen does not map frame %u of the grant table "
			    "(error %ld)"),
			 (unsigned int) index, -rc);
    }
  pv_grant_pages[nr] = *addr = page;
  return GRUB_ERR_NONE;
}

/* If Xen does not restore the page's own frame, the page is not freed, because
   it still shows the grant table.  */
void
grub_xen_platform_unmap_grants (unsigned int nr)
{
  void *page = pv_grant_pages[nr];

  pv_grant_pages[nr] = 0;
  if (pv_map (page, pv_frames ()[(grub_addr_t) page >> GRUB_XEN_FRAME_SHIFT])
      >= 0)
    grub_free (page);
}

/* The list does not include the services' pages, which are mapped behind
   RAM.  */
grub_uint32_t
grub_xen_frame_of (const volatile void *ptr)
{
  const struct start_info *start = grub_xen_start_page_addr;

  if (ptr == grub_xen_xenstore)
    return start->store_mfn;
  if (ptr == grub_xen_xcons)
    return start->console.domU.mfn;
  return pv_frames ()[(grub_addr_t) ptr >> GRUB_XEN_FRAME_SHIFT];
}

static void
pv_find_service (struct grub_xen_service *service, volatile void *page,
		 grub_uint64_t frame, evtchn_port_t port)
{
  int exists = frame && port;

  service->is_bad = exists && port >= GRUB_XEN_PORTS;
  service->page = exists && !service->is_bad ? (void *) page : 0;
  service->port = service->page ? port : 0;
}

/* Frames of a host with more than 16 TiB may have numbers that a grant cannot
   hold.  Xen would take the number's lower half, which may be another page of
   this guest.  The numbers of a 32-bit guest have 32 bits.  */
static grub_err_t
pv_check_frames (void)
{
#ifdef __x86_64__
  unsigned long i;

  for (i = 0; i < grub_xen_start_page_addr->nr_pages; i++)
    if (pv_frames ()[i] > PV_MAX_FRAME)
      return grub_error (GRUB_ERR_BAD_DEVICE,
			 N_("this guest has host memory above 16 TiB, "
			    "which cannot be granted"));
#endif
  return GRUB_ERR_NONE;
}

grub_err_t
grub_xen_platform_init (void)
{
  struct grub_xen_platform *xen = &grub_xen_platform;
  const struct start_info *start = grub_xen_start_page_addr;

  if (xen->shared)
    return GRUB_ERR_NONE;
  if (!start)
    return grub_error (GRUB_ERR_BAD_DEVICE,
		       N_("this machine is not a guest of Xen"));
  if (pv_check_frames () || grub_xen_platform_read_version ())
    return grub_errno;
  /* A PV guest can read its id only from xenstore.  */
  xen->domid = GRUB_XEN_DOMID_UNKNOWN;
  xen->shared = (struct shared_info *) grub_xen_shared_info;
  pv_find_service (&xen->store, grub_xen_xenstore, start->store_mfn,
		   start->store_evtchn);
  pv_find_service (&xen->console, grub_xen_xcons, start->console.domU.mfn,
		   start->console.domU.evtchn);
  grub_dprintf ("xen", "Xen %u.%u%s, a PV guest\n", xen->version_major,
		xen->version_minor, xen->version_extra);
  return GRUB_ERR_NONE;
}

/* The pages stay mapped for GRUB's console and clock.  */
void
grub_xen_platform_fini (void)
{
  grub_xen_platform.shared = 0;
}

/* A PV guest is saved only when it asks Xen to suspend it, which GRUB does
   not.  */
int
grub_xen_is_lost (void)
{
  return 0;
}

/* An access to the interrupt controller ends a PV guest, and nothing has to be
   masked there.  */
int
grub_xen_mask_timer (int on __attribute__ ((unused)))
{
  return 0;
}
