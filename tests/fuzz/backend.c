/* SPDX-License-Identifier: GPL-3.0-or-later */
/* backend.c - a block backend controlled by a fuzz target's input
   Copyright (C) 2026  The grub-xen-hvm authors  */

#include <stdlib.h>
#include <string.h>
#include "backend.h"
#include "clock.h"
#include "xen.h"

/* The limits of the ring, and of the driver's requests.  */
#define ENTRIES		32
#define MAX_SEGMENTS	64

struct request
{
  uint64_t id;
  uint8_t operation;
  uint8_t task;
  uint64_t sector;
  unsigned int n;
  grant_ref_t list;
  struct blkif_request_segment seg[MAX_SEGMENTS];
  char *page[MAX_SEGMENTS];
};

struct backend backend;

static struct
{
  struct fuzz_input *in;
  uint16_t handle;
  struct blkif_sring *ring;
  grant_ref_t ref;
  evtchn_port_t port;
  uint32_t taken;
  uint32_t prod;
  int planned;
  int silent;
  /* The time since the last response.  */
  uint64_t idle;
  struct request request[ENTRIES];
  /* The unanswered requests, in the order of arrival.  */
  uint8_t pending[ENTRIES];
  unsigned int n;
} be;

/* References that are in a request.  */
static uint8_t busy[XEN_REFS];

static void act (void *arg);

static void
plan (uint64_t delay)
{
  if (be.planned)
    return;
  be.planned = 1;
  clock_at (delay, act, &be);
}

static void
notified (void *arg)
{
  (void) arg;
  plan (50 * US);
}

int
backend_begin (struct fuzz_input *in, uint16_t handle, grant_ref_t ref,
	       evtchn_port_t port)
{
  void *ring = be.ring || ref >= XEN_REFS ? 0 : xen_map_grant (0, ref, 1);

  if (!ring)
    return 0;
  if (xen_bind (0, port, notified, &be))
    {
      xen_unmap_grant (ref, 1);
      return 0;
    }
  be.in = in;
  be.handle = handle;
  be.ring = ring;
  be.ref = ref;
  be.port = port;
  be.taken = be.prod = be.planned = be.silent = be.n = be.idle = 0;
  memset (&backend, 0, sizeof (backend));
  backend.honest = 1;
  backend.end = ~0ULL;
  backend.segments = MAX_SEGMENTS;
  plan (50 * US);
  return 1;
}

static void
unmap (struct request *req)
{
  unsigned int i;

  if (req->list)
    xen_unmap_grant (req->list, 0);
  busy[req->list] = 0;
  for (i = 0; i < req->n; i++)
    {
      xen_unmap_grant (req->seg[i].gref, req->task == BLKIF_OP_READ);
      busy[req->seg[i].gref] = 0;
    }
}

void
backend_end (void)
{
  if (!be.ring)
    return;
  while (be.n)
    unmap (&be.request[be.pending[--be.n]]);
  xen_unmap_grant (be.ref, 1);
  xen_unbind (be.port);
  clock_cancel (&be);
  xen.send_rc = 0;
  be.ring = 0;
}

grant_ref_t
backend_ring (void **page)
{
  *page = be.ring;
  return be.ring ? be.ref : 0;
}

uint64_t
backend_sector (uint64_t sector)
{
  if (sector < BACKEND_SECTORS && backend.content[sector])
    return backend.content[sector];
  return (sector + 1) * 0x9e3779b97f4a7c15ULL;
}

/* Check a rule of the frontend.  After the backend has broken the rules, the
   ring may hold anything.  */
static int
check (int ok, const char *what)
{
  if (backend.honest)
    fuzz_check (ok, what);
  return ok;
}

/* Map the page REF for a request; 0 if that is impossible.  */
static void *
map (grant_ref_t ref, int write)
{
  void *page = ref < XEN_REFS && !busy[ref] ? xen_map_grant (0, ref, write) : 0;

  check (page != 0, "a page is not granted, or is in another request");
  if (page)
    busy[ref] = 1;
  return page;
}

