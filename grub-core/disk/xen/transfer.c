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

/* The slot of a read, in flight or done, that SECTOR is in, or 0.  *ROOM, a number
   of sectors from there, is lowered to where the next one begins.  */
static struct grub_xen_ring_slot *
look_up (struct grub_xen_ring *ring, grub_uint64_t sector,
	 grub_uint32_t *room)
{
  struct grub_xen_ring_slot *slot;

  for (slot = ring->slot; slot < ring->slot + GRUB_XEN_RING_ENTRIES; slot++)
    {
      if (slot->state == GRUB_XEN_SLOT_FREE || slot->unwanted
	  || slot->operation != BLKIF_OP_READ)
	continue;
      if (sector - slot->sector < slot->sectors)
	return slot;
      if (slot->sector - sector < *room)
	*room = slot->sector - sector;
    }
  return 0;
}

/* Drop the reads that end before LIMIT or there.  Returns how many pages that
   made free.  */
static unsigned int
drop_reads (struct grub_xen_ring *ring, grub_uint64_t limit)
{
  struct grub_xen_ring_slot *slot;
  unsigned int before = ring->pool->free;

  for (slot = ring->slot; slot < ring->slot + GRUB_XEN_RING_ENTRIES; slot++)
    if (slot->operation == BLKIF_OP_READ
	&& slot->sector + slot->sectors <= limit)
      grub_xen_ring_drop (ring, slot);
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

/* Follow the read of COUNT sectors at SECTOR.  Returns how many sectors behind them
   are to be asked for.  */
static grub_uint32_t
follow (struct grub_xen_stream *stream, grub_uint64_t sector,
	grub_uint32_t count)
{
  grub_uint64_t end = sector + count;
  grub_uint32_t window = stream->window, none = 0;

  if (sector == stream->next
      || (window && look_up (&stream->ring, sector, &none)))
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
      return 0;
    }

  window *= 2;
  if (window < count)
    window = count;
  if (window < MIN_WINDOW)
    window = MIN_WINDOW;
  if (window > MAX_WINDOW)
    window = MAX_WINDOW;
  stream->window = window;
  stream->next = stream->last = end;
  if (end >= stream->end)
    return 0;
  return window < stream->end - end ? window : stream->end - end;
}

/* A read under way.  */
struct reading
{
  struct grub_xen_stream *stream;
  /* Where it is, and how many sectors are still to come for the caller.  */
  grub_uint64_t pos;
  grub_uint32_t left;
  char *buf;
  /* How many sectors from POS on are wanted with those ahead, are asked for, and
     are so few that more should be.  */
  grub_uint32_t goal;
  grub_uint32_t asked;
  grub_uint32_t few;
};

/* How many sectors from AT on are asked for without a gap.  */
static grub_uint32_t
count_asked (struct grub_xen_ring *ring, grub_uint64_t at)
{
  const struct grub_xen_ring_slot *slot;
  grub_uint32_t none = 0, count = 0;

  while ((slot = look_up (ring, at + count, &none)))
    count = slot->sector + slot->sectors - at;
  return count;
}

/* Ask for what is missing of what R wants, as far as there are slots and pages.  */
static void
ask (struct reading *r)
{
  struct grub_xen_ring *ring = &r->stream->ring;
  grub_uint32_t at = 0;

  while (at < r->goal)
    {
      int is_ahead = (at >= r->left);
      grub_uint32_t room = (is_ahead ? r->goal : r->left) - at;
      struct grub_xen_ring_slot *slot = look_up (ring, r->pos + at, &room);

      if (!slot)
	{
	  if (is_ahead && !is_room_ahead (ring))
	    break;
	  slot = grub_xen_ring_put (ring, BLKIF_OP_READ, r->pos + at,
				    (grub_size_t) room
				    << GRUB_XEN_SECTOR_SHIFT);
	  if (!slot)
	    break;
	  slot->ahead = is_ahead;
	}
      at = slot->sector + slot->sectors - r->pos;
    }
  grub_xen_ring_push (ring);
  r->asked = at;
  /* With half of that used there is room to go on: in few and large pieces, while
     the backend works on the other half.  */
  r->few = at < r->left ? at / 2 : 0;
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
  grub_xen_ring_collect (ring);
  return 1;
}

/* Copy what SLOT has for R.  */
static void
use (struct reading *r, struct grub_xen_ring_slot *slot)
{
  struct grub_xen_ring *ring = &r->stream->ring;
  grub_uint32_t skip = r->pos - slot->sector;
  grub_uint32_t count = slot->sectors - skip;

  if (count > r->left)
    count = r->left;
  grub_xen_pool_copy (ring->pool, slot->data, skip << GRUB_XEN_SECTOR_SHIFT,
		      r->buf, count << GRUB_XEN_SECTOR_SHIFT, 0);
  r->buf += count << GRUB_XEN_SECTOR_SHIFT;
  r->pos += count;
  r->left -= count;
  r->goal -= count;
  r->asked -= count;
  if (skip + count == slot->sectors)
    grub_xen_ring_drop (ring, slot);
}

/* SLOT, which R needs, has an error.  If nobody had asked for it, a request of what
   the caller wants decides; else return 0.  */
