/* SPDX-License-Identifier: GPL-3.0-or-later */
/* int13_bios.c - the INT 13h service: the old functions, and the entry
   Copyright (C) 2026  The grub-xen-hvm authors  */

#include "int13.h"

/* Bytes of the BIOS's data area: the status of the last call for a hard disk,
   and the number of hard disks.  */
#define BDA_STATUS	0x474
#define BDA_DISKS	0x475

/* Results of functions 15h and 41h in AH: a hard disk, version 3.  */
#define HARD_DISK	0x03
#define EDD_VERSION	0x30

/* Maximum number of sectors of one call with CHS.  */
#define MOST_SECTORS	128

static volatile grub_uint8_t *
int13_bios_bda (grub_uint32_t phys)
{
  return grub_xen_int13_at (phys);
}

static void
int13_bios_set_low (grub_uint32_t *reg, grub_uint16_t value)
{
  *reg = (*reg & 0xffff0000) | value;
}

/* Set AH of REGS, and the carry flag, to STATUS.  */
static void
int13_bios_set_status (struct grub_xen_int13_regs *regs, grub_uint8_t status)
{
  regs->eax = (regs->eax & 0xffff00ff) | status << 8;
  regs->flags &= ~GRUB_XEN_INT13_CARRY;
  if (status)
    regs->flags |= GRUB_XEN_INT13_CARRY;
}

/* Read, write, verify by cylinder, head and sector.  */
static enum grub_xen_int13_status
int13_bios_move (struct grub_xen_int13_regs *regs,
		 struct grub_xen_int13_drive *drive,
		 enum grub_xen_int13_what what)
{
  grub_uint32_t cylinder
    = ((regs->ecx >> 8) & 0xff) | ((regs->ecx & 0xc0) << 2);
  grub_uint32_t head = (regs->edx >> 8) & 0xff, sector = regs->ecx & 0x3f;
  grub_uint32_t count = regs->eax & 0xff;

  if (!count || count > MOST_SECTORS || cylinder >= drive->cylinders
      || head >= drive->heads || !sector || sector > drive->track)
    return GRUB_XEN_INT13_BAD_PARAMETER;
  return grub_xen_int13_begin
    (drive, what, (cylinder * drive->heads + head) * drive->track + sector - 1,
     count, regs->es * 16U + (grub_uint16_t) regs->ebx);
}

/* Return one cylinder less: the last one is traditionally reserved for the
   BIOS.  */
static enum grub_xen_int13_status
int13_bios_tell_geometry (struct grub_xen_int13_regs *regs,
			  const struct grub_xen_int13_drive *drive)
{
  grub_uint32_t last = drive->cylinders > 1 ? drive->cylinders - 2 : 0;

  regs->eax &= 0xffffff00;
  int13_bios_set_low (&regs->ecx, (last & 0xff) << 8 | ((last >> 2) & 0xc0)
				    | drive->track);
  int13_bios_set_low (&regs->edx,
		      (drive->heads - 1) << 8 | *int13_bios_bda (BDA_DISKS));
  return GRUB_XEN_INT13_OK;
}

static enum grub_xen_int13_status
int13_bios_tell_size (struct grub_xen_int13_regs *regs,
		      const struct grub_xen_int13_drive *drive)
{
  grub_uint32_t sectors
    = (drive->cylinders - 1) * drive->heads * drive->track;

  int13_bios_set_low (&regs->ecx, sectors >> 16);
  int13_bios_set_low (&regs->edx, sectors);
  return GRUB_XEN_INT13_OK;
}

static enum grub_xen_int13_status
int13_bios_start (struct grub_xen_int13_regs *regs,
		  struct grub_xen_int13_drive *drive)
{
  grub_uint8_t function = regs->eax >> 8;

  switch (function)
    {
    case 0x02:
    case 0x03:
    case 0x04:
      return int13_bios_move (regs, drive, function);
    case 0x08:
      return int13_bios_tell_geometry (regs, drive);
    case 0x15:
      return int13_bios_tell_size (regs, drive);
    /* Reset, set parameters, seek, reset, ready, recalibrate, diagnose:
       there is nothing to do.  */
    case 0x00:
    case 0x09:
    case 0x0c:
    case 0x0d:
    case 0x10:
    case 0x11:
    case 0x14:
      return drive->dead;
    default:
      return grub_xen_int13_extended (regs, drive);
    }
}

/* The call for FUNCTION is over with STATUS.  */
static void
int13_bios_finish (struct grub_xen_int13_regs *regs, grub_uint8_t function,
		   grub_uint8_t status)
{
  const struct grub_xen_int13_transfer *tr = &grub_xen_int13.transfer;

  if (tr->drive && function >= 0x02 && function <= 0x04)
    regs->eax = (regs->eax & 0xffffff00) | tr->done;
  else if (tr->drive)
    grub_xen_int13_tell_count (regs, tr->done);
  *int13_bios_bda (BDA_STATUS) = status;
  int13_bios_set_status (regs, status);
  /* These return other values in AH on success.  */
  if (!status && function == 0x15)
    regs->eax |= HARD_DISK << 8;
  if (!status && function == 0x41)
    regs->eax |= EDD_VERSION << 8;
}

int
grub_xen_int13_serve (struct grub_xen_int13_regs *regs)
{
  struct grub_xen_int13 *s = &grub_xen_int13;
  grub_uint8_t function = regs->eax >> 8, number = regs->edx;
  enum grub_xen_int13_status status = GRUB_XEN_INT13_AGAIN;

  if (function == 0x01)
    {
      int13_bios_set_status (regs, *int13_bios_bda (BDA_STATUS));
      return 0;
    }
  if (!s->busy)
    {
      s->transfer.drive = 0;
      status = int13_bios_start (regs, &s->drive[number - s->first]);
    }
  if (status == GRUB_XEN_INT13_AGAIN)
    status = grub_xen_int13_move (&s->transfer);
  s->busy = status == GRUB_XEN_INT13_AGAIN;
  if (!s->busy)
    int13_bios_finish (regs, function, status);
  return s->busy;
}
