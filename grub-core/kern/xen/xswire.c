/* SPDX-License-Identifier: GPL-3.0-or-later */
/* xswire.c - the two rings shared with xenstored, and messages on them
   Copyright (C) 2026  The grub-xen-hvm authors  */

#include <grub/err.h>
#include <grub/i18n.h>
#include <grub/misc.h>
#include <grub/mm.h>
#include <grub/xen/abi.h>
#include <grub/xen/evtchn.h>
#include <grub/xen/resume.h>
#include "xswire.h"

/* Time in milliseconds until a request is taken back for good: xenstored may
   be reading it.  */
#define TAKE_BACK_TIMEOUT	20

/* The connection.  */
struct xswire
{
  struct xenstore_domain_interface *page;
  evtchn_port_t port;
  /* The resume generation of the connection.  */
  unsigned int generation;
  /* The deadline of the current exchange.  */
  grub_uint64_t deadline;
  /* Answers that may still come after their exchange timed out.  */
  unsigned int unanswered;
  /* The stream is broken permanently.  */
  int broken;
  /* The current request.  If xenstored did not read all of it in time, the
     rest is sent before the next one.  BEGIN is the position of its first byte
     in the ring.  */
  grub_size_t out_len;
  grub_size_t out_sent;
  XENSTORE_RING_IDX begin;
  /* The message that is arriving, and the bytes of it that have arrived.  */
  struct xsd_sockmsg head;
  grub_size_t head_have;
  grub_size_t body_have;
  char out[sizeof (struct xsd_sockmsg) + XENSTORE_PAYLOAD_MAX];
  char body[XENSTORE_PAYLOAD_MAX + 1];
};

/* 0 without a connection.  */
static struct xswire *xswire_current;

/* The last request's id.  It is not reset for a new connection, because a late
   answer must not match another request.  */
static grub_uint32_t xswire_last_id;

/* Not 0 if a restore interrupted an exchange.  */
static XENSTORE_RING_IDX xswire_torn;

/* The number of bytes in a ring with these indices; more than its size is an
   error of xenstored.  Indices are free-running 32-bit numbers.  */
static grub_uint32_t
xswire_used (struct xswire *w, XENSTORE_RING_IDX prod, XENSTORE_RING_IDX cons)
{
  grub_uint32_t bytes = prod - cons;

  if (bytes > XENSTORE_RING_SIZE)
    {
      w->broken = 1;
      return 0;
    }
  return bytes;
}

static grub_uint32_t
xswire_min_size (grub_uint32_t a, grub_size_t b)
{
  return a < b ? a : b;
}

/* Put as many as fit of the LEN bytes at DATA into the request ring; return
   the number.  */
static grub_size_t
xswire_put (struct xswire *w, const char *data, grub_size_t len)
{
  volatile struct xenstore_domain_interface *page = w->page;
  XENSTORE_RING_IDX prod = page->req_prod;
  grub_uint32_t room, i;

  room = XENSTORE_RING_SIZE - xswire_used (w, prod, page->req_cons);
  if (w->broken)
    return 0;
  room = xswire_min_size (room, len);
  /* Check the free space before writing to it.  */
  grub_xen_mb ();
  for (i = 0; i < room; i++)
    page->req[MASK_XENSTORE_IDX (prod + i)] = data[i];
  grub_xen_wmb ();
  page->req_prod = prod + room;
  return room;
}

/* Copy up to LEN bytes from the response ring to DATA; return the number.  */
static grub_size_t
xswire_get (struct xswire *w, char *data, grub_size_t len)
{
  volatile struct xenstore_domain_interface *page = w->page;
  XENSTORE_RING_IDX cons = page->rsp_cons;
  grub_uint32_t have, i;

  have = xswire_min_size (xswire_used (w, page->rsp_prod, cons), len);
  grub_xen_rmb ();
  for (i = 0; i < have; i++)
    data[i] = page->rsp[MASK_XENSTORE_IDX (cons + i)];
  /* Copy the bytes before xenstored may overwrite them.  */
  grub_xen_mb ();
  page->rsp_cons = cons + have;
  return have;
}

