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

#include <grub/err.h>
#include <grub/i18n.h>
#include <grub/misc.h>
#include <grub/xen/atomic.h>
#include <grub/xen/evtchn.h>
#include <grub/xen/platform.h>
#include <grub/xen/ring.h>
#include <grub/xen/wait.h>

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
		       <= GRUB_XEN_PAGE_SIZE);
  COMPILE_TIME_ASSERT (sizeof (struct blkif_sring)
		       + (GRUB_XEN_RING_ENTRIES - 1)
		       * sizeof (sring->ring[0]) <= GRUB_XEN_PAGE_SIZE);

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

/* How many pages of data the next request for BYTES bytes can have.  Beyond the
   segments that a request has room for, one page is needed to list them.  */
static unsigned int
data_pages (const struct grub_xen_ring *ring, grub_size_t bytes)
{
  grub_size_t pages = bytes >> GRUB_XEN_PAGE_SHIFT;
  unsigned int free = ring->pool->free;

  if (bytes & (GRUB_XEN_PAGE_SIZE - 1))
    pages++;
  if (pages > ring->segments)
    pages = ring->segments;
  if (free > BLKIF_MAX_SEGMENTS_PER_REQUEST)
    free--;
  return pages < free ? pages : free;
}

/* List the pages of SLOT from its first of data on, for BYTES bytes.  */
static void
list_segments (const struct grub_xen_ring *ring,
	       const struct grub_xen_ring_slot *slot,
	       struct blkif_request_segment *seg, grub_size_t bytes)
{
  grub_uint16_t page = slot->data;

  for (; bytes; seg++)
    {
      grub_size_t part
	= bytes < GRUB_XEN_PAGE_SIZE ? bytes : GRUB_XEN_PAGE_SIZE;

      seg->gref = ring->pool->refs[page];
      seg->first_sect = 0;
      seg->last_sect = (part >> GRUB_XEN_SECTOR_SHIFT) - 1;
      bytes -= part;
      page = ring->pool->link[page];
    }
}

/* Write the request for SLOT, of index ID, into the ring.  */
static void
write_request (struct grub_xen_ring *ring, unsigned int id,
	       const struct grub_xen_ring_slot *slot, grub_size_t bytes)
{
  union
  {
    struct blkif_request direct;
    struct blkif_request_indirect indirect;
  } *req = (void *) &ring->shared->ring[ring->req_prod
					% GRUB_XEN_RING_ENTRIES].req;

  grub_memset (req, 0, sizeof (*req));
  if (slot->indirect)
    {
      req->indirect.operation = BLKIF_OP_INDIRECT;
      req->indirect.indirect_op = slot->operation;
      req->indirect.handle = ring->handle;
      req->indirect.id = id;
      req->indirect.sector_number = slot->sector;
      req->indirect.nr_segments = slot->pages - 1;
      req->indirect.indirect_grefs[0] = ring->pool->refs[slot->first];
      list_segments (ring, slot, grub_xen_pool_page (ring->pool, slot->first),
		     bytes);
      return;
    }
  req->direct.operation = slot->operation;
  req->direct.handle = ring->handle;
  req->direct.id = id;
  req->direct.sector_number = slot->sector;
  req->direct.nr_segments = slot->pages;
  list_segments (ring, slot, req->direct.seg, bytes);
}

struct grub_xen_ring_slot *
grub_xen_ring_put (struct grub_xen_ring *ring, grub_uint8_t operation,
		   grub_uint64_t sector, grub_size_t bytes)
{
  unsigned int id, pages = data_pages (ring, bytes);
  struct grub_xen_ring_slot *slot;

  for (id = 0; id < GRUB_XEN_RING_ENTRIES && ring->slot[id].state; id++);
  if (id == GRUB_XEN_RING_ENTRIES || (bytes && !pages))
    return 0;
  if (bytes > pages * GRUB_XEN_PAGE_SIZE)
    bytes = pages * GRUB_XEN_PAGE_SIZE;

  slot = &ring->slot[id];
  grub_memset (slot, 0, sizeof (*slot));
  slot->state = GRUB_XEN_SLOT_IN_FLIGHT;
  slot->operation = operation;
  slot->indirect = pages > BLKIF_MAX_SEGMENTS_PER_REQUEST;
  slot->pages = pages + slot->indirect;
  slot->first = slot->data = grub_xen_pool_take (ring->pool, slot->pages);
  if (slot->indirect)
    slot->data = ring->pool->link[slot->first];
  slot->sector = sector;
  slot->sectors = bytes >> GRUB_XEN_SECTOR_SHIFT;

  write_request (ring, id, slot, bytes);
  ring->in_flight++;
  if (operation != BLKIF_OP_READ)
    ring->changes++;
  ring->req_prod++;
  ring->requests++;
  grub_xen_counters.requests++;
  return slot;
}

/* SLOT is free, and so are its pages.  */
static void
release (struct grub_xen_ring *ring, struct grub_xen_ring_slot *slot)
{
  slot->state = GRUB_XEN_SLOT_FREE;
  grub_xen_pool_give (ring->pool, slot->first, slot->pages);
}

void
grub_xen_ring_drop (struct grub_xen_ring *ring,
		    struct grub_xen_ring_slot *slot)
{
  slot->unwanted = 1;
  if (slot->state == GRUB_XEN_SLOT_DONE)
    release (ring, slot);
}

