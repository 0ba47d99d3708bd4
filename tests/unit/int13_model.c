/* SPDX-License-Identifier: GPL-3.0-or-later */
/* int13_model.c - an independent model of an INT 13h call
   Copyright (C) 2026  The grub-xen-hvm authors  */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "fake_int13.h"

/* The most 512-byte sectors in one sector of a drive.  */
#define MOST_UNIT	8

enum { READ = 2, WRITE = 3, VERIFY = 4 };

/* The expected results of a call.  */
struct model
{
  struct int13_disk *disk;
  struct grub_xen_int13_drive *drive;
  unsigned int function;
  /* Registers before and after the call.  */
  struct grub_xen_int13_regs before, regs;
  /* The status, or -1 if it depends on the transfer.  */
  int status;
  /* The call gets as far as reporting the number of sectors moved.  */
  int told;
  unsigned int what;
  uint64_t sector;
  uint32_t count;
  uint64_t buffer;
  /* The packet's address.  */
  uint32_t packet;
  /* The sectors around a write on the disk.  */
  unsigned char left[MOST_UNIT][512], right[MOST_UNIT][512];
};

/* The contents that callers' memory has to have after the call.  */
static unsigned char known[INT13_KNOWN];

static unsigned int
get16 (uint32_t phys)
{
  const unsigned char *p = int13_at (phys);

  return p[0] | p[1] << 8;
}

static uint64_t
get64 (uint32_t phys)
{
  uint64_t value;

  memcpy (&value, int13_at (phys), 8);
  return value;
}

static void
put (void *to, uint64_t value, unsigned int bytes)
{
  memcpy (to, &value, bytes);
}

static void
set_low (grub_uint32_t *reg, unsigned int value)
{
  *reg = (*reg & 0xffff0000) | (value & 0xffff);
}

static int
touches_service (uint64_t start, uint64_t bytes)
{
  uint64_t end = start + bytes;

  return end > 0xffffffffULL || end < start
    || (end > INT13_LOW && start < INT13_LOW + INT13_LOW_SIZE)
    || (end > INT13_HIGH && start < INT13_HIGH + INT13_HIGH_SIZE);
}

/* A transfer.  Returns the status if it does not begin, or -1.  */
static int
expect_transfer (struct model *m)
{
  if (m->sector >= m->drive->sectors)
    return 0x01;
  m->told = 1;
  if (m->sector + m->count > m->drive->sectors)
    return 0x04;
  if (m->what != VERIFY && touches_service (m->buffer, 512ULL * m->count))
    return 0x09;
  if (m->what == WRITE && m->drive->readonly)
    return 0x03;
  if (m->drive->dead)
    return m->drive->dead;
  return -1;
}

static int
expect_chs (struct model *m)
{
  uint32_t cx = m->before.ecx, dh = m->before.edx >> 8 & 0xff;
  uint32_t cylinder = (cx >> 8 & 0xff) + (cx >> 6 & 3) * 256, sector = cx & 0x3f;

  m->what = m->function;
  m->count = m->before.eax & 0xff;
  m->buffer = ((uint32_t) m->before.es << 4) + (m->before.ebx & 0xffff);
  if (m->count < 1 || m->count > 128 || cylinder >= m->drive->cylinders
      || dh >= m->drive->heads || sector < 1 || sector > m->drive->track)
    return 0x01;
  m->sector = ((uint64_t) cylinder * m->drive->heads + dh) * m->drive->track
    + sector - 1;
  return expect_transfer (m);
}

