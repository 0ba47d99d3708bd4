/* SPDX-License-Identifier: GPL-3.0-or-later */
/* disk.c - a fake blkback, or QEMU: states and keys
   Copyright (C) 2026  The grub-xen-hvm authors  */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "clock.h"
#include "disk.h"
#include "store.h"
#include "xen.h"

struct disk disks[DISKS];
unsigned int n_disks;

static const char *
key (const char *dir, const char *name)
{
  static char path[256];

  snprintf (path, sizeof (path), "%s/%s", dir, name);
  return path;
}

int
disk_complain (struct disk *disk, const char *what)
{
  if (!disk->complaint[0])
    snprintf (disk->complaint, sizeof (disk->complaint), "%s", what);
  return -1;
}

uint32_t
disk_random (uint32_t *seed, uint32_t limit)
{
  *seed = *seed * 1664525 + 1013904223;
  return limit ? (*seed >> 8) % limit : 0;
}

int
disk_state (const struct disk *disk)
{
  return tree_number (key (disk->be, "state"));
}

int
disk_frontend_state (const struct disk *disk)
{
  return tree_number (key (disk->fe, "state"));
}

static void
set_state (struct disk *disk, int state)
{
  int now = disk_state (disk);

  if (disk->gone || now == state || now == disk->stuck)
    return;
  tree_set (key (disk->be, "state"), "%d", state);
}

/* Write key NAME with VALUE, or with the test's string INSTEAD.  */
static void
set_key (struct disk *disk, const char *name, const char *instead,
	 uint64_t value)
{
  if (!instead)
    tree_set (key (disk->be, name), "%llu", (unsigned long long) value);
  else if (strcmp (instead, DISK_NO_KEY))
    tree_set (key (disk->be, name), "%s", instead);
  else
    tree_remove (key (disk->be, name));
}

static void
connect (struct disk *disk)
{
  if (disk_ring_connect (disk))
    {
      /* As blkback's xenbus_dev_fatal.  */
      tree_set (key (disk->be, "error"), "cannot connect");
      set_state (disk, XenbusStateClosing);
      return;
    }
  disk->connects++;
  disk->connected = !disk->instead;
  set_key (disk, "sectors", disk->sectors_key, disk->sectors);
  set_key (disk, "sector-size", disk->sector_size_key, disk->sector_size);
  set_key (disk, "info", disk->info_key, disk->info);
  tree_set (key (disk->be, "physical-sector-size"), "%u", disk->sector_size);
  if (disk->instead == XenbusStateClosed)
    disk_ring_disconnect (disk);
  set_state (disk, disk->instead ? disk->instead : XenbusStateConnected);
}

void
disk_kill (struct disk *disk)
{
  disk_ring_kill (disk);
  disk->gone = 1;
  clock_cancel (disk);
  tree_remove (disk->be);
}

/* Close.  blkback enters Closed even if it could not disconnect the ring; QEMU
   waits for the requests in flight.  */
static void
close_device (struct disk *disk)
{
  int busy = disk_ring_disconnect (disk);

  disk->connected = 0;
  if (!busy || !disk->qemu)
    set_state (disk, XenbusStateClosed);
}

/* React to the frontend's state, as blkback's frontend_changed.  */
static void
step (void *arg)
{
  struct disk *disk = arg;
  int frontend = disk_frontend_state (disk), own = disk_state (disk);
  int is_new = frontend != disk->seen;

  disk->seen = frontend;
  if (disk->gone || own == disk->stuck)
    return;
  if (disk->vanish && frontend == disk->vanish)
    {
      disk_kill (disk);
      return;
    }
  switch (frontend)
    {
    case XenbusStateInitialising:
      if (own == XenbusStateClosed || own == XenbusStateInitialising)
	set_state (disk, XenbusStateInitWait);
      break;
    case XenbusStateInitialised:
    case XenbusStateConnected:
      if (disk->connected || own == XenbusStateConnected
	  || (own != XenbusStateInitWait && !is_new))
	break;
      if (!disk_ring_disconnect (disk))
	connect (disk);
      else
	{
	  tree_set (key (disk->be, "error"), "pending I/O");
	  set_state (disk, XenbusStateClosing);
	}
      break;
    case XenbusStateClosing:
      disk->connected = 0;
      set_state (disk, XenbusStateClosing);
      break;
    case XenbusStateClosed:
      close_device (disk);
      break;
    }
}

static void
changed (void *arg)
{
  struct disk *disk = arg;

  clock_at (disk->step_delay, step, disk);
}

