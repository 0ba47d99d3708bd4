/* SPDX-License-Identifier: GPL-3.0-or-later */
/* store.c - the hostile backend: keys and states
   Copyright (C) 2026  The grub-xen-hvm authors  */

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "hostile.h"

/* The sizes of buffers for a xenstore path and for a value.  */
#define PATH_LEN	160
#define VALUE_LEN	32

/* The value of KEY in DIR, to be freed, or 0.  */
static char *
get (struct hostile *h, const char *dir, const char *key)
{
  char path[PATH_LEN];
  unsigned int len;

  snprintf (path, sizeof (path), "%s/%s", dir, key);
  return xs_read (h->xs, XBT_NULL, path, &len);
}

/* A number, or FALLBACK without one.  */
static uint64_t
get_number (struct hostile *h, const char *dir, const char *key,
	    uint64_t fallback)
{
  char *text = get (h, dir, key);
  uint64_t number = text ? strtoull (text, 0, 10) : fallback;

  free (text);
  return number;
}

static void
put (struct hostile *h, const char *dir, const char *key, const char *value)
{
  char path[PATH_LEN];

  snprintf (path, sizeof (path), "%s/%s", dir, key);
  if (!xs_write (h->xs, XBT_NULL, path, value, strlen (value)))
    say (h, "%s cannot be written", path);
}

static void
put_number (struct hostile *h, const char *dir, const char *key,
	    uint64_t number)
{
  char text[VALUE_LEN];

  snprintf (text, sizeof (text), "%" PRIu64, number);
  put (h, dir, key, text);
}

void
store_write (struct hostile *h, const char *key, const char *value)
{
  if (!h->vanished)
    put (h, h->back, key, value);
}

void
store_number (struct hostile *h, const char *key, uint64_t value)
{
  if (!h->vanished)
    put_number (h, h->back, key, value);
}

void
store_remove (struct hostile *h, const char *key)
{
  char path[PATH_LEN];

  snprintf (path, sizeof (path), "%s/%s", h->back, key);
  xs_rm (h->xs, XBT_NULL, path);
}

void
store_vanish (struct hostile *h)
{
  h->vanished = 1;
  xs_rm (h->xs, XBT_NULL, h->back);
}

void
store_state (struct hostile *h, int state)
{
  if (h->state == state)
    return;
  say (h, "state %d -> %d", h->state, state);
  h->state = state;
  store_number (h, "state", state);
}

/* OWNER has all rights, READER may read.  */
static void
permit (struct hostile *h, const char *dir, unsigned int owner,
	unsigned int reader)
{
  struct xs_permissions perms[2] =
    {
      { .id = owner, .perms = XS_PERM_NONE },
      { .id = reader, .perms = XS_PERM_READ }
    };

  if (!xs_set_permissions (h->xs, XBT_NULL, dir, perms, 2))
    say (h, "the permissions of %s cannot be set", dir);
}

/* Write the keys that a toolstack writes.  A key inherits its directory's
   permissions, so these come first.  */
static void
create (struct hostile *h)
{
  xs_mkdir (h->xs, XBT_NULL, h->back);
  permit (h, h->back, 0, h->domid);
  put (h, h->back, "frontend", h->front);
  put_number (h, h->back, "frontend-id", h->domid);
  put (h, h->back, "online", "1");
  put (h, h->back, "removable", "0");
  put (h, h->back, "mode", h->readonly ? "r" : "w");
  put (h, h->back, "device-type", "disk");
  xs_mkdir (h->xs, XBT_NULL, h->front);
  permit (h, h->front, h->domid, 0);
  put (h, h->front, "backend", h->back);
  put (h, h->front, "backend-id", "0");
  put_number (h, h->front, "virtual-device", h->vdev);
  put (h, h->front, "device-type", "disk");
  put (h, h->front, "event-id", "1");
  put (h, h->front, "state", "1");
}

/* Write the keys that a backend writes.  */
static void
offer (struct hostile *h)
{
  put_number (h, h->back, "sectors", h->sectors);
  put (h, h->back, "sector-size", "512");
  put (h, h->back, "info", h->readonly ? "4" : "0");
  put (h, h->back, "feature-flush-cache", "1");
  if (h->indirect)
    put_number (h, h->back, "feature-max-indirect-segments", h->indirect);
  if (h->persistent)
    put (h, h->back, "feature-persistent", "1");
  if (h->attack && h->attack->offer)
    {
      attack_begin (h);
      h->attack->offer (h);
    }
}

