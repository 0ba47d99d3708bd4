/* SPDX-License-Identifier: GPL-3.0-or-later */
/* xen_info.c - the command xen_info
   Copyright (C) 2026  The grub-xen-hvm authors  */

#include <grub/dl.h>
#include <grub/env.h>
#include <grub/err.h>
#include <grub/extcmd.h>
#include <grub/i18n.h>
#include <grub/misc.h>
#include <grub/mm.h>
#include <grub/xen/disk.h>
#include "info.h"
#include <grub/xen/resume.h>
#include <grub/xen/xenbus.h>
#include <grub/xen/xenstore.h>

GRUB_MOD_LICENSE ("GPLv3+");

/* A description of the kind of disk with the flags INFO.  */
static const char *
xen_info_kind (unsigned int info)
{
  if (info & VDISK_CDROM)
    return _("CD");
  if (info & VDISK_REMOVABLE)
    return _("removable disk");
  return _("disk");
}

/* Features of a backend (xen/io/blkif.h), and their descriptions.  */
static const struct
{
  const char *key;
  const char *name;
  /* The value is shown.  */
  int is_number;
} xen_info_features[] =
  {
    { "feature-flush-cache", N_("flush"), 0 },
    { "feature-barrier", N_("barrier"), 0 },
    { "feature-discard", N_("discard"), 0 },
    { "feature-persistent", N_("persistent grants"), 0 },
    { "feature-max-indirect-segments", N_("indirect segments"), 1 },
    { "max-ring-page-order", N_("ring page order"), 1 },
    { "multi-queue-max-queues", N_("queues"), 1 }
  };

/* Print one line with the features in the backend directory DIR.  */
static void
xen_info_show_features (const char *dir)
{
  unsigned int i;

  grub_printf (_("  offers:"));
  for (i = 0; i < ARRAY_SIZE (xen_info_features); i++)
    {
      char *key = grub_xenstore_path (dir, xen_info_features[i].key);
      grub_uint64_t value = 0;

      if (key && !grub_xenstore_read_number (GRUB_XENSTORE_NO_TX, key,
					     GRUB_UINT_MAX, 1, &value)
	  && value)
	{
	  grub_printf (" %s", _(xen_info_features[i].name));
	  if (xen_info_features[i].is_number)
	    grub_printf (" %u", (unsigned int) value);
	  grub_printf (",");
	}
      grub_errno = GRUB_ERR_NONE;
      grub_free (key);
    }
  grub_printf (_(" 11 segments\n"));
}

static const char *
xen_info_flush_name (grub_uint8_t op)
{
  if (op == BLKIF_OP_FLUSH_DISKCACHE)
    return _("flush");
  if (op == BLKIF_OP_WRITE_BARRIER)
    return _("barrier");
  return _("no flush");
}

static void
xen_info_show_connected (const struct grub_xen_disk_info *info)
{
  grub_printf (_("  %s, %s, %llu sectors of 512 bytes, sector size %u, %s\n"),
	       xen_info_kind (info->flags),
	       info->flags & VDISK_READONLY ? _("read-only") : _("writable"),
	       (unsigned long long) info->sectors, info->sector_size,
	       xen_info_flush_name (info->flush_op));
  grub_printf (_("  ring: %u entries, up to %u segments a request, "
		 "ref %u, event channel %u\n"),
	       info->ring_entries, info->segments,
	       (unsigned int) info->ring_ref, (unsigned int) info->port);
  grub_printf (_("  pool: %u pages granted to domain %u, %u in use\n"),
	       info->pool_pages, info->backend_id, info->pool_used);
  xen_info_show_features (info->backend);
  grub_printf (_("  so far: %u requests\n"), info->requests);
}

static void
xen_info_show_states (const struct grub_xen_disk_info *info)
{
  struct grub_xenbus_device dev;
  enum xenbus_state own, backend;

  if (grub_xenbus_open (&dev, info->name, info->path))
    return;
  if (!grub_xenbus_own_state (&dev, &own)
      && !grub_xenbus_backend_state (&dev, &backend))
    grub_printf (_("%s: virtual device %u, domain %u, `%s', "
		   "frontend %d %s, backend %d %s\n"),
		 info->name, (unsigned int) info->handle, dev.backend_id,
		 dev.backend, own, grub_xenbus_state_name (own), backend,
		 grub_xenbus_state_name (backend));
  grub_xenbus_release (&dev);
}

