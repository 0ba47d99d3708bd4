/* SPDX-License-Identifier: GPL-3.0-or-later */
/* target_ring.c - fuzz target: a backend's writes to the ring, during any
   requests
   Copyright (C) 2026  The grub-xen-hvm authors  */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <grub/err.h>
#include <grub/xen/evtchn.h>
#include <grub/xen/grant.h>
#include "blkio.h"
#include <grub/xen/resume.h>
#include "backend.h"
#include "clock.h"
#include "shim.h"
#include "xen.h"

/* The front of the input controls the backend (backend.h).  The end of the
   input, read backwards, controls the user: a byte selects disk and pool, and
   each further byte is one access: a number of this list, and from bit 3 on an
   index in SIZES.  */
enum
  {
    /* Read at the end of the last read.  */
    READ_ON,
    /* The same, to an odd address.  */
    READ_ON_ODD = 3,
    /* Two more bytes are the sector.  */
    READ_AT,
    WRITE_AT,
    FLUSH,
    DRAIN,
    USES = 8
  };

static const uint8_t sizes[32] =
  {
    1, 2, 7, 8, 9, 15, 16, 24, 32, 63, 64, 65, 88, 89, 96, 97,
    1, 2, 3, 4, 5, 6, 8, 8, 16, 32, 64, 64, 64, 64, 104, 128
  };
#define MAX_SIZE	128

#define MAX_USES	24

/* Small, for speed, but large enough for readahead.  */
#define POOL_PAGES	64

static const struct
{
  uint16_t end;
  /* The most segments.  */
  uint8_t segments;
  /* Pages that are left in the pool.  */
  uint8_t pages;
} setups[16] =
  {
    { 1024, 16, 64 }, { 1024, 11, 64 }, { 1000, 28, 64 }, { 1024, 12, 64 },
    { 96, 16, 64 }, { 1024, 64, 64 }, { 1024, 16, 48 }, { 1024, 64, 17 },
    { 1024, 64, 13 }, { 1024, 64, 12 }, { 1024, 64, 11 }, { 1024, 64, 2 },
    { 1024, 64, 1 }, { 8, 16, 64 }, { 1024, 32, 64 }, { 777, 16, 60 }
  };

static struct grub_xen_blkio io;
static struct grub_xen_pool *pool;
static struct grub_xen_pages *ring_page;
static evtchn_port_t port;
static unsigned int base_blocks;

/* The disk's contents as the user knows them; 0: not written.  */
static uint64_t model[BACKEND_SECTORS];
static uint64_t written;

static uint64_t
expected (uint64_t sector)
{
  return model[sector] ? model[sector]
    : (sector + 1) * 0x9e3779b97f4a7c15ULL;
}

static int
has_failed (uint64_t sector, unsigned int n)
{
  return memchr (backend.failed + sector, 1, n) != 0;
}

/* Check the data or the error of a read of N sectors at SECTOR, if the backend
   was honest.  */
static void
check_read (uint64_t sector, unsigned int n, const char *buf)
{
  unsigned int i;

  if (!backend.honest)
    return;
  if (grub_errno)
    {
      fuzz_check (grub_xen_ring_is_open (&io.ring), "a good backend is believed to be bad");
      fuzz_check (has_failed (sector, n), "a read fails, and no answer did");
      return;
    }
  for (i = 0; i < n; i++)
    {
      uint64_t want = expected (sector + i);

      fuzz_check (!memcmp (buf + i * 512, &want, 8), "wrong data");
    }
}

static void
read_sectors (uint64_t sector, unsigned int n, int odd)
{
  static char memory[MAX_SIZE * 512 + 16];
  char *buf = memory + (odd ? 3 : 0);

  buf[n * 512] = 0x55;
  grub_xen_blkio_read (&io, sector, n * 512, buf);
  fuzz_check (buf[n * 512] == 0x55, "written past the buffer's end");
  check_read (sector, n, buf);
  grub_errno = GRUB_ERR_NONE;
}

