/* SPDX-License-Identifier: GPL-3.0-or-later */
/* xenstore.c - xenstore client
   Copyright (C) 2026  The grub-xen-hvm authors  */

#include <grub/err.h>
#include <grub/i18n.h>
#include <grub/misc.h>
#include <grub/mm.h>
#include <grub/xen/resume.h>
#include <grub/xen/xenstore.h>
#include "xswire.h"

/* The largest number that can take one more decimal digit.  */
#define MAX_TENTH	((~(grub_uint64_t) 0 - 9) / 10)

/* Maximum number of tries of a transaction that conflicts with others.  */
#define TRANSACTION_TRIES	16

static int xenstore_connected;

/* xenstored's names of errors (xsd_errors in xen/io/xs_wire.h).  */
static const struct
{
  char name[7];
  grub_uint8_t err;
} xenstore_errors[] =
  {
    { "ENOENT", GRUB_ERR_FILE_NOT_FOUND },
    { "EACCES", GRUB_ERR_ACCESS_DENIED },
    { "EPERM", GRUB_ERR_ACCESS_DENIED },
    { "EROFS", GRUB_ERR_ACCESS_DENIED },
    { "EINVAL", GRUB_ERR_BAD_ARGUMENT },
    { "E2BIG", GRUB_ERR_BAD_ARGUMENT },
    { "EAGAIN", GRUB_ERR_WAIT },
    { "ENOSYS", GRUB_ERR_NOT_IMPLEMENTED_YET }
  };

static grub_err_t
xenstore_error_of (const char *name)
{
  unsigned int i;

  for (i = 0; i < ARRAY_SIZE (xenstore_errors); i++)
    if (grub_strcmp (xenstore_errors[i].name, name) == 0)
      return xenstore_errors[i].err;
  return GRUB_ERR_IO;
}

/* Send a request for PATH, followed by LEN bytes of DATA, and check that the
   answer matches.  Returns the error and stores its reason, from xenstored or
   from here, in *WHY, without raising it.  */
static grub_err_t
xenstore_exchange (grub_uint32_t type, grub_uint32_t tx, const char *path,
		   const void *data, grub_size_t len,
		   struct grub_xswire_reply *reply, const char **why)
{
  struct grub_xswire_part parts[2] =
    { { path, grub_strlen (path) + 1 }, { data, len } };

  if (!xenstore_connected)
    {
      *why = "not connected";
      return GRUB_ERR_IO;
    }
  switch (grub_xswire_exchange (type, tx, parts, 2, reply))
    {
    case GRUB_XSWIRE_OK:
      break;
    case GRUB_XSWIRE_TIMEOUT:
      *why = "no answer";
      return GRUB_ERR_TIMEOUT;
    case GRUB_XSWIRE_TOO_LONG:
      *why = "too long";
      return GRUB_ERR_BAD_ARGUMENT;
    case GRUB_XSWIRE_RESUMED:
      *why = "the guest was restored";
      return GRUB_ERR_IO;
    default:
      *why = "the connection broke";
      return GRUB_ERR_IO;
    }
  if (reply->type == XS_ERROR)
    {
      *why = reply->body;
      return xenstore_error_of (reply->body);
    }
  if (reply->type != type)
    {
      *why = "another request's answer";
      return GRUB_ERR_IO;
    }
  return GRUB_ERR_NONE;
}

/* Maximum length of foreign text in a message.  */
#define SHOWN_LEN		32

/* The beginning of TEXT for a message, without control characters, because its
   writer must not control the terminal.  */
static const char *
xenstore_printable (const char *text, char shown[SHOWN_LEN + 1])
{
  unsigned int i;

  for (i = 0; i < SHOWN_LEN && text[i]; i++)
    shown[i] = grub_isprint (text[i]) ? text[i] : '?';
  shown[i] = 0;
  return shown;
}

/* Raise ERR for PATH.  WHY may be xenstored's own text.  */
static grub_err_t
xenstore_error (grub_err_t err, const char *path, const char *why)
{
  char shown[SHOWN_LEN + 1];

  if (err == GRUB_ERR_NONE)
    return err;
  return grub_error (err, N_("xenstore: `%.128s': %s"), path,
		     xenstore_printable (why, shown));
}