static int
expect_edd (struct model *m)
{
  unsigned int size = *(unsigned char *) int13_at (m->packet);

  m->what = m->function & 0xf;
  if (m->function == 0x43 && (m->before.eax & 0xff) > 1)
    return 0x01;
  if (size < 16)
    return 0x01;
  if (touches_service (m->packet, sizeof (struct int13_packet)))
    return 0x09;
  m->count = get16 (m->packet + 2);
  m->sector = get64 (m->packet + 8);
  m->buffer = (get16 (m->packet + 6) << 4) + get16 (m->packet + 4);
  if (size >= 24 && get16 (m->packet + 4) == 0xffff
      && get16 (m->packet + 6) == 0xffff)
    m->buffer = get64 (m->packet + 16);
  if (!m->count)
    return m->sector < m->drive->sectors ? 0 : 0x01;
  return expect_transfer (m);
}

/* Function 48h: the contents of the buffer at DS:SI.  */
static int
expect_parameters (struct model *m)
{
  unsigned int room = get16 (m->packet), size, i;
  const uint64_t cylinder = 16 * 63;
  unsigned char p[74], sum = 0;
  int small = m->drive->sectors <= 16383 * cylinder;

  size = room >= 74 ? 74 : room >= 66 ? 66 : room >= 30 ? 30 : 26;
  if (room < 26)
    return 0x01;
  if (touches_service (m->packet, size))
    return 0x09;
  memset (p, 0, sizeof (p));
  put (p, size, 2);
  put (p + 2, small ? 2 : 0, 2);
  put (p + 4, small ? m->drive->sectors / cylinder : 16383, 4);
  put (p + 8, 16, 4);
  put (p + 12, 63, 4);
  put (p + 16, m->drive->sectors, 8);
  put (p + 24, 512, 2);
  put (p + 26, 0xffffffff, 4);
  if (size >= 66)
    {
      put (p + 30, 0xbedd, 2);
      p[32] = size - 30;
      memcpy (p + 36, "PCI SCSI    ", 12);
      put (p + 48, grub_xen_int13.pci_path, 4);
      put (p + 56, m->drive->handle, 2);
      for (i = 30; i < size - 1; i++)
	sum += p[i];
      p[size - 1] = -sum;
    }
  if (m->packet + size <= INT13_KNOWN)
    memcpy (known + m->packet, p, size);
  return 0;
}

/* Geometry and size; the last cylinder is reserved for the BIOS.  */
static int
expect_geometry (struct model *m)
{
  uint32_t cylinders = m->drive->cylinders, size;
  uint32_t last = cylinders < 2 ? 0 : cylinders - 2;

  if (m->function == 0x15)
    {
      size = (cylinders - 1) * m->drive->heads * m->drive->track;
      set_low (&m->regs.ecx, size / 65536);
      set_low (&m->regs.edx, size % 65536);
      return 0;
    }
  m->regs.eax &= ~0xffU;
  set_low (&m->regs.ecx, last % 256 * 256 + last / 256 * 64 + m->drive->track);
  set_low (&m->regs.edx, (m->drive->heads - 1) * 256 
	   + *(unsigned char *) int13_at (INT13_COUNT));
  return 0;
}

static int
expect (struct model *m)
{
  switch (m->function)
    {
    case 0x00: case 0x09: case 0x0c: case 0x0d: case 0x10: case 0x11: case 0x14:
      return m->drive->dead;
    case 0x01:
      return *(unsigned char *) int13_at (INT13_STATUS);
    case 0x02: case 0x03: case 0x04:
      return expect_chs (m);
    case 0x08: case 0x15:
      return expect_geometry (m);
    case 0x41:
      if ((m->before.ebx & 0xffff) != 0x55aa)
	return 0x01;
      set_low (&m->regs.ebx, 0xaa55);
      set_low (&m->regs.ecx, 7);
      return 0;
    case 0x42: case 0x43: case 0x44:
      return expect_edd (m);
    case 0x45: case 0x49:
      return 0;
    case 0x46:
      return 0xb2;
    case 0x47:
      return *(unsigned char *) int13_at (m->packet) >= 16
	&& get64 (m->packet + 8) < m->drive->sectors ? 0 : 0x01;
    case 0x48:
      return expect_parameters (m);
    default:
      return 0x01;
    }
}

