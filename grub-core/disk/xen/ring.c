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
#include <grub/xen/ring.h>
#include <grub/xen/wait.h>

/* `first_sect' and the like count 512 bytes whatever the disk's sector size
   (xen/io/blkif.h).  */
#define SECTOR_SHIFT		9
#define SECTORS_PER_PAGE	(GRUB_XEN_PAGE_SIZE >> SECTOR_SHIFT)

/* A data transfer as far as it has been planned.  */
struct transfer
{
  int write;
  grub_uint64_t sector;
  grub_size_t bytes;
  char *buf;
};

void
grub_xen_ring_set_pool (struct grub_xen_ring *ring,
			struct grub_xen_pool *pool)
{
  ring->pool = pool;
  ring->segments = pool->pages < BLKIF_MAX_SEGMENTS_PER_REQUEST
    ? pool->pages : BLKIF_MAX_SEGMENTS_PER_REQUEST;
  ring->slots = pool->pages / ring->segments;
  if (ring->slots > GRUB_XEN_RING_ENTRIES)
    ring->slots = GRUB_XEN_RING_ENTRIES;
}

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
  COMPILE_TIME_ASSERT (sizeof (struct blkif_sring)
		       + (GRUB_XEN_RING_ENTRIES - 1)
		       * sizeof (sring->ring[0]) <= GRUB_XEN_PAGE_SIZE);

  grub_memset (ring, 0, sizeof (*ring));
  ring->name = name;
  ring->handle = handle;
  ring->shared = sring;
  ring->port = port;
  grub_xen_ring_set_pool (ring, pool);
  sring->req_event = 1;
  sring->rsp_event = 1;
}

static char *
slot_page (const struct grub_xen_ring *ring, unsigned int id,
	   unsigned int segment)
{
  return ring->pool->memory
    + (id * ring->segments + segment) * GRUB_XEN_PAGE_SIZE;
}

static int
free_slot (const struct grub_xen_ring *ring)
{
  unsigned int id;

  for (id = 0; id < ring->slots; id++)
    if (!ring->slot[id].in_flight)
      return id;
  return -1;
}

/* Put a request of BYTES bytes at SECTOR into the ring, under slot ID.  The
   backend sees it with the next push.  */
static void
put_request (struct grub_xen_ring *ring, unsigned int id,
	     grub_uint8_t operation, grub_uint64_t sector, grub_size_t bytes)
{
  struct blkif_request *req
    = &ring->shared->ring[ring->req_prod % GRUB_XEN_RING_ENTRIES].req;
  struct grub_xen_ring_slot *slot = &ring->slot[id];
  unsigned int i;

  grub_memset (req, 0, sizeof (*req));
  req->operation = operation;
  req->handle = ring->handle;
  req->id = id;
  req->sector_number = sector;
  for (i = 0; bytes; i++)
    {
      grub_size_t part
	= bytes < GRUB_XEN_PAGE_SIZE ? bytes : GRUB_XEN_PAGE_SIZE;

      req->seg[i].gref = ring->pool->refs[id * ring->segments + i];
      req->seg[i].first_sect = 0;
      req->seg[i].last_sect = (part >> SECTOR_SHIFT) - 1;
      bytes -= part;
    }
  req->nr_segments = i;
  slot->in_flight = 1;
  slot->operation = operation;
  ring->in_flight++;
  ring->req_prod++;
  ring->requests++;
}

/* Plan and submit the next request of T in slot ID.  */
static void
submit (struct grub_xen_ring *ring, struct transfer *t, unsigned int id)
{
  struct grub_xen_ring_slot *slot = &ring->slot[id];
  grub_size_t bytes = ring->segments * GRUB_XEN_PAGE_SIZE;

  if (bytes > t->bytes)
    bytes = t->bytes;
  slot->bytes = bytes;
  slot->dest = t->write ? 0 : t->buf;
  if (t->write)
    grub_memcpy (slot_page (ring, id, 0), t->buf, bytes);
  put_request (ring, id, t->write ? BLKIF_OP_WRITE : BLKIF_OP_READ,
	       t->sector, bytes);
  t->buf += bytes;
  t->bytes -= bytes;
  t->sector += bytes >> SECTOR_SHIFT;
}

/* The ring may not be used any more, because of WHY.  */
static void
die (struct grub_xen_ring *ring, const char *why)
{
  if (!ring->dead)
    ring->dead = why;
}

/* Show the backend the requests put since the last push, and notify it if it
   asked for that.  */
static void
push (struct grub_xen_ring *ring)
{
  volatile struct blkif_sring *sring = ring->shared;
  grub_uint32_t pushed = ring->req_pushed;

  if (ring->req_prod == pushed)
    return;
  grub_xen_wmb ();
  sring->req_prod = ring->req_prod;
  ring->req_pushed = ring->req_prod;
  grub_xen_mb ();
  if (ring->req_prod - sring->req_event >= ring->req_prod - pushed)
    return;
  if (grub_xen_evtchn_notify (ring->port))
    {
      grub_errno = GRUB_ERR_NONE;
      die (ring, "its event channel is closed");
    }
}

