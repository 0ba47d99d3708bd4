/* SPDX-License-Identifier: GPL-3.0-or-later */
/* grant.h - the grant table
   Copyright (C) 2026  The grub-xen-hvm authors  */

#ifndef GRUB_XEN_GRANT_HEADER
#define GRUB_XEN_GRANT_HEADER 1

#include <grub/err.h>
#include <grub/xen/abi.h>

/* No grant.  References 0 to 7 are Xen's own (GNTTAB_NR_RESERVED_ENTRIES).  */
#define GRUB_XEN_GRANT_NONE	((grant_ref_t) 0)

/* The table is mapped while Xen is up (grub_xen_grant_layer).
   GRUB_ERR_BAD_DEVICE: version 2 is in use, or it cannot be mapped.
   References that a backend holds stay reserved when Xen goes down.  */

/* Reserve the highest reference that nobody uses and store it in *REF.
   GRUB_ERR_OUT_OF_MEMORY: none is left, and the table does not grow.  */
grub_err_t grub_xen_grant_reserve (grant_ref_t *ref);

/* Let domain REMOTE map the page at PAGE (page-aligned), for reading only if
   READONLY, under the reserved reference REF.  */
void grub_xen_grant_permit (grant_ref_t ref, domid_t remote,
			    const void *page, int readonly);

/* End the permission.  Returns 0 if the remote side still has the page mapped:
   then neither the page nor REF may be used again.  */
int grub_xen_grant_revoke (grant_ref_t ref);

/* Give back a reference that was never permitted or was revoked.  */
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
  /* The disk or the like whose backend has kept it, for messages.  */
  char name[32];
  /* Of the reserved range in the memory map, 0: it is in none.  */
  int mmap_handle;
  /* MEMORY is the caller's, who keeps it out of the memory map.  */
  int is_borrowed;
  /* The guest's resume generation when the pages were granted.  */
  unsigned int generation;
  /* References of the pages; GRUB_XEN_GRANT_NONE: it is not granted.  */
  grant_ref_t refs[0];
};

/* Grant MOST pages of zeros to domain REMOTE for reading and writing: fewer,
   down to one, where memory or references are short.  Of references that run
   out half stays free for others, unless MOST is 1.
   0: GRUB_ERR_OUT_OF_MEMORY.  */
struct grub_xen_pages *grub_xen_pages_grant (domid_t remote,
					     unsigned int most);

/* Grant the COUNT pages at MEMORY, which stays the caller's, to domain REMOTE
   for reading and writing, after they are cleared.
   0: GRUB_ERR_OUT_OF_MEMORY.  */
struct grub_xen_pages *grub_xen_pages_grant_at (domid_t remote, void *memory,
						unsigned int count);

/* Messages about PAGES shall name NAME, a disk or the like, whoever uses them
   last.  */
void grub_xen_pages_blame (struct grub_xen_pages *pages, const char *name);

/* Revoke PAGES and free them; 0 is harmless.  NAME, of the disk or the like,
   is for messages.  What the domain still maps is neither freed nor used
   again: from now on the whole block is reserved memory in the map that an OS
   gets, until grub_xen_pages_reclaim finds that the domain has let go.
   Returns 0 in that case; the caller may not use borrowed memory again then,
   nor give it to an OS.  */
int grub_xen_pages_end (struct grub_xen_pages *pages, const char *name);

/* Free the blocks that were given back, and those of a guest that was
   restored in the meantime, in whose domain no backend maps them.  For
   others Xen has to be up.  Raises no error.  */
void grub_xen_pages_reclaim (void);

/* Before an OS starts: tell the user of each block that a backend has kept.
   GRUB_ERR_OUT_OF_MEMORY: one of them cannot be reserved, so that no OS may be
   started.  */
grub_err_t grub_xen_pages_settle (void);

/* How many references are reserved now.  */
unsigned int grub_xen_grant_count (void);

#endif /* ! GRUB_XEN_GRANT_HEADER */
