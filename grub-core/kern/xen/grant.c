/* SPDX-License-Identifier: GPL-3.0-or-later */
/* grant.c - the grant table
   Copyright (C) 2026  The grub-xen-hvm authors  */

#include <grub/err.h>
#include <grub/i18n.h>
#include <grub/misc.h>
#include <grub/xen/abi.h>
#include <grub/xen/grant.h>
#include <grub/xen/resume.h>

/* First reference that is not reserved (GNTTAB_NR_RESERVED_ENTRIES).  */
#define FIRST_REF	GNTTAB_NR_RESERVED_ENTRIES

#define REFS_PER_FRAME (GRUB_XEN_FRAME_SIZE / sizeof (grant_entry_v1_t))

/* Frames of the largest table of which the end is used: Xen's default
   (gnttab_max_frames since Xen 4.10).  Xen needs about 1.5 MiB of its own
   memory for that many, by the sizes of its structures.  */
#define TABLE_FRAMES	64

/* Number of tries to revoke an entry that the remote side keeps changing.  */
#define REVOKE_TRIES	16

/* References are allocated from the end of the table downwards, because an OS
   allocates them from the beginning.  For a reference that a backend still
   maps, Xen maps the old page again and ignores the entry.  So GRANT_TABLE[0]
   is the last of the table's frames, and GRANT_TABLE[GRANT_FRAMES - 1] the
   lowest one that is mapped.  */
static volatile grant_entry_v1_t *grant_table[GRUB_XEN_GRANT_FRAMES];
static unsigned int grant_table_frames;
static unsigned int grant_frames;
/* No reference above it is free, as far as GRUB knows.  */
static grant_ref_t grant_highest;
static grub_uint8_t grant_in_use[TABLE_FRAMES * REFS_PER_FRAME / 8];

/* The lowest reference that is mapped.  */
static grant_ref_t
grant_lowest_mapped (void)
{
  return (grant_table_frames - grant_frames) * REFS_PER_FRAME;
}

static volatile grant_entry_v1_t *
grant_entry (grant_ref_t ref)
{
  return &grant_table[grant_table_frames - 1 - ref / REFS_PER_FRAME]
		     [ref % REFS_PER_FRAME];
}

static int
grant_is_used (grant_ref_t ref)
{
  return grant_in_use[ref / 8] & (1 << (ref % 8));
}

static grub_err_t
grant_raise_none_left (void)
{
  return grub_error (GRUB_ERR_OUT_OF_MEMORY,
		     N_("no grant reference is left of %u"),
		     (unsigned int) (grant_frames * REFS_PER_FRAME));
}

/* Map the frame below those that are mapped.  Xen lets its table grow up to
   the first of them.  */
static grub_err_t
grant_grow (void)
{
  void *addr;

  if (grant_frames >= GRUB_XEN_GRANT_FRAMES
      || grant_frames >= grant_table_frames)
    return grant_raise_none_left ();
  if (grub_xen_platform_map_grants (grant_frames,
				    grant_table_frames - 1 - grant_frames,
				    &addr))
    return grub_errno;
  grant_table[grant_frames++] = addr;
  return GRUB_ERR_NONE;
}

/* Every later driver supports version 1.  Xen changes the version only while
   no grant is in use.  */
static grub_err_t
grant_use_version_1 (void)
{
  struct gnttab_get_version get;
  struct gnttab_set_version set;
  long rc;

  grub_memset (&get, 0, sizeof (get));
  get.dom = DOMID_SELF;
  rc = grub_xen_call_gnttab (GNTTABOP_get_version, &get);
  /* A Xen without this call has only version 1.  */
  if (rc < 0 || get.version != 2)
    return GRUB_ERR_NONE;
  set.version = 1;
  rc = grub_xen_call_gnttab (GNTTABOP_set_version, &set);
  if (rc < 0)
    return grub_error (GRUB_ERR_BAD_DEVICE,
		       N_("the grant table's version 2 is in use "
			  "(error %ld)"), -rc);
  return GRUB_ERR_NONE;
}

/* Set GRANT_TABLE_FRAMES to the host's limit for the table, and return the
   number of frames that it has now, at least one.  */
