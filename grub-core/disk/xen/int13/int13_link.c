/*
 *  grub-xen-hvm  --  the INT 13h service: connect its drives
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

#include <grub/err.h>
#include <grub/i18n.h>
#include <grub/misc.h>
#include <grub/mm.h>
#include <grub/xen/evtchn.h>
#include <grub/xen/grant.h>
#include <grub/xen/resume.h>
#include <grub/xen/int13_place.h>
#include <grub/xen/wait.h>
#include <grub/xen/xenstore.h>

/* Keys in the frontend directory that are ours.  An OS's frontend writes its own over
   them when it has taken the device over.  */
static const char *const own_keys[]
  = { "ring-ref", "event-channel", "feature-persistent", "protocol" };

/* Room for such a key's path.  */
#define KEY_LEN		64

static grub_err_t
write_keys (grub_uint32_t tx, void *data)
{
  const struct grub_xen_int13_mapping *mapping = ((void **) data)[0];
  const struct grub_xen_int13_drive *drive = ((void **) data)[1];
  const grub_uint64_t numbers[] = { drive->ring_ref, drive->port, 1 };
  char key[KEY_LEN];
  unsigned int i;

  for (i = 0; i < ARRAY_SIZE (own_keys); i++)
    {
      grub_snprintf (key, sizeof (key), "%s/%s", mapping->dev.path,
		     own_keys[i]);
      if (i < ARRAY_SIZE (numbers)
	  ? grub_xenstore_write_number (tx, key, numbers[i])
	  : grub_xenstore_write (tx, key, XEN_IO_PROTO_ABI_NATIVE))
	return grub_errno;
    }
  return GRUB_ERR_NONE;
}

static void
remove_keys (const struct grub_xen_int13_mapping *mapping)
{
  char key[KEY_LEN];
  unsigned int i;

  for (i = 0; i < ARRAY_SIZE (own_keys); i++)
    {
      grub_snprintf (key, sizeof (key), "%s/%s", mapping->dev.path,
		     own_keys[i]);
      grub_xenstore_remove (GRUB_XENSTORE_NO_TX, key);
      grub_errno = GRUB_ERR_NONE;
    }
}

/* Grant the page at physical address PHYS to the domain REMOTE for ever.  */
static grub_err_t
permit (grant_ref_t *ref, domid_t remote, grub_uint32_t phys)
{
  if (grub_xen_grant_reserve (ref))
    return grub_errno;
  grub_xen_grant_permit (*ref, remote, (void *) (grub_addr_t) phys, 0);
  return GRUB_ERR_NONE;
}

/* The memory may hold what GRUB or another backend left in it, so all of it is
   cleared before domain REMOTE can map it.  */
static grub_err_t
share (struct grub_xen_int13_drive *drive, domid_t remote)
{
  struct blkif_sring *ring = (void *) (grub_addr_t) drive->ring;
  unsigned int i;

  grub_memset (ring, 0, GRUB_XEN_PAGE_SIZE);
  grub_memset ((void *) (grub_addr_t) drive->data, 0,
	       GRUB_XEN_INT13_PAGES * GRUB_XEN_PAGE_SIZE);
  ring->req_event = 1;
  ring->rsp_event = 1;
  if (permit (&drive->ring_ref, remote, drive->ring))
    return grub_errno;
  for (i = 0; i < GRUB_XEN_INT13_PAGES; i++)
    if (permit (&drive->refs[i], remote,
		drive->data + i * GRUB_XEN_PAGE_SIZE))
      return grub_errno;
  return grub_xen_evtchn_alloc (remote, &drive->port);
}

/* Returns 0 if the backend still has the page of *REF.  */
static int
end_grant (grant_ref_t *ref)
{
  int ended = 1;

  if (*ref)
    {
      ended = grub_xen_grant_revoke (*ref)
	|| grub_xen_is_stale (grub_xen_platform.generation);
      if (ended)
	grub_xen_grant_release (*ref);
    }
  *ref = GRUB_XEN_GRANT_NONE;
  return ended;
}

grub_err_t
grub_xen_int13_connect (struct grub_xen_int13_mapping *mapping,
			struct grub_xen_int13_drive *drive)
{
  const unsigned int gone = GRUB_XENBUS_IS (XenbusStateUnknown)
    | GRUB_XENBUS_IS (XenbusStateClosing) | GRUB_XENBUS_IS (XenbusStateClosed);
  struct grub_xenbus_device *dev = &mapping->dev;
  void *data[] = { mapping, drive };

  mapping->generation = grub_xen_platform.generation;
  if (grub_xenbus_open (dev, mapping->name, mapping->path)
      || grub_xenbus_wait (dev, GRUB_XENBUS_IS (XenbusStateInitWait), gone,
			   grub_xen_deadline (GRUB_XEN_CONNECT_TIMEOUT))
      || share (drive, dev->backend_id)
      || grub_xenstore_transact (write_keys, data))
    goto fail;
  mapping->announced = 1;
  if (grub_xenbus_set_state (dev, XenbusStateInitialised)
      || grub_xenbus_wait (dev, GRUB_XENBUS_IS (XenbusStateConnected), gone,
			   grub_xen_deadline (GRUB_XEN_CONNECT_TIMEOUT))
      || grub_xenbus_set_state (dev, XenbusStateConnected))
    goto fail;
  return GRUB_ERR_NONE;

 fail:
  grub_error_push ();
  /* Who gives the memory back asks by itself.  */
  mapping->kept = !grub_xen_int13_disconnect (mapping, drive);
  grub_error_pop ();
  return grub_errno;
}

/* Whether the backend that MAPPING was connected to is another domain's now,
   since the guest was restored.  It has nothing of this guest's, and knows
   nothing of it.  */
static int
is_stale (const struct grub_xen_int13_mapping *mapping)
{
  return grub_xen_is_stale (mapping->generation);
}

/* End all that DRIVE shares.  Returns 0 if the backend still has a page of
   it.  */
static int
unshare (struct grub_xen_int13_drive *drive)
{
  int free = end_grant (&drive->ring_ref);
  unsigned int i;

  for (i = 0; i < GRUB_XEN_INT13_PAGES; i++)
    free &= end_grant (&drive->refs[i]);
  return free;
}

/* Close the connection and make the device ready for its next frontend.  If
   the backend has not closed in time, the frontend's state is left as it is: a
   backend that reads Initialising late would stay connected.  */
static int
give_back (struct grub_xen_int13_mapping *mapping,
	   struct grub_xen_int13_drive *drive)
{
  int closed = mapping->announced && !grub_xenbus_close (&mapping->dev), free;

  if (drive->port && !is_stale (mapping))
    grub_xen_evtchn_close (drive->port);
  free = unshare (drive);
  remove_keys (mapping);
  if (closed)
    grub_xenbus_reinit (&mapping->dev);
  if (!free)
    grub_printf_ (N_("%s: the host still uses memory of the INT 13h service, "
		     "which stays reserved.\n"), mapping->name);
  return free;
}

int
grub_xen_int13_disconnect (struct grub_xen_int13_mapping *mapping,
			   struct grub_xen_int13_drive *drive)
{
  int free = is_stale (mapping) || !mapping->kept;

  mapping->kept = 0;
  if (!mapping->dev.backend)
    return free;
  if (is_stale (mapping))
    unshare (drive);
  else
    free &= give_back (mapping, drive);
  drive->port = 0;
  mapping->announced = 0;
  grub_xenbus_release (&mapping->dev);
  grub_errno = GRUB_ERR_NONE;
  return free;
}
