/* SPDX-License-Identifier: GPL-3.0-or-later */
/* int13_chain.c - boot loaders on PV disks
   Copyright (C) 2026  The grub-xen-hvm authors  */

#include <grub/command.h>
#include <grub/device.h>
#include <grub/disk.h>
#include <grub/dl.h>
#include <grub/env.h>
#include <grub/err.h>
#include <grub/file.h>
#include <grub/i18n.h>
#include <grub/i386/pc/boot.h>
#include <grub/loader.h>
#include <grub/machine/biosnum.h>
#include <grub/misc.h>
#include <grub/mm.h>
#include <grub/msdos_partition.h>
#include <grub/partition.h>
#include "int13_place.h"

/* GRUB's own module for the command `chainloader'.  */
#define CHAIN_MODULE	"chain"

static int (*int13_chain_next_biosnumber) (void);
static grub_command_t int13_chain_cmd;

/* The number of the BIOS's drive NUMBER when the service is installed.  */
static int
int13_chain_renumber (int number)
{
  const struct grub_xen_int13_map *map = &grub_xen_int13_map;
  int end = GRUB_XEN_INT13_FIRST + grub_xen_int13_bios_disks ();

  return number >= (int) map->first && number < end
    ? number + (int) map->count : number;
}

/* The number of the PV disk DISK: a PV drive's, or its twin's.  -1: no
   number.  */
static int
int13_chain_number_of (grub_disk_t disk)
{
  const struct grub_xen_int13_map *map = &grub_xen_int13_map;
  unsigned int i = grub_xen_int13_find (disk);
  int twin;

  if (i < map->count)
    return map->first + i;
  twin = grub_xen_int13_find_twin (disk);
  return twin < 0 ? -1 : int13_chain_renumber (twin);
}

/* Whether a BIOS would start DISK's first sector: it has the signature of a
   boot sector, and not only zeros as its code.  The code ends in front of the
   disk's signature, which fdisk also writes into an MBR without code.  */
static int
int13_chain_is_bootable (grub_disk_t disk)
{
  struct grub_msdos_partition_mbr mbr;
  const unsigned int size = GRUB_BOOT_MACHINE_WINDOWS_NT_MAGIC;
  unsigned int i;

  COMPILE_TIME_ASSERT (sizeof (mbr) == GRUB_DISK_SECTOR_SIZE);
  if (disk->partition || grub_disk_read (disk, 0, 0, sizeof (mbr), &mbr)
      || grub_le_to_cpu16 (mbr.signature) != GRUB_PC_PARTITION_SIGNATURE)
    return 0;
  for (i = 0; i < size && !mbr.code[i]; i++);
  return i < size;
}

grub_err_t
grub_xen_int13_test_bootable (grub_disk_t disk)
{
  int result = int13_chain_is_bootable (disk);

  grub_errno = GRUB_ERR_NONE;
  return result ? GRUB_ERR_NONE
		: grub_error (GRUB_ERR_TEST_FAILURE, N_("false"));
}

/* The number that loaders pass to the code that they start, for the root
   disk.  */
static int
int13_chain_root_biosnumber (void)
{
  grub_device_t device;
  int number = -1;

  /* The user has set a number.  */
  if (grub_env_get ("biosnum"))
    return int13_chain_next_biosnumber ();
  device = grub_device_open (0);
  if (device && device->disk && device->disk->dev->id == GRUB_DISK_DEVICE_XEN)
    number = int13_chain_number_of (device->disk);
  else
    number = int13_chain_renumber (int13_chain_next_biosnumber ());
  if (device)
    grub_device_close (device);
  grub_errno = GRUB_ERR_NONE;
  return number;
}

/* Make the disk of DEVICE a drive if it is a PV disk and not a drive yet.  */
static grub_err_t
int13_chain_add (const char *device)
{
  grub_device_t dev = grub_device_open (device);

  if (!dev)
    return grub_errno;
  if (dev->disk && dev->disk->dev->id == GRUB_DISK_DEVICE_XEN
      && int13_chain_number_of (dev->disk) < 0)
    {
      grub_partition_t partition = dev->disk->partition;

      dev->disk->partition = 0;
      grub_xen_int13_add (dev->disk);
      dev->disk->partition = partition;
    }
  grub_device_close (dev);
  return grub_errno;
}

/* The loader passes the drive and partition of the variable `root' to the code
   that it starts, so set `root' to the file's device meanwhile.  */
static grub_err_t
int13_chain_start_from (grub_command_t own, char *device, int argc,
			char **argv)
{
  const char *value = grub_env_get ("root");
  char *root = value ? grub_strdup (value) : 0;
  grub_err_t err;

  if ((value && !root) || int13_chain_add (device)
      || grub_env_set ("root", device))
    {
      grub_free (root);
      return grub_errno;
    }
  err = own->func (own, argc, argv);
  if (root)
    grub_env_set ("root", root);
  else
    grub_env_unset ("root");
  grub_free (root);
  return err;
}

static grub_err_t
int13_chain_command (grub_command_t cmd, int argc, char **argv)
{
  grub_command_t own;
  char *device;
  grub_err_t err;

  own = grub_xen_command_below (cmd, CHAIN_MODULE);
  if (!own)
    return grub_errno;
  /* Options come first; GRUB's command reports a missing file.  */
  device = argc ? grub_file_get_device_name (argv[argc - 1]) : 0;
  if (argc && !device && !grub_errno && grub_env_get ("root"))
    device = grub_strdup (grub_env_get ("root"));
  if (grub_errno)
    return grub_errno;
  /* If a loader was loaded before, GRUB's command would unload the new
     one.  */
  grub_loader_unset ();
  if (!device)
    return own->func (own, argc, argv);
  err = int13_chain_start_from (own, device, argc, argv);
  grub_free (device);
  return err;
}

void
grub_xen_int13_chain_init (void)
{
  int13_chain_next_biosnumber = grub_get_root_biosnumber;
  grub_get_root_biosnumber = int13_chain_root_biosnumber;
  int13_chain_cmd
    = grub_register_command_p1 ("chainloader", int13_chain_command,
				N_("[--force|--bpb] FILE"),
				N_("Load another boot loader."));
}

void
grub_xen_int13_chain_fini (void)
{
  grub_get_root_biosnumber = int13_chain_next_biosnumber;
  grub_unregister_command (int13_chain_cmd);
}
