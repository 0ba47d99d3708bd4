/* SPDX-License-Identifier: GPL-3.0-or-later */
/* evtchn.h - event channels, and waits with a deadline
   Copyright (C) 2026  The grub-xen-hvm authors  */

#ifndef GRUB_XEN_EVTCHN_HEADER
#define GRUB_XEN_EVTCHN_HEADER 1

#include <grub/err.h>
#include <grub/xen/platform.h>

/* Allocate a port that domain REMOTE may bind to and store it in *PORT.  It
   stays masked: a masked port still wakes grub_xen_wait, and nothing here
   takes interrupts.  GRUB_ERR_BAD_DEVICE: with Xen's error; GRUB_ERR_IO: the
   guest was restored meanwhile.  */
grub_err_t grub_xen_evtchn_alloc (domid_t remote, evtchn_port_t *port);

/* Mask a port that the toolstack has bound, such as xenstore's.
   GRUB_ERR_BAD_DEVICE: no such port is possible.  */
grub_err_t grub_xen_evtchn_adopt (evtchn_port_t port);

/* Notify the remote end of PORT.  GRUB_ERR_IO: with Xen's error, or the guest
   was restored.  */
grub_err_t grub_xen_evtchn_notify (evtchn_port_t port);

/* Close PORT.  After a restore this does nothing, unless the port is new.
   Raises no error.  */
void grub_xen_evtchn_close (evtchn_port_t port);

/* Timeouts of the layers above, in milliseconds.  A working backend answers
   within a few; the slowest answer seen was that of a loaded dom0's hotplug
   script, with about two seconds.  */
enum
  {
    GRUB_XEN_STORE_TIMEOUT = 5000,
    /* After a request that was not answered.  */
    GRUB_XEN_STORE_RETRY_TIMEOUT = 1000,
    GRUB_XEN_CONNECT_TIMEOUT = 10000,
    GRUB_XEN_CLOSE_TIMEOUT = 5000,
    GRUB_XEN_IO_TIMEOUT = 30000,
    /* For each step of the hand-off, all disks together: the time limit of a
       read, because reads may be in flight.  */
    GRUB_XEN_HANDOFF_TIMEOUT = 30000,
    /* After a step of the hand-off that timed out.  */
    GRUB_XEN_HANDOFF_RETRY_TIMEOUT = 5000,
    /* The budget of all waits for one backend, and the time that each response
       adds to it.  */
    GRUB_XEN_PATIENCE = 60000,
    GRUB_XEN_PATIENCE_GAIN = 1000,
    /* After this time GRUB reports a wait, and the user may end it.  */
    GRUB_XEN_LONG_WAIT = 1000
  };

/* The deadline MS milliseconds from now, for grub_xen_wait.  Time for which
   the guest is paused does not count.  */
grub_uint64_t grub_xen_deadline (unsigned int ms);

/* Whether READY (DATA) is nonzero before DEADLINE.  READY is called at least
   once, and again after each wake.  Between calls the virtual CPU sleeps until
   the event channel PORT is notified (0: no port, call again every few
   milliseconds).  PORT's pending bit is cleared before each call of READY, so
   no event between the call and the sleep is lost.  A restore ends the wait.
   Once a wait has lasted GRUB_XEN_LONG_WAIT milliseconds, Esc and Ctrl-C end
   it; other keys are lost then.  Raises no error.  */
int grub_xen_wait (int (*ready) (void *data), void *data, evtchn_port_t port,
		   grub_uint64_t deadline);

/* The number of waits that a key has ended.  */
static inline unsigned int
grub_xen_wait_interrupts (void)
{
  return grub_xen_counters.interrupts;
}

#endif /* ! GRUB_XEN_EVTCHN_HEADER */
