/* SPDX-License-Identifier: GPL-3.0-or-later */
/* disk_data.c - a fake block backend: the data of requests
   Copyright (C) 2026  The grub-xen-hvm authors  */

#include <stdlib.h>
#include <string.h>
#include "disk.h"
#include "xen.h"

/* A persistently mapped page.  */
struct disk_kept
{
  grant_ref_t ref;
  void *page;
};

/* The number of pages that blkback keeps by default
   (max_persistent_grants).  */
#define MAX_KEPT	1056

/* The number of segments that one page can list.  */
#define LISTED	(GRUB_XEN_FRAME_SIZE / sizeof (struct blkif_request_segment))

/* References in unanswered requests of any disk: a page may be in one of them
   only.  */
static uint8_t busy[XEN_REFS];

void
disk_data_reset (void)
{
  memset (busy, 0, sizeof (busy));
}

void
disk_data_begin (struct disk *disk)
{
  if (!disk->kept)
    {
      disk->kept = calloc (MAX_KEPT, sizeof (disk->kept[0]));
      disk->kept_at = calloc (XEN_REFS, sizeof (disk->kept_at[0]));
    }
  if (!disk->kept || !disk->kept_at)
    abort ();
}

void
disk_data_end (struct disk *disk)
{
  while (disk->n_kept && !disk->keeps_pages)
    {
      grant_ref_t ref = disk->kept[--disk->n_kept].ref;

      disk->kept_at[ref] = 0;
      xen_unmap_grant (ref, 1);
    }
}

void
disk_data_renew (struct disk *disk)
{
  disk->n_kept = 0;
  if (disk->kept_at)
    memset (disk->kept_at, 0, XEN_REFS * sizeof (disk->kept_at[0]));
}

void
disk_data_pages (struct disk *disk, void (*fn) (void *page))
{
  unsigned int i, j;

  for (i = 0; i < disk->n_kept; i++)
    fn (disk->kept[i].page);
  for (i = 0; i < disk->n_pending; i++)
    {
      struct disk_request *req = &disk->requests[disk->pending[i]];

      for (j = 0; j < req->n; j++)
	if (req->task == BLKIF_OP_READ)
	  fn (req->page[j]);
    }
}

static void
keep (struct disk *disk, grant_ref_t ref, void *page)
{
  xen_map_grant (disk->domid, ref, 1);
  disk->kept[disk->n_kept].ref = ref;
  disk->kept[disk->n_kept].page = page;
  disk->kept_at[ref] = ++disk->n_kept;
}

/* Map the page behind REF for a request, for writing if WRITE.  */
static void *
get_page (struct disk *disk, grant_ref_t ref, int write)
{
  void *page;

  if (ref < XEN_REFS && disk->kept_at[ref])
    {
      if (!xen_still_granted (disk->domid, ref))
	disk_complain (disk, "a page that is kept is granted no more");
      page = disk->kept[disk->kept_at[ref] - 1].page;
      if (xen_map_grant (disk->domid, ref, write) != page)
	xen_violation ("grant %u of a page that is kept has another", ref);
    }
  else
    {
      page = xen_map_grant (disk->domid, ref, write || disk->keeping);
      if (page && disk->keeping && !write)
	{
	  /* blkback maps every kept page for writing.  */
	  xen_unmap_grant (ref, 1);
	  xen_map_grant (disk->domid, ref, 0);
	}
      if (page && (disk->keeping || (disk->keeps_pages && write))
	  && disk->n_kept < MAX_KEPT)
	keep (disk, ref, page);
    }
  if (!page)
    disk_complain (disk, "a page cannot be mapped");
  else if (busy[ref])
    {
      disk_complain (disk, "a page is in use already");
      xen_unmap_grant (ref, write);
      return 0;
    }
  else
    busy[ref] = 1;
  return page;
}

static void
put_page (struct disk *disk, grant_ref_t ref, int write)
{
  (void) disk;
  xen_unmap_grant (ref, write);
  busy[ref] = 0;
}

/* Copy the segments that an indirect request lists.  */
static int
read_list (struct disk *disk, const struct blkif_request_indirect *raw,
	   struct disk_request *req)
{
  void *page;

  if (!disk->indirect)
    return disk_complain (disk, "an indirect request, which is not offered");
  if (raw->indirect_op != BLKIF_OP_READ && raw->indirect_op != BLKIF_OP_WRITE)
    return disk_complain (disk, "an indirect request for what?");
  if (!raw->nr_segments || raw->nr_segments > disk->indirect
      || raw->nr_segments > DISK_SEGMENTS || raw->nr_segments > LISTED)
    return disk_complain (disk, "more indirect segments than were offered");
  req->list = raw->indirect_grefs[0];
  page = get_page (disk, req->list, 0);
  if (!page)
    {
      req->list = 0;
      return -1;
    }
  req->n = raw->nr_segments;
  memcpy (req->seg, page, req->n * sizeof (req->seg[0]));
  disk->indirect_requests++;
  return 0;
}

/* The layout depends on the kind of request.  */
static int
read_head (struct disk *disk, const struct blkif_request *raw,
	   struct disk_request *req)
{
  const struct blkif_request_indirect *indirect = (const void *) raw;
  int is_indirect = raw->operation == BLKIF_OP_INDIRECT;

