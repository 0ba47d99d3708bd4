/* SPDX-License-Identifier: GPL-3.0-or-later */
/* t_int13_vbd.c - tests of int13_vbd.c with a correct backend
   Copyright (C) 2026  The grub-xen-hvm authors  */

#include <stdlib.h>
#include "fake_int13.h"
#include "unit.h"

#define SECTORS	8192
#define BUFFER	0x20005

/* The longest time that the service waits, and the permitted excess.  */
#define PATIENCE	(20 * SECOND)
#define ON_TOP		(20 * MS)

enum { READ = 0x4200, WRITE = 0x4300, VERIFY = 0x4400 };

static struct grub_xen_int13_drive *const drive = grub_xen_int13.drive;
static struct int13_disk *const disk = int13.disk;
static unsigned int told;

static unsigned int
move (unsigned int ax, unsigned int dl, uint64_t sector, unsigned int count)
{
  struct int13_packet packet = int13_packet (sector, count, BUFFER);
  unsigned int status = int13_edd (ax, dl, &packet);

  told = packet.count;
  return status;
}

/* The disk works: write with half a sector at both ends, and read it back.  */
static void
works (unsigned int dl)
{
  assert_int_equal (move (WRITE, dl, 1003, 150), 0);
  assert_int_equal (move (READ, dl, 1001, 160), 0);
}

/* An immediate response causes no wait.  During the wait for a late response,
   to one request or to all, the caller's interrupts run.  */
static void
late_by_looks (void **state)
{
  unsigned int looks, at;
  unsigned long agains = 0;

  (void) state;
  int13_begin (SECTORS, 8);
  works (0x80);
  assert_int_equal (int13.naps, 0);
  for (at = 0; at < 16; at++)
    for (looks = 1; looks < 8; looks++)
      {
	int13_begin (SECTORS, 8);
	disk->delay = looks;
	disk->delay_at = at;
	disk->backwards = looks & 1;
	assert_int_equal (move (WRITE, 0x80, 1003, 290), 0);
	agains += int13.agains;
	/* Filling, writing and flushing: three chunks.  */
	if (!at)
	  assert_true (int13.agains >= 5);
	assert_int_equal (move (READ, 0x80, 1001, 300), 0);
	agains += int13.agains;
	assert_int_equal (move (VERIFY, 0x80, 1001, 300), 0);
      }
  assert_true (agains > 300);
}

/* The event of a response ends the sleep early, the first time and the
   hundredth.  */
static void
events_end_naps (void **state)
{
  uint64_t start;
  unsigned int i;

  (void) state;
  int13_begin (SECTORS, 8);
  start = int13.now;
  disk->delay = 2;
  for (i = 0; i < 100; i++)
    {
      disk->backwards = i & 1;
      works (0x80);
    }
  assert_true (int13.naps > 100);
  /* The hypercalls alone take that long.  */
  assert_true (int13.now - start < 10 * MS);
}

/* A backend that polls the ring, and one whose events are lost.  */
static void
few_events (void **state)
{
  volatile struct blkif_sring *ring;

  (void) state;
  int13_begin (SECTORS, 8);
  disk->watches = 1;
  works (0x80);
  works (0x80);
  disk->watches = 0;
  ring = int13_at (drive->ring);
  ring->req_event = disk->req_cons + 1;
  works (0x80);
  disk->fault = INT13_NO_EVENT;
  for (disk->fault_at = disk->responses + 1; disk->fault_at < 40;
       disk->fault_at += 3)
    {
      disk->delay = 2;
      works (0x80);
    }
}

/* The ring's indices wrap.  */
static void
indices_wrap (void **state)
{
  volatile struct blkif_sring *ring;
  unsigned int i;

  (void) state;
  int13_begin (SECTORS, 8);
  ring = int13_at (drive->ring);
  drive->req_prod = drive->rsp_cons = 0xfffffff3U;
  disk->req_cons = disk->rsp_prod = 0xfffffff3U;
  ring->req_prod = ring->rsp_prod = 0xfffffff3U;
  ring->req_event = ring->rsp_event = 0xfffffff4U;
  for (i = 0; i < 10; i++)
    works (0x80);
  assert_true (drive->req_prod < 100);
}

