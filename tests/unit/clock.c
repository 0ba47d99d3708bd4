/* SPDX-License-Identifier: GPL-3.0-or-later */
/* clock.c - virtual time: nothing in these tests waits for a real clock
   Copyright (C) 2026  The grub-xen-hvm authors  */

#include <stdio.h>
#include <stdlib.h>
#include "clock.h"

struct event
{
  struct event *next;
  uint64_t when;
  clock_fn fn;
  void *arg;
};

#define START	1234567890

void (*clock_ran) (void);

static uint64_t now = START;
static struct event *events;
/* Past events, for reuse.  */
static struct event *spare;

static struct event *
make_event (void)
{
  struct event *e = spare;

  if (e)
    spare = e->next;
  else
    e = malloc (sizeof (*e));
  if (!e)
    abort ();
  return e;
}

static void
drop_event (struct event *e)
{
  e->next = spare;
  spare = e;
}

void
clock_reset (void)
{
  struct event *e;

  while ((e = events))
    {
      events = e->next;
      drop_event (e);
    }
  now = START;
  clock_ran = 0;
}

uint64_t
clock_now (void)
{
  return now;
}

void
clock_at (uint64_t delay, clock_fn fn, void *arg)
{
  struct event **p, *e = make_event ();

  e->when = now + delay;
  e->fn = fn;
  e->arg = arg;
  for (p = &events; *p && (*p)->when <= e->when; p = &(*p)->next);
  e->next = *p;
  *p = e;
}

void
clock_cancel (void *arg)
{
  struct event **p = &events;

  while (*p)
    if ((*p)->arg == arg)
      {
	struct event *e = *p;

	*p = e->next;
	drop_event (e);
      }
    else
      p = &(*p)->next;
}

int
clock_step (uint64_t limit)
{
  struct event e, *first = events;

  if (!first || first->when > limit)
    {
      if (now < limit)
	now = limit;
      return 0;
    }
  e = *first;
  events = first->next;
  drop_event (first);
  if (now < e.when)
    now = e.when;
  e.fn (e.arg);
  if (clock_ran)
    clock_ran ();
  return 1;
}

void
clock_stop (uint64_t delay)
{
  struct event *e;

  for (e = events; e; e = e->next)
    e->when += delay;
  now += delay;
}

void
clock_pass (uint64_t delay)
{
  uint64_t limit = now + delay;

  while (clock_step (limit));
}
