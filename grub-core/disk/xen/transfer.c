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

#include <grub/err.h>
#include <grub/i18n.h>
#include <grub/misc.h>
#include <grub/xen/transfer.h>
#include <grub/xen/wait.h>

/* How many sectors are kept ahead: as few at the start of a row of reads, doubled
   with each, and as many at most (32 KiB is what GRUB's cache asks for at a
   time; 1 MiB more than what a backend takes in the time GRUB works on it).  */
#define MIN_WINDOW	(64U << (10 - GRUB_XEN_SECTOR_SHIFT))
#define MAX_WINDOW	(1024U << (10 - GRUB_XEN_SECTOR_SHIFT))

/* What reading ahead leaves to other reads, such as those of a file system's own
   data: slots of this disk's, and pages, which other disks need, too.  */
#define SPARE_SLOTS	4
#define SPARE_PAGES	32

/* No sector.  */
#define NOWHERE		(~(grub_uint64_t) 0)

void
grub_xen_stream_init (struct grub_xen_stream *stream)
{
  stream->end = 0;
  stream->window = 0;
  stream->next = stream->last = NOWHERE;
}

/* The slot of a read, in flight or done, that SECTOR is in, or -1.  *LIMIT is
   lowered to where the next one behind SECTOR begins.  */
static int
look_up (const struct grub_xen_ring *ring, grub_uint64_t sector,
	 grub_uint64_t *limit)
{
  const struct grub_xen_ring_slot *slot;
  int id;

  for (id = 0; id < GRUB_XEN_RING_ENTRIES; id++)
    {
      slot = &ring->slot[id];
      if (slot->state == GRUB_XEN_SLOT_FREE || slot->unwanted
	  || slot->operation != BLKIF_OP_READ)
	continue;
      if (slot->sector <= sector && sector < slot->end)
	return id;
      if (slot->sector > sector && slot->sector < *limit)
	*limit = slot->sector;
    }
  return -1;
}

/* Drop the reads that end before LIMIT or there.  Returns how many pages that
   made free.  */
static unsigned int
drop_reads (struct grub_xen_ring *ring, grub_uint64_t limit)
{
  unsigned int id, before = ring->pool->free;

  for (id = 0; id < GRUB_XEN_RING_ENTRIES; id++)
    if (ring->slot[id].operation == BLKIF_OP_READ
	&& ring->slot[id].end <= limit)
      grub_xen_ring_drop (ring, id);
  return ring->pool->free - before;
}

/* Whether a request ahead leaves enough to others.  */
static int
is_room_ahead (const struct grub_xen_ring *ring)
{
  unsigned int id, free = 0;

  for (id = 0; id < GRUB_XEN_RING_ENTRIES; id++)
    free += (ring->slot[id].state == GRUB_XEN_SLOT_FREE);
  return free > SPARE_SLOTS
    && ring->pool->free > ring->segments + SPARE_PAGES;
}

/* Follow the read of the sectors from SECTOR to END.  Returns up to where is to be
   asked for.  */
static grub_uint64_t
follow (struct grub_xen_stream *stream, grub_uint64_t sector,
	grub_uint64_t end)
{
  grub_uint64_t none = 0;
  unsigned int window = stream->window;

  if (sector == stream->next
      || (window && look_up (&stream->ring, sector, &none) >= 0))
    drop_reads (&stream->ring, sector);
  else if (sector == stream->last)
    {
      /* The second in a row elsewhere: the row is there now.  */
      drop_reads (&stream->ring, NOWHERE);
      window = 0;
    }
  else
    {
      stream->last = end;
      return end;
    }

  window *= 2;
  if (window < end - sector)
    window = end - sector < MAX_WINDOW ? end - sector : MAX_WINDOW;
  if (window < MIN_WINDOW)
    window = MIN_WINDOW;
  if (window > MAX_WINDOW)
    window = MAX_WINDOW;
  stream->window = window;
  stream->next = stream->last = end;
  if (end >= stream->end)
    return end;
  return window < stream->end - end ? end + window : stream->end;
}

/* Ask for what is missing from AT to END, and then to GOAL, as far as there are
   slots and pages.  Returns up to where all is asked for.  */
static grub_uint64_t
ask (struct grub_xen_ring *ring, grub_uint64_t at, grub_uint64_t end,
     grub_uint64_t goal)
{
  while (at < goal)
    {
      grub_uint64_t limit = at < end ? end : goal;
      int id = look_up (ring, at, &limit);

      if (id < 0)
	{
	  if (at >= end && !is_room_ahead (ring))
	    break;
	  id = grub_xen_ring_put (ring, BLKIF_OP_READ, at,
				  (limit - at) << GRUB_XEN_SECTOR_SHIFT);
	  if (id < 0)
	    break;
	  ring->slot[id].ahead = (at >= end);
	}
      at = ring->slot[id].end;
    }
  grub_xen_ring_push (ring);
  return at;
}

