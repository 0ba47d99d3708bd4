/* SPDX-License-Identifier: GPL-3.0-or-later */
/* barrier.h - the driver's memory barriers, as the host tests see them
   Copyright (C) 2026  The grub-xen-hvm authors  */

#ifndef UNIT_BARRIER_HEADER
#define UNIT_BARRIER_HEADER 1

#include <grub/xen/abi.h>

/* The compiler reads this file before each source of the driver.  */
#define grub_xen_rmb()	barrier_pass (BARRIER_READ)
#define grub_xen_wmb()	barrier_pass (BARRIER_WRITE)
#define grub_xen_mb()	barrier_pass (BARRIER_FULL)

enum barrier { BARRIER_READ, BARRIER_WRITE, BARRIER_FULL };

/* A ring that GRUB shares with another domain.  A missing barrier cannot be
   seen on this machine, because one thread runs both sides.  So the memory is
   compared from barrier to barrier, and two stores whose order matters must
   not both fall between two barriers.  */
struct barrier_ring
{
  const char *name;
  /* The index up to which GRUB has filled entries, free-running.  */
  const volatile grub_uint32_t *produced;
  /* A word that the other domain has to see before GRUB reads its reply, such
     as the event index; 0: none.  */
  const volatile grub_uint32_t *told;
  /* The entries: their number, a power of two, and their size in bytes.  */
  const volatile void *entries;
  unsigned int count;
  unsigned int size;
};

/* Watch RING from now on, a copy of which is taken; a ring at the same place
   is replaced.  */
void barrier_watch (const struct barrier_ring *ring);

/* Watch no ring whose entries are in the SIZE bytes at START.  */
void barrier_unwatch (const volatile void *start, unsigned int size);

void barrier_reset (void);

/* The driver has reached a barrier.  */
void barrier_pass (enum barrier kind);

/* GRUB calls Xen: every index must have been followed by a barrier, as far as
   the ring's protocol wants one.  */
void barrier_check_call (void);

/* The other domain has changed shared memory: what it did is not GRUB's.  */
void barrier_sync (void);

#endif
