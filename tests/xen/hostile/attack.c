/* SPDX-License-Identifier: GPL-3.0-or-later */
/* attack.c - the hostile backend: its attacks
   Copyright (C) 2026  The grub-xen-hvm authors  */

#include <stdio.h>
#include <string.h>
#include "hostile.h"

static const struct attack *const lists[] =
  { key_attacks, answer_attacks, state_attacks, memory_attacks };

#define LISTS	(sizeof (lists) / sizeof (lists[0]))

const struct attack *
attack_find (const char *name)
{
  const struct attack *attack;
  unsigned int i;

  for (i = 0; i < LISTS; i++)
    for (attack = lists[i]; attack->name; attack++)
      if (strcmp (attack->name, name) == 0)
	return attack;
  return 0;
}

void
attack_list (void)
{
  const struct attack *attack;
  unsigned int i;

  for (i = 0; i < LISTS; i++)
    for (attack = lists[i]; attack->name; attack++)
      printf ("%-22s %s\n", attack->name, attack->help);
}

void
attack_begin (struct hostile *h)
{
  if (h->begun)
    return;
  h->begun = 1;
  h->began_at = now_ms ();
  h->seed = h->vdev + 1;
  say (h, "attack %s begins at request %lu", h->attack->name, h->requests);
}

/* Be honest from now on.  */
void
attack_end (struct hostile *h)
{
  if (!h->attack)
    return;
  attack_stop (h);
  say (h, "attack %s ends after %llu ms", h->attack->name,
       (unsigned long long) (now_ms () - h->began_at));
  h->attack = 0;
  h->answers = 0;
  h->mute = 0;
  data_give_back (h);
}

/* Whether this is the N-th request itself.  */
int
attack_nth (struct hostile *h)
{
  return h->requests == h->at;
}

uint32_t
attack_random (struct hostile *h)
{
  h->seed = h->seed * 1664525 + 1013904223;
  return h->seed >> 8 ^ h->seed << 16;
}

static void *
run (void *arg)
{
  struct hostile *h = arg;

  while (!h->thread_ends)
    {
      h->attack->torment (h);
      h->steps++;
    }
  return 0;
}

/* Start the attack's thread, unless it runs.  */
void
attack_torment (struct hostile *h)
{
  if (h->thread_runs)
    return;
  h->thread_ends = 0;
  if (pthread_create (&h->thread, 0, run, h))
    say (h, "there is no thread to be had");
  else
    h->thread_runs = 1;
}

void
attack_stop (struct hostile *h)
{
  if (!h->thread_runs)
    return;
  h->thread_ends = 1;
  pthread_join (h->thread, 0);
  h->thread_runs = 0;
  say (h, "%lu steps of torment", h->steps);
}
