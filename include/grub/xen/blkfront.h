/*
 *  grub-xen-hvm  --  connect and disconnect one disk
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

#ifndef GRUB_XEN_BLKFRONT_HEADER
#define GRUB_XEN_BLKFRONT_HEADER 1

#include <grub/err.h>
#include <grub/xen/transfer.h>
#include <grub/xen/xenbus.h>

/* A connected disk.  */
struct grub_xen_blkfront
{
  struct grub_xenbus_device dev;
  /* The resume generation of the connection.  */
  unsigned int generation;
  int connected;
  /* The backend was told of the ring: it may map things.  */
  int announced;
  /* The backend has not closed when it last should: it may go on to use what
     it has mapped.  */
  int not_closed;
  /* The one page of the ring.  */
  struct grub_xen_pages *ring_page;
  evtchn_port_t port;
  struct grub_xen_pool *pool;
  /* What the backend says, checked.  Sectors of 512 bytes.  */
  grub_uint64_t sectors;
  unsigned int sector_size;
  unsigned int log_sector_size;
  /* VDISK_CDROM, VDISK_REMOVABLE, VDISK_READONLY (xen/io/blkif.h).  */
  unsigned int info;
  /* BLKIF_OP_FLUSH_DISKCACHE, BLKIF_OP_WRITE_BARRIER, or 0 for neither.  */
  grub_uint8_t flush_op;
  struct grub_xen_stream stream;
};

/* Connect the frontend directory PATH (such as "device/vbd/51776") of number
   HANDLE, of which requests carry the lower half.  NAME is the user's name and has
   to live as long as FRONT.  Nothing is left behind on failure.
   GRUB_ERR_TIMEOUT, GRUB_ERR_BAD_DEVICE, GRUB_ERR_OUT_OF_RANGE (no medium),
   GRUB_ERR_OUT_OF_MEMORY and those of xenstore, all naming the disk.  */
grub_err_t grub_xen_blkfront_connect (struct grub_xen_blkfront *front,
				      const char *name, const char *path,
				      grub_uint32_t handle);

/* The steps of giving a disk back, in this order.  Each has a deadline, and
   goes on where the one before has failed.  */
enum grub_xen_blkfront_step
  {
    /* Wait for what is in flight.  */
    GRUB_XEN_BLKFRONT_DRAIN,
    /* Closing, and wait for the backend to leave Connected.  */
    GRUB_XEN_BLKFRONT_CLOSING,
    GRUB_XEN_BLKFRONT_WAIT_CLOSING,
    /* Closed, and wait for the backend to be.  */
    GRUB_XEN_BLKFRONT_CLOSED,
    GRUB_XEN_BLKFRONT_WAIT_CLOSED,
    /* Revoke what is shared, remove every key, and, where the backend has
       closed, Initialising, and wait for its InitWait.  */
    GRUB_XEN_BLKFRONT_LEAVE,
    GRUB_XEN_BLKFRONT_WAIT_READY,
    GRUB_XEN_BLKFRONT_STEPS
  };

/* Take STEP of giving FRONT back, until DEADLINE (see grub_xen_deadline).  If
   a wait is long and VERBOSE, the user hears of it.  A frontend whose backend
   has not closed, or that the host takes away, is left Closed.  Idempotent;
   harmless if FRONT is not connected.  Raises no error: what went wrong is a
   debug line, since nothing can be done about it.  */
void grub_xen_blkfront_step (struct grub_xen_blkfront *front,
			     enum grub_xen_blkfront_step step,
			     grub_uint64_t deadline, int verbose);

/* Take all steps, each with GRUB_XEN_CLOSE_TIMEOUT, and the last one with
   GRUB_XEN_CONNECT_TIMEOUT.  */
void grub_xen_blkfront_disconnect (struct grub_xen_blkfront *front);

/* After a restore: free what FRONT has.  Its backend is another one, which
   knows nothing of it.  */
void grub_xen_blkfront_forget (struct grub_xen_blkfront *front);

/* Ask the backend of the connected FRONT again what it says of its disk, and take that
   over.  Returns 0 if it is something else than before.  Leaves grub_errno alone.  */
int grub_xen_blkfront_is_same (struct grub_xen_blkfront *front);

/* Read or write BYTES bytes at SECTOR (512 bytes); both are multiples of the
   sector size.  A write is flushed before it returns.  Errors: those of
   grub_xen_stream_read; GRUB_ERR_ACCESS_DENIED for a write to a read-only
   disk; GRUB_ERR_OUT_OF_RANGE past the end.  */
grub_err_t grub_xen_blkfront_read (struct grub_xen_blkfront *front,
				   grub_uint64_t sector, grub_size_t bytes,
				   char *buf);
grub_err_t grub_xen_blkfront_write (struct grub_xen_blkfront *front,
				    grub_uint64_t sector, grub_size_t bytes,
				    const char *buf);

#endif /* ! GRUB_XEN_BLKFRONT_HEADER */
