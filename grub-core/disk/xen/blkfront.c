/*
 *  grub-xen-hvm  --  connect and disconnect one disk
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

#include <grub/disk.h>
#include <grub/err.h>
#include <grub/i18n.h>
#include <grub/misc.h>
#include <grub/mm.h>
#include <grub/term.h>
#include <grub/xen/blkfront.h>
#include <grub/xen/evtchn.h>
#include <grub/xen/grant.h>
#include <grub/xen/resume.h>
#include <grub/xen/wait.h>
#include <grub/xen/xenstore.h>

/* Sector sizes that both GRUB and a page-sized segment can carry.  */
#define MIN_LOG_SECTOR_SIZE	9
#define MAX_LOG_SECTOR_SIZE	GRUB_XEN_PAGE_SHIFT

/* Keys in the frontend directory that are ours.  Every one has to be gone when
   the next frontend comes: blkback goes by what it finds.  */
enum { REF_KEY, PORT_KEY, PROTOCOL_KEY, PERSISTENT_KEY, OWN_KEYS };
static const char *const own_keys[OWN_KEYS] =
  {
    [REF_KEY] = "ring-ref",
    [PORT_KEY] = "event-channel",
    [PROTOCOL_KEY] = "protocol",
    [PERSISTENT_KEY] = "feature-persistent"
  };

/* Room for such a key's path: `device/vbd/', a number and a name.  No memory is
   taken for it: what GRUB wrote has to go even when there is none.  */
#define KEY_LEN		64

static void
key_path (char *path, const struct grub_xen_blkfront *front, unsigned int i)
{
  grub_snprintf (path, KEY_LEN, "%s/%s", front->dev.path, own_keys[i]);
}

static grub_err_t
write_keys (grub_uint32_t tx, void *data)
{
  struct grub_xen_blkfront *front = data;
  char key[OWN_KEYS][KEY_LEN];
  unsigned int i;

  for (i = 0; i < OWN_KEYS; i++)
    key_path (key[i], front, i);
  if (grub_xenstore_write_number (tx, key[REF_KEY],
				 front->ring_page->refs[0])
      || grub_xenstore_write_number (tx, key[PORT_KEY], front->port))
    return grub_errno;
  /* A backend may keep the pool mapped for as long as it is connected: it need
     not be trusted for that, since no page of it ever serves anything else.  */
  if (grub_xenstore_write (tx, key[PERSISTENT_KEY], "1"))
    return grub_errno;
  return grub_xenstore_write (tx, key[PROTOCOL_KEY], XEN_IO_PROTO_ABI_NATIVE);
}

/* A key that stays can cost the next frontend the disk: a failure, such as an
   answer that got lost, is worth one more try.  */
static void
remove_keys (struct grub_xen_blkfront *front)
{
  unsigned int i;

  for (i = 0; i < OWN_KEYS; i++)
    {
      char key[KEY_LEN];

      key_path (key, front, i);
      if (grub_xenstore_remove (GRUB_XENSTORE_NO_TX, key)
	  && grub_xenstore_remove (GRUB_XENSTORE_NO_TX, key))
	grub_dprintf ("xen_blk", "%s: key `%s' stays: %s\n",
		      front->dev.name, own_keys[i], grub_errmsg);
      grub_errno = GRUB_ERR_NONE;
    }
}