  req->id = is_indirect ? indirect->id : raw->id;
  req->operation = raw->operation;
  req->task = is_indirect ? indirect->indirect_op : raw->operation;
  req->lost = 0;
  req->status = BLKIF_RSP_OKAY;
  req->sector = is_indirect ? indirect->sector_number : raw->sector_number;
  req->list = 0;
  req->n = 0;
  /* The field of a request has room for the lower half only.  */
  if ((is_indirect ? indirect->handle : raw->handle)
      != (uint16_t) disk->handle)
    return disk_complain (disk, "another disk's handle");
  if (is_indirect)
    return read_list (disk, indirect, req);
  if (req->task != BLKIF_OP_READ && req->task != BLKIF_OP_WRITE)
    return raw->nr_segments
      ? disk_complain (disk, "segments, but no data") : 0;
  if (!raw->nr_segments
      || raw->nr_segments > BLKIF_MAX_SEGMENTS_PER_REQUEST)
    return disk_complain (disk, "the number of segments makes no sense");
  req->n = raw->nr_segments;
  memcpy (req->seg, raw->seg, req->n * sizeof (req->seg[0]));
  return 0;
}

static unsigned int
segment_sectors (const struct blkif_request_segment *seg)
{
  return seg->last_sect - seg->first_sect + 1;
}

/* Check the numbers in REQ against the disk.  Returns the length in sectors,
   or -1.  */
static long
check (struct disk *disk, const struct disk_request *req)
{
  unsigned int unit = disk->sector_size / 512, i;
  uint64_t sectors = 0;

  if (req->task == BLKIF_OP_WRITE && (disk->info & VDISK_READONLY))
    return disk_complain (disk, "a write to a read-only disk");
  if (req->sector % unit)
    return disk_complain (disk, "a request that begins inside a sector");
  for (i = 0; i < req->n; i++)
    {
      const struct blkif_request_segment *seg = &req->seg[i];

      if (seg->first_sect > seg->last_sect || seg->last_sect > 7)
	return disk_complain (disk, "a segment's sectors make no sense");
      if (seg->first_sect % unit || segment_sectors (seg) % unit)
	return disk_complain (disk, "a segment is no whole sectors");
      sectors += segment_sectors (seg);
    }
  if (req->sector > disk->sectors || sectors > disk->sectors - req->sector)
    return disk_complain (disk, "a request past the end");
  return sectors;
}

static void
note_asked (struct disk *disk, const struct disk_request *req, long sectors)
{
  struct disk_asked *asked;

  if (!(disk->n_asked & (disk->n_asked - 1)))
    disk->asked = realloc (disk->asked, (disk->n_asked ? 2 * disk->n_asked : 1)
			   * sizeof (disk->asked[0]));
  if (!disk->asked)
    abort ();
  asked = &disk->asked[disk->n_asked++];
  asked->sector = req->sector;
  asked->sectors = sectors;
  asked->write = req->task == BLKIF_OP_WRITE;
  asked->indirect = req->operation == BLKIF_OP_INDIRECT;
}

void
disk_forget_asked (struct disk *disk)
{
  free (disk->asked);
  disk->asked = 0;
  disk->n_asked = 0;
}

void
disk_data_map (struct disk *disk, const struct blkif_request *raw,
	       struct disk_request *req)
{
  int write = raw->operation == BLKIF_OP_READ;
  unsigned int n, i;
  long sectors;

  if (read_head (disk, raw, req))
    goto fail;
  n = req->n;
  if (!n)
    return;
  write = req->task == BLKIF_OP_READ;
  sectors = check (disk, req);
  req->n = 0;
  if (sectors < 0)
    goto fail;
  note_asked (disk, req, sectors);
  if (disk->widest < n)
    disk->widest = n;
  for (i = 0; i < n; i++)
    {
      req->page[i] = get_page (disk, req->seg[i].gref, write);
      if (!req->page[i])
	goto fail;
      req->n++;
    }
  return;

 fail:
  req->status = BLKIF_RSP_ERROR;
}

void
disk_data_unmap (struct disk *disk, struct disk_request *req)
{
  if (req->list)
    put_page (disk, req->list, 0);
  req->list = 0;
  while (req->n)
    {
      req->n--;
      put_page (disk, req->seg[req->n].gref, req->task == BLKIF_OP_READ);
    }
}

int
disk_data_do (struct disk *disk, struct disk_request *req)
{
  uint64_t sector = req->sector;
  unsigned int i;

  if (req->status != BLKIF_RSP_OKAY)
    return req->status;
  for (i = 0; i < req->n; i++)
    {
      unsigned int n = segment_sectors (&req->seg[i]);
      char *page = (char *) req->page[i] + req->seg[i].first_sect * 512;

      if (req->task == BLKIF_OP_WRITE)
	memcpy (disk->data + sector * 512, page, n * 512);
      else
	memcpy (page, disk->data + sector * 512, n * 512);
      if (sector + n > disk->bad_sector
	  && sector < disk->bad_sector + disk->bad_sectors)
	return BLKIF_RSP_ERROR;
      sector += n;
    }
  return BLKIF_RSP_OKAY;
}