static int
xswire_has_room (void *data)
{
  struct xswire *w = data;
  volatile struct xenstore_domain_interface *page = w->page;

  return w->broken
	 || xswire_used (w, page->req_prod, page->req_cons)
	      < XENSTORE_RING_SIZE;
}

static int
xswire_has_bytes (void *data)
{
  struct xswire *w = data;
  volatile struct xenstore_domain_interface *page = w->page;

  return xswire_used (w, page->rsp_prod, page->rsp_cons) != 0 || w->broken;
}

/* A failed notification ends in a timeout.  After a restore, the new xenstored
   must not read data for the old one.  */
static void
xswire_notify (struct xswire *w)
{
  if (!grub_xen_is_stale (w->generation) && grub_xen_evtchn_notify (w->port))
    grub_errno = GRUB_ERR_NONE;
}

/* Drop the current request.  */
static void
xswire_next_request (struct xswire *w)
{
  w->out_len = 0;
  w->out_sent = 0;
}

/* Send the rest of the current request.  */
static enum grub_xswire_result
xswire_send (struct xswire *w)
{
  while (w->out_sent < w->out_len)
    {
      grub_size_t done;

      /* A new xenstored has not seen the start of this message, so the rest
         must not be sent.  */
      if (grub_xen_is_stale (w->generation))
	return GRUB_XSWIRE_BROKEN;
      done = xswire_put (w, w->out + w->out_sent, w->out_len - w->out_sent);
      w->out_sent += done;
      if (done)
	xswire_notify (w);
      if (w->out_sent < w->out_len
	  && !grub_xen_wait (xswire_has_room, w, w->port, w->deadline))
	return GRUB_XSWIRE_TIMEOUT;
      if (w->broken)
	return GRUB_XSWIRE_BROKEN;
    }
  xswire_next_request (w);
  return GRUB_XSWIRE_OK;
}

/* Send the rest of a request that timed out; its answer will come, too.  */
static enum grub_xswire_result
xswire_send_rest (struct xswire *w)
{
  enum grub_xswire_result result;

  if (!w->out_len)
    return GRUB_XSWIRE_OK;
  /* A daemon that was restarted may have missed the event.  */
  xswire_notify (w);
  result = xswire_send (w);
  if (result == GRUB_XSWIRE_OK)
    w->unanswered++;
  return result;
}

/* Whether xenstored has read a part of the current request.  */
static int
xswire_is_begun (void *data)
{
  struct xswire *w = data;
  volatile struct xenstore_domain_interface *page = w->page;

  return w->begin - page->req_cons > XENSTORE_RING_SIZE;
}

/* Take a request back out of the ring if xenstored has read nothing of it.
   xenstored copies before it moves its index, so check a second time after a
   delay.  */
static int
xswire_take_back (struct xswire *w)
{
  volatile struct xenstore_domain_interface *page = w->page;
  XENSTORE_RING_IDX prod = page->req_prod;

  if (xswire_is_begun (w))
    return 0;
  page->req_prod = w->begin;
  grub_xen_mb ();
  if (grub_xen_wait (xswire_is_begun, w, w->port,
		     grub_xen_deadline (TAKE_BACK_TIMEOUT)))
    {
      page->req_prod = prod;
      return 0;
    }
  xswire_next_request (w);
  return 1;
}

/* Drop the message that is being received, or is complete.  */
static void
xswire_next_message (struct xswire *w)
{
  w->head_have = 0;
  w->body_have = 0;
}

/* Read more bytes of the message that is being received; return the number. A
   message can come in any number of pieces, and over several exchanges if one
   of them timed out.  */
