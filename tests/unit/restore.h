/* SPDX-License-Identifier: GPL-3.0-or-later */
/* restore.h - saving and restoring, or pausing, a guest at any moment
   Copyright (C) 2026  The grub-xen-hvm authors  */

#ifndef UNIT_RESTORE_HEADER
#define UNIT_RESTORE_HEADER 1

#include "xen.h"

/* The kind of event.  */
enum restore_kind
  {
    RESTORE,
    /* The guest is paused; the other domains run during RESTORE_PAUSE, and
       stop with it during RESTORE_STOP.  */
    RESTORE_PAUSE,
    RESTORE_STOP
  };

struct restore
{
  /* The event happens at the N-th passing of kind AT, and, if AGAIN is not 0,
     once more at the AGAIN-th after that.  */
  enum xen_passing at;
  unsigned long n;
  unsigned long again;
  /* It also happens at every EVERY-th passing after the N-th; 0: it does
     not.  */
  unsigned long every;
  enum restore_kind kind;
  /* The length of a pause.  */
  uint64_t pause;
  /* System time starts with this value after a restore, 0: it continues.  */
  uint64_t system;
  /* The toolstack chooses other port numbers.  */
  int other_ports;
  /* If the restore interrupts GRUB's notification of xenstored, GRUB was also
     about to move an index of the ring, and writes it into the new domain's
     ring.  */
  int torn;
  /* Changes the disks after a restore: called before they are announced.  */
  void (*change) (void);
  /* How often the event happened, and how many passings of each kind there
     were.  */
  unsigned int happened;
  unsigned long passed[XEN_PASSINGS];
};

extern struct restore restore;

/* Plan no event, and reset all counters.  */
void restore_reset (void);

/* Start counting; the event in `restore' can happen from here on.  */
void restore_arm (void);

/* Stop counting; no further event happens.  */
void restore_disarm (void);

/* Save the guest and restore it now, as xl does with a guest that does not
   cooperate.  RAM and the processor keep their state; everything else belongs
   to the new domain.  */
void restore_now (void);

#endif
