/* SPDX-License-Identifier: GPL-3.0-or-later */
/* xen_int13.c - the command xen_int13: PV disks as BIOS drives
   Copyright (C) 2026  The grub-xen-hvm authors  */

#include <grub/disk.h>
#include <grub/dl.h>
#include <grub/env.h>
#include <grub/err.h>
#include <grub/extcmd.h>
#include <grub/i18n.h>
#include <grub/misc.h>
#include <grub/mm.h>
#include "int13_place.h"

GRUB_MOD_LICENSE ("GPLv3+");

static const struct grub_arg_option xen_int13_options[] =
  {
    {"drive", 'd', 0,
     N_("Number of the first drive [default=0x80, the first hard disk]."),
     N_("NUMBER"), ARG_TYPE_STRING},
    {"list", 'l', 0, N_("Show the drives; this is what happens without DISK."),
     0, ARG_TYPE_NONE},
    {"unmap", 'u', 0, N_("Stop making these disks, or all, drives."),
     0, ARG_TYPE_NONE},
    {"bootable", 'b', 0,
     N_("Only test if DISK, of any kind, begins with a boot loader."),
     0, ARG_TYPE_NONE},
    {0, 0, 0, 0, 0, 0}
  };

enum { OPTION_DRIVE, OPTION_LIST, OPTION_UNMAP, OPTION_BOOTABLE };

/* Do ACTION with the disk called NAME, in brackets or not.  */
static grub_err_t
xen_int13_with_disk (const char *name, grub_err_t (*action) (grub_disk_t disk))
{
  char *bare = grub_strdup (name[0] == '(' ? name + 1 : name);
  grub_size_t len;
  grub_disk_t disk;

  if (!bare)
    return grub_errno;
  len = grub_strlen (bare);
  if (name[0] == '(' && len && bare[len - 1] == ')')
    bare[len - 1] = 0;
  disk = grub_disk_open (bare);
  if (disk)
    action (disk);
  if (disk)
    grub_disk_close (disk);
  grub_free (bare);
  return grub_errno;
}

static grub_err_t
xen_int13_list (void)
{
  const struct grub_xen_int13_map *map = &grub_xen_int13_map;
  unsigned int i;

  if (!map->count)
    grub_puts_ (N_("No PV disk is a drive of the BIOS."));
  for (i = 0; i < map->count; i++)
    grub_printf ("0x%02x  hd%-2u  (%s)\n", map->first + i,
		 map->first + i - GRUB_XEN_INT13_FIRST,
		 map->mapping[i].name);
  return GRUB_ERR_NONE;
}

/* Parse a drive's number: hd1, 0x81, 129, or 1.  */
static grub_err_t
xen_int13_parse_drive (const char *text)
{
  const char *digits = text, *end;
  unsigned long number;

  if (grub_strncmp (digits, "hd", 2) == 0)
    digits += 2;
  number = grub_strtoul (digits, &end, 0);
  if (!grub_errno && number < GRUB_XEN_INT13_FIRST)
    number += GRUB_XEN_INT13_FIRST;
  if (grub_errno || *end || end == digits || number > GRUB_XEN_INT13_LAST)
    return grub_error (GRUB_ERR_BAD_ARGUMENT,
		       N_("no hard disk of the BIOS has the number `%s'; "
			  "the first one is 0x80 or hd0"), text);
  grub_xen_int13_map.first = number;
  return GRUB_ERR_NONE;
}

static grub_err_t
xen_int13_command (grub_extcmd_context_t ctxt, int argc, char **args)
{
  int undo = ctxt->state[OPTION_UNMAP].set, i;

  if (ctxt->state[OPTION_BOOTABLE].set)
    return argc == 1
	     ? xen_int13_with_disk (args[0], grub_xen_int13_test_bootable)
	     : grub_error (GRUB_ERR_BAD_ARGUMENT,
			   N_("one argument expected"));
  if (ctxt->state[OPTION_DRIVE].set
      && xen_int13_parse_drive (ctxt->state[OPTION_DRIVE].arg))
    return grub_errno;
  for (i = 0; i < argc; i++)
    if (xen_int13_with_disk (args[i],
			     undo ? grub_xen_int13_drop : grub_xen_int13_add))
      return grub_errno;
  if (undo && !argc)
    grub_xen_int13_drop_all ();
  if (ctxt->state[OPTION_LIST].set || (!argc && !undo))
    return xen_int13_list ();
  return GRUB_ERR_NONE;
}

static grub_extcmd_t xen_int13_cmd;

GRUB_MOD_INIT (xen_int13)
{
  grub_xen_int13_map.mod = mod;
  xen_int13_cmd
    = grub_register_extcmd ("xen_int13", xen_int13_command, 0,
			    N_("[-d NUMBER] [-l] [-u] [-b] [DISK...]"),
			    N_("Make PV disks drives of the BIOS."),
			    xen_int13_options);
  grub_xen_int13_chain_init ();
  /* For scripts that also run on images without this module.  */
  grub_env_set ("feature_xen_int13", "y");
}

GRUB_MOD_FINI (xen_int13)
{
  grub_xen_int13_chain_fini ();
  grub_xen_int13_map_fini ();
  grub_unregister_extcmd (xen_int13_cmd);
}