/* For grub_xen_wait: ask for an event with the next response, then look.  */
static int
has_response (void *data)
{
  struct grub_xen_ring *ring = data;
  volatile struct blkif_sring *sring = ring->shared;

  sring->rsp_event = ring->rsp_cons + 1;
  grub_xen_mb ();
  return sring->rsp_prod != ring->rsp_cons;
}

/* Check the response RSP, our own copy.  Returns what is wrong with it, or 0.  */
static const char *
check_response (const struct grub_xen_ring *ring,
		const struct blkif_response *rsp)
{
  if (rsp->id >= GRUB_XEN_RING_ENTRIES)
    return "a response to an unknown request";
  if (!ring->slot[rsp->id].in_flight)
    return "a response to a request that is not in flight";
  if (rsp->operation != ring->slot[rsp->id].operation)
    return "a response to another operation";
  if (rsp->status != BLKIF_RSP_OKAY && rsp->status != BLKIF_RSP_ERROR
      && rsp->status != BLKIF_RSP_EOPNOTSUPP)
    return "a response with an unknown status";
  return 0;
}

static void
finish_slot (struct grub_xen_ring *ring, const struct blkif_response *rsp)
{
  struct grub_xen_ring_slot *slot = &ring->slot[rsp->id];

  slot->in_flight = 0;
  ring->in_flight--;
  if (rsp->status != BLKIF_RSP_OKAY)
    {
      ring->status = rsp->status;
      return;
    }
  if (slot->operation == BLKIF_OP_READ)
    {
      grub_memcpy (slot->dest, slot_page (ring, rsp->id, 0), slot->bytes);
      ring->bytes_read += slot->bytes;
    }
  else if (slot->operation == BLKIF_OP_WRITE)
    ring->bytes_written += slot->bytes;
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
      die (ring, "more responses than requests");
      return;
    }
  grub_xen_rmb ();
  while (ring->rsp_cons != prod)
    {
      volatile struct blkif_response *shared
	= &sring->ring[ring->rsp_cons % GRUB_XEN_RING_ENTRIES].rsp;
      struct blkif_response rsp;
      const char *wrong;

      rsp.id = shared->id;
      rsp.operation = shared->operation;
      rsp.status = shared->status;
      wrong = check_response (ring, &rsp);
      if (wrong)
	{
	  die (ring, wrong);
	  return;
	}
      finish_slot (ring, &rsp);
      ring->rsp_cons++;
    }
}

static grub_err_t
raise_dead (const struct grub_xen_ring *ring)
{
  return grub_error (ring->timed_out ? GRUB_ERR_TIMEOUT : GRUB_ERR_IO,
		     N_("%s is disabled: %s"), ring->name, ring->dead);
}

/* Wait for at least one response and take what is there.  Any answer is
   progress and starts the time anew.  */
static void
collect (struct grub_xen_ring *ring)
{
  if (grub_xen_wait (has_response, ring, ring->port,
		     grub_xen_deadline (GRUB_XEN_IO_TIMEOUT)))
    reap (ring);
  else
    {
      ring->timed_out = 1;
      die (ring, "the backend does not answer");
    }
}

grub_err_t
grub_xen_ring_transfer (struct grub_xen_ring *ring, int write,
			grub_uint64_t sector, grub_size_t bytes, char *buf)
{
  struct transfer t = { write, sector, bytes, buf };

  ring->status = BLKIF_RSP_OKAY;
  while (!ring->dead)
    {
      int id;

      /* After an error the rest need not be asked for, but what is in flight
	 has to come back.  */
      while (t.bytes && ring->status == BLKIF_RSP_OKAY
	     && (id = free_slot (ring)) >= 0)
	submit (ring, &t, id);
      push (ring);
      if (!ring->in_flight)
	break;
      if (!ring->dead)
	collect (ring);
    }
  if (ring->dead)
    return raise_dead (ring);
  if (ring->status == BLKIF_RSP_OKAY)
    return GRUB_ERR_NONE;
  return grub_error (write ? GRUB_ERR_WRITE_ERROR : GRUB_ERR_READ_ERROR,
		     write ? N_("%s: the backend cannot write %llu sectors "
				"at sector %llu (status %d)")
		     : N_("%s: the backend cannot read %llu sectors "
			  "at sector %llu (status %d)"), ring->name,
		     (unsigned long long) bytes >> SECTOR_SHIFT,
		     (unsigned long long) sector, ring->status);
}

grub_err_t
grub_xen_ring_flush (struct grub_xen_ring *ring, grub_uint8_t operation,
		     int *supported)
{
  *supported = 1;
  ring->status = BLKIF_RSP_OKAY;
  if (!ring->dead)
    {
      put_request (ring, 0, operation, 0, 0);
      push (ring);
    }
  while (!ring->dead && ring->in_flight)
    collect (ring);
  if (ring->dead)
    return raise_dead (ring);
  if (ring->status == BLKIF_RSP_EOPNOTSUPP)
    *supported = 0;
  else if (ring->status != BLKIF_RSP_OKAY)
    return grub_error (GRUB_ERR_WRITE_ERROR,
		       N_("%s: the backend cannot flush (status %d)"),
		       ring->name, ring->status);
  return GRUB_ERR_NONE;
}
