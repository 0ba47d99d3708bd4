/* SPDX-License-Identifier: GPL-3.0-or-later */
/* blkfront.c - connect one disk, read and write it
   Copyright (C) 2026  The grub-xen-hvm authors  */

#include <grub/disk.h>
#include <grub/err.h>
#include <grub/i18n.h>
#include <grub/misc.h>
#include <grub/xen/evtchn.h>
#include <grub/xen/grant.h>
#include <grub/xen/resume.h>
#include "blkfront.h"

/* Sector sizes that both GRUB and a page-sized segment can carry.  */
#define MIN_LOG_SECTOR_SIZE	9
#define MAX_LOG_SECTOR_SIZE GRUB_XEN_FRAME_SHIFT

/* Read the disk's properties from the connected backend.  */
static grub_err_t
blkfront_read_geometry (struct grub_xen_blkfront *front)
{
  const struct grub_xenbus_device *dev = &front->dev;
  grub_uint64_t sectors, size = 512, info = 0;
  unsigned int log;

  if (grub_xenbus_backend_number (dev, "sectors", GRUB_DISK_MAX_SECTORS, 0,
				  &sectors)
      || grub_xenbus_backend_number (dev, "sector-size", GRUB_XEN_FRAME_SIZE,
				     1, &size)
      || grub_xenbus_backend_number (dev, "info", GRUB_UINT_MAX, 1, &info))
    return grub_errno;
  for (log = MIN_LOG_SECTOR_SIZE;
       log < MAX_LOG_SECTOR_SIZE && (1U << log) < size; log++);
  if (size != 1U << log)
    return grub_error (GRUB_ERR_BAD_DEVICE,
		       N_("%s: sectors of %u bytes are not supported"),
		       front->name, (unsigned int) size);
  front->sector_size = size;
  front->log_sector_size = log;
  front->info = info;
  /* A partial last sector cannot be read.  */
  front->sectors = sectors & ~(grub_uint64_t)
    ((1 << (log - GRUB_XEN_SECTOR_SHIFT)) - 1);
  if (!front->sectors)
    return grub_error (GRUB_ERR_OUT_OF_RANGE, N_("%s: no medium"),
		       front->name);
  return GRUB_ERR_NONE;
}

/* Read the number of the feature KEY of FRONT's backend: 0 if the feature is
   missing or its number is not valid.  A lost answer is an error, because a
   missing flush feature would make writes unsafe.  */
static grub_err_t
blkfront_read_feature (const struct grub_xen_blkfront *front, const char *key,
		       grub_uint64_t *num)
{
  grub_err_t err;

  *num = 0;
  err = grub_xenbus_backend_number (&front->dev, key, GRUB_UINT_MAX, 1, num);
  if (err != GRUB_ERR_BAD_NUMBER)
    return err;
  grub_errno = GRUB_ERR_NONE;
  return GRUB_ERR_NONE;
}

/* Read the connected backend's features.  */
static grub_err_t
blkfront_read_features (struct grub_xen_blkfront *front)
{
  grub_uint64_t flush, barrier, segments;

  if (blkfront_read_feature (front, "feature-flush-cache", &flush)
      || blkfront_read_feature (front, "feature-barrier", &barrier)
      || blkfront_read_feature (front, "feature-max-indirect-segments",
				&segments))
    return grub_errno;
  if (flush == 1)
    front->flush_op = BLKIF_OP_FLUSH_DISKCACHE;
  else if (barrier == 1)
    front->flush_op = BLKIF_OP_WRITE_BARRIER;
  if (segments > GRUB_XEN_RING_SEGMENTS)
    segments = GRUB_XEN_RING_SEGMENTS;
  if (segments > front->io.ring.segments)
    front->io.ring.segments = segments;
  return GRUB_ERR_NONE;
}

/* Grant the pages that FRONT shares: its owner's, or new ones.  */
static grub_err_t
blkfront_share (struct grub_xen_blkfront *front)
{
  domid_t backend = front->dev.backend_id;

  if (front->own_data)
    front->own_pages = grub_xen_pages_grant (backend, front->own_data,
					     front->own_count);
  else
    front->pool = grub_xen_pool_get (backend);
  if (front->own_pages || front->pool)
    front->ring_page = grub_xen_pages_grant (backend, front->own_ring, 1);
  return grub_errno;
}

/* Publish the keys of FRONT, and wait for the backend to connect.  */
static grub_err_t
blkfront_publish (struct grub_xen_blkfront *front)
{
  const unsigned int gone = GRUB_XENBUS_IS (XenbusStateUnknown)
			    | GRUB_XENBUS_IS (XenbusStateClosing)
			    | GRUB_XENBUS_IS (XenbusStateClosed);
  struct grub_xenbus_key keys[GRUB_XEN_BLKFRONT_KEYS];

  grub_xen_blkfront_make_keys (front, keys);
  if (grub_xenbus_publish (&front->dev, keys, GRUB_XEN_BLKFRONT_KEYS))
    return grub_errno;
  grub_xen_blkfront_set_state (front, GRUB_XEN_DISK_CONNECTING);
  if (grub_xenbus_set_state (&front->dev, XenbusStateInitialised))
    return grub_errno;
  return grub_xenbus_wait (&front->dev, GRUB_XENBUS_IS (XenbusStateConnected),
			   gone, grub_xen_deadline (GRUB_XEN_CONNECT_TIMEOUT));
}

