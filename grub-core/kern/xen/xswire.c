/*
 *  grub-xen-hvm  --  the two rings shared with xenstored, and messages on them
 *  Copyright (C) 2026  The grub-xen-hvm authors
 *
 *  This program is free software: you can redistribute it and/or modify
 *  it under the terms of the GNU General Public License as published by
 *  the Free Software Foundation, either version 3 of the License, or
 *  (at your option) any later version.
 *
 *  This program is distributed in the hope that it will be useful,
 *  but WITHOUT ANY WARRANTY; without even the implied warranty of
 *  MERCHANTABILITY or FITNESS FOR A PARTICULAR PURPOSE.  See the
 *  GNU General Public License for more details.
 *
 *  You should have received a copy of the GNU General Public License
 *  along with this program.  If not, see <https://www.gnu.org/licenses/>.
 */

#include <grub/err.h>
#include <grub/i18n.h>
#include <grub/misc.h>
#include <grub/xen/atomic.h>
#include <grub/xen/evtchn.h>
#include <grub/xen/hypercall.h>
#include <grub/xen/wait.h>
#include <grub/xen/xswire.h>

/* Frames above 4 GiB cannot be reached without paging.  */
#define MAX_FRAME	0xfffff

static struct
{
  struct xenstore_domain_interface *page;
  evtchn_port_t port;
  grub_uint32_t last_id;
  /* Answers that were given up and are still to come.  */
  unsigned int unanswered;
  /* The stream is out of step for good.  */
  int broken;
  /* The message that is arriving: how much of it is here.  */
  struct xsd_sockmsg head;
  grub_size_t head_have;
  grub_size_t body_have;
  char body[XENSTORE_PAYLOAD_MAX + 1];
} wire;

/* Bytes that a ring with these indices holds; more than its size is xenstored's
   error.  Indices run freely through all 32 bits.  */
static grub_uint32_t
used (XENSTORE_RING_IDX prod, XENSTORE_RING_IDX cons)
{
  grub_uint32_t bytes = prod - cons;

  if (bytes > XENSTORE_RING_SIZE)
    {
      wire.broken = 1;
      return 0;
    }
  return bytes;
}

static grub_uint32_t
min_size (grub_uint32_t a, grub_size_t b)
{
  return a < b ? a : b;
}

/* Put what fits of LEN bytes at DATA into the request ring; return how much
   that was.  */
static grub_size_t
ring_put (const char *data, grub_size_t len)
{
  volatile struct xenstore_domain_interface *page = wire.page;
  XENSTORE_RING_IDX prod = page->req_prod;
  grub_uint32_t room, i;

  room = XENSTORE_RING_SIZE - used (prod, page->req_cons);
  if (wire.broken)
    return 0;
  room = min_size (room, len);
  /* Room must not be filled before it was seen to be free.  */
  grub_xen_mb ();
  for (i = 0; i < room; i++)
    page->req[MASK_XENSTORE_IDX (prod + i)] = data[i];
  grub_xen_wmb ();
  page->req_prod = prod + room;
  return room;
}

/* Take up to LEN bytes out of the response ring into DATA; return how many.  */
static grub_size_t
ring_get (char *data, grub_size_t len)
{
  volatile struct xenstore_domain_interface *page = wire.page;
  XENSTORE_RING_IDX cons = page->rsp_cons;
  grub_uint32_t have, i;

  have = min_size (used (page->rsp_prod, cons), len);
  grub_xen_rmb ();
  for (i = 0; i < have; i++)
    data[i] = page->rsp[MASK_XENSTORE_IDX (cons + i)];
  /* The bytes are copied before xenstored may use their room.  */
  grub_xen_mb ();
  page->rsp_cons = cons + have;
  return have;
}

static int
has_room (void *data __attribute__ ((unused)))
{
  volatile struct xenstore_domain_interface *page = wire.page;

  return wire.broken
    || used (page->req_prod, page->req_cons) < XENSTORE_RING_SIZE;
}

