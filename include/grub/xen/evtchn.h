/* SPDX-License-Identifier: GPL-3.0-or-later */
/* evtchn.h - event channels
   Copyright (C) 2026  The grub-xen-hvm authors  */

#ifndef GRUB_XEN_EVTCHN_HEADER
#define GRUB_XEN_EVTCHN_HEADER 1

#include <grub/err.h>
#include <grub/xen/abi.h>

/* Allocate a port that domain REMOTE may bind to and store it in *PORT.  It
   stays masked: a masked port still wakes grub_xen_wait, and nothing here
   takes interrupts.  GRUB_ERR_BAD_DEVICE names Xen's answer; GRUB_ERR_IO:
   the guest was restored meanwhile.  */
grub_err_t grub_xen_evtchn_alloc (domid_t remote, evtchn_port_t *port);

/* Mask a port that somebody else bound, such as xenstore's.
   GRUB_ERR_BAD_DEVICE: no such port is possible.  */
grub_err_t grub_xen_evtchn_adopt (evtchn_port_t port);

/* Notify the remote end of PORT.  GRUB_ERR_IO names Xen's answer.  */
grub_err_t grub_xen_evtchn_notify (evtchn_port_t port);

/* Close PORT.  After a restore this does nothing, unless the port is new.
   Raises no error.  */
void grub_xen_evtchn_close (evtchn_port_t port);

#endif /* ! GRUB_XEN_EVTCHN_HEADER */
