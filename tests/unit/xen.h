/* SPDX-License-Identifier: GPL-3.0-or-later */
/* xen.h - a fake Xen behind the seam of grub/xen/hypercall.h
   Copyright (C) 2026  The grub-xen-hvm authors  */

#ifndef UNIT_XEN_HEADER
#define UNIT_XEN_HEADER 1

#include <stddef.h>
#include <stdint.h>
#include <grub/xen/abi.h>

/* Xen's errno values (xen/errno.h).  */
#define XEN_EPERM		1
#define XEN_ENOENT		2
#define XEN_EINVAL		22
#define XEN_ENOSYS		38

enum
  {
    XEN_PORTS = 512,
    XEN_SLOTS = 16,
    XEN_FRAMES = 16,
    XEN_REFS = XEN_FRAMES * 4096 / sizeof (grant_entry_v1_t),
    XEN_PARAMS = 40,
    XEN_STORE_PORT = 3,
    XEN_STORE_FRAME = 0xfeffc,
    XEN_CONSOLE_PORT = XEN_STORE_PORT + 1,
    XEN_CONSOLE_FRAME = 0xfefff,
    XEN_LOW_FRAME = 6,
    XEN_BIOS_FRAME = 0xe0,
    XEN_BIOS_SIZE = 0x20000,
    XEN_SLOT_FRAME = 0xfe700,
    /* The distance of two hypercalls' code, in bytes.  */
    XEN_STUB = 32
  };

/* The kinds of guest, one bit each.  */
enum xen_platform
  {
    XEN_HVM = 1,
    XEN_PVH = 2,
    XEN_PV = 4
  };

/* The platform of this process, from the environment variable UNIT_PLATFORM
   (hvm, the default; pvh; pv).  */
enum xen_platform xen_platform (void);

/* Slots that the platform takes while Xen is up.  A PV guest needs none,
   because GRUB's kernel has mapped its shared info page.  */
#define XEN_OWN_SLOTS	(xen_platform () == XEN_PV ? 0 : 1)

/* Blocks that the platform keeps: the hypercall page; on PV the pages whose
   addresses show the grant table.  */
unsigned int xen_own_blocks (void);

/* The kinds of passings between GRUB and its environment.  */
enum xen_passing
  {
    /* Before and after a hypercall.  */
    XEN_CALL,
    XEN_CALLED,
    /* Any other function of the seam, the clock and memory included.  */
    XEN_SEAM,
    /* Before and after another domain's reaction to something that GRUB
       did.  */
    XEN_EVENT,
    XEN_PASSINGS
  };

enum xen_port_state { PORT_CLOSED, PORT_UNBOUND, PORT_BOUND };

struct xen_port
{
  enum xen_port_state state;
  domid_t remote;
  /* GRUB allocated the port, so GRUB has to close it.  */
  int guests;
  /* Xen refused to close it, so an open port is not GRUB's fault.  */
  int close_refused;
  /* The result of notifying it, 0: the test has not set one.  */
  long send_rc;
  void (*notified) (void *arg);
  void *arg;
};

