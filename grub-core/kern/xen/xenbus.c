/* SPDX-License-Identifier: GPL-3.0-or-later */
/* xenbus.c - the device state machine
   Copyright (C) 2026  The grub-xen-hvm authors  */

#include <grub/err.h>
#include <grub/i18n.h>
#include <grub/misc.h>
#include <grub/mm.h>
#include <grub/xen/evtchn.h>
#include <grub/xen/xenbus.h>
#include <grub/xen/xenstore.h>

/* Room for the path of a frontend's key: the class, a number and a name.  */
#define KEY_LEN 64

/* The states' names in the order of their numbers.  */
static const char xenbus_state_names[][sizeof ("Reconfiguring")]
  = { "Unknown", "Initialising", "InitWait",	  "Initialised", "Connected",
      "Closing", "Closed",	 "Reconfiguring", "Reconfigured" };

const char *
grub_xenbus_state_name (enum xenbus_state state)
{
  if ((unsigned int) state > XenbusStateReconfigured)
    state = XenbusStateUnknown;
  return xenbus_state_names[state];
}

grub_err_t
grub_xenbus_iterate (const char *class,
		     int (*hook) (const char *name, void *data), void *data)
{
  char dir[KEY_LEN], *names, *name;
  unsigned int count;

  grub_snprintf (dir, sizeof (dir), GRUB_XENBUS_DIR "/%s", class);
  if (grub_xenstore_list (GRUB_XENSTORE_NO_TX, dir, &names, &count))
    {
      if (grub_errno == GRUB_ERR_FILE_NOT_FOUND)
	grub_errno = GRUB_ERR_NONE;
      return grub_errno;
    }
  for (name = names; count; count--, name += grub_strlen (name) + 1)
    if (hook (name, data))
      break;
  grub_free (names);
  return grub_errno;
}

/* The path of key NAME in the frontend directory DIR.  No memory is taken:
   what GRUB wrote has to go even when there is none.  */
static void
xenbus_key_path (char path[KEY_LEN], const char *dir, const char *name)
{
  grub_snprintf (path, KEY_LEN, "%s/%s", dir, name);
}

grub_err_t
grub_xenbus_open (struct grub_xenbus_device *dev, const char *name,
		  const char *path)
{
  char key[KEY_LEN];
  grub_uint64_t id;

  grub_memset (dev, 0, sizeof (*dev));
  dev->name = name;
  dev->path = grub_strdup (path);
  xenbus_key_path (key, path, "backend-id");
  if (!dev->path
      || grub_xenstore_read_number (GRUB_XENSTORE_NO_TX, key,
				    DOMID_FIRST_RESERVED - 1, 0, &id))
    goto fail;
  dev->backend_id = id;
  xenbus_key_path (key, path, "backend");
  if (grub_xenstore_read (GRUB_XENSTORE_NO_TX, key, &dev->backend))
    goto fail;
  if (dev->backend[0] != '/')
    {
      grub_error (GRUB_ERR_BAD_DEVICE,
		  N_("%s: the backend `%.64s' is not an absolute path"),
		  name, dev->backend);
      goto fail;
    }
  dev->state_key = grub_xenstore_path (path, "state");
  dev->backend_state_key = grub_xenstore_path (dev->backend, "state");
  if (dev->state_key && dev->backend_state_key)
    return GRUB_ERR_NONE;

 fail:
  grub_xenbus_release (dev);
  return grub_errno;
}

void
grub_xenbus_release (struct grub_xenbus_device *dev)
{
  grub_free (dev->path);
  grub_free (dev->backend);
  grub_free (dev->state_key);
  grub_free (dev->backend_state_key);
  dev->path = 0;
  dev->backend = 0;
  dev->state_key = 0;
  dev->backend_state_key = 0;
}

/* The state in KEY.  A missing key and an invalid state are
   XenbusStateUnknown, because both occur when a device goes away.  So is an
   access error: xenstored returns one for a key that is gone if the guest may
   not read the remaining part of its path, as above a backend's directory.  */
grub_err_t
grub_xenbus_read_state (const char *key, enum xenbus_state *state)
{
  grub_uint64_t number = XenbusStateUnknown;
  grub_err_t err;

  err = grub_xenstore_read_number (GRUB_XENSTORE_NO_TX, key,
				   XenbusStateReconfigured, 1, &number);
  *state = number;
  if (err != GRUB_ERR_BAD_NUMBER && err != GRUB_ERR_ACCESS_DENIED
      && err != GRUB_ERR_BAD_ARGUMENT)
    return err;
  grub_errno = GRUB_ERR_NONE;
  return GRUB_ERR_NONE;
}

grub_err_t
grub_xenbus_backend_number (const struct grub_xenbus_device *dev,
			    const char *key, grub_uint64_t max, int optional,
			    grub_uint64_t *num)
{
  char *path = grub_xenstore_path (dev->backend, key);
  grub_err_t err;

  if (!path)
    return grub_errno;
  err = grub_xenstore_read_number (GRUB_XENSTORE_NO_TX, path, max, optional,
				   num);
  grub_free (path);
  return err;
}

