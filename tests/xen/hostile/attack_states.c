/* SPDX-License-Identifier: GPL-3.0-or-later */
/* attack_states.c - the hostile backend: attacks by state and silence
   Copyright (C) 2026  The grub-xen-hvm authors  */

#include <signal.h>
#include <unistd.h>
#include "hostile.h"

/* Well past the deadline of a request (30 s).  */
#define LATE_MS		32000

static void
no_init_wait (struct hostile *h)
{
  store_state (h, ST_INITIALISING);
}

static void
connected_early (struct hostile *h)
{
  store_state (h, ST_CONNECTED);
}

static enum reply
no_connect (struct hostile *h)
{
  (void) h;
  return DONE;
}

static enum reply
connect_closing (struct hostile *h)
{
  store_state (h, ST_CLOSING);
  return DONE;
}

static enum reply
connect_nonsense (struct hostile *h)
{
  store_state (h, 77);
  return DONE;
}

static enum reply
connect_vanish (struct hostile *h)
{
  store_vanish (h);
  return DONE;
}

/* Answer no more requests.  */
static enum reply
fall_silent (struct hostile *h)
{
  say (h, "answers no more");
  h->mute = 1;
  return DONE;
}

static enum reply
silent (struct hostile *h, const struct request *req, int status)
{
  (void) req;
  (void) status;
  return fall_silent (h);
}

/* One answer is lost; later requests are answered.  */
static enum reply
lost (struct hostile *h, const struct request *req, int status)
{
  (void) req;
  (void) status;
  return attack_nth (h) ? DONE : HONEST;
}

static enum reply
some (struct hostile *h, const struct request *req, int status)
{
  (void) req;
  (void) status;
  return (h->requests - h->at) % 2 ? HONEST : DONE;
}

/* The answer comes after the timeout.  */
static enum reply
late (struct hostile *h, const struct request *req, int status)
{
  (void) status;
  h->left = *req;
  return fall_silent (h);
}

static void
late_tick (struct hostile *h)
{
  if (!h->left.segments || now_ms () - h->began_at < LATE_MS || !h->ring)
    return;
  say (h, "the answer to request %#llx comes late",
       (unsigned long long) h->left.id);
  ring_respond (h, h->left.id, h->left.op, data_do (h, &h->left));
  h->left.segments = 0;
  store_follow (h);
}

/* The backend does not close before its late answer.  */
static enum reply
late_close (struct hostile *h)
{
  return h->left.segments ? DONE : HONEST;
}

/* Answer without an event.  */
static enum reply
no_event (struct hostile *h, const struct request *req, int status)
{
  ring_put (h, req->id, req->op, status);
  __sync_synchronize ();
  *ring_index (h, RSP_PROD) = h->rsp_prod;
  return DONE;
}

static void
storm (struct hostile *h)
{
  int port = h->port;

  if (port >= 0)
    xenevtchn_notify (h->evtchn, port);
}

static enum reply
close_port (struct hostile *h, const struct request *req, int status)
{
  (void) req;
  (void) status;
  if (!attack_nth (h))
    return DONE;
  say (h, "closes its event channel");
  xenevtchn_unbind (h->evtchn, h->port);
  h->port = -1;
  return fall_silent (h);
}

static enum reply
go_to (struct hostile *h, int state)
{
  store_state (h, state);
  return fall_silent (h);
}

static enum reply
state_closing (struct hostile *h, const struct request *req, int status)
{
  (void) req;
  (void) status;
  return go_to (h, ST_CLOSING);
}

static enum reply
state_closed (struct hostile *h, const struct request *req, int status)
{
  (void) req;
  (void) status;
  return go_to (h, ST_CLOSED);
}

static enum reply
state_initialising (struct hostile *h, const struct request *req, int status)
{
  (void) req;
  (void) status;
  return go_to (h, ST_INITIALISING);
}