struct xen
{
  /* The contents of CPUID.  */
  int hypervisor;
  int signature;
  uint32_t base;
  uint32_t leaves;
  int tells_domid;
  uint32_t msr;
  unsigned int msr_writes;
  uint32_t page_count;
  int fills_page;
  domid_t domid;
  /* The number of earlier domains, which is the number of restores.  */
  unsigned int lives;
  /* The difference of system time from the tests' clock, in nanoseconds.  */
  int64_t system_ahead;
  evtchn_port_t store_port;
  evtchn_port_t console_port;
  /* Called for each passing; may be 0.  Returns whether the domain ends
     here.  */
  int (*passing) (enum xen_passing what);
  /* The results of hypercalls; a negative number makes the call fail with
     it.  */
  long version;
  const char *extra;
  uint64_t params[XEN_PARAMS];
  long param_rc;
  long add_rc;
  long remove_rc;
  long alloc_rc;
  long send_rc;
  long close_rc;
  long poll_rc;
  long grant_version_rc;
  long set_version_rc;
  unsigned int grant_version;
  unsigned int grant_frames;
  unsigned int grant_frames_max;
  /* The size to which the table really grows, 0: the size that Xen
     reports.  */
  unsigned int grant_frames_real;
  evtchn_port_t first_port;
  /* Hypercalls so far, the number of the one that fails (0: none), and its
     number and command.  */
  unsigned long calls;
  unsigned long fail_call;
  long fail_rc;
  unsigned int failed_nr;
  unsigned int failed_cmd;
  /* The port that the last hypercall notifies, 0: it is not a
     notification.  */
  evtchn_port_t notifies;
  unsigned long polls;
  unsigned long sends;
  int timer_masked;
  /* The number of polls that return at once without an event.  */
  unsigned int spurious;
  /* A poll without an event takes at least this many nanoseconds.  */
  uint64_t least_poll;
  /* The first frame of the slots: PVH guests choose it, HVM has
     XEN_SLOT_FRAME.  */
  uint32_t first_slot;
  /* The page in a slot: a page of Xen's plus 1, or 0; whether unmapping was
     refused.  */
  unsigned int slot[XEN_SLOTS];
  int slot_refused[XEN_SLOTS];
  /* A restore has unmapped the slot: reads return all ones, and writes are
     lost.  */
  int slot_lost[XEN_SLOTS];
  struct xen_port ports[XEN_PORTS];
  /* Mappings by backends for reading and for writing, the frame mapped, and
     the number of references mapped.  */
  unsigned int readers[XEN_REFS];
  unsigned int writers[XEN_REFS];
  uint32_t mapped_frame[XEN_REFS];
  unsigned int mapped;
  /* An OS runs instead of GRUB.  */
  int os_runs;
  /* The frame of low memory that holds GRUB's Linux boot header.  */
  char low[4096];
  /* The BIOS's memory, XEN_BIOS_SIZE bytes from XEN_BIOS_FRAME on; 0: it is
     empty.  */
  unsigned char *bios;
  /* A page left by the firmware, 0: none.  */
  uint32_t firmware_frame;
  void *firmware_page;
  /* Xen's own mappings of its pages.  */
  struct shared_info *shared;
  grant_entry_v1_t *grants;
  struct xenstore_domain_interface *store;
  struct xencons_interface *console;
};

extern struct xen xen;

/* Set the state of Xen after hvmloader and SeaBIOS have run.  */
void xen_reset (void);

/* Fill PAGE with the hypercall code for a processor by AMD or Intel.  */
void xen_fill_page (void *page, int amd);

/* The domain is a new one from here on.  Only what its toolstack set up is
   mapped, granted or bound, and system time begins at SYSTEM nanoseconds.  RAM
   and the processor keep their state.  */
void xen_renew (uint64_t system);

/* Report the passing WHAT.  Returns nonzero if the domain ends here: the
   caller must then do nothing more for it.  */
int xen_pass (enum xen_passing what);

/* For other domains: bind to the guest's unbound PORT; unbind; raise an event
   on it.  xen_bind returns -1 if Xen would refuse.  */
int xen_bind (domid_t by, evtchn_port_t port, void (*notified) (void *arg),
	      void *arg);
void xen_unbind (evtchn_port_t port);
void xen_raise (evtchn_port_t port);

/* For other domains: map the page behind REF; 0 if Xen would refuse.  */
void *xen_map_grant (domid_t by, grant_ref_t ref, int write);
void xen_unmap_grant (grant_ref_t ref, int write);

/* Whether domain BY may still use its mapping of REF: the entry has not
   changed since the mapping was made.  */
int xen_still_granted (domid_t by, grant_ref_t ref);

/* A reference that grants a page within the SIZE bytes at START now, or 0.  */
grant_ref_t xen_granted_within (const void *start, size_t size);

/* Resources that GRUB has not freed: open ports, grants, grants mapped by
   others, mapped slots.  */
unsigned int xen_ports_left (void);
unsigned int xen_grants_left (void);
unsigned int xen_mapped_left (void);

/* How many of the pages mapped by others are in memory that an OS would
   use.  */
unsigned int xen_mapped_in_the_way (void);
unsigned int xen_slots_left (void);

/* Report an action of GRUB's that would go wrong on real Xen, and end the test
   program.  */
void xen_violation (const char *format, ...)
  __attribute__ ((format (printf, 1, 2), noreturn));

/* The frame number of a page of the guest.  */
uint32_t xen_frame (const void *page);

/* Forget the pages within the SIZE bytes at START: they are no longer
   memory.  */
void xen_forget_pages (const void *start, size_t size);

#endif
