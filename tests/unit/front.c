/* SPDX-License-Identifier: GPL-3.0-or-later */
/* front.c - one connected disk, for the tests of ring and blkfront
   Copyright (C) 2026  The grub-xen-hvm authors  */

#include <stdlib.h>
#include <grub/xen/grant.h>
#include <grub/xen/resume.h>
#include "front.h"
#include "store.h"

struct disk *disk;
struct grub_xen_blkfront front;

static void
assert_connection_clean (void)
{
  assert_int_equal (xen_ports_left (), 0);
  assert_int_equal (xen_grants_left (), 0);
  assert_int_equal (xen_mapped_left (), 0);
  assert_int_equal (grub_xen_grant_count (), 0);
  assert_int_equal (disk_keys_left (disk), 0);
  assert_int_equal (shim.blocks, SHIM_UP);
  assert_int_equal (store.open_transactions, 0);
}

void
front_up (uint64_t sectors)
{
  disk = disk_add (FRONT_HANDLE, "xvde", sectors);
  assert_int_equal (grub_xen_up (), GRUB_ERR_NONE);
}

grub_err_t
front_try (struct grub_xen_blkfront *f, const char *name, const char *path,
	   grub_uint32_t handle)
{
  f->name = name;
  f->path = path;
  f->handle = handle;
  return grub_xen_blkfront_connect (f);
}

void
front_connect (void)
{
  grub_err_t err;

  disk->complaint[0] = 0;
  err = front_try (&front, FRONT_NAME, FRONT_PATH, FRONT_HANDLE);
  assert_string_equal (disk->complaint, "");
  assert_quiet ();
  assert_int_equal (err, GRUB_ERR_NONE);
  assert_int_equal (front.state, GRUB_XEN_DISK_CONNECTED);
  assert_int_equal (disk_state (disk), XenbusStateConnected);
  assert_int_equal (disk_frontend_state (disk), XenbusStateConnected);
}

void
front_begin (void)
{
  front_up (FRONT_SECTORS);
  front_connect ();
}

void
front_disconnect (void)
{
  grub_xen_blkfront_disconnect (&front);
  assert_quiet ();
  assert_int_equal (front.state, GRUB_XEN_DISK_IDLE);
  assert_int_equal (xen_mapped_in_the_way (), 0);
  if (disk->stopped && disk->n_pending)
    {
      /* Pages of requests in flight may be used again only after the
	 responses.  */
      assert_int_not_equal (xen_mapped_left (), 0);
      disk_ring_unstick (disk);
      disk_ring_disconnect (disk);
      grub_xen_pages_reclaim ();
    }
  assert_connection_clean ();
  if (!disk->gone)
    {
      assert_int_equal (disk_frontend_state (disk),
			XenbusStateInitialising);
      assert_int_equal (disk_state (disk), XenbusStateInitWait);
    }
}

void
front_is_clean (void)
{
  assert_connection_clean ();
}

void
front_down (void)
{
  assert_string_equal (disk->complaint, "");
  front_disconnect ();
  grub_xen_down ();
  assert_quiet ();
  assert_xen_clean ();
}

void
front_renew (void)
{
  disk_reset ();
  xen_reset ();
  store_reset ();
}

void
front_read_from (struct grub_xen_blkfront *from, const struct disk *d,
		 uint64_t sector, size_t bytes)
{
  char *buf = malloc (bytes + 1);
  size_t i;

  memset (buf, 0x33, bytes + 1);
  assert_int_equal (grub_xen_blkfront_read (from, sector, bytes, buf),
		    GRUB_ERR_NONE);
  assert_quiet ();
  for (i = 0; i < bytes; i += 8)
    {
      uint64_t pattern = disk_pattern (d, sector * 512 + i);

      assert_memory_equal (buf + i, &pattern, 8);
    }
  assert_int_equal (buf[bytes], 0x33);
  free (buf);
}

void
front_read (uint64_t sector, size_t bytes)
{
  front_read_from (&front, disk, sector, bytes);
}

static struct
{
  struct grub_xen_pool *pool;
  unsigned int count;
  grub_uint16_t first;
} held;

void
front_hold_pages (unsigned int pages)
{
  held.pool = grub_xen_pool_get (disk->domid);
  held.count = held.pool->free - pages;
  held.first = grub_xen_pool_alloc (held.pool, held.count);
}

void
front_release_pages (void)
{
  grub_xen_pool_free (held.pool, held.first, held.count);
  assert_int_equal (held.pool->free, held.pool->pages);
  grub_xen_pool_put (held.pool, FRONT_NAME);
}

uint64_t
front_asked (const struct disk *d)
{
  uint64_t sum = 0;
  unsigned int i;

  for (i = 0; i < d->n_asked; i++)
    if (!d->asked[i].write)
      sum += d->asked[i].sectors;
  return sum;
}

uint64_t
front_asked_end (const struct disk *d)
{
  uint64_t end = 0;
  unsigned int i;

  for (i = 0; i < d->n_asked; i++)
    if (!d->asked[i].write && d->asked[i].sector + d->asked[i].sectors > end)
      end = d->asked[i].sector + d->asked[i].sectors;
  return end;
}

void
front_asked_once (const struct disk *d)
{
  unsigned char *seen = calloc (1, d->sectors);
  unsigned int i, j;

  for (i = 0; i < d->n_asked; i++)
    for (j = 0; j < d->asked[i].sectors; j++)
      if (!d->asked[i].write)
	assert_int_equal (seen[d->asked[i].sector + j]++, 0);
  free (seen);
}

void
front_read_on (uint64_t first, uint64_t last, size_t bytes)
{
  while (first < last)
    {
      if (bytes > (last - first) * 512)
	bytes = (last - first) * 512;
      front_read (first, bytes);
      first += bytes / 512;
    }
}

void
front_write (uint64_t sector, size_t n, int value)
{
  char *buf = malloc (n * 512);

  memset (buf, value, n * 512);
  assert_int_equal (grub_xen_blkfront_write (&front, sector, n * 512, buf),
		    GRUB_ERR_NONE);
  assert_memory_equal (disk->data + sector * 512, buf, n * 512);
  free (buf);
}

void
front_read_now (uint64_t sector, size_t n)
{
  char *buf = malloc (n * 512);

  assert_int_equal (grub_xen_blkfront_read (&front, sector, n * 512, buf),
		    GRUB_ERR_NONE);
  assert_memory_equal (buf, disk->data + sector * 512, n * 512);
  free (buf);
}
