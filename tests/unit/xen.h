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
    /* Bytes from one hypercall's code to the next.  */
    XEN_STUB = 32
  };

/* The kinds of guest, one bit each.  */
enum xen_platform
  {
    XEN_HVM = 1,
    XEN_PVH = 2,
    XEN_PV = 4
  };

/* The kind of this process; the environment variable UNIT_PLATFORM has its name
   (hvm, the default; pvh; pv).  */
enum xen_platform xen_platform (void);

/* Slots that the platform itself takes while Xen is up: GRUB's kernel has mapped
   the shared info page of a PV guest.  */
#define XEN_OWN_SLOTS	(xen_platform () == XEN_PV ? 0 : 1)

/* Blocks of the platform's own: the hypercall page, for good; or the pages that
   lend their addresses to the grant table.  */
unsigned int xen_own_blocks (void);

/* What passes between GRUB and what is around it.  */
enum xen_passing
  {
    /* A hypercall begins, or is over.  */
    XEN_CALL,
    XEN_CALLED,
    /* Anything else behind the seam, the clock and memory included.  */
    XEN_SEAM,
    /* Another domain is about to do something GRUB asked for, or has done it.  */
    XEN_EVENT,
    XEN_PASSINGS
  };

enum xen_port_state { PORT_CLOSED, PORT_UNBOUND, PORT_BOUND };

struct xen_port
{
  enum xen_port_state state;
  domid_t remote;
  /* GRUB allocated it, so GRUB has to close it.  */
  int guests;
  /* Xen refused to close it: not GRUB's fault.  */
  int close_refused;
  /* The result of notifying it, 0: not set by the test.  */
  long send_rc;
  void (*notified) (void *arg);
  void *arg;
};

struct xen
{
  /* What CPUID tells.  */
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
  /* How many domains there were before: it was restored so often.  */
  unsigned int lives;
  /* What system time is ahead of the tests' clock, in nanoseconds.  */
  int64_t system_ahead;
  evtchn_port_t store_port;
  evtchn_port_t console_port;
  /* Called for all events, or 0.  Returns whether it is the domain's end.  */
  int (*passing) (enum xen_passing what);
  /* What hypercalls tell; a negative number is the answer instead.  */
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
  /* How far the table grows, whatever Xen says, 0: as far as it says.  */
  unsigned int grant_frames_real;
  evtchn_port_t first_port;
  /* Hypercalls so far, which of them fails (0: none), and which that was.  */
  unsigned long calls;
  unsigned long fail_call;
  long fail_rc;
  unsigned int failed_nr;
  unsigned int failed_cmd;
  /* The port that the last hypercall notifies, 0: it does something else.  */
  evtchn_port_t notifies;
  unsigned long polls;
  unsigned long sends;
  int timer_masked;
  /* Polls that return at once, for nothing.  */
  unsigned int spurious;
  /* A poll that nothing ends takes at least so many nanoseconds.  */
  uint64_t least_poll;
  /* Where a PVH guest has its slots; HVM: XEN_SLOT_FRAME.  */
  uint32_t first_slot;
  /* What is in a slot: a page of Xen's plus 1, or 0; unmapping refused.  */
  unsigned int slot[XEN_SLOTS];
  int slot_refused[XEN_SLOTS];
  /* A restore took what was in it: it reads as all ones, and what is written is
     lost.  */
  int slot_lost[XEN_SLOTS];
  struct xen_port ports[XEN_PORTS];
  /* Mappings by backends, for reading and writing, and of what; how many
     references are mapped.  */
  unsigned int readers[XEN_REFS];
  unsigned int writers[XEN_REFS];
  uint32_t mapped_frame[XEN_REFS];
  unsigned int mapped;
  /* An OS's code runs, not GRUB.  */
  int os_runs;
  /* What is in low memory, where GRUB's Linux boot header stands.  */
  char low[4096];
  /* The BIOS's memory, XEN_BIOS_SIZE bytes from XEN_BIOS_FRAME on; 0: nothing is
     in it.  */
  unsigned char *bios;
  /* A page that the firmware left, 0: none.  */
  uint32_t firmware_frame;
  void *firmware_page;
  /* Xen's own view of its pages.  */
  struct shared_info *shared;
  grant_entry_v1_t *grants;
  struct xenstore_domain_interface *store;
  struct xencons_interface *console;
};

extern struct xen xen;

/* Make a Xen as it is after hvmloader and SeaBIOS.  */
void xen_reset (void);

/* Fill PAGE with the code for hypercalls, for a processor of AMD's or Intel's.  */
void xen_fill_page (void *page, int amd);

/* The domain is another from here on, of Xen's own: nothing is mapped, granted or
   bound but what its toolstack did, and system time begins at SYSTEM nanoseconds.
   RAM and the processor are as they were.  */
void xen_renew (uint64_t system);

/* WHAT passes.  Returns nonzero if the domain is over by it: whoever does something
   for it must stop at once.  */
int xen_pass (enum xen_passing what);

/* For other domains: bind to the guest's unbound PORT; raise an event on it.
   xen_bind returns -1 where Xen would refuse.  */
int xen_bind (domid_t by, evtchn_port_t port, void (*notified) (void *arg),
	      void *arg);
void xen_unbind (evtchn_port_t port);
void xen_raise (evtchn_port_t port);

/* For other domains: map the page behind REF; 0 where Xen would refuse.  */
void *xen_map_grant (domid_t by, grant_ref_t ref, int write);
void xen_unmap_grant (grant_ref_t ref, int write);

/* Whether domain BY might still use its mapping of REF: the entry is as it was
   when that was made.  */
int xen_still_granted (domid_t by, grant_ref_t ref);

/* A reference under which a page of the SIZE bytes at START is permitted now, 0
   for none.  */
grant_ref_t xen_granted_within (const void *start, size_t size);

/* What GRUB has left: ports open, grants permitted, grants mapped by others,
   slots mapped.  */
unsigned int xen_ports_left (void);
unsigned int xen_grants_left (void);
unsigned int xen_mapped_left (void);

/* How many of the pages that others have mapped are memory that an OS would
   take for its own.  */
unsigned int xen_mapped_in_the_way (void);
unsigned int xen_slots_left (void);

/* Say what GRUB did that real Xen would punish, and end the test program.  */
void xen_violation (const char *format, ...)
  __attribute__ ((format (printf, 1, 2), noreturn));

/* The frame number of a page of the guest's.  */
uint32_t xen_frame (const void *page);

/* Drop those of the SIZE bytes at START: they are no longer memory.  */
void xen_forget_pages (const void *start, size_t size);

#endif