void
grub_xen_ring_die (struct grub_xen_ring *ring, const char *why)
{
  unsigned int id;

  if (ring->dead)
    return;
  ring->dead = why;
  for (id = 0; id < GRUB_XEN_RING_ENTRIES; id++)
    grub_xen_ring_drop (ring, &ring->slot[id]);
  if (ring->in_flight)
    grub_xen_pool_abandon (ring->pool, ring->name);
}

grub_err_t
grub_xen_ring_raise (const struct grub_xen_ring *ring)
{
  if (ring->timed_out)
    return grub_error (GRUB_ERR_TIMEOUT,
		       N_("%s is disabled: %s (%u responses in %u s of "
			  "waiting)"),
		       ring->name, _(ring->dead), ring->responses,
		       ring->waited / 1000);
  return grub_error (GRUB_ERR_IO, N_("%s is disabled: %s"), ring->name,
		     _(ring->dead));
}

void
grub_xen_ring_push (struct grub_xen_ring *ring)
{
  volatile struct blkif_sring *sring = ring->shared;
  grub_uint32_t pushed = ring->req_pushed;

  if (ring->req_prod == pushed || ring->dead)
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
      grub_xen_ring_die (ring, "its event channel is closed");
    }
}

/* For grub_xen_wait: whether there is a response.  One that is there is taken at
   once; else a sleep may last until half of what is in flight is back, for each
   wake costs as much as a request does.  */
static int
has_response (void *data)
{
  struct grub_xen_ring *ring = data;
  volatile struct blkif_sring *sring = ring->shared;

  sring->rsp_event = ring->rsp_cons + (ring->in_flight + 1) / 2;
  grub_xen_mb ();
  return sring->rsp_prod != ring->rsp_cons;
}

/* Check the response RSP, our own copy, to the request in SLOT.  Returns what is wrong
   with it, or 0.  */
static const char *
check_response (const struct grub_xen_ring_slot *slot,
		const struct blkif_response *rsp)
{
  if (rsp->id >= GRUB_XEN_RING_ENTRIES)
    return "a response to an unknown request";
  if (slot->state != GRUB_XEN_SLOT_IN_FLIGHT)
    return "a response to a request that is not in flight";
  /* An indirect request's response has what it does, not BLKIF_OP_INDIRECT, from
     Linux as from FreeBSD.  */
  if (rsp->operation != slot->operation)
    return "a response to another operation";
  if (rsp->status != BLKIF_RSP_OKAY && rsp->status != BLKIF_RSP_ERROR
      && rsp->status != BLKIF_RSP_EOPNOTSUPP)
    return "a response with an unknown status";
  if (slot->indirect && rsp->status == BLKIF_RSP_EOPNOTSUPP)
    return "indirect requests are refused";
  return 0;
}

/* The request in SLOT is answered with STATUS.  */
static void
finish (struct grub_xen_ring *ring, struct grub_xen_ring_slot *slot,
	int status)
{
  ring->in_flight--;
  slot->state = GRUB_XEN_SLOT_DONE;
  slot->status = status;
  if (slot->operation == BLKIF_OP_READ)
    {
      if (slot->unwanted)
	release (ring, slot);
      return;
    }
  ring->changes--;
  if (status != BLKIF_RSP_OKAY)
    ring->status = status;
  release (ring, slot);
}

static void
reject (struct grub_xen_ring *ring, const char *why)
{
  ring->rejected = 1;
  grub_xen_ring_die (ring, why);
}

/* Take the responses that are there.  The index and every response are copied
   once, for the backend can change them at any time.  */
static void
reap (struct grub_xen_ring *ring)
{
  volatile struct blkif_sring *sring = ring->shared;
  grub_uint32_t prod = sring->rsp_prod;

  if (prod - ring->rsp_cons > ring->in_flight)
    {
      reject (ring, N_("more responses than requests"));
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
      wrong = check_response (slot, &rsp);
      if (wrong)
	{
	  reject (ring, wrong);
	  return;
	}
      finish (ring, slot, rsp.status);
      ring->rsp_cons++;
      ring->responses++;
      ring->patience += GRUB_XEN_PATIENCE_GAIN;
    }
}

int
grub_xen_ring_await (struct grub_xen_ring *ring, grub_uint64_t deadline)
{
  if (!grub_xen_wait (has_response, ring, ring->port, deadline))
    return 0;
  reap (ring);
  return 1;
}

void
grub_xen_ring_collect (struct grub_xen_ring *ring)
{
  grub_uint64_t start = grub_xen_deadline (0), waited;
  unsigned int limit = GRUB_XEN_IO_TIMEOUT;
  unsigned int interrupts = grub_xen_wait_interrupts ();
  int in_time;

  if (limit > ring->patience)
    limit = ring->patience;
  in_time = grub_xen_ring_await (ring, start + limit);
  waited = grub_xen_deadline (0) - start;
  ring->waited += waited;
  ring->patience -= waited < ring->patience ? waited : ring->patience;
  if (ring->patience > GRUB_XEN_PATIENCE)
    ring->patience = GRUB_XEN_PATIENCE;
  if (in_time || ring->dead)
    return;
  ring->timed_out = 1;
  ring->cut_short = 1;
  if (grub_xen_wait_interrupts () != interrupts)
    grub_xen_ring_die (ring, N_("a key ended the wait for the backend"));
  else if (limit < GRUB_XEN_IO_TIMEOUT)
    grub_xen_ring_die (ring, N_("the backend is too slow"));
  else
    {
      ring->cut_short = 0;
      grub_xen_ring_die (ring, N_("the backend does not answer"));
    }
}
