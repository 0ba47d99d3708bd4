/* SPDX-License-Identifier: GPL-3.0-or-later */
/* store_op.c - a fake xenstored: its request handlers
   Copyright (C) 2026  The grub-xen-hvm authors  */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "store.h"
#include "store_op.h"
#include "xen.h"

#define MAX_TX	16

struct transaction
{
  uint32_t id;
  struct tree_node *root;
  uint64_t generation;
};

static struct transaction transactions[MAX_TX];
static uint32_t last_tx;

static void
end_transaction (struct transaction *tx)
{
  tree_free (tx->root);
  memset (tx, 0, sizeof (*tx));
  store.open_transactions--;
}

void
store_op_reset (void)
{
  unsigned int i;

  for (i = 0; i < MAX_TX; i++)
    if (transactions[i].id)
      end_transaction (&transactions[i]);
  store.open_transactions = 0;
}

static struct transaction *
find_transaction (uint32_t id)
{
  unsigned int i;

  for (i = 0; i < MAX_TX; i++)
    if (transactions[i].id == id)
      return &transactions[i];
  return 0;
}

static void
answer (struct store_reply *reply, const char *text)
{
  reply->len = strlen (text) + 1;
  memcpy (reply->body, text, reply->len);
}

static void
fail (struct store_reply *reply, const char *error)
{
  reply->type = XS_ERROR;
  answer (reply, error);
}

static void
fail_by (struct store_reply *reply, enum tree_result result)
{
  static const char *const names[] =
    {
      [TREE_OK] = "OK",
      [TREE_ENOENT] = "ENOENT",
      [TREE_EACCES] = "EACCES",
      [TREE_EINVAL] = "EINVAL"
    };

  if (result == TREE_OK)
    answer (reply, names[result]);
  else
    fail (reply, names[result]);
}

static void
start (struct store_reply *reply)
{
  struct transaction *tx = find_transaction (0);
  char id[16];

  if (!tx)
    {
      fail (reply, "ENOSPC");
      return;
    }
  tx->id = ++last_tx;
  tx->root = tree_copy (tree_root);
  tx->generation = tree_generation;
  store.open_transactions++;
  snprintf (id, sizeof (id), "%u", tx->id);
  answer (reply, id);
}

static void
end (struct transaction *tx, const char *how, struct store_reply *reply)
{
  int commit = !strcmp (how, "T");

  if (!tx)
    {
      fail (reply, "ENOENT");
      return;
    }
  if (!commit && strcmp (how, "F"))
    {
      fail (reply, "EINVAL");
      return;
    }
  if (commit && (store.conflicts || tx->generation != tree_generation))
    {
      if (store.conflicts)
	store.conflicts--;
      fail (reply, "EAGAIN");
      end_transaction (tx);
      return;
    }
  if (commit)
    {
      struct tree_node *old = tree_root;

      tree_root = tx->root;
      tx->root = old;
      store.commits++;
    }
  else
    store.aborts++;
  end_transaction (tx);
  answer (reply, "OK");
  if (commit)
    tree_changed ();
}

void
store_op_fail (const struct xsd_sockmsg *head, const char *body)
{
  struct transaction *tx = find_transaction (head->tx_id);

  (void) body;
  if (head->type == XS_TRANSACTION_END && head->tx_id && tx)
    end_transaction (tx);
}

static size_t
list (const struct tree_node *node, char *names, size_t size)
{
  const struct tree_node *child;
  size_t len = 0;

  for (child = node->child; child; child = child->next)
    {
      size_t n = strlen (child->name) + 1;

      if (len + n > size)
	abort ();
      memcpy (names + len, child->name, n);
      len += n;
    }
  return len;
}

static void
directory (const struct tree_node *node, struct store_reply *reply)
{
  static char names[1 << 20];
  size_t len = list (node, names, sizeof (names));

  if (len > XENSTORE_PAYLOAD_MAX)
    {
      fail (reply, "E2BIG");
      return;
    }
  memcpy (reply->body, names, len);
  reply->len = len;
}

