/* SPDX-License-Identifier: GPL-3.0-or-later */
/* xs.h - a client of xenstore, for the tests of xswire.c
   Copyright (C) 2026  The grub-xen-hvm authors  */

#ifndef UNIT_XS_HEADER
#define UNIT_XS_HEADER 1

#include "unit.h"

/* A key that the guest may write.  */
#define XS_KEY	"device/vbd/51776/key"

/* Bring Xen up; shut it down, and check that nothing is left.  */
void xs_up (void);
void xs_down (void);

/* Read and write keys, and check that each request gets its own reply.  */
void xs_use (void);

#endif
