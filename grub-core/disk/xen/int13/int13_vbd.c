/* SPDX-License-Identifier: GPL-3.0-or-later */
/* int13_vbd.c - the INT 13h service: sectors to and from a backend
   Copyright (C) 2026  The grub-xen-hvm authors  */

#include <grub/xen/abi.h>
#include "int13.h"

/* The time limit for a backend's answer, and the longest sleep, in
   nanoseconds. The BIOS's timer ticks every 55 ms.  */
#define PATIENCE	20000000000ULL
#define NAP		10000000

/* Entries of a one-page ring (xen/io/ring.h), and sectors in a page.  */
#define ENTRIES		32
#define PAGE_SECTORS (GRUB_XEN_FRAME_SIZE / 512)

struct grub_xen_int13 grub_xen_int13;

static long
int13_vbd_call (unsigned int nr, unsigned long command, void *arg)
{
  return grub_xen_int13_hypercall (grub_xen_int13.hypercall_page, nr, command,
				   (grub_addr_t) arg + grub_xen_int13.base);
}

static volatile struct shared_info *
int13_vbd_shared_info (void)
{
  return grub_xen_int13_at (grub_xen_int13.shared);
}

/* Nanoseconds of Xen's system time, the clock of SCHEDOP_poll.  0:
   unknown.  */
static grub_uint64_t
int13_vbd_system_time (void)
{
  struct xen_hvm_get_time time;

  time.now = 0;
  int13_vbd_call (__HYPERVISOR_hvm_op, HVMOP_get_time, &time);
  return time.now;
}

static volatile struct blkif_sring *
int13_vbd_ring_of (const struct grub_xen_int13_drive *drive)
{
  return grub_xen_int13_at (drive->ring);
}

/* Put a request for PAGES pages of data, from number FIRST on, into the
   ring: SECTORS sectors from SECTOR on.  */
static void
int13_vbd_queue (struct grub_xen_int13_drive *drive, grub_uint64_t sector,
		 unsigned int first, unsigned int sectors)
{
  volatile struct blkif_request *req
    = &int13_vbd_ring_of (drive)->ring[drive->req_prod % ENTRIES].req;
  unsigned int i, id = drive->req_prod % ENTRIES;

  req->operation = drive->operation;
  req->handle = drive->handle;
  req->id = id;
  req->sector_number = sector;
  for (i = 0; sectors; i++)
    {
      unsigned int part = sectors < PAGE_SECTORS ? sectors : PAGE_SECTORS;

      req->seg[i].gref = drive->refs[first + i];
      req->seg[i].first_sect = 0;
      req->seg[i].last_sect = part - 1;
      sectors -= part;
    }
  req->nr_segments = i;
  drive->in_flight |= 1U << id;
  drive->pending++;
  drive->req_prod++;
}

/* Submit requests for OPERATION with SECTORS sectors, at most as many as fit
   into the pages, from SECTOR on.  */
static void
int13_vbd_submit (struct grub_xen_int13_drive *drive, grub_uint8_t operation,
		  grub_uint64_t sector, unsigned int sectors)
{
  const unsigned int most = BLKIF_MAX_SEGMENTS_PER_REQUEST * PAGE_SECTORS;
  volatile struct blkif_sring *ring = int13_vbd_ring_of (drive);
  grub_uint32_t before = drive->req_prod;
  struct evtchn_send send;
  unsigned int first = 0;

  drive->operation = operation;
  drive->failed = 0;
  do
    {
      unsigned int part = sectors < most ? sectors : most;

      int13_vbd_queue (drive, sector, first, part);
      sector += part;
      sectors -= part;
      first += BLKIF_MAX_SEGMENTS_PER_REQUEST;
    }
  while (sectors);
  grub_xen_wmb ();
  ring->req_prod = drive->req_prod;
  grub_xen_mb ();
  if (drive->req_prod - ring->req_event >= drive->req_prod - before)
    return;
  send.port = drive->port;
  int13_vbd_call (__HYPERVISOR_event_channel_op, EVTCHNOP_send, &send);
}

/* Handle a response, of which ID, OPERATION and STATUS are copies.  Returns 0
   if no such request is in flight.  */
static int
int13_vbd_take (struct grub_xen_int13_drive *drive, grub_uint64_t id,
		grub_uint8_t operation, grub_int16_t status)
{
  if (id >= ENTRIES || !(drive->in_flight & (1U << id))
      || operation != drive->operation)
    return 0;
  drive->in_flight &= ~(1U << id);
  drive->pending--;
  /* A backend may report only now that it does not support flushes.  */
  if (status == BLKIF_RSP_EOPNOTSUPP && operation != BLKIF_OP_READ
      && operation == drive->flush)
    drive->flush = 0;
  else if (status != BLKIF_RSP_OKAY)
    drive->failed = 1;
  return 1;
}

/* Handle all responses in the ring.  The backend can change them and their
   index at any time, so read each only once.  */
