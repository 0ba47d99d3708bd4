/* SPDX-License-Identifier: GPL-3.0-or-later */
/* int13_disk.c - the backend of a disk that the INT 13h service uses
   Copyright (C) 2026  The grub-xen-hvm authors  */

#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include "fake_int13.h"

/* The number of sectors stored.  Two sectors whose numbers differ by a
   multiple of it share a place.  */
#define STORED	70001

struct int13_store
{
  unsigned char data[STORED][512];
  /* The number of the sector stored here, plus 1, or 0.  */
  uint64_t which[STORED];
  unsigned int count;
};

static struct int13_store *
make_store (struct int13_store *store)
{
  if (!store)
    store = mmap (0, sizeof (*store), PROT_READ | PROT_WRITE,
		  MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (store == MAP_FAILED)
    {
      perror ("INT 13h: no store");
      abort ();
    }
  if (store->count)
    memset (store->which, 0, sizeof (store->which));
  store->count = 0;
  return store;
}

static volatile struct blkif_sring *
ring_of (const struct int13_disk *disk)
{
  return int13_at (disk->drive->ring);
}

void
int13_disk_begin (struct int13_disk *disk, struct grub_xen_int13_drive *drive)
{
  static struct int13_store *stores[INT13_DISKS];
  unsigned int n = disk - int13.disk;
  volatile struct blkif_sring *ring;

  memset (disk, 0, sizeof (*disk));
  stores[n] = make_store (stores[n]);
  disk->store = stores[n];
  disk->drive = drive;
  disk->sectors = drive->sectors;
  disk->last_id = INT13_ENTRIES - 1;
  ring = ring_of (disk);
  memset ((void *) ring, 0, 4096);
  ring->req_event = 1;
  ring->rsp_event = 1;
}

void
int13_sector (const struct int13_disk *disk, uint64_t sector, void *to)
{
  const struct int13_store *store = disk->store;
  uint64_t words[64];
  unsigned int i;

  if (store->which[sector % STORED] == sector + 1)
    {
      memcpy (to, store->data[sector % STORED], 512);
      return;
    }
  for (i = 0; i < 64; i++)
    words[i] = (sector * 64 + i + disk->drive->handle)
      * 0x9e3779b97f4a7c15ULL;
  memcpy (to, words, 512);
}

static void
write_sector (struct int13_disk *disk, uint64_t sector, const void *from)
{
  struct int13_store *store = disk->store;

  store->which[sector % STORED] = sector + 1;
  memcpy (store->data[sector % STORED], from, 512);
  store->count++;
}

void
int13_forget (struct int13_disk *disk)
{
  disk->asked_start = ~0ULL;
  disk->asked_end = 0;
}

/* The page that DISK's backend maps through REF.  */
static unsigned char *
page_of (const struct int13_disk *disk, grant_ref_t ref)
{
  unsigned int i;

  for (i = 0; i < GRUB_XEN_INT13_PAGES; i++)
    if (disk->drive->refs[i] == ref)
      return int13_at (disk->drive->data + i * 4096);
  int13_complain ("a page that is not granted");
  return int13_at (disk->drive->data);
}

/* Check that no page of RAW belongs to another request.  */
static void
check_pages (const struct int13_disk *disk, const struct blkif_request *raw)
{
  unsigned int i, j, k;

  for (i = 0; i < raw->nr_segments; i++)
    {
      for (j = 0; j < i; j++)
	if (raw->seg[j].gref == raw->seg[i].gref)
	  int13_complain ("a page twice in a request");
      for (k = 0; k < disk->n_pending; k++)
	for (j = 0; j < disk->pending[k].raw.nr_segments; j++)
	  if (disk->pending[k].raw.seg[j].gref == raw->seg[i].gref)
	    int13_complain ("a page that another request uses");
    }
}

/* The number of sectors that RAW reads or writes.  */
static uint32_t
count_sectors (const struct blkif_request *raw)
{
  uint32_t sectors = 0;
  unsigned int i;

  for (i = 0; i < raw->nr_segments; i++)
    {
      const struct blkif_request_segment *seg = &raw->seg[i];

      if (seg->first_sect > seg->last_sect || seg->last_sect > 7)
	int13_complain ("a segment that makes no sense");
      sectors += seg->last_sect - seg->first_sect + 1;
    }
  return sectors;
}

static void
check_request (struct int13_disk *disk, const struct int13_request *req)
{
  const struct blkif_request *raw = &req->raw;
  unsigned int i, unit = disk->drive->unit;

  if (raw->handle != disk->drive->handle)
    int13_complain ("another disk's request");
  for (i = 0; i < disk->n_pending; i++)
    if (disk->pending[i].raw.id == raw->id)
      int13_complain ("an id that is in use");
  if (raw->operation != BLKIF_OP_READ && raw->operation != BLKIF_OP_WRITE)
    {
      if (raw->operation != disk->drive->flush || raw->nr_segments)
	int13_complain ("an operation that is not supported");
      return;
    }
  if (raw->operation == BLKIF_OP_WRITE && disk->drive->readonly)
    int13_complain ("a write to a disk that is read-only");
  if (!req->sectors || raw->sector_number % unit || req->sectors % unit)
    int13_complain ("a request for half a sector");
  if (raw->sector_number >= disk->sectors
      || req->sectors > disk->sectors - raw->sector_number)
    int13_complain ("a request past the disk's end");
  if (raw->sector_number < disk->asked_start)
    disk->asked_start = raw->sector_number;
  if (raw->sector_number + req->sectors > disk->asked_end)
    disk->asked_end = raw->sector_number + req->sectors;
}

/* Take the requests from the ring.  */
static void
take (struct int13_disk *disk)
{
  volatile struct blkif_sring *ring = ring_of (disk);
  uint32_t prod = ring->req_prod;

  if (prod == disk->req_cons)
    return;
  if (prod - disk->req_cons > INT13_ENTRIES - disk->n_pending)
    {
      int13_complain ("a ring that is too full");
      return;
    }
  for (; disk->req_cons != prod; disk->req_cons++)
    {
      struct int13_request *req = &disk->pending[disk->n_pending];

      memcpy (&req->raw, (const void *) &ring->ring[disk->req_cons
						     % INT13_ENTRIES].req,
	      sizeof (req->raw));
      if (req->raw.nr_segments > BLKIF_MAX_SEGMENTS_PER_REQUEST)
	{
	  int13_complain ("too many segments");
	  continue;
	}
      req->sectors = count_sectors (&req->raw);
      check_request (disk, req);
      check_pages (disk, &req->raw);
      disk->n_pending++;
      disk->requests++;
    }
  disk->waited = 0;
  ring->req_event = prod + !disk->watches;
}

/* Do the reads or writes of REQ.  */
static int
move (struct int13_disk *disk, const struct int13_request *req)
{
  uint64_t sector = req->raw.sector_number;
  unsigned int i, j;

  if (disk->bad_sectors && sector < disk->bad_sector + disk->bad_sectors
      && sector + req->sectors > disk->bad_sector)
    return BLKIF_RSP_ERROR;
  for (i = 0; i < req->raw.nr_segments; i++)
    {
      const struct blkif_request_segment *seg = &req->raw.seg[i];
      unsigned char *page = page_of (disk, seg->gref);

      for (j = seg->first_sect; j <= seg->last_sect; j++, sector++)
	if (req->raw.operation == BLKIF_OP_READ)
	  int13_sector (disk, sector, page + j * 512);
	else
	  write_sector (disk, sector, page + j * 512);
    }
  if (!req->sectors)
    disk->flushes++;
  return BLKIF_RSP_OKAY;
}

/* Put FAULT into RSP.  */
static void
spoil (const struct int13_disk *disk, struct blkif_response *rsp,
       enum int13_fault fault)
{
  switch (fault)
    {
    case INT13_ERROR:
      rsp->status = BLKIF_RSP_ERROR;
      break;
    case INT13_NOT_SUPPORTED:
      rsp->status = BLKIF_RSP_EOPNOTSUPP;
      break;
    case INT13_ODD_STATUS:
      rsp->status = 77;
      break;
    case INT13_ID_HUGE:
      rsp->id = 0xfffffff0U;
      break;
    case INT13_ID_HIGH:
      rsp->id |= 1ULL << 32;
      break;
    case INT13_ID_NEXT:
      rsp->id += INT13_ENTRIES;
      break;
    case INT13_ID_LAST:
      rsp->id = disk->last_id;
      break;
    case INT13_ID_UNUSED:
      rsp->id = (rsp->id + 5) % INT13_ENTRIES;
      break;
    case INT13_OPERATION:
      rsp->operation ^= 1;
      break;
    default:
      break;
    }
}

static void
put (struct int13_disk *disk, const struct blkif_response *rsp)
{
  memcpy ((void *) &ring_of (disk)->ring[disk->rsp_prod % INT13_ENTRIES].rsp,
	  rsp, sizeof (*rsp));
  disk->rsp_prod++;
}

/* Answer REQ.  Returns the fault in the response.  */
static enum int13_fault
answer (struct int13_disk *disk, const struct int13_request *req)
{
  enum int13_fault fault = INT13_FINE;
  struct blkif_response rsp;

  if (++disk->responses == disk->fault_at)
    fault = disk->fault;
  if (fault == INT13_SILENT)
    {
      disk->silent = 1;
      return fault;
    }
  memset (&rsp, 0, sizeof (rsp));
  rsp.id = req->raw.id;
  rsp.operation = req->raw.operation;
  if (fault != INT13_ERROR && fault != INT13_NOT_SUPPORTED
      && fault != INT13_ODD_STATUS)
    rsp.status = move (disk, req);
  spoil (disk, &rsp, fault);
  disk->last_id = req->raw.id;
  if (disk->hook)
    disk->hook (disk, &rsp);
  put (disk, &rsp);
  if (fault == INT13_TWICE)
    put (disk, &rsp);
  return fault;
}

/* Make the responses from number BEFORE on visible.  */
static void
push (struct int13_disk *disk, uint32_t before, enum int13_fault fault)
{
  volatile struct blkif_sring *ring = ring_of (disk);
  volatile struct shared_info *shared = int13_at (INT13_SHARED);
  uint32_t prod = disk->rsp_prod;
  evtchn_port_t port = disk->drive->port;

  if (fault == INT13_PROD_FAR)
    prod += 5;
  else if (fault == INT13_PROD_BACK)
    prod -= 3;
  else if (fault == INT13_PROD_HUGE)
    prod += 0x80000000U;
  ring->rsp_prod = prod;
  if (fault != INT13_NO_EVENT && prod - ring->rsp_event < prod - before)
    ((volatile xen_ulong_t *) shared->evtchn_pending)
      [port / (8 * sizeof (xen_ulong_t))]
	|= (xen_ulong_t) 1 << port % (8 * sizeof (xen_ulong_t));
}

void
int13_disk_run (struct int13_disk *disk)
{
  uint32_t before = disk->rsp_prod;
  enum int13_fault fault = INT13_FINE, one;
  unsigned int i, n, delay = disk->delay;

  if (disk->kicked || disk->watches)
    take (disk);
  disk->kicked = 0;
  n = disk->n_pending;
  if (!n || disk->silent)
    return;
  if (disk->delay_at && (disk->requests < disk->delay_at
			 || disk->requests - n >= disk->delay_at))
    delay = 0;
  if (disk->waited++ < delay)
    return;
  while (disk->n_pending)
    {
      i = disk->backwards ? disk->n_pending - 1 : 0;
      one = answer (disk, &disk->pending[i]);
      fault = one ? one : fault;
      if (disk->silent)
	break;
      disk->n_pending--;
      memmove (&disk->pending[i], &disk->pending[i + 1],
	       (disk->n_pending - i) * sizeof (disk->pending[0]));
    }
  push (disk, before, fault);
}