/* Up to where all is asked for from AT on.  */
static grub_uint64_t
asked_from (const struct grub_xen_ring *ring, grub_uint64_t at)
{
  grub_uint64_t none = 0;
  int id;

  while ((id = look_up (ring, at, &none)) >= 0)
    at = ring->slot[id].end;
  return at;
}

/* Nothing could be asked for: have pages or slots given back.  Returns 0 if
   there are none.  */
static int
make_room (struct grub_xen_ring *ring)
{
  if (drop_reads (ring, NOWHERE))
    return 1;
  if (!ring->in_flight)
    return 0;
  grub_xen_ring_collect (ring, GRUB_XEN_IO_TIMEOUT);
  return 1;
}

/* A read under way.  */
struct reading
{
  struct grub_xen_stream *stream;
  /* What is still to come for the caller: the sectors from POS to END.  */
  grub_uint64_t pos;
  grub_uint64_t end;
  char *buf;
  /* Up to where is to be asked for, up to where is, and where to ask for more.  */
  grub_uint64_t goal;
  grub_uint64_t asked;
  grub_uint64_t more;
};

/* With half of what is asked for used, ask for more: in few and large pieces, while
   the backend works on the other half.  */
static void
keep_asking (struct reading *r)
{
  if (r->pos < r->more || r->asked >= r->goal)
    return;
  r->asked = ask (&r->stream->ring, r->pos, r->end, r->goal);
  r->more = r->pos + (r->asked - r->pos) / 2;
}

/* Copy what slot ID has for R.  */
static void
use (struct reading *r, int id)
{
  struct grub_xen_ring *ring = &r->stream->ring;
  struct grub_xen_ring_slot *slot = &ring->slot[id];
  grub_uint64_t stop = slot->end < r->end ? slot->end : r->end;
  grub_size_t bytes = (stop - r->pos) << GRUB_XEN_SECTOR_SHIFT;

  grub_xen_pool_copy (ring->pool, slot->data,
		      (r->pos - slot->sector) << GRUB_XEN_SECTOR_SHIFT,
		      r->buf, bytes, 0);
  r->buf += bytes;
  r->pos = stop;
  if (stop == slot->end)
    grub_xen_ring_drop (ring, id);
}

/* Slot ID, which R needs, has an error.  If nobody had asked for it, a request of
   what the caller wants decides; else return 0.  */
static int
ask_again (struct reading *r, int id)
{
  struct grub_xen_ring *ring = &r->stream->ring;

  r->stream->window = 0;
  if (!ring->slot[id].ahead)
    return 0;
  grub_xen_ring_drop (ring, id);
  r->goal = r->end;
  r->more = r->asked = r->pos;
  return 1;
}

/* What next_slot says instead of a slot: there is something new to ask for, or no
   way to ask.  */
#define ASK_AGAIN	(-1)
#define NO_ROOM		(-2)

/* Wait for the slot that R needs next.  */
static int
next_slot (struct reading *r)
{
  struct grub_xen_ring *ring = &r->stream->ring;
  grub_uint64_t none = 0;
  int id = look_up (ring, r->pos, &none);

  if (id < 0)
    {
      r->more = r->asked = r->pos;
      return make_room (ring) ? ASK_AGAIN : NO_ROOM;
    }
  while (ring->slot[id].state == GRUB_XEN_SLOT_IN_FLIGHT && !ring->dead)
    grub_xen_ring_collect (ring, GRUB_XEN_IO_TIMEOUT);
  return ring->dead ? ASK_AGAIN : id;
}

/* Raise the error STATUS of a request for BYTES bytes at SECTOR, after everything in
   flight is back.  BLKIF_RSP_OKAY: it could not be sent.  */
static grub_err_t
raise (struct grub_xen_stream *stream, int write, grub_uint64_t sector,
       grub_size_t bytes, int status)
{
  grub_xen_stream_drain (stream, GRUB_XEN_IO_TIMEOUT);
  if (status == BLKIF_RSP_OKAY)
    return grub_error (GRUB_ERR_OUT_OF_MEMORY,
		       N_("%s: no granted page is free"), stream->ring.name);
  return grub_error (write ? GRUB_ERR_WRITE_ERROR : GRUB_ERR_READ_ERROR,
		     write ? N_("%s: the backend cannot write %llu sectors "
				"at sector %llu (status %d)")
		     : N_("%s: the backend cannot read %llu sectors "
			  "at sector %llu (status %d)"), stream->ring.name,
		     (unsigned long long) bytes >> GRUB_XEN_SECTOR_SHIFT,
		     (unsigned long long) sector, status);
}

