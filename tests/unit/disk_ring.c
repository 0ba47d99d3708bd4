/* SPDX-License-Identifier: GPL-3.0-or-later */
/* disk_ring.c - a fake blkback, or QEMU: its end of the ring
   Copyright (C) 2026  The grub-xen-hvm authors  */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "clock.h"
#include "disk.h"
#include "store.h"
#include "xen.h"

/* Needed by the macros of xen/io/ring.h.  */
#define xen_mb()	__sync_synchronize ()
#define xen_rmb()	__sync_synchronize ()
#define xen_wmb()	__sync_synchronize ()

static void serve (void *arg);

static const char *
frontend_key (const struct disk *disk, const char *name)
{
  char path[256];

  snprintf (path, sizeof (path), "%s/%s", disk->fe, name);
  return tree_get (path);
}

/* Run `serve' after the backend's delay.  */
static void
plan (struct disk *disk)
{
  clock_at (disk->io_delay + disk_random (&disk->seed, disk->jitter), serve,
	    disk);
}

static void
notified (void *arg)
{
  struct disk *disk = arg;

  disk->notifications++;
  plan (disk);
}

/* Prepare for a new connection.  */
static void
begin (struct disk *disk)
{
  const char *persistent = frontend_key (disk, "feature-persistent");

  if (!disk->requests)
    disk->requests = malloc (DISK_ENTRIES * sizeof (disk->requests[0]));
  if (!disk->requests)
    abort ();
  disk->n_pending = 0;
  disk->dead = 0;
  disk->stopped = 0;
  disk->keeping = disk->persistent && persistent && !strcmp (persistent, "1");
  disk_data_begin (disk);
}

int
disk_ring_connect (struct disk *disk)
{
  const char *protocol = frontend_key (disk, "protocol");
  const char *ref = frontend_key (disk, "ring-ref");
  const char *port = frontend_key (disk, "event-channel");
  struct blkif_sring *shared;

  if (frontend_key (disk, "ring-page-order"))
    return disk_complain (disk, "ring-page-order: then ring-ref0 is wanted");
  if (!ref || !port || !protocol)
    return disk_complain (disk, "a key is missing");
  if (strcmp (protocol, XEN_IO_PROTO_ABI_NATIVE))
    return disk_complain (disk, "another protocol");
  disk->ring_ref = atol (ref);
  disk->port = atol (port);
  shared = xen_map_grant (disk->domid, disk->ring_ref, 1);
  if (!shared)
    {
      disk->ring_ref = 0;
      return disk_complain (disk, "the ring cannot be mapped");
    }
  if (xen_bind (disk->domid, disk->port, notified, disk))
    {
      xen_unmap_grant (disk->ring_ref, 1);
      disk->ring_ref = 0;
      return disk_complain (disk, "the port cannot be bound");
    }
  BACK_RING_INIT (&disk->ring, shared, GRUB_XEN_FRAME_SIZE);
  begin (disk);
  /* The frontend may have put requests there before the backend connected.  */
  plan (disk);
  return 0;
}

/* Whether the port is still the one that the backend bound: GRUB may have
   closed it, and another user may have its number.  */
static int
has_port (const struct disk *disk)
{
  return xen.ports[disk->port].arg == disk;
}

void
disk_ring_kill (struct disk *disk)
{
  if (!disk->ring_ref || disk->keeps_ring)
    return;
  while (disk->n_pending)
    disk_data_unmap (disk, &disk->requests[disk->pending[--disk->n_pending]]);
  disk_data_end (disk);
  xen_unmap_grant (disk->ring_ref, 1);
  if (has_port (disk))
    xen_unbind (disk->port);
  disk->ring_ref = 0;
  disk->ring.sring = 0;
}

/* Like blkback's xen_blkif_disconnect.  */
int
disk_ring_disconnect (struct disk *disk)
{
  disk->stopped = 1;
  if (disk->ring_ref && disk->n_pending)
    return -1;
  disk_ring_kill (disk);
  return 0;
}

