/* SPDX-License-Identifier: GPL-3.0-or-later */
/* blkio.c - read, write and flush a connected disk
   Copyright (C) 2026  The grub-xen-hvm authors  */

#include <grub/err.h>
#include <grub/i18n.h>
#include "blkio.h"

/* Slots and pages that readahead leaves to other reads, such as those of a
   file system's metadata.  The slots are those of this disk; other disks use
   the pages, too.  */
#define BLKIO_SPARE_SLOTS 4
#define BLKIO_SPARE_PAGES 32

/* A current read, in absolute sectors of 512 bytes.  */
struct blkio_read
{
  struct grub_xen_ring *ring;
  /* The sectors that the caller still needs, and their destination.  */
  grub_uint64_t pos;
  grub_uint64_t end;
  char *buf;
  /* All sectors from POS up to here are requested.  */
  grub_uint64_t submitted;
  struct grub_xen_readahead_plan plan;
};

/* The slot of a read, in flight or done, that contains SECTOR, or 0.  *LIMIT,
   a later sector, is lowered to the start of the next such slot.  */
static struct grub_xen_ring_slot *
blkio_find (struct grub_xen_ring *ring, grub_uint64_t sector,
	    grub_uint64_t *limit)
{
  struct grub_xen_ring_slot *slot;

  for (slot = ring->slot; slot < ring->slot + GRUB_XEN_RING_ENTRIES; slot++)
    {
      if (slot->state == GRUB_XEN_SLOT_FREE || slot->is_discarded
	  || slot->operation != BLKIF_OP_READ)
	continue;
      if (sector - slot->sector < slot->sectors)
	return slot;
      if (slot->sector > sector && slot->sector < *limit)
	*limit = slot->sector;
    }
  return 0;
}

/* The end of the requested sectors from SECTOR on.  */
static grub_uint64_t
blkio_submitted (struct grub_xen_ring *ring, grub_uint64_t sector)
{
  const struct grub_xen_ring_slot *slot;
  grub_uint64_t limit = sector;

  while ((slot = blkio_find (ring, sector, &limit)) != 0)
    sector = slot->sector + slot->sectors;
  return sector;
}

/* Discard the reads that end at LIMIT or before.  Returns the number of pages
   freed.  */
static unsigned int
blkio_discard (struct grub_xen_ring *ring, grub_uint64_t limit)
{
  struct grub_xen_ring_slot *slot;
  unsigned int before = ring->pool->free;

  for (slot = ring->slot; slot < ring->slot + GRUB_XEN_RING_ENTRIES; slot++)
    if (slot->operation == BLKIF_OP_READ
	&& slot->sector + slot->sectors <= limit)
      grub_xen_ring_discard (ring, slot);
  return ring->pool->free - before;
}

void
grub_xen_blkio_discard (struct grub_xen_blkio *io)
{
  blkio_discard (&io->ring, GRUB_XEN_NOWHERE);
}

/* Whether a readahead request leaves enough slots and pages to others.  */
static int
blkio_can_read_ahead (const struct grub_xen_ring *ring)
{
  unsigned int id, free = 0;

  for (id = 0; id < GRUB_XEN_RING_ENTRIES; id++)
    free += (ring->slot[id].state == GRUB_XEN_SLOT_FREE);
  return free > BLKIO_SPARE_SLOTS
	 && ring->pool->free > ring->segments + BLKIO_SPARE_PAGES;
}

/* Request the sectors of R's plan that are not requested yet, as far as there
   are slots and pages.  */
static void
blkio_submit (struct blkio_read *r)
{
  struct grub_xen_ring *ring = r->ring;
  grub_uint64_t at = r->pos;

  while (at < r->plan.end)
    {
      int is_ahead = at >= r->end;
      grub_uint64_t limit = is_ahead ? r->plan.end : r->end;
      struct grub_xen_ring_slot *slot = blkio_find (ring, at, &limit);

      if (!slot)
	{
	  if (is_ahead && !blkio_can_read_ahead (ring))
	    break;
	  slot = grub_xen_ring_queue (ring, BLKIF_OP_READ, at,
				      (limit - at) << GRUB_XEN_SECTOR_SHIFT);
	  if (!slot)
	    break;
	  slot->is_ahead = is_ahead;
	}
      at = slot->sector + slot->sectors;
    }
  grub_xen_ring_push (ring);
  r->submitted = at;
  /* When half of it is used, request more: in few large requests, while the
     backend works on the other half.  */
  r->plan.low = at < r->end ? (at - r->pos) / 2 : 0;
}

