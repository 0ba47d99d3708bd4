/* SPDX-License-Identifier: GPL-3.0-or-later */
/* t_int13_hostile.c - tests of the INT 13h service: backends and callers that
   break the rules
   Copyright (C) 2026  The grub-xen-hvm authors  */

#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>
#include "fake_int13.h"
#include "unit.h"

#define SECTORS	8192
#define BUFFER	0x20005
/* A buffer that does not cover the packet.  */
#define FAR_BUFFER	0x40005

enum { READ = 0x4200, WRITE = 0x4300, VERIFY = 0x4400 };

static struct grub_xen_int13_drive *const drive = grub_xen_int13.drive;
static struct int13_disk *const disk = int13.disk;
static uint32_t seed;

static uint32_t
random_below (uint32_t limit)
{
  seed = seed * 1664525 + 1013904223;
  return (uint64_t) seed * limit >> 32;
}

/* Make a call to a drive whose backend may be dishonest.  */
static unsigned int
move (unsigned int ax, unsigned int dl, uint64_t sector, unsigned int count)
{
  struct int13_packet packet = int13_packet (sector, count, BUFFER);
  struct grub_xen_int13_regs regs = int13_regs (ax, dl);

  memcpy (int13_at (regs.ds * 16 + (regs.esi & 0xffff)), &packet,
	  sizeof (packet));
  return int13_check (&regs, dl != 0x80 && !int13.disk[1].silent);
}

/* After a wrong response to the K-th request the drive is not used again, and
   the other drive still works.  */
static void
rules_are_broken (void **state)
{
  static const unsigned int functions[] = { READ, WRITE, VERIFY };
  enum int13_fault fault;
  unsigned int i, k;

  (void) state;
  for (fault = INT13_ID_HUGE; fault < INT13_FAULTS; fault++)
    for (i = 0; i < 3; i++)
      for (k = 1; k <= (functions[i] == WRITE ? 7 : 3); k++)
	{
	  unsigned long requests;

	  int13_begin (SECTORS, 8);
	  disk->fault = fault;
	  disk->fault_at = k;
	  disk->delay = k & 1;
	  disk->backwards = fault & 1;
	  assert_int_equal (move (functions[i], 0x80, 1003, 200), 0x20);
	  assert_int_equal (drive->dead, 0x20);
	  requests = disk->requests;
	  assert_int_equal (move (functions[i], 0x80, 1003, 200), 0x20);
	  assert_int_equal (disk->requests, requests);
	  assert_int_equal (move (functions[i], 0x81, 1003, 200), 0);
	}
}

/* The same for a late response, which the next call finds.  */
static void
rules_are_broken_late (void **state)
{
  enum int13_fault fault;

  (void) state;
  for (fault = INT13_ID_HUGE; fault < INT13_FAULTS; fault++)
    {
      int13_begin (SECTORS, 8);
      disk->fault = INT13_SILENT;
      disk->fault_at = 1;
      assert_int_equal (move (READ, 0x80, 1000, 80), 0x80);
      disk->silent = 0;
      disk->fault = fault;
      disk->fault_at = disk->responses + 1;
      int13_disk_run (disk);
      assert_int_equal (move (READ, 0x80, 1000, 80), 0x20);
      assert_int_equal (move (READ, 0x80, 1000, 80), 0x20);
    }
}

/* Responses before the first request.  */
static void
answers_to_nothing (void **state)
{
  volatile struct blkif_sring *ring;
  uint32_t prod;

  (void) state;
  for (prod = 1; prod; prod <<= 1)
    {
      int13_begin (SECTORS, 8);
      ring = int13_at (drive->ring);
      ring->rsp_prod = prod;
      disk->silent = 1;
      assert_int_equal (move (READ, 0x80, 1000, 80), 0x20);
    }
}

static unsigned long at_look, looks;

/* A restore: the shared resources are gone.  */
static void
restore (void)
{
  if (++looks < at_look)
    return;
  memset (int13_at (INT13_SHARED), 0xff, 4096);
  int13.restored = 1;
  disk->silent = int13.disk[1].silent = 1;
}

/* Another program overwrites the shared info page.  */
static void
take_page (void)
{
  if (++looks == at_look)
    memset (int13_at (INT13_SHARED), 0xff, 4096);
}