void
disk_ring_renew (struct disk *disk)
{
  disk_data_renew (disk);
  disk->n_pending = 0;
  disk->ring_ref = 0;
  disk->ring.sring = 0;
}

/* Do the request REQ, whose form has been checked.  */
static int
do_request (struct disk *disk, struct disk_request *req)
{
  int status;

  if ((req->task == BLKIF_OP_FLUSH_DISKCACHE && disk->flush)
      || (req->task == BLKIF_OP_WRITE_BARRIER && disk->barrier))
    {
      disk->flushes++;
      disk->dirty = 0;
      return req->status;
    }
  if (req->task != BLKIF_OP_READ && req->task != BLKIF_OP_WRITE)
    return req->status != BLKIF_RSP_OKAY ? req->status : BLKIF_RSP_EOPNOTSUPP;
  if (req->task == BLKIF_OP_READ)
    disk->reads++;
  else
    {
      disk->writes++;
      disk->dirty = 1;
    }
  status = disk_data_do (disk, req);
  disk->bad_requests += status != BLKIF_RSP_OKAY;
  return status;
}

/* A free place for a request: there are as many as the ring has entries.  */
static unsigned int
free_place (const struct disk *disk)
{
  unsigned int place, i;

  for (place = 0;; place++)
    {
      for (i = 0; i < disk->n_pending && disk->pending[i] != place; i++);
      if (i == disk->n_pending)
	return place;
    }
}

static void
take_requests (struct disk *disk)
{
  int more;

  do
    {
      while (RING_HAS_UNCONSUMED_REQUESTS (&disk->ring)
	     && disk->n_pending < DISK_ENTRIES)
	{
	  struct blkif_request raw
	    = *RING_GET_REQUEST (&disk->ring, disk->ring.req_cons);
	  unsigned int place = free_place (disk);

	  disk->ring.req_cons++;
	  disk->pending[disk->n_pending++] = place;
	  disk_data_map (disk, &raw, &disk->requests[place]);
	}
      RING_FINAL_CHECK_FOR_REQUESTS (&disk->ring, more);
    }
  while (more && disk->n_pending < DISK_ENTRIES);
  if (disk->n_pending > disk->most_pending)
    disk->most_pending = disk->n_pending;
}

/* For an indirect request OPERATION is the operation that it contains.  */
void
disk_ring_respond (struct disk *disk, uint64_t id, uint8_t operation,
		   int status)
{
  struct blkif_response *rsp
    = RING_GET_RESPONSE (&disk->ring, disk->ring.rsp_prod_pvt);

  /* The rest of the slot keeps its old contents, as with blkback.  */
  rsp->id = id;
  rsp->operation = operation;
  rsp->status = status;
  disk->ring.rsp_prod_pvt++;
}

/* An id that no request in flight uses.  */
static uint64_t
unused_id (const struct disk *disk, uint64_t id)
{
  uint64_t other;
  unsigned int i;

  for (other = 0;; other++)
    {
      for (i = 0; i < disk->n_pending; i++)
	if (disk->requests[disk->pending[i]].id == other)
	  break;
      if (i == disk->n_pending && other != id)
	return other;
    }
}

/* Put the response to REQ with the disk's fault.  Returns whether the frontend
   gets an event.  */
static int
put_faulty (struct disk *disk, struct disk_request *req, int status)
{
  uint64_t id = req->id;
  uint8_t op = req->task;

  switch (disk->fault)
    {
    case DISK_SILENT:
      disk->dead = 1;
      /* FALLTHROUGH */
    case DISK_LOST:
      req->lost = 1;
      return 0;
    case DISK_HOOK:
      return disk->hook (disk, req, status);
    case DISK_PROD_BACK:
      disk->ring.rsp_prod_pvt--;
      return 1;
    case DISK_TWICE:
      disk_ring_respond (disk, id, op, status);
      break;
    case DISK_ERROR:
      status = BLKIF_RSP_ERROR;
      break;
    case DISK_NOT_SUPPORTED:
      status = BLKIF_RSP_EOPNOTSUPP;
      break;
    case DISK_ID_HUGE:
      id = 0x123456789abcULL;
      break;
    case DISK_ID_UNUSED:
      id = unused_id (disk, id);
      break;
    case DISK_OPERATION:
      op ^= 1;
      break;
    case DISK_STATUS:
      status = 5;
      break;
    default:
      break;
    }
  disk_ring_respond (disk, id, op, status);
  if (disk->fault == DISK_PROD_FAR)
    disk->ring.rsp_prod_pvt += 100;
  return disk->fault != DISK_NO_EVENT;
}

