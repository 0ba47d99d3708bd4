/* SPDX-License-Identifier: GPL-3.0-or-later */
/* xen_grant.c - a fake Xen: grants, as other domains use them
   Copyright (C) 2026  The grub-xen-hvm authors  */

#include <string.h>
#include "shim.h"
#include "xen.h"
#include "xen_mem.h"

void
xen_renew_grants (void)
{
  memset (xen.grants, 0, XEN_FRAMES * GRUB_XEN_FRAME_SIZE);
  memset (xen.readers, 0, sizeof (xen.readers));
  memset (xen.writers, 0, sizeof (xen.writers));
  xen.mapped = 0;
  xen.grant_frames = 0;
  xen.grant_version = 1;
  /* The toolstack makes a grant for xenstored at domain creation.  */
  xen.grants[1].flags = GTF_permit_access;
}

void *
xen_map_grant (domid_t by, grant_ref_t ref, int write)
{
  grant_entry_v1_t *e;
  void *page;

  if (ref >= XEN_REFS)
    return 0;
  e = &xen.grants[ref];
  if ((e->flags & GTF_type_mask) != GTF_permit_access
      || e->domid != by || (write && (e->flags & GTF_readonly)))
    return 0;
  page = xen_ram (e->frame);
  if (!page)
    return 0;
  if (!xen.readers[ref] && !xen.writers[ref])
    {
      xen.mapped++;
      xen.mapped_frame[ref] = e->frame;
    }
  else
    /* Xen reads the entry's frame only when the reference is not pinned
       (map_grant_ref).  For a pinned reference the old page is mapped.  */
    page = xen_ram (xen.mapped_frame[ref]);
  xen.readers[ref] += !write;
  xen.writers[ref] += !!write;
  e->flags |= GTF_reading | (write ? GTF_writing : 0);
  return page;
}

int
xen_still_granted (domid_t by, grant_ref_t ref)
{
  const grant_entry_v1_t *e = &xen.grants[ref];

  return (e->flags & (GTF_type_mask | GTF_readonly)) == GTF_permit_access
    && e->domid == by && e->frame == xen.mapped_frame[ref];
}

void
xen_unmap_grant (grant_ref_t ref, int write)
{
  grant_entry_v1_t *e = &xen.grants[ref];

  /* GRUB has to check whether a grant is in use before ending it.  An OS that
     overwrites the entry of a mapped reference cannot know.  */
  if (!xen.os_runs
      && (!(e->flags & GTF_reading) || e->frame != xen.mapped_frame[ref]))
    xen_violation ("grant %u was changed while it was mapped", ref);
  xen.readers[ref] -= !write;
  xen.writers[ref] -= !!write;
  if (!xen.writers[ref])
    e->flags &= ~GTF_writing;
  if (xen.writers[ref] || xen.readers[ref])
    return;
  e->flags &= ~GTF_reading;
  xen.mapped--;
}

/* The number of references in the frames that the guest has mapped.  */
static unsigned int
refs (void)
{
  unsigned int frames = xen.grant_frames < XEN_FRAMES
    ? xen.grant_frames : XEN_FRAMES;

  return frames * (GRUB_XEN_FRAME_SIZE / sizeof (grant_entry_v1_t));
}

grant_ref_t
xen_granted_within (const void *start, size_t size)
{
  grant_ref_t ref;

  for (ref = GNTTAB_NR_RESERVED_ENTRIES; ref < refs (); ref++)
    if (xen.grants[ref].flags)
      {
	const char *page = xen_ram (xen.grants[ref].frame);

	if (page >= (const char *) start
	    && page < (const char *) start + size)
	  return ref;
      }
  return 0;
}

unsigned int
xen_grants_left (void)
{
  unsigned int i, n = 0;

  for (i = GNTTAB_NR_RESERVED_ENTRIES; i < refs (); i++)
    n += xen.grants[i].flags != 0;
  return n;
}

unsigned int
xen_mapped_left (void)
{
  return xen.mapped;
}

unsigned int
xen_mapped_in_the_way (void)
{
  unsigned int i, n = 0;

  for (i = 0; i < XEN_REFS; i++)
    if ((xen.readers[i] || xen.writers[i])
	&& !shim_is_reserved (xen_ram (xen.mapped_frame[i]),
			      GRUB_XEN_FRAME_SIZE))
      n++;
  return n;
}
