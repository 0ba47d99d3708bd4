/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cons.h - a fake xenconsoled: the other side of the PV console
   Copyright (C) 2026  The grub-xen-hvm authors  */

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
