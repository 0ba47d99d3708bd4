/* SPDX-License-Identifier: GPL-3.0-or-later */
/* attack_ring.c - attacks through the ring
   Copyright (C) 2026  The grub-xen-hvm authors  */

#include "attack.h"

/* Responses.  */

static int
wrong_id (struct disk *d, const struct disk_request *req, uint64_t id)
{
  disk_ring_respond (d, id, req->task, BLKIF_RSP_OKAY);
  return 1;
}

static int
id_behind_the_last (struct disk *d, const struct disk_request *req, int status)
{
  (void) status;
  return wrong_id (d, req, DISK_ENTRIES);
}

static int
id_of_all_ones (struct disk *d, const struct disk_request *req, int status)
{
  (void) status;
  return wrong_id (d, req, ~0ULL);
}

static int
id_with_a_high_bit (struct disk *d, const struct disk_request *req, int status)
{
  (void) status;
  return wrong_id (d, req, req->id | 1ULL << 32);
}

static int
id_that_is_free (struct disk *d, const struct disk_request *req, int status)
{
  (void) status;
  (void) req;
  return wrong_id (d, req, DISK_ENTRIES - 1);
}

static int
twice_at_once (struct disk *d, const struct disk_request *req, int status)
{
  disk_ring_respond (d, req->id, req->task, status);
  return wrong_id (d, req, req->id);
}

static struct disk_request last;

static void
again (void *arg)
{
  if (!disk->ring.sring)
    return;
  disk_ring_respond (disk, last.id, last.task, BLKIF_RSP_OKAY);
  disk_ring_push (disk, 1);
  (void) arg;
}

static int
twice_later (struct disk *d, const struct disk_request *req, int status)
{
  disk_ring_respond (d, req->id, req->task, status);
  last.id = req->id;
  last.task = req->task;
  clock_at (20 * US, again, d);
  return 1;
}

static int
wrong_operation (struct disk *d, const struct disk_request *req,
		 uint8_t operation)
{
  disk_ring_respond (d, req->id, operation, BLKIF_RSP_OKAY);
  return 1;
}

static int
write_for_read (struct disk *d, const struct disk_request *req, int status)
{
  (void) status;
  return wrong_operation (d, req, req->task ^ 1);
}

static int
indirect_for_what_it_does (struct disk *d, const struct disk_request *req,
			   int status)
{
  (void) status;
  return wrong_operation (d, req, BLKIF_OP_INDIRECT);
}

static int
no_such_operation (struct disk *d, const struct disk_request *req, int status)
{
  (void) status;
  return wrong_operation (d, req, 0xff);
}

static int
status_one (struct disk *d, const struct disk_request *req, int status)
{
  (void) status;
  disk_ring_respond (d, req->id, req->task, 1);
  return 1;
}

static int
status_below (struct disk *d, const struct disk_request *req, int status)
{
  (void) status;
  disk_ring_respond (d, req->id, req->task, BLKIF_RSP_EOPNOTSUPP - 1);
  return 1;
}

static int
status_highest (struct disk *d, const struct disk_request *req, int status)
{
  (void) status;
  disk_ring_respond (d, req->id, req->task, 0x7fff);
  return 1;
}

int
attack_not_supported (struct disk *d, const struct disk_request *req, int status)
{
  (void) status;
  disk_ring_respond (d, req->id, req->task, BLKIF_RSP_EOPNOTSUPP);
  return 1;
}

int
attack_an_error (struct disk *d, const struct disk_request *req, int status)
{
  (void) status;
  disk_ring_respond (d, req->id, req->task, BLKIF_RSP_ERROR);
  return 1;
}

/* Indices.  */

static int
index_by (struct disk *d, const struct disk_request *req, uint32_t by)
{
  (void) req;
  d->ring.rsp_prod_pvt += by;
  d->dead = 1;
  return 1;
}

static int
index_far (struct disk *d, const struct disk_request *req, int status)
{
  (void) status;
  return index_by (d, req, 100);
}

static int
index_one_too_far (struct disk *d, const struct disk_request *req, int status)
{
  (void) status;
  return index_by (d, req, d->n_pending + 1 + d->ring.sring->req_prod
		   - d->ring.req_cons);
}

static int
index_back (struct disk *d, const struct disk_request *req, int status)
{
  (void) status;
  return index_by (d, req, -1);
}

static int
index_half_around (struct disk *d, const struct disk_request *req, int status)
{
  (void) status;
  return index_by (d, req, 0x80000000U);
}

