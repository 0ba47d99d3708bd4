/* SPDX-License-Identifier: GPL-3.0-or-later */
/* resume.h - bring the Xen stack up and down, and up again after a restore
   Copyright (C) 2026  The grub-xen-hvm authors  */

#ifndef GRUB_XEN_RESUME_HEADER
#define GRUB_XEN_RESUME_HEADER 1

#include <grub/err.h>
#include <grub/xen/platform.h>

/* A guest can be saved and restored, or migrated, at any instruction.  It is a
   new domain then, in which nothing is mapped, granted, bound or connected.
   grub_xen_platform.generation counts restores.  A layer stores the generation
   with its state, and calls grub_xen_is_stale before it accesses shared
   resources.  If they are stale, it returns an error.  Only
   grub_xen_retry_resumed looks for the reason, brings Xen up again and starts
   over.  */

/* A layer above the platform.  Each function may be 0.  */
struct grub_xen_layer
{
  struct grub_xen_layer *next;
  /* Called at each bring-up.  */
  grub_err_t (*up) (void);
  /* Undo UP; harmless if the layer is not up.  Raises no error.  After a
     restore there is nothing to undo in Xen.  */
  void (*down) (void);
  /* Called after a restore, while Xen is down: drop all state of the old
     domain.  Raises no error.  */
  void (*resumed) (void);
};

/* Put LAYER at the top of the list, unless it is there; take it out.  Layers
   are brought up from the lowest to the top, and down the other way.  */
void grub_xen_layer_register (struct grub_xen_layer *layer);
void grub_xen_layer_unregister (struct grub_xen_layer *layer);

/* Whether state of GENERATION belongs to an earlier domain.  */
int grub_xen_is_stale (unsigned int generation);

/* Bring up the platform and every layer; harmless when they are up.  After a
   restore they are taken down before.  Errors: those of
   grub_xen_platform_init and of the layers.  */
grub_err_t grub_xen_up (void);

/* Bring Xen up and call BODY (DATA).  If the guest was restored meanwhile, do
   both again, even if BODY succeeded: a backend continues while the guest is
   saved, and its response may have been saved without the data.  So BODY must
   be repeatable.  Errors: those of grub_xen_up and BODY.  */
grub_err_t grub_xen_retry_resumed (grub_err_t (*body) (void *data),
				   void *data);

/* Undo grub_xen_up: GRUB leaves nothing in Xen.  Every device has to be closed
   before.  */
void grub_xen_down (void);

/* Whether the platform is up.  */
static inline int
grub_xen_is_up (void)
{
  return grub_xen_platform.shared != 0;
}

/* Code that is called while GRUB waits for a key, or to print, must not start
   anything with Xen in the middle of something else.  grub_xen_busy_begin and
   grub_xen_busy_end, which nest, mark such a time; grub_xen_retry_resumed is
   one by itself.  */
extern unsigned int grub_xen_busy;

static inline void
grub_xen_busy_begin (void)
{
  grub_xen_busy++;
}

static inline void
grub_xen_busy_end (void)
{
  grub_xen_busy--;
}

static inline int
grub_xen_is_busy (void)
{
  return grub_xen_busy != 0;
}

/* The layers of module xen, which its init registers (xen.c).  */
extern struct grub_xen_layer grub_xen_grant_layer;
extern struct grub_xen_layer grub_xen_pages_layer;
extern struct grub_xen_layer grub_xenstore_layer;

#endif /* ! GRUB_XEN_RESUME_HEADER */