static grub_size_t
xswire_receive_some (struct xswire *w)
{
  grub_size_t got = 0, len;

  if (w->head_have < sizeof (w->head))
    {
      got = xswire_get (w, (char *) &w->head + w->head_have,
			sizeof (w->head) - w->head_have);
      w->head_have += got;
    }
  if (w->head_have < sizeof (w->head))
    return got;
  if (w->head.len > XENSTORE_PAYLOAD_MAX)
    {
      w->broken = 1;
      return got;
    }
  len = xswire_get (w, w->body + w->body_have, w->head.len - w->body_have);
  w->body_have += len;
  return got + len;
}

/* Wait for one whole message.  */
static enum grub_xswire_result
xswire_receive (struct xswire *w)
{
  while (1)
    {
      grub_size_t got = xswire_receive_some (w);

      if (w->broken)
	return GRUB_XSWIRE_BROKEN;
      if (got)
	xswire_notify (w);
      if (w->head_have == sizeof (w->head)
	  && w->body_have == w->head.len)
	return GRUB_XSWIRE_OK;
      if (!grub_xen_wait (xswire_has_bytes, w, w->port, w->deadline))
	return GRUB_XSWIRE_TIMEOUT;
    }
}

static int
xswire_is_reconnected (void *data)
{
  struct xswire *w = data;
  volatile struct xenstore_domain_interface *page = w->page;

  return page->connection == XENSTORE_CONNECTED;
}

/* Make xenstored empty both rings and drop watches and transactions, if it
   supports that (docs/misc/xenstore-ring.txt of Xen).  Returns whether it
   did.  */
static int
xswire_reconnect (struct xswire *w)
{
  volatile struct xenstore_domain_interface *page = w->page;

  /* After a restore, do not send it to the new xenstored.  */
  if (grub_xen_is_stale (w->generation)
      || !(page->server_features & XENSTORE_SERVER_FEATURE_RECONNECTION))
    return 0;
  page->connection = XENSTORE_RECONNECT;
  grub_xen_mb ();
  xswire_notify (w);
  if (!grub_xen_wait (xswire_is_reconnected, w, w->port,
		      grub_xen_deadline (GRUB_XEN_STORE_TIMEOUT)))
    return 0;
  xswire_next_message (w);
  xswire_next_request (w);
  w->unanswered = 0;
  w->broken = 0;
  return 1;
}

grub_err_t
grub_xswire_open (const struct grub_xen_service *service)
{
  struct xswire *w;

  if (service->is_bad)
    return grub_error (GRUB_ERR_BAD_DEVICE,
		       N_("xenstore's page or port is not valid"));
  if (!service->page)
    return grub_error (GRUB_ERR_BAD_DEVICE,
		       N_("Xen gave this guest no xenstore"));
  if (grub_xen_evtchn_adopt (service->port))
    return grub_errno;
  w = xswire_current = grub_zalloc (sizeof (*w));
  if (!w)
    return grub_errno;
  w->page = service->page;
  w->port = service->port;
  w->generation = grub_xen_platform.generation;
  /* The firmware may have left unread bytes.  If they cannot be dropped, they
     are read as messages with an unknown id.  */
  if (xswire_torn || xswire_has_bytes (w) || w->broken)
    xswire_reconnect (w);
  xswire_torn = 0;
  return GRUB_ERR_NONE;
}

/* Send a request with HEAD and the COUNT pieces at PARTS, after the rest of
   the one before.  */
static enum grub_xswire_result
xswire_send_request (struct xswire *w, const struct xsd_sockmsg *head,
		     const struct grub_xswire_part *parts, unsigned int count)
{
  enum grub_xswire_result result = xswire_send_rest (w);
  volatile struct xenstore_domain_interface *page = w->page;
  unsigned int i;

  if (result == GRUB_XSWIRE_OK)
    {
      w->begin = page->req_prod;
      grub_memcpy (w->out, head, sizeof (*head));
      w->out_len = sizeof (*head);
      for (i = 0; i < count; i++)
	{
	  grub_memcpy (w->out + w->out_len, parts[i].data, parts[i].len);
	  w->out_len += parts[i].len;
	}
      result = xswire_send (w);
    }
  if (result == GRUB_XSWIRE_BROKEN)
    w->broken = 1;
  /* xenstored has read nothing of the request.  */
  else if (result == GRUB_XSWIRE_TIMEOUT && !w->out_sent)
    xswire_next_request (w);
  return result;
}