/* A drive works on, unless Xen does not map the page again.  */
static void
page_taken (void **state)
{
  static const unsigned int functions[] = { READ, WRITE, VERIFY };
  unsigned int i;

  (void) state;
  for (i = 0; i < 3; i++)
    for (at_look = 1;; at_look++)
      {
	int13_begin (SECTORS, 8);
	int13.look = take_page;
	disk->delay = 3;
	looks = 0;
	assert_int_equal (move (functions[i], 0x80, 1003, 200), 0);
	if (looks < at_look)
	  break;
	int13.look = 0;
	assert_int_equal (move (READ, 0x80, 1003, 200), 0);
	assert_int_equal (move (READ, 0x81, 1, 1), 0);
	assert_int_equal (int13.pages_back, 1);
      }
  assert_true (at_look > 8);
  int13_begin (SECTORS, 8);
  memset (int13_at (INT13_SHARED), 0xff, 4096);
  int13.no_page = 1;
  assert_int_equal (move (READ, 0x80, 1003, 200), 0x20);
}

/* A restored guest has no drives, and detects it at once.  */
static void
restored (void **state)
{
  static const unsigned int functions[] = { READ, WRITE, VERIFY };
  uint64_t start;
  unsigned int i, status;

  (void) state;
  for (i = 0; i < 3; i++)
    for (at_look = 1;; at_look++)
      {
	int13_begin (SECTORS, 8);
	int13.look = restore;
	disk->delay = 3;
	looks = 0;
	start = int13.now;
	status = move (functions[i], 0x80, 1003, 200);
	assert_true (int13.now - start < SECOND);
	if (!status)
	  break;
	assert_int_equal (status, 0x20);
	int13.look = 0;
	assert_int_equal (move (functions[i], 0x80, 1003, 200), 0x20);
	assert_int_equal (move (READ, 0x81, 1, 1), 0x20);
      }
  assert_true (at_look > 8);
}

static unsigned int copies, at_copy;

static void
restore_in_copy (void)
{
  if (++copies < at_copy)
    return;
  looks = at_look = 1;
  restore ();
}

/* A restore after GRUB has seen the response, during the copy of the data: the
   data pages may have been saved without the data, so the copy is invalid.  */
static void
restored_in_copy (void **state)
{
  struct int13_packet packet = int13_packet (1003, 400, FAR_BUFFER);
  struct grub_xen_int13_regs regs;

  (void) state;
  for (at_copy = 1; at_copy <= 3; at_copy++)
    {
      int13_begin (SECTORS, 8);
      copies = 0;
      regs = int13_regs (READ, 0x80);
      int13.packet = regs.ds * 16 + (regs.esi & 0xffff);
      int13.to_start = FAR_BUFFER;
      int13.to_end = FAR_BUFFER + 400 * 512;
      memcpy (int13_at (int13.packet), &packet, sizeof (packet));
      int13.copied = restore_in_copy;
      int13_call (&regs);
      int13.copied = 0;
      assert_int_equal (regs.eax & 0xff00, 0x2000);
      assert_int_equal (regs.flags & 1, 1);
      memcpy (&packet, int13_at (int13.packet), sizeof (packet));
      /* The first chunk begins in the middle of a sector of the disk.  */
      assert_int_equal (packet.count, at_copy > 1 ? 133 + 136 * (at_copy - 2) : 0);
      packet.count = 400;
      assert_int_equal (move (READ, 0x80, 1, 1), 0x20);
    }
}

/* Another process changes the ring's page all the time.  */
static pid_t
scribble (void)
{
  volatile uint32_t *words = int13_at (drive->ring);
  pid_t pid = fork ();

  if (pid)
    return pid;
  prctl (PR_SET_PDEATHSIG, SIGKILL);
  while (1)
    {
      unsigned int n = random_below (64);

      /* Mostly indices, and small numbers, which may be valid.  */
      n = n < 48 ? n % 4 : random_below (1024);
      words[n] = random_below (3) ? random_below (8) : seed;
    }
}

/* Whatever changes in the meantime, the service writes only to the buffer, and
   ends.  */