/* Call WITH for the 512-byte sectors around the write that share a sector of
   the disk with it.  */
static void
look_around (struct model *m, void (*with) (const struct int13_disk *,
					     uint64_t, void *))
{
  uint64_t end = m->sector + m->count, unit = m->drive->unit, s;

  for (s = m->sector - m->sector % unit; s < m->sector; s++)
    with (m->disk, s, m->left[s % unit]);
  for (s = end; s % unit; s++)
    with (m->disk, s, m->right[s % unit]);
}

static void
is_as_before (const struct int13_disk *disk, uint64_t sector, void *before)
{
  unsigned char now[512];

  int13_sector (disk, sector, now);
  if (memcmp (now, before, 512))
    int13_complain ("a sector beside those written is another");
}

/* Check that the DONE sectors that were moved are the same in memory and on
   the disk.  */
static void
check_data (struct model *m, uint32_t done)
{
  unsigned char sector[512];
  uint32_t i;

  for (i = 0; i < done && m->what != VERIFY; i++)
    {
      uint32_t at = m->buffer + i * 512;
      unsigned char *memory = int13_at (at);

      int13_sector (m->disk, m->sector + i, sector);
      if (at + 512 <= INT13_KNOWN && m->what == READ)
	memcpy (known + at, sector, 512);
      else if (at < INT13_KNOWN && m->what == READ)
	memcpy (known + at, sector, INT13_KNOWN - at);
      if (m->what == WRITE && at + 512 <= INT13_KNOWN)
	memory = known + at;
      if (m->what == WRITE && memcmp (memory, sector, 512))
	int13_complain ("another thing than the buffer was written");
      if (m->what == READ && at + 512 > INT13_KNOWN
	  && memcmp (memory, sector, 512))
	int13_complain ("another thing than the sector was read");
    }
}

/* Whether a transfer that has begun may end with STATUS.  */
static int
is_possible (const struct model *m, unsigned int status, int honest)
{
  switch (status)
    {
    case 0x00: case 0x80:
      return 1;
    case 0x10:
      return m->what != WRITE || m->drive->unit > 1;
    case 0xcc:
      return m->what == WRITE;
    default:
      return status == 0x20 && !honest;
    }
}

/* Check the results of a transfer that ended with STATUS.  */
static void
check_transfer (struct model *m, const struct grub_xen_int13_regs *regs,
		unsigned int status, int honest)
{
  uint32_t done = m->function < 0x10 ? regs->eax & 0xff
    : get16 (m->packet + 2);
  uint64_t unit = m->drive->unit;

  if (!is_possible (m, status, honest))
    int13_complain ("a status that makes no sense");
  if (status ? done > m->count : done != m->count)
    int13_complain ("a number of sectors that makes no sense");
  if (m->disk->asked_end > m->disk->asked_start
      && (m->disk->asked_start < m->sector - m->sector % unit
	  || m->disk->asked_end > (m->sector + m->count + unit - 1) / unit * unit))
    int13_complain ("sectors that nobody wants");
  if (honest)
    check_data (m, done);
  if (honest && m->what == WRITE)
    look_around (m, is_as_before);
}

/* Note the expected report of the number of sectors moved.  */
static void
tell_count (struct model *m, const struct grub_xen_int13_regs *regs)
{
  uint32_t done = m->status >= 0 ? 0 : m->function < 0x10 ? regs->eax & 0xff
    : get16 (m->packet + 2);

  if (m->function < 0x10)
    m->regs.eax = (m->regs.eax & 0xffffff00) | done;
  else if (m->packet + 4 <= INT13_KNOWN)
    put (known + m->packet + 2, done, 2);
}

