/* SPDX-License-Identifier: GPL-3.0-or-later */
/* readahead.c - which sectors to request before they are needed
   Copyright (C) 2026  The grub-xen-hvm authors  */

#include "readahead.h"

/* The window, in sectors: 64 KiB at first, 1 MiB at most.  Each sequential
   read doubles it.  GRUB's cache reads 32 KiB at a time; 1 MiB is more than a
   backend delivers while GRUB processes the data.  */
#define READAHEAD_MIN_WINDOW 128U
#define READAHEAD_MAX_WINDOW 2048U

/* The window for a sequential read of COUNT sectors after WINDOW.  */
static grub_uint32_t
readahead_grow (grub_uint32_t window, grub_uint32_t count)
{
  window *= 2;
  if (window < count)
    window = count;
  if (window < READAHEAD_MIN_WINDOW)
    window = READAHEAD_MIN_WINDOW;
  if (window > READAHEAD_MAX_WINDOW)
    window = READAHEAD_MAX_WINDOW;
  return window;
}

/* Two reads in a row make a sequence.  A single read elsewhere, such as one of
   a file system's metadata, does not end the sequence before it.  */
void
grub_xen_readahead_next (struct grub_xen_readahead *ra, grub_uint64_t sector,
			 grub_uint32_t count, int is_requested,
			 struct grub_xen_readahead_plan *plan)
{
  grub_uint64_t end = sector + count;
  grub_uint32_t kept, ahead = 0;

  plan->discard = 0;
  plan->end = end;
  plan->low = 0;
  if (sector == ra->next || (ra->window && is_requested))
    plan->discard = sector;
  else if (sector == ra->last_end)
    {
      plan->discard = GRUB_XEN_NOWHERE;
      ra->window = 0;
    }
  else
    {
      ra->last_end = end;
      kept = ra->window - ra->window / 4;
      plan->low = count > kept ? count - kept : 0;
      return;
    }
  ra->window = readahead_grow (ra->window, count);
  ra->next = ra->last_end = end;
  if (end < ra->disk_end)
    ahead = ra->window < ra->disk_end - end ? ra->window : ra->disk_end - end;
  plan->end += ahead;
  /* At least a quarter of the window stays requested.  */
  kept = ra->window - ra->window / 4;
  if (count + ahead > kept)
    plan->low = count + ahead - kept;
}
