/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ring.c - the hostile backend: requests and responses
   Copyright (C) 2026  The grub-xen-hvm authors  */

#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include "hostile.h"

/* Where the entries begin behind the four indices (xen/io/ring.h).  */
#define HEADER_SIZE	64

/* Offsets from the id (xen/io/blkif.h): a response's operation and status, and
   the fields of a request.  A response starts with its id.  */
#define RSP_OPERATION	8
#define RSP_STATUS	10
#define REQ_SECTOR	8
#define REQ_SEGMENTS	16
#define REQ_HANDLE	16
#define REQ_LISTS	20

volatile uint32_t *
ring_index (struct hostile *h, unsigned int which)
{
  return (volatile uint32_t *) h->ring + which;
}

volatile uint8_t *
ring_entry (struct hostile *h, uint32_t index)
{
  return h->ring + HEADER_SIZE + index % ENTRIES * h->entry_size;
}

int
ring_connect (struct hostile *h, uint32_t ref, uint32_t port, int is_64)
{
  void *ring = xengnttab_map_grant_ref (h->gnttab, h->domid, ref,
					PROT_READ | PROT_WRITE);

  if (!ring)
    return -1;
  h->port = xenevtchn_bind_interdomain (h->evtchn, h->domid, port);
  if (h->port < 0)
    {
      xengnttab_unmap (h->gnttab, ring, 1);
      return -1;
    }
  h->ring_ref = ref;
  h->ring = ring;
  h->id_offset = is_64 ? 8 : 4;
  h->entry_size = is_64 ? 112 : 108;
  h->rsp_prod = h->req_cons = *ring_index (h, RSP_PROD);
  h->mute = 0;
  return 0;
}

void
ring_disconnect (struct hostile *h)
{
  void *ring = (void *) h->ring;

  if (!ring)
    return;
  if (!h->attack || !h->attack->outlasts)
    attack_stop (h);
  h->ring = 0;
  if (h->attack && h->attack->outlasts)
    h->stolen[h->n_stolen++] = ring;
  else
    xengnttab_unmap (h->gnttab, ring, 1);
  data_forget (h);
  if (h->port >= 0)
    xenevtchn_unbind (h->evtchn, h->port);
  h->port = -1;
}

/* Copy COUNT bytes out of the ring, each once.  */
static void
copy_out (void *to, volatile const uint8_t *from, unsigned int count)
{
  uint8_t *out = to;

  while (count--)
    *out++ = *from++;
}

/* The list of an indirect request is in pages that the frontend granted.  */
static int
take_indirect (struct hostile *h, struct request *req,
	       const uint8_t *entry, const uint8_t *from_id)
{
  uint32_t refs[LIST_PAGES];
  uint16_t segments;

  h->indirects++;
  req->op = entry[1];
  memcpy (&segments, entry + 2, 2);
  memcpy (&req->handle, from_id + REQ_HANDLE, 2);
  memcpy (refs, from_id + REQ_LISTS, sizeof (refs));
  req->segments = segments;
  if (segments > MAX_SEGMENTS || segments > h->indirect)
    {
      say (h, "%u segments are too many", segments);
      req->segments = 0;
      return RSP_ERROR;
    }
  return data_list (h, req, refs);
}

static int
take_direct (struct hostile *h, struct request *req, const uint8_t *entry,
	     const uint8_t *from_id)
{
  const uint8_t *seg = from_id + REQ_SEGMENTS;
  unsigned int i;

  req->segments = entry[1];
  memcpy (&req->handle, entry + 2, 2);
  if (req->segments > DIRECT_SEGMENTS)
    {
      say (h, "%u segments are too many", req->segments);
      req->segments = 0;
      return RSP_ERROR;
    }
  for (i = 0; i < req->segments; i++, seg += 8)
    {
      memcpy (&req->segment[i].ref, seg, 4);
      req->segment[i].first = seg[4];
      req->segment[i].last = seg[5];
    }
  return RSP_OKAY;
}

/* Copy the next request out of the ring.  Return its status.  */
static int
take (struct hostile *h, struct request *req)
{
  uint8_t entry[112];
  const uint8_t *from_id = entry + h->id_offset;

  copy_out (entry, ring_entry (h, h->req_cons++), h->entry_size);
  req->sent_op = req->op = entry[0];
  memcpy (&req->id, from_id, 8);
  memcpy (&req->sector, from_id + REQ_SECTOR, 8);
  if (req->op == OP_INDIRECT)
    return take_indirect (h, req, entry, from_id);
  return take_direct (h, req, entry, from_id);
}

void
ring_put (struct hostile *h, uint64_t id, uint8_t op, int status)
{
  volatile uint8_t *entry = ring_entry (h, h->rsp_prod++);

  *(volatile uint32_t *) entry = id;
  *(volatile uint32_t *) (entry + 4) = id >> 32;
  entry[RSP_OPERATION] = op;
  *(volatile int16_t *) (entry + RSP_STATUS) = status;
}

/* Publish the index PROD, and notify the frontend if it asked for that.  */
void
ring_publish (struct hostile *h, uint32_t prod)
{
  uint32_t old = *ring_index (h, RSP_PROD);

  __sync_synchronize ();
  *ring_index (h, RSP_PROD) = prod;
  __sync_synchronize ();
  /* In an attack the frontend is always notified, so it looks at once.  */
  if (h->answers || prod - *ring_index (h, RSP_EVENT) < prod - old)
    xenevtchn_notify (h->evtchn, h->port);
}

void
ring_respond (struct hostile *h, uint64_t id, uint8_t op, int status)
{
  ring_put (h, id, op, status);
  ring_publish (h, h->rsp_prod);
}

/* Take a request from the ring, carry it out, and answer it.  */
static void
serve_one (struct hostile *h)
{
  static struct request req;
  int status = take (h, &req);

  h->requests++;
  if (status == RSP_OKAY)
    status = data_do (h, &req);
  if (status == RSP_ERROR)
    h->bad++;
  if (h->dump)
    spy_look (h, "request");
  if (h->mute)
    return;
  /* Some attacks act only when the frontend connects or closes.  */
  if (h->attack && h->requests >= h->at
      && (h->attack->answer || h->attack->torment || h->attack->tick))
    {
      attack_begin (h);
      h->answers = 1;
      if (h->attack->torment && !h->attack->closed)
	attack_torment (h);
      if (h->attack->answer && h->attack->answer (h, &req, status) == DONE)
	return;
    }
  ring_respond (h, req.id, req.op, status);
}

void
ring_serve (struct hostile *h)
{
  uint32_t prod;

  while (h->ring)
    {
      prod = *ring_index (h, REQ_PROD);
      __sync_synchronize ();
      if (prod - h->req_cons > ENTRIES)
	{
	  /* Some attacks write to the indices themselves.  */
	  if (!h->answers)
	    say (h, "the frontend's index makes no sense");
	  return;
	}
      while (h->ring && h->req_cons != prod)
	serve_one (h);
      if (!h->ring)
	return;
      *ring_index (h, REQ_EVENT) = h->req_cons + 1;
      __sync_synchronize ();
      if (*ring_index (h, REQ_PROD) == h->req_cons)
	return;
    }
}
