/*
 *  grub-xen-hvm  --  one connected disk, for the tests of ring and blkfront
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


#include <stdlib.h>
#include <grub/xen/grant.h>
#include <grub/xen/xen.h>
#include "front.h"
#include "store.h"

struct disk *disk;
struct grub_xen_blkfront front;

/* Slots that are mapped while Xen is up: shared info, one grant frame.  */
static void
assert_connection_clean (void)
{
  assert_int_equal (xen_ports_left (), 0);
  assert_int_equal (xen_grants_left (), 0);
  assert_int_equal (xen_mapped_left (), 0);
  assert_int_equal (grub_xen_grant_count (), 0);
  assert_int_equal (disk_keys_left (disk), 0);
  assert_int_equal (shim.blocks, SHIM_UP);
  assert_int_equal (store.open_transactions, 0);
}

void
front_up (uint64_t sectors)
{
  disk = disk_add (FRONT_HANDLE, "xvde", sectors);
  assert_int_equal (grub_xen_up (), GRUB_ERR_NONE);
}

void
front_connect (void)
{
  grub_err_t err;

  disk->complaint[0] = 0;
  err = grub_xen_blkfront_connect (&front, FRONT_NAME, FRONT_PATH,
				   FRONT_HANDLE);
  assert_string_equal (disk->complaint, "");
  assert_quiet ();
  assert_int_equal (err, GRUB_ERR_NONE);
  assert_int_equal (front.connected, 1);
  assert_int_equal (disk_state (disk), XenbusStateConnected);
  assert_int_equal (disk_frontend_state (disk), XenbusStateConnected);
}

void
front_disconnect (void)
{
  grub_xen_blkfront_disconnect (&front);
  assert_quiet ();
  assert_int_equal (front.connected, 0);
  assert_connection_clean ();
  if (!disk->gone)
    {
      assert_int_equal (disk_frontend_state (disk),
			XenbusStateInitialising);
      assert_int_equal (disk_state (disk), XenbusStateInitWait);
    }
}

void
front_is_clean (void)
{
  assert_connection_clean ();
}

void
front_down (void)
{
  front_disconnect ();
  grub_xen_down ();
  assert_quiet ();
  assert_xen_clean ();
}

void
front_read (uint64_t sector, size_t bytes)
{
  char *buf = malloc (bytes + 1);
  size_t i;

  memset (buf, 0x33, bytes + 1);
  assert_int_equal (grub_xen_blkfront_read (&front, sector, bytes, buf),
		    GRUB_ERR_NONE);
  assert_quiet ();
  for (i = 0; i < bytes; i += 8)
    {
      uint64_t pattern = disk_pattern (disk, sector * 512 + i);

      assert_memory_equal (buf + i, &pattern, 8);
    }
  assert_int_equal (buf[bytes], 0x33);
  free (buf);
}
