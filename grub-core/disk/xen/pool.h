/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pool.h - the granted pages that all disks of one backend domain share
   Copyright (C) 2026  The grub-xen-hvm authors  */

#ifndef GRUB_XEN_POOL_HEADER
#define GRUB_XEN_POOL_HEADER 1

#include <grub/err.h>
#include <grub/xen/grant.h>

/* 2 MiB: 7 requests of 64 pages in flight, and some pages for others.  */
#define GRUB_XEN_POOL_PAGES	512

/* All disks of one backend domain share a pool, so that 40 disks do not need
   40 pools.  It holds only their data and lists of its own pages, so a backend
   can see nothing else.  */
struct grub_xen_pool
{
  struct grub_xen_pool *next;
  domid_t domid;
  unsigned int users;
  /* A request without a response may still write to it: no new user.  */
  int is_abandoned;
  unsigned int pages;
  /* Pages that are not allocated, in a chain that begins with FIRST.  */
  unsigned int free;
  grub_uint16_t first;
  struct grub_xen_pages *shared;
  /* Those of SHARED.  */
  char *memory;
  grant_ref_t *refs;
  /* For each page the one behind it in the chain that it is in.  */
  grub_uint16_t link[GRUB_XEN_POOL_PAGES];
};

/* The pool of backend domain DOMID, which is made if necessary, with one more
   user.  It is smaller, down to one page, if memory or grants are short.  0:
   GRUB_ERR_OUT_OF_MEMORY.  */
struct grub_xen_pool *grub_xen_pool_get (domid_t domid);

/* Remove one user, the disk called NAME.  After the last one the grants are
   revoked and the memory is freed, unless the backend still maps it: see
   grub_xen_pages_end.  */
void grub_xen_pool_put (struct grub_xen_pool *pool, const char *name);

/* POOL gets no new user from now on: the backend of the disk called NAME may
   still use its pages.  */
static inline void
grub_xen_pool_abandon (struct grub_xen_pool *pool, const char *name)
{
  pool->is_abandoned = 1;
  grub_xen_pages_blame (pool->shared, name);
}

/* Allocate COUNT pages, at most POOL->free.  Returns the first of their
   chain.  */
grub_uint16_t grub_xen_pool_alloc (struct grub_xen_pool *pool,
				   unsigned int count);

/* Free the COUNT pages whose chain begins with PAGE.  */
void grub_xen_pool_free (struct grub_xen_pool *pool, grub_uint16_t page,
			 unsigned int count);

/* The memory of PAGE.  */
static inline void *
grub_xen_pool_page (const struct grub_xen_pool *pool, grub_uint16_t page)
{
  return pool->memory + page * GRUB_XEN_FRAME_SIZE;
}

/* Copy BYTES bytes, a multiple of 512, from OFFSET on of the chain that begins
   with PAGE to BUF, or the other way if WRITE.  OFFSET is a multiple of 512,
   too.  Each byte of the pool is read once.  */
void grub_xen_pool_copy (struct grub_xen_pool *pool, grub_uint16_t page,
			 grub_size_t offset, char *buf, grub_size_t bytes,
			 int write);

#endif /* ! GRUB_XEN_POOL_HEADER */
