/* SPDX-License-Identifier: GPL-3.0-or-later */
/* t_faults.c - fault injection: the N-th call fails, for every N
   Copyright (C) 2026  The grub-xen-hvm authors  */

#include <stdio.h>
#include <stdlib.h>
#include "scenario.h"
#include "store.h"

/* Each run is a separate process, so that the remains of one run cannot hide a
   fault of the next one.  The shared result tells whether the fault happened
   at all.  */

enum kind { CALL, ALLOC, REPLY, RESPONSE };

struct sweep
{
  enum kind kind;
  unsigned long n;
  /* CALL: the result of the hypercall.  */
  long rc;
  /* REPLY and RESPONSE: the fault.  */
  enum store_fault store_fault;
  const char *error;
  enum disk_fault disk_fault;
  int (*hook) (struct disk *disk, const struct disk_request *req, int status);
  /* All calls from the N-th on fail, not only the N-th.  */
  int for_good;
  /* In memory shared with the processes of the runs.  */
  struct result *result;
};

/* The results of a run.  */
struct result
{
  unsigned long happened;
  unsigned long failed;
};

static void
arm (const struct sweep *sweep)
{
  switch (sweep->kind)
    {
    case CALL:
      xen.fail_call = sweep->n;
      xen.fail_rc = sweep->rc;
      break;
    case ALLOC:
      shim.fail_alloc = sweep->n;
      shim.fail_for_good = sweep->for_good;
      break;
    case REPLY:
      store.fail_at = sweep->n;
      store.fault = sweep->store_fault;
      store.error = sweep->error;
      store.late = 5100 * MS;
      break;
    case RESPONSE:
      disks[0].fault = sweep->disk_fault;
      disks[0].hook = sweep->hook;
      disks[0].fault_at = sweep->n;
      break;
    }
}

static int
has_happened (const struct sweep *sweep)
{
  switch (sweep->kind)
    {
    case CALL:
      return xen.calls >= sweep->n;
    case ALLOC:
      return shim.allocs >= sweep->n;
    case REPLY:
      return store.replies >= sweep->n;
    default:
      return disks[0].responses >= sweep->n;
    }
}

static void
run (void *arg)
{
  struct sweep *sweep = arg;
  struct scenario s;

  scenario_disks ();
  arm (sweep);
  scenario_run (&s);
  sweep->result->happened = has_happened (sweep);
  sweep->result->failed = s.failed;
  if (!sweep->result->happened)
    {
      assert_int_equal (s.failed, 0);
      /* The run had both kinds of requests.  */
      assert_int_not_equal (disks[0].indirect_requests, 0);
      assert_int_not_equal (disks[0].n_asked - disks[0].indirect_requests, 0);
    }
  /* Without xenstored no backend can be told to close, and no key can be
     removed; but GRUB can still free its resources in Xen and its memory.  */
  if (store.dead)
    {
      scenario_left (~0U);
      return;
    }
  scenario_left (0);
  disks[0].fault_at = 0;
  disks[0].keeps_pages = 0;
  shim.fail_for_good = 0;
  scenario_again ();
}

/* Run the scenario with N = 1, 2, 3... until it ends before the N-th call.  At
   least AT_LEAST runs are needed, and FAILS tells whether some of them must
   have a failed step.  */
static void
run_all (struct sweep sweep, unsigned long at_least, int fails)
{
  static struct result *shared;
  unsigned long failed = 0, bad = 0;

  if (!shared)
    shared = unit_shared (sizeof (*shared));
  sweep.result = shared;
  for (sweep.n = 1;; sweep.n++)
    {
      memset (shared, 0, sizeof (*shared));
      if (unit_apart (run, &sweep))
	{
	  fprintf (stderr, "^ number %lu\n", sweep.n);
	  if (++bad > 5)
	    break;
	  continue;
	}
      failed += shared->failed != 0;
      if (!shared->happened)
	break;
    }
  printf ("%lu runs, %lu with a step that failed\n", sweep.n, failed);
  assert_int_equal (bad, 0);
  assert_true (sweep.n > at_least);
  assert_int_equal (failed != 0, fails);
}

static void
hypercalls (void **state)
{
  struct sweep sweep = { .kind = CALL, .rc = -XEN_EINVAL };

  (void) state;
  run_all (sweep, 100, 1);
}

static void
allocations (void **state)
{
  struct sweep sweep = { .kind = ALLOC };

  (void) state;
  run_all (sweep, 50, 1);
}

static void
allocations_from_there_on (void **state)
{
  struct sweep sweep = { .kind = ALLOC, .for_good = 1 };

  (void) state;
  run_all (sweep, 50, 1);
}

