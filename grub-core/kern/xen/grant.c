/*
 *  grub-xen-hvm  --  the grant table
 *  Copyright (C) 2026  The grub-xen-hvm authors
 *
 *  This program is free software: you can redistribute it and/or modify
 *  it under the terms of the GNU General Public License as published by
 *  the Free Software Foundation, either version 3 of the License, or
 *  (at your option) any later version.
 *
 *  This program is distributed in the hope that it will be useful,
 *  but WITHOUT ANY WARRANTY; without even the implied warranty of
 *  MERCHANTABILITY or FITNESS FOR A PARTICULAR PURPOSE.  See the
 *  GNU General Public License for more details.
 *
 *  You should have received a copy of the GNU General Public License
 *  along with this program.  If not, see <https://www.gnu.org/licenses/>.
 */

#include <grub/err.h>
#include <grub/i18n.h>
#include <grub/misc.h>
#include <grub/mm.h>
#include <grub/xen/atomic.h>
#include <grub/xen/grant.h>
#include <grub/xen/hvm.h>
#include <grub/xen/hypercall.h>

/* First reference that is not reserved (GNTTAB_NR_RESERVED_ENTRIES).  */
#define FIRST_REF	GNTTAB_NR_RESERVED_ENTRIES

#define REFS_PER_FRAME	(GRUB_XEN_PAGE_SIZE / sizeof (grant_entry_v1_t))
#define MAX_REFS	(GRUB_XEN_GRANT_FRAMES * REFS_PER_FRAME)

/* How often an entry that the remote side keeps changing is looked at.  */
#define REVOKE_TRIES	16

static volatile grant_entry_v1_t *table[GRUB_XEN_GRANT_FRAMES];
static unsigned int frames;
static unsigned int reserved;
/* No reference before it is free, as far as GRUB knows.  */
static grant_ref_t lowest = FIRST_REF;
static grub_uint8_t in_use[MAX_REFS / 8];

static volatile grant_entry_v1_t *
entry (grant_ref_t ref)
{
  return &table[ref / REFS_PER_FRAME][ref % REFS_PER_FRAME];
}

static int
is_used (grant_ref_t ref)
{
  return in_use[ref / 8] & (1 << (ref % 8));
}

/* Map one more frame; Xen lets its table grow by that.  */
static grub_err_t
grow (void)
{
  void *addr;

  if (frames >= GRUB_XEN_GRANT_FRAMES)
    return grub_error (GRUB_ERR_OUT_OF_MEMORY,
		       N_("no grant reference is left of %u"),
		       (unsigned int) MAX_REFS);
  if (grub_xen_map_slot (GRUB_XEN_SLOT_GRANT + frames,
			 XENMAPSPACE_grant_table, frames, &addr))
    return grub_errno;
  table[frames++] = addr;
  return GRUB_ERR_NONE;
}

/* Version 1 is what every later driver knows.  Xen changes the version only
   while no grant is in use.  */
static grub_err_t
use_version_1 (void)
{
  struct gnttab_get_version get;
  struct gnttab_set_version set;
  long rc;

  grub_memset (&get, 0, sizeof (get));
  get.dom = DOMID_SELF;
  rc = grub_xen_grant_table_op (GNTTABOP_get_version, &get);
  /* Without the call there is version 1 only.  */
  if (rc < 0 || get.version != 2)
    return GRUB_ERR_NONE;
  set.version = 1;
  rc = grub_xen_grant_table_op (GNTTABOP_set_version, &set);
  if (rc < 0)
    return grub_error (GRUB_ERR_BAD_DEVICE,
		       N_("the grant table's version 2 is in use "
			  "(error %ld)"), -rc);
  return GRUB_ERR_NONE;
}

grub_err_t
grub_xen_grant_init (void)
{
  if (frames)
    return GRUB_ERR_NONE;
  if (use_version_1 ())
    return grub_errno;
  return grow ();
}

void
grub_xen_grant_fini (void)
{
  while (frames)
    {
      frames--;
      grub_xen_unmap_slot (GRUB_XEN_SLOT_GRANT + frames);
      table[frames] = 0;
    }
  lowest = FIRST_REF;
}

grub_err_t
grub_xen_grant_reserve (grant_ref_t *ref)
{
  grant_ref_t i;

  for (i = lowest; i < MAX_REFS; i++)
    {
      if (i >= frames * REFS_PER_FRAME && grow ())
	break;
      /* What firmware granted before GRUB came stays.  */
      if (is_used (i) || entry (i)->flags != GTF_invalid)
	continue;
      in_use[i / 8] |= 1 << (i % 8);
      reserved++;
      lowest = i + 1;
      *ref = i;
      return GRUB_ERR_NONE;
    }
  return grub_error (GRUB_ERR_OUT_OF_MEMORY,
		     N_("no grant reference is left of %u"),
		     (unsigned int) (frames * REFS_PER_FRAME));
}

void
grub_xen_grant_permit (grant_ref_t ref, domid_t remote, const void *page,
		       int readonly)
{
  volatile grant_entry_v1_t *e = entry (ref);

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

  /* A restored guest's table begins small again, and empty: whoever held a reference
     before has it until it is released, but nobody maps anything by it.  */
  if (ref >= frames * REFS_PER_FRAME)
    return 1;
  e = entry (ref);
  flags = e->flags;
  for (tries = 0; tries < REVOKE_TRIES; tries++)
    {
      grub_uint16_t was;

      if (flags & (GTF_reading | GTF_writing))
	return grub_xen_is_lost ();
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
  in_use[ref / 8] &= ~(1 << (ref % 8));
  reserved--;
  if (ref < lowest)
    lowest = ref;
}

grub_err_t
grub_xen_grant_page (domid_t remote, void **page, grant_ref_t *ref)
{
  *page = grub_memalign (GRUB_XEN_PAGE_SIZE, GRUB_XEN_PAGE_SIZE);
  if (!*page)
    return grub_errno;
  if (grub_xen_grant_reserve (ref))
    {
      grub_free (*page);
      *page = 0;
      return grub_errno;
    }
  grub_memset (*page, 0, GRUB_XEN_PAGE_SIZE);
  grub_xen_grant_permit (*ref, remote, *page, 0);
  return GRUB_ERR_NONE;
}

void
grub_xen_grant_page_end (void **page, grant_ref_t *ref)
{
  if (!*page)
    return;
  if (grub_xen_grant_revoke (*ref))
    {
      grub_xen_grant_release (*ref);
      grub_free (*page);
    }
  else
    grub_dprintf ("xen", "grant %u is still mapped: its page is lost\n",
		  (unsigned int) *ref);
  *page = 0;
  *ref = GRUB_XEN_GRANT_NONE;
}

unsigned int
grub_xen_grant_count (void)
{
  return reserved;
}
