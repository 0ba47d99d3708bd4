/*
 *  grub-xen-hvm  --  the list of disks
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
#include <grub/xen/disks.h>
#include <grub/xen/wait.h>
#include <grub/xen/resume.h>
#include <grub/xen/xenstore.h>

/* Frontend directories of block devices, relative to the domain's own.  */
#define VBD_DIR		"device/vbd"

static struct grub_xen_disk *disks;

/* How virtual device numbers stand for names (xen-vbd-interface(7)): the number's
   upper bytes, what the names begin with, the first disk, and how many bits the
   partition takes.  */
static const struct
{
  grub_uint32_t major;
  const char *prefix;
  unsigned int first;
  unsigned int partition_bits;
} kinds[] =
  {
    { 202, "xvd", 0, 4 },
    { 8, "sd", 0, 4 },
    { 3, "hd", 0, 6 },
    { 22, "hd", 2, 6 }
  };

/* Letters go from a to z and from aa to zz.  */
#define LETTERS		26
#define MAX_LETTERED	(LETTERS + LETTERS * LETTERS)

/* The name for DISK (0 is a) behind PREFIX, and PARTITION if it is not 0.  */
static char *
lettered_name (const char *prefix, unsigned int disk, unsigned int partition)
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

/* The name for the virtual device HANDLE, which is TEXT in xenstore: what a host's
   configuration calls it, or the number itself where that has no name.  The
   toolstack gave the number; what a backend calls its disk is not asked for.  */
static char *
make_name (const char *text, grub_uint32_t handle)
{
  unsigned int i, bits, disk;

  if (handle >> 28 == 1 && ((handle >> 8) & 0xfffff) < MAX_LETTERED)
    return lettered_name ("xvd", (handle >> 8) & 0xfffff, handle & 0xff);
  for (i = 0; i < ARRAY_SIZE (kinds); i++)
    if (handle >> 8 == kinds[i].major)
      {
	bits = kinds[i].partition_bits;
	disk = kinds[i].first + ((handle & 0xff) >> bits);
	return lettered_name (kinds[i].prefix, disk,
			      handle & ((1U << bits) - 1));
      }
  return grub_xasprintf (GRUB_XEN_DISK_PREFIX "%s", text);
}

/* The listed or former disk called NAME.  */
static struct grub_xen_disk *
find_name (const char *name)
{
  struct grub_xen_disk *disk;

  for (disk = disks;
       disk && (disk->gone || grub_strcmp (disk->name, name) != 0);
       disk = disk->next);
  return disk;
}

static void
free_disk (struct grub_xen_disk *disk)
{
  grub_free (disk->name);
  grub_free (disk->path);
  grub_free (disk->failure_text);
  grub_free (disk);
}

/* Put a disk for the vbd NUMBER, whose value is HANDLE, into the list, which is
   in the order of handles.  */
static grub_err_t
add_disk (const char *number, grub_uint32_t handle)
{
  struct grub_xen_disk *disk, **link;

  disk = grub_zalloc (sizeof (*disk));
  if (!disk)
    return grub_errno;
  disk->handle = handle;
  disk->listed = 1;
  disk->path = grub_xenstore_path (VBD_DIR, number);
  disk->name = make_name (number, handle);
  /* Two numbers can stand for one name: the old and the extended form.  */
  if (disk->name && find_name (disk->name))
    {
      grub_free (disk->name);
      disk->name = grub_xasprintf (GRUB_XEN_DISK_PREFIX "%s", number);
    }
  if (!disk->path || !disk->name)
    {
      free_disk (disk);
      return grub_errno;
    }
  for (link = &disks; *link && (*link)->handle < handle;
       link = &(*link)->next);
  disk->next = *link;
  *link = disk;
  return GRUB_ERR_NONE;
}

static struct grub_xen_disk *
find_handle (grub_uint32_t handle)
{
  struct grub_xen_disk *disk;

  for (disk = disks; disk && (disk->gone || disk->handle != handle);
       disk = disk->next);
  return disk;
}

/* The vbd directory's name TEXT as a number; 0 if it is none.  */
static int
parse_handle (const char *text, grub_uint32_t *handle)
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

/* Let go of what a restored guest cannot use any more.  Its backends are others now and
   know nothing of it, and a port's number may be another's.  */
static void
drop_stale (void)
{
  struct grub_xen_disk *disk;

  for (disk = disks; disk; disk = disk->next)
    {
      grub_xen_blkfront_forget (&disk->front);
      disk->failure = GRUB_ERR_NONE;
      disk->listed = 0;
      disk->medium = 0;
    }
}

static struct grub_xen_layer layer = { .resumed = drop_stale };

static grub_err_t
up (void)
{
  grub_xen_layer_register (&layer);
  return grub_xen_up ();
}