/* Wait until the read in SLOT is done, or the ring is disabled.  */
static void
blkio_wait (struct grub_xen_ring *ring, const struct grub_xen_ring_slot *slot)
{
  while (slot->state == GRUB_XEN_SLOT_IN_FLIGHT
	 && grub_xen_ring_is_open (ring))
    grub_xen_ring_poll (ring);
}

/* Nothing could be requested: reclaim pages or slots.  Returns 0 if there are
   none.  */
static int
blkio_reclaim (struct grub_xen_ring *ring)
{
  if (blkio_discard (ring, GRUB_XEN_NOWHERE))
    return 1;
  if (!ring->in_flight)
    return 0;
  grub_xen_ring_poll (ring);
  return 1;
}

/* Copy SLOT's data for R.  */
static void
blkio_copy (struct blkio_read *r, struct grub_xen_ring_slot *slot)
{
  grub_uint64_t end = slot->sector + slot->sectors;
  grub_size_t bytes;

  if (end > r->end)
    end = r->end;
  bytes = (end - r->pos) << GRUB_XEN_SECTOR_SHIFT;
  grub_xen_pool_copy (r->ring->pool, slot->data,
		      (r->pos - slot->sector) << GRUB_XEN_SECTOR_SHIFT, r->buf,
		      bytes, 0);
  r->buf += bytes;
  r->pos = end;
  if (end == slot->sector + slot->sectors)
    grub_xen_ring_discard (r->ring, slot);
}

/* Raise the error STATUS of a request for BYTES bytes at SECTOR, after all
   requests in flight have ended.  BLKIF_RSP_OKAY: it could not be
   submitted.  */
static grub_err_t
blkio_error (struct grub_xen_ring *ring, int write, grub_uint64_t sector,
	     grub_size_t bytes, int status)
{
  blkio_discard (ring, GRUB_XEN_NOWHERE);
  while (ring->in_flight && grub_xen_ring_is_open (ring))
    grub_xen_ring_poll (ring);
  if (status == BLKIF_RSP_OKAY)
    return grub_error (GRUB_ERR_OUT_OF_MEMORY,
		       N_("%s: no granted page is free"), ring->name);
  return grub_error (write ? GRUB_ERR_WRITE_ERROR : GRUB_ERR_READ_ERROR,
		     N_("%s: the backend cannot %s %u sectors at sector %llu "
			"(status %d)"),
		     ring->name, write ? "write" : "read",
		     (unsigned int) (bytes >> GRUB_XEN_SECTOR_SHIFT),
		     (unsigned long long) sector, status);
}

/* The read in SLOT, which R needs, has failed.  If it was readahead, request
   only the sectors that the caller needs; else return 0.  */
static int
blkio_retry_alone (struct blkio_read *r, struct grub_xen_ring_slot *slot)
{
  if (!slot->is_ahead)
    return 0;
  grub_xen_ring_discard (r->ring, slot);
  r->plan.end = r->end;
  r->submitted = r->pos;
  return 1;
}

