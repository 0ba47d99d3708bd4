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
  /* The disk's end: nothing behind it is requested.  0: nothing is read
     ahead.  */
  grub_uint64_t disk_end;
  /* Where the next read of a sequence begins, and how many sectors are kept
     ahead of the sequence; 0: the reads are not sequential.  */
  grub_uint64_t next;
  grub_uint32_t window;
  /* Where the last read ended.  */
  grub_uint64_t last_end;
};

/* What to do for one read.  */
struct grub_xen_readahead_plan
{
  /* Requests ahead that end at this sector or before it are of no use;
     GRUB_XEN_NOWHERE: no request ahead is.  */
  grub_uint64_t discard;
  /* Request sectors up to here, the read's own included.  */
  grub_uint64_t end;
  /* Request more when at most this many sectors are requested from the
     present position on.  */
  grub_uint32_t low;
};

/* Forget the history; nothing is read ahead before DISK_END is set.  */
void grub_xen_readahead_init (struct grub_xen_readahead *ra);

/* The reads are not sequential after all.  */
void grub_xen_readahead_stop (struct grub_xen_readahead *ra);

/* A read of COUNT sectors at SECTOR begins.  IS_REQUESTED: its first sector
   was requested before.  Fill in PLAN.  */
void grub_xen_readahead_next (struct grub_xen_readahead *ra,
			      grub_uint64_t sector, grub_uint32_t count,
			      int is_requested,
			      struct grub_xen_readahead_plan *plan);

#endif /* ! GRUB_XEN_READAHEAD_HEADER */
