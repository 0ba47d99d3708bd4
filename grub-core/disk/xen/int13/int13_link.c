/* SPDX-License-Identifier: GPL-3.0-or-later */
/* int13_link.c - connect and disconnect a drive of the INT 13h service
   Copyright (C) 2026  The grub-xen-hvm authors  */

#include <grub/err.h>
#include <grub/i18n.h>
#include <grub/misc.h>
#include <grub/mm.h>
#include <grub/xen/grant.h>
#include <grub/xen/resume.h>
#include "int13_place.h"

static void
int13_link_free (struct grub_xen_int13_mapping *mapping)
{
  grub_free (mapping->front);
  mapping->front = 0;
}

grub_err_t
grub_xen_int13_connect (struct grub_xen_int13_mapping *mapping,
			struct grub_xen_int13_drive *drive)
{
  struct grub_xen_blkfront *front = mapping->front;

  if (!front)
    front = mapping->front = grub_zalloc (sizeof (*front));
  if (!front)
    return grub_errno;
  front->name = mapping->name;
  front->path = mapping->path;
  front->handle = drive->handle;
  /* The pages are in the service's memory, because they are used after GRUB
     has ended.  */
  front->own_ring = (void *) (grub_addr_t) drive->ring;
  front->own_data = (void *) (grub_addr_t) drive->data;
  front->own_count = GRUB_XEN_INT13_PAGES;
  if (grub_xen_blkfront_connect (front))
    {
      /* grub_xen_int13_disconnect reports memory that the backend has
	 kept.  */
      if (!front->is_kept)
	int13_link_free (mapping);
      return grub_errno;
    }
  drive->port = front->port;
  /* The backend may differ from that of xen_blk's connection.  */
  drive->flush = front->flush_op;
  drive->readonly = (front->info & VDISK_READONLY) != 0;
  drive->ring_ref = front->ring_page->refs[0];
  grub_memcpy (drive->refs, front->own_pages->refs, sizeof (drive->refs));
  return GRUB_ERR_NONE;
}

int
grub_xen_int13_disconnect (struct grub_xen_int13_mapping *mapping,
			   struct grub_xen_int13_drive *drive)
{
  struct grub_xen_blkfront *front = mapping->front;
  int is_kept;

  if (!front)
    return 1;
  if (grub_xen_is_stale (front->generation))
    grub_xen_blkfront_forget (front);
  else
    grub_xen_blkfront_disconnect (front);
  drive->port = 0;
  drive->ring_ref = GRUB_XEN_GRANT_NONE;
  grub_memset (drive->refs, 0, sizeof (drive->refs));
  is_kept = front->is_kept && !grub_xen_is_stale (front->generation);
  if (is_kept)
    grub_printf_ (N_("%s: the host still uses memory of the INT 13h service, "
		     "which stays reserved.\n"),
		  mapping->name);
  int13_link_free (mapping);
  return !is_kept;
}
