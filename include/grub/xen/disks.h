/*
 *  grub-xen-hvm  --  the list of disks
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

#ifndef GRUB_XEN_DISKS_HEADER
#define GRUB_XEN_DISKS_HEADER 1

#include <grub/command.h>
#include <grub/err.h>
#include <grub/xen/blkfront.h>

/* A disk that xenstore lists, connected or not.  */
struct grub_xen_disk
{
  struct grub_xen_disk *next;
  /* As GRUB names it: "xen/xvde".  */
  char *name;
  /* Frontend directory.  */
  char *path;
  /* The virtual device number (xen-vbd-interface(7)).  */
  grub_uint32_t handle;
  /* Nonzero while xenstore still lists it.  */
  int listed;
  /* Why it could not be used, and the backend's state then.  If that took long,
     it is not tried again before the state changes.  */
  grub_err_t failure;
  char *failure_text;
  int slow;
  enum xenbus_state failure_state;
  /* Nonzero: the host took it away.  Another of the same name is another disk: this one
     is for those who have it open.  */
  int gone;
  /* For hotplug.c: a number for the medium that the backend opened, 0: not known.  */
  grub_uint32_t medium;
  struct grub_xen_blkfront front;
};

/* Names begin like those of GRUB's PV platforms.  */
#define GRUB_XEN_DISK_PREFIX	"xen/"

/* Bring Xen up, read the list of disks from xenstore, and return its head.
   0 with or without an error: there is none, or Xen is not there.  */
struct grub_xen_disk *grub_xen_disks (void);

/* The listed disk called NAME, "xen/xvde" or the like.  0 without an error:
   there is none; errors as for grub_xen_disks.  */
struct grub_xen_disk *grub_xen_disk_find (const char *name);

/* Make sure DISK is connected, and not to a pool that was given up.  Errors: those of
   grub_xen_blkfront_connect.  */
grub_err_t grub_xen_disk_connect (struct grub_xen_disk *disk);

/* Give every disk back to its backend.  The list stays, and a disk connects
   again when it is next used.  */
void grub_xen_disks_disconnect (void);

/* Give every disk back and forget them all.  */
void grub_xen_disks_forget (void);

/* GRUB's own command of the name of CMD, which stands in front of it; from
   MODULE, which is loaded if that is not there.  0: GRUB_ERR_BAD_MODULE, or
   why the module cannot be loaded.  */
grub_command_t grub_xen_command_below (grub_command_t cmd,
				       const char *module);

#endif /* ! GRUB_XEN_DISKS_HEADER */
