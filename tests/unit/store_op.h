/* SPDX-License-Identifier: GPL-3.0-or-later */
/* store_op.h - a fake xenstored: its request handlers
   Copyright (C) 2026  The grub-xen-hvm authors  */

#ifndef UNIT_STORE_OP_HEADER
#define UNIT_STORE_OP_HEADER 1

#include <grub/xen/abi.h>

struct store_reply
{
  uint32_t type;
  uint32_t req_id;
  uint32_t tx_id;
  uint32_t len;
  char body[XENSTORE_PAYLOAD_MAX];
};

/* Forget all transactions.  */
void store_op_reset (void);

/* Do the request HEAD with BODY, which has a NUL behind it, and fill in
   REPLY.  */
void store_op (const struct xsd_sockmsg *head, const char *body,
	       struct store_reply *reply);

/* Fail the request because a test wants it to fail.  If it is the end of a
   transaction, the transaction is dropped.  */
void store_op_fail (const struct xsd_sockmsg *head, const char *body);

#endif
