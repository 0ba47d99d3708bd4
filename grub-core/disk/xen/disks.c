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
#include <grub/misc.h>
#include <grub/mm.h>
#include <grub/time.h>
#include <grub/xen/disks.h>
#include <grub/xen/wait.h>
#include <grub/xen/xen.h>
#include <grub/xen/xenstore.h>

/* Frontend directories of block devices, relative to the domain's own.  */
#define VBD_DIR		"device/vbd"

/* Longest device name taken from a backend.  */
#define MAX_DEV_NAME	15

static struct grub_xen_disk *disks;

/* Whether DEV is what a device name looks like: it becomes a part of GRUB's own
   names, where a comma or a bracket means something.  */
static int
is_dev_name (const char *dev)
{
  unsigned int i;

  for (i = 0; dev[i]; i++)
    if (i == MAX_DEV_NAME || !(grub_isalpha (dev[i]) || grub_isdigit (dev[i])))
      return 0;
  return i != 0;
}

/* The name of disk HANDLE: its backend's `dev' key if that is a name and free,
   else the virtual device's number.  */
static char *
make_name (const char *path, const char *number)
{
  char *key, *backend = 0, *dev = 0, *name = 0;
  struct grub_xen_disk *d;

  key = grub_xenstore_path (path, "backend");
  if (key && !grub_xenstore_read_optional (GRUB_XENSTORE_NO_TX, key, &backend)
      && backend)
    {
      grub_free (key);
      key = grub_xenstore_path (backend, "dev");
      if (key)
	grub_xenstore_read_optional (GRUB_XENSTORE_NO_TX, key, &dev);
    }
  grub_errno = GRUB_ERR_NONE;
  if (dev && is_dev_name (dev))
    name = grub_xasprintf (GRUB_XEN_DISK_PREFIX "%s", dev);
  for (d = disks; d && name; d = d->next)
    if (grub_strcmp (d->name, name) == 0)
      {
	grub_free (name);
	name = 0;
      }
  if (!name)
    name = grub_xasprintf (GRUB_XEN_DISK_PREFIX "%s", number);
  grub_free (key);
  grub_free (backend);
  grub_free (dev);
  return name;
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
add_disk (const char *number, blkif_vdev_t handle)
{
  struct grub_xen_disk *disk, **link;

  disk = grub_zalloc (sizeof (*disk));
  if (!disk)
    return grub_errno;
  disk->handle = handle;
  disk->listed = 1;
  disk->path = grub_xenstore_path (VBD_DIR, number);
  if (disk->path)
    disk->name = make_name (disk->path, number);
  if (!disk->name)
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
find_handle (blkif_vdev_t handle)
{
  struct grub_xen_disk *disk;

  for (disk = disks; disk && disk->handle != handle; disk = disk->next);
  return disk;
}

/* The vbd directory's name TEXT as a number; 0 if it is none.  */
static int
parse_handle (const char *text, blkif_vdev_t *handle)
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

struct grub_xen_disk *
grub_xen_disks (void)
{
  struct grub_xen_disk *disk;
  char *names, *name;
  unsigned int count;

  if (grub_xen_up ())
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
      blkif_vdev_t handle;

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

/* Whether DISK failed before and its backend is still where it was: another
   try would only cost the same time again.  */
static int
still_failed (struct grub_xen_disk *disk)
{
  struct grub_xenbus_device dev;
  enum xenbus_state state = XenbusStateUnknown;

  if (!disk->failure || !disk->slow)
    return 0;
  if (!grub_xenbus_open (&dev, disk->name, disk->path))
    {
      grub_xenbus_backend_state (&dev, &state);
      grub_xenbus_release (&dev);
    }
  grub_errno = GRUB_ERR_NONE;
  return state == disk->failure_state;
}

/* Keep the error at hand, which began at START, and raise it all the same.  One
   that came at once may be over as soon; one that took a backend's whole time is
   not to be waited for again.  */
static void
remember_failure (struct grub_xen_disk *disk, grub_uint64_t start)
{
  struct grub_xenbus_device dev;

  disk->failure = grub_errno;
  disk->slow = grub_get_time_ms () - start >= GRUB_XEN_CONNECT_TIMEOUT;
  grub_error_push ();
  grub_free (disk->failure_text);
  disk->failure_text = grub_strdup (grub_errmsg);
  disk->failure_state = XenbusStateUnknown;
  if (!grub_xenbus_open (&dev, disk->name, disk->path))
    {
      grub_xenbus_backend_state (&dev, &disk->failure_state);
      grub_xenbus_release (&dev);
    }
  grub_error_pop ();
}

grub_err_t
grub_xen_disk_connect (struct grub_xen_disk *disk)
{
  grub_uint64_t start;

  if (disk->front.connected)
    return GRUB_ERR_NONE;
  if (grub_xen_up ())
    return grub_errno;
  if (still_failed (disk))
    return grub_error (disk->failure, "%s", disk->failure_text
		       ? : disk->name);
  disk->failure = GRUB_ERR_NONE;
  start = grub_get_time_ms ();
  if (grub_xen_blkfront_connect (&disk->front, disk->name, disk->path,
				 disk->handle))
    {
      remember_failure (disk, start);
      return grub_errno;
    }
  return GRUB_ERR_NONE;
}

static struct grub_xen_disk *
find_name (const char *name)
{
  struct grub_xen_disk *disk;

  for (disk = disks; disk; disk = disk->next)
    if (disk->listed && grub_strcmp (disk->name, name) == 0)
      break;
  return disk;
}

struct grub_xen_disk *
grub_xen_disk_find (const char *name)
{
  struct grub_xen_disk *disk = find_name (name);

  /* GRUB opens disks often: xenstore is asked only for one not seen yet.  */
  if (!disk && grub_xen_disks ())
    disk = find_name (name);
  return disk;
}

void
grub_xen_disks_disconnect (void)
{
  struct grub_xen_disk *disk;

  for (disk = disks; disk; disk = disk->next)
    grub_xen_blkfront_disconnect (&disk->front);
}

void
grub_xen_disks_forget (void)
{
  struct grub_xen_disk *next;

  grub_xen_disks_disconnect ();
  for (; disks; disks = next)
    {
      next = disks->next;
      free_disk (disks);
    }
}