grub_err_t
grub_xenstore_request (grub_uint32_t type, grub_uint32_t tx,
		       const char *path, const void *data, grub_size_t len,
		       struct grub_xswire_reply *reply)
{
  const char *why = "";
  grub_err_t err = xenstore_exchange (type, tx, path, data, len, reply, &why);

  return xenstore_error (err, path, why);
}

/* Make *COPY a copy of REPLY's body with a NUL behind it.  */
static grub_err_t
xenstore_copy_body (const struct grub_xswire_reply *reply, char **copy)
{
  *copy = grub_malloc (reply->len + 1);
  if (!*copy)
    return grub_errno;
  grub_memcpy (*copy, reply->body, reply->len + 1);
  return GRUB_ERR_NONE;
}

static grub_err_t
xenstore_up (void)
{
  struct grub_xswire_reply reply;
  const char *why;

  if (xenstore_connected)
    return GRUB_ERR_NONE;
  if (grub_xswire_open (&grub_xen_platform.store))
    return grub_errno;
  xenstore_connected = 1;
  /* Watches of an earlier stage would only fill the ring.  A daemon without
     this request returns an error, which is harmless.  */
  xenstore_exchange (XS_RESET_WATCHES, GRUB_XENSTORE_NO_TX, "", 0, 0, &reply,
		     &why);
  return GRUB_ERR_NONE;
}

static void
xenstore_down (void)
{
  if (!xenstore_connected)
    return;
  grub_xswire_close ();
  xenstore_connected = 0;
}

struct grub_xen_layer grub_xenstore_layer
  = { .up = xenstore_up, .down = xenstore_down };

/* Read PATH's value into REPLY.  A missing key is an error, unless the caller
   passes MISSING: then it only sets *MISSING.  */
static grub_err_t
xenstore_ask (grub_uint32_t type, grub_uint32_t tx, const char *path,
	      struct grub_xswire_reply *reply, int *missing)
{
  const char *why = "";
  grub_err_t err = xenstore_exchange (type, tx, path, 0, 0, reply, &why);

  if (missing)
    {
      *missing = (err == GRUB_ERR_FILE_NOT_FOUND);
      if (*missing)
	return GRUB_ERR_NONE;
    }
  return xenstore_error (err, path, why);
}

grub_err_t
grub_xenstore_read (grub_uint32_t tx, const char *path, char **value)
{
  struct grub_xswire_reply reply;

  if (xenstore_ask (XS_READ, tx, path, &reply, 0))
    return grub_errno;
  return xenstore_copy_body (&reply, value);
}

/* Parse TEXT, the LEN bytes of PATH's value.  Anything but a number is an
   error, not a zero.  Some writers include the NUL of a string: one NUL at the
   end is accepted.  */
static grub_err_t
xenstore_parse_number (const char *path, const char *text, grub_size_t len,
		       grub_uint64_t max, grub_uint64_t *num)
{
  char shown[SHOWN_LEN + 1];
  grub_uint64_t n = 0;
  const char *p;

  for (p = text; *p >= '0' && *p <= '9' && n <= MAX_TENTH; p++)
    n = n * 10 + (*p - '0');
  if (p == text || *p || text + len - p > 1 || n > max)
    return grub_error (
      GRUB_ERR_BAD_NUMBER,
      N_("xenstore: `%.128s' is `%s', not a number up to %llu"), path,
      xenstore_printable (text, shown), (unsigned long long) max);
  *num = n;
  return GRUB_ERR_NONE;
}

grub_err_t
grub_xenstore_read_optional (grub_uint32_t tx, const char *path, char **value)
{
  grub_err_t err;

  *value = 0;
  err = grub_xenstore_read (tx, path, value);
  if (err != GRUB_ERR_FILE_NOT_FOUND)
    return err;
  grub_errno = GRUB_ERR_NONE;
  return GRUB_ERR_NONE;
}

