/* SPDX-License-Identifier: GPL-3.0-or-later */
/* xenstore.h - xenstore client
   Copyright (C) 2026  The grub-xen-hvm authors  */

#ifndef GRUB_XENSTORE_HEADER
#define GRUB_XENSTORE_HEADER 1

#include <grub/err.h>
#include <grub/misc.h>
#include <grub/xen/abi.h>

/* Paths are absolute, or relative to the domain's own directory.  TX is a
   transaction's id or GRUB_XENSTORE_NO_TX.  All functions wait at most
   GRUB_XEN_STORE_TIMEOUT.  Errors common to all, which name the path:
   GRUB_ERR_FILE_NOT_FOUND	no such key
   GRUB_ERR_ACCESS_DENIED	xenstored does not permit it
   GRUB_ERR_TIMEOUT		no answer in time
   GRUB_ERR_OUT_OF_MEMORY
   GRUB_ERR_BAD_ARGUMENT	path or value too long, or refused
   GRUB_ERR_IO			any other error, or an answer that makes no
				sense  */

#define GRUB_XENSTORE_NO_TX	0

/* The maximum size of a directory: the numbers of xen-vbd-interface(7) allow
   at most 4,096 disks.  */
#define GRUB_XENSTORE_LIST_MAX	65536

/* There is a connection while Xen is up (grub_xenstore_layer).
   GRUB_ERR_BAD_DEVICE: the guest has no xenstore, or an unusable one.  When
   Xen goes down, all outstanding answers are read, so the next user of the
   page starts between two messages.  */

/* Read PATH's value into a new string *VALUE (NUL-terminated even if the value
   has zero bytes inside), for grub_free.  */
grub_err_t grub_xenstore_read (grub_uint32_t tx, const char *path,
			       char **value);

/* The same for an optional key: without such a key *VALUE is 0 and there is no
   error.  */
grub_err_t grub_xenstore_read_optional (grub_uint32_t tx, const char *path,
					char **value);

/* Read PATH, a decimal number (no sign, no blanks) of at most MAX, into *NUM.
   Without a key that is OPTIONAL *NUM stays as it is, and there is no error.
   GRUB_ERR_BAD_NUMBER: it is something else, or larger.  Takes no memory: what
   is done on the way out must not depend on there being any.  */
grub_err_t grub_xenstore_read_number (grub_uint32_t tx, const char *path,
				      grub_uint64_t max, int optional,
				      grub_uint64_t *num);

/* Write the string VALUE to PATH.  */
grub_err_t grub_xenstore_write (grub_uint32_t tx, const char *path,
				const char *value);

/* Write NUM to PATH in decimal.  */
grub_err_t grub_xenstore_write_number (grub_uint32_t tx, const char *path,
				       grub_uint64_t num);

/* Remove PATH and all keys below.  A missing key is no error.  */
grub_err_t grub_xenstore_remove (grub_uint32_t tx, const char *path);

/* List PATH's children: *NAMES becomes one block of *COUNT NUL-terminated
   names, one behind the other, for grub_free.  GRUB_ERR_BAD_ARGUMENT also for
   a list that does not fit into one message (XENSTORE_PAYLOAD_MAX: some 600
   disks).  */
grub_err_t grub_xenstore_list (grub_uint32_t tx, const char *path,
			       char **names, unsigned int *count);

/* The same for a list of up to GRUB_XENSTORE_LIST_MAX bytes, GRUB_ERR_IO for
   more.  It is in the module of the commands (xslist.c).  */
grub_err_t grub_xenstore_list_long (grub_uint32_t tx, const char *path,
				    char **names, unsigned int *count);

/* Send a request of TYPE (XS_) for PATH, followed by LEN bytes of DATA, and
   store its answer, of the same type, in REPLY, as grub_xswire_exchange
   does.  */
struct grub_xswire_reply;
grub_err_t grub_xenstore_request (grub_uint32_t type, grub_uint32_t tx,
				  const char *path, const void *data,
				  grub_size_t len,
				  struct grub_xswire_reply *reply);

/* Run BODY (TX, DATA) in a transaction, and repeat it, a limited number of
   times, if it conflicts with others.  Returns BODY's error, or that of the
   end.  */
grub_err_t grub_xenstore_transact (grub_err_t (*body) (grub_uint32_t tx,
						       void *data),
				   void *data);

/* Join DIR and NAME with a slash into a new string; 0 and
   GRUB_ERR_OUT_OF_MEMORY without memory.  */
char *grub_xenstore_path (const char *dir, const char *name);

#endif /* ! GRUB_XENSTORE_HEADER */