/* Take over what the connected backend says of its disk.  */
static grub_err_t
read_geometry (struct grub_xen_blkfront *front)
{
  const struct grub_xenbus_device *dev = &front->dev;
  grub_uint64_t sectors, size = 512, info = 0;
  unsigned int log;

  if (grub_xenbus_backend_number (dev, "sectors", GRUB_DISK_MAX_SECTORS, 0,
				  &sectors)
      || grub_xenbus_backend_number (dev, "sector-size", GRUB_XEN_PAGE_SIZE,
				     1, &size)
      || grub_xenbus_backend_number (dev, "info", GRUB_UINT_MAX, 1, &info))
    return grub_errno;
  for (log = MIN_LOG_SECTOR_SIZE;
       log < MAX_LOG_SECTOR_SIZE && (1U << log) < size; log++);
  if (size != 1U << log)
    return grub_error (GRUB_ERR_BAD_DEVICE,
		       N_("%s: sectors of %u bytes are not supported"),
		       front->dev.name, (unsigned int) size);
  front->sector_size = size;
  front->log_sector_size = log;
  front->info = info;
  /* A last sector that is not whole cannot be read.  */
  front->sectors = sectors & ~(grub_uint64_t)
    ((1 << (log - GRUB_XEN_SECTOR_SHIFT)) - 1);
  if (!front->sectors)
    return grub_error (GRUB_ERR_OUT_OF_RANGE, N_("%s: no medium"),
		       front->dev.name);
  return GRUB_ERR_NONE;
}

/* Take over what the connected backend can do.  */
static grub_err_t
read_features (struct grub_xen_blkfront *front)
{
  grub_uint64_t flush, barrier, segments;

  if (grub_xenbus_backend_feature (&front->dev, "feature-flush-cache", &flush)
      || grub_xenbus_backend_feature (&front->dev, "feature-barrier", &barrier)
      || grub_xenbus_backend_feature
	   (&front->dev, "feature-max-indirect-segments", &segments))
    return grub_errno;
  if (flush == 1)
    front->flush_op = BLKIF_OP_FLUSH_DISKCACHE;
  else if (barrier == 1)
    front->flush_op = BLKIF_OP_WRITE_BARRIER;
  if (segments > GRUB_XEN_RING_SEGMENTS)
    segments = GRUB_XEN_RING_SEGMENTS;
  if (segments > front->stream.ring.segments)
    front->stream.ring.segments = segments;
  return GRUB_ERR_NONE;
}

/* Note an error that nothing can be done about.  */
static void
note_error (struct grub_xen_blkfront *front, grub_err_t err)
{
  if (!err)
    return;
  grub_dprintf ("xen_blk", "%s: on closing: %s\n", front->dev.name,
		grub_errmsg);
  grub_errno = GRUB_ERR_NONE;
}

/* Whether the host takes the backend away: nobody begins with it again, and the host
   waits for it to stay closed.  */
static int
is_leaving (struct grub_xen_blkfront *front)
{
  grub_uint64_t online = 1;

  note_error (front, grub_xenbus_backend_number (&front->dev, "online", 1, 1,
						 &online));
  return !online;
}

/* Bring both sides to where a new frontend begins if a former one left them
   elsewhere, and wait for a backend that is ready.  A backend that has not let
   go yet does not listen to a frontend that begins.  */
static grub_err_t
make_ready (struct grub_xen_blkfront *front)
{
  const unsigned int fresh = GRUB_XENBUS_IS (XenbusStateUnknown)
    | GRUB_XENBUS_IS (XenbusStateInitialising)
    | GRUB_XENBUS_IS (XenbusStateInitWait);
  enum xenbus_state own, backend;

  if (grub_xenbus_own_state (&front->dev, &own)
      || grub_xenbus_backend_state (&front->dev, &backend))
    return grub_errno;
  if (own == XenbusStateInitialising && (fresh & GRUB_XENBUS_IS (backend)))
    return grub_xenbus_wait (&front->dev,
			     GRUB_XENBUS_IS (XenbusStateInitWait),
			     GRUB_XENBUS_IS (XenbusStateUnknown),
			     grub_xen_deadline (GRUB_XEN_CONNECT_TIMEOUT));
  if (is_leaving (front))
    return grub_error (GRUB_ERR_BAD_DEVICE,
		       N_("%s: the host takes it away"), front->dev.name);
  front->not_closed = grub_xenbus_close (&front->dev) != GRUB_ERR_NONE;
  return front->not_closed ? grub_errno : grub_xenbus_reinit (&front->dev);
}

/* Say which disk the error at hand is about, where it names a path only.
   Newer GRUBs have a place in the sources before each message.  */
