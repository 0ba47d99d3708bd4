/* SPDX-License-Identifier: GPL-3.0-or-later */
/* closing.c - the state of a disk, and the steps of disconnecting it
   Copyright (C) 2026  The grub-xen-hvm authors  */

#include <grub/err.h>
#include <grub/i18n.h>
#include <grub/misc.h>
#include <grub/term.h>
#include <grub/xen/evtchn.h>
#include <grub/xen/grant.h>
#include <grub/xen/resume.h>
#include "blkfront.h"

/* The names of the states, in their order.  */
static const char closing_states[][sizeof ("connecting")]
  = { "idle",	   "connecting", "connected", "closing",
      "resetting", "failed",	 "disabled",  "detached" };

void
grub_xen_blkfront_set_state (struct grub_xen_blkfront *front,
			     enum grub_xen_disk_state state)
{
  if (front->state == state)
    return;
  grub_dprintf ("xen_blk", "%s: %s -> %s\n", front->name,
		closing_states[front->state], closing_states[state]);
  front->state = state;
}

void
grub_xen_blkfront_make_keys (const struct grub_xen_blkfront *front,
			     struct grub_xenbus_key *keys)
{
  grub_memset (keys, 0, GRUB_XEN_BLKFRONT_KEYS * sizeof (keys[0]));
  keys[0].name = "ring-ref";
  if (front->ring_page)
    keys[0].number = front->ring_page->refs[0];
  keys[1].name = "event-channel";
  keys[1].number = front->port;
  keys[2].name = "protocol";
  keys[2].text = XEN_IO_PROTO_ABI_NATIVE;
  /* A backend may keep pages mapped while it is connected.  It need not be
     trusted for that, because the pages have no other use.  */
  keys[3].name = "feature-persistent";
  keys[3].number = 1;
}

/* Log an error that cannot be handled.  */
static void
closing_note_error (struct grub_xen_blkfront *front, grub_err_t err)
{
  if (!err)
    return;
  grub_dprintf ("xen_blk", "%s: on closing: %s\n", front->name, grub_errmsg);
  grub_errno = GRUB_ERR_NONE;
}

/* Whether the backend may have read the keys of FRONT and still has to
   close.  */
static int
closing_is_told (const struct grub_xen_blkfront *front)
{
  return front->state == GRUB_XEN_DISK_CONNECTING
	 || front->state == GRUB_XEN_DISK_CONNECTED
	 || front->state == GRUB_XEN_DISK_CLOSING;
}

/* When to print a message about a wait until DEADLINE that begins now.  */
static grub_uint64_t
closing_early (grub_uint64_t deadline)
{
  grub_uint64_t soon = grub_xen_deadline (2 * GRUB_XEN_LONG_WAIT);

  return soon < deadline ? soon : deadline;
}

/* Print a message and return whether to continue a wait until DEADLINE.  A key
   may have ended its first part; the number of such waits was INTERRUPTS.  */
static int
closing_go_on (const struct grub_xen_blkfront *front, grub_uint64_t deadline,
	       unsigned int interrupts)
{
  grub_uint64_t now = grub_xen_deadline (0);

  if (deadline <= now || grub_xen_wait_interrupts () != interrupts
      || grub_xen_is_stale (front->generation))
    return 0;
  grub_printf_ (N_("%s: waiting up to %u s for the backend to give it back "
		   "(Esc goes on)\n"),
		front->name, (unsigned int) (deadline - now + 999) / 1000);
  grub_refresh ();
  return 1;
}

/* The state that FRONT has in STEP, or has just entered.  */
static enum xenbus_state
closing_own_state (enum grub_xen_blkfront_step step)
{
  return step < GRUB_XEN_BLKFRONT_CLOSED ? XenbusStateClosing
					 : XenbusStateClosed;
}

/* Wait until STEP of FRONT is complete.  GRUB_ERR_TIMEOUT, which is not raised
   for requests in flight; errors of xenstore.  */
static grub_err_t
closing_wait_once (struct grub_xen_blkfront *front,
		   enum grub_xen_blkfront_step step, grub_uint64_t deadline)
{
  struct grub_xenbus_device *dev = &front->dev;

  if (step == GRUB_XEN_BLKFRONT_DRAIN)
    return grub_xen_blkio_drain (&front->io, deadline) ? GRUB_ERR_NONE
						       : GRUB_ERR_TIMEOUT;
  if (step == GRUB_XEN_BLKFRONT_WAIT_READY)
    return grub_xenbus_wait (dev, GRUB_XENBUS_IS (XenbusStateInitWait),
			     GRUB_XENBUS_IS (XenbusStateUnknown), deadline);
  return grub_xenbus_wait_close (dev, closing_own_state (step), deadline);
}

