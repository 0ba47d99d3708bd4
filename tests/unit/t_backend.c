/* SPDX-License-Identifier: GPL-3.0-or-later */
/* t_backend.c - tests of the fake backend, which has to detect wrong
   requests
   Copyright (C) 2026  The grub-xen-hvm authors  */

#include <stdlib.h>
#include <grub/mm.h>
#include <grub/xen/evtchn.h>
#include <grub/xen/grant.h>
#include "front.h"

/* The pages of requests: data, and a list of segments.  */
static void *data[2], *list;
static grant_ref_t data_ref[2], list_ref;
static struct grub_xen_pages *data_pages[2], *list_pages;

static void
up (void)
{
  unsigned int i;

  front_up (1000);
  front_connect ();
  for (i = 0; i < 2; i++)
    {
      data_pages[i] = grub_xen_pages_grant (0, 0, 1);
      assert_non_null (data_pages[i]);
      data[i] = data_pages[i]->memory;
      data_ref[i] = data_pages[i]->refs[0];
    }
  list_pages = grub_xen_pages_grant (0, 0, 1);
  assert_non_null (list_pages);
  list = list_pages->memory;
  list_ref = list_pages->refs[0];
}

static void
down (void)
{
  unsigned int i;

  /* The driver does not know the ring's indices, because the test wrote
     them.  */
  front.io.ring.req_prod = front.io.ring.req_pushed
    = front.io.ring.rsp_cons = front.io.ring.shared->req_prod;
  disk->complaint[0] = 0;
  disk->persistent = 0;
  grub_xen_blkfront_disconnect (&front);
  for (i = 0; i < 2; i++)
    grub_xen_pages_end (data_pages[i], "data");
  grub_xen_pages_end (list_pages, "list");
  front_down ();
}

/* The slot for the next request, zeroed.  */
static void *
next_place (void)
{
  struct blkif_sring *ring = front.io.ring.shared;
  void *req = &ring->ring[ring->req_prod % DISK_ENTRIES].req;

  memset (req, 0, sizeof (struct blkif_request));
  return req;
}

/* A valid direct request for a page at sector 8.  */
static struct blkif_request *
direct (void)
{
  struct blkif_request *req = next_place ();

  req->operation = BLKIF_OP_READ;
  req->handle = (uint16_t) FRONT_HANDLE;
  req->id = 5;
  req->sector_number = 8;
  req->nr_segments = 1;
  req->seg[0].gref = data_ref[0];
  req->seg[0].last_sect = 7;
  return req;
}

/* A valid indirect request for two pages at sector 16.  */
static struct blkif_request_indirect *
indirect (void)
{
  struct blkif_request_indirect *req = next_place ();
  struct blkif_request_segment *seg = list;
  unsigned int i;

  req->operation = BLKIF_OP_INDIRECT;
  req->indirect_op = BLKIF_OP_READ;
  req->handle = (uint16_t) FRONT_HANDLE;
  req->id = 6;
  req->sector_number = 16;
  req->nr_segments = 2;
  req->indirect_grefs[0] = list_ref;
  memset (list, 0, 4096);
  for (i = 0; i < 2; i++)
    {
      seg[i].gref = data_ref[i];
      seg[i].last_sect = 7;
    }
  return req;
}

/* Send the request in the ring.  The response has STATUS, ID and OPERATION,
   and the fake's complaint is TEXT.  */
static void
answered (int status, uint64_t id, uint8_t operation, const char *text)
{
  struct blkif_sring *ring = front.io.ring.shared;
  const struct blkif_response *rsp
    = &ring->ring[ring->rsp_prod % DISK_ENTRIES].rsp;
  uint32_t before = ring->rsp_prod;

  disk->complaint[0] = 0;
  grub_xen_wmb ();
  ring->req_prod++;
  grub_xen_mb ();
  assert_int_equal (grub_xen_evtchn_notify (front.port), GRUB_ERR_NONE);
  clock_pass (10 * MS);
  assert_int_equal (ring->rsp_prod, before + 1);
  assert_int_equal (rsp->status, status);
  assert_int_equal (rsp->id, id);
  assert_int_equal (rsp->operation, operation);
  assert_string_equal (disk->complaint, text);
}

static void
good (void)
{
  answered (BLKIF_RSP_OKAY, 5, BLKIF_OP_READ, "");
}

static void
refused (const char *text)
{
  answered (BLKIF_RSP_ERROR, 5, BLKIF_OP_READ, text);
}

static void
refused_indirect (const char *text)
{
  answered (BLKIF_RSP_ERROR, 6, BLKIF_OP_READ, text);
}