static int
ask_again (struct reading *r, struct grub_xen_ring_slot *slot)
{
  r->stream->window = 0;
  if (!slot->ahead)
    return 0;
  grub_xen_ring_drop (&r->stream->ring, slot);
  r->goal = r->left;
  r->asked = 0;
  return 1;
}

/* Wait for the slot that R needs next.  0: there may be something new to ask for, or
   the ring is dead, or *STUCK is 1: there is no way to ask.  */
static struct grub_xen_ring_slot *
next_slot (struct reading *r, int *stuck)
{
  struct grub_xen_ring *ring = &r->stream->ring;
  grub_uint32_t none = 0;
  struct grub_xen_ring_slot *slot = look_up (ring, r->pos, &none);

  if (!slot)
    {
      r->asked = 0;
      *stuck = !ring->dead && !make_room (ring);
      return 0;
    }
  while (slot->state == GRUB_XEN_SLOT_IN_FLIGHT && !ring->dead)
    grub_xen_ring_collect (ring);
  return ring->dead ? 0 : slot;
}

/* Raise the error STATUS of a request for BYTES bytes at SECTOR, after everything in
   flight is back.  BLKIF_RSP_OKAY: it could not be sent.  */
static grub_err_t
raise (struct grub_xen_stream *stream, int write, grub_uint64_t sector,
       grub_size_t bytes, int status)
{
  struct grub_xen_ring *ring = &stream->ring;

  drop_reads (ring, NOWHERE);
  while (ring->in_flight && !ring->dead)
    grub_xen_ring_collect (ring);
  if (status == BLKIF_RSP_OKAY)
    return grub_error (GRUB_ERR_OUT_OF_MEMORY,
		       N_("%s: no granted page is free"), ring->name);
  return grub_error (write ? GRUB_ERR_WRITE_ERROR : GRUB_ERR_READ_ERROR,
		     N_("%s: the backend cannot %s %u sectors at sector %llu "
			"(status %d)"), ring->name,
		     write ? "write" : "read",
		     (unsigned int) (bytes >> GRUB_XEN_SECTOR_SHIFT),
		     (unsigned long long) sector, status);
}

grub_err_t
grub_xen_stream_read (struct grub_xen_stream *stream, grub_uint64_t sector,
		      grub_size_t bytes, char *buf)
{
  struct grub_xen_ring *ring = &stream->ring;
  grub_uint32_t missing;
  struct reading r;
  int stuck = 0;

  r.stream = stream;
  r.pos = sector;
  r.left = bytes >> GRUB_XEN_SECTOR_SHIFT;
  r.buf = buf;
  r.goal = r.left + follow (stream, sector, r.left);
  r.asked = count_asked (ring, sector);
  /* What lies ahead is kept at a quarter of the window at least.  */
  missing = stream->window - stream->window / 4;
  r.few = r.goal > missing ? r.goal - missing : 0;
  while (r.left && !ring->dead && !stuck)
    {
      struct grub_xen_ring_slot *slot;

      if (r.asked <= r.few && r.asked < r.goal)
	ask (&r);
      slot = next_slot (&r, &stuck);
      if (slot && slot->status == BLKIF_RSP_OKAY)
	use (&r, slot);
      else if (slot && !ask_again (&r, slot))
	return raise (stream, 0, sector, bytes, slot->status);
    }
  if (ring->dead)
    return grub_xen_ring_raise (ring);
  return stuck ? raise (stream, 0, sector, bytes, BLKIF_RSP_OKAY)
    : GRUB_ERR_NONE;
}

/* Send requests for OPERATION on the BYTES bytes (or none) at SECTOR, with their data
   from BUF, and wait for them.  Returns 0 if there was no room for all.  */
static int
change (struct grub_xen_stream *stream, grub_uint8_t operation,
	grub_uint64_t sector, grub_size_t bytes, const char *buf)
{
  struct grub_xen_ring *ring = &stream->ring;
  struct grub_xen_ring_slot *slot;
  int todo = 1;

  /* What was read ahead may be what is written.  */
  drop_reads (ring, NOWHERE);
  stream->window = 0;
  ring->status = BLKIF_RSP_OKAY;
  while (!ring->dead)
    {
      while (todo && ring->status == BLKIF_RSP_OKAY
	     && (slot = grub_xen_ring_put (ring, operation, sector, bytes)))
	{
	  grub_size_t part = slot->sectors << GRUB_XEN_SECTOR_SHIFT;

	  /* The ring only reads from the buffer of a write.  */
	  if (part)
	    grub_xen_pool_copy (ring->pool, slot->data, 0, (char *) buf, part,
				1);
	  buf = part ? buf + part : buf;
	  bytes -= part;
	  sector += slot->sectors;
	  todo = bytes != 0;
	}
      grub_xen_ring_push (ring);
      if (!ring->changes
	  && !(todo && ring->status == BLKIF_RSP_OKAY && ring->in_flight))
	break;
      if (!ring->dead)
	grub_xen_ring_collect (ring);
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

int
grub_xen_stream_drain (struct grub_xen_stream *stream, grub_uint64_t deadline)
{
  struct grub_xen_ring *ring = &stream->ring;

  drop_reads (ring, NOWHERE);
  while (ring->in_flight && !ring->rejected
	 && (!ring->dead || ring->cut_short))
    if (!grub_xen_ring_await (ring, deadline))
      return 0;
  return 1;
}
