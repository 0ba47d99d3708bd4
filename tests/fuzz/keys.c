/* SPDX-License-Identifier: GPL-3.0-or-later */
/* keys.c - a xenstore without a ring, with keys from a fuzz target's input
   Copyright (C) 2026  The grub-xen-hvm authors  */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "xswire.h"
#include "backend.h"
#include "clock.h"
#include "keys.h"
#include "xen.h"

#define MAX_RECORDS	15

struct key
{
  const char *name;
  const char *value;
  uint8_t len;
  uint8_t how;
  uint8_t after;
  uint8_t looks;
};

#define KEY(name, value)	{ name, value, sizeof (value) - 1, 0, 0, 0 }

/* The values of a correct toolstack and backend.  The list is found by its
   path.  */
static const struct key defaults[KEYS] =
  {
    [KEY_LIST] = KEY ("device/vbd", "51776\0"),
    [KEY_BACKEND] = KEY ("backend", "/local/domain/0/backend/vbd/7/51776"),
    [KEY_BACKEND_ID] = KEY ("backend-id", "0"),
    [KEY_OWN_STATE] = KEY ("state", 0),
    [KEY_STATE] = KEY ("state", 0),
    [KEY_SECTORS] = KEY ("sectors", "1024"),
    [KEY_SECTOR_SIZE] = KEY ("sector-size", "512"),
    [KEY_INFO] = KEY ("info", "0"),
    [KEY_FLUSH] = KEY ("feature-flush-cache", "1"),
    [KEY_BARRIER] = KEY ("feature-barrier", "1"),
    [KEY_SEGMENTS] = KEY ("feature-max-indirect-segments", "32")
  };

/* The keys that a frontend writes.  */
enum { REF, PORT, PROTOCOL, PERSISTENT, WRITTEN };
static const char *const written_names[WRITTEN] =
  { "ring-ref", "event-channel", "protocol", "feature-persistent" };

static struct
{
  struct fuzz_input *in;
  struct key key[KEYS];
  /* A mask of the keys that have a record.  */
  uint16_t odd;
  const uint8_t *states;
  uint8_t n_states;
  uint8_t state;
  uint8_t own_state;
  uint8_t fault;
  uint8_t fault_after;
  unsigned int exchanges;
  char written[WRITTEN][24];
} keys;

static char body[XENSTORE_PAYLOAD_MAX + 1];

/* Take a length and that many bytes, which are not copied.  */
static const uint8_t *
take_bytes (struct fuzz_input *in, uint8_t *len)
{
  const uint8_t *start;
  size_t n = fuzz_byte (in);

  start = in->data;
  if (n > in->size)
    n = in->size;
  in->data += n;
  in->size -= n;
  *len = n;
  return start;
}

static void
read_record (struct fuzz_input *in)
{
  uint8_t byte = fuzz_byte (in), number = byte & 15;
  struct key *key = &keys.key[number < KEYS ? number : 0];

  if (number == KEY_STATES)
    keys.states = take_bytes (in, &keys.n_states);
  else if (number == KEY_FAULT)
    {
      keys.fault = byte >> 4 & 3;
      keys.fault_after = fuzz_byte (in);
    }
  else if (number < KEYS)
    {
      keys.odd |= 1 << number;
      key->how = byte >> 4 & 3;
      if (key->how == HOW_CHANGE)
	key->after = fuzz_byte (in);
      if (key->how == HOW_CHANGE || key->how == HOW_VALUE)
	key->value = (const char *) take_bytes (in, &key->len);
    }
}

void
keys_begin (struct fuzz_input *in)
{
  unsigned int n;

  memset (&keys, 0, sizeof (keys));
  memcpy (keys.key, defaults, sizeof (keys.key));
  keys.in = in;
  keys.state = '2';
  keys.own_state = '1';
  for (n = fuzz_byte (in) & MAX_RECORDS; n; n--)
    read_record (in);
}

unsigned int
keys_left (void)
{
  unsigned int i, n = 0;

  for (i = 0; i < WRITTEN; i++)
    n += keys.written[i][0] != 0;
  return n;
}

char
keys_own_state (void)
{
  return keys.own_state;
}

int
keys_faulty (void)
{
  return keys.fault_after && keys.exchanges >= keys.fault_after;
}

int
keys_odd (enum keys_key key)
{
  return keys.odd >> key & 1;
}

/* Connect to disk HANDLE, if that is possible.  */
static int
connect (uint16_t handle)
{
  return keys_left () == WRITTEN
    && backend_begin (keys.in, handle, atol (keys.written[REF]),
		      atol (keys.written[PORT]));
}

/* Let the backend react to the frontend's new state in PATH.  */
static void
state_changed (const char *path)
{
  switch (keys.own_state)
    {
    case '1':
      if (keys.state == '6')
	keys.state = '2';
      break;
    case '3':
    case '4':
      if (keys.state == '2')
	keys.state = connect (strtoul (path + strlen ("device/vbd/"), 0, 10)) ? '4' : '5';
      break;
    case '5':
      keys.state = '5';
      break;
    case '6':
      backend_end ();
      keys.state = '6';
      break;
    }
}