static void
int13_vbd_reap (struct grub_xen_int13_drive *drive)
{
  volatile struct blkif_sring *ring = int13_vbd_ring_of (drive);
  grub_uint32_t prod;

  ring->rsp_event = drive->rsp_cons + drive->pending;
  grub_xen_mb ();
  prod = ring->rsp_prod;
  if (prod - drive->rsp_cons > drive->pending)
    drive->dead = GRUB_XEN_INT13_CONTROLLER;
  grub_xen_rmb ();
  while (!drive->dead && drive->rsp_cons != prod)
    {
      volatile struct blkif_response *rsp
	= &ring->ring[drive->rsp_cons % ENTRIES].rsp;

      if (!int13_vbd_take (drive, rsp->id, rsp->operation, rsp->status))
	drive->dead = GRUB_XEN_INT13_CONTROLLER;
      drive->rsp_cons++;
    }
}

/* Sleep until the backend notifies DRIVE's port, or for a short time.  A timer
   interrupt that is pending while interrupts are off would keep the processor
   awake.  */
static void
int13_vbd_sleep (struct grub_xen_int13_drive *drive, grub_uint64_t now)
{
  evtchn_port_t port = drive->port;
  struct sched_poll poll;
  int was_masked = grub_xen_int13_mask_timer (1);

  /* Xen wants a linear address.  */
  set_xen_guest_handle (poll.ports, (evtchn_port_t *)
			((grub_addr_t) &port + grub_xen_int13.base));
  poll.nr_ports = 1;
  poll.timeout = now + NAP;
  int13_vbd_call (__HYPERVISOR_sched_op, SCHEDOP_poll, &poll);
  if (!was_masked)
    grub_xen_int13_mask_timer (0);
}

/* The shared info page is no longer mapped.  Returns nonzero if the guest was
   restored, and DRIVE's port is no longer connected.  Otherwise another
   program with a driver for Xen's devices has moved and unmapped the page
   (iPXE unmaps it when it ends): map it again, because the ring and the grants
   are still valid.  */
static int
int13_vbd_is_restored (const struct grub_xen_int13_drive *drive)
{
  struct evtchn_status status;
  struct xen_add_to_physmap map;

  status.dom = DOMID_SELF;
  status.port = drive->port;
  if (int13_vbd_call (__HYPERVISOR_event_channel_op, EVTCHNOP_status, &status)
      || status.status != EVTCHNSTAT_interdomain)
    return 1;
  map.domid = DOMID_SELF;
  map.size = 0;
  map.space = XENMAPSPACE_shared_info;
  map.idx = 0;
  map.gpfn = grub_xen_int13.shared / GRUB_XEN_FRAME_SIZE;
  return int13_vbd_call (__HYPERVISOR_memory_op, XENMEM_add_to_physmap, &map)
	 != 0;
}

/* Disable DRIVE if the guest was restored.  A page of Xen that is no longer
   mapped reads as all ones.  */
static void
int13_vbd_look_for_restore (struct grub_xen_int13_drive *drive)
{
  if (!~int13_vbd_shared_info ()->vcpu_info[0].time.version
      && int13_vbd_is_restored (drive))
    drive->dead = GRUB_XEN_INT13_CONTROLLER;
}

/* Whether all requests are answered: OK, AGAIN or a status.  */
static enum grub_xen_int13_status
int13_vbd_wait (struct grub_xen_int13_transfer *tr)
{
  struct grub_xen_int13_drive *drive = tr->drive;
  grub_uint64_t now;

  int13_vbd_look_for_restore (drive);
  if (!drive->dead)
    {
      grub_xen_clear_bit (int13_vbd_shared_info ()->evtchn_pending,
			  drive->port);
      int13_vbd_reap (drive);
      int13_vbd_look_for_restore (drive);
    }
  if (drive->dead)
    return drive->dead;
  if (!drive->pending)
    {
      if (!drive->failed)
	return GRUB_XEN_INT13_OK;
      return drive->operation == BLKIF_OP_READ ? GRUB_XEN_INT13_READ_ERROR
	: GRUB_XEN_INT13_WRITE_ERROR;
    }
  now = int13_vbd_system_time ();
  /* Without a clock a wait would have no end.  */
  if (!now || now >= tr->deadline)
    return GRUB_XEN_INT13_TIMEOUT;
  int13_vbd_sleep (drive, now);
  return GRUB_XEN_INT13_AGAIN;
}

/* Copy the chunk's sectors between the caller's buffer and the pages.  */
static void
int13_vbd_copy_chunk (struct grub_xen_int13_transfer *tr, int to_caller)
{
  void *page = grub_xen_int13_at (tr->drive->data + tr->skip * 512);

  if (to_caller)
    grub_xen_int13_put (tr->buffer, page, tr->count * 512);
  else
    grub_xen_int13_get (page, tr->buffer, tr->count * 512);
}

static void
int13_vbd_write_chunk (struct grub_xen_int13_transfer *tr)
{
  int13_vbd_copy_chunk (tr, 0);
  int13_vbd_submit (tr->drive, BLKIF_OP_WRITE, tr->sector - tr->skip,
		    tr->span);
  tr->phase = GRUB_XEN_INT13_WRITING;
}