/* Fill in REQ's segments as far as they are valid.  */
static unsigned int
read_segments (const struct blkif_request *raw, struct request *req)
{
  const struct blkif_request_indirect *indirect = (const void *) raw;
  unsigned int n = raw->nr_segments;
  const void *list = raw->seg;

  if (req->operation == BLKIF_OP_INDIRECT)
    {
      n = indirect->nr_segments;
      list = map (indirect->indirect_grefs[0], 0);
      req->list = list ? indirect->indirect_grefs[0] : 0;
      if (!check (n && n <= backend.segments && n <= MAX_SEGMENTS && list
		  && backend.segments > BLKIF_MAX_SEGMENTS_PER_REQUEST,
		  "an indirect request makes no sense"))
	return 0;
    }
  else if (req->task != BLKIF_OP_READ && req->task != BLKIF_OP_WRITE)
    return 0;
  else if (!check (n && n <= BLKIF_MAX_SEGMENTS_PER_REQUEST,
		   "the number of segments makes no sense"))
    return 0;
  memcpy (req->seg, list, n * sizeof (req->seg[0]));
  return n;
}

static void
read_request (const struct blkif_request *raw, struct request *req)
{
  const struct blkif_request_indirect *indirect = (const void *) raw;
  int is_indirect = raw->operation == BLKIF_OP_INDIRECT;
  unsigned int n, i;
  uint64_t end;

  req->id = is_indirect ? indirect->id : raw->id;
  req->operation = raw->operation;
  req->task = is_indirect ? indirect->indirect_op : raw->operation;
  req->sector = end = is_indirect ? indirect->sector_number
    : raw->sector_number;
  req->n = 0;
  req->list = 0;
  check ((is_indirect ? indirect->handle : raw->handle) == be.handle,
	 "another disk's request");
  n = read_segments (raw, req);
  for (i = 0; i < n; i++)
    {
      struct blkif_request_segment *seg = &req->seg[i];

      if (!check (seg->first_sect <= seg->last_sect && seg->last_sect <= 7,
		  "a segment makes no sense"))
	break;
      end += seg->last_sect - seg->first_sect + 1;
      req->page[i] = map (seg->gref, req->task == BLKIF_OP_READ);
      if (!req->page[i])
	break;
      req->n++;
    }
  check (end <= backend.end, "a request past the end");
}

static void
take (void)
{
  uint32_t n = be.ring->req_prod - be.taken;

  check (n <= ENTRIES - be.n, "more requests than there is room for");
  for (; n && be.n < ENTRIES; n--)
    {
      struct blkif_request raw = be.ring->ring[be.taken % ENTRIES].req;
      uint32_t used = 0;
      unsigned int i, place;

      for (i = 0; i < be.n; i++)
	used |= 1U << be.pending[i];
      place = __builtin_ctz (~used);
      be.taken++;
      be.pending[be.n++] = place;
      read_request (&raw, &be.request[place]);
    }
  be.ring->req_event = be.taken + 1;
}

/* Do the reads or writes of REQ.  */
static void
do_request (struct request *req)
{
  uint64_t sector = req->sector;
  unsigned int i, j;

  for (i = 0; i < req->n; i++)
    for (j = req->seg[i].first_sect; j <= req->seg[i].last_sect; j++)
      {
	char *at = req->page[i] + j * 512;
	uint64_t value = backend_sector (sector);

	if (req->task == BLKIF_OP_READ)
	  memcpy (at, &value, 8);
	else if (sector < BACKEND_SECTORS)
	  memcpy (&backend.content[sector], at, 8);
	sector++;
      }
}

static void
note_failure (const struct request *req)
{
  uint64_t sector = req->sector;
  unsigned int i;

  for (i = 0; i < req->n * 8 && sector + i < BACKEND_SECTORS; i++)
    backend.failed[sector + i] = 1;
}

/* Make the responses from OLD on visible, with an event if GRUB asked for
   one.  */
static void
push (uint32_t old)
{
  be.ring->rsp_prod = be.prod;
  if (be.prod - be.ring->rsp_event < be.prod - old)
    xen_raise (be.port);
}

static void
respond (uint64_t id, uint8_t operation, int16_t status)
{
  struct blkif_response *rsp = &be.ring->ring[be.prod++ % ENTRIES].rsp;

  rsp->id = id;
  rsp->operation = operation;
  rsp->status = status;
  be.idle = 0;
}

/* Answer pending request number AT with STATUS.  */
static void
answer (unsigned int at, int status)
{
  struct request *req = &be.request[be.pending[at]];

  if (status == BLKIF_RSP_OKAY)
    do_request (req);
  else
    note_failure (req);
  unmap (req);
  be.n--;
  memmove (&be.pending[at], &be.pending[at + 1], be.n - at);
  /* For an indirect request the response has the operation that it
     contains.  */
  respond (req->id, req->task, status);
}

