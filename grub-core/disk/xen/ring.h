/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ring.h - requests and responses in the ring of one disk
   Copyright (C) 2026  The grub-xen-hvm authors  */

#ifndef GRUB_XEN_RING_HEADER
#define GRUB_XEN_RING_HEADER 1

#include <grub/err.h>
#include <grub/xen/abi.h>
#include "pool.h"

/* Entries of a one-page ring: the largest power of two that fits
   (xen/io/ring.h).  */
#define GRUB_XEN_RING_ENTRIES	32

/* The maximum number of segments of a request: more were not faster in
   measurements (the manual's chapter on performance).  */
#define GRUB_XEN_RING_SEGMENTS	64

/* The unit of `sector' and similar values, independent of the disk's sector
   size (xen/io/blkif.h).  */
#define GRUB_XEN_SECTOR_SHIFT	9

enum grub_xen_slot_state
  {
    GRUB_XEN_SLOT_FREE,
    GRUB_XEN_SLOT_IN_FLIGHT,
    /* A read that is done: its data is in the pool.  */
    GRUB_XEN_SLOT_DONE
  };

/* A request; its index in the ring's array is its id.  */
struct grub_xen_ring_slot
{
  enum grub_xen_slot_state state;
  /* BLKIF_OP_READ, BLKIF_OP_WRITE...  */
  grub_uint8_t operation;
  /* The segments are listed in a separate page.  */
  grub_uint8_t is_indirect;
  /* The data of a read is not needed.  */
  grub_uint8_t is_discarded;
  /* Readahead, which no caller needs yet.  */
  grub_uint8_t is_ahead;
  grub_int16_t status;
  /* Its PAGES in the pool are the chain from FIRST on, data from DATA on.  */
  grub_uint16_t first;
  grub_uint16_t data;
  grub_uint16_t pages;
  /* The first sector, and their number (512 bytes each).  */
  grub_uint64_t sector;
  grub_uint32_t sectors;
};

/* Whether a ring may be used.  */
enum grub_xen_ring_state
  {
    GRUB_XEN_RING_OPEN,
    /* No response within GRUB_XEN_IO_TIMEOUT.  */
    GRUB_XEN_RING_TIMED_OUT,
    /* The wait was ended before GRUB_XEN_IO_TIMEOUT, by a key or because all
       waits were too long: responses may still come.  */
    GRUB_XEN_RING_CUT_SHORT,
    /* A response was wrong: no other one is read.  */
    GRUB_XEN_RING_REJECTED,
    /* Disabled by GRUB for another reason.  */
    GRUB_XEN_RING_DISABLED
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
  /* The number of writes or flushes among them.  */
  unsigned int changes;
  /* The maximum number of segments of a request.  */
  unsigned int segments;
  enum grub_xen_ring_state state;
  /* The reason why the ring is not GRUB_XEN_RING_OPEN, for a message; not
     owned.  */
  const char *reason;
  /* The rest of the backend's time budget in milliseconds: see
     grub_xen_ring_poll.  The time waited, and the number of responses.  */
  unsigned int patience;
  unsigned int waited;
  unsigned int responses;
  /* BLKIF_RSP_OKAY, or the last other answer to a write or a flush.  */
  int status;
  unsigned int requests;
  struct grub_xen_ring_slot slot[GRUB_XEN_RING_ENTRIES];
};

/* Make RING ready on the zeroed page SHARED, which it lays out for the
   backend.  NAME and HANDLE are the disk's, PORT and POOL those it shares with
   the backend.  Requests have at most 11 segments until RING->segments is set
   to a higher limit.  */
void grub_xen_ring_init (struct grub_xen_ring *ring, const char *name,
			 blkif_vdev_t handle, void *shared,
			 evtchn_port_t port, struct grub_xen_pool *pool);

/* Whether the ring may be used.  */
static inline int
grub_xen_ring_is_open (const struct grub_xen_ring *ring)
{
  return ring->state == GRUB_XEN_RING_OPEN;
}

/* Put a request for OPERATION (BLKIF_OP_) into the ring: of BYTES bytes, a
   multiple of the disk's sector size, at SECTOR, or of fewer if segments or
   pages are short: its slot has the number.  The backend sees it after the
   next push.  Returns 0 if there is no slot or no page.  */
struct grub_xen_ring_slot *grub_xen_ring_queue (struct grub_xen_ring *ring,
						grub_uint8_t operation,
						grub_uint64_t sector,
						grub_size_t bytes);

/* Show the backend the requests queued since the last push, and notify it if
   it asked for that.  */
void grub_xen_ring_push (struct grub_xen_ring *ring);

/* Wait for at least one response until DEADLINE, and handle all that are
   there.  Returns 0 if none came in time, or the user ended the wait.  A wrong
   response disables the ring.  */
int grub_xen_ring_wait (struct grub_xen_ring *ring, grub_uint64_t deadline);

/* The same for a response that a read or a write needs: without one within
   GRUB_XEN_IO_TIMEOUT the ring is disabled.  It is also disabled if all waits
   together are too long: they may last GRUB_XEN_PATIENCE milliseconds, and
   each response adds GRUB_XEN_PATIENCE_GAIN to this budget.  Without the
   budget, a disk that answers slowly, but always in time, could delay a search
   for hours.  */
void grub_xen_ring_poll (struct grub_xen_ring *ring);

/* The data of SLOT, a read, is not needed.  Harmless with other slots.  */
void grub_xen_ring_discard (struct grub_xen_ring *ring,
			    struct grub_xen_ring_slot *slot);

/* Disable the ring: set its STATE, because of REASON (a message to be
   translated, not owned).  If requests are in flight, abandon the pool,
   because the backend may still write to their pages.  Does nothing if the
   ring is not open.  */
void grub_xen_ring_disable (struct grub_xen_ring *ring,
			    enum grub_xen_ring_state state,
			    const char *reason);

/* Raise the error that the ring is disabled: GRUB_ERR_TIMEOUT or
   GRUB_ERR_IO.  */
grub_err_t grub_xen_ring_error (const struct grub_xen_ring *ring);

#endif /* ! GRUB_XEN_RING_HEADER */
