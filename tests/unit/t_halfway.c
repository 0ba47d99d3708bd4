/* SPDX-License-Identifier: GPL-3.0-or-later */
/* t_halfway.c - tests of a guest saved with responses but without their
   data
   Copyright (C) 2026  The grub-xen-hvm authors  */

#include <string.h>
#include <grub/xen/resume.h>
#include "clock.h"
#include "modules.h"
#include "restore.h"

#define SECTORS	4000

static struct disk *disk;

/* The requests that the backend has answered, whether the guest is to be
   restored now, and the number of restores left.  */
static struct disk_request answered[DISK_ENTRIES];
static unsigned int n_answered;
static int saved;
static unsigned int restores;

static int
answer_and_save (struct disk *d, const struct disk_request *req, int status)
{
  if (n_answered < DISK_ENTRIES)
    answered[n_answered++] = *req;
  saved = 1;
  disk_ring_respond (d, req->id, req->operation, status);
  return 1;
}

/* The backend continues while the guest is saved.  The ring's page was saved
   after the response, and the data pages before the data arrived.  */
static void
restore_without_data (void)
{
  unsigned int i, j;

  if (!saved)
    return;
  saved = 0;
  for (i = 0; i < n_answered; i++)
    for (j = 0; answered[i].task == BLKIF_OP_READ && j < answered[i].n; j++)
      memset (answered[i].page[j], 0xee, GRUB_XEN_FRAME_SIZE);
  n_answered = 0;
  restore_now ();
  if (--restores)
    disk->fault_at = disk->responses + 1;
}

static void
up (unsigned int n)
{
  modules_load ();
  disk = disk_add (51776, "xvde", SECTORS);
  assert_int_equal (modules_read ("xen/xvde", disk, 0, 512), GRUB_ERR_NONE);
  restores = n;
  disk->fault = DISK_HOOK;
  disk->fault_operation = 0xff;
  disk->hook = answer_and_save;
  disk->fault_at = disk->responses + 1;
  clock_ran = restore_without_data;
}

static void
down (void)
{
  assert_int_equal (restores, 0);
  clock_ran = 0;
  assert_int_equal (modules_read ("xen/xvde", disk, 1000, 30000),
		    GRUB_ERR_NONE);
  assert_quiet ();
  modules_down ();
}

static void
a_read (void **state)
{
  (void) state;
  up (1);
  assert_int_equal (modules_read ("xen/xvde", disk, 3000, 512),
		    GRUB_ERR_NONE);
  down ();
}

/* One response of many.  */
static void
a_long_read (void **state)
{
  (void) state;
  up (1);
  disk->fault_at += 2;
  assert_int_equal (modules_read ("xen/xvde", disk, 1000, 700000),
		    GRUB_ERR_NONE);
  down ();
}

static void
a_read_and_again (void **state)
{
  (void) state;
  up (7);
  assert_int_equal (modules_read ("xen/xvde", disk, 3000, 512),
		    GRUB_ERR_NONE);
  down ();
}

/* The last response is that to the flush.  */
static void
a_write (void **state)
{
  char buf[512];
  grub_disk_t h;

  (void) state;
  up (2);
  h = grub_disk_open ("xen/xvde");
  assert_non_null (h);
  memset (buf, 0x5a, sizeof (buf));
  assert_int_equal (grub_disk_write (h, 3000, 0, sizeof (buf), buf),
		    GRUB_ERR_NONE);
  grub_disk_close (h);
  assert_memory_equal (disk->data + 3000 * 512, buf, sizeof (buf));
  down ();
}

static const struct unit_test tests[] =
  {
    UNIT_TEST (a_read),
    UNIT_TEST (a_long_read),
    UNIT_TEST (a_read_and_again),
    UNIT_TEST (a_write),
  };

UNIT_MAIN (tests)
