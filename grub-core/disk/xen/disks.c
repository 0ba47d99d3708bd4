/* SPDX-License-Identifier: GPL-3.0-or-later */
/* disks.c - the list of disks
   Copyright (C) 2026  The grub-xen-hvm authors  */

#include <grub/err.h>
#include <grub/i18n.h>
#include <grub/misc.h>
#include <grub/mm.h>
#include <grub/xen/resume.h>
#include <grub/xen/evtchn.h>
#include <grub/xen/xenstore.h>
#include "disks.h"

/* The class of block devices.  */
#define VBD_CLASS "vbd"

static struct grub_xen_disk *disks_list;

/* The names of virtual device numbers (xen-vbd-interface(7)): the number's
   upper bytes, the prefix of the names, the first disk, and the number of bits
   for the partition.  */
static const struct
{
  grub_uint8_t major;
  char prefix[4];
  grub_uint8_t first;
  grub_uint8_t partition_bits;
} disks_kinds[] = { { 202, "xvd", 0, 4 },
		    { 8, "sd", 0, 4 },
		    { 3, "hd", 0, 6 },
		    { 22, "hd", 2, 6 } };

/* Letters go from a to z and from aa to zz.  */
#define LETTERS		26
#define MAX_LETTERED	(LETTERS + LETTERS * LETTERS)

/* The name for DISK (0 is a) behind PREFIX, and PARTITION if it is not 0.  */
static char *
disks_lettered_name (const char *prefix, unsigned int disk,
		     unsigned int partition)
{
  char letters[3] = "", number[4] = "";

  if (disk >= LETTERS)
    {
      letters[0] = 'a' + disk / LETTERS - 1;
      letters[1] = 'a' + disk % LETTERS;
    }
  else
    letters[0] = 'a' + disk;
  if (partition)
    grub_snprintf (number, sizeof (number), "%u", partition);
  return grub_xasprintf (GRUB_XEN_DISK_PREFIX "%s%s%s", prefix, letters,
			 number);
}

/* The name for the virtual device HANDLE, which is TEXT in xenstore: its name
   in the host's configuration, or the number itself if it has no name.  The
   number comes from the toolstack; the backend's name is not used.  */
static char *
disks_make_name (const char *text, grub_uint32_t handle)
{
  unsigned int i, bits, disk;

  if (handle >> 28 == 1 && ((handle >> 8) & 0xfffff) < MAX_LETTERED)
    return disks_lettered_name ("xvd", (handle >> 8) & 0xfffff, handle & 0xff);
  for (i = 0; i < ARRAY_SIZE (disks_kinds); i++)
    if (handle >> 8 == disks_kinds[i].major)
      {
	bits = disks_kinds[i].partition_bits;
	disk = disks_kinds[i].first + ((handle & 0xff) >> bits);
	return disks_lettered_name (disks_kinds[i].prefix, disk,
				    handle & ((1U << bits) - 1));
      }
  return grub_xasprintf (GRUB_XEN_DISK_PREFIX "%s", text);
}

/* The listed or former disk called NAME.  */
static struct grub_xen_disk *
disks_find_name (const char *name)
{
  struct grub_xen_disk *disk;

  for (disk = disks_list; disk
			  && (disk->front.state == GRUB_XEN_DISK_DETACHED
			      || grub_strcmp (disk->name, name) != 0);
       disk = disk->next);
  return disk;
}

static void
disks_free_disk (struct grub_xen_disk *disk)
{
  grub_free (disk->name);
  grub_free (disk->path);
  grub_free (disk->medium);
  grub_free (disk->failure.text);
  grub_free (disk);
}

/* Put a disk for the vbd NUMBER, whose value is HANDLE, into the list,
   which is in the order of handles.  */
static grub_err_t
disks_add_disk (const char *number, grub_uint32_t handle)
{
  struct grub_xen_disk *disk, **link;

  disk = grub_zalloc (sizeof (*disk));
  if (!disk)
    return grub_errno;
  disk->is_listed = 1;
  disk->path = grub_xenstore_path (GRUB_XENBUS_DIR "/" VBD_CLASS, number);
  disk->name = disks_make_name (number, handle);
  /* Two numbers can have the same name: the old and the extended form.  */
  if (disk->name && disks_find_name (disk->name))
    {
      grub_free (disk->name);
      disk->name = grub_xasprintf (GRUB_XEN_DISK_PREFIX "%s", number);
    }
  if (!disk->path || !disk->name)
    {
      disks_free_disk (disk);
      return grub_errno;
    }
  disk->front.name = disk->name;
  disk->front.path = disk->path;
  disk->front.handle = handle;
  for (link = &disks_list; *link && (*link)->front.handle < handle;
       link = &(*link)->next);
  disk->next = *link;
  *link = disk;
  return GRUB_ERR_NONE;
}