grub_err_t
grub_xen_blkio_read (struct grub_xen_blkio *io, grub_uint64_t sector,
		     grub_size_t bytes, char *buf)
{
  struct grub_xen_ring *ring = &io->ring;
  struct blkio_read r = { .ring = ring, .pos = sector, .buf = buf };
  grub_uint32_t count = bytes >> GRUB_XEN_SECTOR_SHIFT;
  struct grub_xen_ring_slot *slot;
  grub_uint64_t limit = GRUB_XEN_NOWHERE;

  r.end = sector + count;
  slot = blkio_find (ring, sector, &limit);
  grub_xen_readahead_next (&io->readahead, sector, count, slot != 0, &r.plan);
  blkio_discard (ring, r.plan.discard);
  r.submitted = blkio_submitted (ring, sector);
  while (r.pos < r.end && grub_xen_ring_is_open (ring))
    {
      if (r.submitted < r.plan.end && r.submitted - r.pos <= r.plan.low)
	blkio_submit (&r);
      slot = blkio_find (ring, r.pos, &limit);
      if (!slot)
	{
	  r.submitted = r.pos;
	  if (grub_xen_ring_is_open (ring) && !blkio_reclaim (ring))
	    return blkio_error (ring, 0, sector, bytes, BLKIF_RSP_OKAY);
	  continue;
	}
      blkio_wait (ring, slot);
      if (!grub_xen_ring_is_open (ring))
	break;
      if (slot->status == BLKIF_RSP_OKAY)
	{
	  blkio_copy (&r, slot);
	  continue;
	}
      grub_xen_readahead_stop (&io->readahead);
      if (!blkio_retry_alone (&r, slot))
	return blkio_error (ring, 0, sector, bytes, slot->status);
    }
  return r.pos < r.end ? grub_xen_ring_error (ring) : GRUB_ERR_NONE;
}

/* Submit requests for OPERATION on the BYTES bytes (which may be 0) at SECTOR,
   with their data from BUF, and wait for them.  Returns 0 if not all could be
   submitted.  */
static int
blkio_change (struct grub_xen_blkio *io, grub_uint8_t operation,
	      grub_uint64_t sector, grub_size_t bytes, const char *buf)
{
  struct grub_xen_ring *ring = &io->ring;
  struct grub_xen_ring_slot *slot;
  int todo = 1;

  /* The write may change sectors of the readahead.  */
  grub_xen_blkio_discard (io);
  grub_xen_readahead_stop (&io->readahead);
  ring->status = BLKIF_RSP_OKAY;
  while (grub_xen_ring_is_open (ring))
    {
      while (todo && ring->status == BLKIF_RSP_OKAY
	     && (slot = grub_xen_ring_queue (ring, operation, sector, bytes)))
	{
	  grub_size_t part = slot->sectors << GRUB_XEN_SECTOR_SHIFT;

	  /* A write does not change the buffer.  */
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
      if (grub_xen_ring_is_open (ring))
	grub_xen_ring_poll (ring);
    }
  return !todo;
}

grub_err_t
grub_xen_blkio_write (struct grub_xen_blkio *io, grub_uint64_t sector,
		      grub_size_t bytes, const char *buf)
{
  struct grub_xen_ring *ring = &io->ring;
  int all = blkio_change (io, BLKIF_OP_WRITE, sector, bytes, buf);

  if (!grub_xen_ring_is_open (ring))
    return grub_xen_ring_error (ring);
  if (all && ring->status == BLKIF_RSP_OKAY)
    return GRUB_ERR_NONE;
  return blkio_error (ring, 1, sector, bytes, ring->status);
}

grub_err_t
grub_xen_blkio_flush (struct grub_xen_blkio *io, grub_uint8_t operation,
		      int *supported)
{
  const struct grub_xen_ring *ring = &io->ring;

  *supported = 1;
  blkio_change (io, operation, 0, 0, 0);
  if (!grub_xen_ring_is_open (ring))
    return grub_xen_ring_error (ring);
  if (ring->status == BLKIF_RSP_EOPNOTSUPP)
    *supported = 0;
  else if (ring->status != BLKIF_RSP_OKAY)
    return grub_error (GRUB_ERR_WRITE_ERROR,
		       N_("%s: the backend cannot flush (status %d)"),
		       ring->name, ring->status);
  return GRUB_ERR_NONE;
}

int
grub_xen_blkio_drain (struct grub_xen_blkio *io, grub_uint64_t deadline)
{
  struct grub_xen_ring *ring = &io->ring;

  grub_xen_blkio_discard (io);
  while (ring->in_flight
	 && (grub_xen_ring_is_open (ring)
	     || ring->state == GRUB_XEN_RING_CUT_SHORT))
    if (!grub_xen_ring_wait (ring, deadline))
      return 0;
  return 1;
}