static void
name_error (const char *name)
{
  char text[GRUB_MAX_ERRMSG];
  grub_err_t err = grub_errno;

  if (grub_strstr (grub_errmsg, name))
    return;
  grub_strncpy (text, grub_errmsg, sizeof (text) - 1);
  text[sizeof (text) - 1] = 0;
  grub_error (err, "%s: %s", name, text);
}

static grub_err_t
share_and_connect (struct grub_xen_blkfront *front, grub_uint32_t handle)
{
  domid_t backend = front->dev.backend_id;
  const unsigned int gone = GRUB_XENBUS_IS (XenbusStateUnknown)
    | GRUB_XENBUS_IS (XenbusStateClosing) | GRUB_XENBUS_IS (XenbusStateClosed);

  front->pool = grub_xen_pool_get (backend);
  if (front->pool)
    front->ring_page = grub_xen_pages_grant (backend, 1);
  if (!front->ring_page || grub_xen_evtchn_alloc (backend, &front->port))
    return grub_errno;
  grub_xen_ring_init (&front->stream.ring, front->dev.name, handle,
		      front->ring_page->memory, front->port, front->pool);
  grub_xen_stream_init (&front->stream);
  if (grub_xenstore_transact (write_keys, front))
    return grub_errno;
  front->announced = 1;
  if (grub_xenbus_set_state (&front->dev, XenbusStateInitialised)
      || grub_xenbus_wait (&front->dev, GRUB_XENBUS_IS (XenbusStateConnected),
			   gone, grub_xen_deadline (GRUB_XEN_CONNECT_TIMEOUT))
      || read_geometry (front) || read_features (front))
    return grub_errno;
  front->stream.end = front->sectors;
  return grub_xenbus_set_state (&front->dev, XenbusStateConnected);
}

grub_err_t
grub_xen_blkfront_connect (struct grub_xen_blkfront *front, const char *name,
			   const char *path, grub_uint32_t handle)
{
  grub_memset (front, 0, sizeof (*front));
  front->generation = grub_xen_platform.generation;
  if (grub_xenbus_open (&front->dev, name, path)
      || make_ready (front)
      || share_and_connect (front, handle))
    {
      name_error (name);
      grub_error_push ();
      grub_xen_blkfront_disconnect (front);
      grub_error_pop ();
      return grub_errno;
    }
  front->connected = 1;
  grub_dprintf ("xen_blk", "%s: %llu sectors, %u bytes each, info %u\n",
		name, (unsigned long long) front->sectors, front->sector_size,
		front->info);
  return GRUB_ERR_NONE;
}

/* Let go of everything that was shared with the backend.  */
static void
unshare (struct grub_xen_blkfront *front)
{
  if (front->port)
    grub_xen_evtchn_close (front->port);
  front->port = 0;
  grub_xen_pages_end (front->ring_page, front->dev.name);
  front->ring_page = 0;
  if (front->not_closed && front->pool)
    grub_xen_pages_blame (front->pool->shared, front->dev.name);
  grub_xen_pool_put (front->pool, front->dev.name);
  front->pool = 0;
}

/* Leave nothing to the backend but the state from which the next frontend
   begins.  A backend that was not told of the ring has not left InitWait: it
   need not begin from there.  */
static void
leave (struct grub_xen_blkfront *front)
{
  unshare (front);
  remove_keys (front);
  if (front->not_closed || (front->announced && is_leaving (front)))
    front->announced = 0;
  if (front->announced)
    note_error (front, grub_xenbus_set_state (&front->dev,
					      XenbusStateInitialising));
}

/* When to tell the user of a wait until DEADLINE that begins now.  */
static grub_uint64_t
early (grub_uint64_t deadline)
{
  grub_uint64_t soon = grub_xen_deadline (2 * GRUB_XEN_LONG_WAIT);

  return soon < deadline ? soon : deadline;
}

/* Whether to go on with a wait until DEADLINE, of which the user hears.  A key
   may have ended the first part of it, when there were INTERRUPTS.  */