int
store_open (struct hostile *h)
{
  char path[PATH_LEN];

  h->xs = xs_open (0);
  if (!h->xs)
    return -1;
  snprintf (h->front, sizeof (h->front), "/local/domain/%u/device/vbd/%u",
	    h->domid, h->vdev);
  snprintf (h->back, sizeof (h->back), "/local/domain/0/fake/vbd/%u/%u",
	    h->domid, h->vdev);
  create (h);
  offer (h);
  /* An attack may have chosen a state.  */
  if (h->state == ST_UNKNOWN)
    store_state (h, ST_INIT_WAIT);
  snprintf (path, sizeof (path), "%s/state", h->front);
  return xs_watch (h->xs, path, "state")
    && xs_watch (h->xs, "@releaseDomain", "domain") ? 0 : -1;
}

void
store_close (struct hostile *h)
{
  if (!h->xs)
    return;
  if (!h->vanished)
    xs_rm (h->xs, XBT_NULL, h->back);
  xs_close (h->xs);
  h->xs = 0;
}

/* The frontend has shared a ring: connect.  */
static void
connect_ring (struct hostile *h)
{
  char *protocol;
  uint64_t ref, port;
  int is_64;

  if (h->attack && h->attack->connect)
    {
      attack_begin (h);
      if (h->attack->connect (h) == DONE)
	return;
    }
  ref = get_number (h, h->front, "ring-ref", UINT64_MAX);
  port = get_number (h, h->front, "event-channel", UINT64_MAX);
  protocol = get (h, h->front, "protocol");
  is_64 = protocol && strcmp (protocol, "x86_64-abi") == 0;
  h->keep = h->persistent
    && get_number (h, h->front, "feature-persistent", 0) == 1;
  say (h, "ring %" PRIu64 ", port %" PRIu64 ", protocol %s, grants %s",
       ref, port, protocol ? protocol : "(none)",
       h->keep ? "persistent" : "for each request");
  free (protocol);
  if (ref > UINT32_MAX || port > UINT32_MAX
      || ring_connect (h, ref, port, is_64))
    {
      say (h, "the frontend's ring is no good");
      store_state (h, ST_CLOSING);
      return;
    }
  h->connections++;
  store_state (h, ST_CONNECTED);
  if (h->dump)
    spy_look (h, "connected");
  ring_serve (h);
}

/* The frontend wants to close (CLOSED is 0) or has closed.  */
static void
close_ring (struct hostile *h, int closed)
{
  if (h->attack && h->attack->close)
    {
      attack_begin (h);
      if (h->attack->close (h) == DONE)
	return;
    }
  if (!closed)
    {
      store_state (h, ST_CLOSING);
      return;
    }
  if (h->attack && h->attack->closed)
    {
      attack_begin (h);
      h->attack->closed (h);
    }
  ring_disconnect (h);
  store_state (h, ST_CLOSED);
  /* Most attacks last for one connection.  */
  if (h->begun && h->attack && !h->attack->outlasts)
    attack_end (h);
}

/* Act on the frontend's state.  */
void
store_follow (struct hostile *h)
{
  static int last;
  int state = get_number (h, h->front, "state", ST_UNKNOWN);

  if (state != last)
    say (h, "frontend %d", state);
  last = state;
  switch (state)
    {
    case ST_INITIALISING:
      if (h->state == ST_INIT_WAIT)
	break;
      if ((h->state == ST_CLOSED || (!h->attack && !h->late))
	  && !(h->attack && h->attack->stays))
	{
	  ring_disconnect (h);
	  if (h->dump && h->connections == 1)
	    spy_look (h, "given back");
	  store_state (h, ST_INIT_WAIT);
	}
      break;
    case ST_INITIALISED:
    case ST_CONNECTED:
      if (!h->ring && h->state == ST_INIT_WAIT)
	connect_ring (h);
      break;
    case ST_CLOSING:
      close_ring (h, 0);
      break;
    case ST_CLOSED:
      close_ring (h, 1);
      break;
    default:
      break;
    }
}

void
store_look (struct hostile *h)
{
  char **event;

  while ((event = xs_check_watch (h->xs)))
    {
      if (strcmp (event[XS_WATCH_TOKEN], "domain") == 0
	  && !xs_is_domain_introduced (h->xs, h->domid))
	{
	  say (h, "the domain is gone");
	  ending = 1;
	}
      free (event);
    }
  if (ending)
    return;
  if (!h->late || !h->connections)
    store_follow (h);
  else if (!h->due)
    h->due = now_ms () + h->late * UINT64_C (1000);
}

/* A late backend does not know the states that it has missed.  Like Linux's,
   it reads the state when it handles the event.  */
void
store_tick (struct hostile *h)
{
  if (!h->due || now_ms () < h->due)
    return;
  h->due = 0;
  store_follow (h);
}
