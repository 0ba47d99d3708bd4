/*
 *  grub-xen-hvm  --  event channels
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

#ifndef GRUB_XEN_EVTCHN_HEADER
#define GRUB_XEN_EVTCHN_HEADER 1

#include <grub/err.h>
#include <grub/xen/abi.h>

/* Allocate a port that domain REMOTE may bind to and store it in *PORT.  It
   stays masked: a masked port still wakes grub_xen_wait, and nothing here takes
   interrupts.  GRUB_ERR_BAD_DEVICE names Xen's answer; GRUB_ERR_IO: the guest
   was restored meanwhile.  */
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