static void
answer_well (unsigned int n, int newest)
{
  uint32_t old = be.prod;

  if (!n || n > be.n)
    n = be.n;
  while (n--)
    answer (newest ? be.n - 1 : 0, BLKIF_RSP_OKAY);
  push (old);
}

static void
scribble (void)
{
  unsigned int at = fuzz_byte (be.in) << 8, n;

  at = (at | fuzz_byte (be.in)) % GRUB_XEN_FRAME_SIZE;
  n = fuzz_byte (be.in);
  if (n > GRUB_XEN_FRAME_SIZE - at)
    n = GRUB_XEN_FRAME_SIZE - at;
  fuzz_bytes (be.in, (char *) be.ring + at, n);
}

/* Put a wrong response to the oldest request, or without a request.  */
static void
respond_badly (unsigned int how)
{
  const struct request *req = &be.request[be.pending[0]];
  uint32_t id;
  uint8_t op;

  if (how == BREAK_RESPONSE || !be.n)
    {
      id = fuzz_word (be.in);
      op = fuzz_byte (be.in);
      respond (id, op, (int8_t) fuzz_byte (be.in));
    }
  else if (how == BREAK_OTHER_OPERATION)
    respond (req->id, BLKIF_OP_INDIRECT, BLKIF_RSP_OKAY);
  else if (how == BREAK_HIGH_ID)
    respond (req->id | 1ULL << 32, req->task, BLKIF_RSP_OKAY);
  else
    {
      respond (req->id, req->task, BLKIF_RSP_OKAY);
      respond (req->id, req->task, BLKIF_RSP_OKAY);
    }
}

static void
scribble_pages (void)
{
  uint8_t byte = fuzz_byte (be.in);
  unsigned int i, j;

  for (i = 0; i < be.n; i++)
    for (j = 0; j < be.request[be.pending[i]].n; j++)
      if (be.request[be.pending[i]].task == BLKIF_OP_READ)
	memset (be.request[be.pending[i]].page[j], byte, 64);
}

static void
break_rules (unsigned int how)
{
  backend.honest = 0;
  switch (how)
    {
    case BREAK_PROD:
      be.prod += fuzz_word (be.in);
      break;
    case BREAK_RING:
      scribble ();
      return;
    case BREAK_PAGES:
      scribble_pages ();
      return;
    case BREAK_SILENCE:
      be.silent = 1;
      return;
    case BREAK_STALE:
      be.prod++;
      break;
    case BREAK_CHANNEL:
      xen.send_rc = -XEN_EINVAL;
      return;
    case BREAK_REQ_EVENT:
      be.ring->req_event = be.taken - 1;
      be.silent = fuzz_byte (be.in) & 1;
      return;
    default:
      respond_badly (how);
      break;
    }
  be.ring->rsp_prod = be.prod;
  xen_raise (be.port);
}

static void
fail_oldest (int not_supported)
{
  uint32_t old = be.prod;

  if (!be.n)
    return;
  /* A backend that offers indirect requests supports them.  */
  if (not_supported
      && be.request[be.pending[0]].operation == BLKIF_OP_INDIRECT)
    backend.honest = 0;
  answer (0, not_supported ? BLKIF_RSP_EOPNOTSUPP : BLKIF_RSP_ERROR);
  push (old);
}

static void
act (void *arg)
{
  uint8_t byte = BACKEND_OLDEST, p;

  (void) arg;
  be.planned = 0;
  if (be.silent)
    return;
  take ();
  if (be.in && be.in->size)
    byte = fuzz_byte (be.in);
  p = byte >> 3;
  switch (byte % BACKEND_KINDS)
    {
    case BACKEND_FAIL:
      fail_oldest (p & 1);
      break;
    case BACKEND_QUIET:
      if (be.n)
	answer (0, BLKIF_RSP_OKAY);
      be.ring->rsp_prod = be.prod;
      break;
    case BACKEND_WAIT:
      be.idle += p * 100 * MS;
      /* The driver's wait is limited.  */
      if (be.idle > 20 * SECOND)
	backend.honest = 0;
      plan (p * 100 * MS);
      return;
    case BACKEND_BREAK:
      if (p < BREAKS)
	{
	  break_rules (p);
	  break;
	}
      /* FALLTHROUGH */
    default:
      answer_well (p, byte % BACKEND_KINDS == BACKEND_NEWEST);
      break;
    }
  if (be.n || (be.in && be.in->size))
    plan (50 * US);
}
