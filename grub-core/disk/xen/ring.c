/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ring.c - requests and responses in the ring of one disk
   Copyright (C) 2026  The grub-xen-hvm authors  */

#include <grub/err.h>
#include <grub/i18n.h>
#include <grub/misc.h>
#include <grub/xen/abi.h>
#include <grub/xen/evtchn.h>
#include <grub/xen/platform.h>
#include "ring.h"

void
grub_xen_ring_init (struct grub_xen_ring *ring, const char *name,
		    blkif_vdev_t handle, void *shared, evtchn_port_t port,
		    struct grub_xen_pool *pool)
{
  struct blkif_sring *sring = shared;

#ifdef __x86_64__
  COMPILE_TIME_ASSERT (sizeof (struct blkif_request) == 112);
#else
  COMPILE_TIME_ASSERT (sizeof (struct blkif_request) == 108);
#endif
  COMPILE_TIME_ASSERT (sizeof (struct blkif_request_indirect)
		       <= sizeof (struct blkif_request));
  COMPILE_TIME_ASSERT (GRUB_XEN_RING_SEGMENTS
			 * sizeof (struct blkif_request_segment)
		       <= GRUB_XEN_FRAME_SIZE);
  COMPILE_TIME_ASSERT (sizeof (struct blkif_sring)
			 + (GRUB_XEN_RING_ENTRIES - 1)
			     * sizeof (sring->ring[0])
		       <= GRUB_XEN_FRAME_SIZE);

  grub_memset (ring, 0, sizeof (*ring));
  ring->name = name;
  ring->handle = handle;
  ring->shared = sring;
  ring->port = port;
  ring->pool = pool;
  ring->segments = BLKIF_MAX_SEGMENTS_PER_REQUEST;
  ring->patience = GRUB_XEN_PATIENCE;
  sring->req_event = 1;
  sring->rsp_event = 1;
}

/* The number of data pages that the next request for BYTES bytes can have. If
   they do not fit into the request's own segments, one more page is needed to
   list them.  */
static unsigned int
ring_data_pages (const struct grub_xen_ring *ring, grub_size_t bytes)
{
  grub_size_t pages = bytes >> GRUB_XEN_FRAME_SHIFT;
  unsigned int free = ring->pool->free;

  if (bytes & (GRUB_XEN_FRAME_SIZE - 1))
    pages++;
  if (pages > ring->segments)
    pages = ring->segments;
  if (free > BLKIF_MAX_SEGMENTS_PER_REQUEST)
    free--;
  return pages < free ? pages : free;
}

/* List the pages of SLOT from its first of data on, for BYTES bytes.  */
static void
ring_list_segments (const struct grub_xen_ring *ring,
		    const struct grub_xen_ring_slot *slot,
		    struct blkif_request_segment *seg, grub_size_t bytes)
{
  grub_uint16_t page = slot->data;

  for (; bytes; seg++)
    {
      grub_size_t part
	= bytes < GRUB_XEN_FRAME_SIZE ? bytes : GRUB_XEN_FRAME_SIZE;

      seg->gref = ring->pool->refs[page];
      seg->first_sect = 0;
      seg->last_sect = (part >> GRUB_XEN_SECTOR_SHIFT) - 1;
      bytes -= part;
      page = ring->pool->link[page];
    }
}

/* Write the request for SLOT, of index ID, into the ring.  */
static void
ring_write_request (struct grub_xen_ring *ring, unsigned int id,
		    const struct grub_xen_ring_slot *slot, grub_size_t bytes)
{
  union
  {
    struct blkif_request direct;
    struct blkif_request_indirect indirect;
  } *req = (void *) &ring->shared->ring[ring->req_prod
					% GRUB_XEN_RING_ENTRIES].req;

  grub_memset (req, 0, sizeof (*req));
  if (slot->is_indirect)
    {
      req->indirect.operation = BLKIF_OP_INDIRECT;
      req->indirect.indirect_op = slot->operation;
      req->indirect.handle = ring->handle;
      req->indirect.id = id;
      req->indirect.sector_number = slot->sector;
      req->indirect.nr_segments = slot->pages - 1;
      req->indirect.indirect_grefs[0] = ring->pool->refs[slot->first];
      ring_list_segments (ring, slot,
			  grub_xen_pool_page (ring->pool, slot->first), bytes);
      return;
    }
  req->direct.operation = slot->operation;
  req->direct.handle = ring->handle;
  req->direct.id = id;
  req->direct.sector_number = slot->sector;
  req->direct.nr_segments = slot->pages;
  ring_list_segments (ring, slot, req->direct.seg, bytes);
}

