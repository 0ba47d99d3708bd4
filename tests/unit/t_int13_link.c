/* SPDX-License-Identifier: GPL-3.0-or-later */
/* t_int13_link.c - tests of int13_link.c: the service's own connection
   Copyright (C) 2026  The grub-xen-hvm authors  */

#include <stdio.h>
#include <grub/xen/abi.h>
#include <grub/xen/evtchn.h>
#include <grub/xen/grant.h>
#include "int13_place.h"
#include <grub/xen/hvm.h>
#include <grub/xen/resume.h>
#include "clock.h"
#include "front.h"
#include "fake_int13.h"
#include "restore.h"
#include "store.h"

#define SECTORS	2048

/* Addresses of the drive's pages and of a caller's buffer.  */
#define RING	0x200000
#define NO_SHARED	0x1ff000
#define BUFFER	0x20005

static struct grub_xen_int13_drive *const drive = grub_xen_int13.drive;
static struct grub_xen_int13_mapping mapping;
static uint32_t ring_place;

/* Bring up Xen with a disk, and memory for the service: a pointer of GRUB's is
   a physical address.  */
static void
begin (void)
{
  front_up (SECTORS);
  int13_map ();
  int13.with_xen = 1;
  ring_place = RING;
  memset (&mapping, 0, sizeof (mapping));
  strcpy (mapping.name, FRONT_NAME);
  strcpy (mapping.path, FRONT_PATH);
}

/* Connect as int13_map.c does before each boot.  */
static grub_err_t
try_connect (void)
{
  struct grub_xen_int13 *s = &grub_xen_int13;
  uintptr_t memory = (uintptr_t) int13_at (0);

  memset (drive, 0, sizeof (*drive));
  drive->sectors = SECTORS;
  drive->unit = 1;
  drive->cylinders = 2;
  drive->heads = 16;
  drive->track = 63;
  drive->handle = FRONT_HANDLE & 0xffff;
  drive->flush = BLKIF_OP_FLUSH_DISKCACHE;
  drive->ring = memory + ring_place;
  drive->data = memory + ring_place + 4096;
  s->base = 0;
  s->first = 0x80;
  s->hypercall_page = grub_xen_hvm.hypercall_page;
  /* On a host the page may be at an address that is too high: then the service
     does not see events.  */
  s->shared = (uintptr_t) grub_xen_platform.shared;
  if (s->shared != (uintptr_t) grub_xen_platform.shared)
    s->shared = memory + NO_SHARED;
  return grub_xen_int13_connect (&mapping, drive);
}

static grub_err_t
connect_anew (void *data)
{
  (void) data;
  grub_xen_int13_disconnect (&mapping, drive);
  return try_connect ();
}

/* Let the service move COUNT sectors from SECTOR on; return the status.  */
static unsigned int
move (enum grub_xen_int13_what what, uint64_t sector, unsigned int count)
{
  struct grub_xen_int13_transfer *tr = &grub_xen_int13.transfer;
  enum grub_xen_int13_status status
    = grub_xen_int13_begin (drive, what, sector, count,
			    (uintptr_t) int13_at (BUFFER));
  unsigned int i;

  for (i = 0; status == GRUB_XEN_INT13_AGAIN && i < 100000; i++)
    {
      if (grub_xen_int13_at (grub_xen_int13.shared) == int13_at (NO_SHARED))
	grub_xen_clear_bit (grub_xen_platform.shared->evtchn_pending,
			    drive->port);
      status = grub_xen_int13_move (tr);
    }
  return status;
}

/* Read the whole disk, write, and compare the data.  */
static void
works (void)
{
  uint64_t sector;
  unsigned int i;

  for (sector = 0; sector < SECTORS; sector += 256)
    {
      assert_int_equal (move (GRUB_XEN_INT13_READ, sector, 256), 0);
      assert_memory_equal (int13_at (BUFFER), disk->data + sector * 512,
			   256 * 512);
    }
  for (i = 0; i < 3; i++)
    {
      memset (int13_at (BUFFER), i + 0x30, 300 * 512);
      assert_int_equal (move (GRUB_XEN_INT13_WRITE, 1000 + i, 300), 0);
      assert_memory_equal (int13_at (BUFFER), disk->data + (1000 + i) * 512,
			   300 * 512);
    }
  assert_int_equal (disk->flushes, 3);
  assert_string_equal (disk->complaint, "");
  disk->flushes = 0;
}

