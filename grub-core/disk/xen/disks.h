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
  /* The medium that its backend has opened, for hotplug.c; 0: not known.  */
  char *medium;
  /* Of a disk that has failed: the error, its message (0: there was no
     memory), and the backend's state at that time.  If it took long,
     connecting is not tried again before that state changes.  */
  struct
  {
    grub_err_t err;
    char *text;
    int was_slow;
    enum xenbus_state backend;
  } failure;
  struct grub_xen_blkfront front;
};

/* Bring Xen up, read the list of disks from xenstore, and return its head.  0
   with or without an error: no disks, or no Xen.  */
struct grub_xen_disk *grub_xen_disks (void);

/* The listed disk called NAME, such as "xen/xvde".  0 without an error: no
   such disk; errors as for grub_xen_disks.  */
struct grub_xen_disk *grub_xen_disk_find (const char *name);

/* Make sure DISK is connected, and not with an abandoned pool.  Xen has to be
   up.  Errors: those of grub_xen_blkfront_connect.  */
grub_err_t grub_xen_disk_connect (struct grub_xen_disk *disk);

/* Disconnect all disks.  The list stays, and a disk connects again on its next
   use.  */
void grub_xen_disks_disconnect (void);

/* Disconnect all disks and free the list.  */
void grub_xen_disks_forget (void);

/* The following functions are in disk_gone.c, of module xen_hotplug.  */

/* Disconnect DISK, which the host is detaching.  From now on its name belongs
   to another disk, which a reader of this one must not read.  */
void grub_xen_disk_detach (struct grub_xen_disk *disk);

/* Disconnect DISK and refuse it with the message TEXT, which the disk then
   owns, while its backend waits for a frontend; end the refusal.  */
void grub_xen_disk_refuse (struct grub_xen_disk *disk, char *text);
void grub_xen_disk_permit (struct grub_xen_disk *disk);

#endif /* ! GRUB_XEN_DISKS_HEADER */
