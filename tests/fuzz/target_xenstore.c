/* SPDX-License-Identifier: GPL-3.0-or-later */
/* target_xenstore.c - fuzz target: xenstored's writes to the ring
   Copyright (C) 2026  The grub-xen-hvm authors  */

#include <stdio.h>
#include <string.h>
#include <grub/err.h>
#include <grub/mm.h>
#include <grub/xen/resume.h>
#include <grub/xen/xenbus.h>
#include <grub/xen/xenstore.h>
#include "clock.h"
#include "fuzz.h"
#include "shim.h"
#include "store.h"
#include "xen.h"

/* The input is a list of records: a byte with the daemon's action at the next
   notification, and the action's data.  */
enum
  {
    /* A length and that many bytes, written as they are.  */
    RAW,
    /* The same as the body of a reply with the right id and type.  */
    ANSWER,
    /* ... as the body of an error, or of a watch event.  */
    ERROR,
    EVENT,
    /* Four bytes to add to an index of the ring.  */
    RSP_PROD,
    REQ_CONS,
    /* Do nothing.  */
    SILENCE,
    KINDS
  };

static struct fuzz_input in;

static void
put (const void *data, uint32_t len)
{
  struct xenstore_domain_interface *page = xen.store;
  const char *p = data;
  uint32_t prod = page->rsp_prod;

  while (len-- && prod - page->rsp_cons < XENSTORE_RING_SIZE)
    page->rsp[MASK_XENSTORE_IDX (prod++)] = *p++;
  page->rsp_prod = prod;
}

static void
put_message (uint32_t type, const struct xsd_sockmsg *request,
	     const void *body, uint32_t len)
{
  struct xsd_sockmsg head = { type, request->req_id, request->tx_id, len };

  put (&head, sizeof (head));
  put (body, len);
}

/* Empty the request ring.  HEAD becomes the header at its start, if that is
   complete; otherwise it keeps the last one.  */
static void
take_request (struct xsd_sockmsg *head)
{
  struct xenstore_domain_interface *page = xen.store;
  uint32_t cons = page->req_cons, have = page->req_prod - cons, i;

  for (i = 0; i < sizeof (*head) && have >= sizeof (*head)
       && have <= XENSTORE_RING_SIZE; i++)
    ((char *) head)[i] = page->req[MASK_XENSTORE_IDX (cons + i)];
  page->req_cons = page->req_prod;
}

static void
act (void *arg)
{
  static struct xsd_sockmsg head;
  char bytes[256];
  uint8_t kind = fuzz_byte (&in) % KINDS;
  size_t len = 0;

  (void) arg;
  if (xen.store->connection == XENSTORE_RECONNECT)
    {
      xen.store->req_cons = xen.store->req_prod = 0;
      xen.store->rsp_cons = xen.store->rsp_prod = 0;
      xen.store->connection = XENSTORE_CONNECTED;
      xen_raise (XEN_STORE_PORT);
      return;
    }
  take_request (&head);
  if (kind < RSP_PROD)
    len = fuzz_bytes (&in, bytes, fuzz_byte (&in));
  if (kind == RAW)
    put (bytes, len);
  else if (kind == ANSWER)
    put_message (head.type, &head, bytes, len);
  else if (kind == ERROR)
    put_message (XS_ERROR, &head, bytes, len);
  else if (kind == EVENT)
    put_message (XS_WATCH_EVENT, &head, bytes, len);
  else if (kind == RSP_PROD)
    xen.store->rsp_prod += fuzz_word (&in);
  else if (kind == REQ_CONS)
    xen.store->req_cons += fuzz_word (&in);
  xen_raise (XEN_STORE_PORT);
}

static void
notified (void *arg)
{
  (void) arg;
  clock_cancel (&in);
  if (in.size)
    clock_at (50 * US, act, &in);
}

static grub_err_t
body (grub_uint32_t tx, void *data)
{
  (void) data;
  return grub_xenstore_write (tx, "device/vbd/1/ring-ref", "8");
}

/* Make one request of each kind.  */
static void
ask (void)
{
  struct grub_xenbus_device dev;
  char *text;
  grub_uint64_t number;
  unsigned int count, i, n;

  if (!grub_xenstore_read (GRUB_XENSTORE_NO_TX, "name", &text))
    grub_free (text);
  if (!grub_xenstore_read_optional (GRUB_XENSTORE_NO_TX, "name", &text))
    grub_free (text);
  if (!grub_xenstore_read_number (GRUB_XENSTORE_NO_TX, "domid", 1000,
				  0, &number))
    fuzz_check (number <= 1000, "a number over the limit");
  if (!grub_xenstore_list_long (GRUB_XENSTORE_NO_TX, "device/vbd", &text, &count))
    {
      /* All names that are counted must exist.  */
      for (i = n = 0; i < count; i++)
	n += strlen (text + n) + 1;
      grub_free (text);
    }
  grub_xenstore_transact (body, 0);
  if (!grub_xenbus_open (&dev, "xen/xvde", "device/vbd/51776"))
    {
      grub_xenbus_wait (&dev, GRUB_XENBUS_IS (XenbusStateInitWait), 0, 100);
      grub_xenbus_release (&dev);
    }
}

/* All layers but xenstore stay up from one input to the next.  */
static void
prepare (void)
{
  struct xenstore_domain_interface *page;

  if (!grub_xen_is_up ())
    {
      fuzz_reset ();
      fuzz_check (!grub_xen_up (), "the driver does not come up");
      grub_xenstore_layer.down ();
    }
  page = xen.store;
  page->req_prod = page->req_cons = page->rsp_prod = page->rsp_cons = 0;
  page->connection = XENSTORE_CONNECTED;
  xen.ports[XEN_STORE_PORT].notified = notified;
  clock_reset ();
  shim_out_clear ();
}

void
fuzz_target (const uint8_t *data, size_t size)
{
  uint8_t setup;

  prepare ();
  in.data = data;
  in.size = size;
  setup = fuzz_byte (&in);
  xen.store->server_features = setup & 1;
  if (setup & 2)
    xen.store->rsp_prod = xen.store->rsp_cons = xen.store->req_prod
      = xen.store->req_cons = -(setup >> 2);
  if (setup & 4)
    xen.store->rsp_prod += fuzz_word (&in);
  if (!grub_xenstore_layer.up ())
    {
      ask ();
      grub_xenstore_layer.down ();
    }
  grub_errno = GRUB_ERR_NONE;
  fuzz_check (clock_now () < 600 * SECOND, "no end");
  fuzz_check (!xen_ports_left () && !xen_grants_left (),
	      "something is left with Xen");
  fuzz_check (shim.blocks == SHIM_KEPT, "memory is left");
}