/* The index covers one slot more, which still holds a request.  */
static int
answer_that_is_none (struct disk *d, const struct disk_request *req,
		     int status)
{
  (void) status;
  return index_by (d, req, 1);
}

/* Contents of the ring.  */

static void
scribble (void *arg)
{
  unsigned char *page = (unsigned char *) disk->ring.sring;
  unsigned int i;

  if (!page)
    return;
  for (i = 0; i < 64; i++)
    page[disk_random (&disk->seed, 4096)] = disk_random (&disk->seed, 256);
  xen_raise (disk->port);
  clock_at (disk_random (&disk->seed, 100) * US, scribble, arg);
}

static int
garbage_in_the_ring (struct disk *d, const struct disk_request *req,
		     int status)
{
  (void) req;
  (void) status;
  d->dead = 1;
  scribble (d);
  return 1;
}

static int
ones_in_the_ring (struct disk *d, const struct disk_request *req, int status)
{
  (void) req;
  (void) status;
  memset (d->ring.sring, 0xff, 4096);
  d->dead = 1;
  return 1;
}

/* Change requests in the ring after they were taken.  */
static int
other_requests (struct disk *d, const struct disk_request *req, int status)
{
  unsigned int i;

  for (i = 0; i < d->n_pending; i++)
    {
      unsigned int at = d->ring.req_cons - 1 - i;
      struct blkif_request *raw = RING_GET_REQUEST (&d->ring, at);

      raw->id ^= 3;
      raw->operation ^= 1;
      raw->sector_number = 0;
    }
  disk_ring_respond (d, req->id, req->task, status);
  return 1;
}

static int
request_index_changed (struct disk *d, const struct disk_request *req,
		       int status)
{
  d->ring.sring->req_prod -= 5;
  disk_ring_respond (d, req->id, req->task, status);
  d->dead = 1;
  return 1;
}

/* Set req_event so that GRUB never notifies, and stop reading the ring.  */
static int
no_notification_wanted (struct disk *d, const struct disk_request *req,
			int status)
{
  disk_ring_respond (d, req->id, req->task, status);
  d->ring.sring->req_event = d->ring.req_cons - 1;
  d->dead = 1;
  return 1;
}

const struct attack ring_attacks[] =
  {
    ANSWER (id_behind_the_last, ENDS_IO, "unknown request"),
    ANSWER (id_of_all_ones, ENDS_IO, "unknown request"),
    ANSWER (id_with_a_high_bit, ENDS_IO, "unknown request"),
    ANSWER (id_that_is_free, ENDS_IO, "not in flight"),
    ANSWER (twice_at_once, ENDS_IO, ""),
    /* If the id is in use again by then, the response cannot be
       recognized.  */
    ANSWER (twice_later, ENDS_WELL | ENDS_ERROR | ENDS_IO, "", .lies = 1),
    ANSWER (write_for_read, ENDS_IO, "another operation"),
    ANSWER (indirect_for_what_it_does, ENDS_IO, "another operation"),
    ANSWER (no_such_operation, ENDS_IO, "another operation"),
    ANSWER (status_one, ENDS_IO, "unknown status"),
    ANSWER (status_below, ENDS_IO, "unknown status"),
    ANSWER (status_highest, ENDS_IO, "unknown status"),
    ANSWER_AS ("an_error", attack_an_error, ENDS_WELL | ENDS_READ_ERROR,
	       ""),
    ANSWER_AS ("not_supported", attack_not_supported,
	       ENDS_WELL | ENDS_READ_ERROR | ENDS_IO, ""),
    { .name = "indirect_not_supported", .hook = attack_not_supported,
      .ends = ENDS_IO, .text = "indirect", .operation = BLKIF_OP_INDIRECT },
    ANSWER (index_far, ENDS_IO, "more responses than requests"),
    ANSWER (index_one_too_far, ENDS_IO, ""),
    ANSWER (index_back, ENDS_DISABLED, ""),
    ANSWER (index_half_around, ENDS_IO, "more responses than requests"),
    ANSWER (answer_that_is_none, ENDS_IO, ""),
    ANSWER (garbage_in_the_ring, ENDS_WELL | ENDS_ERROR | ENDS_DISABLED, "",
	    .lies = 1),
    ANSWER (ones_in_the_ring, ENDS_DISABLED, ""),
    ANSWER (other_requests, ENDS_WELL, 0),
    ANSWER (request_index_changed, ENDS_TIMEOUT, ""),
    ANSWER (no_notification_wanted, ENDS_TIMEOUT, "does not answer")
  };

const unsigned int n_ring_attacks
  = sizeof (ring_attacks) / sizeof (ring_attacks[0]);
