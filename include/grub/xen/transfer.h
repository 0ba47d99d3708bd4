/*
 *  grub-xen-hvm  --  reading, with read-ahead, and writing
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

#ifndef GRUB_XEN_TRANSFER_HEADER
#define GRUB_XEN_TRANSFER_HEADER 1

#include <grub/err.h>
#include <grub/xen/ring.h>

/* How a disk is read, and what is read ahead of it.  */
struct grub_xen_stream
{
  /* The disk's end (sectors of 512 bytes): nothing behind it is asked for.  */
  grub_uint64_t end;
  /* Where a read would go on with those in a row, and how many sectors are kept
     ahead of them; 0: reads are not in a row.  */
  grub_uint64_t next;
  grub_uint32_t window;
  /* Where the last read ended.  */
  grub_uint64_t last;
  struct grub_xen_ring ring;
};

/* Make STREAM ready on its ring, which is.  Until END is set nothing is read
   ahead.  */
void grub_xen_stream_init (struct grub_xen_stream *stream);

/* Read BYTES bytes, a multiple of the disk's sector size, at SECTOR (512 bytes) into
   BUF.  When reads come in a row, requests for what comes next may be in flight or
   done on return.
   GRUB_ERR_READ_ERROR	the backend's answer
   GRUB_ERR_TIMEOUT	no answer in time: the ring is dead
   GRUB_ERR_IO		the backend broke the protocol: the ring is dead  */
grub_err_t grub_xen_stream_read (struct grub_xen_stream *stream,
				 grub_uint64_t sector, grub_size_t bytes,
				 char *buf);

/* The same for writing, with GRUB_ERR_WRITE_ERROR.  What was read ahead is
   dropped.  */
grub_err_t grub_xen_stream_write (struct grub_xen_stream *stream,
				  grub_uint64_t sector, grub_size_t bytes,
				  const char *buf);

/* Send a request without data (BLKIF_OP_FLUSH_DISKCACHE or
   BLKIF_OP_WRITE_BARRIER) and wait for it.  *SUPPORTED becomes 0 if the
   backend does not know it, which is no error.  */
grub_err_t grub_xen_stream_flush (struct grub_xen_stream *stream,
				  grub_uint8_t operation, int *supported);

/* Drop what was read ahead and wait until nothing is in flight, or it is
   DEADLINE, or the ring is dead and nothing can be expected of its backend.
   Returns whether nothing is left to wait for.  */
int grub_xen_stream_drain (struct grub_xen_stream *stream,
			   grub_uint64_t deadline);

#endif /* ! GRUB_XEN_TRANSFER_HEADER */
