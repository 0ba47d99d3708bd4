/* SPDX-License-Identifier: GPL-3.0-or-later */
/* barrier.c - the driver's memory barriers, as the host tests see them
   Copyright (C) 2026  The grub-xen-hvm authors  */

#include <string.h>
#include "barrier.h"
#include "xen.h"

/* The disks' rings, xenstore's and the console's.  */
#define RINGS	48
/* Bytes of a ring's entries.  */
#define MOST	GRUB_XEN_FRAME_SIZE

/* A ring, and its memory at the last barrier.  */
struct watched
{
  struct barrier_ring ring;
  grub_uint32_t produced;
  /* TOLD at the last full barrier.  */
  grub_uint32_t told;
  char entries[MOST];
};

static struct watched watched[RINGS];
/* The driver has barriers: fuzz targets are built without this file's.  */
static int is_active;
static grant_entry_v1_t grants[XEN_REFS];
/* The grants' flags at the last barrier that orders stores.  */
static grub_uint16_t ordered[XEN_REFS];

static int
is_used (const struct watched *w)
{
  return w->ring.entries != 0;
}

static void
copy_ring (struct watched *w)
{
  w->produced = *w->ring.produced;
  memcpy (w->entries, (const void *) w->ring.entries,
	  w->ring.count * w->ring.size);
}

void
barrier_watch (const struct barrier_ring *ring)
{
  struct watched *w;

  barrier_unwatch (ring->entries, 1);
  for (w = watched; w < watched + RINGS && is_used (w); w++);
  if (w == watched + RINGS)
    xen_violation ("more rings than barrier.c watches");
  w->ring = *ring;
  w->told = ring->told ? *ring->told : 0;
  copy_ring (w);
}

void
barrier_unwatch (const volatile void *start, unsigned int size)
{
  struct watched *w;

  for (w = watched; w < watched + RINGS; w++)
    if (is_used (w)
	&& (grub_addr_t) w->ring.entries - (grub_addr_t) start < size)
      memset (w, 0, sizeof (*w));
}

void
barrier_reset (void)
{
  memset (watched, 0, sizeof (watched));
  memset (grants, 0, sizeof (grants));
  memset (ordered, 0, sizeof (ordered));
}

/* An entry has to be there before the index that covers it.  */
static void
check_ring (const struct watched *w)
{
  grub_uint32_t i, now = *w->ring.produced;

  if (now - w->produced > w->ring.count)
    return;
  for (i = w->produced; i != now; i++)
    {
      unsigned int at = i % w->ring.count * w->ring.size;

      if (memcmp (w->entries + at, (const char *) w->ring.entries + at,
		  w->ring.size) != 0)
	xen_violation ("%s: no barrier between entry %u and its index",
		       w->ring.name, i);
    }
}

/* The flags make a grant valid, so the rest has to be there before.  */
static void
check_grants (void)
{
  unsigned int ref;

  if (memcmp (grants, xen.grants, sizeof (grants)) == 0)
    return;
  for (ref = 0; ref < XEN_REFS; ref++)
    if (!grants[ref].flags && xen.grants[ref].flags
	&& (grants[ref].domid != xen.grants[ref].domid
	    || grants[ref].frame != xen.grants[ref].frame))
      xen_violation ("grant %u: no barrier before its flags", ref);
}

void
barrier_pass (enum barrier kind)
{
  struct watched *w;
  unsigned int ref;

  is_active = 1;
  check_grants ();
  memcpy (grants, xen.grants, sizeof (grants));
  if (kind != BARRIER_READ)
    for (ref = 0; ref < XEN_REFS; ref++)
      ordered[ref] = grants[ref].flags;
  for (w = watched; w < watched + RINGS; w++)
    if (is_used (w))
      {
	check_ring (w);
	copy_ring (w);
	if (kind == BARRIER_FULL && w->ring.told)
	  w->told = *w->ring.told;
      }
}

void
barrier_check_call (void)
{
  struct watched *w;
  unsigned int ref;

  if (!is_active)
    return;
  check_grants ();
  for (ref = 0; ref < XEN_REFS; ref++)
    if (xen.grants[ref].flags && !ordered[ref] && grants[ref].flags == 0)
      xen_violation ("grant %u: no barrier after its flags", ref);
  for (w = watched; w < watched + RINGS; w++)
    if (is_used (w))
      {
	check_ring (w);
	if (w->ring.told && w->told != *w->ring.told)
	  xen_violation ("%s: no barrier after the event index",
			 w->ring.name);
      }
}

void
barrier_sync (void)
{
  struct watched *w;
  unsigned int ref;

  if (!is_active)
    return;
  memcpy (grants, xen.grants, sizeof (grants));
  for (ref = 0; ref < XEN_REFS; ref++)
    ordered[ref] = grants[ref].flags;
  for (w = watched; w < watched + RINGS; w++)
    if (is_used (w))
      {
	copy_ring (w);
	w->told = w->ring.told ? *w->ring.told : 0;
      }
}
