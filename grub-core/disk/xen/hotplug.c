/* SPDX-License-Identifier: GPL-3.0-or-later */
/* hotplug.c - attach and detach disks while GRUB waits for a key
   Copyright (C) 2026  The grub-xen-hvm authors  */

#include <grub/dl.h>
#include <grub/err.h>
#include <grub/i18n.h>
#include <grub/kernel.h>
#include <grub/misc.h>
#include <grub/mm.h>
#include <grub/xen/resume.h>
#include <grub/xen/evtchn.h>
#include <grub/xen/xenstore.h>
#include "disks.h"

GRUB_MOD_LICENSE ("GPLv3+");

/* The interval between checks of the disks, in milliseconds.  A host's
   toolstack waits ten seconds for a guest to release a disk
   (LIBXL_DESTROY_TIMEOUT).  */
#define HOTPLUG_INTERVAL 1000

/* The hook's former function: that of the network cards, or 0.  */
static void (*hotplug_before) (void);

static grub_uint64_t hotplug_next;

/* The medium of DEV's backend, for grub_free; 0 if it is not known.  */
static char *
hotplug_read_medium (const struct grub_xenbus_device *dev)
{
  char *path = grub_xenstore_path (dev->backend, "params"), *medium = 0;

  if (path)
    grub_xenstore_read (GRUB_XENSTORE_NO_TX, path, &medium);
  grub_free (path);
  grub_errno = GRUB_ERR_NONE;
  return medium;
}

/* Compare the medium that DISK's backend has opened with that in xenstore.
   Toolstacks change the CD of the emulated drive only.  They write the new
   medium to the key from which the PV backend of the same drive reads its
   medium.  But the backend reads this key only once, and has the old medium
   until it is detached.  */
static void
hotplug_check_medium (struct grub_xen_disk *disk,
		      const struct grub_xenbus_device *dev)
{
  char *medium = hotplug_read_medium (dev);

  if (!disk->medium)
    {
      disk->medium = medium;
      medium = 0;
    }
  if (medium && grub_strcmp (medium, disk->medium) != 0)
    grub_xen_disk_refuse (
      disk,
      grub_xasprintf (N_("%s: the backend has the old medium"), disk->name));
  else
    grub_xen_disk_permit (disk);
  grub_free (medium);
}

/* DISK is in use, by way of DEV.  */
static void
hotplug_check_used (struct grub_xen_disk *disk,
		    const struct grub_xenbus_device *dev,
		    enum xenbus_state backend)
{
  struct grub_xen_blkfront *front = &disk->front;
  int ends;

  /* The readahead may be minutes old when the next key comes.  */
  grub_xen_blkio_discard (&front->io);
  if (backend != XenbusStateConnected)
    ends = grub_xenbus_is_leaving (dev);
  else if (!grub_xen_blkfront_is_same (front))
    /* Another size is another CD.  A disk may grow.  */
    ends = (front->info & VDISK_CDROM) != 0;
  else
    {
      hotplug_check_medium (disk, dev);
      return;
    }
  /* The next open or read connects the disk again, or raises the error.
     GRUB's cache forgets an old medium by itself, two seconds after its last
     use.  */
  if (ends)
    grub_xen_disk_detach (disk);
  else
    grub_xen_blkfront_disconnect (front);
}

/* DISK is not in use, but a host that detaches it still waits for an
   answer.  */
static void
hotplug_check_idle (struct grub_xen_disk *disk,
		    const struct grub_xenbus_device *dev,
		    enum xenbus_state backend)
{
  enum xenbus_state own;

  if (backend == XenbusStateInitWait
      && disk->front.state != GRUB_XEN_DISK_DISABLED)
    hotplug_check_medium (disk, dev);
  if (backend == XenbusStateClosing && !grub_xenbus_own_state (dev, &own)
      && own != XenbusStateClosed
      && !grub_xenbus_set_state (dev, XenbusStateClosed)
      && grub_xenbus_is_leaving (dev))
    grub_xen_disk_detach (disk);
}

static void
hotplug_check_listed (struct grub_xen_disk *disk)
{
  struct grub_xenbus_device dev;
  enum xenbus_state backend;

  if (grub_xenbus_open (&dev, disk->name, disk->path))
    return;
  if (!grub_xenbus_backend_state (&dev, &backend))
    {
      if (disk->front.state == GRUB_XEN_DISK_CONNECTED)
	hotplug_check_used (disk, &dev, backend);
      else
	hotplug_check_idle (disk, &dev, backend);
    }
  grub_xenbus_release (&dev);
}

static grub_err_t
hotplug_check_all (void *data __attribute__ ((unused)))
{
  struct grub_xen_disk *disks = grub_xen_disks (), *disk;

  /* A disk that is not listed is gone only if the list is complete.  An empty
     list can also come from a xenstored that was restarted without its
     contents.  */
  if (grub_errno)
    return grub_errno;
  for (disk = disks; disk && !disk->is_listed; disk = disk->next);
  if (!disk)
    return GRUB_ERR_NONE;
  for (disk = disks; disk; disk = disk->next)
    {
      if (disk->is_listed)
	hotplug_check_listed (disk);
      else if (disk->front.state != GRUB_XEN_DISK_DETACHED)
	grub_xen_disk_detach (disk);
      /* Report no error, because the user has not requested this.  */
      grub_errno = GRUB_ERR_NONE;
    }
  return GRUB_ERR_NONE;
}

/* Called while GRUB waits for a key.  This can be during a disk's request, if
   the pager waits after a debug line.  */
static void
hotplug_poll (void)
{
  if (hotplug_before)
    hotplug_before ();
  if (!grub_xen_is_up () || grub_xen_is_busy ()
      || grub_xen_deadline (0) < hotplug_next)
    return;
  grub_error_push ();
  grub_xen_retry_resumed (hotplug_check_all, 0);
  grub_errno = GRUB_ERR_NONE;
  grub_error_pop ();
  hotplug_next = grub_xen_deadline (HOTPLUG_INTERVAL);
}

GRUB_MOD_INIT (xen_hotplug)
{
  hotplug_before = grub_net_poll_cards_idle;
  grub_net_poll_cards_idle = hotplug_poll;
}

/* The module net overwrites the hook when it is loaded and unloaded; then the
   hook is no longer this module's.  */
GRUB_MOD_FINI (xen_hotplug)
{
  if (grub_net_poll_cards_idle == hotplug_poll)
    grub_net_poll_cards_idle = hotplug_before;
}