static int
has_bytes (void *data __attribute__ ((unused)))
{
  volatile struct xenstore_domain_interface *page = wire.page;

  return used (page->rsp_prod, page->rsp_cons) != 0 || wire.broken;
}

/* A failed notification shows as an answer that does not come.  */
static void
notify (void)
{
  if (grub_xen_evtchn_notify (wire.port))
    grub_errno = GRUB_ERR_NONE;
}

static enum grub_xswire_result
send (const void *data, grub_size_t len, grub_uint64_t deadline)
{
  const char *p = data;

  while (len)
    {
      grub_size_t done = ring_put (p, len);

      p += done;
      len -= done;
      if (done)
	notify ();
      if (len && !grub_xen_wait (has_room, 0, wire.port, deadline))
	return GRUB_XSWIRE_TIMEOUT;
      if (wire.broken)
	return GRUB_XSWIRE_BROKEN;
    }
  return GRUB_XSWIRE_OK;
}

/* Forget the message that is arriving, or the one that is whole.  */
static void
next_message (void)
{
  wire.head_have = 0;
  wire.body_have = 0;
}

/* Take what has come of the message that is arriving; return how many bytes.  It
   can come in any number of pieces, and over several exchanges if one of them
   gave up.  */
static grub_size_t
receive_some (void)
{
  grub_size_t got = 0, len;

  if (wire.head_have < sizeof (wire.head))
    {
      got = ring_get ((char *) &wire.head + wire.head_have,
		      sizeof (wire.head) - wire.head_have);
      wire.head_have += got;
    }
  if (wire.head_have < sizeof (wire.head))
    return got;
  if (wire.head.len > XENSTORE_PAYLOAD_MAX)
    {
      wire.broken = 1;
      return got;
    }
  len = ring_get (wire.body + wire.body_have, wire.head.len - wire.body_have);
  wire.body_have += len;
  return got + len;
}

/* Wait for one whole message.  */
static enum grub_xswire_result
receive (grub_uint64_t deadline)
{
  while (1)
    {
      grub_size_t got = receive_some ();

      if (wire.broken)
	return GRUB_XSWIRE_BROKEN;
      if (got)
	notify ();
      if (wire.head_have == sizeof (wire.head)
	  && wire.body_have == wire.head.len)
	return GRUB_XSWIRE_OK;
      if (!grub_xen_wait (has_bytes, 0, wire.port, deadline))
	return GRUB_XSWIRE_TIMEOUT;
    }
}

static int
is_reconnected (void *data __attribute__ ((unused)))
{
  volatile struct xenstore_domain_interface *page = wire.page;

  return page->connection == XENSTORE_CONNECTED;
}

/* Have xenstored empty both rings and drop watches and transactions, where it
   offers that (docs/misc/xenstore-ring.txt of Xen).  Returns whether it did.  */
static int
reconnect (void)
{
  volatile struct xenstore_domain_interface *page = wire.page;

  if (!(page->server_features & XENSTORE_SERVER_FEATURE_RECONNECTION))
    return 0;
  page->connection = XENSTORE_RECONNECT;
  grub_xen_mb ();
  notify ();
  if (!grub_xen_wait (is_reconnected, 0, wire.port,
		      grub_xen_deadline (GRUB_XEN_STORE_TIMEOUT)))
    return 0;
  next_message ();
  wire.unanswered = 0;
  wire.broken = 0;
  return 1;
}

grub_err_t
grub_xswire_open (grub_uint64_t frame, grub_uint64_t port)
{
  if (!frame || !port)
    return grub_error (GRUB_ERR_BAD_DEVICE,
		       N_("Xen gave this guest no xenstore"));
  if (frame > MAX_FRAME || port > GRUB_UINT_MAX)
    return grub_error (GRUB_ERR_BAD_DEVICE,
		       N_("Xen's parameters of xenstore make no sense: "
			  "frame 0x%llx, event channel %llu"),
		       (unsigned long long) frame, (unsigned long long) port);
  if (grub_xen_evtchn_adopt (port))
    return grub_errno;
  wire.page = grub_xen_frame_ptr (frame);
  wire.port = port;
  wire.unanswered = 0;
  wire.broken = 0;
  next_message ();
  /* Firmware may have left bytes unread.  Where they cannot be dropped they are
     taken for messages that nobody waits for.  */
  if (has_bytes (0) || wire.broken)
    reconnect ();
  return GRUB_ERR_NONE;
}