grub_err_t
grub_xenbus_set_state (const struct grub_xenbus_device *dev,
		       enum xenbus_state state)
{
  const char digit[] = { '0' + state, 0 };

  grub_dprintf ("xenbus", "%s: state %d %s\n", dev->name, state,
		grub_xenbus_state_name (state));
  /* If a state is not written, the disk is lost, also for the OS.  So try
     again after a failure, such as a lost answer.  */
  if (!grub_xenstore_write (GRUB_XENSTORE_NO_TX, dev->state_key, digit))
    return GRUB_ERR_NONE;
  grub_errno = GRUB_ERR_NONE;
  return grub_xenstore_write (GRUB_XENSTORE_NO_TX, dev->state_key, digit);
}

int
grub_xenbus_is_leaving (const struct grub_xenbus_device *dev)
{
  grub_uint64_t online = 1;

  grub_xenbus_backend_number (dev, "online", 1, 1, &online);
  grub_errno = GRUB_ERR_NONE;
  return !online;
}

/* For a transaction.  */
struct xenbus_publishing
{
  const struct grub_xenbus_device *dev;
  const struct grub_xenbus_key *keys;
  unsigned int count;
};

static grub_err_t
xenbus_write_keys (grub_uint32_t tx, void *data)
{
  const struct xenbus_publishing *p = data;
  const struct grub_xenbus_key *key;
  char path[KEY_LEN];

  for (key = p->keys; key < p->keys + p->count; key++)
    {
      xenbus_key_path (path, p->dev->path, key->name);
      if (key->text ? grub_xenstore_write (tx, path, key->text)
		    : grub_xenstore_write_number (tx, path, key->number))
	return grub_errno;
    }
  return GRUB_ERR_NONE;
}

grub_err_t
grub_xenbus_publish (const struct grub_xenbus_device *dev,
		     const struct grub_xenbus_key *keys, unsigned int count)
{
  struct xenbus_publishing p = { dev, keys, count };

  return grub_xenstore_transact (xenbus_write_keys, &p);
}

void
grub_xenbus_withdraw (const struct grub_xenbus_device *dev,
		      const struct grub_xenbus_key *keys, unsigned int count)
{
  char path[KEY_LEN];

  for (; count; count--, keys++)
    {
      xenbus_key_path (path, dev->path, keys->name);
      /* A key that stays can cost the next frontend the device.  So try once
	 more after a failure such as a lost answer.  */
      if (grub_xenstore_remove (GRUB_XENSTORE_NO_TX, path)
	  && grub_xenstore_remove (GRUB_XENSTORE_NO_TX, path))
	grub_dprintf ("xenbus", "%s: key `%s' stays: %s\n", dev->name,
		      keys->name, grub_errmsg);
      grub_errno = GRUB_ERR_NONE;
    }
}

struct xenbus_waiting
{
  const struct grub_xenbus_device *dev;
  unsigned int until;
  enum xenbus_state state;
  unsigned int failures;
  grub_err_t err;
};

static int
xenbus_has_state (void *data)
{
  struct xenbus_waiting *wait = data;

  grub_errno = GRUB_ERR_NONE;
  wait->err = grub_xenbus_backend_state (wait->dev, &wait->state);
  /* A read may fail; the next one follows.  */
  if (wait->err)
    return ++wait->failures > 1;
  return (wait->until & GRUB_XENBUS_IS (wait->state)) != 0;
}

/* Raise the error for WAIT, which began at START and ended without a wanted
   state: IN_TIME, or because of its deadline or a key.  */
static grub_err_t
xenbus_wait_error (const struct xenbus_waiting *wait, grub_uint64_t start,
		   int in_time, int was_interrupted)
{
  const struct grub_xenbus_device *dev = wait->dev;
  unsigned int seconds
    = (unsigned int) (grub_xen_deadline (0) - start) / 1000;
  enum xenbus_state own;

  if (grub_xenbus_own_state (dev, &own))
    return grub_errno;
  if (in_time)
    return grub_error (GRUB_ERR_BAD_DEVICE,
		       N_("%s: the backend gave up (frontend %d %s, "
			  "backend %d %s)"), dev->name,
		       own, grub_xenbus_state_name (own),
		       wait->state, grub_xenbus_state_name (wait->state));
  return grub_error (GRUB_ERR_TIMEOUT, was_interrupted
		     ? N_("%s: a key ended the wait for the backend after "
			  "%u s (frontend %d %s, backend %d %s)")
		     : N_("%s: no answer from the backend within %u s "
			  "(frontend %d %s, backend %d %s)"), dev->name,
		     seconds, own, grub_xenbus_state_name (own),
		     wait->state, grub_xenbus_state_name (wait->state));
}

