/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pvh.c - the platform of a PVH guest: how it differs from an HVM guest
   Copyright (C) 2026  The grub-xen-hvm authors  */

#include <grub/err.h>
#include <grub/i18n.h>
#include <grub/memory.h>
#include <grub/xen/hvm.h>

/* The interrupt controllers, which Xen emulates and no memory map names
   (IO APIC and local APIC of a PC), from the first frame to behind the
   last.  */
#define APIC_FIRST_FRAME	0xfec00U
#define APIC_END_FRAME		0xfef00U

/* Frames from FIRST to END, exclusive.  */
struct pvh_range
{
  grub_uint64_t first;
  grub_uint64_t end;
};

/* The candidate, and the first of the frames that are free for certain
   if the candidate is not.  */
struct pvh_room
{
  struct pvh_range range;
  grub_uint64_t next;
};

static void
pvh_avoid (struct pvh_room *room, grub_uint64_t first, grub_uint64_t end)
{
  if (first < room->range.end && room->range.first < end && room->next < end)
    room->next = end;
}

static int
pvh_avoid_entry (grub_uint64_t start, grub_uint64_t size,
		 grub_memory_type_t type __attribute__ ((unused)), void *data)
{
  grub_uint64_t last = start + size - 1;

  if (size && last >= start)
    pvh_avoid (data, start >> GRUB_XEN_FRAME_SHIFT,
	       (last >> GRUB_XEN_FRAME_SHIFT) + 1);
  return 0;
}

/* The memory map may have any number of entries in any order.  Each round
   moves the candidate behind everything that it touches, and ends when it
   touches nothing.  The first megabyte is left alone: an OS expects a PC
   there.  */
grub_err_t
grub_xen_pvh_find_room (unsigned int count, grub_uint32_t *first)
{
  struct pvh_room room = { .next = 0x100 };

  do
    {
      room.range.first = room.next;
      room.range.end = room.next + count;
      if (room.range.end > GRUB_XEN_MAX_FRAME)
	return grub_error (GRUB_ERR_BAD_DEVICE,
			   N_("no room for Xen's frames below 4 GiB"));
      pvh_avoid (&room, APIC_FIRST_FRAME, APIC_END_FRAME);
      if (grub_machine_mmap_iterate (pvh_avoid_entry, &room))
	return grub_errno;
    }
  while (room.next != room.range.first);
  *first = room.next;
  return GRUB_ERR_NONE;
}

/* A PVH guest has no timer that would end a sleep.  */
int
grub_xen_mask_timer (int on __attribute__ ((unused)))
{
  return 0;
}
