/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sweep.c - a restore or a pause at the N-th moment, for every N
   Copyright (C) 2026  The grub-xen-hvm authors  */

#include <stdio.h>
#include <stdlib.h>
#include "store.h"
#include "sweep.h"

/* Lengths of pauses, chosen by N in turn: less than any deadline, a little
   more than each deadline, and more than all together.  */
static const unsigned int seconds[] = { 1, 4, 6, 31, 61, 600 };

/* The address sanitizer records the stack of each allocation, which takes a
   quarter of a run's time.  ASAN_OPTIONS=malloc_context_size=30 gives full
   stacks.  */
const char *__asan_default_options (void);

const char *
__asan_default_options (void)
{
  return "malloc_context_size=2";
}

/* The results of a run.  */
struct result
{
  unsigned int happened;
  unsigned int failed;
};

struct run
{
  const struct sweep *sweep;
  unsigned long n;
  /* In memory shared with the processes of the runs.  */
  struct result *result;
};

static void
os_finds_no_trace (void)
{
  assert_handed_over ();
}

static void
arm (const struct run *run)
{
  restore = run->sweep->restore;
  restore.n = run->n;
  if (restore.kind != RESTORE)
    restore.pause = seconds[run->n % ARRAY_SIZE (seconds)] * SECOND;
  restore_arm ();
}

static void
run_body (const struct run *run)
{
  modules_load ();
  arm (run);
  run->sweep->body ();
  restore_disarm ();
  run->result->happened = restore.happened;
  modules_unload ();
  assert_quiet ();
  assert_handed_over ();
  /* The platform keeps its blocks.  */
  assert_in_range (shim.blocks, 0, xen_own_blocks () + run->sweep->kept);
}

static void
run_scenario (const struct run *run)
{
  struct scenario s;

  arm (run);
  scenario_run (&s);
  restore_disarm ();
  run->result->happened = restore.happened;
  run->result->failed = s.failed;
  if (!run->sweep->faulty)
    assert_handed_over ();
  if (run->sweep->check)
    {
      run->sweep->check (&s);
      return;
    }
  if (s.failed)
    {
      fprintf (stderr, "%u steps failed, the first one: '%s'\n", s.failed,
	       s.message);
      fail ();
    }
  scenario_left (0);
  /* The state is clean here, so a second run nearly always succeeds: do only
     some.  */
  if (run->n % 4)
    return;
  scenario_again ();
  assert_handed_over ();
}

static void
run_one (void *arg)
{
  const struct run *run = arg;

  scenario_disks ();
  /* Arbitrary contents in the first bytes of a block are enough to detect a
     use of uninitialized memory.  */
  shim.fill = 512;
  if (!run->sweep->faulty)
    scenario_os = os_finds_no_trace;
  if (run->sweep->prepare)
    run->sweep->prepare ();
  if (run->sweep->body)
    run_body (run);
  else
    run_scenario (run);
}

unsigned long
sweep_all (struct sweep sweep, unsigned long at_least)
{
  static struct result *shared;
  unsigned long failed = 0, bad = 0, runs = 0;
  unsigned long step = sweep.step ? sweep.step : 1;
  struct run run = { &sweep, sweep.restore.n ? sweep.restore.n : 1, 0 };

  /* Each word size runs one half.  */
  if (!getenv ("UNIT_ALL"))
    {
      run.n += sizeof (void *) == 8 ? step : 0;
      step *= 2;
      at_least /= 2;
    }

  if (!shared)
    shared = unit_shared (sizeof (*shared));
  run.result = shared;
  if (getenv ("UNIT_ONLY"))
    {
      run.n = atoi (getenv ("UNIT_ONLY"));
      run_one (&run);
      return 0;
    }
  do
    {
      memset (shared, 0, sizeof (*shared));
      /* A failed run may have ended before the event, so continue after
	 it.  */
      shared->happened = 1;
      if (unit_apart (run_one, &run))
	{
	  fprintf (stderr, "^ number %lu\n", run.n);
	  bad++;
	}
      failed += shared->failed;
      runs++;
      run.n += step;
    }
  while (bad < 6 && shared->happened);
  printf ("%lu runs up to %lu, %lu steps failed\n", runs, run.n, failed);
  assert_int_equal (bad, 0);
  assert_true (runs > at_least);
  return failed;
}
