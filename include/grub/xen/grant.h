/*
 *  grub-xen-hvm  --  the grant table
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

#ifndef GRUB_XEN_GRANT_HEADER
#define GRUB_XEN_GRANT_HEADER 1

#include <grub/err.h>
#include <grub/xen/abi.h>

/* No grant.  References 0 to 7 are Xen's own (GNTTAB_NR_RESERVED_ENTRIES).  */
#define GRUB_XEN_GRANT_NONE	((grant_ref_t) 0)

/* Make the grant table ready; harmless when it is.
   GRUB_ERR_BAD_DEVICE: version 2 is in use, or it cannot be mapped.  */
grub_err_t grub_xen_grant_init (void);

/* Unmap the grant table.  References still held by a backend stay reserved.  */
void grub_xen_grant_fini (void);

/* Reserve a reference that nobody uses and store it in *REF.
   GRUB_ERR_OUT_OF_MEMORY: the table is full and does not grow.  */
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

/* A page of zeros, granted to domain REMOTE for reading and writing: its
   address in *PAGE, its reference in *REF.  GRUB_ERR_OUT_OF_MEMORY.  */
grub_err_t grub_xen_grant_page (domid_t remote, void **page, grant_ref_t *ref);

/* Undo grub_xen_grant_page and clear both variables.  A page that the remote
   side still maps is leaked, with a debug line.  */
void grub_xen_grant_page_end (void **page, grant_ref_t *ref);

/* How many references are reserved now.  */
unsigned int grub_xen_grant_count (void);

#endif /* ! GRUB_XEN_GRANT_HEADER */
