/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cons.h - a fake xenconsoled: the other side of the PV console
   Copyright (C) 2026  The grub-xen-hvm authors  */

#ifndef UNIT_CONS_HEADER
#define UNIT_CONS_HEADER 1

#include <stddef.h>
#include <stdint.h>
#include "vt.h"

/* Like xenconsoled, handle at most this many events of a guest in one
   period.  */
#define CONS_EVENTS	30
#define CONS_PERIOD	(200 * MS)

struct cons
{
  /* The bytes taken from the page, with a NUL behind them.  */
  char *out;
  size_t len;
  size_t limit;
  /* The fake is stopped: it does nothing until cons_wake.  */
  int dead;
  /* The time between an event and reading the ring, and the bytes read at a
     time (0: all).  */
  uint64_t delay;
  unsigned int take;
  /* Number of reads of the ring so far, events in the present period, and the
     end of that period.  */
  unsigned int looks;
  unsigned int events;
  uint64_t period_end;
  /* The screen that these bytes produce.  */
  struct vt vt;
};

extern struct cons cons;

/* Set the state at the start of a guest.  */
void cons_reset (void);

/* The domain is a new one from here on, with a new reader.  */
void cons_renew (void);

/* Forget the bytes taken so far.  */
void cons_forget (void);

/* A new reader connects, with an empty screen.  */
void cons_look_anew (void);

/* Start the fake again and let it read the ring.  */
void cons_wake (void);

/* Type LEN bytes; the ring must have room for all of them.  */
void cons_type (const char *bytes, size_t len);

#endif
