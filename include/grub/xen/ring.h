/*
 *  grub-xen-hvm  --  block requests and responses
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

#ifndef GRUB_XEN_RING_HEADER
#define GRUB_XEN_RING_HEADER 1

#include <grub/err.h>
#include <grub/xen/abi.h>
#include <grub/xen/pool.h>

/* Entries of a one-page ring: the largest power of two that fits
   (xen/io/ring.h).  */
#define GRUB_XEN_RING_ENTRIES	32

/* A request under way.  */
struct grub_xen_ring_slot
{
  int in_flight;
  grub_uint8_t operation;
  /* Where a read's data goes to; 0 for anything else.  */
  char *dest;
  grub_size_t bytes;
};

struct grub_xen_ring
{
  /* The disk's name, for messages.  Not owned.  */
  const char *name;
  blkif_vdev_t handle;
  struct blkif_sring *shared;
  evtchn_port_t port;
  struct grub_xen_pool *pool;
  grub_uint32_t req_prod;
  grub_uint32_t req_pushed;
  grub_uint32_t rsp_cons;
  unsigned int in_flight;
  /* Slot I owns the pool's pages I * SEGMENTS and up.  */
  unsigned int slots;
  unsigned int segments;
  struct grub_xen_ring_slot slot[GRUB_XEN_RING_ENTRIES];
  /* Why the ring may not be used any more; 0 if it may.  */
  const char *dead;
  int timed_out;
  /* An answer of this transfer's was an error of the backend's: its status.  */
  int status;
  grub_uint64_t requests;
  grub_uint64_t bytes_read;
  grub_uint64_t bytes_written;
};

/* Make RING ready on the zeroed page SHARED, which it lays out for the backend.
   NAME and HANDLE are the disk's, PORT and POOL those it shares with the
   backend.  */
void grub_xen_ring_init (struct grub_xen_ring *ring, const char *name,
			 blkif_vdev_t handle, void *shared,
			 evtchn_port_t port, struct grub_xen_pool *pool);

/* Use POOL from now on.  Only while nothing is in flight.  */
void grub_xen_ring_set_pool (struct grub_xen_ring *ring,
			     struct grub_xen_pool *pool);

/* Read (or write, if WRITE) BYTES bytes, a multiple of the disk's sector size, at
   SECTOR (512 bytes) into (from) BUF.  Returns with nothing in flight, or with
   a dead ring.
   GRUB_ERR_READ_ERROR, GRUB_ERR_WRITE_ERROR	the backend's answer
   GRUB_ERR_TIMEOUT	no answer in time: the ring is dead
   GRUB_ERR_IO		the backend broke the protocol: the ring is dead  */
grub_err_t grub_xen_ring_transfer (struct grub_xen_ring *ring, int write,
				   grub_uint64_t sector, grub_size_t bytes,
				   char *buf);

/* Send a request without data (BLKIF_OP_FLUSH_DISKCACHE or
   BLKIF_OP_WRITE_BARRIER) and wait for it.  *SUPPORTED becomes 0 if the
   backend does not know it, which is no error.  */
grub_err_t grub_xen_ring_flush (struct grub_xen_ring *ring,
				grub_uint8_t operation, int *supported);

#endif /* ! GRUB_XEN_RING_HEADER */
