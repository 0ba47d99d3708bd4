/*
 *  grub-xen-hvm  --  find Xen, its parameters, and frames of its own
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

#ifndef GRUB_XEN_HVM_HEADER
#define GRUB_XEN_HVM_HEADER 1

#include <grub/err.h>
#include <grub/xen/abi.h>

/* The last frame of those that can be reached without paging: below 4 GiB.  */
#define GRUB_XEN_MAX_FRAME	0xfffff

/* No domain id: CPUID does not tell it before Xen 4.14 or so.  */
#define GRUB_XEN_DOMID_UNKNOWN	DOMID_INVALID

/* Slots of one page each in the address range that hvmloader keeps free for
   the guest's own mappings.  */
enum
  {
    GRUB_XEN_SLOT_SHARED_INFO = 0,
    GRUB_XEN_SLOT_GRANT = 1,
    GRUB_XEN_GRANT_FRAMES = 8,
    GRUB_XEN_SLOTS = GRUB_XEN_SLOT_GRANT + GRUB_XEN_GRANT_FRAMES
  };

/* What is known of the Xen below.  Valid after grub_xen_hvm_init.  */
struct grub_xen_platform
{
  /* First CPUID leaf of Xen's, 0 when there is no Xen.  */
  grub_uint32_t cpuid_base;
  unsigned int version_major;
  unsigned int version_minor;
  char version_extra[XEN_EXTRAVERSION_LEN + 1];
  /* This domain's id or GRUB_XEN_DOMID_UNKNOWN.  */
  domid_t domid;
  /* The page through which hypercalls go, 0 while the platform is down.  */
  void *hypercall_page;
  /* One that the firmware has installed and xen_table has found to be good, or 0:
     the next grub_xen_hvm_init takes it.  */
  void *firmware_page;
  /* Mapped shared info page, 0 while the platform is down.  */
  struct shared_info *shared;
  /* The resume generation: how often the guest was found restored.  Nothing of
     an earlier generation is mapped, granted or connected.  */
  unsigned int generation;
  /* How often the platform came up.  What was shared with another domain under
     another number is not any more.  */
  unsigned int epoch;
  /* Nonzero in grub_xen_run: who is called meanwhile finds things half done.  */
  unsigned int running;
  /* HVM parameters: frame numbers and ports; 0 when Xen has none.  */
  grub_uint64_t store_pfn;
  grub_uint64_t store_evtchn;
  grub_uint64_t console_pfn;
  grub_uint64_t console_evtchn;
};

extern struct grub_xen_platform grub_xen_platform;

/* What the driver costs: counted since it was loaded.  */
struct grub_xen_counters
{
  unsigned int hypercalls;
  unsigned int notifications;
  /* Sleeps until something remote happens.  */
  unsigned int waits;
  /* Block requests.  */
  unsigned int requests;
  /* Bytes copied into pools and out of them.  */
  grub_uint64_t copied;
};

extern struct grub_xen_counters grub_xen_counters;

/* Whether this is an HVM guest of Xen.  Looks at CPUID only, changes nothing
   but grub_xen_platform.cpuid_base.  */
int grub_xen_detect (void);

/* Find Xen, install a hypercall page unless the firmware's is good, read version and HVM parameters and map
   the shared info page.  Harmless when it is up already.
   GRUB_ERR_BAD_DEVICE: not on Xen, or Xen lacks something needed.
   GRUB_ERR_OUT_OF_MEMORY.  */
grub_err_t grub_xen_hvm_init (void);

/* Unmap the shared info page and forget everything but the hypercall page's
   memory, which is kept for the next grub_xen_hvm_init.  */
void grub_xen_hvm_fini (void);

/* Whether the platform was up and Xen knows nothing of it any more: the guest
   was saved and restored, or has migrated, so that it is another domain, with
   nothing mapped, granted or connected.  One look at memory.  */
int grub_xen_is_lost (void);

/* Put frame INDEX of SPACE (XENMAPSPACE_) into SLOT (GRUB_XEN_SLOT_) and store
   its address in *ADDR.  GRUB_ERR_BAD_DEVICE names Xen's answer.  */
grub_err_t grub_xen_map_slot (unsigned int slot, unsigned int space,
			      grub_uint32_t index, void **addr);

/* Take the mapping out of SLOT.  A refusal does no harm: the frame is Xen's
   own and no RAM of the guest's is behind it.  */
void grub_xen_unmap_slot (unsigned int slot);

/* Issue hypercall NR with COMMAND and ARG, of which there is one.  Returns Xen's
   answer, a negated errno on failure.  */
long grub_xen_call (unsigned int nr, unsigned int command, void *arg);

/* The same by name, for the layers above.  */
static inline long
grub_xen_memory_op (unsigned int command, void *arg)
{
  return grub_xen_call (__HYPERVISOR_memory_op, command, arg);
}

static inline long
grub_xen_event_channel_op (unsigned int command, void *arg)
{
  return grub_xen_call (__HYPERVISOR_event_channel_op, command, arg);
}

static inline long
grub_xen_grant_table_op (unsigned int command, void *arg)
{
  return grub_xen_call (__HYPERVISOR_grant_table_op, command, arg);
}

static inline long
grub_xen_sched_op (unsigned int command, void *arg)
{
  return grub_xen_call (__HYPERVISOR_sched_op, command, arg);
}

/* Nanoseconds of Xen's system time, the clock of SCHEDOP_poll.  */
grub_uint64_t grub_xen_system_time (void);

#endif /* ! GRUB_XEN_HVM_HEADER */
