/* SPDX-License-Identifier: GPL-3.0-or-later */
/* disk_gone.c - disks that the host detaches, or that must not be used
   Copyright (C) 2026  The grub-xen-hvm authors  */

#include <grub/err.h>
#include <grub/mm.h>
#include "disks.h"

void
grub_xen_disk_detach (struct grub_xen_disk *disk)
{
  grub_xen_blkfront_disconnect (&disk->front);
  disk->is_listed = 0;
  grub_xen_blkfront_set_state (&disk->front, GRUB_XEN_DISK_DETACHED);
}

void
grub_xen_disk_refuse (struct grub_xen_disk *disk, char *text)
{
  grub_xen_blkfront_disconnect (&disk->front);
  grub_free (disk->failure.text);
  disk->failure.err = GRUB_ERR_BAD_DEVICE;
  disk->failure.text = text;
  disk->failure.was_slow = 1;
  disk->failure.backend = XenbusStateInitWait;
  grub_xen_blkfront_set_state (&disk->front, GRUB_XEN_DISK_FAILED);
}

void
grub_xen_disk_permit (struct grub_xen_disk *disk)
{
  if (disk->front.state == GRUB_XEN_DISK_FAILED
      && disk->failure.err == GRUB_ERR_BAD_DEVICE)
    grub_xen_blkfront_set_state (&disk->front, GRUB_XEN_DISK_IDLE);
}
