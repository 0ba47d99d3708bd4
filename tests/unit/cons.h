/*
 *  grub-xen-hvm  --  a fake xenconsoled: the other side of the PV console
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


#ifndef UNIT_CONS_HEADER
#define UNIT_CONS_HEADER 1

#include <stddef.h>
#include <stdint.h>
#include "vt.h"

/* As xenconsoled: events of a guest that it looks at in such a time.  */
#define CONS_EVENTS	30
#define CONS_PERIOD	(200 * MS)

struct cons
{
  /* What it took out of the page, with a NUL behind it.  */
  char *out;
  size_t len;
  size_t limit;
  /* It is stopped: it does nothing until cons_wake.  */
  int dead;
  /* Time between an event and its look, and what it takes at a look (0: all).  */
  uint64_t delay;
  unsigned int take;
  /* Looks so far, and those of the present period, which ends then.  */
  unsigned int looks;
  unsigned int events;
  uint64_t period_end;
  /* The text that a reader sees.  */
  struct vt vt;
};

extern struct cons cons;

/* Make it as it is when a guest starts.  */
void cons_reset (void);

/* The domain is another from here on, and so is who looks at it.  */
void cons_renew (void);

/* Forget what it took.  */
void cons_forget (void);

/* A new reader, who has seen nothing.  */
void cons_look_anew (void);

/* Go on, and take what is there.  */
void cons_wake (void);

/* A user types LEN bytes, which all fit.  */
void cons_type (const char *bytes, size_t len);

#endif
