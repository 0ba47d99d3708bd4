/* SPDX-License-Identifier: GPL-3.0-or-later */
/* os.c - an OS that GRUB has started: a frontend like Linux's
   Copyright (C) 2026  The grub-xen-hvm authors  */

#include <stdio.h>
#include <stdlib.h>
#include "os.h"
#include "store.h"
#include "unit.h"

/* The limits of Linux's xenbus_reset_wait_for_backend for each state, and of a
   driver that waits for its backend.  */
#define RESET_LIMIT	(5 * SECOND)
#define CONNECT_LIMIT	(300 * SECOND)

#define xen_mb()	__sync_synchronize ()
#define xen_rmb()	__sync_synchronize ()
#define xen_wmb()	__sync_synchronize ()

/* The OS's data on each disk.  */
static struct os_disk
{
  blkif_front_ring_t ring;
  evtchn_port_t port;
} os_disks[DISKS];

static grant_ref_t next_ref;
static void *os_pages[64];
static unsigned int n_os_pages;

void
os_begin (void)
{
  xen.os_runs = 1;
  next_ref = GNTTAB_NR_RESERVED_ENTRIES;
  memset (os_disks, 0, sizeof (os_disks));
}

void
os_end (void)
{
  unsigned int i;

  for (i = 0; i < n_os_pages; i++)
    free (os_pages[i]);
  n_os_pages = 0;
  xen.os_runs = 0;
}

static struct os_disk *
os_disk (const struct disk *disk)
{
  return &os_disks[disk - disks];
}

/* A page of zeros, granted to DISK's backend as *REF.  */
static void *
os_page (const struct disk *disk, grant_ref_t *ref)
{
  grant_entry_v1_t *entry = &xen.grants[next_ref];
  void *page;

  if (posix_memalign (&page, GRUB_XEN_FRAME_SIZE, GRUB_XEN_FRAME_SIZE))
    abort ();
  memset (page, 0, GRUB_XEN_FRAME_SIZE);
  os_pages[n_os_pages++] = page;
  entry->domid = disk->domid;
  entry->frame = xen_frame (page);
  entry->flags = GTF_permit_access;
  *ref = next_ref++;
  return page;
}

static void
os_write (const struct disk *disk, const char *name, const char *text,
	  unsigned int number)
{
  char path[160];

  snprintf (path, sizeof (path), "%s/%s", disk->fe, name);
  if (text)
    tree_set (path, "%s", text);
  else
    tree_set (path, "%u", number);
}

/* Run the other domains until DISK's backend is in STATE, for at most
   LIMIT.  */
static int
os_wait_state (const struct disk *disk, int state, uint64_t limit)
{
  uint64_t end = clock_now () + limit;

  while (disk_state (disk) != state && clock_now () < end)
    clock_pass (MS);
  return disk_state (disk) == state;
}

static void
os_reset (struct disk *disk)
{
  int own = disk_frontend_state (disk), backend = disk_state (disk);

  if (own != XenbusStateConnected && own != XenbusStateClosed)
    return;
  if (backend == XenbusStateConnected)
    {
      os_write (disk, "state", 0, XenbusStateClosing);
      os_wait_state (disk, XenbusStateClosing, RESET_LIMIT);
    }
  if (backend == XenbusStateConnected || backend == XenbusStateClosing)
    {
      os_write (disk, "state", 0, XenbusStateClosed);
      os_wait_state (disk, XenbusStateClosed, RESET_LIMIT);
    }
  os_write (disk, "state", 0, XenbusStateInitialising);
  os_wait_state (disk, XenbusStateInitWait, RESET_LIMIT);
}

int
os_connect (struct disk *disk)
{
  struct os_disk *d = os_disk (disk);
  struct blkif_sring *shared;
  grant_ref_t ref;

  os_reset (disk);
  /* Linux's blkback_changed connects to a backend in InitWait, and closes the
     device if the backend is Closed.  */
  if (disk_state (disk) == XenbusStateClosed
      || disk_state (disk) == XenbusStateClosing
      || !os_wait_state (disk, XenbusStateInitWait, CONNECT_LIMIT))
    {
      os_write (disk, "state", 0, XenbusStateClosed);
      return 0;
    }
  shared = os_page (disk, &ref);
  SHARED_RING_INIT (shared);
  FRONT_RING_INIT (&d->ring, shared, GRUB_XEN_FRAME_SIZE);
  for (d->port = xen.first_port; xen.ports[d->port].state; d->port++);
  xen.ports[d->port].state = PORT_UNBOUND;
  xen.ports[d->port].remote = disk->domid;
  os_write (disk, "ring-ref", 0, ref);
  os_write (disk, "event-channel", 0, d->port);
  os_write (disk, "protocol", XEN_IO_PROTO_ABI_NATIVE, 0);
  os_write (disk, "state", 0, XenbusStateInitialised);
  if (!os_wait_state (disk, XenbusStateConnected, CONNECT_LIMIT))
    return 0;
  os_write (disk, "state", 0, XenbusStateConnected);
  return 1;
}

void
os_read (struct disk *disk, uint64_t sector)
{
  struct os_disk *d = os_disk (disk);
  struct blkif_request *req;
  grant_ref_t ref;
  char *page = os_page (disk, &ref);
  uint64_t end = clock_now () + CONNECT_LIMIT;
  unsigned int i;

  req = RING_GET_REQUEST (&d->ring, d->ring.req_prod_pvt);
  memset (req, 0, sizeof (*req));
  req->operation = BLKIF_OP_READ;
  req->handle = disk->handle;
  req->id = 77;
  req->sector_number = sector;
  req->nr_segments = 1;
  req->seg[0].gref = ref;
  req->seg[0].last_sect = 7;
  d->ring.req_prod_pvt++;
  RING_PUSH_REQUESTS (&d->ring);
  xen.ports[d->port].notified (xen.ports[d->port].arg);
  while (!RING_HAS_UNCONSUMED_RESPONSES (&d->ring) && clock_now () < end)
    clock_pass (MS);
  assert_true (RING_HAS_UNCONSUMED_RESPONSES (&d->ring));
  assert_int_equal (RING_GET_RESPONSE (&d->ring, d->ring.rsp_cons)->id, 77);
  assert_int_equal (RING_GET_RESPONSE (&d->ring, d->ring.rsp_cons)->status,
		    BLKIF_RSP_OKAY);
  d->ring.rsp_cons++;
  for (i = 0; i < GRUB_XEN_FRAME_SIZE; i += 8)
    {
      uint64_t pattern = disk_pattern (disk, sector * 512 + i);

      assert_memory_equal (page + i, &pattern, 8);
    }
}
