/* SPDX-License-Identifier: GPL-3.0-or-later */
/* spy.c - the hostile backend: the guest's pages that it can see
   Copyright (C) 2026  The grub-xen-hvm authors  */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "hostile.h"

/* The number of references to try at each end of the table, and the first one
   that is not the toolstack's (xen/grant_table.h:
   GNTTAB_NR_RESERVED_ENTRIES).  */
#define TRY_REFS	4608
#define FIRST_REF	8
/* The number of references in one copy operation.  */
#define AT_ONCE		64

/* Hashes of all sectors that a guest may rightly show.  */
static uint64_t *known;
static size_t known_size, n_known;

enum { ZERO, DISK_DATA, LIST, RING, OTHER, KINDS };
static const char *const kinds[KINDS] =
  { "zero", "disk", "list", "ring", "other" };

static uint64_t
hash_of (const uint8_t *data)
{
  uint64_t hash = UINT64_C (0xcbf29ce484222325);
  unsigned int i;

  for (i = 0; i < SECTOR / 8; i++)
    {
      uint64_t word;

      memcpy (&word, data + i * 8, 8);
      hash = (hash ^ word) * UINT64_C (0x9e3779b97f4a7c15);
      hash ^= hash >> 29;
    }
  return hash ? hash : 1;
}

static uint64_t *
find (uint64_t hash)
{
  size_t i = hash % known_size;

  while (known[i] && known[i] != hash)
    i = (i + 1) % known_size;
  return &known[i];
}

static int
grow (void)
{
  uint64_t *old = known;
  size_t i, size = known_size;

  known_size = size ? size * 4 : 1 << 16;
  known = calloc (known_size, sizeof (*known));
  if (!known)
    return -1;
  for (i = 0; i < size; i++)
    if (old[i])
      *find (old[i]) = old[i];
  free (old);
  return 0;
}

/* The guest may show the contents of FILE.  */
int
spy_knows (const char *file)
{
  uint8_t data[SECTOR];
  FILE *f = fopen (file, "r");

  if (!f)
    return -1;
  while (fread (data, SECTOR, 1, f) == 1)
    {
      uint64_t *place;

      if (n_known * 2 >= known_size && grow ())
	break;
      place = find (hash_of (data));
      n_known += !*place;
      *place = hash_of (data);
    }
  fclose (f);
  return 0;
}

/* Whether DATA begins as a list of segments does.  Two bytes of each segment
   are not used, and keep their old contents.  */
static int
is_list (const uint8_t *data)
{
  uint32_t ref;

  memcpy (&ref, data, 4);
  return ref >= FIRST_REF && ref < MAX_REFS && data[4] == 0
    && data[5] < PAGE / SECTOR;
}

/* Whether PAGE begins as the ring of another disk does: four indices, then
   zeros.  */
static int
is_ring (const uint8_t *page)
{
  static const uint8_t zeros[48];
  uint32_t index[4];

  memcpy (index, page, sizeof (index));
  return memcmp (page + 16, zeros, sizeof (zeros)) == 0
    && index[REQ_PROD] - index[RSP_PROD] <= ENTRIES
    && index[REQ_EVENT] - 1 <= index[REQ_PROD]
    && index[RSP_EVENT] - index[RSP_PROD] + ENTRIES <= 2 * ENTRIES;
}

static int
kind_of (const uint8_t *data)
{
  static const uint8_t zeros[SECTOR];

  if (memcmp (data, zeros, SECTOR) == 0)
    return ZERO;
  if (*find (hash_of (data)))
    return DISK_DATA;
  return is_list (data) ? LIST : OTHER;
}

/* Write PAGE to DUMP, where a test can search it, and count its sectors by
   kind.  */
static void
look_at (struct hostile *h, uint32_t ref, const uint8_t *page, FILE *dump,
	 unsigned long *count)
{
  unsigned int i;

  fwrite (page, PAGE, 1, dump);
  /* The ring's own page has requests and responses.  */
  if (ref == h->ring_ref || is_ring (page))
    {
      count[RING] += PAGE / SECTOR;
      return;
    }
  for (i = 0; i < PAGE / SECTOR; i++)
    {
      int kind = kind_of (page + i * SECTOR);

      count[kind]++;
      if (kind == OTHER)
	{
	  const uint8_t *data = page + i * SECTOR;

	  say (h, "grant %u, sector %u is none of what may be seen: "
	       "%02x %02x %02x %02x %02x %02x %02x %02x", ref, i, data[0],
	       data[1], data[2], data[3], data[4], data[5], data[6], data[7]);
	}
    }
}

/* A new ring has only its indices.  */
static void
look_at_ring (struct hostile *h)
{
  unsigned int i, used = 0;

  for (i = 16; i < PAGE; i++)
    used += h->ring[i] != 0;
  say (h, "spy: new ring: %u bytes that are not zero", used);
}

/* Copy the granted pages of the AT_ONCE references from FIRST on into BUFFER;
   SEEN says which are granted.  That is far faster than mapping them.  */
static int
copy_pages (struct hostile *h, uint32_t first, uint8_t *buffer, char *seen)
{
  xengnttab_grant_copy_segment_t segment[AT_ONCE];
  unsigned int i;

  memset (segment, 0, sizeof (segment));
  for (i = 0; i < AT_ONCE; i++)
    {
      segment[i].source.foreign.ref = first + i;
      segment[i].source.foreign.domid = h->domid;
      segment[i].dest.virt = buffer + i * PAGE;
      segment[i].len = PAGE;
      segment[i].flags = GNTCOPY_source_gref;
    }
  if (xengnttab_grant_copy (h->gnttab, AT_ONCE, segment))
    return -1;
  for (i = 0; i < AT_ONCE; i++)
    seen[i] = segment[i].status == GNTST_okay;
  return 0;
}

/* Try every possible reference: GRUB takes those at the end of the table,
   Linux and the toolstack those at its beginning.  */
void
spy_look (struct hostile *h, const char *when)
{
  static unsigned long next = 1;
  static uint8_t buffer[AT_ONCE * PAGE] __attribute__ ((aligned (PAGE)));
  char seen[AT_ONCE];
  unsigned long count[KINDS] = { 0 };
  unsigned int pages = 0, reserved = 0, kind;
  uint32_t ref;
  FILE *dump;

  /* This is slow, so do it only at some requests.  */
  if (h->requests)
    {
      if (h->requests < next && h->ring)
	return;
      next = h->requests * 2;
    }
  else
    look_at_ring (h);
  dump = fopen (h->dump, "a");
  if (!dump)
    return;
  for (ref = 0; ref < MAX_REFS;
       ref = ref + 1 == TRY_REFS ? MAX_REFS - TRY_REFS : ref + 1)
    {
      uint8_t *page = buffer + ref % AT_ONCE * PAGE;

      if (ref % AT_ONCE == 0 && copy_pages (h, ref, buffer, seen))
	{
	  say (h, "the guest's pages cannot be copied");
	  break;
	}
      if (!seen[ref % AT_ONCE])
	continue;
      if (ref < FIRST_REF)
	{
	  fwrite (page, PAGE, 1, dump);
	  reserved++;
	}
      else
	{
	  look_at (h, ref, page, dump, count);
	  pages++;
	}
    }
  fclose (dump);
  fprintf (stderr, "spy: %s %lu: %u pages of the guest's, %u of the toolstack's:",
	   when, h->requests, pages, reserved);
  for (kind = 0; kind < KINDS; kind++)
    fprintf (stderr, " %lu %s", count[kind], kinds[kind]);
  fputs (" sectors\n", stderr);
}
