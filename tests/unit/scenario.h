/*
 *  grub-xen-hvm  --  everything GRUB does with its disks, from load to unload
 *  Copyright (C) 2026  The grub-xen-hvm authors
 *
 *  This program is free software: you can redistribute it and/or modify
 *  it under the terms of the GNU General Public License as published by
 *  the Free Software Foundation, either version 3 of the License, or
 *  (at your option) any later version.
 *
 *  This program is distributed in the hope that it will be useful,
 *  but WITHOUT ANY WARRANTY; without even the implied warranty of
 *  MERCHANTABILITY or FITNESS FOR A PARTICULAR PURPOSE.  See the
 *  GNU General Public License for more details.
 *
 *  You should have received a copy of the GNU General Public License
 *  along with this program.  If not, see <https://www.gnu.org/licenses/>.
 */


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
