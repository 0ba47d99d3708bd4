/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sweep.h - something comes over the guest at the N-th moment, for every N
   Copyright (C) 2026  The grub-xen-hvm authors  */

#ifndef UNIT_SWEEP_HEADER
#define UNIT_SWEEP_HEADER 1

#include "restore.h"
#include "scenario.h"

struct sweep
{
  /* What comes when; its N is that of the first run, 0: 1.  */
  struct restore restore;
  /* From one run's N to the next's, 0: 1.  */
  unsigned long step;
  /* Before the scenario.  */
  void (*prepare) (void);
  /* What is done in place of the scenario, between loading and unloading.  */
  void (*body) (void);
  /* Blocks of memory that it leaves, which are not the driver's.  */
  unsigned int kept;
  /* Sees what the scenario's steps have come to; 0: none may have failed, and the
     whole of it works once more.  */
  void (*check) (const struct scenario *s);
  /* There are faults as well: the OS may find what could not be tidied up.  */
  int faulty;
};

/* Run the scenario, each time in a process of its own, until it gets to its end before
   anything comes, at least AT_LEAST times.  Each time the OS finds no trace of GRUB,
   and nothing is left at the end.  Returns how many steps failed.  One half
   of them is run with each word size; all are if there is an environment variable
   UNIT_ALL.  With a number in UNIT_ONLY just that one is run, in this process (for a
   debugger).  */
unsigned long sweep_all (struct sweep sweep, unsigned long at_least);

#endif