static enum grub_xswire_result
send_request (const struct xsd_sockmsg *head,
	      const struct grub_xswire_part *parts, unsigned int count,
	      grub_uint64_t deadline)
{
  enum grub_xswire_result result;
  unsigned int i;

  result = send (head, sizeof (*head), deadline);
  for (i = 0; i < count && result == GRUB_XSWIRE_OK; i++)
    result = send (parts[i].data, parts[i].len, deadline);
  /* xenstored now waits for the rest of a message that will not come.  */
  if (result != GRUB_XSWIRE_OK)
    wire.broken = 1;
  return result;
}

/* Receive messages until the answer to request ID has come.  */
static enum grub_xswire_result
receive_answer (grub_uint32_t id, grub_uint64_t deadline)
{
  while (1)
    {
      enum grub_xswire_result result = receive (deadline);

      if (result == GRUB_XSWIRE_TIMEOUT)
	wire.unanswered++;
      if (result != GRUB_XSWIRE_OK)
	return result;
      if (wire.head.type != XS_WATCH_EVENT)
	{
	  if (wire.head.req_id == id)
	    {
	      /* Answers come in the order of their requests.  */
	      wire.unanswered = 0;
	      return result;
	    }
	  if (wire.unanswered)
	    wire.unanswered--;
	}
      grub_dprintf ("xenstore", "message of type %u discarded\n",
		    (unsigned int) wire.head.type);
      next_message ();
    }
}

enum grub_xswire_result
grub_xswire_exchange (grub_uint32_t type, grub_uint32_t tx,
		      const struct grub_xswire_part *parts,
		      unsigned int count, struct grub_xswire_reply *reply)
{
  grub_uint64_t deadline;
  enum grub_xswire_result result;
  struct xsd_sockmsg head;
  unsigned int i;

  if (wire.broken && !reconnect ())
    return GRUB_XSWIRE_BROKEN;
  /* A dead daemon must not cost its whole time with every key.  */
  deadline = grub_xen_deadline (wire.unanswered
				? GRUB_XEN_STORE_RETRY_TIMEOUT
				: GRUB_XEN_STORE_TIMEOUT);
  /* Watch events carry the id 0.  */
  if (!++wire.last_id)
    wire.last_id++;
  head.type = type;
  head.req_id = wire.last_id;
  head.tx_id = tx;
  head.len = 0;
  for (i = 0; i < count; i++)
    {
      if (parts[i].len > XENSTORE_PAYLOAD_MAX - head.len)
	return GRUB_XSWIRE_TOO_LONG;
      head.len += parts[i].len;
    }
  result = send_request (&head, parts, count, deadline);
  if (result == GRUB_XSWIRE_OK)
    result = receive_answer (head.req_id, deadline);
  if (result != GRUB_XSWIRE_OK)
    return result;
  wire.body[wire.body_have] = 0;
  reply->type = wire.head.type;
  reply->len = wire.body_have;
  reply->body = wire.body;
  next_message ();
  return GRUB_XSWIRE_OK;
}

void
grub_xswire_close (void)
{
  grub_uint64_t deadline = grub_xen_deadline (GRUB_XEN_STORE_TIMEOUT);

  while (!wire.broken && (wire.unanswered || wire.head_have))
    {
      if (receive (deadline) != GRUB_XSWIRE_OK)
	break;
      if (wire.head.type != XS_WATCH_EVENT && wire.unanswered)
	wire.unanswered--;
      next_message ();
    }
  /* The next user must not inherit half a message.  */
  if (wire.broken || wire.unanswered || wire.head_have)
    reconnect ();
  wire.page = 0;
}