struct grub_xen_disk *
grub_xen_disks (void)
{
  struct grub_xen_disk *disk;
  char *names, *name;
  unsigned int count;

  if (up ())
    return 0;
  for (disk = disks; disk; disk = disk->next)
    disk->listed = 0;
  if (grub_xenstore_list (GRUB_XENSTORE_NO_TX, VBD_DIR, &names, &count))
    {
      if (grub_errno == GRUB_ERR_FILE_NOT_FOUND)
	grub_errno = GRUB_ERR_NONE;
      return 0;
    }
  for (name = names; count; count--, name += grub_strlen (name) + 1)
    {
      grub_uint32_t handle;

      if (!parse_handle (name, &handle))
	continue;
      disk = find_handle (handle);
      if (disk)
	disk->listed = 1;
      else if (add_disk (name, handle))
	break;
    }
  grub_free (names);
  return disks;
}

/* The state of DISK's backend; XenbusStateUnknown, without an error, if it cannot
   be told.  */
static enum xenbus_state
backend_state (const struct grub_xen_disk *disk)
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

/* Whether DISK failed before and its backend is still where it was: another
   try would only cost the same time again.  */
static int
still_failed (const struct grub_xen_disk *disk)
{
  return disk->failure && disk->slow
    && backend_state (disk) == disk->failure_state;
}

/* Keep the error at hand, which began at START, and raise it all the same.  One
   that came at once may be over as soon; one that took time, or a whole time
   limit, is not to be waited for again.  */
static void
remember_failure (struct grub_xen_disk *disk, grub_uint64_t start)
{
  disk->failure = grub_errno;
  disk->slow = (grub_errno == GRUB_ERR_TIMEOUT
		|| (grub_errno == GRUB_ERR_BAD_DEVICE
		    && grub_xen_deadline (0) - start >= GRUB_XEN_LONG_WAIT));
  grub_error_push ();
  grub_free (disk->failure_text);
  disk->failure_text = grub_strdup (grub_errmsg);
  disk->failure_state = backend_state (disk);
  grub_error_pop ();
}

/* Whether FRONT is connected and may stay so.  Another disk's requests that never came
   back may have taken most of the pool with them: a new connection gets a new one.
   This disk's own failure is for good.  */
static int
is_usable (const struct grub_xen_blkfront *front)
{
  return front->connected
    && (front->stream.ring.dead || !front->pool->abandoned);
}

/* Whether DISK was not taken away since it was listed.  Leaves the error at hand
   alone.  */
static int
is_still_listed (const struct grub_xen_disk *disk)
{
  grub_error_push ();
  grub_xen_disks ();
  grub_errno = GRUB_ERR_NONE;
  grub_error_pop ();
  return disk->listed;
}

static grub_err_t
raise_gone (const struct grub_xen_disk *disk)
{
  return grub_error (GRUB_ERR_UNKNOWN_DEVICE, N_("%s is gone"), disk->name);
}

grub_err_t
grub_xen_disk_connect (struct grub_xen_disk *disk)
{
  grub_uint64_t start;

  if (up ())
    return grub_errno;
  if (is_usable (&disk->front))
    return GRUB_ERR_NONE;
  grub_xen_blkfront_disconnect (&disk->front);
  if (!disk->listed && !grub_xen_disks () && grub_errno)
    return grub_errno;
  if (!disk->listed)
    return raise_gone (disk);
  if (still_failed (disk))
    return grub_error (disk->failure, "%s", disk->failure_text
		       ? : disk->name);
  disk->failure = GRUB_ERR_NONE;
  start = grub_xen_deadline (0);
  if (grub_xen_blkfront_connect (&disk->front, disk->name, disk->path,
				 disk->handle))
    {
      if (grub_errno == GRUB_ERR_FILE_NOT_FOUND && !is_still_listed (disk))
	return raise_gone (disk);
      remember_failure (disk, start);
      return grub_errno;
    }
  return GRUB_ERR_NONE;
}

struct grub_xen_disk *
grub_xen_disk_find (const char *name)
{
  struct grub_xen_disk *disk = find_name (name);

  /* GRUB opens disks often: xenstore is asked only for one not seen yet.  */
  if ((!disk || !disk->listed) && grub_xen_disks ())
    disk = find_name (name);
  return disk && disk->listed ? disk : 0;
}

/* The deadline for FRONT's next step of the hand-off, of which the steps of
   all disks have begun at START.  A backend that did not react to Closing
   hardly will to Closed.  */
static grub_uint64_t
handoff_deadline (const struct grub_xen_blkfront *front, grub_uint64_t start,
		  unsigned int limit)
{
  if (front->not_closed && limit > GRUB_XEN_HANDOFF_RETRY_TIMEOUT)
    limit = GRUB_XEN_HANDOFF_RETRY_TIMEOUT;
  return start + limit;
}

/* All disks take each step together, so that the slowest backend sets the
   time.  A key that ends one wait is for those that follow, too.  */
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

      for (disk = disks; disk; disk = disk->next)
	{
	  if (grub_xen_wait_interrupts () != interrupts)
	    limit = GRUB_XEN_LONG_WAIT;
	  grub_xen_blkfront_step (&disk->front, step,
				  handoff_deadline (&disk->front, start,
						    limit), 1);
	}
    }
  grub_xen_busy_end ();
}

void
grub_xen_disks_forget (void)
{
  struct grub_xen_disk *next;

  grub_xen_disks_disconnect ();
  grub_xen_layer_unregister (&layer);
  for (; disks; disks = next)
    {
      next = disks->next;
      free_disk (disks);
    }
}