static void
replies (enum store_fault fault, const char *error, int fails)
{
  struct sweep sweep = { .kind = REPLY, .store_fault = fault,
			 .error = error };

  run_all (sweep, 50, fails);
}

static void
error_replies (void **state)
{
  (void) state;
  replies (STORE_ERROR, "EIO", 1);
}

static void
quota_replies (void **state)
{
  (void) state;
  replies (STORE_ERROR_NO_NUL, "ENOSPC", 1);
}

static void
lost_requests (void **state)
{
  (void) state;
  replies (STORE_SILENT, 0, 1);
}

static void
lost_replies (void **state)
{
  (void) state;
  replies (STORE_LOST, 0, 1);
}

static void
late_replies (void **state)
{
  (void) state;
  replies (STORE_LATE, 0, 1);
}

static void
foreign_replies (void **state)
{
  (void) state;
  replies (STORE_WRONG_ID, 0, 1);
}

static void
replies_of_another_type (void **state)
{
  (void) state;
  replies (STORE_WRONG_TYPE, 0, 1);
}

static void
huge_replies (void **state)
{
  (void) state;
  replies (STORE_HUGE, 0, 1);
}

static void
no_replies_from_there_on (void **state)
{
  (void) state;
  replies (STORE_DEAD, 0, 1);
}

static void
half_a_reply_and_no_more (void **state)
{
  (void) state;
  replies (STORE_HALF, 0, 1);
}

static void
responses (enum disk_fault fault)
{
  struct sweep sweep = { .kind = RESPONSE, .disk_fault = fault };

  run_all (sweep, 5, 1);
}

static void
hooked (int (*hook) (struct disk *disk, const struct disk_request *req,
		     int status), int fails)
{
  struct sweep sweep = { .kind = RESPONSE, .disk_fault = DISK_HOOK,
			 .hook = hook };

  run_all (sweep, 5, fails);
}

static void
error_responses (void **state)
{
  (void) state;
  responses (DISK_ERROR);
}

static void
lost_responses (void **state)
{
  (void) state;
  responses (DISK_LOST);
}

static void
wrong_responses (void **state)
{
  (void) state;
  responses (DISK_STATUS);
}

static void
responses_of_another_operation (void **state)
{
  (void) state;
  responses (DISK_OPERATION);
}

static void
unsupported_requests (void **state)
{
  (void) state;
  responses (DISK_NOT_SUPPORTED);
}

static void
no_responses_from_there_on (void **state)
{
  (void) state;
  responses (DISK_SILENT);
}

/* The keys in xenstore change while the disk is in use.  */
static int
shrink (struct disk *disk, const struct disk_request *req, int status)
{
  char path[160];

  (void) status;
  snprintf (path, sizeof (path), "%s/sectors", disk->be);
  tree_set (path, "8");
  disk_ring_respond (disk, req->id, req->task, BLKIF_RSP_ERROR);
  return 1;
}

static void
disks_that_shrink (void **state)
{
  (void) state;
  hooked (shrink, 1);
}

static int
keep_pages (struct disk *disk, const struct disk_request *req, int status)
{
  disk->keeps_pages = 1;
  disk_ring_respond (disk, req->id, req->task, status);
  return 1;
}

static void
pages_kept_for_good (void **state)
{
  (void) state;
  hooked (keep_pages, 0);
}

static int
vanish (struct disk *disk, const struct disk_request *req, int status)
{
  char path[160];

  (void) req;
  (void) status;
  disk_ring_kill (disk);
  snprintf (path, sizeof (path), "%s/state", disk->be);
  tree_set (path, "6");
  return 0;
}

static void
backends_that_close (void **state)
{
  (void) state;
  hooked (vanish, 1);
}

static const struct unit_test tests[] =
  {
    UNIT_TEST (hypercalls),
    UNIT_TEST (allocations),
    UNIT_TEST (allocations_from_there_on),
    UNIT_TEST (error_replies),
    UNIT_TEST (quota_replies),
    UNIT_TEST (lost_requests),
    UNIT_TEST (lost_replies),
    UNIT_TEST (late_replies),
    UNIT_TEST (foreign_replies),
    UNIT_TEST (replies_of_another_type),
    UNIT_TEST (huge_replies),
    UNIT_TEST (no_replies_from_there_on),
    UNIT_TEST (half_a_reply_and_no_more),
    UNIT_TEST (error_responses),
    UNIT_TEST (lost_responses),
    UNIT_TEST (wrong_responses),
    UNIT_TEST (responses_of_another_operation),
    UNIT_TEST (unsupported_requests),
    UNIT_TEST (no_responses_from_there_on),
    UNIT_TEST (disks_that_shrink),
    UNIT_TEST (pages_kept_for_good),
    UNIT_TEST (backends_that_close),
  };

UNIT_MAIN (tests)
