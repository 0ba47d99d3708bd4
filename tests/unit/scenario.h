/* SPDX-License-Identifier: GPL-3.0-or-later */
/* scenario.h - everything GRUB does with its disks, from load to unload
   Copyright (C) 2026  The grub-xen-hvm authors  */

#ifndef UNIT_SCENARIO_HEADER
#define UNIT_SCENARIO_HEADER 1

#include "modules.h"

struct scenario
{
  /* How many of its steps failed, and what the first one said.  */
  unsigned int failed;
  grub_err_t err;
  char message[GRUB_MAX_ERRMSG];
  /* Whether an OS was started.  */
  int booted;
};

/* What else is looked at in place of an OS, 0: nothing.  */
extern void (*scenario_os) (void);

/* The disks `xvde' and `xvdf' of one backend domain.  */
void scenario_disks (void);

/* Load the modules, list, connect, read, write, boot in vain, read again with
   what is left connected, and unload.  A step that fails does not keep the next
   from being tried.  An error without a message that tells what it is about, or
   wrong data, fails the test.  */
void scenario_run (struct scenario *s);

/* What may be left after one fault, and no more: memory that a backend still
   maps.  KEYS keys may be left, where xenstored refused to remove them.  */
void scenario_left (unsigned int keys);

/* The same scenario without any fault, after one: all of it has to succeed, and
   nothing more than before may be left.  */
void scenario_again (void);

#endif
