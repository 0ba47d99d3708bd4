/* SPDX-License-Identifier: GPL-3.0-or-later */
/* xslist.c - long directories of xenstore
   Copyright (C) 2026  The grub-xen-hvm authors  */

#include <grub/err.h>
#include <grub/i18n.h>
#include <grub/misc.h>
#include <grub/mm.h>
#include <grub/xen/xenstore.h>
#include "xswire.h"

/* Maximum number of requests for parts of a directory, including repetitions
   after a change.  */
#define LIST_TRIES		(4 * GRUB_XENSTORE_LIST_MAX \
				 / XENSTORE_PAYLOAD_MAX)

/* Room for an offset or a generation count in decimal.  */
#define NUMBER_LEN	21

static grub_err_t
xslist_error (const char *path, const char *why)
{
  return grub_error (GRUB_ERR_IO, N_("xenstore: `%.128s': %s"), path, why);
}

/* A directory that is read in parts.  */
struct xslist_partial
{
  char *names;
  grub_size_t len;
  char generation[NUMBER_LEN];
  int complete;
};

/* Take the part in REPLY: the directory's generation count, then names.  An
   empty name behind them marks the last part.  If the directory changed in
   between, start from the beginning.  */
static grub_err_t
xslist_append_part (struct xslist_partial *list, const char *path,
		    const struct grub_xswire_reply *reply)
{
  grub_size_t head = grub_strlen (reply->body) + 1, more;
  char *grown;

  if (head > sizeof (list->generation) || head >= reply->len)
    return xslist_error (path, "an answer that is not valid");
  if (list->len && grub_strcmp (list->generation, reply->body) != 0)
    {
      list->len = 0;
      return GRUB_ERR_NONE;
    }
  grub_strcpy (list->generation, reply->body);
  more = reply->len - head;
  if (list->len + more > GRUB_XENSTORE_LIST_MAX)
    return xslist_error (path, "a list without end");
  grown = grub_realloc (list->names, list->len + more + 1);
  if (!grown)
    return grub_errno;
  list->names = grown;
  grub_memcpy (grown + list->len, reply->body + head, more);
  list->len += more;
  grown[list->len] = 0;
  if (!reply->body[reply->len - 1] && !reply->body[reply->len - 2])
    {
      list->len--;
      list->complete = 1;
    }
  return GRUB_ERR_NONE;
}

/* List PATH, whose names do not fit into one message.  */
static grub_err_t
xslist_list_parts (grub_uint32_t tx, const char *path, char **names,
		   grub_size_t *len)
{
  struct xslist_partial list;
  struct grub_xswire_reply reply;
  char offset[NUMBER_LEN];
  unsigned int tries;

  grub_memset (&list, 0, sizeof (list));
  for (tries = 0; tries < LIST_TRIES && !list.complete; tries++)
    {
      grub_snprintf (offset, sizeof (offset), "%lu",
		     (unsigned long) list.len);
      if (grub_xenstore_request (XS_DIRECTORY_PART, tx, path, offset,
				 grub_strlen (offset) + 1, &reply)
	  || xslist_append_part (&list, path, &reply))
	{
	  grub_free (list.names);
	  return grub_errno;
	}
    }
  if (!list.complete)
    {
      grub_free (list.names);
      return xslist_error (path, "it does not stop changing");
    }
  *names = list.names;
  *len = list.len;
  return GRUB_ERR_NONE;
}

grub_err_t
grub_xenstore_list_long (grub_uint32_t tx, const char *path, char **names,
			 unsigned int *count)
{
  grub_size_t len = 0, i;
  grub_err_t err = grub_xenstore_list (tx, path, names, count);

  if (err != GRUB_ERR_BAD_ARGUMENT)
    return err;
  grub_errno = GRUB_ERR_NONE;
  if (xslist_list_parts (tx, path, names, &len))
    return grub_errno;
  /* All parts together end with a NUL.  */
  for (*count = i = 0; i < len; i++)
    if (!(*names)[i])
      ++*count;
  return GRUB_ERR_NONE;
}