static struct grub_xen_disk *
disks_find_handle (grub_uint32_t handle)
{
  struct grub_xen_disk *disk;

  for (disk = disks_list; disk
			  && (disk->front.state == GRUB_XEN_DISK_DETACHED
			      || disk->front.handle != handle);
       disk = disk->next);
  return disk;
}

/* The vbd directory's name TEXT as a number; 0 if it is not a number.  */
static int
disks_parse_handle (const char *text, grub_uint32_t *handle)
{
  const char *end;
  unsigned long value;

  if (!grub_isdigit (text[0]) || (text[0] == '0' && text[1]))
    return 0;
  value = grub_strtoul (text, &end, 10);
  if (*end || grub_errno || value > 0xffffffff)
    {
      grub_errno = GRUB_ERR_NONE;
      return 0;
    }
  *handle = value;
  return 1;
}

/* After a restore the backends are new and do not know the old connections,
   and an old port number may belong to another port.  */
static void
disks_resumed (void)
{
  struct grub_xen_disk *disk;

  for (disk = disks_list; disk; disk = disk->next)
    {
      if (disk->front.state != GRUB_XEN_DISK_DETACHED)
	grub_xen_blkfront_forget (&disk->front);
      disk->is_listed = 0;
      grub_free (disk->medium);
      disk->medium = 0;
    }
}

/* At each bring-up, also after a failed boot: read the list again, and allow
   each failed disk to be tried again.  */
static grub_err_t
disks_up (void)
{
  struct grub_xen_disk *disk;

  for (disk = disks_list; disk; disk = disk->next)
    {
      disk->is_listed = 0;
      if (disk->front.state == GRUB_XEN_DISK_FAILED)
	grub_xen_blkfront_set_state (&disk->front, GRUB_XEN_DISK_IDLE);
    }
  return GRUB_ERR_NONE;
}

static struct grub_xen_layer disks_layer
  = { .up = disks_up, .resumed = disks_resumed };

/* The list has the vbd directory NAME.  Returns nonzero if there is no memory
   for a new disk.  */
static int
disks_see (const char *name, void *data __attribute__ ((unused)))
{
  struct grub_xen_disk *disk;
  grub_uint32_t handle;

  if (!disks_parse_handle (name, &handle))
    return 0;
  disk = disks_find_handle (handle);
  if (!disk)
    return disks_add_disk (name, handle);
  disk->is_listed = 1;
  return 0;
}

struct grub_xen_disk *
grub_xen_disks (void)
{
  struct grub_xen_disk *disk;

  grub_xen_layer_register (&disks_layer);
  if (grub_xen_up ())
    return 0;
  for (disk = disks_list; disk; disk = disk->next)
    disk->is_listed = 0;
  if (grub_xenbus_iterate (VBD_CLASS, disks_see, 0)
      && grub_errno != GRUB_ERR_OUT_OF_MEMORY)
    return 0;
  return disks_list;
}

/* The state of DISK's backend; XenbusStateUnknown, without an error, if it
   cannot be told.  */
static enum xenbus_state
disks_backend_state (const struct grub_xen_disk *disk)
{
  enum xenbus_state state = XenbusStateUnknown;
  struct grub_xenbus_device dev;

  if (!grub_xenbus_open (&dev, disk->name, disk->path))
    {
      grub_xenbus_backend_state (&dev, &state);
      grub_xenbus_release (&dev);
    }
  grub_errno = GRUB_ERR_NONE;
  return state;
}

/* Whether DISK failed before and its backend is still in the same state:
   another try would only cost the same time again.  */
static int
disks_still_failed (const struct grub_xen_disk *disk)
{
  return disk->front.state == GRUB_XEN_DISK_FAILED && disk->failure.was_slow
	 && disks_backend_state (disk) == disk->failure.backend;
}

/* Store the current error of an attempt that began at START, and raise it.  An
   error that came at once may be temporary.  An attempt that took time, or a
   whole time limit, is not repeated.  */
