/*
 *  grub-xen-hvm  --  disks that come, change and go while GRUB waits for a key
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

#include <grub/dl.h>
#include <grub/err.h>
#include <grub/i18n.h>
#include <grub/kernel.h>
#include <grub/misc.h>
#include <grub/mm.h>
#include <grub/xen/disks.h>
#include <grub/xen/wait.h>
#include <grub/xen/resume.h>
#include <grub/xen/xenstore.h>

GRUB_MOD_LICENSE ("GPLv3+");

/* How often the disks are looked at, in milliseconds.  A host's toolstack waits ten
   seconds for a guest to let go of a disk (LIBXL_DESTROY_TIMEOUT).  */
#define INTERVAL	1000

/* Who was called before this module: the network's cards, or nobody.  */
static void (*before) (void);

static grub_uint64_t next;

/* DISK is not what it was and will not be again.  What there is by its name from now on is
   another disk, which those who have this one open must not read.  */
static void
end_disk (struct grub_xen_disk *disk)
{
  grub_xen_blkfront_disconnect (&disk->front);
  disk->listed = 0;
  disk->gone = 1;
}

/* A number (FNV-1a) for what DEV's backend has as KEY; 0: it has none.  */
static grub_uint32_t
sum_of (const struct grub_xenbus_device *dev, const char *key)
{
  char *path = grub_xenstore_path (dev->backend, key), *text = 0, *p;
  grub_uint32_t sum = 0;

  if (path)
    grub_xenstore_read_optional (GRUB_XENSTORE_NO_TX, path, &text);
  if (text)
    for (sum = 2166136261U, p = text; *p; p++)
      sum = (sum ^ (grub_uint8_t) *p) * 16777619;
  grub_free (text);
  grub_free (path);
  return sum;
}

/* Such a number for "0".  */
#define SUM_OF_0	0x350ca8afU

/* Have DISK, of which the backend has another medium than xenstore says, refused as long
   as that is so and the backend waits for a frontend.  */
static void
refuse (struct grub_xen_disk *disk)
{
  grub_xen_blkfront_disconnect (&disk->front);
  disk->slow = 1;
  disk->failure = GRUB_ERR_BAD_DEVICE;
  disk->failure_state = XenbusStateInitWait;
  grub_free (disk->failure_text);
  disk->failure_text
    = grub_xasprintf (N_("%s: the backend has the old medium"), disk->name);
}

/* Toolstacks change the CD of the emulated drive only, and note that where the backend
   of the same drive reads what it is to open, which it does but once: it has
   the old medium until it is taken away.  */
static void
look_at_medium (struct grub_xen_disk *disk,
		const struct grub_xenbus_device *dev)
{
  grub_uint32_t medium = sum_of (dev, "params");

  if (!disk->medium)
    disk->medium = medium;
  if (medium && medium != disk->medium)
    refuse (disk);
  else if (disk->failure == GRUB_ERR_BAD_DEVICE)
    disk->failure = GRUB_ERR_NONE;
}

/* Forget what was read ahead: when the next key comes, it may be what the disk had
   minutes ago.  */
static void
forget_ahead (struct grub_xen_ring *ring)
{
  unsigned int i;

  for (i = 0; i < GRUB_XEN_RING_ENTRIES; i++)
    if (ring->slot[i].operation == BLKIF_OP_READ)
      grub_xen_ring_drop (ring, &ring->slot[i]);
}

/* DISK is in use, by way of DEV.  */
static void
look_at_used (struct grub_xen_disk *disk,
	      const struct grub_xenbus_device *dev, enum xenbus_state backend)
{
  struct grub_xen_blkfront *front = &disk->front;
  int ends;

  forget_ahead (&front->stream.ring);
  if (backend != XenbusStateConnected)
    ends = sum_of (dev, "online") == SUM_OF_0;
  else if (!grub_xen_blkfront_is_same (front))
    /* Another size is another CD.  A disk may grow.  */
    ends = (front->info & VDISK_CDROM) != 0;
  else
    {
      look_at_medium (disk, dev);
      return;
    }
  /* Whoever has it open or opens it connects it anew, or hears why that cannot be.
     What GRUB's cache has of an old medium it forgets by itself, two seconds after
     its last use.  */
  grub_xen_blkfront_disconnect (front);
  if (ends)
    end_disk (disk);
}

/* Nobody uses DISK, but a host that takes it away waits for an answer all the same.  */
static void
look_at_idle (struct grub_xen_disk *disk,
	      const struct grub_xenbus_device *dev, enum xenbus_state backend)
{
  enum xenbus_state own;

  if (backend == XenbusStateInitWait && !disk->front.connected)
    look_at_medium (disk, dev);
  if (backend == XenbusStateClosing
      && !grub_xenbus_own_state (dev, &own) && own != XenbusStateClosed
      && !grub_xenbus_set_state (dev, XenbusStateClosed)
      && sum_of (dev, "online") == SUM_OF_0)
    end_disk (disk);
}

static void
look_at (struct grub_xen_disk *disk)
{
  struct grub_xenbus_device dev;
  enum xenbus_state backend;

  if (grub_xenbus_open (&dev, disk->name, disk->path))
    return;
  if (!grub_xenbus_backend_state (&dev, &backend))
    {
      /* One that is disabled has been given back.  */
      if (disk->front.connected && !disk->front.stream.ring.dead)
	look_at_used (disk, &dev, backend);
      else
	look_at_idle (disk, &dev, backend);
    }
  grub_xenbus_release (&dev);
}

static grub_err_t
look (void *data __attribute__ ((unused)))
{
  struct grub_xen_disk *disks = grub_xen_disks (), *disk;

  /* What is not listed is gone only if the list is whole.  */
  if (grub_errno)
    return grub_errno;
  for (disk = disks; disk; disk = disk->next)
    {
      if (disk->listed)
	look_at (disk);
      else if (!disk->gone)
	end_disk (disk);
      /* A user who waits for a key has asked for nothing.  */
      grub_errno = GRUB_ERR_NONE;
    }
  return GRUB_ERR_NONE;
}

/* Called while GRUB waits for a key.  That can be in the middle of what a disk is asked
   for, where a debug line waits for the reader.  */
static void
poll (void)
{
  if (before)
    before ();
  if (!grub_xen_is_up () || grub_xen_is_busy ()
      || grub_xen_deadline (0) < next)
    return;
  grub_error_push ();
  grub_xen_retry_resumed (look, 0);
  grub_errno = GRUB_ERR_NONE;
  grub_error_pop ();
  next = grub_xen_deadline (INTERVAL);
}

GRUB_MOD_INIT (xen_hotplug)
{
  before = grub_net_poll_cards_idle;
  grub_net_poll_cards_idle = poll;
}

/* The network's module overwrites the hook when it comes and goes: then it is not
   this module's any more.  */
GRUB_MOD_FINI (xen_hotplug)
{
  if (grub_net_poll_cards_idle == poll)
    grub_net_poll_cards_idle = before;
}