static grub_err_t
blkfront_try_connect (struct grub_xen_blkfront *front)
{
  struct grub_xenbus_device *dev = &front->dev;

  if (grub_xenbus_open (dev, front->name, front->path)
      || grub_xenbus_begin (dev) || blkfront_share (front)
      || grub_xen_evtchn_alloc (dev->backend_id, &front->port))
    return grub_errno;
  grub_xen_ring_init (&front->io.ring, front->name, front->handle,
		      front->ring_page->memory, front->port, front->pool);
  grub_xen_readahead_init (&front->io.readahead);
  if (blkfront_publish (front) || blkfront_read_geometry (front)
      || blkfront_read_features (front))
    return grub_errno;
  front->io.readahead.disk_end = front->sectors;
  return grub_xenbus_set_state (dev, XenbusStateConnected);
}

/* Have the error at hand name the disk, if it names only a path.  Newer GRUBs
   have a place in the sources before each message.  */
static void
blkfront_name_error (const struct grub_xen_blkfront *front)
{
  char text[GRUB_MAX_ERRMSG];

  if (grub_strstr (grub_errmsg, front->name))
    return;
  grub_memcpy (text, grub_errmsg, sizeof (text));
  grub_error (grub_errno, "%s: %s", front->name, text);
}

grub_err_t
grub_xen_blkfront_connect (struct grub_xen_blkfront *front)
{
  front->generation = grub_xen_platform.generation;
  front->flush_op = 0;
  if (blkfront_try_connect (front))
    {
      blkfront_name_error (front);
      grub_error_push ();
      grub_xen_blkfront_disconnect (front);
      grub_error_pop ();
      return grub_errno;
    }
  grub_xen_blkfront_set_state (front, GRUB_XEN_DISK_CONNECTED);
  grub_dprintf ("xen_blk", "%s: %llu sectors, %u bytes each, info %u\n",
		front->name, (unsigned long long) front->sectors,
		front->sector_size, front->info);
  return GRUB_ERR_NONE;
}

int
grub_xen_blkfront_is_same (struct grub_xen_blkfront *front)
{
  grub_uint64_t sectors = front->sectors;
  unsigned int size = front->sector_size, info = front->info;

  grub_error_push ();
  blkfront_read_geometry (front);
  grub_errno = GRUB_ERR_NONE;
  grub_error_pop ();
  return front->sectors == sectors && front->sector_size == size
	 && front->info == info;
}

static grub_err_t
blkfront_check (struct grub_xen_blkfront *front, grub_uint64_t sector,
		grub_size_t bytes)
{
  if (!grub_xen_ring_is_open (&front->io.ring))
    return grub_xen_ring_error (&front->io.ring);
  if (sector <= front->sectors
      && bytes >> GRUB_XEN_SECTOR_SHIFT <= front->sectors - sector)
    return GRUB_ERR_NONE;
  return grub_error (GRUB_ERR_OUT_OF_RANGE,
		     N_("%s: sector %llu is past the end at %llu"),
		     front->name,
		     (unsigned long long) sector
		       + (bytes >> GRUB_XEN_SECTOR_SHIFT),
		     (unsigned long long) front->sectors);
}

/* Called after an error: if the disk has changed since it was connected,
   replace the error by that, and disable the disk.  Disconnect a disabled disk
   now, because others may need its pages and grants; it is not connected again
   before a boot or a restore.  */
static grub_err_t
blkfront_explain_error (struct grub_xen_blkfront *front)
{
  struct grub_xen_ring *ring = &front->io.ring;

  /* The disk has not failed: it will be connected again.  */
  if (grub_xen_is_stale (front->generation))
    return grub_errno;
  if (grub_xen_ring_is_open (ring))
    {
      if (grub_xen_blkfront_is_same (front))
	return grub_errno;
      grub_xen_ring_disable (ring, GRUB_XEN_RING_DISABLED,
			     "the backend changed the disk while it was in "
			     "use");
    }
  grub_errno = GRUB_ERR_NONE;
  grub_xen_blkfront_disconnect (front);
  grub_xen_blkfront_set_state (front, GRUB_XEN_DISK_DISABLED);
  return grub_xen_ring_error (ring);
}

grub_err_t
grub_xen_blkfront_read (struct grub_xen_blkfront *front, grub_uint64_t sector,
			grub_size_t bytes, char *buf)
{
  if (blkfront_check (front, sector, bytes))
    return grub_errno;
  if (grub_xen_blkio_read (&front->io, sector, bytes, buf))
    return blkfront_explain_error (front);
  return GRUB_ERR_NONE;
}

grub_err_t
grub_xen_blkfront_write (struct grub_xen_blkfront *front,
			 grub_uint64_t sector, grub_size_t bytes,
			 const char *buf)
{
  int supported;

  if (front->info & VDISK_READONLY)
    return grub_error (GRUB_ERR_ACCESS_DENIED, N_("%s is read-only"),
		       front->name);
  if (blkfront_check (front, sector, bytes))
    return grub_errno;
  if (grub_xen_blkio_write (&front->io, sector, bytes, buf))
    return blkfront_explain_error (front);
  if (!front->flush_op)
    return GRUB_ERR_NONE;
  if (grub_xen_blkio_flush (&front->io, front->flush_op, &supported))
    return blkfront_explain_error (front);
  if (!supported)
    front->flush_op = 0;
  return GRUB_ERR_NONE;
}
