/* SPDX-License-Identifier: GPL-3.0-or-later */
/* disks.h - the list of disks
   Copyright (C) 2026  The grub-xen-hvm authors  */

#ifndef GRUB_XEN_DISKS_HEADER
#define GRUB_XEN_DISKS_HEADER 1

#include <grub/err.h>
#include "blkfront.h"

struct grub_xen_disk
{
  struct grub_xen_disk *next;
  /* As GRUB names it: "xen/xvde".  */
  char *name;
  /* Frontend directory.  */
  char *path;
  /* The last list of xenstore had it.  */
  int is_listed;
  /* What its backend has opened, for hotplug.c; 0: not known.  */
  char *medium;
  /* Of a disk that has failed: the error, its message (0: there was no
     memory), and the backend's state then.  If it took long, connecting is
     not tried again before that state changes.  */
  struct
  {
    grub_err_t err;
    char *text;
    int was_slow;
    enum xenbus_state backend;
  } failure;
  struct grub_xen_blkfront front;
};

/* Bring Xen up, read the list of disks from xenstore, and return its head.
   0 with or without an error: there is none, or Xen is not there.  */
struct grub_xen_disk *grub_xen_disks (void);

/* The listed disk called NAME, "xen/xvde" or the like.  0 without an error:
   there is none; errors as for grub_xen_disks.  */
struct grub_xen_disk *grub_xen_disk_find (const char *name);

/* Make sure DISK is connected, and not to a pool that was given up.  Xen
   has to be up.  Errors: those of grub_xen_blkfront_connect.  */
grub_err_t grub_xen_disk_connect (struct grub_xen_disk *disk);

/* Give DISK back, which the host takes away: what there is by its name from
   now on is another disk, which a reader of this one must not read.  */
void grub_xen_disk_detach (struct grub_xen_disk *disk);

/* Give DISK back and refuse it with the message TEXT, which becomes the
   disk's, as long as its backend waits for a frontend; end that.  */
void grub_xen_disk_refuse (struct grub_xen_disk *disk, char *text);
void grub_xen_disk_permit (struct grub_xen_disk *disk);

/* Give every disk back to its backend.  The list stays, and a disk connects
   again when it is next used.  */
void grub_xen_disks_disconnect (void);

/* Give every disk back and forget them all.  */
void grub_xen_disks_forget (void);

#endif /* ! GRUB_XEN_DISKS_HEADER */
