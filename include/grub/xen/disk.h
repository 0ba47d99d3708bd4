/* SPDX-License-Identifier: GPL-3.0-or-later */
/* disk.h - the disks of module xen_blk, for other modules
   Copyright (C) 2026  The grub-xen-hvm authors  */

#ifndef GRUB_XEN_DISK_HEADER
#define GRUB_XEN_DISK_HEADER 1

#include <grub/command.h>
#include <grub/err.h>
#include <grub/xen/abi.h>

/* Names begin like those of GRUB's PV platforms.  */
#define GRUB_XEN_DISK_PREFIX	"xen/"

/* The state of a disk.  It is independent of xenstore's list: a disk may still
   be connected when it is no longer listed.  */
enum grub_xen_disk_state
  {
    /* Nothing is shared with its backend.  */
    GRUB_XEN_DISK_IDLE,
    /* The backend may map the granted pages.  */
    GRUB_XEN_DISK_CONNECTING,
    GRUB_XEN_DISK_CONNECTED,
    /* It is being disconnected, and the backend may still map the pages.  */
    GRUB_XEN_DISK_CLOSING,
    /* It is disconnected, and the backend gets ready for its next
       frontend.  */
    GRUB_XEN_DISK_RESETTING,
    /* The last connection attempt failed; nothing is shared.  */
    GRUB_XEN_DISK_FAILED,
    /* The backend violated the protocol, or did not answer.  The disk was
       disconnected, and is not used before the next boot or restore.  */
    GRUB_XEN_DISK_DISABLED,
    /* The host has detached it.  Another disk may have its name.  */
    GRUB_XEN_DISK_DETACHED
  };

/* A disk as it is now, for messages.  */
struct grub_xen_disk_info
{
  const char *name;
  /* Frontend directory.  */
  const char *path;
  /* The virtual device number (xen-vbd-interface(7)).  */
  grub_uint32_t handle;
  enum grub_xen_disk_state state;
  /* The reason if it is disabled, or has failed; 0: unknown.  */
  const char *reason;
  /* Of a connected disk: sectors of 512 bytes; VDISK_ flags and BLKIF_OP_ for
     flushes, as in struct grub_xen_blkfront.  */
  grub_uint64_t sectors;
  unsigned int sector_size;
  unsigned int flags;
  grub_uint8_t flush_op;
  /* Its backend's directory.  */
  const char *backend;
  unsigned int ring_entries;
  unsigned int segments;
  grant_ref_t ring_ref;
  evtchn_port_t port;
  unsigned int pool_pages;
  unsigned int pool_used;
  domid_t backend_id;
  unsigned int requests;
};

/* For module xen_info, which contains it (disk_info.c): bring Xen up, read the
   list of disks from xenstore, and call HOOK with each of them and DATA, until
   it returns an error.  Returns that error, or errors of grub_xen_up and
   xenstore.  */
grub_err_t grub_xen_disk_iterate
  (grub_err_t (*hook) (const struct grub_xen_disk_info *info, void *data),
   void *data);

/* GRUB's own command that CMD of the same name replaces.  MODULE is loaded if
   the command is missing.  0: GRUB_ERR_BAD_MODULE, or the error of loading the
   module.  */
grub_command_t grub_xen_command_below (grub_command_t cmd,
				       const char *module);

#endif /* ! GRUB_XEN_DISK_HEADER */
