/* SPDX-License-Identifier: GPL-3.0-or-later */
/* xswire.h - the two rings shared with xenstored, and messages on them
   Copyright (C) 2026  The grub-xen-hvm authors  */

#ifndef GRUB_XEN_XSWIRE_HEADER
#define GRUB_XEN_XSWIRE_HEADER 1

#include <grub/err.h>
#include <grub/xen/platform.h>

/* Private to the xenstore client: xenstore.c makes the requests, xswire.c
   transfers the messages.  */

/* One piece of a request's payload.  */
struct grub_xswire_part
{
  const void *data;
  grub_size_t len;
};

/* How an exchange ended.  */
enum grub_xswire_result
  {
    GRUB_XSWIRE_OK,
    /* No whole answer in time.  */
    GRUB_XSWIRE_TIMEOUT,
    /* xenstored's data in the page is invalid.  */
    GRUB_XSWIRE_BROKEN,
    /* The request is longer than the protocol allows.  */
    GRUB_XSWIRE_TOO_LONG,
    /* The guest was restored since grub_xswire_open.  */
    GRUB_XSWIRE_RESUMED
  };

/* An answer.  BODY has LEN bytes and a NUL behind them, and is valid until the
   next exchange.  */
struct grub_xswire_reply
{
  grub_uint32_t type;
  grub_size_t len;
  const char *body;
};

/* Connect to SERVICE, while there is no connection.  GRUB_ERR_BAD_DEVICE: it
   is missing, or not usable.  GRUB_ERR_OUT_OF_MEMORY.  */
grub_err_t grub_xswire_open (const struct grub_xen_service *service);

/* Send a request of TYPE with COUNT PARTS in transaction TX, and wait for its
   answer.  Watch events and late answers to earlier requests are discarded.
   Raises no grub_error.  */
enum grub_xswire_result
grub_xswire_exchange (grub_uint32_t type, grub_uint32_t tx,
		      const struct grub_xswire_part *parts,
		      unsigned int count, struct grub_xswire_reply *reply);

/* Read all outstanding answers and end the connection.  */
void grub_xswire_close (void);

#endif /* ! GRUB_XEN_XSWIRE_HEADER */
