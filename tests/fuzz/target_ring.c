/*
 *  grub-xen-hvm  --  fuzz target: what a backend writes into the ring
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


#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <grub/err.h>
#include <grub/xen/blkfront.h>
#include <grub/xen/xen.h>
#include "clock.h"
#include "disk.h"
#include "fuzz.h"
#include "shim.h"
#include "store.h"
#include "xen.h"

/* The input is a list of records: a byte that says what the backend does when it
   next runs, and what belongs to that.  */
enum
  {
    /* Answer one request as it should be.  */
    HONEST,
    /* Answer it with an id, operation and status of the input's.  */
    RESPONSE,
    /* Answer one that is in flight, with a status of the input's.  */
    STATUS,
    /* Add to the index.  */
    RSP_PROD,
    /* Write bytes anywhere into the shared page.  */
    SCRIBBLE,
    SILENCE,
    KINDS
  };

/* A few requests more than the pool carries; both small, for speed.  */
#define POOL	(44 * 4096)
#define BYTES	(6 * 11 * 4096)

static struct fuzz_input in;
static struct disk *disk;
static uint32_t taken, prod;

static void
respond (uint64_t id, uint8_t operation, int16_t status)
{
  struct blkif_sring *ring = disk->ring.sring;
  struct blkif_response *rsp = &ring->ring[prod++ % 32].rsp;

  rsp->id = id;
  rsp->operation = operation;
  rsp->status = status;
  ring->rsp_prod = prod;
}

static void
act (void *arg)
{
  struct blkif_sring *ring = disk->ring.sring;
  struct blkif_request req;
  uint8_t kind = fuzz_byte (&in) % KINDS;

  (void) arg;
  if (!ring)
    return;
  req = ring->ring[taken % 32].req;
  if (kind < RSP_PROD && taken != ring->req_prod)
    taken++;
  if (kind == HONEST)
    respond (req.id, req.operation, BLKIF_RSP_OKAY);
  else if (kind == RESPONSE)
    {
      uint32_t id = fuzz_word (&in);

      respond (id, fuzz_byte (&in), (int8_t) fuzz_byte (&in));
    }
  else if (kind == STATUS)
    respond (req.id, req.operation, (int8_t) fuzz_byte (&in));
  else if (kind == RSP_PROD)
    ring->rsp_prod += fuzz_word (&in);
  else if (kind == SCRIBBLE)
    {
      unsigned int at = fuzz_word (&in) % 4096, n = fuzz_byte (&in);

      fuzz_bytes (&in, (char *) ring + at, n < 4096 - at ? n : 4096 - at);
    }
  xen_raise (disk->port);
  if (in.size)
    clock_at (50 * US, act, &in);
}

static void
use (struct grub_xen_blkfront *front)
{
  static char buf[BYTES + 8];
  int i;

  for (i = 0; i < 3; i++)
    {
      memset (buf, 0x55, sizeof (buf));
      grub_xen_blkfront_read (front, i, BYTES, buf);
      fuzz_check (buf[BYTES] == 0x55, "written past the buffer's end");
      grub_errno = GRUB_ERR_NONE;
      grub_xen_blkfront_write (front, i, 3 * 4096, buf);
      grub_errno = GRUB_ERR_NONE;
    }
}

void
fuzz_target (const uint8_t *data, size_t size)
{
  static struct grub_xen_blkfront front;
  uint64_t start;

  fuzz_reset ();
  shim.largest = POOL;
  disk = disk_add (51776, "xvde", 8);
  disk->sectors_key = "4096";
  fuzz_check (!grub_xen_up (), "the driver does not come up");
  fuzz_check (!grub_xen_blkfront_connect (&front, "xen/xvde",
					  "device/vbd/51776", 51776),
	      "the disk does not connect");
  /* From here on the input is the backend; only its states are the fake's.  */
  disk->dead = 1;
  taken = prod = 0;
  in.data = data;
  in.size = size;
  start = clock_now ();
  clock_at (50 * US, act, &in);
  use (&front);
  clock_cancel (&in);
  grub_xen_blkfront_disconnect (&front);
  grub_xen_down ();
  fuzz_check (clock_now () - start < 600 * SECOND, "no end");
  fuzz_check (!xen_ports_left () && !xen_slots_left () && !xen_grants_left ()
	      && !xen_mapped_left (), "something is left with Xen");
  fuzz_check (!disk_keys_left (disk), "a key is left");
  fuzz_check (shim.blocks <= SHIM_KEPT, "memory is left");
}
