/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fuzz.h - the interface of a fuzz target
   Copyright (C) 2026  The grub-xen-hvm authors  */

#ifndef FUZZ_FUZZ_HEADER
#define FUZZ_FUZZ_HEADER 1

#include <stddef.h>
#include <stdint.h>
#include "pool.h"

/* Run the driver with the input DATA.  Each target_*.c defines this function.
   It may be called any number of times in one process, and aborts on an
   error.  */
void fuzz_target (const uint8_t *data, size_t size);

/* For the targets: make a fresh Xen and xenstored around a driver that is
   down.  */
void fuzz_reset (void);

/* For targets with disks: bring the driver up and reset the clock.  Xen and
   POOL, of PAGES pages, are kept from one input to the next while they are
   unchanged, because making them takes long.  Returns the number of blocks
   that the driver has allocated.  */
unsigned int fuzz_prepare (struct grub_xen_pool **pool, unsigned int pages);

/* End such an input.  A POOL that lost pages is freed, and is 0 then.  Returns
   the number of blocks freed.  */
unsigned int fuzz_finish (struct grub_xen_pool **pool);

/* Abort with the message WHAT unless OK.  */
void fuzz_check (int ok, const char *what);

/* The input, taken byte by byte from its front or from its end; 0 at its
   end.  */
struct fuzz_input
{
  const uint8_t *data;
  size_t size;
};

uint8_t fuzz_byte (struct fuzz_input *in);
uint8_t fuzz_last (struct fuzz_input *in);
uint32_t fuzz_word (struct fuzz_input *in);

/* Copy the next N bytes, or all that are left, into BUF; return their
   number.  */
size_t fuzz_bytes (struct fuzz_input *in, void *buf, size_t n);

#endif