static const char *
last_part (const char *path)
{
  const char *slash = strrchr (path, '/');

  return slash ? slash + 1 : path;
}

/* Replies.  */

static void
fail (struct grub_xswire_reply *reply, const char *error)
{
  reply->type = XS_ERROR;
  reply->len = strlen (error) + 1;
  memcpy (body, error, reply->len);
}

static void
answer (struct grub_xswire_reply *reply, const void *value, size_t len)
{
  reply->len = len;
  memcpy (body, value, len);
}

/* Answer a read of a state.  */
static void
answer_state (struct key *key, struct grub_xswire_reply *reply)
{
  if (key == &keys.key[KEY_STATE] && keys.n_states)
    {
      answer (reply, keys.states++, 1);
      keys.n_states--;
    }
  else
    answer (reply, key == &keys.key[KEY_STATE] ? &keys.state
	    : &keys.own_state, 1);
}

static void
answer_key (struct key *key, struct grub_xswire_reply *reply)
{
  const struct key *was = &defaults[key - keys.key];
  int changed = key->how == HOW_VALUE
    || (key->how == HOW_CHANGE && key->looks >= key->after);

  if (key->looks < 0xff)
    key->looks++;
  if (key->how == HOW_MISSING)
    fail (reply, "ENOENT");
  else if (key->how == HOW_FORBIDDEN)
    fail (reply, "EACCES");
  else if (changed && key->value)
    answer (reply, key->value, key->len);
  else if (was->value)
    answer (reply, was->value, was->len);
  else
    answer_state (key, reply);
}

/* The key at PATH, or 0.  */
static struct key *
find_key (const char *path)
{
  const char *name = last_part (path);
  unsigned int first = path[0] == '/' ? KEY_STATE : KEY_BACKEND, i;
  unsigned int behind = path[0] == '/' ? KEYS : KEY_STATE;

  for (i = first; i < behind; i++)
    if (!strcmp (defaults[i].name, name))
      return &keys.key[i];
  return 0;
}

/* The frontend writes VALUE; an empty value removes the key.  */
static void
write_key (const char *path, const char *value, size_t len)
{
  const char *name = last_part (path);
  unsigned int i;

  fuzz_check (path[0] != '/', "a key that is not the frontend's is written");
  for (i = 0; i < WRITTEN; i++)
    if (!strcmp (written_names[i], name))
      {
	fuzz_check (len < sizeof (keys.written[i]), "a long value is written");
	if (len)
	  memcpy (keys.written[i], value, len);
	keys.written[i][len] = 0;
	return;
      }
  fuzz_check (!strcmp (name, "state") && len == 1, "another key is written");
  keys.own_state = value[0];
  state_changed (path);
}

/* Do a request of TYPE with PATH and the bytes after it.  */
static void
do_request (uint32_t type, const char *path, const char *rest, size_t len,
	    struct grub_xswire_reply *reply)
{
  struct key *key;

  switch (type)
    {
    case XS_DIRECTORY:
      fuzz_check (!strcmp (path, "device/vbd"), "another directory is listed");
      answer_key (&keys.key[KEY_LIST], reply);
      return;
    case XS_READ:
      key = find_key (path);
      if (key)
	answer_key (key, reply);
      else
	fail (reply, "ENOENT");
      return;
    case XS_WRITE:
    case XS_RM:
      write_key (path, rest, type == XS_RM ? 0 : len);
      break;
    case XS_TRANSACTION_START:
      answer (reply, "1", 2);
      return;
    }
  answer (reply, "OK", 3);
}

/* The functions of xswire.c.  */

grub_err_t
grub_xswire_open (const struct grub_xen_service *service)
{
  (void) service;
  return GRUB_ERR_NONE;
}

void
grub_xswire_close (void)
{
}

enum grub_xswire_result
grub_xswire_exchange (grub_uint32_t type, grub_uint32_t tx,
		      const struct grub_xswire_part *parts,
		      unsigned int count, struct grub_xswire_reply *reply)
{
  int faulty = keys.fault_after && ++keys.exchanges == keys.fault_after;

  (void) tx;
  fuzz_check (count == 2, "a request of other parts than one");
  clock_pass (100 * US);
  reply->type = type;
  reply->body = body;
  if (parts[0].len + parts[1].len > XENSTORE_PAYLOAD_MAX)
    return GRUB_XSWIRE_TOO_LONG;
  if (faulty && keys.fault == FAULT_TIMEOUT)
    {
      clock_pass (5 * SECOND);
      return GRUB_XSWIRE_TIMEOUT;
    }
  if (faulty && keys.fault == FAULT_BROKEN)
    return GRUB_XSWIRE_BROKEN;
  if (faulty)
    fail (reply, keys.fault == FAULT_EIO ? "EIO" : "EAGAIN");
  else
    do_request (type, parts[0].data, parts[1].data, parts[1].len, reply);
  body[reply->len] = 0;
  return GRUB_XSWIRE_OK;
}
