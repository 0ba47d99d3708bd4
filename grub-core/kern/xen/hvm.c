/* SPDX-License-Identifier: GPL-3.0-or-later */
/* hvm.c - the platform of an HVM or PVH guest
   Copyright (C) 2026  The grub-xen-hvm authors  */

#include <grub/err.h>
#include <grub/i18n.h>
#include <grub/memory.h>
#include <grub/misc.h>
#include <grub/mm.h>
#include <grub/xen/abi.h>
#include <grub/xen/hvm.h>

/* Bit 31 of ECX of CPUID leaf 1: some hypervisor is there.  */
#define CPUID_HYPERVISOR	(1U << 31)

/* Xen's leaves start at a multiple of 0x100 (arch-x86/cpuid.h): viridian
   emulation moves them up.  */
#define CPUID_STEP		0x100
#define CPUID_LAST		(XEN_CPUID_FIRST_LEAF + 0x10000)

/* The mapped frames of Xen, one page each, in a row.  */
enum
{
  HVM_SLOT_SHARED_INFO = 0,
  HVM_SLOT_GRANTS = 1,
  HVM_SLOTS = HVM_SLOT_GRANTS + GRUB_XEN_GRANT_FRAMES
};

/* What the hypercall page holds before Xen fills it.  */
#define POISON			0xf4

struct grub_xen_hvm grub_xen_hvm;

/* The guest frame of the first slot.  */
static grub_uint32_t hvm_first_frame;

/* The hypercall page stays allocated: Xen may be found again.  */
static void *hvm_page_memory;

int
grub_xen_detect (void)
{
  grub_uint32_t regs[4], leaf;

  grub_xen_hvm.cpuid_base = 0;
  grub_xen_hvm_cpuid (1, regs);
  if (!(regs[2] & CPUID_HYPERVISOR))
    return 0;
  for (leaf = XEN_CPUID_FIRST_LEAF; leaf < CPUID_LAST; leaf += CPUID_STEP)
    {
      grub_xen_hvm_cpuid (leaf, regs);
      if (regs[1] == XEN_CPUID_SIGNATURE_EBX
	  && regs[2] == XEN_CPUID_SIGNATURE_ECX
	  && regs[3] == XEN_CPUID_SIGNATURE_EDX
	  && regs[0] >= leaf + 2)
	{
	  grub_xen_hvm.cpuid_base = leaf;
	  return 1;
	}
    }
  return 0;
}

long
grub_xen_call (unsigned int nr, unsigned int command, void *arg)
{
  grub_xen_counters.hypercalls++;
  /* Grant table operations want to know how many; the others have no third
     argument.  */
  return grub_xen_hvm_hypercall (grub_xen_hvm.hypercall_page, nr, command,
				 (unsigned long) arg, 1, 0, 0);
}

/* The firmware's page serves in the domain that the firmware ran in.  A
   restored guest writes the MSR itself, because that is what tells the Xen of
   its new domain to lay out shared_info for this word size.

   The page is poisoned first and looked at afterwards: a hypervisor that only
   claims to be Xen must not make GRUB jump into garbage.  */
static grub_err_t
hvm_install_hypercall_page (void)
{
  grub_uint32_t regs[4];
  unsigned char *page = hvm_page_memory;
  unsigned int i;

  if (grub_xen_hvm.firmware_page && !grub_xen_platform.generation)
    {
      grub_xen_hvm.hypercall_page = grub_xen_hvm.firmware_page;
      return GRUB_ERR_NONE;
    }
  grub_xen_hvm_cpuid (grub_xen_hvm.cpuid_base + 2, regs);
  if (!page)
    page = hvm_page_memory
      = grub_memalign (GRUB_XEN_FRAME_SIZE, GRUB_XEN_FRAME_SIZE);
  if (!page)
    return grub_errno;
  grub_memset (page, POISON, GRUB_XEN_FRAME_SIZE);
  if (regs[0])
    grub_xen_hvm_wrmsr (regs[1], (grub_uint64_t) grub_xen_frame_of (page)
				   << GRUB_XEN_FRAME_SHIFT);
  for (i = 0; i < GRUB_XEN_FRAME_SIZE && page[i] == POISON; i++);
  if (i == GRUB_XEN_FRAME_SIZE)
    return grub_error (GRUB_ERR_BAD_DEVICE,
		       N_("Xen does not fill the hypercall page"));
  grub_xen_hvm.hypercall_page = page;
  return GRUB_ERR_NONE;
}

static grub_uint64_t
hvm_get_param (grub_uint32_t index)
{
  struct xen_hvm_param param;
  long rc;

  grub_memset (&param, 0, sizeof (param));
  param.domid = DOMID_SELF;
  param.index = index;
  rc = grub_xen_call (__HYPERVISOR_hvm_op, HVMOP_get_param, &param);
  return rc < 0 ? 0 : param.value;
}

/* CPUID has the domain's id since Xen 4.14 or so.  */
static void
hvm_read_domid (void)
{
  grub_uint32_t regs[4];

  grub_xen_platform.domid = GRUB_XEN_DOMID_UNKNOWN;
  grub_xen_hvm_cpuid (grub_xen_hvm.cpuid_base, regs);
  if (regs[0] < grub_xen_hvm.cpuid_base + 4)
    return;
  grub_xen_hvm_cpuid (grub_xen_hvm.cpuid_base + 4, regs);
  if ((regs[0] & XEN_HVM_CPUID_DOMID_PRESENT)
      && regs[2] < DOMID_FIRST_RESERVED)
    grub_xen_platform.domid = regs[2];
}

#ifdef GRUB_MACHINE_XEN_PVH
#define hvm_find_room grub_xen_pvh_find_room
#else

