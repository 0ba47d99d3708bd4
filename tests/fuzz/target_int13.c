/* SPDX-License-Identifier: GPL-3.0-or-later */
/* target_int13.c - fuzz target: the INT 13h service with its callers and
   backends
   Copyright (C) 2026  The grub-xen-hvm authors  */

#include <string.h>
#include "fuzz.h"
#include "fake_int13.h"

/* The front of the input controls the callers: a byte with the properties of
   the disks, then calls.  A call begins with a byte: its two lowest bits are
   one of these, and the bits above are the drive and the function.  */
enum
  {
    /* AL, CX, DH, ES, BX: functions 02h to 04h.  */
    CHS,
    /* Size, count, offset, segment, sector (4), flat address (4), DS, SI:
       functions 42h to 44h, and 48h.  */
    EDD,
    /* AX, BX, CX, DH, SI, DS, ES; memory is unchanged since the last call.  */
    ANY,
    /* A flat read with the number of sectors in the next two bytes, to follow
       an unfinished request.  */
    AGAIN
  };

/* The end of the input, read backwards, controls the backend: two bytes for
   each call.  The first is the fault of a response (enum int13_fault), and
   whether a silent backend answers again.  The second is the number of that
   response (bits 0 to 2), the delay of all responses (3 to 5), whether the
   last comes first, and whether the ring's page is overwritten: then a byte
   has the place, and four bytes the value.  */
#define SPEAK		0x80
#define BACKWARDS	0x40
#define SCRIBBLE	0x80

#define MAX_CALLS	24

static struct fuzz_input *input;
static int honest[INT13_DISKS];
static struct
{
  uint32_t place, value;
} scribble;

static uint16_t
half (void)
{
  uint16_t low = fuzz_byte (input);

  return low | fuzz_byte (input) << 8;
}

static void
set_low (grub_uint32_t *reg)
{
  *reg = (*reg & 0xffff0000) | half ();
}

/* Set up the disks; only the first one's backend violates the protocol.  */
static void
begin (unsigned int setup)
{
  static const uint8_t flushes[]
    = { BLKIF_OP_FLUSH_DISKCACHE, BLKIF_OP_WRITE_BARRIER, 0, 0 };
  struct grub_xen_int13_drive *drive = grub_xen_int13.drive;
  struct int13_disk *disk = int13.disk;
  volatile struct blkif_sring *ring;

  int13_begin (setup & 0x40 ? 64 : setup & 0x80 ? 1ULL << 40 : 6144,
	       1 << (setup & 3));
  int13.hurry = 1;
  drive[1].readonly = setup >> 2 & 1;
  drive[0].flush = flushes[setup >> 3 & 3];
  honest[0] = honest[1] = 1;
  if (!(setup & 0x20))
    return;
  ring = int13_at (drive->ring);
  drive->req_prod = drive->rsp_cons = -3U;
  disk->req_cons = disk->rsp_prod = -3U;
  ring->req_prod = ring->rsp_prod = -3U;
  ring->req_event = ring->rsp_event = -2U;
}

static void
on_answer (struct int13_disk *disk, struct blkif_response *rsp)
{
  volatile uint32_t *words = int13_at (disk->drive->ring);

  (void) rsp;
  words[scribble.place] = scribble.value;
}

/* Set the behaviour of the first disk's backend in the next call.  */
static void
prepare (void)
{
  struct int13_disk *disk = int13.disk;
  uint8_t what = fuzz_last (input), how = fuzz_last (input);
  unsigned int i;

  disk->fault = (what & 0x7f) < INT13_FAULTS ? what & 0x7f : INT13_FINE;
  disk->fault_at = disk->responses + 1 + (how & 7);
  disk->delay = how >> 3 & 7;
  disk->backwards = !!(how & BACKWARDS);
  disk->hook = 0;
  if (what & SPEAK)
    disk->silent = 0;
  if (disk->fault >= INT13_ID_HUGE)
    honest[0] = 0;
  if (!(how & SCRIBBLE))
    return;
  honest[0] = 0;
  disk->hook = on_answer;
  scribble.place = fuzz_last (input) * 4;
  if (scribble.place >= 4 * 64)
    scribble.place /= 64;
  for (i = scribble.value = 0; i < 4; i++)
    scribble.value = scribble.value << 8 | fuzz_last (input);
}

/* Put PACKET at DS:SI.  Keep the caller's flat address within its memory.  */
static void
put_packet (const struct grub_xen_int13_regs *regs, struct int13_packet *packet)
{
  if (packet->flat >> 32 == 0)
    packet->flat %= INT13_KNOWN;
  int13_put (regs->ds * 16U + (regs->esi & 0xffff), packet, sizeof (*packet));
}

static void
chs (struct grub_xen_int13_regs *regs, unsigned int function)
{
  regs->eax = 0x99990000 | (2 + function % 3) << 8 | fuzz_byte (input);
  set_low (&regs->ecx);
  regs->edx |= fuzz_byte (input) << 8;
  regs->es = half ();
  set_low (&regs->ebx);
}

static void
edd (struct grub_xen_int13_regs *regs, unsigned int function)
{
  static const uint8_t functions[] = { 0x42, 0x43, 0x44, 0x48 };
  struct int13_packet packet;

  packet.size = fuzz_byte (input);
  packet.reserved = 0;
  packet.count = half ();
  packet.offset = half ();
  packet.segment = half ();
  /* Negative words set all high bits.  */
  packet.sector = (int32_t) fuzz_word (input);
  packet.flat = (int32_t) fuzz_word (input);
  regs->ds = half ();
  set_low (&regs->esi);
  regs->eax = 0x77770000 | functions[function] << 8;
  put_packet (regs, &packet);
}

static void
any (struct grub_xen_int13_regs *regs)
{
  struct int13_packet packet;

  set_low (&regs->eax);
  set_low (&regs->ebx);
  set_low (&regs->ecx);
  regs->edx |= fuzz_byte (input) << 8;
  set_low (&regs->esi);
  regs->ds = half ();
  regs->es = half ();
  /* Any contents of memory may be a packet.  */
  memcpy (&packet, int13_at (regs->ds * 16U + (regs->esi & 0xffff)),
	  sizeof (packet));
  put_packet (regs, &packet);
}

static void
again (struct grub_xen_int13_regs *regs)
{
  struct int13_packet packet = int13_packet (0, half (), 0x120000);

  regs->eax = 0x4200;
  put_packet (regs, &packet);
}

static void
call (void)
{
  uint8_t what = fuzz_byte (input);
  unsigned int drive = what >> 2 & 1, function = what >> 3 & 3;
  struct grub_xen_int13_regs regs = int13_regs (0, 0x80 + drive);

  switch (what & 3)
    {
    case CHS:
      chs (&regs, function);
      break;
    case EDD:
      edd (&regs, function);
      break;
    case ANY:
      any (&regs);
      break;
    case AGAIN:
      again (&regs);
      break;
    }
  prepare ();
  int13_check (&regs, honest[drive]);
}

void
fuzz_target (const uint8_t *data, size_t size)
{
  struct fuzz_input in = { data, size };
  struct grub_xen_int13_regs regs;
  unsigned int calls;

  input = &in;
  begin (fuzz_byte (input));
  /* The memory is as GRUB left it.  */
  regs = int13_regs (0x0000, 0x81);
  int13_check (&regs, 1);
  for (calls = 0; in.size && calls < MAX_CALLS; calls++)
    call ();
  /* Now compare all of the memory, and check that the other drive still
     works.  */
  int13.hurry = 127;
  fuzz_check (!int13_chs (0x0204, 0x81, 5, 0x3000, 7), "the other drive");
}
