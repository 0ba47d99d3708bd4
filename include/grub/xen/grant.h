/* SPDX-License-Identifier: GPL-3.0-or-later */
/* grant.h - the grant table
   Copyright (C) 2026  The grub-xen-hvm authors  */

#ifndef GRUB_XEN_GRANT_HEADER
#define GRUB_XEN_GRANT_HEADER 1

#include <grub/err.h>
#include <grub/xen/platform.h>

/* No grant.  References 0 to 7 are Xen's own (GNTTAB_NR_RESERVED_ENTRIES).  */
#define GRUB_XEN_GRANT_NONE	((grant_ref_t) 0)

/* The table is mapped while Xen is up (grub_xen_grant_layer).
   GRUB_ERR_BAD_DEVICE: version 2 is in use, or it cannot be mapped.
   References that a backend holds stay reserved when Xen goes down.  */

/* Reserve the highest free reference and store it in *REF.
   GRUB_ERR_OUT_OF_MEMORY: all are in use, and the table cannot grow.  */
grub_err_t grub_xen_grant_reserve (grant_ref_t *ref);

/* Permit domain REMOTE to map the page at PAGE (page-aligned), for reading
   only if READONLY, by the reserved reference REF.  */
void grub_xen_grant_permit (grant_ref_t ref, domid_t remote,
			    const void *page, int readonly);

/* End the permission.  Returns 0 if the remote side still has the page mapped:
   then neither the page nor REF may be used again.  */
int grub_xen_grant_revoke (grant_ref_t ref);

/* Free a reference that was never permitted or was revoked.  */
void grub_xen_grant_release (grant_ref_t ref);

/* Pages granted to one domain (pages.c).  */
struct grub_xen_pages
{
  /* The next block of those that a backend has kept.  */
  struct grub_xen_pages *next;
  domid_t remote;
  /* Pages in MEMORY, and those at its beginning that are granted.  */
  unsigned int size;
  unsigned int count;
  char *memory;
  /* The device whose backend has kept it, for messages.  */
  char name[32];
  /* Of the reserved range in the memory map, or 0.  */
  int mmap_handle;
  /* MEMORY belongs to the caller, who keeps it out of the memory map.  */
  int is_borrowed;
  /* The guest's resume generation when the pages were granted.  */
  unsigned int generation;
  /* References of the pages; GRUB_XEN_GRANT_NONE: not granted.  */
  grant_ref_t refs[0];
};

/* Grant MOST pages of zeros to domain REMOTE for reading and writing, or
   fewer, down to one, if memory or references are short.  If references run
   out, half of them stay free for others, unless MOST is 1.  If MEMORY is not
   0, grant all MOST pages there, or none; the memory stays the caller's.
   0: GRUB_ERR_OUT_OF_MEMORY.  */
struct grub_xen_pages *grub_xen_pages_grant (domid_t remote, void *memory,
					     unsigned int most);

/* Use NAME, of a disk for example, in messages about PAGES.  */
void grub_xen_pages_blame (struct grub_xen_pages *pages, const char *name);

/* Revoke PAGES and free them; 0 is harmless.  NAME, of the device, is for
   messages.  If the domain still maps a page, the block is neither freed nor
   used again, and returns 0: the whole block is reserved memory in the OS's
   memory map until grub_xen_pages_reclaim finds that the domain has unmapped
   it.  In this case the caller must not use borrowed memory again, nor give it
   to an OS.  */
int grub_xen_pages_end (struct grub_xen_pages *pages, const char *name);

/* Free the blocks that are no longer mapped, and those from before a restore,
   because no backend of the new domain maps them.  For others Xen has to be
   up.  Raises no error.  */
void grub_xen_pages_reclaim (void);

/* Before an OS starts: report each block that a backend has kept.
   GRUB_ERR_OUT_OF_MEMORY: one of them cannot be reserved, so no OS may be
   started.  */
grub_err_t grub_xen_pages_settle (void);

/* The number of reserved references.  */
static inline unsigned int
grub_xen_grant_count (void)
{
  return grub_xen_counters.references;
}

#endif /* ! GRUB_XEN_GRANT_HEADER */
