/* SPDX-License-Identifier: GPL-3.0-or-later */
/* xencons.c - the page of the PV console: bytes out, bytes in
   Copyright (C) 2026  The grub-xen-hvm authors  */

#include <grub/env.h>
#include <grub/err.h>
#include <grub/i18n.h>
#include <grub/misc.h>
#include <grub/xen/abi.h>
#include <grub/xen/evtchn.h>
#include <grub/xen/resume.h>
#include "xencons.h"

#define IN_SIZE		sizeof (((struct xencons_interface *) 0)->in)
#define OUT_SIZE	sizeof (((struct xencons_interface *) 0)->out)

/* Size of the buffer for unsent bytes, and of the longest escape sequence.  A
   sequence must not be split: if only its second half fits into the ring, it
   is shown as text.  */
#define KEPT		256
#define SEQUENCE	32

/* xenconsoled serves a guest that notifies it often only once in PERIOD
   milliseconds (RATE_LIMIT_PERIOD, 30 events).  So a working xenconsoled may
   take this long.  For the same reason not every line is notified: the next
   notification includes it, at the latest when GRUB waits for a key.  */
#define PERIOD		200
#define PATIENCE	250
#define LINES		4

/* The minimum time between two redraws, in milliseconds.  */
#define ANEW		1000

/* Time before the next attempt to bring Xen up again, in milliseconds.  */
#define RETRY		10000

#define ESCAPE		'\033'

static struct
{
  char kept[KEPT];
  unsigned int len;
  /* Bytes, in either ring, of which the other side was not notified.  */
  unsigned int untold;
  /* Milliseconds left for waits for space, until the ring has been empty.  */
  unsigned int patience;
  /* The end of the current period, and the number of lines notified in it.  */
  grub_uint64_t period_end;
  unsigned int lines;
  /* The resume generation of the page.  */
  unsigned int generation;
  /* An OS may have used the page since.  */
  int is_new;
  /* The page was used before.  */
  int was_used;
  /* The indices in the page are invalid.  */
  int broken;
  int stopped;
  /* Xen is being brought up: output during this must not do the same.  */
  int busy;
  grub_uint64_t retry_at;
  /* Something was not shown.  */
  int stale;
  grub_uint64_t anew_at;
} xencons;

typedef volatile struct xencons_interface page_t;

/* Begin with PAGE.  After a restore during an update, one of GRUB's indices
   may be that of the old page, and the other side was not notified.  */
static void
xencons_begin (page_t *page)
{
  if (page->out_prod - page->out_cons > OUT_SIZE)
    page->out_prod = page->out_cons;
  if (page->in_prod - page->in_cons > IN_SIZE)
    page->in_cons = page->in_prod;
  xencons.broken = 0;
  xencons.untold = page->out_prod != page->out_cons;
  xencons.patience = PATIENCE;
}

/* The page if it can be used now, else 0.  It may be another one each time:
   the guest may have been saved and restored.  */
static page_t *
xencons_page (void)
{
  page_t *page = grub_xen_platform.console.page;

  if (xencons.stopped || !grub_xen_is_up () || !page
      || grub_xen_is_stale (grub_xen_platform.generation))
    return 0;
  if (xencons.is_new || xencons.generation != grub_xen_platform.generation)
    {
      xencons.generation = grub_xen_platform.generation;
      xencons.stale = xencons.was_used;
      xencons.was_used = 1;
      xencons.is_new = 0;
      xencons_begin (page);
    }
  return xencons.broken ? 0 : page;
}

/* Bytes between these indices of a ring of SIZE bytes; more than that is
   the other side's error.  */
static grub_uint32_t
xencons_used (XENCONS_RING_IDX prod, XENCONS_RING_IDX cons, grub_uint32_t size)
{
  grub_uint32_t bytes = prod - cons;

  if (bytes <= size)
    return bytes;
  xencons.broken = 1;
  grub_dprintf ("xen_console",
		"invalid indices 0x%x and 0x%x: the PV console is disabled\n",
		(unsigned int) prod, (unsigned int) cons);
  return 0;
}

/* Notify the other side.  After a failure the ring stays full.  */
static void
xencons_notify (void)
{
  xencons.untold = 0;
  grub_error_push ();
  grub_xen_evtchn_notify (grub_xen_platform.console.port);
  grub_errno = GRUB_ERR_NONE;
  grub_error_pop ();
}

/* Whether the unsent bytes fit into the ring, or never will.  */
static int
xencons_has_room (void *data __attribute__ ((unused)))
{
  page_t *page = xencons_page ();

  return !page
	 || OUT_SIZE - xencons_used (page->out_prod, page->out_cons, OUT_SIZE)
	      >= xencons.len;
}

static void
xencons_wait_for_room (void)
{
  grub_uint64_t deadline = grub_xen_deadline (xencons.patience), now;

  if (xencons.untold)
    xencons_notify ();
  grub_xen_wait (xencons_has_room, 0, grub_xen_platform.console.port,
		 deadline);
  now = grub_xen_deadline (0);
  xencons.patience = now < deadline ? deadline - now : 0;
}

/* Put the unsent bytes into the ring, all of them or none, and clear the
   buffer.  */