/* The bad sector may be in any chunk: the chunks before it are moved.  */
static void
bad_sectors (void **state)
{
  uint64_t bad;

  (void) state;
  int13_begin (SECTORS, 4);
  disk->bad_sectors = 1;
  for (bad = 990; bad < 1500; bad += 7)
    {
      unsigned int within = bad >= 1000 && bad < 1400;

      disk->bad_sector = bad;
      assert_int_equal (move (READ, 0x80, 1000, 400), within ? 0x10 : 0);
      assert_int_equal (told, within ? (bad - 1000) / 136 * 136 : 400);
      assert_int_equal (move (VERIFY, 0x80, 1000, 400), within ? 0x10 : 0);
      assert_int_equal (move (WRITE, 0x80, 1000, 400), within ? 0xcc : 0);
    }
  disk->bad_sector = 1003;
  assert_int_equal (move (READ, 0x80, 1000, 3), 0x10);
  assert_int_equal (move (WRITE, 0x80, 1000, 3), 0x10);
  assert_int_equal (move (WRITE, 0x80, 1000, 4), 0xcc);
  works (0x81);
  disk->bad_sectors = 0;
  works (0x80);
}

/* The K-th response has an error status.  */
static void
errors (void **state)
{
  static const enum int13_fault faults[] = { INT13_ERROR, INT13_ODD_STATUS };
  unsigned int i, k;

  (void) state;
  for (i = 0; i < 2; i++)
    for (k = 1; k < 10; k++)
      {
	unsigned int status;

	int13_begin (SECTORS, 8);
	disk->fault = faults[i];
	disk->fault_at = k;
	disk->delay = k & 1;
	status = move (WRITE, 0x80, 1003, 150);
	/* Requests 1 and 2 read, 3 and 4 write, 5 reads, 6 writes, 7
	   flushes.  */
	assert_int_equal (status, k < 3 || k == 5 ? 0x10 : k < 8 ? 0xcc : 0);
	assert_int_equal (disk->flushes, !status);
	if (k > 7)
	  continue;
	works (0x80);
      }
}

/* The service flushes with the operation that the backend offers, and not at
   all if it offers none.  */
static void
flushes (void **state)
{
  (void) state;
  int13_begin (SECTORS, 1);
  works (0x80);
  assert_int_equal (disk->flushes, 1);
  drive->flush = BLKIF_OP_WRITE_BARRIER;
  works (0x80);
  assert_int_equal (disk->flushes, 2);
  drive->flush = 0;
  works (0x80);
  assert_int_equal (disk->flushes, 2);
}

/* The backend offers the operation but does not support it: the data was
   written.  */
static void
cannot_flush (void **state)
{
  (void) state;
  int13_begin (SECTORS, 1);
  disk->fault = INT13_NOT_SUPPORTED;
  disk->fault_at = 2;
  assert_int_equal (move (WRITE, 0x80, 5, 9), 0);
  assert_int_equal (drive->flush, 0);
  disk->fault_at = 4;
  assert_int_equal (move (WRITE, 0x80, 5, 9), 0);
  assert_int_equal (disk->flushes, 0);
  assert_int_equal (move (WRITE, 0x80, 5, 9), 0xcc);
  disk->fault_at = 6;
  drive->flush = BLKIF_OP_FLUSH_DISKCACHE;
  assert_int_equal (move (READ, 0x80, 5, 9), 0);
  assert_int_equal (move (READ, 0x80, 5, 9), 0x10);
  assert_int_equal (drive->flush, BLKIF_OP_FLUSH_DISKCACHE);
}

/* Without a response to the K-th request the call times out.  No page is used
   again before the response.  After it the drive works.  */
static void
late (unsigned int ax, unsigned int k)
{
  unsigned long requests;
  uint64_t start;

  int13_begin (SECTORS, 8);
  disk->fault = INT13_SILENT;
  disk->fault_at = k;
  start = int13.now;
  assert_int_equal (move (ax, 0x80, 1003, 200), 0x80);
  assert_true (int13.now - start >= PATIENCE);
  assert_true (int13.now - start < PATIENCE + ON_TOP);
  assert_true (told <= (ax == WRITE ? 200 : 133));
  requests = disk->requests;
  start = int13.now;
  assert_int_equal (move (ax, 0x80, 1003, 200), 0x80);
  assert_int_equal (told, 0);
  assert_true (int13.now - start < ON_TOP);
  assert_int_equal (disk->requests, requests);
  works (0x81);
  /* The late response arrives.  */
  disk->silent = 0;
  int13_disk_run (disk);
  works (0x80);
  assert_int_equal (drive->pending, 0);
  assert_int_equal (drive->dead, 0);
}