static void
directory_part (const struct tree_node *node, const char *offset,
		struct store_reply *reply)
{
  static char names[1 << 20];
  size_t len = list (node, names, sizeof (names)), off = atol (offset);
  size_t used, max, gen;

  gen = snprintf (reply->body, 32, "%llu",
		  (unsigned long long) tree_generation) + 1;
  used = gen;
  max = XENSTORE_PAYLOAD_MAX - 1;
  while (off < len && used + strlen (names + off) + 1 <= max)
    {
      size_t n = strlen (names + off) + 1;

      memcpy (reply->body + used, names + off, n);
      used += n;
      off += n;
    }
  if (off >= len)
    reply->body[used++] = 0;
  reply->len = used;
}

/* Requests about the node PATH in tree ROOT.  */
static void
node_op (uint32_t type, struct tree_node *root, const char *path,
	 const char *rest, size_t rest_len, struct store_reply *reply)
{
  struct tree_node *node;
  enum tree_result result;

  switch (type)
    {
    case XS_WRITE:
      fail_by (reply, tree_guest_write (root, path, rest, rest_len));
      return;
    case XS_MKDIR:
      fail_by (reply, tree_guest_write (root, path, "", 0));
      return;
    case XS_RM:
      fail_by (reply, tree_guest_remove (root, path));
      return;
    }
  result = tree_guest_find (root, path, &node);
  if (result != TREE_OK)
    fail_by (reply, result);
  else if (type == XS_READ)
    {
      reply->len = node->len;
      memcpy (reply->body, node->value, node->len);
    }
  else if (type == XS_DIRECTORY)
    directory (node, reply);
  else if (rest_len < 2 || rest[rest_len - 1])
    fail (reply, "EINVAL");
  else
    directory_part (node, rest, reply);
}

static void
path_op (const struct xsd_sockmsg *head, struct transaction *tx,
	 const char *body, struct store_reply *reply)
{
  size_t n = strlen (body) + 1;
  char path[8192];

  /* A body without a NUL is not a path.  */
  if (n > head->len)
    {
      fail (reply, "EINVAL");
      return;
    }
  if (body[0] == '/')
    snprintf (path, sizeof (path), "%s", body);
  else
    snprintf (path, sizeof (path), "%s/%s", store_home (), body);
  snprintf (store.last_path, sizeof (store.last_path), "%.4095s", path);
  if (store.path && strstr (path, store.path))
    fail (reply, store.path_error);
  else
    node_op (head->type, tx ? tx->root : tree_root, path, body + n,
	     head->len - n, reply);
  /* A change inside a transaction is not visible yet.  */
  if (!tx && reply->type != XS_ERROR
      && (head->type == XS_WRITE || head->type == XS_RM
	  || head->type == XS_MKDIR))
    tree_changed ();
}

void
store_op (const struct xsd_sockmsg *head, const char *body,
	  struct store_reply *reply)
{
  struct transaction *tx = head->tx_id ? find_transaction (head->tx_id) : 0;

  store.last_type = head->type;
  if (head->tx_id && !tx)
    {
      fail (reply, "ENOENT");
      return;
    }
  switch (head->type)
    {
    case XS_TRANSACTION_START:
      start (reply);
      return;
    case XS_TRANSACTION_END:
      end (tx, body, reply);
      return;
    case XS_RESET_WATCHES:
      if (store.knows_reset_watches)
	answer (reply, "OK");
      else
	fail (reply, "ENOSYS");
      return;
    case XS_DIRECTORY_PART:
      if (!store.knows_directory_part)
	{
	  fail (reply, "ENOSYS");
	  return;
	}
      /* FALLTHROUGH */
    case XS_DIRECTORY:
    case XS_READ:
    case XS_WRITE:
    case XS_MKDIR:
    case XS_RM:
      path_op (head, tx, body, reply);
      return;
    }
  fail (reply, "ENOSYS");
}