static void
xencons_write_out (void)
{
  page_t *page;
  XENCONS_RING_IDX prod;
  unsigned int len, i;
  grub_uint32_t have;
  int was_stale;

  if (xencons.len && xencons.patience && !xencons_has_room (0))
    xencons_wait_for_room ();
  page = xencons_page ();
  was_stale = xencons.stale;
  len = xencons.len;
  if (!len)
    return;
  xencons.len = 0;
  xencons.stale = 1;
  if (!page)
    return;
  prod = page->out_prod;
  have = xencons_used (prod, page->out_cons, OUT_SIZE);
  if (xencons.broken)
    return;
  if (!have)
    xencons.patience = PATIENCE;
  if (OUT_SIZE - have < len)
    return;
  xencons.stale = was_stale;
  /* Check the free space before writing to it.  */
  grub_xen_mb ();
  for (i = 0; i < len; i++)
    page->out[MASK_XENCONS_IDX (prod + i, page->out)] = xencons.kept[i];
  grub_xen_wmb ();
  page->out_prod = prod + len;
  xencons.untold += len;
  /* The other side can read these while GRUB prints more.  */
  if (xencons.untold >= OUT_SIZE / 2)
    xencons_notify ();
}

static void
xencons_show (void)
{
  xencons_write_out ();
  if (xencons.untold && xencons_page ())
    xencons_notify ();
}

/* At the end of a line: the same, but not too often.  */
static void
xencons_show_line (void)
{
  grub_uint64_t now = grub_xen_deadline (0);

  if (now >= xencons.period_end)
    {
      xencons.period_end = now + PERIOD;
      xencons.lines = 0;
    }
  if (xencons.lines >= LINES)
    return;
  xencons.lines++;
  xencons_show ();
}

/* Bring Xen up again after a failed boot, or after a restore.  This must not
   replace the driver's connections while the driver runs.  So do not do it
   while the driver is busy, nor with `debug' set, when all its functions may
   print.  */
static void
xencons_bring_up (int output)
{
  if (xencons.stopped || xencons.busy
      || (grub_xen_is_up ()
	  && !grub_xen_is_stale (grub_xen_platform.generation))
      || grub_xen_is_busy () || (output && grub_env_get ("debug"))
      || grub_xen_deadline (0) < xencons.retry_at)
    return;
  xencons.busy = 1;
  grub_error_push ();
  xencons.is_new = 1;
  if (grub_xen_up ())
    xencons.retry_at = grub_xen_deadline (RETRY);
  grub_errno = GRUB_ERR_NONE;
  grub_error_pop ();
  xencons.busy = 0;
}

grub_err_t
grub_xencons_open (void)
{
  const struct grub_xen_service *console = &grub_xen_platform.console;

  xencons.stopped = 0;
  xencons.is_new |= !xencons.was_used;
  if (grub_xen_up ())
    return grub_errno;
  if (console->is_bad)
    return grub_error (GRUB_ERR_BAD_DEVICE,
		       N_("Xen's page and port of the console are not valid"));
  if (!console->page)
    return grub_error (GRUB_ERR_BAD_DEVICE,
		       N_("Xen gave this guest no console"));
  xencons.retry_at = 0;
  return GRUB_ERR_NONE;
}

void
grub_xencons_put (int c)
{
  if (xencons.len == KEPT || (c == ESCAPE && xencons.len > KEPT - SEQUENCE))
    xencons_write_out ();
  xencons.kept[xencons.len++] = c;
  /* GRUB ends a line with \n and \r.  */
  if (c == '\r')
    xencons_show_line ();
}

void
grub_xencons_flush (void)
{
  xencons_bring_up (1);
  xencons_show ();
}

int
grub_xencons_get (void)
{
  page_t *page;
  XENCONS_RING_IDX cons;
  int c;

  xencons_bring_up (0);
  page = xencons_page ();
  if (!page)
    return -1;
  cons = page->in_cons;
  if (!xencons_used (page->in_prod, cons, IN_SIZE))
    {
      /* All earlier input has been read, and GRUB waits.  */
      if (xencons.len || xencons.untold)
	xencons_show ();
      return -1;
    }
  grub_xen_rmb ();
  c = page->in[MASK_XENCONS_IDX (cons, page->in)] & 0xff;
  /* Copy the byte before the other side may overwrite it.  */
  grub_xen_mb ();
  page->in_cons = cons + 1;
  xencons.untold++;
  return c;
}

int
grub_xencons_is_stale (void)
{
  grub_uint64_t now;
  page_t *page;

  xencons_bring_up (1);
  page = xencons_page ();
  if (!page || !xencons.stale
      || xencons_used (page->out_prod, page->out_cons, OUT_SIZE)
      || xencons.broken
      || (now = grub_xen_deadline (0)) < xencons.anew_at)
    return 0;
  xencons.anew_at = now + ANEW;
  xencons.stale = 0;
  xencons.len = 0;
  return 1;
}

void
grub_xencons_stop (void)
{
  xencons_show ();
  xencons.stopped = 1;
}

void
grub_xencons_go_on (void)
{
  xencons.stopped = 0;
  xencons.is_new = 1;
}
