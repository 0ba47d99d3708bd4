/* SPDX-License-Identifier: GPL-3.0-or-later */
/* xencons.h - the page of the PV console: bytes out, bytes in
   Copyright (C) 2026  The grub-xen-hvm authors  */

#ifndef GRUB_XEN_XENCONS_HEADER
#define GRUB_XEN_XENCONS_HEADER 1

#include <grub/err.h>

/* Private to the module xen_console: xencons.c moves bytes between GRUB and
   the page, xen_console.c is the terminal.  Only grub_xencons_open raises an
   error; all functions may be called while grub_errno is set.  */

/* Bring up Xen, and check whether it has a console for this guest.  Errors:
   those of grub_xen_up; GRUB_ERR_BAD_DEVICE: no console, or an invalid
   one.  */
grub_err_t grub_xencons_open (void);

/* Put the byte C.  It is buffered until a line ends, or until
   grub_xencons_flush.  */
void grub_xencons_put (int c);

/* Send the buffered bytes.  If the other side does not read, this waits for a
   fraction of a second; then bytes are dropped, at once, until there is space
   again.  */
void grub_xencons_flush (void);

/* The next byte of input, or -1.  */
int grub_xencons_get (void);

/* Whether output was lost, because there was no reader or the guest was
   restored, and the other side reads again: the screen has to be redrawn. In
   this case the buffered bytes are dropped.  */
int grub_xencons_is_stale (void);

/* Send the buffered bytes, and stop accessing the page and Xen; start
   again.  */
void grub_xencons_stop (void);
void grub_xencons_go_on (void);

#endif /* ! GRUB_XEN_XENCONS_HEADER */
