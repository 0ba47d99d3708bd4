/*
 *  grub-xen-hvm  --  a fake xenstored: what it does with a request
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

/* The request fails on a test's behalf: a transaction that should end by it is
   over.  */
void store_op_fail (const struct xsd_sockmsg *head, const char *body);

#endif
