/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cons.c - a fake xenconsoled: the other side of the PV console
   Copyright (C) 2026  The grub-xen-hvm authors  */

#include <stdlib.h>
#include <string.h>
#include "clock.h"
#include "cons.h"
#include "xen.h"

struct cons cons;

static void
keep (const char byte)
{
  if (cons.len + 1 >= cons.limit)
    {
      cons.limit = cons.limit ? 2 * cons.limit : 4096;
      cons.out = realloc (cons.out, cons.limit);
      if (!cons.out)
	abort ();
    }
  cons.out[cons.len++] = byte;
  cons.out[cons.len] = 0;
  vt_put (&cons.vt, byte);
}

static void look (void *arg);

/* After too many events the ring is not read before the period ends.  */
static void
notified (void *arg)
{
  uint64_t delay = cons.delay;

  (void) arg;
  if (cons.dead)
    return;
  if (clock_now () >= cons.period_end)
    {
      cons.period_end = clock_now () + CONS_PERIOD;
      cons.events = 0;
    }
  if (++cons.events > CONS_EVENTS)
    delay = cons.period_end - clock_now ();
  clock_cancel (&cons);
  clock_at (delay, look, &cons);
}

static void
look (void *arg)
{
  struct xencons_interface *page = xen.console;
  XENCONS_RING_IDX at = page->out_cons;
  uint32_t have = page->out_prod - at;

  (void) arg;
  if (cons.dead)
    return;
  cons.looks++;
  if (have > sizeof (page->out))
    return;
  if (cons.take && have > cons.take)
    have = cons.take;
  if (have && xen_pass (XEN_EVENT))
    return;
  for (; have; have--, at++)
    keep (page->out[MASK_XENCONS_IDX (at, page->out)]);
  if (at == page->out_cons)
    return;
  page->out_cons = at;
  xen_raise (xen.console_port);
  if (cons.take)
    clock_at (cons.delay, look, &cons);
}

void
cons_reset (void)
{
  clock_cancel (&cons);
  free (cons.out);
  memset (&cons, 0, sizeof (cons));
  cons.delay = 100 * US;
  xen.ports[xen.console_port].notified = notified;
  keep (0);
  cons_look_anew ();
}

void
cons_renew (void)
{
  clock_cancel (&cons);
  xen.ports[xen.console_port].notified = notified;
  cons.events = 0;
  cons.period_end = 0;
  cons_look_anew ();
}

void
cons_forget (void)
{
  cons.len = 0;
  cons.out[0] = 0;
}

void
cons_look_anew (void)
{
  cons_forget ();
  vt_reset (&cons.vt);
}

void
cons_wake (void)
{
  cons.dead = 0;
  look (0);
}

void
cons_type (const char *bytes, size_t len)
{
  struct xencons_interface *page = xen.console;

  if (len > sizeof (page->in) - (page->in_prod - page->in_cons))
    xen_violation ("no room for %u bytes that are typed", (unsigned) len);
  for (; len; len--)
    page->in[MASK_XENCONS_IDX (page->in_prod++, page->in)] = *bytes++;
  xen_raise (xen.console_port);
}
