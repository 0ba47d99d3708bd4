/* SPDX-License-Identifier: GPL-3.0-or-later */
/* scenario.h - everything that GRUB does with its disks, from load to
   unload
   Copyright (C) 2026  The grub-xen-hvm authors  */

#ifndef UNIT_SCENARIO_HEADER
#define UNIT_SCENARIO_HEADER 1

#include "modules.h"

struct scenario
{
  /* How many steps failed, and the error of the first one.  */
  unsigned int failed;
  grub_err_t err;
  char message[GRUB_MAX_ERRMSG];
  /* Whether an OS was started.  */
  int booted;
};

/* An additional check in place of the OS; may be 0.  */
extern void (*scenario_os) (void);

/* Add the disks `xvde' and `xvdf' of one backend domain.  */
void scenario_disks (void);

/* Load the modules, list, connect, read, write, boot with an error, read again
   with the disks that are still connected, and unload.  After a failed step
   the next one is still tried.  An error without a message that names its
   cause, or wrong data, fails the test.  */
void scenario_run (struct scenario *s);

/* Check that after one fault only memory that a backend still maps is left,
   and KEYS keys, where xenstored refused to remove them.  */
void scenario_left (unsigned int keys);

/* Run the same scenario without a fault after one with a fault: every step has
   to succeed, and nothing more than before may be left.  */
void scenario_again (void);

#endif