static void
connect (void)
{
  unsigned int before = xen_grants_left ();

  assert_int_equal (try_connect (), GRUB_ERR_NONE);
  assert_quiet ();
  assert_int_equal (disk_state (disk), XenbusStateConnected);
  assert_int_equal (disk_frontend_state (disk), XenbusStateConnected);
  assert_int_equal (disk_keys_left (disk), 4);
  assert_int_equal (xen_grants_left () - before,
		    1 + GRUB_XEN_INT13_PAGES);
}

static void
disconnect (void)
{
  assert_int_equal (grub_xen_int13_disconnect (&mapping, drive), 1);
  assert_quiet ();
  assert_int_equal (disk_state (disk), XenbusStateInitWait);
  assert_int_equal (disk_frontend_state (disk), XenbusStateInitialising);
  front_is_clean ();
}

/* Whether all of the drive's data pages are zeroed.  */
static int
is_cleared (void)
{
  const unsigned char *data = int13_at (ring_place + 4096);
  unsigned int i;

  for (i = 0; i < GRUB_XEN_INT13_PAGES * 4096 && !data[i]; i++);
  return i == GRUB_XEN_INT13_PAGES * 4096;
}

/* The backend must not see earlier contents of the memory, and another backend
   must not see the disk's data.  */
static void
clears_pages (void **state)
{
  (void) state;
  begin ();
  memset (int13_at (ring_place), 0x5a,
	  (1 + GRUB_XEN_INT13_PAGES) * 4096);
  connect ();
  assert_true (is_cleared ());
  works ();
  assert_false (is_cleared ());
  restore_now ();
  assert_int_equal (grub_xen_retry_resumed (connect_anew, 0), GRUB_ERR_NONE);
  assert_true (is_cleared ());
  disconnect ();
  front_down ();
}

/* If the backend does not close, the frontend stays Closed, because the
   backend would take Initialising for a part of the old connection.  GRUB
   tells the user about the memory.  */
static void
does_not_close (void **state)
{
  (void) state;
  begin ();
  connect ();
  works ();
  disk->stuck = XenbusStateConnected;
  disk->keeps_ring = 1;
  shim_out_clear ();
  assert_int_equal (grub_xen_int13_disconnect (&mapping, drive), 0);
  assert_quiet ();
  assert_int_not_equal (disk_frontend_state (disk), XenbusStateInitialising);
  assert_printed (FRONT_NAME ": the host still uses memory of the INT 13h "
		  "service");
}

/* Runs after a restore: the new domain has a port with the number of the
   drive's old port.  */
static grub_err_t
give_back_later (void *data)
{
  evtchn_port_t port, before = drive->port;
  uint64_t start = clock_now ();

  (void) data;
  assert_int_equal (grub_xen_evtchn_alloc (0, &port), GRUB_ERR_NONE);
  assert_int_equal (port, before);
  assert_int_equal (grub_xen_int13_disconnect (&mapping, drive), 1);
  /* The new backend was not asked to close, because it would not close.  */
  assert_true (clock_now () - start < SECOND);
  assert_int_equal (xen_ports_left (), 1);
  grub_xen_evtchn_close (port);
  return GRUB_ERR_NONE;
}

/* After a restore the backend and the port belong to another domain, so GRUB
   must not touch them.  */
static void
forgets_the_old_domain (void **state)
{
  (void) state;
  begin ();
  connect ();
  works ();
  disk->stuck = XenbusStateInitWait;
  restore_now ();
  assert_int_equal (grub_xen_retry_resumed (give_back_later, 0), GRUB_ERR_NONE);
  disk->stuck = -1;
  front_is_clean ();
  connect ();
  works ();
  disconnect ();
  front_down ();
}

static void
to_and_fro (void **state)
{
  unsigned int i;

  (void) state;
  begin ();
  for (i = 0; i < 5; i++)
    {
      connect ();
      works ();
      disconnect ();
      /* GRUB connects like this when the boot returns.  */
      front_connect ();
      front_read (100, 8192);
      front_disconnect ();
    }
  assert_int_equal (grub_xen_int13_disconnect (&mapping, drive), 1);
  front_down ();
}

/* Different backends.  */
static void
backends (void **state)
{
  (void) state;
  begin ();
  disk->persistent = 0;
  disk_publish (disk);
  connect ();
  works ();
  disconnect ();
  disk->qemu = 1;
  disk->indirect = 0;
  disk_publish (disk);
  connect ();
  works ();
  disk->order = DISK_SHUFFLED;
  disk->batch = 1;
  disk->io_delay = 30 * MS;
  works ();
  disconnect ();
  front_down ();
}

/* Connecting fails, and nothing is left.  */
static void
fails (grub_err_t err, const char *text)
{
  assert_int_equal (try_connect (), err);
  assert_raised (err, text);
  front_is_clean ();
}