/* Begin the next chunk, or end the transfer.  */
static enum grub_xen_int13_status
int13_vbd_next_chunk (struct grub_xen_int13_transfer *tr)
{
  struct grub_xen_int13_drive *drive = tr->drive;
  grub_uint32_t mask = drive->unit - 1;

  if (!tr->left && (tr->operation != BLKIF_OP_WRITE || !drive->flush))
    return GRUB_XEN_INT13_OK;
  tr->deadline = int13_vbd_system_time () + PATIENCE;
  if (!tr->left)
    {
      int13_vbd_submit (drive, drive->flush, 0, 0);
      tr->phase = GRUB_XEN_INT13_FLUSHING;
      return GRUB_XEN_INT13_AGAIN;
    }
  tr->skip = (grub_uint32_t) tr->sector & mask;
  tr->count = GRUB_XEN_INT13_CHUNK - tr->skip;
  if (tr->count > tr->left)
    tr->count = tr->left;
  tr->span = (tr->skip + tr->count + mask) & ~mask;
  if (tr->operation == BLKIF_OP_WRITE && tr->span == tr->count)
    int13_vbd_write_chunk (tr);
  else
    {
      int13_vbd_submit (drive, BLKIF_OP_READ, tr->sector - tr->skip, tr->span);
      tr->phase = tr->operation == BLKIF_OP_WRITE ? GRUB_XEN_INT13_FILLING
	: GRUB_XEN_INT13_READING;
    }
  return GRUB_XEN_INT13_AGAIN;
}

/* End a chunk whose requests are answered; returns a status.  After a restore
   a page may lack the backend's data, even if the saved ring has the response.
   So a read is valid only if there was no restore up to the end of the
   copy.  */
static enum grub_xen_int13_status
int13_vbd_end_chunk (struct grub_xen_int13_transfer *tr)
{
  if (tr->phase == GRUB_XEN_INT13_FILLING)
    {
      int13_vbd_write_chunk (tr);
      return GRUB_XEN_INT13_OK;
    }
  if (tr->phase == GRUB_XEN_INT13_READING && !tr->verify)
    {
      int13_vbd_copy_chunk (tr, 1);
      int13_vbd_look_for_restore (tr->drive);
      if (tr->drive->dead)
	return tr->drive->dead;
    }
  tr->sector += tr->count;
  tr->buffer += tr->count * 512;
  tr->done += tr->count;
  tr->left -= tr->count;
  tr->phase = GRUB_XEN_INT13_IDLE;
  return GRUB_XEN_INT13_OK;
}

enum grub_xen_int13_status
grub_xen_int13_move (struct grub_xen_int13_transfer *tr)
{
  enum grub_xen_int13_status status;

  while (1)
    {
      if (tr->phase == GRUB_XEN_INT13_IDLE)
	{
	  status = int13_vbd_next_chunk (tr);
	  if (status != GRUB_XEN_INT13_AGAIN)
	    return status;
	}
      status = int13_vbd_wait (tr);
      if (status != GRUB_XEN_INT13_OK || tr->phase == GRUB_XEN_INT13_FLUSHING)
	return status;
      status = int13_vbd_end_chunk (tr);
      if (status != GRUB_XEN_INT13_OK)
	return status;
    }
}

int
grub_xen_int13_is_ours (grub_uint64_t start, grub_uint32_t bytes)
{
  const struct grub_xen_int13 *s = &grub_xen_int13;
  grub_uint64_t end = start + bytes;

  return end < start || end >> 32
    || (start < s->high_end && end > s->high_start)
    || (start < s->low_end && end > s->low_start);
}

enum grub_xen_int13_status
grub_xen_int13_begin (struct grub_xen_int13_drive *drive,
		      enum grub_xen_int13_what what, grub_uint64_t sector,
		      grub_uint32_t count, grub_uint64_t buffer)
{
  struct grub_xen_int13_transfer *tr = &grub_xen_int13.transfer;

  if (sector >= drive->sectors)
    return GRUB_XEN_INT13_BAD_PARAMETER;
  /* From here on the caller gets the number of sectors transferred.  */
  tr->drive = drive;
  tr->done = 0;
  if (count > drive->sectors - sector)
    return GRUB_XEN_INT13_NOT_FOUND;
  if (what != GRUB_XEN_INT13_VERIFY
      && grub_xen_int13_is_ours (buffer, count * 512))
    return GRUB_XEN_INT13_BAD_BUFFER;
  if (what == GRUB_XEN_INT13_WRITE && drive->readonly)
    return GRUB_XEN_INT13_WRITE_PROTECTED;
  /* Requests that timed out before: their pages are in use until the
     response.  */
  if (drive->pending && !drive->dead)
    int13_vbd_reap (drive);
  if (drive->dead)
    return drive->dead;
  if (drive->pending)
    return GRUB_XEN_INT13_TIMEOUT;

  tr->sector = sector;
  tr->buffer = buffer;
  tr->left = count;
  tr->operation
    = what == GRUB_XEN_INT13_WRITE ? BLKIF_OP_WRITE : BLKIF_OP_READ;
  tr->verify = what == GRUB_XEN_INT13_VERIFY;
  tr->phase = GRUB_XEN_INT13_IDLE;
  return GRUB_XEN_INT13_AGAIN;
}
