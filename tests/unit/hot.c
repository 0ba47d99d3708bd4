/* SPDX-License-Identifier: GPL-3.0-or-later */
/* hot.c - a host that changes disks while GRUB waits for a key
   Copyright (C) 2026  The grub-xen-hvm authors  */

#include <stdio.h>
#include "hot.h"

/* A variable of the kernel, called while it waits for a key.  */
void (*grub_net_poll_cards_idle) (void);

void
wait_for_key (unsigned int ms)
{
  unsigned int i;

  for (i = 0; i < ms; i += 5)
    {
      if (grub_net_poll_cards_idle)
	grub_net_poll_cards_idle ();
      clock_pass (5 * MS);
    }
}

const char *
hot_key (const char *dir, const char *name)
{
  static char path[160];

  snprintf (path, sizeof (path), "%s/%s", dir, name);
  return path;
}

void
begin_detach (struct disk *d)
{
  tree_set (hot_key (d->be, "online"), "0");
  tree_set (hot_key (d->be, "state"), "5");
}

void
end_detach (struct disk *d)
{
  assert_int_equal (disk_state (d), XenbusStateClosed);
  assert_int_equal (disk_keys_left (d), 0);
  disk_kill (d);
  tree_remove (d->fe);
}

void
is_gone (const char *name, grub_disk_t h)
{
  char buf[512];

  assert_null (grub_disk_open (name));
  assert_raised (GRUB_ERR_UNKNOWN_DEVICE, "");
  assert_null (strstr (modules_list (), name));
  if (!h)
    return;
  assert_int_equal (grub_disk_read (h, 3000, 0, 512, buf),
		    GRUB_ERR_UNKNOWN_DEVICE);
  assert_raised (GRUB_ERR_UNKNOWN_DEVICE, name);
}