static int
go_on_waiting (const struct grub_xen_blkfront *front, grub_uint64_t deadline,
	       unsigned int interrupts)
{
  grub_uint64_t now = grub_xen_deadline (0);

  if (deadline <= now || grub_xen_wait_interrupts () != interrupts
      || grub_xen_is_stale (front->generation))
    return 0;
  grub_printf_ (N_("%s: waiting up to %u s for the backend to give it back "
		   "(Esc goes on)\n"), front->dev.name,
		(unsigned int) (deadline - now + 999) / 1000);
  grub_refresh ();
  return 1;
}

static void
drain (struct grub_xen_blkfront *front, grub_uint64_t deadline, int verbose)
{
  struct grub_xen_stream *stream = &front->stream;
  unsigned int interrupts = grub_xen_wait_interrupts ();

  if (!grub_xen_stream_drain (stream, verbose ? early (deadline) : deadline)
      && !(verbose && go_on_waiting (front, deadline, interrupts)
	   && grub_xen_stream_drain (stream, deadline)))
    grub_xen_ring_die (&stream->ring, N_("requests are still in flight"));
}

/* Wait, by the function WAIT, for the backend to close.  */
static void
wait_to_close (struct grub_xen_blkfront *front,
	       grub_err_t (*wait) (const struct grub_xenbus_device *dev,
				   grub_uint64_t deadline),
	       grub_uint64_t deadline, int verbose)
{
  unsigned int interrupts = grub_xen_wait_interrupts ();
  grub_err_t err;

  err = wait (&front->dev, verbose ? early (deadline) : deadline);
  if (verbose && err == GRUB_ERR_TIMEOUT
      && go_on_waiting (front, deadline, interrupts))
    {
      grub_errno = GRUB_ERR_NONE;
      err = wait (&front->dev, deadline);
    }
  front->not_closed = err != GRUB_ERR_NONE;
  note_error (front, err);
}

static void
wait_ready (struct grub_xen_blkfront *front, grub_uint64_t deadline,
	    int verbose)
{
  unsigned int interrupts = grub_xen_wait_interrupts ();

  if (verbose && front->announced
      && grub_xenbus_wait (&front->dev, GRUB_XENBUS_IS (XenbusStateInitWait),
			   GRUB_XENBUS_IS (XenbusStateUnknown),
			   early (deadline)) == GRUB_ERR_TIMEOUT
      && !go_on_waiting (front, deadline, interrupts))
    deadline = 0;
  grub_errno = GRUB_ERR_NONE;
  if (front->announced)
    note_error (front, grub_xenbus_wait_ready (&front->dev, deadline));
  front->announced = 0;
  grub_xenbus_release (&front->dev);
}

void
grub_xen_blkfront_step (struct grub_xen_blkfront *front,
			enum grub_xen_blkfront_step step,
			grub_uint64_t deadline, int verbose)
{
  struct grub_xenbus_device *dev = &front->dev;

  front->connected = 0;
  if (!dev->backend)
    return;
  if (step == GRUB_XEN_BLKFRONT_LEAVE)
    leave (front);
  else if (step == GRUB_XEN_BLKFRONT_WAIT_READY)
    wait_ready (front, deadline, verbose);
  else if (!front->announced)
    return;
  else if (step == GRUB_XEN_BLKFRONT_DRAIN)
    drain (front, deadline, verbose);
  else if (step == GRUB_XEN_BLKFRONT_CLOSING)
    note_error (front, grub_xenbus_set_state (dev, XenbusStateClosing));
  else if (step == GRUB_XEN_BLKFRONT_WAIT_CLOSING)
    wait_to_close (front, grub_xenbus_wait_closing, deadline, verbose);
  else if (step == GRUB_XEN_BLKFRONT_CLOSED)
    note_error (front, grub_xenbus_set_state (dev, XenbusStateClosed));
  else if (step == GRUB_XEN_BLKFRONT_WAIT_CLOSED)
    wait_to_close (front, grub_xenbus_wait_closed, deadline, verbose);
}

