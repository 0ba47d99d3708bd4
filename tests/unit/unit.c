/* SPDX-License-Identifier: GPL-3.0-or-later */
/* unit.c - functions for every test program
   Copyright (C) 2026  The grub-xen-hvm authors  */

#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>
#include "cons.h"
#include "disk.h"
#include "restore.h"
#include "store.h"
#include "unit.h"

/* Real seconds after which a test counts as hanging: the longest takes about
   one.  */
#define HANG	300

static int
run_here (const struct unit_test *test)
{
  struct CMUnitTest one = { test->name, test->fn, 0, 0, (void *) test->arg };
  int failed;

  alarm (HANG);
  unit_reset ();
  failed = _cmocka_run_group_tests (test->name, &one, 1, 0, 0);
  if (xen.timer_masked)
    {
      fprintf (stderr, "the timer is left masked\n");
      failed = 1;
    }
  shim_forget ();
  return failed ? 1 : 0;
}

static int
status_of (pid_t pid, const char *name)
{
  int status;

  if (waitpid (pid, &status, 0) != pid)
    return -1;
  if (WIFSIGNALED (status))
    fprintf (stderr, "%s: killed by signal %d\n", name, WTERMSIG (status));
  return WIFEXITED (status) ? WEXITSTATUS (status) : -1;
}

int
unit_main (int argc, char **argv, const struct unit_test *tests, size_t count)
{
  unsigned int passed = 0, failed = 0;
  size_t i;

  setvbuf (stdout, 0, _IOLBF, 0);
  for (i = 0; i < count; i++)
    {
      pid_t pid;

      if (tests[i].only && !(tests[i].only & xen_platform ()))
	continue;
      if (argc > 1)
	{
	  if (!strcmp (argv[1], tests[i].name))
	    return run_here (&tests[i]);
	  continue;
	}
      fflush (0);
      pid = fork ();
      /* exit lets the leak sanitizer run.  */
      if (!pid)
	exit (run_here (&tests[i]));
      if (status_of (pid, tests[i].name))
	{
	  failed++;
	  printf ("FAILED %s\n", tests[i].name);
	}
      else
	{
	  passed++;
	  printf ("ok %s\n", tests[i].name);
	}
    }
  printf ("COUNT %u %u 0\n", passed, failed);
  return failed || !passed;
}

struct apart
{
  void (*fn) (void *arg);
  void *arg;
};

static void
run_apart (void **state)
{
  struct apart *apart = *state;

  apart->fn (apart->arg);
}

/* Show the log of a failed run only, because there are hundreds of runs.  */
static void
show (int log)
{
  char text[4096];
  ssize_t n;

  lseek (log, 0, SEEK_SET);
  while ((n = read (log, text, sizeof (text))) > 0)
    fwrite (text, 1, n, stderr);
}

int
unit_apart (void (*fn) (void *arg), void *arg)
{
  struct apart apart = { fn, arg };
  struct CMUnitTest one = { "apart", run_apart, 0, 0, &apart };
  int log = memfd_create ("log", 0), status;
  pid_t pid;

  fflush (0);
  pid = fork ();
  if (!pid)
    {
      alarm (HANG);
      if (dup2 (log, 1) < 0 || dup2 (log, 2) < 0)
	_exit (2);
      unit_reset ();
      status = _cmocka_run_group_tests ("apart", &one, 1, 0, 0);
      if (xen.timer_masked)
	{
	  fprintf (stderr, "the timer is left masked\n");
	  status = 1;
	}
      fflush (0);
      _exit (status ? 1 : 0);
    }
  status = status_of (pid, "apart");
  if (status)
    show (log);
  close (log);
  return status;
}

void *
unit_shared (size_t size)
{
  void *p = mmap (0, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
		  -1, 0);

  if (p == MAP_FAILED)
    abort ();
  return p;
}

void
unit_reset (void)
{
  shim_reset ();
  disk_reset ();
  xen_reset ();
  store_reset ();
  restore_reset ();
  cons_reset ();
}

void
unit_raised (grub_err_t n, const char *text, const char *file, int line)
{
  if (grub_errno != n || !strstr (grub_errmsg, text))
    {
      fprintf (stderr, "%s:%d: error %d '%s', not %d '...%s...'\n", file, line,
	       grub_errno, grub_errno ? grub_errmsg : "", n, text);
      _fail (file, line);
    }
  grub_errno = GRUB_ERR_NONE;
}

void
unit_quiet (const char *file, int line)
{
  if (grub_errno == GRUB_ERR_NONE)
    return;
  fprintf (stderr, "%s:%d: error %d '%s'\n", file, line, grub_errno,
	   grub_errmsg);
  _fail (file, line);
}

void
unit_xen_clean (const char *file, int line)
{
  unsigned int ports = xen_ports_left (), grants = xen_grants_left ();
  unsigned int mapped = xen_mapped_left (), slots = xen_slots_left ();

  if (!ports && !grants && !mapped && !slots)
    return;
  fprintf (stderr, "%s:%d: left: %u ports, %u grants, %u mapped grants, "
	   "%u slots\n", file, line, ports, grants, mapped, slots);
  _fail (file, line);
}

void
unit_printed (const char *text, int wanted, const char *file, int line)
{
  if (!strstr (shim.out, text) == !wanted)
    return;
  fprintf (stderr, "%s:%d: '%s' %sin the output:\n%s\n", file, line, text,
	   wanted ? "not " : "", shim.out);
  _fail (file, line);
}
