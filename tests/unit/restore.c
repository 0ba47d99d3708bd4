/* SPDX-License-Identifier: GPL-3.0-or-later */
/* restore.c - saving and restoring, or pausing, a guest at any moment
   Copyright (C) 2026  The grub-xen-hvm authors  */

#include <stdio.h>
#include <string.h>
#include "clock.h"
#include "cons.h"
#include "disk.h"
#include "restore.h"
#include "store.h"

struct restore restore;

/* The event waits until the domain that is running now has run.  */
static int due;

void
restore_reset (void)
{
  memset (&restore, 0, sizeof (restore));
  due = 0;
  clock_ran = 0;
}

/* Set the ports that the toolstack makes.  With other_ports they differ from
   the numbers at the domain's creation, and from all ports that GRUB had
   before.  */
static void
choose_ports (void)
{
  evtchn_port_t port = XEN_STORE_PORT;

  if (restore.other_ports)
    port += 100 + 2 * xen.lives;
  xen.params[HVM_PARAM_STORE_EVTCHN] = port;
  xen.params[HVM_PARAM_CONSOLE_EVTCHN] = port + 1;
}

void
restore_now (void)
{
  struct xenstore_domain_interface torn = *xen.store;
  int is_torn = restore.torn && xen.notifies == xen.store_port;
  char old_home[64];
  unsigned int i;

  restore.happened++;
  snprintf (old_home, sizeof (old_home), "%s", store_home ());
  choose_ports ();
  xen_renew (restore.system ? restore.system
	     : clock_now () + xen.system_ahead);
  store_renew (old_home);
  cons_renew ();
  if (restore.change)
    restore.change ();
  disk_data_reset ();
  for (i = 0; i < n_disks; i++)
    disk_renew (&disks[i]);
  if (!is_torn)
    return;
  store.lenient = 1;
  xen.store->req_prod = torn.req_prod;
  xen.store->rsp_cons = torn.rsp_cons;
}

static void
come (void)
{
  due = 0;
  switch (restore.kind)
    {
    case RESTORE:
      restore_now ();
      break;
    case RESTORE_PAUSE:
      restore.happened++;
      clock_pass (restore.pause);
      break;
    case RESTORE_STOP:
      restore.happened++;
      clock_stop (restore.pause);
      break;
    }
}

static void
others_ran (void)
{
  if (due)
    come ();
}

/* Whether the event happens at passing number COUNT.  */
static int
is_time (unsigned long count)
{
  if (count <= restore.n)
    return count == restore.n;
  count -= restore.n;
  return (restore.again && count == restore.again)
    || (restore.every && count % restore.every == 0);
}

/* During a pause other domains run; their passings are not counted.  */
static int
passing (enum xen_passing what)
{
  static int busy;

  if (busy || due)
    return due && restore.kind == RESTORE;
  restore.passed[what]++;
  if (what != restore.at || !is_time (restore.passed[what]))
    return 0;
  if (what == XEN_EVENT)
    {
      due = 1;
      return restore.kind == RESTORE;
    }
  busy = 1;
  come ();
  busy = 0;
  return 0;
}

void
restore_arm (void)
{
  memset (restore.passed, 0, sizeof (restore.passed));
  restore.happened = 0;
  xen.passing = passing;
  clock_ran = others_ran;
}

void
restore_disarm (void)
{
  xen.passing = 0;
  clock_ran = 0;
}
