/*
 *  grub-xen-hvm  --  pages for disk data, granted to one backend domain
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

#ifndef GRUB_XEN_POOL_HEADER
#define GRUB_XEN_POOL_HEADER 1

#include <grub/err.h>
#include <grub/xen/abi.h>

/* 16 requests of 11 pages: what one ring can carry at 704 KiB in flight.  */
#define GRUB_XEN_POOL_PAGES	(16 * BLKIF_MAX_SEGMENTS_PER_REQUEST)

/* All disks of one backend domain share a pool: GRUB reads one disk at a time.
   It holds nothing but disk data, so that is all a backend can ever see.  */
struct grub_xen_pool
{
  struct grub_xen_pool *next;
  domid_t domid;
  unsigned int users;
  /* A request that never came back may still write to it: no new user.  */
  int abandoned;
  unsigned int pages;
  char *memory;
  grant_ref_t *refs;
};

/* The pool of backend domain DOMID, made if there is none, with one more user.
   It is smaller, down to one page, when memory or grants are short.
   0: GRUB_ERR_OUT_OF_MEMORY.  */
struct grub_xen_pool *grub_xen_pool_get (domid_t domid);

/* One user less.  With the last one permissions are revoked and memory is
   freed; pages that the backend still maps are leaked, with a debug line.  */
void grub_xen_pool_put (struct grub_xen_pool *pool);

/* Let nobody get POOL any more: a backend may still use its pages.  */
void grub_xen_pool_abandon (struct grub_xen_pool *pool);

#endif /* ! GRUB_XEN_POOL_HEADER */