static void
disks_remember_failure (struct grub_xen_disk *disk, grub_uint64_t start)
{
  disk->failure.err = grub_errno;
  disk->failure.was_slow
    = (grub_errno == GRUB_ERR_TIMEOUT
       || (grub_errno == GRUB_ERR_BAD_DEVICE
	   && grub_xen_deadline (0) - start >= GRUB_XEN_LONG_WAIT));
  grub_error_push ();
  grub_free (disk->failure.text);
  disk->failure.text = grub_strdup (grub_errmsg);
  disk->failure.backend = disks_backend_state (disk);
  grub_xen_blkfront_set_state (&disk->front, GRUB_XEN_DISK_FAILED);
  grub_error_pop ();
}

/* Whether FRONT need not be connected.  Another disk's requests without a
   response may hold most of the pool: a new connection gets a new pool.  A
   disabled disk stays disabled.  */
static int
disks_is_usable (const struct grub_xen_blkfront *front)
{
  return front->state == GRUB_XEN_DISK_DISABLED
	 || (front->state == GRUB_XEN_DISK_CONNECTED
	     && !front->pool->is_abandoned);
}

/* Whether DISK was not detached since it was listed.  Does not change the
   current error.  */
static int
disks_is_still_listed (const struct grub_xen_disk *disk)
{
  grub_error_push ();
  grub_xen_disks ();
  grub_errno = GRUB_ERR_NONE;
  grub_error_pop ();
  return disk->is_listed;
}

static grub_err_t
disks_raise_gone (const struct grub_xen_disk *disk)
{
  return grub_error (GRUB_ERR_UNKNOWN_DEVICE, N_("%s is gone"), disk->name);
}

grub_err_t
grub_xen_disk_connect (struct grub_xen_disk *disk)
{
  grub_uint64_t start;

  if (disks_is_usable (&disk->front))
    return GRUB_ERR_NONE;
  grub_xen_blkfront_disconnect (&disk->front);
  if (!disk->is_listed)
    {
      grub_xen_disks ();
      if (grub_errno)
	return grub_errno;
    }
  if (!disk->is_listed)
    return disks_raise_gone (disk);
  if (disks_still_failed (disk))
    return grub_error (disk->failure.err, "%s",
		       disk->failure.text ?: disk->name);
  grub_xen_blkfront_set_state (&disk->front, GRUB_XEN_DISK_IDLE);
  start = grub_xen_deadline (0);
  if (!grub_xen_blkfront_connect (&disk->front))
    return GRUB_ERR_NONE;
  if (grub_errno == GRUB_ERR_FILE_NOT_FOUND && !disks_is_still_listed (disk))
    return disks_raise_gone (disk);
  disks_remember_failure (disk, start);
  return grub_errno;
}

struct grub_xen_disk *
grub_xen_disk_find (const char *name)
{
  struct grub_xen_disk *disk = disks_find_name (name);

  /* GRUB opens disks often, so read xenstore only for a new one.  */
  if ((!disk || !disk->is_listed) && grub_xen_disks ())
    disk = disks_find_name (name);
  return disk && disk->is_listed ? disk : 0;
}

/* The deadline for FRONT's next step of the hand-off; the steps of all disks
   began at START.  A backend that did not react to Closing is not expected to
   react to Closed.  */
static grub_uint64_t
disks_handoff_deadline (const struct grub_xen_blkfront *front,
			grub_uint64_t start, unsigned int limit)
{
  if (front->dev.is_unclosed && limit > GRUB_XEN_HANDOFF_RETRY_TIMEOUT)
    limit = GRUB_XEN_HANDOFF_RETRY_TIMEOUT;
  return start + limit;
}

/* All disks take each step together, so the time is that of the slowest
   backend.  A key that ends one wait also ends the following ones.  */
void
grub_xen_disks_disconnect (void)
{
  unsigned int step, limit = GRUB_XEN_HANDOFF_TIMEOUT;
  unsigned int interrupts = grub_xen_wait_interrupts ();
  struct grub_xen_disk *disk;

  grub_xen_busy_begin ();
  for (step = 0; step < GRUB_XEN_BLKFRONT_STEPS; step++)
    {
      grub_uint64_t start = grub_xen_deadline (0);

      for (disk = disks_list; disk; disk = disk->next)
	{
	  if (grub_xen_wait_interrupts () != interrupts)
	    limit = GRUB_XEN_LONG_WAIT;
	  grub_xen_blkfront_step (&disk->front, step,
				  disks_handoff_deadline (&disk->front, start,
							  limit),
				  1);
	}
    }
  grub_xen_busy_end ();
}

void
grub_xen_disks_forget (void)
{
  struct grub_xen_disk *next;

  grub_xen_disks_disconnect ();
  grub_xen_layer_unregister (&disks_layer);
  for (; disks_list; disks_list = next)
    {
      next = disks_list->next;
      disks_free_disk (disks_list);
    }
}