static void
good_requests (void **state)
{
  (void) state;
  up ();
  direct ();
  good ();
  assert_memory_equal (data[0], disk->data + 8 * 512, 4096);
  indirect ();
  answered (BLKIF_RSP_OKAY, 6, BLKIF_OP_READ, "");
  assert_memory_equal (data[0], disk->data + 16 * 512, 4096);
  assert_memory_equal (data[1], disk->data + 24 * 512, 4096);
  memset (data[1], 'i', 4096);
  indirect ()->indirect_op = BLKIF_OP_WRITE;
  answered (BLKIF_RSP_OKAY, 6, BLKIF_OP_WRITE, "");
  assert_memory_equal (disk->data + 24 * 512, data[1], 4096);
  down ();
}

static void
bad_direct_requests (void **state)
{
  struct blkif_request *req;

  (void) state;
  up ();
  direct ()->handle = 1;
  refused ("another disk's handle");
  direct ()->nr_segments = 0;
  refused ("the number of segments makes no sense");
  direct ()->nr_segments = 12;
  refused ("the number of segments makes no sense");
  direct ()->sector_number = 993;
  refused ("a request past the end");
  direct ()->sector_number = ~0ULL;
  refused ("a request past the end");
  direct ()->seg[0].last_sect = 8;
  refused ("a segment's sectors make no sense");
  direct ()->seg[0].first_sect = 8;
  refused ("a segment's sectors make no sense");
  direct ()->seg[0].gref = 4000;
  refused ("a page cannot be mapped");
  direct ()->seg[0].gref = ~0U;
  refused ("a page cannot be mapped");
  req = direct ();
  req->nr_segments = 2;
  req->seg[1] = req->seg[0];
  refused ("a page is in use already");
  disk->sector_size = 4096;
  direct ()->sector_number = 9;
  refused ("a request that begins inside a sector");
  direct ()->seg[0].last_sect = 6;
  refused ("a segment is no whole sectors");
  disk->info = VDISK_READONLY;
  direct ()->operation = BLKIF_OP_WRITE;
  answered (BLKIF_RSP_ERROR, 5, BLKIF_OP_WRITE,
	    "a write to a read-only disk");
  down ();
}

static void
bad_indirect_requests (void **state)
{
  struct blkif_request_segment *seg;

  (void) state;
  up ();
  indirect ()->nr_segments = 0;
  refused_indirect ("more indirect segments than were offered");
  disk->indirect = 1;
  indirect ();
  refused_indirect ("more indirect segments than were offered");
  disk->indirect = 0;
  indirect ();
  refused_indirect ("an indirect request, which is not offered");
  disk->indirect = 2;
  indirect ()->indirect_op = BLKIF_OP_FLUSH_DISKCACHE;
  answered (BLKIF_RSP_ERROR, 6, BLKIF_OP_FLUSH_DISKCACHE,
	    "an indirect request for what?");
  indirect ()->indirect_grefs[0] = 4000;
  refused_indirect ("a page cannot be mapped");
  indirect ();
  seg = list;
  seg[1].gref = list_ref;
  refused_indirect ("a page is in use already");
  indirect ();
  seg[1].first_sect = 9;
  refused_indirect ("a segment's sectors make no sense");
  indirect ();
  seg[1].gref = 0;
  refused_indirect ("a page cannot be mapped");
  indirect ();
  answered (BLKIF_RSP_OKAY, 6, BLKIF_OP_READ, "");
  down ();
}

static void
revoke_kept_page (void *arg)
{
  (void) arg;
  up ();
  direct ();
  good ();
  xen.grants[data_ref[0]].domid = 3;
  direct ();
  good ();
}

static void
a_page_that_is_taken_away (void **state)
{
  (void) state;
  up ();
  direct ();
  good ();
  assert_int_equal (disk->n_kept, 1);
  down ();
  /* The fake ends the test if a kept page is no longer granted.  */
  assert_int_not_equal (unit_apart (revoke_kept_page, 0), 0);
}

static void
what_was_asked_is_known (void **state)
{
  (void) state;
  up ();
  direct ();
  good ();
  indirect ();
  answered (BLKIF_RSP_OKAY, 6, BLKIF_OP_READ, "");
  assert_int_equal (disk->n_asked, 2);
  assert_int_equal (disk->asked[1].sector, 16);
  assert_int_equal (disk->asked[1].sectors, 16);
  assert_int_equal (disk->asked[1].indirect, 1);
  assert_int_equal (front_asked (disk), 24);
  assert_int_equal (front_asked_end (disk), 32);
  assert_int_equal (disk->widest, 2);
  assert_int_equal (disk->notifications, 2);
  front_asked_once (disk);
  down ();
}

static const struct unit_test tests[] =
  {
    UNIT_TEST (good_requests),
    UNIT_TEST (bad_direct_requests),
    UNIT_TEST (bad_indirect_requests),
    UNIT_TEST (a_page_that_is_taken_away),
    UNIT_TEST (what_was_asked_is_known),
  };

UNIT_MAIN (tests)