static grub_err_t
xen_info_show_disk (const struct grub_xen_disk_info *info, void *data)
{
  unsigned int *count = data;

  ++*count;
  xen_info_show_states (info);
  if (grub_xen_is_stale (grub_xen_platform.generation))
    return grub_error (GRUB_ERR_IO, N_("the guest was restored"));
  if (grub_errno)
    {
      grub_printf ("%s: %s\n", info->name, grub_errmsg);
      grub_errno = GRUB_ERR_NONE;
    }
  else if (info->state == GRUB_XEN_DISK_DISABLED)
    grub_printf (_("  disabled: %s\n"), info->reason);
  else if (info->state == GRUB_XEN_DISK_CONNECTED)
    xen_info_show_connected (info);
  else if (info->state == GRUB_XEN_DISK_FAILED && info->reason)
    grub_printf (_("  failed: %s\n"), info->reason);
  else
    grub_printf (_("  not in use yet\n"));
  return GRUB_ERR_NONE;
}

/* Print one line, without any request, because that would change the
   counts.  */
static void
xen_info_show_counters (void)
{
  const struct grub_xen_counters *n = &grub_xen_counters;

  grub_printf ("counters: hypercalls=%u notifications=%u waits=%u "
	       "requests=%u copied=%llu\n", n->hypercalls, n->notifications,
	       n->waits, n->requests, (unsigned long long) n->copied);
}

static const struct grub_arg_option xen_info_options[] =
  {
    {"counters", 'c', 0, N_("Show what the disks cost so far."), 0, 0},
    {"get", 'g', 0, N_("Show one value: entry, boot-disk, boot-order, image, "
		       "cmdline or devices."), N_("NAME"), ARG_TYPE_STRING},
    {"set", 's', 0, N_("Set a variable to that value."), N_("VAR"),
     ARG_TYPE_STRING},
    {0, 0, 0, 0, 0, 0}
  };

enum { OPTION_COUNTERS, OPTION_GET, OPTION_SET };

static grub_err_t
xen_info_get_value (const char *name, const char *var)
{
  const char *value = grub_xen_info_value (name);

  if (!value && grub_errno)
    return grub_errno;
  if (!value)
    return grub_error (GRUB_ERR_BAD_ARGUMENT,
		       N_("`%s' is not one of entry, boot-disk, boot-order, "
			  "image, cmdline, devices"), name);
  if (var)
    return grub_env_set (var, value);
  grub_printf ("%s\n", value);
  return GRUB_ERR_NONE;
}

/* After a restore the output starts again.  */
static grub_err_t
xen_info_show_all (void *data __attribute__ ((unused)))
{
  unsigned int count = 0;

  grub_xen_info_platform ();
  if (grub_xen_disk_iterate (xen_info_show_disk, &count))
    return grub_errno;
  grub_printf (_("PV disks: %u\n"), count);
  return GRUB_ERR_NONE;
}

static grub_err_t
grub_cmd_xen_info (struct grub_extcmd_context *ctxt, int argc,
		   char *argv[] __attribute__ ((unused)))
{
  struct grub_arg_list *state = ctxt->state;

  if (argc)
    return grub_error (GRUB_ERR_BAD_ARGUMENT,
		       N_("only options are allowed; try --help"));
  if (state[OPTION_SET].set && !state[OPTION_GET].set)
    return grub_error (GRUB_ERR_BAD_ARGUMENT, N_("--set needs --get"));
  if (state[OPTION_GET].set)
    return xen_info_get_value (state[OPTION_GET].arg, state[OPTION_SET].set
							? state[OPTION_SET].arg
							: 0);
  if (!state[OPTION_COUNTERS].set)
    return grub_xen_retry_resumed (xen_info_show_all, 0);
  xen_info_show_counters ();
  return GRUB_ERR_NONE;
}

static grub_extcmd_t xen_info_cmd;

GRUB_MOD_INIT (xen_info)
{
  xen_info_cmd
    = grub_register_extcmd ("xen_info", grub_cmd_xen_info, 0,
			    N_("[--counters | --get NAME [--set VAR]]"),
			    N_("Show what was found of Xen, its firmware and "
			       "its PV disks, or what they cost so far."),
			    xen_info_options);
}

GRUB_MOD_FINI (xen_info)
{
  if (xen_info_cmd)
    grub_unregister_extcmd (xen_info_cmd);
  grub_xen_info_forget ();
}
