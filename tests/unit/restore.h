/* SPDX-License-Identifier: GPL-3.0-or-later */
/* restore.h - a guest that is saved and restored, or paused, at any moment
   Copyright (C) 2026  The grub-xen-hvm authors  */

#ifndef UNIT_RESTORE_HEADER
#define UNIT_RESTORE_HEADER 1

#include "xen.h"

/* What comes over the guest.  */
enum restore_kind
  {
    RESTORE,
    /* It stands still for a while; the other domains go on, or stand still, too.  */
    RESTORE_PAUSE,
    RESTORE_STOP
  };

struct restore
{
  /* When it comes: with the N-th thing of kind AT that passes, and, if AGAIN is not 0,
     once more with the AGAIN-th after that.  */
  enum xen_passing at;
  unsigned long n;
  unsigned long again;
  /* And with every EVERY-th thing after the N-th, 0: no more.  */
  unsigned long every;
  enum restore_kind kind;
  /* How long a pause lasts.  */
  uint64_t pause;
  /* System time goes on from this, 0: from where it was.  */
  uint64_t system;
  /* The ports that the toolstack makes have other numbers.  */
  int other_ports;
  /* If GRUB is about to notify xenstored it was about to move an index of the ring as
     well: the next domain's.  */
  int torn;
  /* What is different about the disks then: called before they are announced.  */
  void (*change) (void);
  /* How often it came, and how much passed.  */
  unsigned int happened;
  unsigned long passed[XEN_PASSINGS];
};

extern struct restore restore;

/* Nothing comes, and nothing is counted yet.  */
void restore_reset (void);

/* From here on things are counted, and RESTORE says what comes.  */
void restore_arm (void);

/* No further event is planned.  */
void restore_disarm (void);

/* Save the guest and restore it, now: as xl does it with a guest that knows nothing
   of that.  RAM and the processor stay as they are; all else is another domain's.  */
void restore_now (void);

#endif
