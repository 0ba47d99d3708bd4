/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sweep.h - a restore or a pause at the N-th moment, for every N
   Copyright (C) 2026  The grub-xen-hvm authors  */

#ifndef UNIT_SWEEP_HEADER
#define UNIT_SWEEP_HEADER 1

#include "restore.h"
#include "scenario.h"

struct sweep
{
  /* The event; its N is that of the first run, 0: 1.  */
  struct restore restore;
  /* The increment of N from one run to the next, 0: 1.  */
  unsigned long step;
  /* Called before the scenario.  */
  void (*prepare) (void);
  /* Runs in place of the scenario, between loading and unloading.  */
  void (*body) (void);
  /* Blocks of memory that BODY leaves and that are not the driver's.  */
  unsigned int kept;
  /* Checks the results of the scenario's steps; 0: every step has to succeed,
     and the whole scenario has to work once more.  */
  void (*check) (const struct scenario *s);
  /* The sweep also has faults, so the OS may find remains that GRUB could not
     remove.  */
  int faulty;
};

/* Run the scenario, each time in a separate process, until it ends before the
   event happens, at least AT_LEAST times.  Each time the OS finds no trace of
   GRUB, and nothing is left at the end.  Returns how many steps failed.  Each
   word size runs one half of the values of N; with the environment variable
   UNIT_ALL each runs all.  With a number in UNIT_ONLY only that N is run, in
   this process (for a debugger).  */
unsigned long sweep_all (struct sweep sweep, unsigned long at_least);

#endif