void
grub_xen_blkfront_disconnect (struct grub_xen_blkfront *front)
{
  unsigned int step;

  for (step = 0; step < GRUB_XEN_BLKFRONT_STEPS; step++)
    grub_xen_blkfront_step (front, step,
			    grub_xen_deadline
			    (step == GRUB_XEN_BLKFRONT_WAIT_READY
			     ? GRUB_XEN_CONNECT_TIMEOUT
			     : GRUB_XEN_CLOSE_TIMEOUT), 0);
}

void
grub_xen_blkfront_forget (struct grub_xen_blkfront *front)
{
  front->connected = 0;
  front->announced = 0;
  front->not_closed = 0;
  front->port = 0;
  unshare (front);
  grub_xenbus_release (&front->dev);
}

static grub_err_t
check (struct grub_xen_blkfront *front, grub_uint64_t sector,
       grub_size_t bytes)
{
  if (front->stream.ring.dead)
    return grub_xen_ring_raise (&front->stream.ring);
  if (sector <= front->sectors
      && bytes >> GRUB_XEN_SECTOR_SHIFT <= front->sectors - sector)
    return GRUB_ERR_NONE;
  return grub_error (GRUB_ERR_OUT_OF_RANGE,
		     N_("%s: sector %llu is past the end at %llu"),
		     front->dev.name,
		     (unsigned long long) sector + (bytes >> GRUB_XEN_SECTOR_SHIFT),
		     (unsigned long long) front->sectors);
}

int
grub_xen_blkfront_is_same (struct grub_xen_blkfront *front)
{
  grub_uint64_t sectors = front->sectors;
  unsigned int size = front->sector_size, info = front->info;

  grub_error_push ();
  read_geometry (front);
  grub_errno = GRUB_ERR_NONE;
  grub_error_pop ();
  return front->sectors == sectors && front->sector_size == size
    && front->info == info;
}

/* After the error at hand: if the disk is not any more what it was when it was
   connected, that is the error, and the disk's end.  One that may not be used any more
   is given back now, for others may need its pages and grants; it counts as connected
   all the same, so that nobody connects it again before a boot.  */
static grub_err_t
explain_error (struct grub_xen_blkfront *front)
{
  /* Nothing is wrong with the disk: it will be connected again.  */
  if (grub_xen_is_stale (front->generation))
    return grub_errno;
  if (!front->stream.ring.dead)
    {
      if (grub_xen_blkfront_is_same (front))
	return grub_errno;
      grub_xen_ring_die (&front->stream.ring,
			 "the backend changed the disk while it was in use");
    }
  grub_errno = GRUB_ERR_NONE;
  grub_xen_blkfront_disconnect (front);
  front->connected = 1;
  return grub_xen_ring_raise (&front->stream.ring);
}

grub_err_t
grub_xen_blkfront_read (struct grub_xen_blkfront *front, grub_uint64_t sector,
			grub_size_t bytes, char *buf)
{
  if (check (front, sector, bytes))
    return grub_errno;
  if (grub_xen_stream_read (&front->stream, sector, bytes, buf))
    return explain_error (front);
  return GRUB_ERR_NONE;
}

grub_err_t
grub_xen_blkfront_write (struct grub_xen_blkfront *front,
			 grub_uint64_t sector, grub_size_t bytes,
			 const char *buf)
{
  int supported;

  if (front->info & VDISK_READONLY)
    return grub_error (GRUB_ERR_ACCESS_DENIED, N_("%s is read-only"),
		       front->dev.name);
  if (check (front, sector, bytes))
    return grub_errno;
  if (grub_xen_stream_write (&front->stream, sector, bytes, buf))
    return explain_error (front);
  if (!front->flush_op)
    return GRUB_ERR_NONE;
  if (grub_xen_stream_flush (&front->stream, front->flush_op, &supported))
    return explain_error (front);
  if (!supported)
    front->flush_op = 0;
  return GRUB_ERR_NONE;
}