/* Check that registers and the BIOS's data contain STATUS.  */
static void
check_status (struct model *m, const struct grub_xen_int13_regs *regs,
	      unsigned int status)
{
  struct grub_xen_int13_regs *want = &m->regs;

  if (m->function != 0x01)
    known[INT13_STATUS] = status;
  want->eax = (want->eax & 0xffff00ff) | status << 8;
  want->flags = (want->flags & ~1) | !!status;
  if (!status && m->function == 0x15)
    want->eax |= 0x300;
  if (!status && m->function == 0x41)
    want->eax |= 0x3000;
  if (memcmp (regs, want, sizeof (*regs)))
    int13_complain ("other registers than expected");
}

/* Compare callers' memory from START to END with the expected contents,
   without the service's own memory.  */
static void
compare (uint64_t start, uint64_t end)
{
  const uint32_t from = INT13_HIGH, to = INT13_HIGH + INT13_HIGH_SIZE;

  if (start < from && end > from)
    compare (start, from);
  if (start < to && end > from)
    start = to;
  if (end > INT13_KNOWN)
    end = INT13_KNOWN;
  if (start < end && memcmp (int13_at (start), known + start, end - start))
    int13_complain ("memory was changed that is not the buffer");
}

/* Compare memory, except data that a dishonest backend delivered.  If the test
   is in a hurry, most calls compare only a part.  */
static void
check_memory (const struct model *m, int honest)
{
  const unsigned char *memory = int13_at (0);
  uint64_t start = m->buffer, end = start + m->count * 512ULL;

  if (!honest && m->status < 0 && m->what == READ && start < INT13_KNOWN)
    {
      memcpy (known + start, memory + start,
	      (end < INT13_KNOWN ? end : INT13_KNOWN) - start);
      known[INT13_STATUS] = memory[INT13_STATUS];
    }
  if (!int13.hurry || ++int13.hurry % 64 == 0)
    {
      compare (0, INT13_KNOWN);
      return;
    }
  compare (0, 4096);
  compare (m->packet, m->packet + 80);
  if (m->status < 0 && m->what != VERIFY)
    compare (start < 4096 ? 0 : start - 4096, end + 4096);
}

void
int13_put (uint32_t phys, const void *from, size_t bytes)
{
  memcpy (int13_at (phys), from, bytes);
  if (phys + bytes <= INT13_KNOWN)
    memcpy (known + phys, from, bytes);
}

/* Fill in the values known before the call.  */
static void
begin (struct model *m)
{
  unsigned int i = (m->before.edx & 0xff) - grub_xen_int13.first;

  m->function = m->before.eax >> 8 & 0xff;
  m->disk = &int13.disk[i];
  m->drive = &grub_xen_int13.drive[i];
  m->packet = ((uint32_t) m->before.ds << 4) + (m->before.esi & 0xffff);
  if (int13.hurry < 2)
    memcpy (known, int13_at (0), INT13_KNOWN);
  m->status = expect (m);
  int13.to_start = int13.to_end = 0;
  int13.packet = m->packet;
  if (m->status < 0)
    {
      int13.to_start = m->buffer;
      int13.to_end = m->buffer + m->count * 512;
    }
  if (m->status < 0 && m->what == WRITE)
    look_around (m, int13_sector);
  int13_forget (m->disk);
}

unsigned int
int13_check (struct grub_xen_int13_regs *regs, int honest)
{
  struct model m = { .before = *regs, .regs = *regs };
  unsigned int status;

  begin (&m);
  int13_call (regs);
  status = regs->flags & 1 || m.function == 0x01 ? (regs->eax >> 8) & 0xff : 0;
  if (m.status >= 0 && (unsigned int) m.status != status)
    int13_complain ("another status than expected");
  if (m.status >= 0 && m.disk->asked_end)
    int13_complain ("a request for a call that makes no sense");
  if (m.status < 0)
    check_transfer (&m, regs, status, honest);
  if (m.told)
    tell_count (&m, regs);
  check_status (&m, regs, status);
  check_memory (&m, honest);
  return status;
}
