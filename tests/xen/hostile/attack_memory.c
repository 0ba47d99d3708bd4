/* SPDX-License-Identifier: GPL-3.0-or-later */
/* attack_memory.c - the hostile backend: attacks on shared memory
   Copyright (C) 2026  The grub-xen-hvm authors  */

#include <sched.h>
#include <string.h>
#include "hostile.h"

/* The offset of a response's id in its entry of the ring.  */
#define RSP_ID		0

/* A step changes the shared page for a moment, or for good.  Most steps yield
   the CPU, because dom0 may have only one.  */

/* The number of writes of one value, so that the frontend can see it.  */
#define WHILE	100

static void
race_index (struct hostile *h)
{
  volatile uint32_t *prod = ring_index (h, RSP_PROD);
  unsigned int i;

  for (i = 0; i < WHILE; i++)
    *prod = attack_random (h);
  for (i = 0; i < WHILE; i++)
    *prod = h->rsp_prod;
  if (h->steps % 64 == 0)
    sched_yield ();
}

/* Ids of all entries change after they have been written.  */
static void
race_id (struct hostile *h)
{
  unsigned int i, j;

  for (i = 0; i < ENTRIES; i++)
    {
      volatile uint32_t *id = (volatile uint32_t *) (ring_entry (h, i)
						     + RSP_ID);
      uint32_t was = *id;

      for (j = 0; j < WHILE; j++)
	*id = attack_random (h);
      *id = was;
    }
}

static void
overwrite_indices (struct hostile *h)
{
  *ring_index (h, REQ_PROD) = attack_random (h);
  *ring_index (h, REQ_EVENT) = attack_random (h);
  *ring_index (h, RSP_EVENT) = attack_random (h);
  sched_yield ();
}

static void
fill_ring (struct hostile *h, int byte)
{
  memset ((void *) h->ring, byte, PAGE);
  xenevtchn_notify (h->evtchn, h->port);
  sched_yield ();
}

static void
ring_ones (struct hostile *h)
{
  fill_ring (h, 0xff);
}

static void
ring_zeros (struct hostile *h)
{
  fill_ring (h, 0);
}

static void
ring_noise (struct hostile *h)
{
  volatile uint32_t *word = (volatile uint32_t *) h->ring;
  unsigned int i;

  for (i = 0; i < PAGE / sizeof (*word); i++)
    word[i] = attack_random (h);
  xenevtchn_notify (h->evtchn, h->port);
  sched_yield ();
}

/* A backend can keep a mapping without the frontend's consent.  */
static enum reply
keep_mapped (struct hostile *h, const struct request *req, int status)
{
  (void) req;
  (void) status;
  h->keep = 1;
  return HONEST;
}

static void
scribble (struct hostile *h, void *page)
{
  volatile uint32_t *word = page;

  word[attack_random (h) % (PAGE / sizeof (*word))] = attack_random (h);
}

/* Write to every page that was ever in a request, data and lists of
   segments.  */
static void
data_noise (struct hostile *h)
{
  unsigned int ref;

  for (ref = 0; ref < MAX_REFS; ref++)
    if (h->kept[ref])
      scribble (h, h->kept[ref]);
  sched_yield ();
}

/* After the connection has ended.  */
static void
stolen_noise (struct hostile *h)
{
  unsigned int i, j;

  for (i = 0; i < h->n_stolen; i++)
    for (j = 0; j < 16; j++)
      scribble (h, h->stolen[i]);
  sched_yield ();
}

/* Fill the pages with this word, which occurs nowhere else in memory.
   linux/witness.c looks for it.  */
#define MARK		UINT64_C (0x9d3c6b1f58e7a042)

static void
stolen_mark (struct hostile *h)
{
  unsigned int i, j;

  for (i = 0; i < h->n_stolen; i++)
    for (j = 0; j < PAGE / sizeof (uint64_t); j++)
      ((volatile uint64_t *) h->stolen[i])[j] = MARK;
  sched_yield ();
}

static void
begin_noise (struct hostile *h)
{
  /* This moves the pages to the list of stolen ones.  */
  ring_disconnect (h);
  say (h, "writes to %u pages that it did not give back", h->n_stolen);
  attack_torment (h);
}

const struct attack memory_attacks[] =
  {
    { .name = "race-index", .torment = race_index,
      .help = "rsp_prod changes wildly while it is looked at" },
    { .name = "race-id", .torment = race_id,
      .help = "responses change after rsp_prod was published" },
    { .name = "overwrite-indices", .torment = overwrite_indices,
      .help = "req_prod, req_event and rsp_event are overwritten" },
    { .name = "ring-ones", .torment = ring_ones,
      .help = "the whole ring page is filled with 0xff all the time" },
    { .name = "ring-zeros", .torment = ring_zeros,
      .help = "the whole ring page is filled with 0 all the time" },
    { .name = "ring-noise", .torment = ring_noise,
      .help = "the whole ring page is filled with noise all the time" },
    { .name = "data-noise", .answer = keep_mapped, .torment = data_noise,
      .help = "noise into all data pages at all times, also after the answer" },
    { .name = "stolen-noise", .answer = keep_mapped, .torment = stolen_noise,
      .closed = begin_noise, .outlasts = 1,
      .help = "keeps ring and data pages mapped after the end, and writes noise there" },
    { .name = "stolen-mark", .answer = keep_mapped, .torment = stolen_mark,
      .closed = begin_noise, .outlasts = 1,
      .help = "the same, and fills them with one word all the time" },
    { .name = 0 }
  };
