/* SPDX-License-Identifier: GPL-3.0-or-later */
/* store.c - a fake xenstored: the daemon behind the ring page
   Copyright (C) 2026  The grub-xen-hvm authors  */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "clock.h"
#include "store.h"
#include "store_op.h"
#include "xen.h"

#define MAX_OUT	(256 << 10)

struct store store;

/* The request that is arriving.  */
static struct
{
  struct xsd_sockmsg head;
  char body[XENSTORE_PAYLOAD_MAX + 1];
  size_t have;
} in;

/* Bytes on the way to the guest.  */
static struct
{
  char bytes[MAX_OUT];
  size_t head;
  size_t tail;
} out;

static uint64_t busy_until;

static void wake (void *arg);

static void
notified (void *arg)
{
  (void) arg;
  if (!store.dead)
    clock_at (store.delay, wake, &store);
}

const char *
store_home (void)
{
  static char home[32];

  snprintf (home, sizeof (home), "/local/domain/%u", xen.domid);
  return home;
}

/* Set the state of xenstored and its tree at the start of a domain.  */
static void
begin_domain (void)
{
  char key[64];

  clock_cancel (&store);
  memset (&in, 0, sizeof (in));
  out.head = out.tail = 0;
  busy_until = 0;
  xen.store->server_features = store.features;
  xen.ports[xen.store_port].notified = notified;
  store_op_reset ();
  tree_permit (store_home (), TREE_READ);
  snprintf (key, sizeof (key), "%s/domid", store_home ());
  tree_set (key, "%u", xen.domid);
  snprintf (key, sizeof (key), "%s/name", store_home ());
  tree_set (key, "guest");
}

void
store_reset (void)
{
  memset (&store, 0, sizeof (store));
  store.delay = 50 * US;
  store.chunk_delay = 10 * US;
  store.knows_reset_watches = store.knows_directory_part = 1;
  store.features = XENSTORE_SERVER_FEATURE_RECONNECTION;
  tree_reset ();
  begin_domain ();
}

void
store_renew (const char *old_home)
{
  tree_remove (old_home);
  store.orphans = 0;
  store.ended = 0;
  begin_domain ();
}

/* Replies.  */

void
store_raw (const void *data, unsigned int len)
{
  if (out.head == out.tail)
    out.head = out.tail = 0;
  if (len > MAX_OUT - out.tail)
    xen_violation ("the guest does not take its replies");
  memcpy (out.bytes + out.tail, data, len);
  out.tail += len;
}

static void
put_message (uint32_t type, uint32_t req_id, uint32_t tx_id,
	     const void *body, uint32_t len)
{
  struct xsd_sockmsg head = { type, req_id, tx_id, len };

  store_raw (&head, sizeof (head));
  store_raw (body, len);
}

void
store_watch_event (const char *path, const char *token)
{
  char body[256];
  int len = snprintf (body, sizeof (body), "%s%c%s", path, 0, token) + 1;

  put_message (XS_WATCH_EVENT, 0, 0, body, len);
  clock_at (0, wake, &store);
}

static int
write_some (void)
{
  struct xenstore_domain_interface *page = xen.store;
  uint32_t prod = page->rsp_prod, room, n, i;

  room = XENSTORE_RING_SIZE - (prod - page->rsp_cons);
  n = out.tail - out.head;
  if (room > XENSTORE_RING_SIZE)
    return 0;
  if (n > room)
    n = room;
  if (store.write_chunk && n > store.write_chunk)
    n = store.write_chunk;
  for (i = 0; i < n; i++)
    page->rsp[MASK_XENSTORE_IDX (prod + i)] = out.bytes[out.head + i];
  page->rsp_prod = prod + n;
  out.head += n;
  if (!n)
    return 0;
  xen_raise (xen.store_port);
  return !xen_pass (XEN_EVENT);
}

/* Requests.  */

static void
faulty_reply (struct store_reply *reply)
{
  switch (store.fault)
    {
    case STORE_ERROR_NO_NUL:
    case STORE_ERROR:
      reply->type = XS_ERROR;
      /* FALLTHROUGH */
    case STORE_BODY:
      reply->len = strlen (store.error) + (store.fault != STORE_ERROR_NO_NUL);
      memcpy (reply->body, store.error, reply->len);
      break;
    case STORE_LATE:
      /* The daemon is busy until then and does nothing else.  */
      busy_until = clock_now () + store.late;
      clock_at (store.late, wake, &store);
      break;
    case STORE_WRONG_ID:
      reply->req_id += 1000;
      break;
    case STORE_WRONG_TYPE:
      reply->type = reply->type == XS_READ ? XS_WRITE : XS_READ;
      break;
    case STORE_EMPTY:
      reply->len = 0;
      break;
    case STORE_HUGE:
      {
	struct xsd_sockmsg head = { reply->type, reply->req_id, reply->tx_id,
	  XENSTORE_PAYLOAD_MAX + 1 };

	store_raw (&head, sizeof (head));
	return;
      }
    case STORE_HALF:
      {
	size_t before = out.tail - out.head;

	put_message (reply->type, reply->req_id, reply->tx_id, reply->body,
		     reply->len);
	out.tail = out.head + before
	  + (out.tail - out.head - before + 1) / 2;
	store.dead = 1;
	return;
      }
    case STORE_INDEX:
      xen.store->rsp_prod += 2 * XENSTORE_RING_SIZE;
      xen_raise (xen.store_port);
      store.dead = 1;
      return;
    default:
      return;
    }
  put_message (reply->type, reply->req_id, reply->tx_id, reply->body,
	       reply->len);
}

