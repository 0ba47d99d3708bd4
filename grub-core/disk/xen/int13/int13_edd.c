/* SPDX-License-Identifier: GPL-3.0-or-later */
/* int13_edd.c - the INT 13h service: its extensions (EDD)
   Copyright (C) 2026  The grub-xen-hvm authors  */

#include "int13.h"

/* The result of function 41h: extended access, eject and EDD.  */
#define EDD_SUBSETS	7

/* A packet of functions 42h to 44h and 47h at DS:SI.  The flat address is
   valid if the packet is large enough and the pointer is FFFF:FFFF.  */
struct int13_edd_packet
{
  grub_uint8_t size;
  grub_uint8_t reserved;
  grub_uint16_t count;
  grub_uint16_t offset;
  grub_uint16_t segment;
  grub_uint64_t sector;
  grub_uint64_t flat;
} GRUB_PACKED;

#define PACKET_SIZE		16
#define PACKET_SIZE_FLAT	24

#define SIZE_EDD1	26
#define SIZE_EDD2	30
#define SIZE_PHOENIX	66
#define SIZE_EDD3	74

/* Flag: the geometry is valid.  */
#define HAS_GEOMETRY	2

/* The limit of a disk's own geometry, which is not the BIOS's.  */
#define MOST_CYLINDERS	16383
#define HEADS		16
#define TRACK		63

static grub_uint32_t
int13_edd_packet_address (const struct grub_xen_int13_regs *regs)
{
  return regs->ds * 16U + (grub_uint16_t) regs->esi;
}

static enum grub_xen_int13_status
int13_edd_move (struct grub_xen_int13_regs *regs,
		struct grub_xen_int13_drive *drive,
		enum grub_xen_int13_what what)
{
  struct int13_edd_packet packet;
  grub_uint64_t buffer;

  grub_xen_int13_get (&packet, int13_edd_packet_address (regs),
		      sizeof (packet));
  buffer = packet.segment * 16U + packet.offset;
  if (packet.size < PACKET_SIZE)
    return GRUB_XEN_INT13_BAD_PARAMETER;
  if (packet.size >= PACKET_SIZE_FLAT
      && packet.segment == 0xffff && packet.offset == 0xffff)
    buffer = packet.flat;
  if (grub_xen_int13_is_ours (int13_edd_packet_address (regs),
			      sizeof (packet)))
    return GRUB_XEN_INT13_BAD_BUFFER;
  if (!packet.count)
    return packet.sector < drive->sectors ? GRUB_XEN_INT13_OK
      : GRUB_XEN_INT13_BAD_PARAMETER;
  return grub_xen_int13_begin (drive, what, packet.sector, packet.count,
			       buffer);
}

void
grub_xen_int13_tell_count (const struct grub_xen_int13_regs *regs,
			   grub_uint32_t done)
{
  grub_uint16_t count = done;

  grub_xen_int13_put (int13_edd_packet_address (regs)
			+ __builtin_offsetof(struct int13_edd_packet, count),
		      &count, sizeof (count));
}

static enum grub_xen_int13_status
int13_edd_seek (const struct grub_xen_int13_regs *regs,
		const struct grub_xen_int13_drive *drive)
{
  struct int13_edd_packet packet;

  grub_xen_int13_get (&packet, int13_edd_packet_address (regs),
		      sizeof (packet));
  return packet.size >= PACKET_SIZE && packet.sector < drive->sectors
    ? GRUB_XEN_INT13_OK : GRUB_XEN_INT13_BAD_PARAMETER;
}

static void
int13_edd_set_text (char *to, const char *from, unsigned int length)
{
  unsigned int i;

  for (i = 0; i < length; i++)
    to[i] = from[i];
}

/* The disk's path: Xen's device on the PCI bus, and the vbd's number.  SIZE is
   the size of the whole buffer.  */
