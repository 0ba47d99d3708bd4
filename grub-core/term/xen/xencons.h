/* SPDX-License-Identifier: GPL-3.0-or-later */
/* xencons.h - the page of the PV console: bytes out, bytes in
   Copyright (C) 2026  The grub-xen-hvm authors  */

#ifndef GRUB_XEN_XENCONS_HEADER
#define GRUB_XEN_XENCONS_HEADER 1

#include <grub/err.h>

/* Private to the module xen_console: xencons.c moves bytes between GRUB and
   the page, xen_console.c is the terminal.  None but grub_xencons_open
   raises an error; all of them may be called while another error is on its
   way.  */

/* Bring up Xen, and see whether it has a console for this guest.  Errors:
   those of grub_xen_up; GRUB_ERR_BAD_DEVICE: there is no console, or one
   that makes no sense.  */
grub_err_t grub_xencons_open (void);

/* Put the byte C.  It is kept until a line ends, or until
   grub_xencons_flush.  */
void grub_xencons_put (int c);

/* Show the other side what was put.  Where nobody takes it, this is waited
   for a fraction of a second; then bytes are dropped, at once, until there
   is room again.  */
void grub_xencons_flush (void);

/* The next byte that was typed, -1: none.  */
int grub_xencons_get (void);

/* Whether something was not shown, because nothing took it or the guest was
   restored, and the other side is there again: the screen has to be put
   anew.  What is kept now is forgotten then.  */
int grub_xencons_is_stale (void);

/* Show what was put, and touch neither the page nor Xen any more; come
   back.  */
void grub_xencons_stop (void);
void grub_xencons_go_on (void);

#endif /* ! GRUB_XEN_XENCONS_HEADER */
