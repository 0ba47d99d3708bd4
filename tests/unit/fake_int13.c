/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fake_int13.c - the environment of the INT 13h service, on a host
   Copyright (C) 2026  The grub-xen-hvm authors  */

#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <grub/xen/hvm.h>
#include "fake_int13.h"

struct int13 int13;

/* The duration of a hypercall, in nanoseconds.  */
#define CALL_COST	1000

/* The most calls that one request to the service needs: 20 s of polls for each
   of 482 chunks.  */
#define MOST_AGAINS	2000000

/* The address of the hypercall page.  No memory is there: only the address
   matters.  */
#define PAGE_POINTER	((void *) 0x1234000)

void
int13_complain (const char *what)
{
  if (int13.complain)
    {
      int13.complain (what);
      return;
    }
  fprintf (stderr, "INT 13h: %s\n", what);
  abort ();
}

void *
int13_at (uint32_t phys)
{
  return int13.memory + phys;
}

void
int13_map (void)
{
  unsigned char *memory = int13.memory;

  /* Memory below 4 GiB, because for GRUB a pointer is a physical address.  */
  if (!memory)
    memory = mmap (0, INT13_MEMORY + 4096, PROT_NONE,
		   MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE | MAP_32BIT, -1,
		   0);
  if (memory == MAP_FAILED
      || mprotect (memory, INT13_MEMORY, PROT_READ | PROT_WRITE))
    {
      perror ("INT 13h: no memory");
      abort ();
    }
  memset (&int13, 0, sizeof (int13));
  memset (&grub_xen_int13, 0, sizeof (grub_xen_int13));
  int13.memory = memory;
  int13.now = 5000000000ULL;
}

/* Fill memory with distinctive contents.  */
static void
fill_memory (void)
{
  static uint32_t fresh[INT13_KNOWN / 4];
  uint32_t i;

  for (i = 0; !fresh[0] && i < INT13_KNOWN / 4; i++)
    fresh[INT13_KNOWN / 4 - 1 - i] = i * 2654435761U + 1;
  memcpy (int13_at (0), fresh, sizeof (fresh));
  memset (int13_at (INT13_SHARED), 0, 4096);
  *(uint8_t *) int13_at (INT13_STATUS) = 0;
  *(uint8_t *) int13_at (INT13_COUNT) = INT13_ALL_DISKS;
}

void
int13_begin (uint64_t sectors, unsigned int unit)
{
  struct grub_xen_int13 *s = &grub_xen_int13;
  uint32_t next = INT13_HIGH + 2 * 4096;
  unsigned int i, j;

  int13_map ();
  fill_memory ();
  s->base = - (grub_addr_t) int13.memory;
  s->shared = INT13_SHARED;
  s->low_start = INT13_LOW;
  s->low_end = INT13_LOW + INT13_LOW_SIZE;
  s->high_start = INT13_HIGH;
  s->high_end = INT13_HIGH + INT13_HIGH_SIZE;
  s->hypercall_page = PAGE_POINTER;
  s->first = 0x80;
  s->count = INT13_DISKS;
  s->pci_path = 0x00030200;
  for (i = 0; i < INT13_DISKS; i++)
    {
      struct grub_xen_int13_drive *drive = &s->drive[i];

      drive->sectors = sectors;
      drive->unit = unit;
      drive->cylinders = sectors / (16 * 63) < 1024 ? sectors / (16 * 63) : 1024;
      drive->cylinders += !drive->cylinders;
      drive->heads = 16;
      drive->track = 63;
      drive->flush = BLKIF_OP_FLUSH_DISKCACHE;
      drive->handle = 51776 + 16 * i;
      drive->port = 9 + 40 * i;
      drive->ring = next;
      drive->data = next + 4096;
      drive->ring_ref = 20 + 100 * i;
      for (j = 0; j < GRUB_XEN_INT13_PAGES; j++)
	drive->refs[j] = drive->ring_ref + 1 + (j * 7) % GRUB_XEN_INT13_PAGES;
      next += (1 + GRUB_XEN_INT13_PAGES) * 4096;
      int13_disk_begin (&int13.disk[i], drive);
    }
}

static volatile struct shared_info *
shared_info (void)
{
  return int13_at (grub_xen_int13.shared);
}

static int
is_pending (evtchn_port_t port)
{
  volatile xen_ulong_t *words = shared_info ()->evtchn_pending;
  const unsigned int bits = 8 * sizeof (words[0]);

  return (words[port / bits] >> (port % bits)) & 1;
}

