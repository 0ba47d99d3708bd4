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

/* The most segments of a request: more gained nothing where it was measured
   (the manual's chapter on performance).  */
#define GRUB_XEN_RING_SEGMENTS	64

/* What `sector' and the like count, whatever the disk's sector size
   (xen/io/blkif.h).  */
#define GRUB_XEN_SECTOR_SHIFT	9

enum grub_xen_slot_state
  {
    GRUB_XEN_SLOT_FREE,
    GRUB_XEN_SLOT_IN_FLIGHT,
    /* A read that came back: its data waits in the pool.  */
    GRUB_XEN_SLOT_DONE
  };

/* A request; its index in the ring's array is its id.  */
struct grub_xen_ring_slot
{
  enum grub_xen_slot_state state;
  /* BLKIF_OP_READ, BLKIF_OP_WRITE...  */
  grub_uint8_t operation;
  /* Nonzero: the segments are listed in a page of their own.  */
  grub_uint8_t indirect;
  /* Nonzero: its data is of no use any more.  */
  grub_uint8_t unwanted;
  /* Nonzero: nobody has asked for it yet.  */
  grub_uint8_t ahead;
  grub_int16_t status;
  /* Its PAGES in the pool are the chain from FIRST on, data from DATA on.  */
  grub_uint16_t first;
  grub_uint16_t data;
  grub_uint16_t pages;
  /* Where, and how many (512 bytes each).  */
  grub_uint64_t sector;
  grub_uint32_t sectors;
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
  /* How many of these are no reads.  */
  unsigned int changes;
  /* The most segments a request may have.  */
  unsigned int segments;
  /* Why the ring may not be used any more; 0 if it may.  */
  const char *dead;
  int timed_out;
  /* The backend was given up before its whole time was over: what is in flight
     may still come.  */
  int cut_short;
  /* A response was wrong: no other is looked at.  */
  int rejected;
  /* Milliseconds that may still be waited for this backend: see
     grub_xen_ring_collect.  What was waited, and the responses taken.  */
  unsigned int patience;
  unsigned int waited;
  unsigned int responses;
  /* The answer to a request that was no read, if it was no success.  */
  int status;
  unsigned int requests;
  struct grub_xen_ring_slot slot[GRUB_XEN_RING_ENTRIES];
};

/* Make RING ready on the zeroed page SHARED, which it lays out for the backend.
   NAME and HANDLE are the disk's, PORT and POOL those it shares with the
   backend.  Requests are of at most 11 segments until RING->segments says that the
   backend takes more.  */
void grub_xen_ring_init (struct grub_xen_ring *ring, const char *name,
			 blkif_vdev_t handle, void *shared,
			 evtchn_port_t port, struct grub_xen_pool *pool);

/* Put a request for OPERATION (BLKIF_OP_) into the ring: of BYTES bytes, a multiple
   of the disk's sector size, at SECTOR, or of less where segments and pages are
   few: its slot says.  The backend sees it with the next push.  Returns 0 when there
   is no slot or no page.  */
struct grub_xen_ring_slot *grub_xen_ring_put (struct grub_xen_ring *ring,
					      grub_uint8_t operation,
					      grub_uint64_t sector,
					      grub_size_t bytes);

/* Show the backend the requests put since the last push, and notify it if it
   asked for that.  */
void grub_xen_ring_push (struct grub_xen_ring *ring);

/* Wait for at least one response until DEADLINE, and take those that are
   there.  Returns 0 if there was none in time, or the user ended the wait.
   After a wrong one the ring is dead.  */
int grub_xen_ring_await (struct grub_xen_ring *ring, grub_uint64_t deadline);

/* The same for a response that a read or a write needs: without one within
   GRUB_XEN_IO_TIMEOUT the ring is dead.  So it is when all waits together are
   too long: they may last GRUB_XEN_PATIENCE milliseconds, and each response
   gives GRUB_XEN_PATIENCE_GAIN of those back.  A disk that never stops to
   answer, but slowly, would else keep a search for hours.  */
void grub_xen_ring_collect (struct grub_xen_ring *ring);

/* The data of SLOT, a read, is not wanted (any more).  Harmless with others.  */
void grub_xen_ring_drop (struct grub_xen_ring *ring,
			 struct grub_xen_ring_slot *slot);

/* The ring may not be used any more, because of WHY (a message to be
   translated, not owned).  What is in flight may still be written to by the
   backend: the pool is abandoned then.  */
void grub_xen_ring_die (struct grub_xen_ring *ring, const char *why);

/* Raise the error that the ring is dead: GRUB_ERR_TIMEOUT or GRUB_ERR_IO.  */
grub_err_t grub_xen_ring_raise (const struct grub_xen_ring *ring);

#endif /* ! GRUB_XEN_RING_HEADER */
