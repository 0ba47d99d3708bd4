/* SPDX-License-Identifier: GPL-3.0-or-later */
/* disk_info.c - the disks of module xen_blk, for module xen_info
   Copyright (C) 2026  The grub-xen-hvm authors  */

#include <grub/err.h>
#include <grub/misc.h>
#include <grub/xen/disk.h>
#include "disks.h"

/* Fill in INFO for DISK.  */
static void
disk_info_describe (const struct grub_xen_disk *disk,
		    struct grub_xen_disk_info *info)
{
  const struct grub_xen_blkfront *front = &disk->front;

  grub_memset (info, 0, sizeof (*info));
  info->name = disk->name;
  info->path = disk->path;
  info->handle = front->handle;
  info->state = front->state;
  if (front->state == GRUB_XEN_DISK_FAILED)
    info->reason = disk->failure.text;
  else if (front->state == GRUB_XEN_DISK_DISABLED)
    info->reason = front->io.ring.reason;
  if (front->state != GRUB_XEN_DISK_CONNECTED)
    return;
  info->sectors = front->sectors;
  info->sector_size = front->sector_size;
  info->flags = front->info;
  info->flush_op = front->flush_op;
  info->backend = front->dev.backend;
  info->ring_entries = GRUB_XEN_RING_ENTRIES;
  info->segments = front->io.ring.segments;
  info->ring_ref = front->ring_page->refs[0];
  info->port = front->port;
  info->pool_pages = front->pool->pages;
  info->pool_used = front->pool->pages - front->pool->free;
  info->backend_id = front->pool->domid;
  info->requests = front->io.ring.requests;
}

grub_err_t
grub_xen_disk_iterate (
  grub_err_t (*hook) (const struct grub_xen_disk_info *info, void *data),
  void *data)
{
  struct grub_xen_disk *disk = grub_xen_disks (), *next;
  struct grub_xen_disk_info info;

  for (; disk && !grub_errno; disk = next)
    {
      next = disk->next;
      if (!disk->is_listed)
	continue;
      disk_info_describe (disk, &info);
      if (hook (&info, data))
	break;
    }
  return grub_errno;
}