static enum reply
state_nonsense (struct hostile *h, const struct request *req, int status)
{
  (void) req;
  (void) status;
  return go_to (h, 4444);
}

/* Change the state at random while requests are served.  */
static void
flap (struct hostile *h)
{
  if (h->ring)
    store_state (h, attack_random (h) % 10);
}

static enum reply
vanish (struct hostile *h, const struct request *req, int status)
{
  (void) req;
  (void) status;
  if (attack_nth (h))
    {
      say (h, "removes its directory");
      store_vanish (h);
    }
  return fall_silent (h);
}

static enum reply
killed (struct hostile *h, const struct request *req, int status)
{
  (void) req;
  (void) status;
  say (h, "is killed");
  raise (SIGKILL);
  return DONE;
}

/* The other attacks act when the frontend wants to close.  */

static enum reply
no_closing (struct hostile *h)
{
  say (h, "does not close");
  return DONE;
}

static enum reply
no_closed (struct hostile *h)
{
  store_state (h, ST_CLOSING);
  return DONE;
}

static enum reply
close_vanish (struct hostile *h)
{
  if (!h->vanished)
    say (h, "removes its directory");
  store_vanish (h);
  ring_disconnect (h);
  return DONE;
}

/* The backend closes, and does not start again.  */
static void
no_new_start (struct hostile *h)
{
  say (h, "will not begin anew");
}

const struct attack state_attacks[] =
  {
    { .name = "no-init-wait", .offer = no_init_wait,
      .help = "stays in state Initialising" },
    { .name = "connected-early", .offer = connected_early,
      .help = "is in state Connected before anything was asked for" },
    { .name = "no-connect", .connect = no_connect,
      .help = "stays in state InitWait" },
    { .name = "connect-closing", .connect = connect_closing,
      .help = "goes to Closing instead of Connected" },
    { .name = "connect-nonsense", .connect = connect_nonsense,
      .help = "goes to state 77 instead of Connected" },
    { .name = "connect-vanish", .connect = connect_vanish,
      .help = "removes its directory instead of connecting" },
    { .name = "silent", .answer = silent,
      .help = "never answers" },
    { .name = "lost", .answer = lost,
      .help = "one answer is lost" },
    { .name = "some", .answer = some,
      .help = "every second answer is lost" },
    { .name = "late", .answer = late, .tick = late_tick,
      .close = late_close,
      .help = "answers after the deadline, with the data" },
    { .name = "no-event", .answer = no_event,
      .help = "answers, and never sends an event" },
    { .name = "storm", .answer = silent, .torment = storm,
      .help = "never answers, and sends events as fast as it can" },
    { .name = "close-port", .answer = close_port,
      .help = "closes its event channel" },
    { .name = "state-closing", .answer = state_closing,
      .help = "goes to Closing and answers no more" },
    { .name = "state-closed", .answer = state_closed,
      .help = "goes to Closed and answers no more" },
    { .name = "state-initialising", .answer = state_initialising,
      .help = "goes to Initialising and answers no more" },
    { .name = "state-nonsense", .answer = state_nonsense,
      .help = "goes to state 4444 and answers no more" },
    { .name = "flap", .tick = flap,
      .help = "goes through all states at random, and answers" },
    { .name = "vanish", .answer = vanish,
      .help = "removes its directory and answers no more" },
    { .name = "killed", .answer = killed,
      .help = "is killed: port and mappings are gone, keys stay" },
    { .name = "no-closing", .close = no_closing,
      .help = "stays in state Connected when the frontend closes" },
    { .name = "no-closed", .close = no_closed,
      .help = "stays in state Closing when the frontend has closed" },
    { .name = "close-vanish", .close = close_vanish,
      .help = "removes its directory when the frontend closes" },
    { .name = "no-new-start", .closed = no_new_start, .outlasts = 1,
      .stays = 1, .help = "stays in state Closed, and keeps what was granted" },
    { .name = 0 }
  };
