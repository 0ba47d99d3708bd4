/* SPDX-License-Identifier: GPL-3.0-or-later */
/* xen_unplug.c - remove emulated devices from the machine
   Copyright (C) 2026  The grub-xen-hvm authors  */

#include <grub/cpu/io.h>
#include <grub/dl.h>
#include <grub/err.h>
#include <grub/extcmd.h>
#include <grub/i18n.h>
#include <grub/loader.h>
#include <grub/xen/platform.h>

GRUB_MOD_LICENSE ("GPLv3+");

/* The ports of Xen's platform device, and their values (hvm-emulated-unplug in
   Xen's documents).  */
#define PORT_MAGIC	0x10
#define PORT_VERSION	0x12
#define MAGIC		0x49d2
#define UNPLUG_DISKS	1
#define UNPLUG_NICS	2
#define UNPLUG_OTHERS	4
#define UNPLUG_NVME	8

/* From version 1 on the driver has to identify itself: no registered product
   (xen/hvm/pvdrivers.h), the first build.  */
#define PRODUCT		0xffff
#define BUILD		1

static const struct grub_arg_option xen_unplug_options[] =
  {
    {"disks", 'd', 0, N_("All IDE and SCSI disks, but no CDs [default]."),
     0, ARG_TYPE_NONE},
    {"other-disks", 'o', 0, N_("These disks less the first one."),
     0, ARG_TYPE_NONE},
    {"nvme", 'v', 0, N_("NVMe disks."), 0, ARG_TYPE_NONE},
    {"nics", 'n', 0, N_("All network cards."), 0, ARG_TYPE_NONE},
    {"reset", 'r', 0, N_("Nothing after all."), 0, ARG_TYPE_NONE},
    {0, 0, 0, 0, 0, 0}
  };

static const grub_uint16_t xen_unplug_bits[]
  = { UNPLUG_DISKS, UNPLUG_OTHERS, UNPLUG_NVME, UNPLUG_NICS };

/* The devices to unplug at the next boot.  */
static grub_uint16_t xen_unplug_wanted;

static struct grub_preboot *xen_unplug_preboot;

/* Whether the host's device model accepts such a request from this driver.  */
static int
xen_unplug_is_possible (void)
{
  if (!grub_xen_detect () || grub_inw (PORT_MAGIC) != MAGIC)
    return 0;
  if (!grub_inb (PORT_VERSION))
    return 1;
  grub_outw (PRODUCT, PORT_VERSION);
  grub_outl (BUILD, PORT_MAGIC);
  /* The device is hidden from a driver that the host rejects.  */
  return grub_inw (PORT_MAGIC) == MAGIC;
}

/* Unplug as late as possible, when nothing is read from emulated disks.  */
static grub_err_t
xen_unplug_before_boot (int noreturn __attribute__ ((unused)))
{
  if (xen_unplug_wanted)
    grub_outw (xen_unplug_wanted, PORT_MAGIC);
  return GRUB_ERR_NONE;
}

/* The devices cannot be plugged in again.  */
static grub_err_t
xen_unplug_after_boot (void)
{
  return GRUB_ERR_NONE;
}

static grub_err_t
xen_unplug_command (grub_extcmd_context_t ctxt, int argc,
		    char **args __attribute__ ((unused)))
{
  grub_uint16_t mask = 0;
  unsigned int i;

  if (argc)
    return grub_error (GRUB_ERR_BAD_ARGUMENT,
		       N_("xen_unplug takes options only"));
  for (i = 0; i < ARRAY_SIZE (xen_unplug_bits); i++)
    if (ctxt->state[i].set)
      mask |= xen_unplug_bits[i];
  if (ctxt->state[ARRAY_SIZE (xen_unplug_bits)].set)
    {
      xen_unplug_wanted = 0;
      return GRUB_ERR_NONE;
    }
  if (!xen_unplug_is_possible ())
    return grub_error (GRUB_ERR_BAD_DEVICE,
		       N_("the host has no platform device of Xen's that "
			  "unplugs emulated devices"));
  if (!xen_unplug_preboot)
    xen_unplug_preboot = grub_loader_register_preboot_hook (
      xen_unplug_before_boot, xen_unplug_after_boot,
      GRUB_LOADER_PREBOOT_HOOK_PRIO_MEMORY);
  if (!xen_unplug_preboot)
    return grub_errno;
  xen_unplug_wanted |= mask ?: UNPLUG_DISKS;
  return GRUB_ERR_NONE;
}

static grub_extcmd_t xen_unplug_cmd;

GRUB_MOD_INIT (xen_unplug)
{
  xen_unplug_cmd
    = grub_register_extcmd ("xen_unplug", xen_unplug_command, 0,
			    N_("[-d] [-o] [-v] [-n] [-r]"),
			    N_("Take emulated devices out of the machine "
			       "when the OS starts."),
			    xen_unplug_options);
}

GRUB_MOD_FINI (xen_unplug)
{
  if (xen_unplug_preboot)
    grub_loader_unregister_preboot_hook (xen_unplug_preboot);
  grub_unregister_extcmd (xen_unplug_cmd);
}
