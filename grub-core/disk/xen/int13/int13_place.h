/* SPDX-License-Identifier: GPL-3.0-or-later */
/* int13_place.h - the INT 13h service: geometry, connection, place
   Copyright (C) 2026  The grub-xen-hvm authors  */

#ifndef GRUB_XEN_INT13_PLACE_HEADER
#define GRUB_XEN_INT13_PLACE_HEADER 1

#include <grub/disk.h>
#include <grub/dl.h>
#include <grub/err.h>
#include "../disks.h"
#include "int13.h"

/* Space for a disk's name and for the path of its frontend directory.  */
#define GRUB_XEN_INT13_NAME	32

/* A PV disk that is a BIOS drive from the next boot on.  The boot uses the
   disk that has the name then; the host may have replaced it.  */
struct grub_xen_int13_mapping
{
  char name[GRUB_XEN_INT13_NAME];
  /* The disk's properties when the last boot began.  */
  char path[GRUB_XEN_INT13_NAME];
  /* Its connection, or 0.  */
  struct grub_xen_blkfront *front;
};

/* All of them.  */
struct grub_xen_int13_map
{
  grub_dl_t mod;
  /* The number of the first.  */
  unsigned int first;
  unsigned int count;
  struct grub_xen_int13_mapping mapping[GRUB_XEN_INT13_DRIVES];
};

extern struct grub_xen_int13_map grub_xen_int13_map;

/* Set DRIVE's cylinders, heads and sectors a track by the CHS addresses of the
   partitions in MBR, its first sector, as far as they agree with their sector
   numbers; else as BIOSes do.  DRIVE->sectors must be set.  */
void grub_xen_int13_set_geometry (struct grub_xen_int13_drive *drive,
				  const grub_uint8_t *mbr);

/* Connect MAPPING's disk, which xen_blk has disconnected, with the ring and
   the pages of DRIVE, which are cleared first.  Errors as for
   grub_xen_blkfront_connect; after a failure grub_xen_int13_disconnect reports
   kept memory.  */
grub_err_t grub_xen_int13_connect (struct grub_xen_int13_mapping *mapping,
				   struct grub_xen_int13_drive *drive);

/* Disconnect the disk.  Returns 0 if the backend still has pages mapped, which
   must not be used again; the user gets a message.  A connection from before a
   restore is dropped.  Harmless if MAPPING is not connected.  */
int grub_xen_int13_disconnect (struct grub_xen_int13_mapping *mapping,
			       struct grub_xen_int13_drive *drive);

/* Reserve the low memory of the service, because loaders choose their
   addresses by the memory map when they load.  Harmless if it is reserved.
   GRUB_ERR_OUT_OF_MEMORY.  */
grub_err_t grub_xen_int13_reserve_low (void);

/* Undo that.  */
void grub_xen_int13_unreserve_low (void);

/* Reserve the memory for COUNT drives and the image of the module MOD in the
   OS's memory map.  GRUB_ERR_OUT_OF_MEMORY.  */
grub_err_t grub_xen_int13_reserve (grub_dl_t mod, unsigned int count);

/* Undo it; if LEAK the memory stays reserved, because a backend may write to
   it.  */
void grub_xen_int13_unreserve (int leak);

/* The addresses of the ring and the pages of each of COUNT drives, in the
   reserved memory.  */
void grub_xen_int13_lay_out (unsigned int count);

/* Install the service there, in front of the BIOS's handler.  All fields of
   grub_xen_int13 must be set, except those of its place.  */
void grub_xen_int13_install (void);

/* Restore the BIOS's handler.  */
void grub_xen_int13_remove (void);

/* The number of the BIOS's hard disks.  */
unsigned int grub_xen_int13_bios_disks (void);

/* Read the BIOS's parameters of its disk NUMBER (function 48h); missing fields
   of P are 0.  Returns zero on failure.  */
int grub_xen_int13_ask_bios (unsigned int number,
			     struct grub_xen_int13_parameters *p);

/* The BIOS's number of the emulated twin of DISK, an open PV disk, or -1.  */
int grub_xen_int13_find_twin (grub_disk_t disk);

/* The index of the open DISK in the map, or the number of disks in it.  */
unsigned int grub_xen_int13_find (grub_disk_t disk);

/* Make the open DISK a drive, unless it is one.  GRUB_ERR_BAD_DEVICE: not a PV
   disk; GRUB_ERR_OUT_OF_RANGE: too many drives; GRUB_ERR_OUT_OF_MEMORY.  */
grub_err_t grub_xen_int13_add (grub_disk_t disk);

/* DISK is no longer a drive.  GRUB_ERR_BAD_DEVICE: it was not one.  */
grub_err_t grub_xen_int13_drop (grub_disk_t disk);

/* After this no disk is a drive.  */
void grub_xen_int13_drop_all (void);

/* The module is unloaded: do nothing at boot.  */
void grub_xen_int13_map_fini (void);

/* GRUB_ERR_TEST_FAILURE unless the open DISK is a whole one whose first
   sector a BIOS would start.  */
grub_err_t grub_xen_int13_test_bootable (grub_disk_t disk);

/* The command `chainloader', and the number that loaders pass for the root's
   drive.  */
void grub_xen_int13_chain_init (void);
void grub_xen_int13_chain_fini (void);

#endif /* ! GRUB_XEN_INT13_PLACE_HEADER */