grub_err_t
grub_xen_stream_read (struct grub_xen_stream *stream, grub_uint64_t sector,
		      grub_size_t bytes, char *buf)
{
  struct grub_xen_ring *ring = &stream->ring;
  struct reading r;

  r.stream = stream;
  r.pos = r.more = sector;
  r.end = sector + (bytes >> GRUB_XEN_SECTOR_SHIFT);
  r.buf = buf;
  r.goal = follow (stream, sector, r.end);
  r.asked = asked_from (ring, sector);
  if (r.asked - sector > stream->window / 2)
    r.more = r.asked - stream->window / 2;
  while (r.pos < r.end && !ring->dead)
    {
      int id;

      keep_asking (&r);
      id = next_slot (&r);
      if (id == NO_ROOM)
	return raise (stream, 0, sector, bytes, BLKIF_RSP_OKAY);
      if (id == ASK_AGAIN)
	continue;
      if (ring->slot[id].status == BLKIF_RSP_OKAY)
	use (&r, id);
      else if (!ask_again (&r, id))
	return raise (stream, 0, sector, bytes, ring->slot[id].status);
    }
  return ring->dead ? grub_xen_ring_raise (ring) : GRUB_ERR_NONE;
}

/* Send requests for OPERATION on the BYTES bytes (or none) at SECTOR, with their data
   from BUF, and wait for them.  Returns 0 if there was no room for all.  */
static int
change (struct grub_xen_stream *stream, grub_uint8_t operation,
	grub_uint64_t sector, grub_size_t bytes, const char *buf)
{
  struct grub_xen_ring *ring = &stream->ring;
  int id, todo = 1;

  /* What was read ahead may be what is written.  */
  drop_reads (ring, NOWHERE);
  stream->window = 0;
  ring->status = BLKIF_RSP_OKAY;
  while (!ring->dead)
    {
      while (todo && ring->status == BLKIF_RSP_OKAY
	     && (id = grub_xen_ring_put (ring, operation, sector, bytes)) >= 0)
	{
	  struct grub_xen_ring_slot *slot = &ring->slot[id];
	  grub_size_t part
	    = (slot->end - sector) << GRUB_XEN_SECTOR_SHIFT;

	  /* The ring only reads from the buffer of a write.  */
	  if (part)
	    grub_xen_pool_copy (ring->pool, slot->data, 0, (char *) buf, part,
				1);
	  buf = part ? buf + part : buf;
	  bytes -= part;
	  sector = slot->end;
	  todo = bytes != 0;
	}
      grub_xen_ring_push (ring);
      if (!ring->changes
	  && !(todo && ring->status == BLKIF_RSP_OKAY && ring->in_flight))
	break;
      if (!ring->dead)
	grub_xen_ring_collect (ring, GRUB_XEN_IO_TIMEOUT);
    }
  return !todo;
}

grub_err_t
grub_xen_stream_write (struct grub_xen_stream *stream, grub_uint64_t sector,
		       grub_size_t bytes, const char *buf)
{
  const struct grub_xen_ring *ring = &stream->ring;
  int all = change (stream, BLKIF_OP_WRITE, sector, bytes, buf);

  if (ring->dead)
    return grub_xen_ring_raise (ring);
  if (all && ring->status == BLKIF_RSP_OKAY)
    return GRUB_ERR_NONE;
  return raise (stream, 1, sector, bytes, ring->status);
}

grub_err_t
grub_xen_stream_flush (struct grub_xen_stream *stream,
		       grub_uint8_t operation, int *supported)
{
  const struct grub_xen_ring *ring = &stream->ring;

  *supported = 1;
  change (stream, operation, 0, 0, 0);
  if (ring->dead)
    return grub_xen_ring_raise (ring);
  if (ring->status == BLKIF_RSP_EOPNOTSUPP)
    *supported = 0;
  else if (ring->status != BLKIF_RSP_OKAY)
    return grub_error (GRUB_ERR_WRITE_ERROR,
		       N_("%s: the backend cannot flush (status %d)"),
		       ring->name, ring->status);
  return GRUB_ERR_NONE;
}

void
grub_xen_stream_drain (struct grub_xen_stream *stream, unsigned int ms)
{
  struct grub_xen_ring *ring = &stream->ring;

  drop_reads (ring, NOWHERE);
  while (ring->in_flight && !ring->dead)
    grub_xen_ring_collect (ring, ms);
}
