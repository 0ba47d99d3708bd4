/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fuzz.h - what a fuzz target is
   Copyright (C) 2026  The grub-xen-hvm authors  */

#ifndef FUZZ_FUZZ_HEADER
#define FUZZ_FUZZ_HEADER 1

#include <stddef.h>
#include <stdint.h>
#include "pool.h"

/* Let the driver meet DATA.  A target_*.c defines it: it may be called any number
   of times in one process, and dies when something is wrong.  */
void fuzz_target (const uint8_t *data, size_t size);

/* For the targets: a fresh Xen and xenstored around a driver that is down.  */
void fuzz_reset (void);

/* For targets with disks: a driver that is up and a clock at its start.  Xen and
   POOL, of PAGES pages, stay from one input to the next as long as nothing happened
   to them: to make them takes long.  Returns what else the driver has allocated.  */
unsigned int fuzz_prepare (struct grub_xen_pool **pool, unsigned int pages);

/* The end of such an input: a POOL that lost pages is given up, and is 0 then.
   Returns how many allocations less there are.  */
unsigned int fuzz_finish (struct grub_xen_pool **pool);

/* Die with WHAT unless OK.  */
void fuzz_check (int ok, const char *what);

/* The input, taken byte by byte from its front or from its end; 0 when there is no
   more.  */
struct fuzz_input
{
  const uint8_t *data;
  size_t size;
};

uint8_t fuzz_byte (struct fuzz_input *in);
uint8_t fuzz_last (struct fuzz_input *in);
uint32_t fuzz_word (struct fuzz_input *in);

/* The next N bytes, or as many as there are, into BUF; returns how many.  */
size_t fuzz_bytes (struct fuzz_input *in, void *buf, size_t n);

#endif
