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
  grub_uint64_t number;
};

/* Call HOOK for each frontend directory of CLASS, such as "vbd", with its name
   and DATA, until it returns nonzero, which is an error that it has raised.
   Errors: those of grub_xenstore_list except GRUB_ERR_FILE_NOT_FOUND, which is
   an empty list.  */
grub_err_t grub_xenbus_iterate (const char *class,
				int (*hook) (const char *name, void *data),
				void *data);

/* The frontend directory NAME of CLASS, relative to the domain's own, as a new
   string; 0 if there is no memory.  */
char *grub_xenbus_path (const char *class, const char *name);

/* A set of states (enum xenbus_state), for grub_xenbus_wait.  */
#define GRUB_XENBUS_IS(state)	(1U << (state))

/* Fill in DEV for the frontend directory PATH and the user's NAME, which has
   to live as long as DEV.  Errors: those of xenstore, GRUB_ERR_BAD_DEVICE if
   `backend' or `backend-id' is invalid.  */
grub_err_t grub_xenbus_open (struct grub_xenbus_device *dev, const char *name,
			     const char *path);

/* Free DEV's strings.  Does not change its state.  */
void grub_xenbus_release (struct grub_xenbus_device *dev);

/* The state in DEV's own or its backend's directory. XenbusStateUnknown for a
   key that is missing or invalid.  Errors of xenstore are raised.  */
grub_err_t grub_xenbus_own_state (const struct grub_xenbus_device *dev,
				  enum xenbus_state *state);
grub_err_t grub_xenbus_backend_state (const struct grub_xenbus_device *dev,
				      enum xenbus_state *state);

/* Read the number KEY, at most MAX, in the directory of DEV's backend.
   Without a key that is OPTIONAL *NUM stays as it is.  Errors: those of
   grub_xenstore_read_number.  */
grub_err_t grub_xenbus_backend_number (const struct grub_xenbus_device *dev,
				       const char *key, grub_uint64_t max,
				       int optional, grub_uint64_t *num);

/* Read the number of the backend's feature KEY: 0 if the feature is missing or
   its number is invalid.  A lost answer is an error, because it must not make
   writes unsafe.  */
grub_err_t grub_xenbus_backend_feature (const struct grub_xenbus_device *dev,
					const char *key, grub_uint64_t *num);

/* The text of KEY in the directory of DEV's backend, for grub_free; 0: no such
   key, or no memory.  Raises no error.  */
char *grub_xenbus_backend_text (const struct grub_xenbus_device *dev,
				const char *key);

/* Whether the host is detaching DEV: GRUB must not connect to its backend
   again, because the host waits for it to stay closed.  Raises no error.  */
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

/* Add DEV's name to the current error if it names only a path.  Returns the
   error.  */
grub_err_t grub_xenbus_name_error (const struct grub_xenbus_device *dev);

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

/* The two waits of grub_xenbus_close after the states that it writes: the
   first until DEV's backend has left Connected; the second until it is closed.
   A Closed backend may still map the pages of requests in flight.
   DEV->is_unclosed is the result.  GRUB_ERR_TIMEOUT; errors of xenstore.  */
grub_err_t grub_xenbus_wait_closing (struct grub_xenbus_device *dev,
				     grub_uint64_t deadline);
grub_err_t grub_xenbus_wait_closed (struct grub_xenbus_device *dev,
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
