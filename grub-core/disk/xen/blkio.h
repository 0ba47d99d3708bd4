/* SPDX-License-Identifier: GPL-3.0-or-later */
/* blkio.h - read, write and flush a connected disk
   Copyright (C) 2026  The grub-xen-hvm authors  */

#ifndef GRUB_XEN_BLKIO_HEADER
#define GRUB_XEN_BLKIO_HEADER 1

#include <grub/err.h>
#include "readahead.h"
#include "ring.h"

struct grub_xen_blkio
{
  struct grub_xen_readahead readahead;
  struct grub_xen_ring ring;
};

/* Read BYTES bytes, a multiple of the disk's sector size, at SECTOR (512
   bytes) into BUF.  When reads are sequential, requests for what comes next
   may be in flight or done on return.
   GRUB_ERR_READ_ERROR	the backend's answer
   GRUB_ERR_TIMEOUT	no answer in time: the ring is disabled
   GRUB_ERR_IO		the backend broke the protocol: the ring is
			disabled  */
grub_err_t grub_xen_blkio_read (struct grub_xen_blkio *io,
				 grub_uint64_t sector, grub_size_t bytes,
				 char *buf);

/* The same for writing, with GRUB_ERR_WRITE_ERROR.  Readahead is
   discarded.  */
grub_err_t grub_xen_blkio_write (struct grub_xen_blkio *io,
				  grub_uint64_t sector, grub_size_t bytes,
				  const char *buf);

/* Submit a request without data (BLKIF_OP_FLUSH_DISKCACHE or
   BLKIF_OP_WRITE_BARRIER) and wait for it.  *SUPPORTED becomes 0 if the
   backend does not support it, which is no error.  */
grub_err_t grub_xen_blkio_flush (struct grub_xen_blkio *io,
				  grub_uint8_t operation, int *supported);

/* Discard readahead.  */
void grub_xen_blkio_discard (struct grub_xen_blkio *io);

/* Discard readahead and wait until nothing is in flight, or until DEADLINE, or
   until the ring is disabled and its backend cannot be expected to answer.
   Returns whether nothing is left to wait for.  */
int grub_xen_blkio_drain (struct grub_xen_blkio *io,
			   grub_uint64_t deadline);

#endif /* ! GRUB_XEN_BLKIO_HEADER */