/* hvmloader leaves this range to the guest for mappings of its own
   (GUEST_RESERVED in its config.h): no RAM, no device.  */
#define RESERVED_FRAME		0xfe700U
#define RESERVED_START ((grub_uint64_t) RESERVED_FRAME << GRUB_XEN_FRAME_SHIFT)
#define RESERVED_END (RESERVED_START + HVM_SLOTS * GRUB_XEN_FRAME_SIZE)

/* Whether the firmware's memory map calls a part of the reserved range
   RAM.  */
static int
hvm_find_ram (grub_uint64_t start, grub_uint64_t size, grub_memory_type_t type,
	      void *data)
{
  if (type != GRUB_MEMORY_AVAILABLE || start >= RESERVED_END
      || start + size <= RESERVED_START)
    return 0;
  *(int *) data = 1;
  return 1;
}

/* Store the first of COUNT frames that the guest may use in *FIRST.  */
static grub_err_t
hvm_find_room (unsigned int count __attribute__ ((unused)),
	       grub_uint32_t *first)
{
  int is_ram = 0;

  *first = RESERVED_FRAME;
  if (grub_machine_mmap_iterate (hvm_find_ram, &is_ram))
    return grub_errno;
  if (is_ram)
    return grub_error (GRUB_ERR_BAD_DEVICE,
		       N_("no room for Xen's frames: the firmware calls "
			  "0x%x RAM"),
		       RESERVED_FRAME << GRUB_XEN_FRAME_SHIFT);
  return GRUB_ERR_NONE;
}
#endif

static grub_err_t
hvm_map_slot (unsigned int slot, unsigned int space, grub_uint32_t index,
	      void **addr)
{
  struct xen_add_to_physmap map;
  long rc;

  grub_memset (&map, 0, sizeof (map));
  map.domid = DOMID_SELF;
  map.space = space;
  map.idx = index;
  map.gpfn = hvm_first_frame + slot;
  rc = grub_xen_call_memory (XENMEM_add_to_physmap, &map);
  if (rc < 0)
    return grub_error (GRUB_ERR_BAD_DEVICE,
		       N_("Xen does not map frame %u of space %u (error %ld)"),
		       (unsigned int) index, space, -rc);
  *addr = grub_xen_hvm_frame_ptr (hvm_first_frame + slot);
  return GRUB_ERR_NONE;
}

static void
hvm_unmap_slot (unsigned int slot)
{
  struct xen_remove_from_physmap unmap;

  grub_memset (&unmap, 0, sizeof (unmap));
  unmap.domid = DOMID_SELF;
  unmap.gpfn = hvm_first_frame + slot;
  grub_xen_call_memory (XENMEM_remove_from_physmap, &unmap);
}

grub_err_t
grub_xen_platform_map_grants (unsigned int nr, grub_uint32_t index,
			      void **addr)
{
  return hvm_map_slot (HVM_SLOT_GRANTS + nr, XENMAPSPACE_grant_table, index,
		       addr);
}

void
grub_xen_platform_unmap_grants (unsigned int nr)
{
  hvm_unmap_slot (HVM_SLOT_GRANTS + nr);
}

/* Read the HVM parameters FRAME and PORT of a service.  */
static void
hvm_find_service (struct grub_xen_service *service, grub_uint32_t frame_index,
		  grub_uint32_t port_index)
{
  grub_uint64_t frame = hvm_get_param (frame_index);
  grub_uint64_t port = hvm_get_param (port_index);

  service->page = 0;
  service->port = 0;
  service->is_bad = 0;
  if (!frame || !port)
    return;
  service->is_bad = frame > GRUB_XEN_MAX_FRAME || port >= GRUB_XEN_PORTS;
  if (service->is_bad)
    return;
  service->page = grub_xen_hvm_frame_ptr (frame);
  service->port = port;
}

grub_err_t
grub_xen_platform_init (void)
{
  struct grub_xen_platform *xen = &grub_xen_platform;
  void *shared;

  if (xen->shared)
    return GRUB_ERR_NONE;
  if (!grub_xen_detect ())
    return grub_error (GRUB_ERR_BAD_DEVICE,
		       N_("this machine is not a guest of Xen"));
  if (hvm_find_room (HVM_SLOTS, &hvm_first_frame)
      || hvm_install_hypercall_page ())
    return grub_errno;
  if (grub_xen_platform_read_version ()
      || hvm_map_slot (HVM_SLOT_SHARED_INFO, XENMAPSPACE_shared_info, 0,
		       &shared))
    {
      grub_xen_hvm.hypercall_page = 0;
      return grub_errno;
    }
  xen->shared = shared;
  hvm_read_domid ();
  hvm_find_service (&xen->store, HVM_PARAM_STORE_PFN, HVM_PARAM_STORE_EVTCHN);
  hvm_find_service (&xen->console, HVM_PARAM_CONSOLE_PFN,
		    HVM_PARAM_CONSOLE_EVTCHN);
  grub_dprintf ("xen", "Xen %u.%u%s, domain %u\n", xen->version_major,
		xen->version_minor, xen->version_extra, xen->domid);
  return GRUB_ERR_NONE;
}

void
grub_xen_platform_fini (void)
{
  if (!grub_xen_platform.shared)
    return;
  hvm_unmap_slot (HVM_SLOT_SHARED_INFO);
  grub_xen_platform.shared = 0;
  grub_xen_hvm.hypercall_page = 0;
}

/* After a restore Xen's frames are not mapped, and an unmapped frame reads as
   all ones.  Xen's own count of its clock's changes reaches that value only
   after a hundred years, and only during a change.  */
int
grub_xen_is_lost (void)
{
  const struct shared_info *shared = grub_xen_platform.shared;

  return shared
    && !~*(const volatile grub_uint32_t *) &shared->vcpu_info[0].time.version;
}