/* Receive messages until the answer to request ID has come.  */
static enum grub_xswire_result
xswire_receive_answer (struct xswire *w, grub_uint32_t id)
{
  while (1)
    {
      enum grub_xswire_result result = xswire_receive (w);

      if (result == GRUB_XSWIRE_TIMEOUT)
	w->unanswered++;
      if (result != GRUB_XSWIRE_OK)
	return result;
      if (w->head.type != XS_WATCH_EVENT)
	{
	  if (w->head.req_id == id)
	    {
	      /* Answers come in the order of their requests.  */
	      w->unanswered = 0;
	      return result;
	    }
	  if (w->unanswered)
	    w->unanswered--;
	}
      xswire_next_message (w);
    }
}

enum grub_xswire_result
grub_xswire_exchange (grub_uint32_t type, grub_uint32_t tx,
		      const struct grub_xswire_part *parts,
		      unsigned int count, struct grub_xswire_reply *reply)
{
  struct xswire *w = xswire_current;
  enum grub_xswire_result result;
  struct xsd_sockmsg head;
  unsigned int i;

  if (grub_xen_is_stale (w->generation))
    return GRUB_XSWIRE_RESUMED;
  if (w->broken && !xswire_reconnect (w))
    return GRUB_XSWIRE_BROKEN;
  /* A dead daemon must not cost the whole timeout for every key.  */
  w->deadline = grub_xen_deadline (w->unanswered || w->out_len
				   ? GRUB_XEN_STORE_RETRY_TIMEOUT
				   : GRUB_XEN_STORE_TIMEOUT);
  /* Watch events carry the id 0.  */
  if (!++xswire_last_id)
    xswire_last_id++;
  head.type = type;
  head.req_id = xswire_last_id;
  head.tx_id = tx;
  head.len = 0;
  for (i = 0; i < count; i++)
    {
      if (parts[i].len > XENSTORE_PAYLOAD_MAX - head.len)
	return GRUB_XSWIRE_TOO_LONG;
      head.len += parts[i].len;
    }
  result = xswire_send_request (w, &head, parts, count);
  if (result == GRUB_XSWIRE_OK)
    result = xswire_receive_answer (w, head.req_id);
  if (result != GRUB_XSWIRE_OK)
    return result;
  w->body[w->body_have] = 0;
  reply->type = w->head.type;
  reply->len = w->body_have;
  reply->body = w->body;
  xswire_next_message (w);
  return GRUB_XSWIRE_OK;
}

void
grub_xswire_close (void)
{
  struct xswire *w = xswire_current;
  int lost = grub_xen_is_stale (w->generation);

  /* The rings are new.  But an exchange that the restore interrupted may have
     moved an index, and xenstored may have seen that.  */
  if (lost)
    {
      xswire_torn = w->page->req_prod | w->page->req_cons | w->page->rsp_prod
		    | w->page->rsp_cons;
      w->page->req_prod = w->page->req_cons = w->page->rsp_prod
	= w->page->rsp_cons = 0;
    }
  w->deadline = grub_xen_deadline (GRUB_XEN_STORE_TIMEOUT);
  /* Otherwise xenstored would read an OS's first request as the rest of this
     one.  */
  if (!lost && !w->broken && xswire_send_rest (w) != GRUB_XSWIRE_OK
      && !xswire_take_back (w))
    w->broken = 1;
  while (!lost && !w->broken && (w->unanswered || w->head_have))
    {
      if (xswire_receive (w) != GRUB_XSWIRE_OK)
	break;
      if (w->head.type != XS_WATCH_EVENT && w->unanswered)
	w->unanswered--;
      xswire_next_message (w);
    }
  /* The next user must not find a part of a message.  */
  if (!lost && (w->broken || w->unanswered || w->head_have))
    xswire_reconnect (w);
  grub_free (w);
  xswire_current = 0;
}