void
disk_reset (void)
{
  unsigned int i;

  for (i = 0; i < n_disks; i++)
    {
      clock_cancel (&disks[i]);
      free (disks[i].data);
      free (disks[i].asked);
      free (disks[i].requests);
      free (disks[i].kept);
      free (disks[i].kept_at);
    }
  memset (disks, 0, n_disks * sizeof (disks[0]));
  n_disks = 0;
  disk_data_reset ();
}

uint64_t
disk_pattern (const struct disk *disk, uint64_t byte)
{
  return (byte / 8 + 1) * 0x9e3779b97f4a7c15ULL ^ disk->handle;
}

void
disk_publish (struct disk *disk)
{
  tree_set (key (disk->be, "frontend"), "%s", disk->fe);
  tree_set (key (disk->be, "frontend-id"), "%u", xen.domid);
  tree_set (key (disk->be, "online"), "1");
  tree_set (key (disk->be, "mode"), disk->info & VDISK_READONLY ? "r" : "w");
  tree_set (key (disk->be, "max-ring-page-order"), "4");
  if (!disk->qemu)
    {
      set_key (disk, "feature-max-indirect-segments", disk->indirect
	       ? disk->indirect_key : DISK_NO_KEY, disk->indirect);
      tree_set (key (disk->be, "feature-persistent"), "%d", disk->persistent);
    }
  tree_set (key (disk->be, "feature-flush-cache"), "%d", disk->flush);
  tree_set (key (disk->be, "feature-barrier"), "%d", disk->barrier);
  tree_set (key (disk->fe, "backend"), "%s", disk->be);
  tree_set (key (disk->fe, "backend-id"), "%u", disk->domid);
  tree_set (key (disk->fe, "virtual-device"), "%u", disk->handle);
  tree_set (key (disk->fe, "device-type"),
	    disk->info & VDISK_CDROM ? "cdrom" : "disk");
}

/* Create the disk's directories, as the toolstack does at domain creation.  */
static void
attach (struct disk *disk)
{
  snprintf (disk->be, sizeof (disk->be),
	    "/local/domain/%u/backend/vbd/%u/%u", disk->domid, xen.domid,
	    disk->handle);
  snprintf (disk->fe, sizeof (disk->fe), "%s/device/vbd/%u", store_home (),
	    disk->handle);
  tree_permit (disk->be, TREE_READ);
  tree_permit (disk->fe, TREE_READ | TREE_WRITE);
  tree_set (key (disk->be, "dev"), "%s", disk->dev);
  disk_publish (disk);
  tree_set (key (disk->be, "state"), "2");
  tree_set (key (disk->fe, "state"), "1");
}

void
disk_renew (struct disk *disk)
{
  clock_cancel (disk);
  disk_ring_renew (disk);
  disk->connected = disk->seen = 0;
  tree_remove (disk->be);
  if (!disk->gone)
    attach (disk);
}

struct disk *
disk_add (unsigned int handle, const char *dev, uint64_t sectors)
{
  struct disk *disk = &disks[n_disks++];
  uint64_t i;

  disk->handle = handle;
  snprintf (disk->dev, sizeof (disk->dev), "%s", dev);
  disk->sectors = sectors;
  disk->sector_size = 512;
  disk->data = malloc (sectors * 512);
  if (!disk->data && sectors)
    abort ();
  for (i = 0; i < sectors * 512; i += 8)
    {
      uint64_t pattern = disk_pattern (disk, i);

      memcpy (disk->data + i, &pattern, 8);
    }
  disk->flush = 1;
  disk->indirect = DISK_SEGMENTS;
  disk->persistent = 1;
  disk->stuck = -1;
  disk->bad_sector = ~0ULL;
  disk->bad_sectors = 1;
  disk->fault_operation = 0xff;
  disk->step_delay = 3 * MS;
  disk->io_delay = 100 * US;
  attach (disk);
  tree_watch (changed, disk);
  return disk;
}

unsigned int
disk_keys_left (const struct disk *disk)
{
  static const char *const names[] =
    {
      "ring-ref", "event-channel", "protocol", "ring-page-order",
      "ring-ref0", "ring-ref1", "feature-persistent",
      "feature-large-sector-size", "multi-queue-num-queues"
    };
  unsigned int i, n = 0;

  for (i = 0; i < sizeof (names) / sizeof (names[0]); i++)
    n += tree_get (key (disk->fe, names[i])) != 0;
  return n;
}
