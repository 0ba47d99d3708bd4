/*
 *  grub-xen-hvm  --  the device state machine
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

#ifndef GRUB_XENBUS_HEADER
#define GRUB_XENBUS_HEADER 1

#include <grub/err.h>
#include <grub/xen/abi.h>

/* One frontend and its backend.  */
struct grub_xenbus_device
{
  /* What a user knows it by, for messages.  Not owned.  */
  const char *name;
  /* Frontend directory, such as "device/vbd/51776".  */
  char *path;
  /* Backend directory, absolute.  */
  char *backend;
  /* The keys `state' in both.  */
  char *state_key;
  char *backend_state_key;
  domid_t backend_id;
};

/* A set of states (enum xenbus_state), for grub_xenbus_wait.  */
#define GRUB_XENBUS_IS(state)	(1U << (state))

/* Fill in DEV for the frontend directory PATH and the user's NAME, which has to
   live as long as DEV.  Errors: those of xenstore, GRUB_ERR_BAD_DEVICE when
   `backend' or `backend-id' is not what it has to be.  */
grub_err_t grub_xenbus_open (struct grub_xenbus_device *dev, const char *name,
			     const char *path);

/* Free what DEV holds.  Does not touch its state.  */
void grub_xenbus_release (struct grub_xenbus_device *dev);

/* The state that DEV's own or its backend's directory holds.
   XenbusStateUnknown for a key that is missing or makes no sense.  Errors of
   xenstore are raised.  */
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

/* Read the number that goes with the backend's feature KEY: 0 if the feature
   is missing or its number makes no sense.  An answer that got lost is an
   error, since it must not make writes unsafe.  */
grub_err_t grub_xenbus_backend_feature (const struct grub_xenbus_device *dev,
					const char *key, grub_uint64_t *num);

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

/* The two halves of grub_xenbus_close behind the states that it writes: wait
   until DEV's backend has left Connected; until it holds nothing, or says so,
   since a backend may be Closed and keep what requests in flight use.
   GRUB_ERR_TIMEOUT; errors of xenstore.  */
grub_err_t grub_xenbus_wait_closing (const struct grub_xenbus_device *dev,
				     grub_uint64_t deadline);
grub_err_t grub_xenbus_wait_closed (const struct grub_xenbus_device *dev,
				    grub_uint64_t deadline);

/* Take DEV through Closing and Closed, so that the backend lets go of pages
   and ports.  Closed is written even if the backend does not follow to
   Closing: one that acts late acts on what it reads then.  An error says that
   the backend has not closed within GRUB_XEN_CLOSE_TIMEOUT for each step; then
   DEV has to stay Closed, which the next frontend repairs (Linux's
   xenbus_reset_check_state).  */
grub_err_t grub_xenbus_close (const struct grub_xenbus_device *dev);

/* Wait until the backend of DEV, which was Closed and is Initialising, is at
   InitWait.  If that does not come before DEADLINE (GRUB_ERR_TIMEOUT) DEV is
   Closed again, which the next frontend repairs.  */
grub_err_t grub_xenbus_wait_ready (const struct grub_xenbus_device *dev,
				   grub_uint64_t deadline);

/* Make DEV, of which both sides are Closed, ready for its next user:
   Initialising, and grub_xenbus_wait_ready for GRUB_XEN_CONNECT_TIMEOUT.  */
grub_err_t grub_xenbus_reinit (const struct grub_xenbus_device *dev);

#endif /* ! GRUB_XENBUS_HEADER */