grub_err_t
grub_xenstore_read_number (grub_uint32_t tx, const char *path,
			   grub_uint64_t max, int optional,
			   grub_uint64_t *num)
{
  struct grub_xswire_reply reply;
  int missing = 0;

  if (xenstore_ask (XS_READ, tx, path, &reply, optional ? &missing : 0))
    return grub_errno;
  return missing
	   ? GRUB_ERR_NONE
	   : xenstore_parse_number (path, reply.body, reply.len, max, num);
}

grub_err_t
grub_xenstore_write (grub_uint32_t tx, const char *path, const char *value)
{
  struct grub_xswire_reply reply;

  return grub_xenstore_request (XS_WRITE, tx, path, value,
				grub_strlen (value), &reply);
}

grub_err_t
grub_xenstore_write_number (grub_uint32_t tx, const char *path,
			    grub_uint64_t num)
{
  /* Room for 64 bits.  */
  char text[21];

  grub_snprintf (text, sizeof (text), "%llu", (unsigned long long) num);
  return grub_xenstore_write (tx, path, text);
}

grub_err_t
grub_xenstore_remove (grub_uint32_t tx, const char *path)
{
  struct grub_xswire_reply reply;
  int missing;

  return xenstore_ask (XS_RM, tx, path, &reply, &missing);
}

/* The number of names in the LEN bytes at NAMES.  If the last name has no NUL,
   the NUL behind the block ends it.  */
static unsigned int
xenstore_count (const char *names, grub_size_t len)
{
  unsigned int count = 0;
  grub_size_t i;

  for (i = 0; i < len; i++)
    if (!names[i] || i == len - 1)
      count++;
  return count;
}

grub_err_t
grub_xenstore_list (grub_uint32_t tx, const char *path, char **names,
		    unsigned int *count)
{
  struct grub_xswire_reply reply;

  if (grub_xenstore_request (XS_DIRECTORY, tx, path, 0, 0, &reply)
      || xenstore_copy_body (&reply, names))
    return grub_errno;
  *count = xenstore_count (*names, reply.len);
  return GRUB_ERR_NONE;
}

/* Start a transaction and store its id in *TX.  */
static grub_err_t
xenstore_begin (grub_uint32_t *tx)
{
  struct grub_xswire_reply reply;
  grub_uint64_t id;

  if (grub_xenstore_request (XS_TRANSACTION_START, GRUB_XENSTORE_NO_TX, "", 0,
			     0, &reply)
      || xenstore_parse_number ("transaction", reply.body,
				grub_strlen (reply.body), 0xffffffff, &id))
    return grub_errno;
  *tx = id;
  return GRUB_ERR_NONE;
}

/* End transaction TX: commit it, or drop it if ABORT.  If it conflicts with
   others, *AGAIN becomes 1, without an error: repeat the whole.  */
static grub_err_t
xenstore_end (grub_uint32_t tx, int abort, int *again)
{
  struct grub_xswire_reply reply;
  const char *why = "";
  grub_err_t err;

  err = xenstore_exchange (XS_TRANSACTION_END, tx, abort ? "F" : "T", 0, 0,
			   &reply, &why);
  *again = (err == GRUB_ERR_WAIT);
  if (*again)
    return GRUB_ERR_NONE;
  return xenstore_error (err, "transaction", why);
}

grub_err_t
grub_xenstore_transact (grub_err_t (*body) (grub_uint32_t tx, void *data),
			void *data)
{
  int tries, again;

  for (tries = 0; tries < TRANSACTION_TRIES; tries++)
    {
      grub_uint32_t tx = GRUB_XENSTORE_NO_TX;

      if (xenstore_begin (&tx))
	return grub_errno;
      if (body (tx, data))
	{
	  /* The first error is the one to report.  */
	  grub_error_push ();
	  xenstore_end (tx, 1, &again);
	  grub_error_pop ();
	  return grub_errno;
	}
      if (xenstore_end (tx, 0, &again))
	return grub_errno;
      if (!again)
	return GRUB_ERR_NONE;
    }
  return xenstore_error (GRUB_ERR_IO, "transaction",
			 "it conflicts with other transactions");
}

char *
grub_xenstore_path (const char *dir, const char *name)
{
  return grub_xasprintf ("%s/%s", dir, name);
}
