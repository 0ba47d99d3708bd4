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

/* Room for a disk's name and for the path of its frontend directory.  */
#define GRUB_XEN_INT13_NAME	32

/* A PV disk that is a BIOS drive from the next boot on.  It is the disk that
   has the name then: the host may have put another one in its place.  */
struct grub_xen_int13_mapping
{
  char name[GRUB_XEN_INT13_NAME];
  /* What is known of the disk since the last boot began.  */
  char path[GRUB_XEN_INT13_NAME];
  /* Its connection; 0: there is none.  Not a part of this structure, which the
     service has a copy of.  */
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

/* Set DRIVE's cylinders, heads and sectors a track by the CHS addresses of
   the partitions in MBR, its first sector, as far as they agree with their
   sector numbers; else as BIOSes do.  DRIVE->sectors is set.  */
void grub_xen_int13_set_geometry (struct grub_xen_int13_drive *drive,
				  const grub_uint8_t *mbr);

/* Connect MAPPING's disk, which xen_blk has given back, with the ring and the
   pages of DRIVE, which are cleared before.  Errors as for
   grub_xen_blkfront_connect; what is left behind on failure
   grub_xen_int13_disconnect tells.  */
grub_err_t grub_xen_int13_connect (struct grub_xen_int13_mapping *mapping,
				   struct grub_xen_int13_drive *drive);

/* Give the disk back.  Returns 0 if the backend still has pages mapped, so
   that they may not be used again; the user gets a message.  A disk that
   was connected before a restore is forgotten.  Harmless when MAPPING is
   not connected.  */
int grub_xen_int13_disconnect (struct grub_xen_int13_mapping *mapping,
			       struct grub_xen_int13_drive *drive);

/* Reserve the low memory of the service: loaders choose their places by the
   memory map when they load.  Harmless when that is done.
   GRUB_ERR_OUT_OF_MEMORY.  */
grub_err_t grub_xen_int13_reserve_low (void);

/* Undo that.  */
void grub_xen_int13_unreserve_low (void);

/* Reserve the memory for COUNT drives and the image of the module MOD, so
   that the memory map that the OS finds has it.  GRUB_ERR_OUT_OF_MEMORY.  */
grub_err_t grub_xen_int13_reserve (grub_dl_t mod, unsigned int count);

/* Undo it; if LEAK the memory stays reserved, since a backend may write to
   it.  */
void grub_xen_int13_unreserve (int leak);

/* The addresses of the ring and the pages of each of COUNT drives, in the
   reserved memory.  */
void grub_xen_int13_lay_out (unsigned int count);

/* Put the service there, and in front of the BIOS's.  Everything in
   grub_xen_int13 is set but what belongs to the place.  */
void grub_xen_int13_install (void);

/* The BIOS's handler is back.  */
void grub_xen_int13_remove (void);

/* How many hard disks the BIOS has.  */
unsigned int grub_xen_int13_bios_disks (void);

/* What the BIOS says of its disk NUMBER (function 48h), as far as that goes;
   the rest of P is 0.  Zero: it says nothing.  */
int grub_xen_int13_ask_bios (unsigned int number,
			     struct grub_xen_int13_parameters *p);

/* The BIOS's number of the emulated twin of DISK, an open PV disk, or -1.  */
int grub_xen_int13_find_twin (grub_disk_t disk);

/* The place of the open DISK in the map, or how many there are.  */
unsigned int grub_xen_int13_find (grub_disk_t disk);

/* Make the open DISK a drive, unless it is one.  GRUB_ERR_BAD_DEVICE: it is
   no PV disk; GRUB_ERR_OUT_OF_RANGE: there are too many;
   GRUB_ERR_OUT_OF_MEMORY.  */
grub_err_t grub_xen_int13_add (grub_disk_t disk);

/* DISK is no longer a drive.  GRUB_ERR_BAD_DEVICE: it was not one.  */
grub_err_t grub_xen_int13_drop (grub_disk_t disk);

/* After this no disk is a drive.  */
void grub_xen_int13_drop_all (void);

/* The module goes: nothing is done at boot.  */
void grub_xen_int13_map_fini (void);

/* GRUB_ERR_TEST_FAILURE unless the open DISK is a whole one whose first
   sector a BIOS would start.  */
grub_err_t grub_xen_int13_test_bootable (grub_disk_t disk);

/* The command `chainloader', and what loaders tell of the root's drive.  */
void grub_xen_int13_chain_init (void);
void grub_xen_int13_chain_fini (void);

#endif /* ! GRUB_XEN_INT13_PLACE_HEADER */