static void
write_sectors (uint64_t sector, unsigned int n)
{
  static char buf[MAX_SIZE * 512];
  unsigned int i;

  for (i = 0; i < n; i++)
    {
      uint64_t value = ++written << 16 | 1;

      memcpy (buf + i * 512, &value, 8);
      model[sector + i] = value;
    }
  if (grub_xen_blkio_write (&io, sector, n * 512, buf))
    {
      fuzz_check (!backend.honest || has_failed (sector, n),
		  "a write fails, and no answer did");
      /* Only the disk knows which part was written.  */
      memcpy (&model[sector], &backend.content[sector],
	      n * sizeof (model[0]));
    }
  else if (backend.honest)
    fuzz_check (!memcmp (&model[sector], &backend.content[sector],
			 n * sizeof (model[0])), "wrong data written");
  grub_errno = GRUB_ERR_NONE;
}

static void
use (struct fuzz_input *in)
{
  uint64_t next = 0, sector;
  unsigned int uses, n;
  int supported;
  uint8_t byte;

  for (uses = 0; in->size && uses < MAX_USES; uses++)
    {
      byte = fuzz_last (in);
      n = sizes[byte >> 3];
      if (n > io.readahead.disk_end)
	n = io.readahead.disk_end;
      sector = next;
      if (byte % USES == READ_AT || byte % USES == WRITE_AT)
	{
	  sector = fuzz_last (in) << 8;
	  sector |= fuzz_last (in);
	}
      if (sector > io.readahead.disk_end - n)
	sector %= io.readahead.disk_end - n + 1;
      if (byte % USES <= READ_AT)
	{
	  read_sectors (sector, n, byte % USES == READ_ON_ODD);
	  next = sector + n;
	}
      else if (byte % USES == WRITE_AT)
	write_sectors (sector, n);
      else if (byte % USES == FLUSH)
	grub_xen_blkio_flush (&io, BLKIF_OP_FLUSH_DISKCACHE, &supported);
      else
	grub_xen_blkio_drain (&io,
			       grub_xen_deadline (GRUB_XEN_IO_TIMEOUT));
      grub_errno = GRUB_ERR_NONE;
    }
}

static void
connect (struct fuzz_input *in, unsigned int setup)
{
  fuzz_check (grub_xen_pool_get (0) == pool, "another pool");
  ring_page = grub_xen_pages_grant (0, 0, 1);
  fuzz_check (ring_page && !grub_xen_evtchn_alloc (0, &port), "no ring");
  grub_xen_ring_init (&io.ring, "xen/xvde", 51776 & 0xffff,
		      ring_page->memory, port, pool);
  grub_xen_readahead_init (&io.readahead);
  io.ring.segments = setups[setup].segments;
  io.readahead.disk_end = setups[setup].end;
  fuzz_check (backend_begin (in, 51776 & 0xffff, ring_page->refs[0],
			     port),
	      "no backend");
  backend.end = io.readahead.disk_end;
  backend.segments = io.ring.segments;
  memset (model, 0, sizeof (model));
  written = 0;
}

/* Disconnect like blkfront.c.  */
static void
leave (void)
{
  if (!grub_xen_blkio_drain (&io,
			      grub_xen_deadline (GRUB_XEN_CLOSE_TIMEOUT)))
    grub_xen_ring_disable (&io.ring, GRUB_XEN_RING_DISABLED,
			   "requests are still in flight");
  backend_end ();
  grub_xen_evtchn_close (port);
  grub_xen_pages_end (ring_page, "xen/xvde");
  grub_xen_pool_put (pool, "xen/xvde");
  fuzz_check (shim.blocks == base_blocks, "memory is left");
  fuzz_check (!xen_mapped_left () && xen_grants_left () == POOL_PAGES
	      && !xen.ports[port].guests, "something is left with Xen");
}

void
fuzz_target (const uint8_t *data, size_t size)
{
  struct fuzz_input in = { data, size };
  unsigned int setup = fuzz_last (&in) % 16, held;
  grub_uint16_t first;

  base_blocks = fuzz_prepare (&pool, POOL_PAGES);
  connect (&in, setup);
  held = POOL_PAGES - setups[setup].pages;
  first = grub_xen_pool_alloc (pool, held);
  use (&in);
  grub_xen_pool_free (pool, first, held);
  leave ();
  fuzz_check (pool->is_abandoned || pool->free == POOL_PAGES,
	      "pages are missing");
  fuzz_finish (&pool);
  fuzz_check (clock_now () < 3600 * SECOND, "no end");
}
