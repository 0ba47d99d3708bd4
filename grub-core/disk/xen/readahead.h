/* SPDX-License-Identifier: GPL-3.0-or-later */
/* readahead.h - which sectors to request before they are needed
   Copyright (C) 2026  The grub-xen-hvm authors  */

#ifndef GRUB_XEN_READAHEAD_HEADER
#define GRUB_XEN_READAHEAD_HEADER 1

#include <grub/types.h>

/* No sector.  */
#define GRUB_XEN_NOWHERE	(~(grub_uint64_t) 0)

/* The history of one disk's reads.  Sectors are of 512 bytes.  */
struct grub_xen_readahead
{
  /* The disk's end: nothing behind it is requested.  0: no readahead.  */
  grub_uint64_t disk_end;
  /* The start of a sequence's next read, and the number of sectors that are
     kept ahead of the sequence; 0: the reads are not sequential.  */
  grub_uint64_t next;
  grub_uint32_t window;
  /* The end of the last read.  */
  grub_uint64_t last_end;
};

/* What to do for one read.  */
struct grub_xen_readahead_plan
{
  /* Readahead requests that end at this sector or before it are useless;
     GRUB_XEN_NOWHERE: all of them are.  */
  grub_uint64_t discard;
  /* Request sectors up to here, the read's own included.  */
  grub_uint64_t end;
  /* Request more when at most this many sectors are requested from the current
     position on.  */
  grub_uint32_t low;
};

/* Reset the history; there is no readahead before DISK_END is set.  */
static inline void
grub_xen_readahead_init (struct grub_xen_readahead *ra)
{
  ra->disk_end = 0;
  ra->window = 0;
  ra->next = ra->last_end = GRUB_XEN_NOWHERE;
}

/* Treat the reads as not sequential.  */
static inline void
grub_xen_readahead_stop (struct grub_xen_readahead *ra)
{
  ra->window = 0;
}

/* A read of COUNT sectors at SECTOR begins.  IS_REQUESTED: its first sector
   was requested before.  Fill in PLAN.  */
void grub_xen_readahead_next (struct grub_xen_readahead *ra,
			      grub_uint64_t sector, grub_uint32_t count,
			      int is_requested,
			      struct grub_xen_readahead_plan *plan);

#endif /* ! GRUB_XEN_READAHEAD_HEADER */