struct grub_xen_ring_slot *
grub_xen_ring_queue (struct grub_xen_ring *ring, grub_uint8_t operation,
		     grub_uint64_t sector, grub_size_t bytes)
{
  unsigned int id, pages = ring_data_pages (ring, bytes);
  struct grub_xen_ring_slot *slot;

  for (id = 0; id < GRUB_XEN_RING_ENTRIES && ring->slot[id].state; id++);
  if (id == GRUB_XEN_RING_ENTRIES || (bytes && !pages))
    return 0;
  if (bytes > pages * GRUB_XEN_FRAME_SIZE)
    bytes = pages * GRUB_XEN_FRAME_SIZE;

  slot = &ring->slot[id];
  grub_memset (slot, 0, sizeof (*slot));
  slot->state = GRUB_XEN_SLOT_IN_FLIGHT;
  slot->operation = operation;
  slot->is_indirect = pages > BLKIF_MAX_SEGMENTS_PER_REQUEST;
  slot->pages = pages + slot->is_indirect;
  slot->first = slot->data = grub_xen_pool_alloc (ring->pool, slot->pages);
  if (slot->is_indirect)
    slot->data = ring->pool->link[slot->first];
  slot->sector = sector;
  slot->sectors = bytes >> GRUB_XEN_SECTOR_SHIFT;

  ring_write_request (ring, id, slot, bytes);
  ring->in_flight++;
  if (operation != BLKIF_OP_READ)
    ring->changes++;
  ring->req_prod++;
  ring->requests++;
  grub_xen_counters.requests++;
  return slot;
}

/* Free SLOT and its pages.  */
static void
ring_release (struct grub_xen_ring *ring, struct grub_xen_ring_slot *slot)
{
  slot->state = GRUB_XEN_SLOT_FREE;
  grub_xen_pool_free (ring->pool, slot->first, slot->pages);
}

void
grub_xen_ring_discard (struct grub_xen_ring *ring,
		       struct grub_xen_ring_slot *slot)
{
  slot->is_discarded = 1;
  if (slot->state == GRUB_XEN_SLOT_DONE)
    ring_release (ring, slot);
}

void
grub_xen_ring_disable (struct grub_xen_ring *ring,
		       enum grub_xen_ring_state state, const char *reason)
{
  unsigned int id;

  if (!grub_xen_ring_is_open (ring))
    return;
  ring->state = state;
  ring->reason = reason;
  for (id = 0; id < GRUB_XEN_RING_ENTRIES; id++)
    grub_xen_ring_discard (ring, &ring->slot[id]);
  if (ring->in_flight)
    grub_xen_pool_abandon (ring->pool, ring->name);
}

grub_err_t
grub_xen_ring_error (const struct grub_xen_ring *ring)
{
  if (ring->state == GRUB_XEN_RING_TIMED_OUT
      || ring->state == GRUB_XEN_RING_CUT_SHORT)
    return grub_error (GRUB_ERR_TIMEOUT,
		       N_("%s is disabled: %s (%u responses in %u s of "
			  "waiting)"),
		       ring->name, _(ring->reason), ring->responses,
		       ring->waited / 1000);
  return grub_error (GRUB_ERR_IO, N_("%s is disabled: %s"), ring->name,
		     _(ring->reason));
}

void
grub_xen_ring_push (struct grub_xen_ring *ring)
{
  volatile struct blkif_sring *sring = ring->shared;
  grub_uint32_t pushed = ring->req_pushed;

  if (ring->req_prod == pushed || !grub_xen_ring_is_open (ring))
    return;
  grub_xen_wmb ();
  sring->req_prod = ring->req_prod;
  ring->req_pushed = ring->req_prod;
  grub_xen_mb ();
  if (ring->req_prod - sring->req_event >= ring->req_prod - pushed)
    return;
  grub_xen_counters.notifications++;
  if (grub_xen_evtchn_notify (ring->port))
    {
      grub_errno = GRUB_ERR_NONE;
      grub_xen_ring_disable (ring, GRUB_XEN_RING_DISABLED,
			     "its event channel is closed");
    }
}

/* For grub_xen_wait: whether there is a response.  An existing one is handled
   at once; else a sleep may last until half of the requests in flight are
   answered, because each wake costs as much as a request.  */
static int
ring_has_response (void *data)
{
  struct grub_xen_ring *ring = data;
  volatile struct blkif_sring *sring = ring->shared;

  sring->rsp_event = ring->rsp_cons + (ring->in_flight + 1) / 2;
  grub_xen_mb ();
  return sring->rsp_prod != ring->rsp_cons;
}

/* Check the response RSP, a private copy, to the request in SLOT.  Returns a
   description of the error, or 0.  */
