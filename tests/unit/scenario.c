/* SPDX-License-Identifier: GPL-3.0-or-later */
/* scenario.c - everything that GRUB does with its disks, from load to
   unload
   Copyright (C) 2026  The grub-xen-hvm authors  */

#include <stdio.h>
#include <stdlib.h>
#include <grub/xen/grant.h>
#include <grub/xen/resume.h>
#include "restore.h"
#include "scenario.h"
#include "store.h"

void (*scenario_os) (void);

static struct scenario *current;

/* Mappings and blocks that an earlier run may have left.  */
static unsigned int old_mapped, old_blocks;

void
scenario_disks (void)
{
  /* The backends are quick, because fewer polls mean fewer hypercalls to try.
     The disks and the pool are small, because this runs thousands of times.
     Requests are still indirect, and there is room for readahead.  */
  disk_add (51776, "xvde", 400)->step_delay = 100 * US;
  disk_add (51792, "xvdf", 400)->step_delay = 100 * US;
  disks[0].indirect = 12;
  disk_publish (&disks[0]);
  shim.largest = 64 * 4096;
}

/* Whether an error's text names its cause.  */
static int
names_something (const char *text)
{
  static const char *const names[] =
    {
      "xen/xvd", "xvd", "517", "device/vbd", "xenstore", "Xen", "domain",
      "event channel", "the guest was restored",
      /* The allocator does not know the purpose of a block.  */
      "out of memory"
    };
  size_t i;

  for (i = 0; i < sizeof (names) / sizeof (names[0]); i++)
    if (strstr (text, names[i]))
      return 1;
  return 0;
}

/* Check and record that a step of the scenario ended with ERR.  */
static void
step (const char *what, grub_err_t err)
{
  if (err != grub_errno)
    {
      fprintf (stderr, "%s: returned %d, but grub_errno is %d '%s'\n", what,
	       err, grub_errno, grub_errmsg);
      fail ();
    }
  if (!err)
    return;
  if (!names_something (grub_errmsg))
    {
      fprintf (stderr, "%s: '%s' names nothing\n", what, grub_errmsg);
      fail ();
    }
  if (!current->failed++)
    {
      current->err = err;
      snprintf (current->message, sizeof (current->message), "%s",
		grub_errmsg);
    }
  grub_errno = GRUB_ERR_NONE;
}

static void
write_something (const char *name, struct disk *disk)
{
  grub_disk_t h = grub_disk_open (name);
  unsigned char text[512];
  grub_err_t err;

  if (!h)
    {
      step ("open to write", grub_errno);
      return;
    }
  memcpy (text, disk->data + 77 * 512, 512);
  memset (disk->data + 77 * 512, 0, 512);
  /* grub_disk_write returns -1 when the disk is too short.  */
  err = grub_disk_write (h, 77, 0, sizeof (text), text) ? grub_errno
    : GRUB_ERR_NONE;
  if (!err)
    {
      assert_memory_equal (disk->data + 77 * 512, text, 512);
      assert_int_equal (disk->dirty, 0);
    }
  else
    memcpy (disk->data + 77 * 512, text, 512);
  step ("write", err);
  grub_disk_close (h);
}

/* Check the state that an OS finds.  Only pages that a backend maps stay
   granted, and pages that a backend did not unmap in time before.  */
static void
os (void)
{
  current->booted = 1;
  assert_int_equal (xen_ports_left (), 0);
  assert_int_equal (xen_slots_left (), 0);
  assert_in_range (xen_grants_left (), xen_mapped_left (),
		   old_mapped ? old_mapped : xen_mapped_left ());
  assert_int_equal (xen_mapped_in_the_way (), 0);
  assert_int_equal (grub_xen_is_up (), 0);
  if (scenario_os)
    scenario_os ();
}

void
scenario_run (struct scenario *s)
{
  memset (s, 0, sizeof (*s));
  current = s;
  modules_load ();
  step ("load", grub_errno);
  modules_list ();
  step ("list", grub_errno);
  step ("read", modules_read ("xen/xvde", &disks[0], 3, 60000));
  step ("read on", modules_read ("xen/xvde", &disks[0], 128, 4096));
  step ("read on", modules_read ("xen/xvde", &disks[0], 192, 4096));
  write_something ("xen/xvde", &disks[0]);
  step ("read", modules_read ("xen/xvdf", &disks[1], 0, 4096));
  if (modules_boot (os, GRUB_ERR_BAD_OS) == GRUB_ERR_BAD_OS)
    grub_errno = GRUB_ERR_NONE;
  else
    step ("boot", grub_errno);
  assert_int_equal (s->booted, 1);
  grub_disk_cache_invalidate_all ();
  step ("read again", modules_read ("xen/xvde", &disks[0], 300, 4096));
  modules_unload ();
  step ("unload", grub_errno);
}

/* GRUB sees a restore during its last hypercall only when Xen is next brought
   up.  Until then it keeps the pages that the old backend had mapped.  */
static void
see_last_restore (void)
{
  if (restore.kind != RESTORE
      || restore.happened <= grub_xen_platform.generation)
    return;
  xen.fail_call = shim.fail_alloc = store.fail_at = 0;
  modules_load ();
  grub_xen_up ();
  modules_unload ();
  grub_errno = GRUB_ERR_NONE;
}

void
scenario_left (unsigned int keys)
{
  unsigned int mapped, i, left = 0;

  if (grub_xen_grant_count () != xen_mapped_left ())
    see_last_restore ();
  mapped = xen_mapped_left ();
  for (i = 0; i < n_disks; i++)
    left += disk_keys_left (&disks[i]);
  if (left > keys || xen_ports_left () || xen_slots_left ()
      || xen_grants_left () != mapped || grub_xen_grant_count () != mapped
      || shim.blocks > 2 * mapped + xen_own_blocks ()
      || (!store.dead && store.open_transactions > store.orphans))
    {
      fprintf (stderr, "left: %u keys, %u ports, %u slots, %u grants (%u "
	       "counted), %u mapped, %u blocks, %u transactions\n", left,
	       xen_ports_left (), xen_slots_left (), xen_grants_left (),
	       grub_xen_grant_count (), mapped, shim.blocks,
	       store.open_transactions);
      shim_print_blocks ();
      fail ();
    }
  old_mapped = mapped;
  old_blocks = shim.blocks;
}

void
scenario_again (void)
{
  struct scenario s;
  unsigned int i;

  xen.fail_call = shim.fail_alloc = store.fail_at = 0;
  for (i = 0; i < n_disks; i++)
    disk_ring_unstick (&disks[i]);
  scenario_run (&s);
  if (s.failed)
    {
      fprintf (stderr, "later still: '%s'\n", s.message);
      fail ();
    }
  for (i = 0; i < n_disks; i++)
    {
      assert_int_equal (disk_keys_left (&disks[i]), 0);
      assert_int_equal (disk_frontend_state (&disks[i]), 1);
      assert_int_equal (disk_state (&disks[i]), 2);
    }
  assert_in_range (xen_mapped_left (), 0, old_mapped);
  assert_in_range (xen_grants_left (), 0, old_mapped);
  assert_in_range (shim.blocks, xen_own_blocks (),
		   old_blocks ? old_blocks : xen_own_blocks ());
  assert_int_equal (xen_ports_left (), 0);
  assert_int_equal (xen_slots_left (), 0);
}