void
disk_ring_push (struct disk *disk, int always)
{
  int notify;

  if (!disk->ring.sring)
    return;
  RING_PUSH_RESPONSES_AND_CHECK_NOTIFY (&disk->ring, notify);
  if (!notify && !always)
    return;
  disk->events++;
  if (has_port (disk))
    xen_raise (disk->port);
}

/* The data goes to the present owner of the pages, and the responses to the
   present owner of the ring.  */
void
disk_ring_unstick (struct disk *disk)
{
  while (disk->n_pending)
    {
      struct disk_request *req
	= &disk->requests[disk->pending[--disk->n_pending]];
      int status = do_request (disk, req);

      disk_data_unmap (disk, req);
      if (disk->ring.sring)
	disk_ring_respond (disk, req->id, req->task, status);
    }
  if (disk->ring.sring)
    disk_ring_push (disk, 0);
  disk->dead = 0;
}

/* The index of the next pending request to answer, -1: none.  */
static int
pick (struct disk *disk)
{
  unsigned int left = 0, i, n;

  for (i = 0; i < disk->n_pending; i++)
    left += !disk->requests[disk->pending[i]].lost;
  if (!left)
    return -1;
  n = disk->order == DISK_FIFO ? 0 : disk->order == DISK_LIFO ? left - 1
    : disk_random (&disk->seed, left);
  for (i = 0;; i++)
    if (!disk->requests[disk->pending[i]].lost && !n--)
      return i;
}

/* Answer pending request number AT.  */
static void
answer_one (struct disk *disk, unsigned int at)
{
  unsigned int place = disk->pending[at];
  struct disk_request *req = &disk->requests[place];
  int status, faulty, tell = 1;

  status = do_request (disk, req);
  faulty = (disk->fault_operation == 0xff
	    || disk->fault_operation == req->operation)
    && ++disk->responses == disk->fault_at;
  if (faulty)
    tell = put_faulty (disk, req, status);
  /* The hook may have disconnected the ring.  */
  if (!disk->ring.sring)
    return;
  if (!req->lost)
    {
      /* A backend unmaps before it answers.  */
      disk_data_unmap (disk, req);
      disk->n_pending--;
      memmove (&disk->pending[at], &disk->pending[at + 1],
	       disk->n_pending - at);
    }
  if (!faulty)
    disk_ring_respond (disk, req->id, req->task, status);
  if (tell || !faulty)
    disk_ring_push (disk, faulty);
  else
    RING_PUSH_RESPONSES (&disk->ring);
}

static void
serve (void *arg)
{
  struct disk *disk = arg;
  unsigned int n = 0, limit = disk->batch;
  int at;

  if (!disk->ring_ref || !disk->ring.sring || disk->dead)
    return;
  if (disk->jitter && limit)
    limit = 1 + disk_random (&disk->seed, limit);
  if (!disk->stopped)
    take_requests (disk);
  if (disk->n_pending && xen_pass (XEN_EVENT))
    return;
  while (!disk->dead && (!limit || n++ < limit) && disk->ring.sring
	 && (at = pick (disk)) >= 0)
    {
      answer_one (disk, at);
      if (xen_pass (XEN_EVENT))
	return;
    }
  if (disk->ring.sring && !disk->dead && pick (disk) >= 0)
    plan (disk);
}
