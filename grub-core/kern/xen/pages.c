/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pages.c - pages granted to another domain, until it gives them back
   Copyright (C) 2026  The grub-xen-hvm authors  */

#include <grub/err.h>
#include <grub/i18n.h>
#include <grub/memory.h>
#include <grub/misc.h>
#include <grub/mm.h>
#include <grub/xen/grant.h>
#include <grub/xen/resume.h>

/* Blocks that a backend has kept.  */
static struct grub_xen_pages *pages_kept;

/* Allocate PAGES->memory: PAGES->size pages.  If memory is short, halve the
   number until it fits.  */
static void
pages_allocate (struct grub_xen_pages *pages)
{
  for (; pages->size; pages->size /= 2)
    {
      pages->memory = grub_memalign (GRUB_XEN_FRAME_SIZE,
				     pages->size * GRUB_XEN_FRAME_SIZE);
      if (pages->memory)
	return;
      grub_errno = GRUB_ERR_NONE;
    }
}

/* Reserve a reference for each page, or half of the free references if there
   are not enough.  */
static void
pages_reserve_refs (struct grub_xen_pages *pages)
{
  unsigned int count = 0;

  while (count < pages->size && !grub_xen_grant_reserve (&pages->refs[count]))
    count++;
  pages->count = count < pages->size ? count / 2 : count;
  while (count > pages->count)
    {
      grub_xen_grant_release (pages->refs[--count]);
      pages->refs[count] = GRUB_XEN_GRANT_NONE;
    }
  grub_errno = GRUB_ERR_NONE;
}

static void
pages_free (struct grub_xen_pages *pages)
{
  if (pages->mmap_handle)
    grub_mmap_unregister (pages->mmap_handle);
  if (!pages->is_borrowed)
    grub_free (pages->memory);
  grub_free (pages);
}

struct grub_xen_pages *
grub_xen_pages_grant (domid_t remote, void *memory, unsigned int most)
{
  struct grub_xen_pages *pages;
  unsigned int i;

  pages = grub_zalloc (sizeof (*pages) + most * sizeof (pages->refs[0]));
  if (!pages)
    return 0;
  pages->remote = remote;
  pages->size = most;
  pages->generation = grub_xen_platform.generation;
  pages->memory = memory;
  pages->is_borrowed = memory != 0;
  if (!memory)
    pages_allocate (pages);
  if (pages->memory)
    pages_reserve_refs (pages);
  if (!pages->count || (memory && pages->count < most))
    {
      grub_error (GRUB_ERR_OUT_OF_MEMORY,
		  N_("no page can be granted to domain %u"), remote);
      while (pages->count)
	grub_xen_grant_release (pages->refs[--pages->count]);
      pages_free (pages);
      return 0;
    }
  /* Hide the former contents from the other domain.  */
  grub_memset (pages->memory, 0, pages->size * GRUB_XEN_FRAME_SIZE);
  for (i = 0; i < pages->count; i++)
    grub_xen_grant_permit (pages->refs[i], remote,
			   pages->memory + i * GRUB_XEN_FRAME_SIZE, 0);
  return pages;
}

/* Whether the domain still maps the page of reference REF of PAGES.  After a
   restore no domain maps an old page.  But a page that was granted between the
   restore and its detection is granted in the new domain, so revoke it until
   the restore is counted.  */
static int
pages_is_busy (const struct grub_xen_pages *pages, grant_ref_t ref)
{
  return pages->generation == grub_xen_platform.generation
	 && !grub_xen_grant_revoke (ref)
	 && !grub_xen_is_stale (pages->generation);
}

/* Revoke all grants of PAGES; return the number of pages that the domain still
   maps.  */
static unsigned int
pages_revoke (struct grub_xen_pages *pages)
{
  unsigned int i, busy = 0;

  for (i = 0; i < pages->count; i++)
    {
      if (pages->refs[i] == GRUB_XEN_GRANT_NONE)
	continue;
      if (pages_is_busy (pages, pages->refs[i]))
	{
	  busy++;
	  continue;
	}
      grub_xen_grant_release (pages->refs[i]);
      pages->refs[i] = GRUB_XEN_GRANT_NONE;
    }
  return busy;
}

/* Make PAGES reserved memory in the OS's memory map.  After an error
   grub_xen_pages_settle tries again.  */
static void
pages_reserve_memory (struct grub_xen_pages *pages)
{
  if (pages->mmap_handle || pages->is_borrowed)
    return;
  grub_error_push ();
  pages->mmap_handle = grub_mmap_register ((grub_addr_t) pages->memory,
					   pages->size * GRUB_XEN_FRAME_SIZE,
					   GRUB_MEMORY_RESERVED);
  grub_errno = GRUB_ERR_NONE;
  grub_error_pop ();
}

void
grub_xen_pages_blame (struct grub_xen_pages *pages, const char *name)
{
  if (!pages->name[0])
    grub_strncpy (pages->name, name, sizeof (pages->name) - 1);
}

int
grub_xen_pages_end (struct grub_xen_pages *pages, const char *name)
{
  unsigned int busy;

  if (!pages)
    return 1;
  busy = pages_revoke (pages);
  if (!busy)
    {
      pages_free (pages);
      return 1;
    }
  grub_dprintf ("xen", "%s: domain %u still maps %u pages of %u\n", name,
		pages->remote, busy, pages->count);
  grub_xen_pages_blame (pages, name);
  pages->next = pages_kept;
  pages_kept = pages;
  pages_reserve_memory (pages);
  return 0;
}

void
grub_xen_pages_reclaim (void)
{
  struct grub_xen_pages **link = &pages_kept, *pages;

  while ((pages = *link) != 0)
    if (pages_revoke (pages))
      link = &pages->next;
    else
      {
	*link = pages->next;
	pages_free (pages);
      }
}

static grub_err_t
pages_up (void)
{
  grub_xen_pages_reclaim ();
  return GRUB_ERR_NONE;
}

struct grub_xen_layer grub_xen_pages_layer
  = { .up = pages_up, .resumed = grub_xen_pages_reclaim };

/* Report PAGES to the user, together with all later blocks in the list of the
   same disk.  A disk that is in an earlier block was reported there.  */
static void
pages_tell (const struct grub_xen_pages *pages)
{
  const struct grub_xen_pages *p;
  unsigned int sum = 0;

  for (p = pages_kept; p != pages; p = p->next)
    if (grub_strcmp (p->name, pages->name) == 0)
      return;
  for (; p; p = p->next)
    if (grub_strcmp (p->name, pages->name) == 0)
      sum += p->size;
  grub_printf_ (N_(
		  "%s: the backend in domain %u still uses %u KiB of memory, "
		  "which stays reserved.\n"),
		pages->name, pages->remote,
		sum * (GRUB_XEN_FRAME_SIZE / 1024));
}

grub_err_t
grub_xen_pages_settle (void)
{
  struct grub_xen_pages *pages;

  for (pages = pages_kept; pages; pages = pages->next)
    {
      pages_reserve_memory (pages);
      if (!pages->mmap_handle && !pages->is_borrowed)
	return grub_error (GRUB_ERR_OUT_OF_MEMORY,
			   N_("%s: no memory to reserve pages that its "
			      "backend still uses"),
			   pages->name);
      pages_tell (pages);
    }
  return GRUB_ERR_NONE;
}
