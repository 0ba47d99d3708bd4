/*
 *  grub-xen-hvm  --  a fake blkback, or QEMU: its end of the ring
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


#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "clock.h"
#include "disk.h"
#include "store.h"
#include "xen.h"

/* What the macros of xen/io/ring.h want.  */
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

static int
complain (struct disk *disk, const char *what)
{
  snprintf (disk->complaint, sizeof (disk->complaint), "%s", what);
  return -1;
}

static void
notified (void *arg)
{
  struct disk *disk = arg;

  clock_at (disk->io_delay, serve, disk);
}

int
disk_ring_connect (struct disk *disk)
{
  const char *protocol = frontend_key (disk, "protocol");
  const char *ref = frontend_key (disk, "ring-ref");
  const char *port = frontend_key (disk, "event-channel");
  struct blkif_sring *shared;

  if (frontend_key (disk, "ring-page-order"))
    return complain (disk, "ring-page-order: then ring-ref0 is wanted");
  if (!ref || !port || !protocol)
    return complain (disk, "a key is missing");
  if (strcmp (protocol, XEN_IO_PROTO_ABI_NATIVE))
    return complain (disk, "another protocol");
  disk->ring_ref = atol (ref);
  disk->port = atol (port);
  shared = xen_map_grant (disk->domid, disk->ring_ref, 1);
  if (!shared)
    {
      disk->ring_ref = 0;
      return complain (disk, "the ring cannot be mapped");
    }
  if (xen_bind (disk->domid, disk->port, notified, disk))
    {
      xen_unmap_grant (disk->ring_ref, 1);
      disk->ring_ref = 0;
      return complain (disk, "the port cannot be bound");
    }
  BACK_RING_INIT (&disk->ring, shared, GRUB_XEN_PAGE_SIZE);
  disk->n_pending = 0;
  disk->dead = 0;
  /* Requests may be there already.  */
  notified (disk);
  return 0;
}

void
disk_ring_disconnect (struct disk *disk)
{
  if (!disk->ring_ref || disk->keeps_ring)
    return;
  while (disk->n_kept && !disk->keeps_pages)
    xen_unmap_grant (disk->kept[--disk->n_kept], 1);
  xen_unmap_grant (disk->ring_ref, 1);
  xen_unbind (disk->port);
  disk->ring_ref = 0;
  disk->ring.sring = 0;
  disk->n_pending = 0;
}

/* Move one segment; returns its bytes, or -1.  */
static long
do_segment (struct disk *disk, const struct blkif_request_segment *seg,
	    int write, uint64_t byte)
{
  unsigned int first = seg->first_sect * 512, bytes;
  char *page;

  if (seg->first_sect > seg->last_sect || seg->last_sect > 7)
    return complain (disk, "a segment's sectors make no sense");
  bytes = (seg->last_sect - seg->first_sect + 1) * 512;
  if (first % disk->sector_size || bytes % disk->sector_size)
    return complain (disk, "a segment is no whole sectors");
  if (byte + bytes > disk->sectors * 512)
    return complain (disk, "a request past the end");
  page = xen_map_grant (disk->domid, seg->gref, !write);
  if (!page)
    return complain (disk, "a page cannot be mapped");
  if (write)
    memcpy (disk->data + byte, page + first, bytes);
  else
    memcpy (page + first, disk->data + byte, bytes);
  if (disk->keeps_pages && disk->n_kept < 64 && !write)
    disk->kept[disk->n_kept++] = seg->gref;
  else
    xen_unmap_grant (seg->gref, !write);
  return bytes;
}

/* Reading or writing; returns the status.  */
static int
do_data (struct disk *disk, const struct blkif_request *req, int write)
{
  uint64_t byte = req->sector_number * 512;
  unsigned int i;

  if (!req->nr_segments
      || req->nr_segments > BLKIF_MAX_SEGMENTS_PER_REQUEST)
    return complain (disk, "the number of segments makes no sense");
  if (byte % disk->sector_size)
    return complain (disk, "a request that begins inside a sector");
  if (write && (disk->info & VDISK_READONLY))
    return complain (disk, "a write to a read-only disk");
  for (i = 0; i < req->nr_segments; i++)
    {
      uint64_t start = byte;
      long done = do_segment (disk, &req->seg[i], write, byte);

      if (done < 0)
	return BLKIF_RSP_ERROR;
      byte += done;
      if (disk->bad_sector >= start / 512 && disk->bad_sector < byte / 512)
	return BLKIF_RSP_ERROR;
    }
  return BLKIF_RSP_OKAY;
}

static int
do_request (struct disk *disk, const struct blkif_request *req)
{
  int status = BLKIF_RSP_ERROR;

  /* Requests have room for the lower half.  */
  if (req->handle != (uint16_t) disk->handle)
    complain (disk, "another disk's handle");
  else if (req->operation == BLKIF_OP_READ)
    {
      disk->reads++;
      status = do_data (disk, req, 0);
    }
  else if (req->operation == BLKIF_OP_WRITE)
    {
      disk->writes++;
      disk->dirty = 1;
      status = do_data (disk, req, 1);
    }
  else if ((req->operation == BLKIF_OP_FLUSH_DISKCACHE && disk->flush)
	   || (req->operation == BLKIF_OP_WRITE_BARRIER && disk->barrier))
    {
      disk->flushes++;
      disk->dirty = 0;
      return BLKIF_RSP_OKAY;
    }
  else
    return BLKIF_RSP_EOPNOTSUPP;
  disk->bad_requests += status != BLKIF_RSP_OKAY;
  return status;
}

