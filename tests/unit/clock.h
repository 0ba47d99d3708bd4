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

/* Run the first event that is due by LIMIT, at its time, and return 1.
   Without such an event set the time to LIMIT and return 0.  */
int clock_step (uint64_t limit);

/* Let DELAY nanoseconds pass.  */
void clock_pass (uint64_t delay);

/* Stop GRUB and all other domains for DELAY nanoseconds.  */
void clock_stop (uint64_t delay);

/* Called each time another domain has run; may be 0.  */
extern void (*clock_ran) (void);

#endif