static void
int13_edd_set_path (struct grub_xen_int13_parameters *p,
		    const struct grub_xen_int13_drive *drive,
		    unsigned int size)
{
  grub_uint8_t *bytes = (grub_uint8_t *) p, sum = 0;
  unsigned int i;

  p->key = GRUB_XEN_INT13_PATH_KEY;
  p->path_size = size - GRUB_XEN_INT13_PATH_START;
  int13_edd_set_text (p->bus, "PCI ", sizeof (p->bus));
  int13_edd_set_text (p->type, "SCSI    ", sizeof (p->type));
  p->path = grub_xen_int13.pci_path;
  for (i = 0; i < sizeof (drive->handle); i++)
    p->device[i] = drive->handle >> (8 * i);
  for (i = GRUB_XEN_INT13_PATH_START; i < size - 1; i++)
    sum += bytes[i];
  bytes[size - 1] = -sum;
}

/* Fill in all of P, for a buffer of SIZE bytes.  */
static void
int13_edd_set_parameters (struct grub_xen_int13_parameters *p,
			  const struct grub_xen_int13_drive *drive,
			  unsigned int size)
{
  volatile grub_uint8_t *bytes = (grub_uint8_t *) p;
  unsigned int i;

  for (i = 0; i < sizeof (*p); i++)
    bytes[i] = 0;
  p->size = size;
  p->heads = HEADS;
  p->track = TRACK;
  p->cylinders = MOST_CYLINDERS;
  if (drive->sectors <= MOST_CYLINDERS * HEADS * TRACK)
    {
      p->flags = HAS_GEOMETRY;
      p->cylinders = (grub_uint32_t) drive->sectors / (HEADS * TRACK);
    }
  p->sectors = drive->sectors;
  p->sector_size = 512;
  p->dpte = 0xffffffff;
  if (size >= SIZE_PHOENIX)
    int13_edd_set_path (p, drive, size);
}

static enum grub_xen_int13_status
int13_edd_tell_parameters (const struct grub_xen_int13_regs *regs,
			   const struct grub_xen_int13_drive *drive)
{
  static const grub_uint8_t sizes[]
    = { SIZE_EDD3, SIZE_PHOENIX, SIZE_EDD2, SIZE_EDD1, 0 };
  const grub_uint8_t *size = sizes;
  struct grub_xen_int13_parameters p;
  grub_uint16_t room;

  grub_xen_int13_get (&room, int13_edd_packet_address (regs), sizeof (room));
  while (*size > room)
    size++;
  if (!*size)
    return GRUB_XEN_INT13_BAD_PARAMETER;
  if (grub_xen_int13_is_ours (int13_edd_packet_address (regs), *size))
    return GRUB_XEN_INT13_BAD_BUFFER;
  int13_edd_set_parameters (&p, drive, *size);
  grub_xen_int13_put (int13_edd_packet_address (regs), &p, *size);
  return GRUB_XEN_INT13_OK;
}

enum grub_xen_int13_status
grub_xen_int13_extended (struct grub_xen_int13_regs *regs,
			 struct grub_xen_int13_drive *drive)
{
  grub_uint8_t function = regs->eax >> 8;

  switch (function)
    {
    case 0x41:
      if ((grub_uint16_t) regs->ebx != 0x55aa)
	return GRUB_XEN_INT13_BAD_PARAMETER;
      regs->ebx = (regs->ebx & 0xffff0000) | 0xaa55;
      regs->ecx = (regs->ecx & 0xffff0000) | EDD_SUBSETS;
      return GRUB_XEN_INT13_OK;
    case 0x43:
      /* Write with verification is not supported.  */
      if ((grub_uint8_t) regs->eax > 1)
	return GRUB_XEN_INT13_BAD_PARAMETER;
      return int13_edd_move (regs, drive, GRUB_XEN_INT13_WRITE);
    case 0x42:
      return int13_edd_move (regs, drive, GRUB_XEN_INT13_READ);
    case 0x44:
      return int13_edd_move (regs, drive, GRUB_XEN_INT13_VERIFY);
    case 0x45:
    case 0x49:
      return GRUB_XEN_INT13_OK;
    case 0x46:
      return GRUB_XEN_INT13_NOT_REMOVABLE;
    case 0x47:
      return int13_edd_seek (regs, drive);
    case 0x48:
      return int13_edd_tell_parameters (regs, drive);
    default:
      return GRUB_XEN_INT13_BAD_PARAMETER;
    }
}
