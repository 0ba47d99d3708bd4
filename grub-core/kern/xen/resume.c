/* SPDX-License-Identifier: GPL-3.0-or-later */
/* resume.c - the list of layers: all up, all down, up again after a restore
   Copyright (C) 2026  The grub-xen-hvm authors  */

#include <grub/err.h>
#include <grub/i18n.h>
#include <grub/xen/resume.h>

/* Maximum number of restores during one operation.  */
#define RESUME_TRIES 8

static struct grub_xen_layer *resume_layers;
unsigned int grub_xen_busy;

void
grub_xen_layer_register (struct grub_xen_layer *layer)
{
  struct grub_xen_layer **link;

  for (link = &resume_layers; *link; link = &(*link)->next)
    if (*link == layer)
      return;
  layer->next = 0;
  *link = layer;
}

void
grub_xen_layer_unregister (struct grub_xen_layer *layer)
{
  struct grub_xen_layer **link;

  for (link = &resume_layers; *link && *link != layer; link = &(*link)->next);
  if (*link)
    *link = layer->next;
}

int
grub_xen_is_stale (unsigned int generation)
{
  return generation != grub_xen_platform.generation || grub_xen_is_lost ();
}

/* Take down LAYER and those above it, the top first.  */
static void
resume_down_from (struct grub_xen_layer *layer)
{
  if (!layer)
    return;
  resume_down_from (layer->next);
  if (layer->down)
    layer->down ();
}

void
grub_xen_down (void)
{
  struct grub_xen_layer *layer;
  int is_lost = grub_xen_is_lost ();

  if (!grub_xen_is_up ())
    return;
  grub_xen_platform.generation += is_lost;
  resume_down_from (resume_layers);
  /* The guest may have been restored during these steps.  */
  if (!is_lost && grub_xen_is_lost ())
    {
      is_lost = 1;
      grub_xen_platform.generation++;
    }
  grub_xen_platform_fini ();
  for (layer = resume_layers; is_lost && layer; layer = layer->next)
    if (layer->resumed)
      layer->resumed ();
}

grub_err_t
grub_xen_up (void)
{
  struct grub_xen_layer *layer;

  if (grub_xen_is_lost ())
    grub_xen_down ();
  if (grub_xen_is_up ())
    return GRUB_ERR_NONE;
  if (grub_xen_platform_init ())
    return grub_errno;
  for (layer = resume_layers; layer; layer = layer->next)
    if (layer->up && layer->up ())
      break;
  /* After a restore keep the platform up, because grub_xen_retry_resumed needs
     it to find the reason of the failure.  */
  if (!layer)
    return GRUB_ERR_NONE;
  if (!grub_xen_is_lost ())
    grub_xen_down ();
  return grub_errno;
}

grub_err_t
grub_xen_retry_resumed (grub_err_t (*body) (void *data), void *data)
{
  unsigned int tries = 0;
  grub_err_t err;

  grub_xen_busy_begin ();
  while (1)
    {
      err = grub_xen_up () ? grub_errno : body (data);
      if (!grub_xen_is_lost ())
	break;
      grub_errno = GRUB_ERR_NONE;
      if (tries++ == RESUME_TRIES)
	{
	  err = grub_error (GRUB_ERR_IO, N_("the guest was restored"));
	  break;
	}
    }
  grub_xen_busy_end ();
  return err;
}