static void
changes_under_way (void **state)
{
  unsigned int i, seen = 0;
  pid_t pid;

  (void) state;
  seed = 7;
  int13_begin (SECTORS, 8);
  disk->drive = 0;
  pid = scribble ();
  assert_true (pid > 0);
  for (i = 0; i < 3000; i++)
    {
      struct int13_packet packet
	= int13_packet (random_below (1000), 1 + random_below (300), BUFFER);
      struct grub_xen_int13_regs regs
	= int13_regs (READ + 0x100 * random_below (3), 0x80);

      drive->dead = drive->pending = drive->in_flight = 0;
      /* Any guess of the indices.  */
      drive->rsp_cons = drive->req_prod = random_below (8);
      memcpy (int13_at (regs.ds * 16 + (regs.esi & 0xffff)), &packet,
	      sizeof (packet));
      int13.packet = regs.ds * 16 + (regs.esi & 0xffff);
      int13.to_start = BUFFER;
      int13.to_end = BUFFER + packet.count * 512;
      int13_call (&regs);
      if (!(regs.eax & 0xff00))
	seen |= 1;
      else
	seen |= (regs.eax & 0xff00) == 0x2000 ? 2 : 4;
      assert_int_equal (regs.esp, 0x12345678);
    }
  kill (pid, SIGKILL);
  waitpid (pid, 0, 0);
  assert_true (seen & 2);
}

/* Random registers, and packets that are mostly valid.  */
static void
random_call (void)
{
  static const uint8_t functions[] = { 2, 3, 4, 0x42, 0x43, 0x44, 8, 0x48 };
  struct grub_xen_int13_regs regs = int13_regs (0, 0x80 | random_below (2));
  struct int13_packet packet
    = int13_packet (random_below (SECTORS + 20), random_below (140),
		    random_below (0x110000));
  unsigned int f = random_below (10), i;
  grub_uint32_t *words[] = { &regs.eax, &regs.ebx, &regs.ecx, &regs.edx,
			     &regs.esi, &regs.edi, &regs.ebp };

  for (i = 0; i < 7; i++)
    *words[i] = (random_below (65536) << 16) | random_below (65536);
  regs.edx = (regs.edx & 0xffffff00) | 0x80 | random_below (2);
  regs.eax = (regs.eax & 0xffff00ff)
    | (f < 8 ? functions[f] : random_below (256)) << 8;
  if (random_below (2))
    {
      regs.ecx &= 0x33f;
      regs.edx &= 0xfff00fff;
      regs.eax &= 0xffffff7f;
    }
  regs.es = random_below (65536);
  regs.ds = random_below (65536);
  if (!random_below (8))
    packet.segment = packet.offset = 0xffff;
  packet.size = random_below (8) ? 24 : random_below (40);
  packet.flat = random_below (INT13_KNOWN);
  if (!random_below (8))
    packet.flat |= 1ULL << (24 + random_below (40));
  if (packet.flat >> 24 && !(packet.flat >> 32))
    packet.flat = INT13_KNOWN - 1;
  if (!random_below (16))
    packet.sector |= 1ULL << random_below (64);
  if (random_below (50))
    int13_put (regs.ds * 16 + (regs.esi & 0xffff), &packet, sizeof (packet));
  int13_check (&regs, 1);
}

/* Many random calls: each has the specified effects and no others.  */
static void
random_calls (unsigned int unit, unsigned int delay)
{
  unsigned int i;

  int13_begin (SECTORS, unit);
  drive[1].readonly = 1;
  int13.hurry = 1;
  seed = unit * 10 + delay;
  disk->bad_sector = 500;
  disk->bad_sectors = 10;
  for (i = 0; i < 25000; i++)
    {
      disk->delay = delay ? random_below (delay) : 0;
      disk->backwards = random_below (2);
      random_call ();
    }
  assert_true (disk->requests > 1000);
}

static void
random_calls_1 (void **state)
{
  (void) state;
  random_calls (1, 0);
}

static void
random_calls_4 (void **state)
{
  (void) state;
  random_calls (4, 2);
}

static void
random_calls_8 (void **state)
{
  (void) state;
  random_calls (8, 4);
  random_calls (8, 0);
}

static const struct unit_test tests[] =
  {
    UNIT_TEST (rules_are_broken),
    UNIT_TEST (rules_are_broken_late),
    UNIT_TEST (answers_to_nothing),
    UNIT_TEST (restored),
    UNIT_TEST (restored_in_copy),
    UNIT_TEST (page_taken),
    UNIT_TEST (changes_under_way),
    UNIT_TEST (random_calls_1),
    UNIT_TEST (random_calls_4),
    UNIT_TEST (random_calls_8),
  };

UNIT_MAIN (tests)
