/* SPDX-License-Identifier: GPL-3.0-or-later */
/* xenbus.h - the device state machine
   Copyright (C) 2026  The grub-xen-hvm authors  */

#ifndef GRUB_XENBUS_HEADER
#define GRUB_XENBUS_HEADER 1

#include <grub/err.h>
#include <grub/xen/abi.h>

/* One frontend and its backend.  */
struct grub_xenbus_device
{
  /* The user's name for it, for messages.  Not owned.  */
  const char *name;
  /* Frontend directory, such as "device/vbd/51776".  */
  char *path;
  /* Backend directory, absolute.  */
  char *backend;
  /* The keys `state' in both.  */
  char *state_key;
  char *backend_state_key;
  domid_t backend_id;
  /* The backend did not close the last time: it may still use all pages that
     it has mapped.  */
  int is_unclosed;
};

/* A key in a frontend directory, by which a backend finds the shared
   resources.  */
struct grub_xenbus_key
{
  const char *name;
  /* Its value; if TEXT is 0, NUMBER in decimal.  */
  const char *text;
  grub_uint32_t number;
};

/* Call HOOK for each frontend directory of CLASS, such as "vbd", with its name
   and DATA, until it returns nonzero, which is an error that it has raised.
   Errors: those of grub_xenstore_list except GRUB_ERR_FILE_NOT_FOUND, which is
   an empty list.  */
grub_err_t grub_xenbus_iterate (const char *class,
				int (*hook) (const char *name, void *data),
				void *data);

/* Where frontend directories are, relative to the domain's own.  */
#define GRUB_XENBUS_DIR		"device"

/* A set of states (enum xenbus_state), for grub_xenbus_wait.  */
#define GRUB_XENBUS_IS(state)	(1U << (state))

/* Fill in DEV for the frontend directory PATH and the user's NAME, which has
   to live as long as DEV.  Errors: those of xenstore, GRUB_ERR_BAD_DEVICE if
   `backend' or `backend-id' is invalid.  */
grub_err_t grub_xenbus_open (struct grub_xenbus_device *dev, const char *name,
			     const char *path);

/* Free DEV's strings.  Does not change its state.  */
void grub_xenbus_release (struct grub_xenbus_device *dev);

/* Store the state in KEY in *STATE: XenbusStateUnknown if the key is missing
   or not valid.  Errors of xenstore.  */
grub_err_t grub_xenbus_read_state (const char *key, enum xenbus_state *state);

/* The same for DEV, and for its backend.  */
static inline grub_err_t
grub_xenbus_own_state (const struct grub_xenbus_device *dev,
		       enum xenbus_state *state)
{
  return grub_xenbus_read_state (dev->state_key, state);
}

static inline grub_err_t
grub_xenbus_backend_state (const struct grub_xenbus_device *dev,
			   enum xenbus_state *state)
{
  return grub_xenbus_read_state (dev->backend_state_key, state);
}

/* Read the number KEY, at most MAX, in the directory of DEV's backend.
   Without a key that is OPTIONAL *NUM stays as it is.  Errors: those of
   grub_xenstore_read_number.  */
grub_err_t grub_xenbus_backend_number (const struct grub_xenbus_device *dev,
				       const char *key, grub_uint64_t max,
				       int optional, grub_uint64_t *num);

/* Whether the host is detaching DEV: its backend serves no new frontend, and
   the host waits for the device to stay closed.  Raises no error.  */
int grub_xenbus_is_leaving (const struct grub_xenbus_device *dev);

/* Write COUNT KEYS to DEV's directory, all or none.  Errors of xenstore.  */
grub_err_t grub_xenbus_publish (const struct grub_xenbus_device *dev,
				const struct grub_xenbus_key *keys,
				unsigned int count);

/* Remove them, because a backend uses all keys that it finds.  Allocates no
   memory, and raises no error.  */
void grub_xenbus_withdraw (const struct grub_xenbus_device *dev,
			   const struct grub_xenbus_key *keys,
			   unsigned int count);

/* Xen's name for STATE.  */
const char *grub_xenbus_state_name (enum xenbus_state state);

/* Write DEV's own state.  */
grub_err_t grub_xenbus_set_state (const struct grub_xenbus_device *dev,
				  enum xenbus_state state);

/* Wait until DEV's backend is in one of the states WANTED, until DEADLINE (see
   grub_xen_deadline).  A state of FATAL ends the wait at once.
   GRUB_ERR_TIMEOUT or GRUB_ERR_BAD_DEVICE with a message that names DEV and
   both sides' states; errors of xenstore.  */
grub_err_t grub_xenbus_wait (const struct grub_xenbus_device *dev,
			     unsigned int wanted, unsigned int fatal,
			     grub_uint64_t deadline);

/* The wait of grub_xenbus_close after each state OWN that it writes.  Closing:
   wait until DEV's backend has left Connected.  Closed: wait until it has
   released everything, because a backend may be Closed and still use the pages
   of requests in flight.  DEV->is_unclosed has the result.  GRUB_ERR_TIMEOUT;
   errors of xenstore.  */
grub_err_t grub_xenbus_wait_close (struct grub_xenbus_device *dev,
				   enum xenbus_state own,
				   grub_uint64_t deadline);

/* Take DEV through Closing and Closed, so that the backend releases pages and
   ports.  Closed is written even if the backend does not follow to Closing,
   because a late backend reads the state then.  An error means that the
   backend has not closed within GRUB_XEN_CLOSE_TIMEOUT for each step; then DEV
   has to stay Closed, and the next frontend resets it (Linux's
   xenbus_reset_check_state).  */
grub_err_t grub_xenbus_close (struct grub_xenbus_device *dev);

/* Wait until the backend of DEV, which was Closed and is Initialising, is at
   InitWait.  If it is not at DEADLINE (GRUB_ERR_TIMEOUT), DEV is Closed again,
   and the next frontend resets it.  */
grub_err_t grub_xenbus_wait_ready (const struct grub_xenbus_device *dev,
				   grub_uint64_t deadline);

/* Make DEV, of which both sides are Closed, ready for its next user:
   Initialising, and grub_xenbus_wait_ready for GRUB_XEN_CONNECT_TIMEOUT.  */
grub_err_t grub_xenbus_reinit (const struct grub_xenbus_device *dev);

/* Bring both sides to their initial states if a former frontend left them
   elsewhere, and wait until the backend is ready.  GRUB_ERR_BAD_DEVICE: the
   host is detaching DEV; errors as for grub_xenbus_wait.  */
grub_err_t grub_xenbus_begin (struct grub_xenbus_device *dev);

#endif /* ! GRUB_XENBUS_HEADER */