static void
backends_that_do_not (void **state)
{
  (void) state;
  begin ();
  disk->instead = XenbusStateClosing;
  fails (GRUB_ERR_BAD_DEVICE, FRONT_NAME);
  disk->instead = XenbusStateClosed;
  fails (GRUB_ERR_BAD_DEVICE, FRONT_NAME);
  disk->instead = 0;
  disk->stuck = XenbusStateInitWait;
  fails (GRUB_ERR_TIMEOUT, FRONT_NAME);
  disk->stuck = -1;
  tree_remove ("/local/domain/7/" FRONT_PATH "/backend");
  fails (GRUB_ERR_FILE_NOT_FOUND, "backend");
  disk_publish (disk);
  connect ();
  works ();
  disconnect ();
  disk->vanish = XenbusStateInitialised;
  assert_int_not_equal (try_connect (), GRUB_ERR_NONE);
  grub_errno = GRUB_ERR_NONE;
  front_is_clean ();
  grub_xen_down ();
  assert_xen_clean ();
}

/* The backend's features may differ from those that xen_blk has seen.  */
static void
takes_what_the_backend_says (void **state)
{
  (void) state;
  begin ();
  disk->info = VDISK_READONLY;
  disk->flush = 0;
  disk_publish (disk);
  connect ();
  assert_int_equal (drive->readonly, 1);
  assert_int_equal (drive->flush, 0);
  disconnect ();
  front_down ();
}

/* If a backend keeps a page, GRUB never uses it again.  */
static void
keeps_pages (void **state)
{
  (void) state;
  begin ();
  connect ();
  works ();
  disk->keeps_ring = 1;
  assert_int_equal (grub_xen_int13_disconnect (&mapping, drive), 0);
  assert_quiet ();
  assert_int_equal (disk_keys_left (disk), 0);
  assert_int_equal (xen_ports_left (), 0);
  assert_true (grub_xen_grant_count () >= 1);
  assert_int_equal (drive->ring_ref, GRUB_XEN_GRANT_NONE);
  /* Another disconnect is harmless.  */
  assert_int_equal (grub_xen_int13_disconnect (&mapping, drive), 1);
}

/* The backend dies while the service uses the disk.  */
static void
dies (void **state)
{
  (void) state;
  begin ();
  connect ();
  works ();
  disk_kill (disk);
  assert_int_equal (move (GRUB_XEN_INT13_READ, 0, 1), 0x80);
  assert_int_equal (grub_xen_int13_disconnect (&mapping, drive), 1);
  assert_quiet ();
  assert_int_equal (xen_ports_left () + xen_grants_left (), 0);
}

/* A restore while it connects, at event number *ARG: it starts again, as at
   boot.  *ARG is 0 if the event did not occur.  */
static void
restored (void *arg)
{
  unsigned long *n = arg;

  begin ();
  restore.at = XEN_CALL;
  restore.n = *n;
  restore_arm ();
  assert_int_equal (grub_xen_retry_resumed (connect_anew, 0), GRUB_ERR_NONE);
  restore_disarm ();
  if (!restore.happened)
    *n = 0;
  works ();
  disconnect ();
  front_down ();
}

static void
restored_anywhere (void **state)
{
  unsigned long *n = unit_shared (sizeof (*n)), i;
  unsigned int bad = 0;

  (void) state;
  for (i = 1; bad < 3; i++)
    {
      *n = i;
      if (unit_apart (restored, n))
	{
	  fprintf (stderr, "^ number %lu\n", i);
	  bad++;
	}
      else if (!*n)
	break;
    }
  assert_int_equal (bad, 0);
  assert_true (i > 30);
}

/* A restore while the loader runs: the drive fails, and its memory may be used
   again once GRUB is back.  */
static void
restored_later (void **state)
{
  (void) state;
  begin ();
  connect ();
  works ();
  restore_now ();
  assert_int_equal (move (GRUB_XEN_INT13_READ, 0, 1),
		    sizeof (void *) == 4 ? 0x20 : 0x80);
  assert_int_equal (grub_xen_retry_resumed (connect_anew, 0), GRUB_ERR_NONE);
  works ();
  disconnect ();
  front_down ();
}

/* The fault: hypercall, allocation or reply number N fails.  */
struct fault
{
  unsigned long n;
  enum { CALL, ALLOC, REPLY } kind;
  long rc;
  enum store_fault store;
  const char *error;
  int happened, failed;
};