static const char *
ring_check_response (const struct grub_xen_ring_slot *slot,
		     const struct blkif_response *rsp)
{
  if (rsp->id >= GRUB_XEN_RING_ENTRIES)
    return "a response to an unknown request";
  if (slot->state != GRUB_XEN_SLOT_IN_FLIGHT)
    return "a response to a request that is not in flight";
  /* The response to an indirect request has the wrapped operation, not
     BLKIF_OP_INDIRECT, both from Linux and from FreeBSD.  */
  if (rsp->operation != slot->operation)
    return "a response to another operation";
  if (rsp->status != BLKIF_RSP_OKAY && rsp->status != BLKIF_RSP_ERROR
      && rsp->status != BLKIF_RSP_EOPNOTSUPP)
    return "a response with an unknown status";
  if (slot->is_indirect && rsp->status == BLKIF_RSP_EOPNOTSUPP)
    return "indirect requests are refused";
  return 0;
}

/* The request in SLOT is answered with STATUS.  */
static void
ring_finish (struct grub_xen_ring *ring, struct grub_xen_ring_slot *slot,
	     int status)
{
  ring->in_flight--;
  slot->state = GRUB_XEN_SLOT_DONE;
  slot->status = status;
  if (slot->operation == BLKIF_OP_READ)
    {
      if (slot->is_discarded)
	ring_release (ring, slot);
      return;
    }
  ring->changes--;
  if (status != BLKIF_RSP_OKAY)
    ring->status = status;
  ring_release (ring, slot);
}

static void
ring_reject (struct grub_xen_ring *ring, const char *reason)
{
  grub_xen_ring_disable (ring, GRUB_XEN_RING_REJECTED, reason);
  /* A ring in the state CUT_SHORT is read once more at the hand-off.  */
  ring->state = GRUB_XEN_RING_REJECTED;
  ring->reason = reason;
}

/* Handle all responses in the ring.  Copy the index and every response once,
   because the backend can change them at any time.  So Xen's macros of
   io/ring.h, which read them in place, are not used.  */
static void
ring_reap (struct grub_xen_ring *ring)
{
  volatile struct blkif_sring *sring = ring->shared;
  grub_uint32_t prod = sring->rsp_prod;

  if (prod - ring->rsp_cons > ring->in_flight)
    {
      ring_reject (ring, N_("more responses than requests"));
      return;
    }
  grub_xen_rmb ();
  while (ring->rsp_cons != prod)
    {
      volatile struct blkif_response *shared
	= &sring->ring[ring->rsp_cons % GRUB_XEN_RING_ENTRIES].rsp;
      struct grub_xen_ring_slot *slot;
      struct blkif_response rsp;
      const char *wrong;

      rsp.id = shared->id;
      rsp.operation = shared->operation;
      rsp.status = shared->status;
      slot = &ring->slot[rsp.id % GRUB_XEN_RING_ENTRIES];
      wrong = ring_check_response (slot, &rsp);
      if (wrong)
	{
	  ring_reject (ring, wrong);
	  return;
	}
      ring_finish (ring, slot, rsp.status);
      ring->rsp_cons++;
      ring->responses++;
      ring->patience += GRUB_XEN_PATIENCE_GAIN;
    }
}

int
grub_xen_ring_wait (struct grub_xen_ring *ring, grub_uint64_t deadline)
{
  if (!grub_xen_wait (ring_has_response, ring, ring->port, deadline))
    return 0;
  ring_reap (ring);
  return 1;
}

/* Count the time of a wait for the backend since START.  */
static void
ring_count_wait (struct grub_xen_ring *ring, grub_uint64_t start)
{
  grub_uint64_t waited = grub_xen_deadline (0) - start;

  ring->waited += waited;
  ring->patience -= waited < ring->patience ? waited : ring->patience;
  if (ring->patience > GRUB_XEN_PATIENCE)
    ring->patience = GRUB_XEN_PATIENCE;
}

void
grub_xen_ring_poll (struct grub_xen_ring *ring)
{
  grub_uint64_t start = grub_xen_deadline (0);
  unsigned int limit = GRUB_XEN_IO_TIMEOUT;
  unsigned int interrupts = grub_xen_wait_interrupts ();
  int in_time;

  if (limit > ring->patience)
    limit = ring->patience;
  in_time = grub_xen_ring_wait (ring, start + limit);
  ring_count_wait (ring, start);
  if (in_time)
    return;
  if (grub_xen_wait_interrupts () != interrupts)
    grub_xen_ring_disable (ring, GRUB_XEN_RING_CUT_SHORT,
			   N_("a key ended the wait for the backend"));
  else if (limit < GRUB_XEN_IO_TIMEOUT)
    grub_xen_ring_disable (ring, GRUB_XEN_RING_CUT_SHORT,
			   N_("the backend is too slow"));
  else
    grub_xen_ring_disable (ring, GRUB_XEN_RING_TIMED_OUT,
			   N_("the backend does not answer"));
}