static void
answers_too_late (void **state)
{
  unsigned int k;

  (void) state;
  for (k = 1; k <= 3; k++)
    {
      late (READ, k);
      late (VERIFY, k);
    }
  for (k = 1; k <= 7; k++)
    late (WRITE, k);
}

/* The error of a late response does not affect the next call.  */
static void
a_late_error (void **state)
{
  (void) state;
  int13_begin (SECTORS, 8);
  disk->fault = INT13_SILENT;
  disk->fault_at = 1;
  assert_int_equal (move (READ, 0x80, 1000, 100), 0x80);
  disk->silent = 0;
  disk->bad_sector = 1000;
  disk->bad_sectors = 1;
  int13_disk_run (disk);
  disk->bad_sectors = 0;
  works (0x80);
}

/* A backend that never answers: only the first call waits.  */
static void
no_answer_ever (void **state)
{
  uint64_t start;
  unsigned int i;

  (void) state;
  int13_begin (SECTORS, 1);
  disk->silent = 1;
  start = int13.now;
  for (i = 0; i < 5; i++)
    {
      assert_int_equal (move (READ, 0x80, 7, 5), 0x80);
      assert_int_equal (told, 0);
    }
  assert_true (int13.now - start < PATIENCE + ON_TOP);
  assert_true (int13.naps >= PATIENCE / (55 * MS));
  works (0x81);
}

/* Without a clock there is no time limit, so the service does not wait.  */
static void
no_clock (void **state)
{
  (void) state;
  int13_begin (SECTORS, 1);
  disk->silent = 1;
  int13.no_clock = 1;
  assert_int_equal (move (READ, 0x80, 7, 5), 0x80);
  assert_int_equal (told, 0);
  assert_int_equal (int13.naps, 0);
}

static unsigned int interrupts;

static void
interrupt (void)
{
  interrupts++;
  int13.now += 3 * MS;
}

/* During a wait the caller's interrupts run: they take time, and may mask the
   timer.  */
static void
interrupts_come_in (void **state)
{
  (void) state;
  int13_begin (SECTORS, 1);
  int13.again = interrupt;
  disk->delay = 9;
  works (0x80);
  assert_true (interrupts > 5);
  int13.masked = 1;
  works (0x80);
  assert_int_equal (int13.masked, 1);
  int13.masked = 0;
}

/* Events of other ports are ignored.  */
static void
other_ports (void **state)
{
  volatile xen_ulong_t *words;
  const unsigned int bits = 8 * sizeof (xen_ulong_t);
  evtchn_port_t port;
  unsigned int i;

  (void) state;
  for (port = 1; port < 1024; port += 31)
    {
      int13_begin (SECTORS, 1);
      drive->port = port;
      words = ((struct shared_info *) int13_at (INT13_SHARED))->evtchn_pending;
      for (i = 0; i < bits; i++)
	words[i] = ~(xen_ulong_t) 0;
      disk->delay = 3;
      works (0x80);
      words[port / bits] |= (xen_ulong_t) 1 << port % bits;
      for (i = 0; i < bits; i++)
	assert_true (words[i] == ~(xen_ulong_t) 0);
    }
}

static const struct unit_test tests[] =
  {
    UNIT_TEST (late_by_looks),
    UNIT_TEST (events_end_naps),
    UNIT_TEST (few_events),
    UNIT_TEST (indices_wrap),
    UNIT_TEST (bad_sectors),
    UNIT_TEST (errors),
    UNIT_TEST (flushes),
    UNIT_TEST (cannot_flush),
    UNIT_TEST (answers_too_late),
    UNIT_TEST (a_late_error),
    UNIT_TEST (no_answer_ever),
    UNIT_TEST (no_clock),
    UNIT_TEST (interrupts_come_in),
    UNIT_TEST (other_ports),
  };

UNIT_MAIN (tests)