/* Let the other domains run.  */
static void
look (void)
{
  unsigned int i;

  int13.looks++;
  int13.now += CALL_COST;
  for (i = 0; i < INT13_DISKS; i++)
    if (int13.disk[i].drive)
      int13_disk_run (&int13.disk[i]);
  if (int13.look)
    int13.look ();
}

static void
send (const struct evtchn_send *send)
{
  unsigned int i;

  for (i = 0; i < INT13_DISKS; i++)
    if (grub_xen_int13.drive[i].port == send->port)
      {
	int13.disk[i].kicked = 1;
	look ();
	return;
      }
  int13_complain ("a port that is not ours");
}

static void
sleep_until (const struct sched_poll *poll)
{
  const evtchn_port_t *ports
    = (const void *) ((grub_addr_t) poll->ports.p - grub_xen_int13.base);

  if (poll->nr_ports != 1)
    int13_complain ("a poll of other than one port");
  if (!int13.masked)
    int13_complain ("a nap that the timer ends");
  if (poll->timeout < int13.now || poll->timeout - int13.now > 55000000)
    int13_complain ("a nap that is longer than a timer's tick");
  int13.naps++;
  if (!is_pending (*ports))
    int13.now = poll->timeout;
}

static long
port_status (struct evtchn_status *op)
{
  unsigned int i;

  for (i = 0; i < INT13_DISKS; i++)
    if (grub_xen_int13.drive[i].port == op->port)
      {
	op->status = int13.restored ? EVTCHNSTAT_closed
	  : EVTCHNSTAT_interdomain;
	return op->dom == DOMID_SELF ? 0 : -1;
      }
  int13_complain ("the status of a port that is not ours");
  return -22;
}

static long
add_to_physmap (const struct xen_add_to_physmap *op)
{
  if (op->domid != DOMID_SELF || op->space != XENMAPSPACE_shared_info
      || op->idx || op->gpfn != grub_xen_int13.shared / 4096)
    int13_complain ("a page in another place");
  if (int13.no_page)
    return -12;
  int13.pages_back++;
  memset (int13_at (grub_xen_int13.shared), 0, 4096);
  return 0;
}

long
grub_xen_int13_hypercall (void *page, unsigned int nr, unsigned long arg1,
			  unsigned long arg2)
{
  void *arg = (void *) ((grub_addr_t) arg2 - grub_xen_int13.base);

  if (int13.with_xen)
    return grub_xen_hvm_hypercall (page, nr, arg1, (unsigned long) arg, 0, 0, 0);
  if (page != PAGE_POINTER)
    int13_complain ("another hypercall page");
  if (nr == __HYPERVISOR_event_channel_op && arg1 == EVTCHNOP_send)
    {
      send (arg);
      return 0;
    }
  look ();
  if (nr == __HYPERVISOR_event_channel_op && arg1 == EVTCHNOP_status)
    return port_status (arg);
  if (nr == __HYPERVISOR_memory_op && arg1 == XENMEM_add_to_physmap)
    return add_to_physmap (arg);
  if (nr == __HYPERVISOR_hvm_op && arg1 == HVMOP_get_time && int13.no_clock)
    return -38;
  if (nr == __HYPERVISOR_hvm_op && arg1 == HVMOP_get_time)
    ((struct xen_hvm_get_time *) arg)->now = int13.now;
  else if (nr == __HYPERVISOR_sched_op && arg1 == SCHEDOP_poll)
    sleep_until (arg);
  else
    int13_complain ("a hypercall that nobody expects");
  return 0;
}

/* Whether the BYTES bytes at ADDRESS are in START to END.  */
static int
is_within (uintptr_t address, uint32_t bytes, uint32_t start, uint32_t end)
{
  uint64_t phys = address - (uintptr_t) int13.memory;

  return phys >= start && phys + bytes <= end;
}

/* Whether BYTES bytes at PHYS are in the packet, or in the answer in its
   place.  */
static int
is_packet (uint32_t phys, uint32_t bytes)
{
  return phys >= int13.packet && phys + bytes <= int13.packet + 74;
}

/* Check a copy of BYTES bytes between OURS, a pointer of the service, and
   PHYS, an address of the caller.  */
