/*
 *  grub-xen-hvm  --  pages granted to a backend domain, for data
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

#include <grub/err.h>
#include <grub/mm.h>
#include <grub/xen/grant.h>
#include <grub/xen/platform.h>
#include <grub/xen/pool.h>

/* A word anywhere, of whatever is there.  */
typedef grub_uint32_t __attribute__ ((may_alias, aligned (1))) word_t;

static struct grub_xen_pool *pools;

static void
free_pool (struct grub_xen_pool *pool, const char *name)
{
  grub_xen_pages_end (pool->shared, name);
  grub_free (pool->link);
  grub_free (pool);
}

struct grub_xen_pool *
grub_xen_pool_get (domid_t domid)
{
  struct grub_xen_pool *pool;
  unsigned int i;

  for (pool = pools; pool; pool = pool->next)
    if (pool->domid == domid && !pool->abandoned)
      {
	pool->users++;
	return pool;
      }

  pool = grub_zalloc (sizeof (*pool));
  if (!pool)
    return 0;
  pool->domid = domid;
  pool->users = 1;
  pool->shared = grub_xen_pages_grant (domid, GRUB_XEN_POOL_PAGES);
  if (pool->shared)
    pool->link = grub_calloc (pool->shared->count, sizeof (pool->link[0]));
  if (!pool->link)
    {
      free_pool (pool, "");
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
grub_xen_pool_abandon (struct grub_xen_pool *pool, const char *name)
{
  pool->abandoned = 1;
  grub_xen_pages_blame (pool->shared, name);
}

void
grub_xen_pool_put (struct grub_xen_pool *pool, const char *name)
{
  struct grub_xen_pool **link;

  if (!pool || --pool->users)
    return;
  for (link = &pools; *link != pool; link = &(*link)->next);
  *link = pool->next;
  free_pool (pool, name);
}

grub_uint16_t
grub_xen_pool_take (struct grub_xen_pool *pool, unsigned int count)
{
  grub_uint16_t first = pool->first;

  pool->free -= count;
  while (count--)
    pool->first = pool->link[pool->first];
  return first;
}

void
grub_xen_pool_give (struct grub_xen_pool *pool, grub_uint16_t page,
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

/* Copy BYTES bytes, a multiple of 512.  GRUB's own function goes byte by byte;
   volatile makes the compiler read each word once and keeps it from calling
   that function all the same.  */
static void
copy_words (volatile word_t *to, const volatile word_t *from,
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
  for (; offset >= GRUB_XEN_PAGE_SIZE; offset -= GRUB_XEN_PAGE_SIZE)
    page = pool->link[page];
  while (bytes)
    {
      char *data = (char *) grub_xen_pool_page (pool, page) + offset;
      grub_size_t part = GRUB_XEN_PAGE_SIZE - offset;

      if (part > bytes)
	part = bytes;
      if (write)
	copy_words ((void *) data, (void *) buf, part);
      else
	copy_words ((void *) buf, (void *) data, part);
      buf += part;
      bytes -= part;
      offset = 0;
      page = pool->link[page];
    }
}
