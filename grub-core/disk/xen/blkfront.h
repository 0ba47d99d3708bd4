/* SPDX-License-Identifier: GPL-3.0-or-later */
/* blkfront.h - the connection of one disk to its backend
   Copyright (C) 2026  The grub-xen-hvm authors  */

#ifndef GRUB_XEN_BLKFRONT_HEADER
#define GRUB_XEN_BLKFRONT_HEADER 1

#include <grub/err.h>
#include <grub/xen/disk.h>
#include <grub/xen/xenbus.h>
#include "blkio.h"

struct grub_xen_blkfront
{
  /* The user's name for it, and the frontend directory.  Not owned.  */
  const char *name;
  const char *path;
  /* The virtual device number, of which requests carry the lower half.  */
  grub_uint32_t handle;
  /* The owner's memory for the ring, a page, and for the data, OWN_COUNT
     pages.  0: the connection allocates a page for the ring, and the data
     pages are those of a pool.  Not owned.  */
  void *own_ring;
  void *own_data;
  unsigned int own_count;
  /* Only grub_xen_blkfront_set_state writes it.  */
  enum grub_xen_disk_state state;
  /* The resume generation of the connection.  */
  unsigned int generation;
  struct grub_xenbus_device dev;
  /* The page of the ring, and the granted pages of OWN_DATA.  */
  struct grub_xen_pages *ring_page;
  struct grub_xen_pages *own_pages;
  /* The backend still mapped pages of RING_PAGE or OWN_PAGES when they were
     freed.  The owner of the memory resets it.  */
  int is_kept;
  evtchn_port_t port;
  struct grub_xen_pool *pool;
  /* The backend's values, checked.  Sectors of 512 bytes.  */
  grub_uint64_t sectors;
  unsigned int sector_size;
  unsigned int log_sector_size;
  /* VDISK_CDROM, VDISK_REMOVABLE, VDISK_READONLY (xen/io/blkif.h).  */
  unsigned int info;
  /* BLKIF_OP_FLUSH_DISKCACHE, BLKIF_OP_WRITE_BARRIER, or 0 for neither.  */
  grub_uint8_t flush_op;
  struct grub_xen_blkio io;
};

/* Connect FRONT, of which NAME, PATH and HANDLE are set, and nothing is
   shared.  FRONT->io can be used if its pages are those of a pool.  After a
   failure nothing is left, except memory that the backend keeps.
   GRUB_ERR_TIMEOUT, GRUB_ERR_BAD_DEVICE, GRUB_ERR_OUT_OF_RANGE (no medium),
   GRUB_ERR_OUT_OF_MEMORY and those of xenstore, all naming the disk.  */
grub_err_t grub_xen_blkfront_connect (struct grub_xen_blkfront *front);

/* Read the properties of the connected FRONT's disk from its backend again,
   and store them.  Returns 0 if they have changed.  Does not change
   grub_errno.  */
int grub_xen_blkfront_is_same (struct grub_xen_blkfront *front);

/* Read or write BYTES bytes at SECTOR (512 bytes); both are multiples of the
   sector size.  A write is flushed before it returns.  Errors: those of
   grub_xen_blkio_read; GRUB_ERR_ACCESS_DENIED for a write to a read-only
   disk; GRUB_ERR_OUT_OF_RANGE past the end.  */
grub_err_t grub_xen_blkfront_read (struct grub_xen_blkfront *front,
				   grub_uint64_t sector, grub_size_t bytes,
				   char *buf);
grub_err_t grub_xen_blkfront_write (struct grub_xen_blkfront *front,
				    grub_uint64_t sector, grub_size_t bytes,
				    const char *buf);

/* The rest is in closing.c.  */

/* Enter STATE; a debug line has the old and the new state.  */
void grub_xen_blkfront_set_state (struct grub_xen_blkfront *front,
				  enum grub_xen_disk_state state);

/* The steps of disconnecting a disk, in this order.  Each has a deadline, and
   is taken even if the one before has failed.  */
enum grub_xen_blkfront_step
  {
    /* Wait for requests in flight.  */
    GRUB_XEN_BLKFRONT_DRAIN,
    /* Closing, and wait for the backend to leave Connected.  */
    GRUB_XEN_BLKFRONT_CLOSE,
    GRUB_XEN_BLKFRONT_WAIT_CLOSING,
    /* Closed, and wait for the backend to close.  */
    GRUB_XEN_BLKFRONT_CLOSED,
    GRUB_XEN_BLKFRONT_WAIT_CLOSED,
    /* Revoke all grants, remove every key, and, if the backend has closed,
       Initialising, and wait for its InitWait.  */
    GRUB_XEN_BLKFRONT_LEAVE,
    GRUB_XEN_BLKFRONT_WAIT_READY,
    GRUB_XEN_BLKFRONT_STEPS
  };

/* Take STEP of disconnecting FRONT, until DEADLINE (see grub_xen_deadline). If
   VERBOSE, print a message about a long wait.  A frontend whose backend has
   not closed, or that the host is detaching, is left Closed.  Idempotent;
   harmless if FRONT is not connected.  After the last step FRONT is idle, or
   failed or detached as before.  Raises no error: failures are debug lines,
   because nothing can be done about them.  */
void grub_xen_blkfront_step (struct grub_xen_blkfront *front,
			     enum grub_xen_blkfront_step step,
			     grub_uint64_t deadline, int verbose);

/* Take all steps, each with GRUB_XEN_CLOSE_TIMEOUT, and the last one with
   GRUB_XEN_CONNECT_TIMEOUT.  */
void grub_xen_blkfront_disconnect (struct grub_xen_blkfront *front);

/* After a restore: free the resources of FRONT.  Its new backend does not know
   them.  */
void grub_xen_blkfront_forget (struct grub_xen_blkfront *front);

/* The keys that a frontend publishes, for grub_xenbus_publish.  */
#define GRUB_XEN_BLKFRONT_KEYS	4
void grub_xen_blkfront_make_keys (const struct grub_xen_blkfront *front,
				  struct grub_xenbus_key *keys);

#endif /* ! GRUB_XEN_BLKFRONT_HEADER */