static void
take_requests (struct disk *disk)
{
  int more;

  do
    {
      while (RING_HAS_UNCONSUMED_REQUESTS (&disk->ring)
	     && disk->n_pending < 32)
	{
	  disk->pending[disk->n_pending++]
	    = *RING_GET_REQUEST (&disk->ring, disk->ring.req_cons);
	  disk->ring.req_cons++;
	}
      RING_FINAL_CHECK_FOR_REQUESTS (&disk->ring, more);
    }
  while (more && disk->n_pending < 32);
  if (disk->n_pending > disk->most_pending)
    disk->most_pending = disk->n_pending;
}

static void
put_response (struct disk *disk, uint64_t id, uint8_t operation, int status)
{
  struct blkif_response *rsp
    = RING_GET_RESPONSE (&disk->ring, disk->ring.rsp_prod_pvt);

  /* What else is in the slot stays what it was, as with blkback.  */
  rsp->id = id;
  rsp->operation = operation;
  rsp->status = status;
  disk->ring.rsp_prod_pvt++;
}

/* An index that nothing is in flight under.  */
static uint64_t
unused_id (const struct disk *disk, uint64_t id)
{
  uint64_t other;
  unsigned int i;

  for (other = 0;; other++)
    {
      for (i = 0; i < disk->n_pending; i++)
	if (disk->pending[i].id == other)
	  break;
      if (i == disk->n_pending && other != id)
	return other;
    }
}

/* Give the response to REQ as the disk's fault wants it; returns whether the
   frontend is to be told.  */
static int
put_faulty (struct disk *disk, const struct blkif_request *req, int status)
{
  uint64_t id = req->id;
  uint8_t op = req->operation;

  switch (disk->fault)
    {
    case DISK_ERROR:
      put_response (disk, id, op, BLKIF_RSP_ERROR);
      return 1;
    case DISK_NOT_SUPPORTED:
      put_response (disk, id, op, BLKIF_RSP_EOPNOTSUPP);
      return 1;
    case DISK_SILENT:
      disk->dead = 1;
      return 0;
    case DISK_LOST:
      return 0;
    case DISK_NO_EVENT:
      put_response (disk, id, op, status);
      return 0;
    case DISK_ID_HUGE:
      put_response (disk, 0x123456789abcULL, op, status);
      return 1;
    case DISK_ID_UNUSED:
      put_response (disk, unused_id (disk, id), op, status);
      return 1;
    case DISK_TWICE:
      put_response (disk, id, op, status);
      put_response (disk, id, op, status);
      return 1;
    case DISK_OPERATION:
      put_response (disk, id, op ^ 1, status);
      return 1;
    case DISK_STATUS:
      put_response (disk, id, op, 5);
      return 1;
    case DISK_PROD_FAR:
      put_response (disk, id, op, status);
      disk->ring.rsp_prod_pvt += 100;
      return 1;
    case DISK_PROD_BACK:
      disk->ring.rsp_prod_pvt--;
      return 1;
    default:
      put_response (disk, id, op, status);
      return 1;
    }
}

static void
push (struct disk *disk, int tell)
{
  int notify;

  RING_PUSH_RESPONSES_AND_CHECK_NOTIFY (&disk->ring, notify);
  if (tell && (notify || disk->fault_at))
    xen_raise (disk->port);
}

/* Answer one request that is pending.  */
static void
answer_one (struct disk *disk)
{
  unsigned int pick = 0;
  struct blkif_request req;
  int status, tell = 1;

  if (disk->order == DISK_LIFO)
    pick = disk->n_pending - 1;
  else if (disk->order == DISK_SHUFFLED)
    pick = (disk->responses * 7 + 3) % disk->n_pending;
  req = disk->pending[pick];
  disk->n_pending--;
  memmove (&disk->pending[pick], &disk->pending[pick + 1],
	   (disk->n_pending - pick) * sizeof (disk->pending[0]));
  status = do_request (disk, &req);
  if ((disk->fault_operation == 0xff
       || disk->fault_operation == req.operation)
      && ++disk->responses == disk->fault_at)
    tell = put_faulty (disk, &req, status);
  else
    put_response (disk, req.id, req.operation, status);
  push (disk, tell);
}

static void
serve (void *arg)
{
  struct disk *disk = arg;
  unsigned int n = 0;

  if (!disk->ring_ref || !disk->ring.sring || disk->dead)
    return;
  take_requests (disk);
  while (disk->n_pending && !disk->dead
	 && (!disk->batch || n++ < disk->batch))
    answer_one (disk);
  if (disk->n_pending && !disk->dead)
    clock_at (disk->io_delay, serve, disk);
}
