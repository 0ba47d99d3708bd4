/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pool.c - the granted pages that all disks of one backend domain share
   Copyright (C) 2026  The grub-xen-hvm authors  */

#include <grub/mm.h>
#include <grub/xen/grant.h>
#include <grub/xen/platform.h>
#include "pool.h"

/* An unaligned word that may alias any type.  */
typedef grub_uint32_t __attribute__ ((may_alias, aligned (1))) pool_word_t;

static struct grub_xen_pool *pools;

struct grub_xen_pool *
grub_xen_pool_get (domid_t domid)
{
  struct grub_xen_pool *pool;
  unsigned int i;

  for (pool = pools; pool; pool = pool->next)
    if (pool->domid == domid && !pool->is_abandoned)
      {
	pool->users++;
	return pool;
      }

  pool = grub_zalloc (sizeof (*pool));
  if (!pool)
    return 0;
  pool->domid = domid;
  pool->users = 1;
  pool->shared = grub_xen_pages_grant (domid, 0, GRUB_XEN_POOL_PAGES);
  if (!pool->shared)
    {
      grub_free (pool);
      return 0;
    }
  pool->pages = pool->free = pool->shared->count;
  pool->memory = pool->shared->memory;
  pool->refs = pool->shared->refs;
  for (i = 0; i < pool->pages; i++)
    pool->link[i] = i + 1;
  pool->next = pools;
  pools = pool;
  return pool;
}

void
grub_xen_pool_put (struct grub_xen_pool *pool, const char *name)
{
  struct grub_xen_pool **link;

  if (!pool || --pool->users)
    return;
  for (link = &pools; *link != pool; link = &(*link)->next);
  *link = pool->next;
  grub_xen_pages_end (pool->shared, name);
  grub_free (pool);
}

/* Copy BYTES bytes, a multiple of 512.  GRUB's own function copies single
   bytes. volatile makes the compiler read each word once, and prevents it from
   calling that function.  */
static void
pool_copy_words (volatile pool_word_t *to, const volatile pool_word_t *from,
		 grub_size_t bytes)
{
  for (; bytes; bytes -= 4 * sizeof (*to), to += 4, from += 4)
    {
      to[0] = from[0];
      to[1] = from[1];
      to[2] = from[2];
      to[3] = from[3];
    }
}

void
grub_xen_pool_copy (struct grub_xen_pool *pool, grub_uint16_t page,
		    grub_size_t offset, char *buf, grub_size_t bytes,
		    int write)
{
  grub_xen_counters.copied += bytes;
  for (; offset >= GRUB_XEN_FRAME_SIZE; offset -= GRUB_XEN_FRAME_SIZE)
    page = pool->link[page];
  while (bytes)
    {
      char *data = (char *) grub_xen_pool_page (pool, page) + offset;
      grub_size_t part = GRUB_XEN_FRAME_SIZE - offset;

      if (part > bytes)
	part = bytes;
      if (write)
	pool_copy_words ((void *) data, (void *) buf, part);
      else
	pool_copy_words ((void *) buf, (void *) data, part);
      buf += part;
      bytes -= part;
      offset = 0;
      page = pool->link[page];
    }
}

grub_uint16_t
grub_xen_pool_alloc (struct grub_xen_pool *pool, unsigned int count)
{
  grub_uint16_t first = pool->first;

  pool->free -= count;
  while (count--)
    pool->first = pool->link[pool->first];
  return first;
}

void
grub_xen_pool_free (struct grub_xen_pool *pool, grub_uint16_t page,
		    unsigned int count)
{
  grub_uint16_t last = page;

  if (!count)
    return;
  pool->free += count;
  while (--count)
    last = pool->link[last];
  pool->link[last] = pool->first;
  pool->first = page;
}
