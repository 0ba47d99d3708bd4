/* SPDX-License-Identifier: GPL-3.0-or-later */
/* int13_twin.c - emulated twins of PV disks
   Copyright (C) 2026  The grub-xen-hvm authors  */

#include <grub/disk.h>
#include <grub/err.h>
#include <grub/misc.h>
#include <grub/partition.h>
#include "int13_place.h"

/* A toolstack (libxl_dm.c) emulates the hard disks number 0 to 3 as IDE disks,
   whatever backend they have: hda is the primary master, xvdd the secondary
   slave.  All other disks have no twin, or a twin whose place the BIOS does
   not return: SCSI disks (sd) and, with hdtype="ahci", SATA disks.  Treat
   those as disks without a twin; the only effect is a second number for the
   same disk.  Contents do not identify a disk, because two disks may be
   equal.  */
#define IDE_DISKS	4

/* The first ports of ISA's two IDE channels.  */
#define PRIMARY		0x1f0
#define SECONDARY	0x170

/* The IDE position of the emulated disk with the vbd number HANDLE (numbers as
   in xen-vbd-interface(7)), or -1.  */
static int
int13_twin_ide_place (grub_uint32_t handle)
{
  unsigned int disk = IDE_DISKS;

  if (handle >> 28 == 1)
    disk = (handle >> 8) & 0xfffff;
  else if (handle >> 8 == 202)
    disk = (handle & 0xff) >> 4;
  else if (handle >> 8 == 3)
    disk = (handle & 0xff) >> 6;
  else if (handle >> 8 == 22)
    disk = 2 + ((handle & 0xff) >> 6);
  return disk < IDE_DISKS ? (int) disk : -1;
}

/* Whether P has a valid EDD 3 path.  */
static int
int13_twin_has_path (const struct grub_xen_int13_parameters *p)
{
  const grub_uint8_t *bytes = (const grub_uint8_t *) p;
  grub_uint8_t sum = 0;
  unsigned int i;

  for (i = GRUB_XEN_INT13_PATH_START; i < sizeof (*p); i++)
    sum += bytes[i];
  return p->key == GRUB_XEN_INT13_PATH_KEY && sum == 0
    && p->path_size == sizeof (*p) - GRUB_XEN_INT13_PATH_START;
}

/* The IDE position of the BIOS's disk NUMBER, or -1: it is elsewhere, or the
   BIOS does not return it.  The order of the BIOS's disks does not show it:
   CDs have positions, but no disk numbers, and the user may have chosen
   another first disk.  */
static int
int13_twin_bios_place (unsigned int number)
{
  struct grub_xen_int13_parameters p;
  unsigned int channel, drive;

  if (!grub_xen_int13_ask_bios (number, &p) || !int13_twin_has_path (&p)
      || grub_memcmp (p.type, "ATA     ", sizeof (p.type)) != 0)
    return -1;
  drive = p.device[0];
  if (grub_memcmp (p.bus, "PCI", 3) == 0)
    channel = p.path >> 24;
  else if ((p.path & 0xffff) == PRIMARY)
    channel = 0;
  else if ((p.path & 0xffff) == SECONDARY)
    channel = 1;
  else
    return -1;
  return channel < 2 && drive < 2 ? (int) (2 * channel + drive) : -1;
}

/* Whether the disks A and B have the same size and begin with the same
   sector.  */
static int
int13_twin_are_alike (grub_disk_t a, grub_disk_t b)
{
  grub_uint8_t mine[GRUB_DISK_SECTOR_SIZE], other[GRUB_DISK_SECTOR_SIZE];

  return grub_disk_native_sectors (a) == grub_disk_native_sectors (b)
    && !grub_disk_read (a, 0, 0, sizeof (mine), mine)
    && !grub_disk_read (b, 0, 0, sizeof (other), other)
    && grub_memcmp (mine, other, sizeof (mine)) == 0;
}

/* Whether the contents of the BIOS's disk NUMBER match: the host may have
   changed the PV disk, but not the emulated one.  */
static int
int13_twin_is_confirmed (grub_disk_t disk, unsigned int number)
{
  grub_partition_t partition = disk->partition;
  char name[sizeof ("hd255")];
  grub_disk_t twin;
  int result;

  grub_snprintf (name, sizeof (name), "hd%u", number - GRUB_XEN_INT13_FIRST);
  twin = grub_disk_open (name);
  disk->partition = 0;
  result = twin && int13_twin_are_alike (disk, twin);
  disk->partition = partition;
  if (twin)
    grub_disk_close (twin);
  grub_errno = GRUB_ERR_NONE;
  return result;
}

int
grub_xen_int13_find_twin (grub_disk_t disk)
{
  const struct grub_xen_disk *xen = disk->data;
  unsigned int number = GRUB_XEN_INT13_FIRST;
  unsigned int end = number + grub_xen_int13_bios_disks ();
  int place = int13_twin_ide_place (xen->front.handle);

  for (; place >= 0 && number < end; number++)
    if (int13_twin_bios_place (number) == place)
      return int13_twin_is_confirmed (disk, number) ? (int) number : -1;
  return -1;
}
