/* SPDX-License-Identifier: GPL-3.0-or-later */
/* target_keys.c - fuzz target: keys written by toolstacks and backends
   Copyright (C) 2026  The grub-xen-hvm authors  */

#include <stdlib.h>
#include <string.h>
#include <grub/disk.h>
#include <grub/err.h>
#include <grub/mm.h>
#include "disks.h"
#include <grub/xen/grant.h>
#include <grub/xen/resume.h>
#include "backend.h"
#include "clock.h"
#include "keys.h"
#include "shim.h"
#include "xen.h"

/* The input has the records of keys.h, and then controls the connected backend
   (backend.h).  */

/* The number of listed disks to use at most.  */
#define MAX_DISKS	3

#define POOL_PAGES	32

/* The size of a read, in bytes.  */
#define PIECE	(8 * 1024)

static struct grub_xen_pool *pool;

/* Check for values that the driver must never accept.  */
static void
check_disk (const struct grub_xen_blkfront *front)
{
  const struct grub_xen_ring *ring = &front->io.ring;

  fuzz_check (front->state == GRUB_XEN_DISK_CONNECTED && front->sectors
	      && front->sectors <= GRUB_DISK_MAX_SECTORS, "a disk's size");
  fuzz_check (front->log_sector_size >= 9 && front->log_sector_size <= 12
	      && front->sector_size == 1U << front->log_sector_size,
	      "a disk's sector size");
  fuzz_check (front->sectors % (front->sector_size / 512) == 0,
	      "a disk's last sector");
  fuzz_check (ring->segments >= BLKIF_MAX_SEGMENTS_PER_REQUEST
	      && ring->segments <= GRUB_XEN_RING_SEGMENTS,
	      "a disk's segments");
}

static void
check_data (uint64_t sector, size_t bytes, const char *buf)
{
  size_t i;

  for (i = 0; backend.honest && i < bytes; i += 512)
    {
      uint64_t want = backend_sector (sector + i / 512);

      fuzz_check (!memcmp (buf + i, &want, 8), "wrong data");
    }
}

static void
read_piece (struct grub_xen_blkfront *front, uint64_t sector, size_t bytes)
{
  static char buf[PIECE + 1];

  buf[bytes] = 0x55;
  if (!grub_xen_blkfront_read (front, sector, bytes, buf))
    check_data (sector, bytes, buf);
  fuzz_check (buf[bytes] == 0x55, "written past the buffer's end");
  grub_errno = GRUB_ERR_NONE;
}

static void
write_piece (struct grub_xen_blkfront *front, uint64_t sector)
{
  static char buf[4096];
  grub_err_t err;

  memset (buf, 'w', sizeof (buf));
  if (sector > front->sectors || front->sectors - sector < 8)
    return;
  err = grub_xen_blkfront_write (front, sector, sizeof (buf), buf);
  fuzz_check (err || !(front->info & VDISK_READONLY),
	      "a disk that is read-only is written");
  grub_errno = GRUB_ERR_NONE;
}

static void
use (struct grub_xen_blkfront *front)
{
  uint64_t end = front->sectors, sector;
  unsigned int i;
  size_t piece = PIECE;
  char byte;

  if (end < piece / 512)
    piece = end * 512;
  backend.end = end;
  backend.segments = front->io.ring.segments;
  for (i = sector = 0; i < 4 && end - sector >= piece / 512; i++)
    {
      read_piece (front, sector, piece);
      sector += piece / 512;
    }
  read_piece (front, end - front->sector_size / 512, front->sector_size);
  write_piece (front, 8);
  read_piece (front, 0, piece);
  fuzz_check (grub_xen_blkfront_read (front, end, front->sector_size, &byte)
	      != GRUB_ERR_NONE, "a read past the end");
  grub_errno = GRUB_ERR_NONE;
}

/* A ring that the backend still maps after disconnecting stays reserved.  Free
   that memory, because the next inputs need it.  */
static void
recover (void)
{
  backend_end ();
  fuzz_check (!xen_mapped_left (), "the backend keeps something");
  grub_xen_pages_reclaim ();
}

/* Connect DISK, use it, and disconnect it.  */
static void
try_disk (struct grub_xen_disk *disk)
{
  struct grub_xen_blkfront *front = &disk->front;

  if (grub_xen_disk_connect (disk))
    fuzz_check (front->state == GRUB_XEN_DISK_FAILED && grub_errmsg[0], "no error");
  else
    {
      check_disk (front);
      use (front);
    }
  grub_errno = GRUB_ERR_NONE;
  grub_xen_blkfront_disconnect (front);
  fuzz_check (!grub_errno, "an error of leaving");
  recover ();
  fuzz_check (xen_grants_left () == POOL_PAGES, "a grant is left");
  if (keys_faulty ())
    return;
  fuzz_check (!keys_left (), "a key is left");
  fuzz_check (keys_own_state () == (front->dev.is_unclosed ? '6' : '1'),
	      "a state is left");
}

void
fuzz_target (const uint8_t *data, size_t size)
{
  struct fuzz_input in = { data, size };
  struct grub_xen_disk *disk;
  unsigned int base_blocks, n;

  base_blocks = fuzz_prepare (&pool, POOL_PAGES);
  keys_begin (&in);
  for (disk = grub_xen_disks (), n = 0; disk && n < MAX_DISKS;
       disk = disk->next)
    if (disk->is_listed)
      {
	n++;
	fuzz_check (grub_xen_disk_find (disk->name) != 0, "a disk is lost");
	try_disk (disk);
      }
  grub_errno = GRUB_ERR_NONE;
  grub_xen_disks_forget ();
  fuzz_check (!xen_ports_left (), "a port is left");
  base_blocks -= fuzz_finish (&pool);
  fuzz_check (shim.blocks == base_blocks, "memory is left");
  fuzz_check (clock_now () < 3600 * SECOND, "no end");
}