static void
arm (const struct fault *f)
{
  xen.calls = shim.allocs = store.replies = 0;
  if (f->kind == CALL)
    {
      xen.fail_call = f->n;
      xen.fail_rc = f->rc;
    }
  else if (f->kind == ALLOC)
    shim.fail_alloc = f->n;
  else
    {
      store.fail_at = f->n;
      store.fault = f->store;
      store.error = f->error;
      store.late = 5100 * MS;
    }
}

static int
has_happened (const struct fault *f)
{
  unsigned long count = f->kind == CALL ? xen.calls : f->kind == ALLOC
    ? shim.allocs : store.replies;

  xen.fail_call = shim.fail_alloc = store.fail_at = 0;
  return count >= f->n;
}

/* Connect and disconnect with one fault, and then again without.  */
static void
run (void *arg)
{
  struct fault *f = arg;
  unsigned int kept;
  int free;

  begin ();
  arm (f);
  f->failed = try_connect () != GRUB_ERR_NONE;
  assert_int_equal (f->failed, grub_errno != GRUB_ERR_NONE);
  grub_errno = GRUB_ERR_NONE;
  free = grub_xen_int13_disconnect (&mapping, drive);
  assert_quiet ();
  f->happened = has_happened (f);
  if (f->failed)
    assert_true (f->happened);
  /* Pages that the backend has not unmapped stay granted, and GRUB reports
     them.  */
  kept = xen_mapped_left ();
  assert_int_equal (free, !kept);
  assert_int_equal (xen_ports_left (), 0);
  assert_int_equal (xen_grants_left (), kept);
  assert_int_equal (grub_xen_grant_count (), kept);
  assert_true (disk_keys_left (disk) <= (f->kind == REPLY));
  if (kept)
    ring_place += 0x100000;
  /* GRUB uses the disk before the next boot, which brings the backend into the
     right state.  */
  front_connect ();
  grub_xen_blkfront_disconnect (&front);
  assert_quiet ();
  connect ();
  works ();
  assert_int_equal (grub_xen_int13_disconnect (&mapping, drive), 1);
  assert_int_equal (xen_ports_left (), 0);
  assert_int_equal (disk_keys_left (disk), 0);
  assert_true (xen_grants_left () <= kept);
  /* Reclaim pages that the backend has unmapped in the meantime.  */
  grub_xen_pages_reclaim ();
  assert_int_equal (shim.blocks, SHIM_UP);
  grub_xen_down ();
  assert_quiet ();
}

static void
sweep (struct fault fault, unsigned long at_least)
{
  struct fault *f = unit_shared (sizeof (*f));
  unsigned int bad = 0, failed = 0;

  *f = fault;
  for (f->n = 1; bad < 3; f->n++)
    {
      f->happened = 0;
      if (unit_apart (run, f))
	{
	  fprintf (stderr, "^ number %lu\n", f->n);
	  bad++;
	  continue;
	}
      failed += f->failed;
      if (!f->happened)
	break;
    }
  assert_int_equal (bad, 0);
  assert_true (f->n > at_least);
  assert_true (failed > 0);
}

static void
faults (void **state)
{
  const struct fault *fault = *state;

  sweep (*fault, fault->kind == CALL ? 20 : fault->kind == ALLOC ? 5 : 10);
}

static const struct fault calls = { .kind = CALL, .rc = -XEN_EINVAL },
  allocations = { .kind = ALLOC },
  errors = { .kind = REPLY, .store = STORE_ERROR, .error = "EIO" },
  missing_keys = { .kind = REPLY, .store = STORE_ERROR, .error = "ENOENT" },
  lost_requests = { .kind = REPLY, .store = STORE_SILENT },
  late_replies = { .kind = REPLY, .store = STORE_LATE },
  wrong_replies = { .kind = REPLY, .store = STORE_WRONG_ID };

static const struct unit_test tests[] =
  {
    UNIT_TEST (clears_pages),
    UNIT_TEST (does_not_close),
    UNIT_TEST (forgets_the_old_domain),
    UNIT_TEST (to_and_fro),
    UNIT_TEST (backends),
    UNIT_TEST (backends_that_do_not),
    UNIT_TEST (takes_what_the_backend_says),
    UNIT_TEST (keeps_pages),
    UNIT_TEST (dies),
    UNIT_TEST (restored_anywhere),
    UNIT_TEST (restored_later),
    { "hypercalls", faults, &calls, 0 },
    { "allocations", faults, &allocations, 0 },
    { "error_replies", faults, &errors, 0 },
    { "missing_keys", faults, &missing_keys, 0 },
    { "lost_requests", faults, &lost_requests, 0 },
    { "late_replies", faults, &late_replies, 0 },
    { "wrong_replies", faults, &wrong_replies, 0 },
  };

UNIT_MAIN (tests)
