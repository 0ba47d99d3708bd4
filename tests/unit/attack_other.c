/* SPDX-License-Identifier: GPL-3.0-or-later */
/* attack_other.c - attacks by data, time, events, keys and disconnecting
   Copyright (C) 2026  The grub-xen-hvm authors  */

#include <stdio.h>
#include <grub/xen/evtchn.h>
#include "attack.h"
#include "store.h"

/* Contents of pages.  */

static void
spoil (void *page)
{
  memset (page, disk_random (&disk->seed, 256), 4096);
}

static void
spoil_pages (void *arg)
{
  disk_data_pages (disk, spoil);
  if (disk->ring.sring)
    clock_at (10 * US, spoil_pages, arg);
}

/* Change the data, and lists of segments, all the time.  */
static void
pages_that_change (void)
{
  spoil_pages (disk);
}

/* Time.  */

static int
no_answer (struct disk *d, const struct disk_request *req, int status)
{
  (void) status;
  ((struct disk_request *) req)->lost = 1;
  d->dead = 1;
  return 0;
}

static int
one_answer_lost (struct disk *d, const struct disk_request *req, int status)
{
  (void) status;
  (void) d;
  ((struct disk_request *) req)->lost = 1;
  return 0;
}

static int
no_event (struct disk *d, const struct disk_request *req, int status)
{
  disk_ring_respond (d, req->id, req->task, status);
  return 0;
}

static void
storm (void *arg)
{
  if (!disk->ring.sring)
    return;
  xen_raise (disk->port);
  clock_at (MS, storm, arg);
}

static int
events_for_nothing (struct disk *d, const struct disk_request *req,
		    int status)
{
  storm (d);
  return no_answer (d, req, status);
}

static void
always_just_in_time (void)
{
  disk->io_delay = (GRUB_XEN_IO_TIMEOUT - 1000) * MS;
  disk->batch = 1;
}

static void
always_too_late (void)
{
  disk->io_delay = (GRUB_XEN_IO_TIMEOUT + 1000) * MS;
}

/* The event channel.  */

static int
channel_unbound (struct disk *d, const struct disk_request *req, int status)
{
  xen_unbind (d->port);
  return no_answer (d, req, status);
}

static int
channel_closed (struct disk *d, const struct disk_request *req, int status)
{
  xen.ports[d->port].send_rc = -XEN_EINVAL;
  return no_answer (d, req, status);
}

/* Xenstore.  */

static void
say (const char *name, const char *value)
{
  char path[160];

  snprintf (path, sizeof (path), "%s/%s", disk->be, name);
  tree_set (path, "%s", value);
}

static int
fewer_sectors (struct disk *d, const struct disk_request *req, int status)
{
  say ("sectors", "8");
  return attack_an_error (d, req, status);
}

static int
other_sector_size (struct disk *d, const struct disk_request *req, int status)
{
  say ("sector-size", "4096");
  return attack_an_error (d, req, status);
}

static int
no_sector_size (struct disk *d, const struct disk_request *req, int status)
{
  say ("sector-size", "rubbish");
  return attack_an_error (d, req, status);
}

static int
read_only_now (struct disk *d, const struct disk_request *req, int status)
{
  say ("info", "4");
  return attack_an_error (d, req, status);
}

static int
indirect_no_more (struct disk *d, const struct disk_request *req, int status)
{
  say ("feature-max-indirect-segments", "0");
  return attack_not_supported (d, req, status);
}

static int
closes (struct disk *d, const struct disk_request *req, int status)
{
  say ("state", "5");
  return no_answer (d, req, status);
}

static int
closed_and_gone (struct disk *d, const struct disk_request *req, int status)
{
  (void) req;
  (void) status;
  disk_ring_kill (d);
  say ("state", "6");
  return 0;
}

static int
vanishes (struct disk *d, const struct disk_request *req, int status)
{
  (void) req;
  (void) status;
  disk_kill (d);
  return 0;
}

static int
no_state (struct disk *d, const struct disk_request *req, int status)
{
  say ("state", "connected, of course");
  return no_answer (d, req, status);
}

/* Disconnecting.  */

static void
keeps_the_ring (void)
{
  disk->keeps_ring = 1;
}

static void
keeps_pages (void)
{
  disk->keeps_pages = 1;
}

static void
stays_connected (void)
{
  disk->stuck = XenbusStateConnected;
  disk->keeps_ring = 1;
}

static void
stays_closing (void)
{
  disk->stuck = XenbusStateClosing;
  say ("state", "5");
}

const struct attack other_attacks[] =
  {
    CONNECTED (pages_that_change, ENDS_WELL | ENDS_ERROR, 0, .lies = 1),
    ANSWER (no_answer, ENDS_TIMEOUT, "does not answer"),
    ANSWER (one_answer_lost, ENDS_WELL | ENDS_TIMEOUT, "does not answer"),
    ANSWER (no_event, ENDS_WELL, 0),
    ANSWER (events_for_nothing, ENDS_TIMEOUT, "does not answer"),
    CONNECTED (always_just_in_time, ENDS_TIMEOUT, "the backend is too slow",
	       .slow = 1),
    CONNECTED (always_too_late, ENDS_TIMEOUT, "does not answer"),
    ANSWER (channel_unbound, ENDS_TIMEOUT, "does not answer"),
    ANSWER (channel_closed, ENDS_DISABLED, ""),
    ANSWER (fewer_sectors, ENDS_WELL | ENDS_IO, "changed"),
    ANSWER (other_sector_size, ENDS_WELL | ENDS_IO, "changed"),
    ANSWER (no_sector_size, ENDS_WELL | ENDS_READ_ERROR | ENDS_IO, ""),
    ANSWER (read_only_now, ENDS_WELL | ENDS_IO, "changed"),
    ANSWER (indirect_no_more, ENDS_WELL | ENDS_READ_ERROR | ENDS_IO, ""),
    ANSWER (closes, ENDS_TIMEOUT, ""),
    ANSWER (closed_and_gone, ENDS_TIMEOUT, ""),
    ANSWER (vanishes, ENDS_TIMEOUT, ""),
    ANSWER (no_state, ENDS_TIMEOUT, "", .keeps = 1),
    LEAVING (keeps_the_ring),
    LEAVING (keeps_pages),
    LEAVING (stays_connected),
    LEAVING (stays_closing)
  };

const unsigned int n_other_attacks
  = sizeof (other_attacks) / sizeof (other_attacks[0]);