/* The same; print a message about a long wait if VERBOSE.  */
static grub_err_t
closing_wait (struct grub_xen_blkfront *front,
	      enum grub_xen_blkfront_step step, grub_uint64_t deadline,
	      int verbose)
{
  unsigned int interrupts = grub_xen_wait_interrupts ();
  grub_err_t err;

  err = closing_wait_once (front, step,
			   verbose ? closing_early (deadline) : deadline);
  if (err != GRUB_ERR_TIMEOUT || !verbose
      || !closing_go_on (front, deadline, interrupts))
    return err;
  grub_errno = GRUB_ERR_NONE;
  return closing_wait_once (front, step, deadline);
}

/* Release all shared resources of FRONT.  */
static void
closing_unshare (struct grub_xen_blkfront *front)
{
  if (front->port && !grub_xen_is_stale (front->generation))
    grub_xen_evtchn_close (front->port);
  front->port = 0;
  front->is_kept |= !grub_xen_pages_end (front->ring_page, front->name);
  front->ring_page = 0;
  front->is_kept |= !grub_xen_pages_end (front->own_pages, front->name);
  front->own_pages = 0;
  if (front->dev.is_unclosed && front->pool)
    grub_xen_pages_blame (front->pool->shared, front->name);
  grub_xen_pool_put (front->pool, front->name);
  front->pool = 0;
}

/* Reset everything except the state from which the next frontend begins.  A
   backend for which no keys were published is still in InitWait, so its state
   need not be reset.  */
static void
closing_leave (struct grub_xen_blkfront *front)
{
  struct grub_xenbus_key keys[GRUB_XEN_BLKFRONT_KEYS];

  closing_unshare (front);
  grub_xen_blkfront_make_keys (front, keys);
  grub_xenbus_withdraw (&front->dev, keys, GRUB_XEN_BLKFRONT_KEYS);
  if (!closing_is_told (front) || front->dev.is_unclosed
      || grub_xenbus_is_leaving (&front->dev))
    return;
  closing_note_error (front, grub_xenbus_set_state (&front->dev,
						    XenbusStateInitialising));
  grub_xen_blkfront_set_state (front, GRUB_XEN_DISK_RESETTING);
}

/* A backend that does not get ready leaves FRONT Closed.  */
static void
closing_wait_ready (struct grub_xen_blkfront *front, grub_uint64_t deadline,
		    int verbose)
{
  const enum grub_xen_blkfront_step step = GRUB_XEN_BLKFRONT_WAIT_READY;

  if (front->state != GRUB_XEN_DISK_RESETTING
      || !closing_wait (front, step, deadline, verbose))
    return;
  grub_errno = GRUB_ERR_NONE;
  closing_note_error (front, grub_xenbus_wait_ready (&front->dev, 0));
}

/* The rest of the last step.  */
static void
closing_end (struct grub_xen_blkfront *front)
{
  grub_xenbus_release (&front->dev);
  if (front->state != GRUB_XEN_DISK_FAILED
      && front->state != GRUB_XEN_DISK_DETACHED)
    grub_xen_blkfront_set_state (front, GRUB_XEN_DISK_IDLE);
}

void
grub_xen_blkfront_step (struct grub_xen_blkfront *front,
			enum grub_xen_blkfront_step step,
			grub_uint64_t deadline, int verbose)
{
  if (step == GRUB_XEN_BLKFRONT_LEAVE)
    {
      if (front->dev.backend)
	closing_leave (front);
    }
  else if (step == GRUB_XEN_BLKFRONT_WAIT_READY)
    {
      closing_wait_ready (front, deadline, verbose);
      closing_end (front);
    }
  else if (!closing_is_told (front))
    return;
  else if (step == GRUB_XEN_BLKFRONT_DRAIN)
    {
      /* Without the pool GRUB has sent no request.  */
      if (front->pool && closing_wait (front, step, deadline, verbose))
	grub_xen_ring_disable (&front->io.ring, GRUB_XEN_RING_DISABLED,
			       N_("requests are still in flight"));
    }
  else if (step == GRUB_XEN_BLKFRONT_WAIT_CLOSING
	   || step == GRUB_XEN_BLKFRONT_WAIT_CLOSED)
    closing_note_error (front,
			closing_wait (front, step, deadline, verbose));
  else
    {
      grub_xen_blkfront_set_state (front, GRUB_XEN_DISK_CLOSING);
      closing_note_error (front, grub_xenbus_set_state
				   (&front->dev, closing_own_state (step)));
    }
}

void
grub_xen_blkfront_disconnect (struct grub_xen_blkfront *front)
{
  unsigned int step;

  for (step = 0; step < GRUB_XEN_BLKFRONT_STEPS; step++)
    grub_xen_blkfront_step (front, step,
			    grub_xen_deadline (
			      step == GRUB_XEN_BLKFRONT_WAIT_READY
				? GRUB_XEN_CONNECT_TIMEOUT
				: GRUB_XEN_CLOSE_TIMEOUT),
			    0);
}

void
grub_xen_blkfront_forget (struct grub_xen_blkfront *front)
{
  front->port = 0;
  closing_unshare (front);
  grub_xenbus_release (&front->dev);
  grub_xen_blkfront_set_state (front, GRUB_XEN_DISK_IDLE);
}