static void
check_copy (const void *ours, uint32_t phys, uint32_t bytes)
{
  unsigned int i, pages = 0;

  if (int13.with_xen || is_packet (phys, bytes))
    return;
  for (i = 0; i < INT13_DISKS; i++)
    {
      uint32_t data = grub_xen_int13.drive[i].data;
      uint32_t end = data + GRUB_XEN_INT13_PAGES * 4096;

      pages += is_within ((uintptr_t) ours, bytes, data, end);
    }
  if (pages != 1)
    int13_complain ("a copy not between a page and a buffer");
  if (phys < int13.to_start || phys + bytes > int13.to_end)
    int13_complain ("a copy from or to another place than the buffer");
}

/* With the fake Xen a pointer of GRUB's is a physical address.  */
static void *
callers (uint32_t phys)
{
  return int13.with_xen ? (void *) (uintptr_t) phys : int13_at (phys);
}

void
grub_xen_int13_get (void *to, grub_uint32_t phys, grub_uint32_t bytes)
{
  check_copy (to, phys, bytes);
  memcpy (to, callers (phys), bytes);
}

void
grub_xen_int13_put (grub_uint32_t phys, const void *from, grub_uint32_t bytes)
{
  check_copy (from, phys, bytes);
  memcpy (callers (phys), from, bytes);
  if (int13.copied)
    int13.copied ();
}

int
grub_xen_int13_mask_timer (int on)
{
  int was = int13.masked;

  if (int13.with_xen)
    return grub_xen_mask_timer (on);
  int13.masked = on;
  return was;
}

struct grub_xen_int13_regs
int13_regs (uint16_t ax, uint16_t dx)
{
  struct grub_xen_int13_regs regs =
    {
      .gs = 0x4444, .fs = 0x5555, .es = 0x3000, .ds = 0x2000,
      .edi = 0xd1d1d1d1, .esi = 0x51510100, .ebp = 0xebebebeb,
      .esp = 0x12345678, .ebx = 0xbbbb0200, .edx = 0xdadd0000 | dx,
      .ecx = 0xcccc0001, .eax = 0xaeaa0000 | ax,
      .ip = 0x1111, .cs = 0x2222, .flags = 0x3246
    };
  return regs;
}

void
int13_call (struct grub_xen_int13_regs *regs)
{
  int masked = int13.masked;

  int13.agains = 0;
  while (grub_xen_int13_serve (regs))
    {
      if (int13.masked != masked)
	int13_complain ("the timer is left masked");
      if (++int13.agains > MOST_AGAINS)
	int13_complain ("a call without end");
      if (int13.again)
	int13.again ();
    }
  if (int13.masked != masked)
    int13_complain ("the timer is left masked at the end");
}

unsigned int
int13_chs (unsigned int ax, unsigned int dl, uint64_t sector,
	   uint16_t segment, uint16_t offset)
{
  const struct grub_xen_int13_drive *drive
    = &grub_xen_int13.drive[dl - grub_xen_int13.first];
  struct grub_xen_int13_regs regs = int13_regs (ax, dl);
  uint32_t cylinder = sector / (drive->heads * drive->track);
  uint32_t head = sector / drive->track % drive->heads;

  regs.ecx = (regs.ecx & 0xffff0000) | (cylinder % 256 * 256
					| cylinder / 256 * 64
					| (sector % drive->track + 1));
  regs.edx |= head << 8;
  regs.es = segment;
  regs.ebx = (regs.ebx & 0xffff0000) | offset;
  return int13_check (&regs, 1);
}

unsigned int
int13_edd (unsigned int ax, unsigned int dl, struct int13_packet *packet)
{
  struct grub_xen_int13_regs regs = int13_regs (ax, dl);
  void *place = int13_at (regs.ds * 16U + (regs.esi & 0xffff));
  unsigned int status;

  memcpy (place, packet, packet->size < 24 ? 16 : 24);
  status = int13_check (&regs, 1);
  memcpy (packet, place, packet->size < 24 ? 16 : 24);
  return status;
}

struct int13_packet
int13_packet (uint64_t sector, unsigned int count, uint32_t buffer)
{
  struct int13_packet packet =
    {
      .size = 16, .count = count, .offset = buffer & 15,
      .segment = buffer >> 4, .sector = sector
    };

  if (buffer >= 0x100000)
    {
      packet.size = 24;
      packet.offset = packet.segment = 0xffff;
      packet.flat = buffer;
    }
  return packet;
}
