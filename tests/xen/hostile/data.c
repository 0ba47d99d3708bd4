/* SPDX-License-Identifier: GPL-3.0-or-later */
/* data.c - the hostile backend: pages and the file
   Copyright (C) 2026  The grub-xen-hvm authors  */

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include "hostile.h"

/* Map the page of grant REF.  A kept page stays mapped until the connection
   ends.  */
void *
data_map (struct hostile *h, uint32_t ref, int writable)
{
  void *page;

  if (h->keep && ref < MAX_REFS && h->kept[ref])
    return h->kept[ref];
  page = xengnttab_map_grant_ref (h->gnttab, h->domid, ref,
				  PROT_READ
				  | (writable || h->keep ? PROT_WRITE : 0));
  if (page && h->keep && ref < MAX_REFS)
    {
      h->kept[ref] = page;
      h->n_kept++;
    }
  return page;
}

void
data_unmap (struct hostile *h, uint32_t ref, void *page)
{
  if (ref >= MAX_REFS || h->kept[ref] != page)
    xengnttab_unmap (h->gnttab, page, 1);
}

/* The connection ends: unmap all pages, unless the attack outlasts it.  */
void
data_forget (struct hostile *h)
{
  unsigned int ref;

  for (ref = 0; ref < MAX_REFS; ref++)
    {
      void *page = h->kept[ref];

      h->kept[ref] = 0;
      if (!page)
	continue;
      if (h->attack && h->attack->outlasts && h->n_stolen < MAX_REFS)
	h->stolen[h->n_stolen++] = page;
      else
	xengnttab_unmap (h->gnttab, page, 1);
    }
  h->n_kept = 0;
  h->keep = 0;
}

void
data_give_back (struct hostile *h)
{
  if (h->n_stolen)
    say (h, "%u pages are given back", h->n_stolen);
  while (h->n_stolen)
    xengnttab_unmap (h->gnttab, h->stolen[--h->n_stolen], 1);
}

/* Take the segments of an indirect request from the pages that list them.  */
int
data_list (struct hostile *h, struct request *req, const uint32_t *refs)
{
  const unsigned int in_page = PAGE / 8;
  unsigned int i;
  uint8_t *page = 0;

  for (i = 0; i < req->segments; i++)
    {
      uint8_t entry[8];

      if (i % in_page == 0)
	{
	  if (page)
	    data_unmap (h, refs[i / in_page - 1], page);
	  page = data_map (h, refs[i / in_page], 0);
	  if (!page)
	    return RSP_ERROR;
	}
      memcpy (entry, page + i % in_page * 8, 8);
      memcpy (&req->segment[i].ref, entry, 4);
      req->segment[i].first = entry[4];
      req->segment[i].last = entry[5];
    }
  if (page)
    data_unmap (h, refs[(i - 1) / in_page], page);
  return RSP_OKAY;
}

/* Move one segment's data between BYTE of the file and its PAGE.  */
static int
move (struct hostile *h, const struct segment *seg, uint8_t *page, int write,
      off_t byte)
{
  size_t count = (seg->last - seg->first + 1) * SECTOR;
  uint8_t *data = page + seg->first * SECTOR;
  ssize_t done = write ? pwrite (h->fd, data, count, byte)
    : pread (h->fd, data, count, byte);

  return done == (ssize_t) count ? RSP_OKAY : RSP_ERROR;
}

/* Whether REQ makes sense.  */
static int
is_sound (struct hostile *h, const struct request *req, int write)
{
  uint64_t end = req->sector;
  unsigned int i;

  for (i = 0; i < req->segments; i++)
    {
      const struct segment *seg = &req->segment[i];

      if (seg->first > seg->last || seg->last >= PAGE / SECTOR)
	return 0;
      end += seg->last - seg->first + 1;
    }
  return req->segments && end > req->sector && end <= h->sectors
    && req->handle == (uint16_t) h->vdev && !(write && h->readonly);
}

static int
do_segments (struct hostile *h, const struct request *req, int write)
{
  off_t byte = req->sector * SECTOR;
  unsigned int i;

  if (!is_sound (h, req, write))
    {
      say (h, "a request that makes no sense: %u segments at %llu, handle %u",
	   req->segments, (unsigned long long) req->sector, req->handle);
      return RSP_ERROR;
    }
  if (req->segments > h->widest)
    h->widest = req->segments;
  for (i = 0; i < req->segments; i++)
    {
      const struct segment *seg = &req->segment[i];
      uint8_t *page = data_map (h, seg->ref, !write);
      int status;

      if (!page)
	{
	  say (h, "grant %u cannot be mapped", seg->ref);
	  return RSP_ERROR;
	}
      status = move (h, seg, page, write, byte);
      data_unmap (h, seg->ref, page);
      if (status)
	return status;
      byte += (seg->last - seg->first + 1) * SECTOR;
    }
  return RSP_OKAY;
}

/* Carry out REQ, as an honest backend would; returns the status.  */
int
data_do (struct hostile *h, const struct request *req)
{
  switch (req->op)
    {
    case OP_READ:
      h->reads++;
      return do_segments (h, req, 0);
    case OP_WRITE:
      h->writes++;
      return do_segments (h, req, 1);
    case OP_FLUSH:
      h->flushes++;
      return fdatasync (h->fd) ? RSP_ERROR : RSP_OKAY;
    default:
      return RSP_EOPNOTSUPP;
    }
}