static void
handle (void)
{
  static struct store_reply reply;
  unsigned long n = store.replies + 1;
  unsigned int i;
  int faulty = n >= store.fail_at && n <= store.fail_at + store.fail_more
    && store.fault != STORE_FINE && store.fail_at;

  if (xen_pass (XEN_EVENT))
    return;
  store.replies = n;
  for (i = 0; i < store.watch_events; i++)
    store_watch_event ("backend/vbd/7/51776/state", "a-watch-of-old");
  if (faulty && store.fault == STORE_DEAD)
    store.dead = 1;
  /* Without the reply to XS_TRANSACTION_START GRUB does not know the
     transaction, and without the one to XS_TRANSACTION_END it may stay
     open.  */
  if (faulty && (in.head.type == XS_TRANSACTION_START
		 || in.head.type == XS_TRANSACTION_END))
    store.orphans++;
  if (faulty && (store.fault == STORE_DEAD || store.fault == STORE_SILENT))
    return;
  reply.type = in.head.type;
  reply.req_id = in.head.req_id;
  reply.tx_id = in.head.tx_id;
  reply.len = 0;
  if (faulty && (store.fault == STORE_ERROR
		 || store.fault == STORE_ERROR_NO_NUL))
    store_op_fail (&in.head, in.body);
  else
    store_op (&in.head, in.body, &reply);
  if (faulty)
    faulty_reply (&reply);
  else
    put_message (reply.type, reply.req_id, reply.tx_id, reply.body,
		 reply.len);
}

static int
end_connection (const char *why)
{
  if (!store.lenient)
    xen_violation ("%s", why);
  store.ended = 1;
  return 0;
}

static int
read_some (void)
{
  struct xenstore_domain_interface *page = xen.store;
  uint32_t cons = page->req_cons, have = page->req_prod - cons, i;
  size_t want = in.have < sizeof (in.head) ? sizeof (in.head) - in.have
    : sizeof (in.head) + in.head.len - in.have;

  if (have > XENSTORE_RING_SIZE)
    return end_connection ("the request ring's index makes no sense");
  if (have > want)
    have = want;
  if (store.read_chunk && have > store.read_chunk)
    have = store.read_chunk;
  for (i = 0; i < have; i++, in.have++)
    {
      char byte = page->req[MASK_XENSTORE_IDX (cons + i)];

      if (in.have < sizeof (in.head))
	((char *) &in.head)[in.have] = byte;
      else
	in.body[in.have - sizeof (in.head)] = byte;
    }
  page->req_cons = cons + have;
  if (in.have >= sizeof (in.head) && in.head.len > XENSTORE_PAYLOAD_MAX)
    return end_connection ("a request that is too long");
  if (in.have == sizeof (in.head) + in.head.len)
    {
      in.body[in.head.len] = 0;
      in.have = 0;
      xen_raise (xen.store_port);
      handle ();
    }
  else if (have)
    xen_raise (xen.store_port);
  return have != 0;
}

static void
reconnect (void)
{
  struct xenstore_domain_interface *page = xen.store;

  if (!(page->server_features & XENSTORE_SERVER_FEATURE_RECONNECTION))
    xen_violation ("reconnection asked for, which is not offered");
  store.reconnects++;
  store.ended = 0;
  in.have = 0;
  out.head = out.tail = 0;
  store_op_reset ();
  page->req_cons = page->req_prod = 0;
  page->rsp_cons = page->rsp_prod = 0;
  page->connection = XENSTORE_CONNECTED;
  xen_raise (xen.store_port);
}

static void
wake (void *arg)
{
  int more;

  (void) arg;
  if (clock_now () < busy_until)
    return;
  if (xen.store->connection == XENSTORE_RECONNECT)
    {
      if (!store.dead)
	reconnect ();
      return;
    }
  more = store.dead || store.ended ? 0 : read_some ();
  if (clock_now () < busy_until || store.ended)
    return;
  more |= write_some ();
  if (more)
    clock_at (store.read_chunk || store.write_chunk ? store.chunk_delay : 0,
	      wake, &store);
}
