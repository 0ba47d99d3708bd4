/* SPDX-License-Identifier: GPL-3.0-or-later */
/* clock.h - virtual time: nothing in these tests waits for a real clock
   Copyright (C) 2026  The grub-xen-hvm authors  */

#ifndef UNIT_CLOCK_HEADER
#define UNIT_CLOCK_HEADER 1

#include <stdint.h>

#define US	((uint64_t) 1000)
#define MS	(1000 * US)
#define SECOND	(1000 * MS)

typedef void (*clock_fn) (void *arg);

/* Nanoseconds since the test's start.  */
uint64_t clock_now (void);

/* Reset the clock, with nothing planned.  */
void clock_reset (void);

/* Call FN (ARG) DELAY nanoseconds from now: this is how the other domains get
   to run.  They run only while the guest looks at the clock or sleeps.  */
void clock_at (uint64_t delay, clock_fn fn, void *arg);

/* Forget everything planned for ARG.  */
void clock_cancel (void *arg);

/* Let the next thing that is due until LIMIT happen, at its time; 0: there is
   none, and it is LIMIT now.  */
int clock_step (uint64_t limit);

/* Let DELAY nanoseconds pass.  */
void clock_pass (uint64_t delay);

/* All of it stands still for DELAY nanoseconds, other domains included.  */
void clock_stop (uint64_t delay);

/* Called each time another domain has run, 0: nothing is.  */
extern void (*clock_ran) (void);

/* Another domain has to run before the guest's next look at the clock.  */
int clock_idle (void);

#endif