static unsigned int
grant_find_size (void)
{
  struct gnttab_query_size query;

  grub_memset (&query, 0, sizeof (query));
  query.dom = DOMID_SELF;
  grant_table_frames = 1;
  if (grub_xen_call_gnttab (GNTTABOP_query_size, &query) < 0
      || query.status != GNTST_okay)
    return 1;
  if (query.max_nr_frames > 1)
    grant_table_frames = query.max_nr_frames;
  if (grant_table_frames > TABLE_FRAMES)
    grant_table_frames = TABLE_FRAMES;
  return query.nr_frames < 1 ? 1 : query.nr_frames;
}

/* If the host is short of memory, the table does not grow up to the limit.  */
static grub_err_t
grant_up (void)
{
  unsigned int least;
  grub_err_t err;

  if (grant_frames)
    return GRUB_ERR_NONE;
  if (grant_use_version_1 ())
    return grub_errno;
  least = grant_find_size ();
  while ((err = grant_grow ()) != GRUB_ERR_NONE && grant_table_frames > least)
    {
      grub_errno = GRUB_ERR_NONE;
      grant_table_frames /= 2;
      if (grant_table_frames < least)
	grant_table_frames = least;
    }
  grant_highest = grant_table_frames * REFS_PER_FRAME - 1;
  return err;
}

static void
grant_down (void)
{
  while (grant_frames)
    {
      grant_frames--;
      grub_xen_platform_unmap_grants (grant_frames);
      grant_table[grant_frames] = 0;
    }
}

struct grub_xen_layer grub_xen_grant_layer
  = { .up = grant_up, .down = grant_down };

grub_err_t
grub_xen_grant_reserve (grant_ref_t *ref)
{
  grant_ref_t i;

  for (i = grant_highest; i >= FIRST_REF; i--)
    {
      if (i < grant_lowest_mapped () && grant_grow ())
	break;
      /* Keep the grants of the firmware.  */
      if (grant_is_used (i) || grant_entry (i)->flags != GTF_invalid)
	continue;
      grant_in_use[i / 8] |= 1 << (i % 8);
      grub_xen_counters.references++;
      grant_highest = i - 1;
      *ref = i;
      return GRUB_ERR_NONE;
    }
  return grant_raise_none_left ();
}

void
grub_xen_grant_permit (grant_ref_t ref, domid_t remote, const void *page,
		       int readonly)
{
  volatile grant_entry_v1_t *e = grant_entry (ref);

  e->domid = remote;
  e->frame = grub_xen_frame_of (page);
  /* The flags make the entry valid, so they come last.  */
  grub_xen_wmb ();
  e->flags = GTF_permit_access | (readonly ? GTF_readonly : 0);
  grub_xen_wmb ();
}

int
grub_xen_grant_revoke (grant_ref_t ref)
{
  volatile grant_entry_v1_t *e;
  grub_uint16_t flags;
  int tries;

  /* A smaller table belongs to a new domain, in which no backend maps this
     reference, or Xen did not report its whole size.  */
  if (ref >= grant_table_frames * REFS_PER_FRAME)
    return 0;
  /* A reference from before Xen was last brought up may be below the mapped
     frames.  */
  while (ref < grant_lowest_mapped ())
    if (grant_grow ())
      {
	grub_errno = GRUB_ERR_NONE;
	return 0;
      }
  e = grant_entry (ref);
  flags = e->flags;
  for (tries = 0; tries < REVOKE_TRIES; tries++)
    {
      grub_uint16_t was;

      if (flags & (GTF_reading | GTF_writing))
	return 0;
      was = grub_xen_cmpxchg16 (&e->flags, flags, GTF_invalid);
      if (was == flags)
	return 1;
      flags = was;
    }
  return 0;
}

void
grub_xen_grant_release (grant_ref_t ref)
{
  grant_in_use[ref / 8] &= ~(1 << (ref % 8));
  grub_xen_counters.references--;
  if (ref > grant_highest && ref < grant_table_frames * REFS_PER_FRAME)
    grant_highest = ref;
}
