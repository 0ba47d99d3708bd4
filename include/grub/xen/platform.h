/* SPDX-License-Identifier: GPL-3.0-or-later */
/* platform.h - the seam between the Xen stack and the kind of guest it runs in
   Copyright (C) 2026  The grub-xen-hvm authors  */

#ifndef GRUB_XEN_PLATFORM_HEADER
#define GRUB_XEN_PLATFORM_HEADER 1

#include <grub/err.h>
#include <grub/xen/abi.h>

/* Nothing above this seam knows whether the guest is HVM, PVH or PV: it passes
   pointers to pages and event channels, never frame numbers or addresses of
   the machine.  Nothing below it knows a device.  One body is built in, beside
   platform.c, which all have in common: hvm.c on i386-pc and, with pvh.c, on
   i386-xen_pvh; pv.c on i386-xen and x86_64-xen.  */

/* The domain id is not known: CPUID has it only since Xen 4.14 or so.  */
#define GRUB_XEN_DOMID_UNKNOWN	DOMID_INVALID

/* The most frames of the grant table that are mapped at a time.  */
#define GRUB_XEN_GRANT_FRAMES	8

/* A page that the toolstack has shared with a daemon in another domain.  */
struct grub_xen_service
{
  /* 0: there is no such page, or it cannot be used.  */
  void *page;
  evtchn_port_t port;
  /* The toolstack gave a frame or a port that this guest cannot reach.  */
  int is_bad;
};

/* The Xen below.  Valid after grub_xen_platform_init.  */
struct grub_xen_platform
{
  unsigned int version_major;
  unsigned int version_minor;
  char version_extra[XEN_EXTRAVERSION_LEN + 1];
  /* This domain's id or GRUB_XEN_DOMID_UNKNOWN.  */
  domid_t domid;
  /* How often the guest was found restored; see resume.h.  */
  unsigned int generation;
  /* The shared info page; 0 while the platform is down.  */
  struct shared_info *shared;
  struct grub_xen_service store;
  struct grub_xen_service console;
};

extern struct grub_xen_platform grub_xen_platform;

/* Costs of the driver since it was loaded.  */
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
  /* Waits that a key has ended.  */
  unsigned int interrupts;
  /* Grant references that are reserved now.  */
  unsigned int references;
};

extern struct grub_xen_counters grub_xen_counters;

/* Whether this is a guest of Xen.  Changes nothing in Xen.  */
int grub_xen_detect (void);

/* Find Xen, read its version and the pages of xenstore and the console, and
   map the shared info page.  Harmless when it is up already.
   GRUB_ERR_BAD_DEVICE: not on Xen, or Xen lacks something needed.
   GRUB_ERR_OUT_OF_MEMORY.  */
grub_err_t grub_xen_platform_init (void);

/* Unmap the shared info page and forget what grub_xen_platform_init found.  */
void grub_xen_platform_fini (void);

/* Whether the platform was up and the guest was restored since: this is
   another domain, which has nothing mapped, granted or connected.  One look at
   memory.  Only resume.c asks; see grub_xen_is_stale.  */
int grub_xen_is_lost (void);

/* Map frame INDEX of the grant table as number NR, less than
   GRUB_XEN_GRANT_FRAMES, of those that are mapped; store its address in *ADDR.
   GRUB_ERR_BAD_DEVICE: the message has Xen's answer.  */
grub_err_t grub_xen_platform_map_grants (unsigned int nr, grub_uint32_t index,
					 void **addr);

/* Unmap number NR.  A refusal does no harm: the frame is Xen's own, and the
   guest has no memory there.  */
void grub_xen_platform_unmap_grants (unsigned int nr);

/* The frame number, as Xen wants it in a grant, of the page at PTR.  */
grub_uint32_t grub_xen_frame_of (const volatile void *ptr);

/* Nanoseconds of Xen's system time, the clock of SCHEDOP_poll.  */
grub_uint64_t grub_xen_system_time (void);

/* Keep the timer's interrupt from ending a sleep if ON, else allow it; return
   nonzero if it was kept from that before.  */
int grub_xen_mask_timer (int on);

/* Issue hypercall NR (a __HYPERVISOR_ number) with COMMAND and one ARG.
   Returns Xen's answer, a negated errno of Xen's on failure.  */
long grub_xen_call (unsigned int nr, unsigned int command, void *arg);

/* The same by name.  */
static inline long
grub_xen_call_memory (unsigned int command, void *arg)
{
  return grub_xen_call (__HYPERVISOR_memory_op, command, arg);
}

static inline long
grub_xen_call_evtchn (unsigned int command, void *arg)
{
  return grub_xen_call (__HYPERVISOR_event_channel_op, command, arg);
}

static inline long
grub_xen_call_gnttab (unsigned int command, void *arg)
{
  return grub_xen_call (__HYPERVISOR_grant_table_op, command, arg);
}

static inline long
grub_xen_call_sched (unsigned int command, void *arg)
{
  return grub_xen_call (__HYPERVISOR_sched_op, command, arg);
}

/* For the bodies of the platform only.  */

/* Ask Xen for its version.  GRUB_ERR_BAD_DEVICE: it refuses hypercalls.  */
grub_err_t grub_xen_platform_read_version (void);

/* The time stamp counter.  */
grub_uint64_t grub_xen_read_tsc (void);

#endif /* ! GRUB_XEN_PLATFORM_HEADER */