grub_err_t
grub_xenbus_wait (const struct grub_xenbus_device *dev, unsigned int wanted,
		  unsigned int fatal, grub_uint64_t deadline)
{
  struct xenbus_waiting wait
    = { dev, wanted | fatal, XenbusStateUnknown, 0, GRUB_ERR_NONE };
  grub_uint64_t start = grub_xen_deadline (0);
  unsigned int interrupts = grub_xen_wait_interrupts ();
  int in_time;

  in_time = grub_xen_wait (xenbus_has_state, &wait, 0, deadline);
  /* The last read may have failed after the whole time.  */
  if (!in_time && wait.err)
    in_time = xenbus_has_state (&wait);
  if (wait.err)
    return wait.err;
  if (wanted & GRUB_XENBUS_IS (wait.state))
    return GRUB_ERR_NONE;
  return xenbus_wait_error (&wait, start, in_time,
			    grub_xen_wait_interrupts () != interrupts);
}

grub_err_t
grub_xenbus_wait_close (struct grub_xenbus_device *dev, enum xenbus_state own,
			grub_uint64_t deadline)
{
  /* A backend that is gone, or starts from the beginning, maps nothing.
     InitWait is not among these states: the backend may not have left it
     yet.  */
  const unsigned int closed = GRUB_XENBUS_IS (XenbusStateUnknown)
			      | GRUB_XENBUS_IS (XenbusStateInitialising)
			      | GRUB_XENBUS_IS (XenbusStateClosed);
  const unsigned int left = ~GRUB_XENBUS_IS (XenbusStateConnected);
  grub_err_t err;

  err = grub_xenbus_wait (dev, own == XenbusStateClosed ? closed : left, 0,
			  deadline);
  dev->is_unclosed = err != GRUB_ERR_NONE;
  return err;
}

grub_err_t
grub_xenbus_close (struct grub_xenbus_device *dev)
{
  dev->is_unclosed = 1;
  if (grub_xenbus_set_state (dev, XenbusStateClosing))
    return grub_errno;
  if (grub_xenbus_wait_close (dev, XenbusStateClosing,
			      grub_xen_deadline (GRUB_XEN_CLOSE_TIMEOUT)))
    grub_errno = GRUB_ERR_NONE;
  if (grub_xenbus_set_state (dev, XenbusStateClosed))
    {
      dev->is_unclosed = 1;
      return grub_errno;
    }
  return grub_xenbus_wait_close (dev, XenbusStateClosed,
				 grub_xen_deadline (GRUB_XEN_CLOSE_TIMEOUT));
}

grub_err_t
grub_xenbus_wait_ready (const struct grub_xenbus_device *dev,
			grub_uint64_t deadline)
{
  if (!grub_xenbus_wait (dev, GRUB_XENBUS_IS (XenbusStateInitWait),
			 GRUB_XENBUS_IS (XenbusStateUnknown), deadline))
    return GRUB_ERR_NONE;
  /* A frontend in Initialising gives up at once if its backend is Closed
     (Linux's blkback_changed).  A frontend in Closed is reset.  */
  if (grub_errno == GRUB_ERR_TIMEOUT)
    {
      grub_error_push ();
      grub_xenbus_set_state (dev, XenbusStateClosed);
      grub_errno = GRUB_ERR_NONE;
      grub_error_pop ();
    }
  return grub_errno;
}

grub_err_t
grub_xenbus_reinit (const struct grub_xenbus_device *dev)
{
  if (grub_xenbus_set_state (dev, XenbusStateInitialising))
    return grub_errno;
  return grub_xenbus_wait_ready
    (dev, grub_xen_deadline (GRUB_XEN_CONNECT_TIMEOUT));
}

grub_err_t
grub_xenbus_begin (struct grub_xenbus_device *dev)
{
  const unsigned int fresh = GRUB_XENBUS_IS (XenbusStateUnknown)
			     | GRUB_XENBUS_IS (XenbusStateInitialising)
			     | GRUB_XENBUS_IS (XenbusStateInitWait);
  enum xenbus_state own, backend;

  if (grub_xenbus_own_state (dev, &own)
      || grub_xenbus_backend_state (dev, &backend))
    return grub_errno;
  if (own == XenbusStateInitialising && (fresh & GRUB_XENBUS_IS (backend)))
    return grub_xenbus_wait (dev, GRUB_XENBUS_IS (XenbusStateInitWait),
			     GRUB_XENBUS_IS (XenbusStateUnknown),
			     grub_xen_deadline (GRUB_XEN_CONNECT_TIMEOUT));
  if (grub_xenbus_is_leaving (dev))
    return grub_error (GRUB_ERR_BAD_DEVICE, N_("%s: the host takes it away"),
		       dev->name);
  /* A backend that has not closed yet ignores a new frontend.  */
  if (grub_xenbus_close (dev))
    return grub_errno;
  return grub_xenbus_reinit (dev);
}
