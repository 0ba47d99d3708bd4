/* SPDX-License-Identifier: GPL-3.0-or-later */
/* t_hostile.c - tests of hostile backends: a table of attacks
   Copyright (C) 2026  The grub-xen-hvm authors  */

#include <stdio.h>
#include <stdlib.h>
#include <grub/mm.h>
#include "disks.h"
#include <grub/xen/grant.h>
#include <grub/xen/evtchn.h>
#include <grub/xen/resume.h>
#include "attack.h"

#define SECTORS		8000

/* The other disk of the same domain.  */
#define OTHER		51792

static struct disk *good;
static struct grub_xen_disk *other;

/* The pool and its grants before the attack: pages in requests that were never
   answered must not be used for anything else.  */
static struct
{
  const char *memory;
  unsigned int pages;
  grant_ref_t refs[GRUB_XEN_POOL_PAGES];
} old;

static void
both_up (int indirect)
{
  front_up (SECTORS);
  good = disk_add (OTHER, "xvdf", SECTORS);
  if (!indirect)
    {
      disk->indirect = 0;
      disk_publish (disk);
    }
  front_connect ();
  other = grub_xen_disk_find ("xen/xvdf");
  assert_non_null (other);
  assert_int_equal (grub_xen_disk_connect (other), GRUB_ERR_NONE);
  assert_ptr_equal (other->front.pool, front.pool);
  old.memory = front.pool->memory;
  old.pages = front.pool->pages;
  memcpy (old.refs, front.pool->refs, old.pages * sizeof (old.refs[0]));
}

static void
good_one_reads (int lies)
{
  static uint64_t sector;
  char buf[512];

  sector = (sector + 777) % (SECTORS - 300);
  assert_int_equal (grub_xen_disk_connect (other), GRUB_ERR_NONE);
  if (lies)
    assert_int_equal (grub_xen_blkfront_read (&other->front, sector, 512,
					      buf), GRUB_ERR_NONE);
  else
    front_read_from (&other->front, good, sector, 300 * 512);
  assert_string_equal (good->complaint, "");
}

/* One access to the disk: it ends as ATTACK permits, in time, and with right
   data if it succeeds.  */
static grub_err_t
step (const struct attack *attack, int write, uint64_t sector, size_t bytes)
{
  static const unsigned int ends[] =
    {
      [GRUB_ERR_NONE] = ENDS_WELL,
      [GRUB_ERR_READ_ERROR] = ENDS_READ_ERROR,
      [GRUB_ERR_WRITE_ERROR] = ENDS_WRITE_ERROR,
      [GRUB_ERR_IO] = ENDS_IO,
      [GRUB_ERR_TIMEOUT] = ENDS_TIMEOUT
    };
  char *buf = malloc (bytes);
  uint64_t start = clock_now ();
  grub_err_t err;

  memset (buf, 0x77, bytes);
  err = write ? grub_xen_blkfront_write (&front, sector, bytes, buf)
    : grub_xen_blkfront_read (&front, sector, bytes, buf);
  assert_int_equal (err, grub_errno);
  /* GRUB disconnects a disabled disk at once, which may take time as well.  */
  if (!attack->slow)
    assert_in_range (clock_now () - start, 0, (GRUB_XEN_IO_TIMEOUT
					       + GRUB_XEN_CONNECT_TIMEOUT
					       + 3 * GRUB_XEN_CLOSE_TIMEOUT)
		     * MS);
  if (err && !((attack->ends | ENDS_WELL) & ends[err]))
    fprintf (stderr, "%s: error %d '%s'\n", attack->name, err, grub_errmsg);
  assert_true ((attack->ends | ENDS_WELL) & ends[err]);
  if (err)
    assert_non_null (strstr (grub_errmsg, FRONT_NAME));
  if (ends[err] & ENDS_DISABLED)
    assert_non_null (strstr (grub_errmsg, attack->text));
  if (!err && !write && !attack->lies)
    assert_memory_equal (buf, disk->data + sector * 512, bytes);
  grub_errno = GRUB_ERR_NONE;
  free (buf);
  return err;
}

/* Several accesses, until the disk is disabled.  Returns whether any
   failed.  */
static int
work (const struct attack *attack)
{
  int wrong = 0;
  uint64_t pos;

  for (pos = 0; pos < 2048 && grub_xen_ring_is_open (&front.io.ring); pos += FRONT_STEP)
    {
      wrong |= step (attack, 0, pos, FRONT_PIECE) != 0;
      if (pos == 1024)
	good_one_reads (attack->lies);
    }
  if (grub_xen_ring_is_open (&front.io.ring))
    wrong |= step (attack, 0, 3000, 1 << 20) != 0;
  if (grub_xen_ring_is_open (&front.io.ring))
    wrong |= step (attack, 1, 6000, 4 * FRONT_PIECE) != 0;
  if (grub_xen_ring_is_open (&front.io.ring))
    wrong |= step (attack, 0, 5900, 6 * FRONT_PIECE) != 0;
  return wrong;
}

/* A disabled disk returns an error at once, and sends no request.  */
static void
is_disabled (void)
{
  uint64_t start = clock_now ();
  unsigned long sends = xen.sends;
  char buf[512];

  assert_int_not_equal (grub_xen_blkfront_read (&front, 0, 512, buf),
			GRUB_ERR_NONE);
  assert_non_null (strstr (grub_errmsg, FRONT_NAME " is disabled"));
  assert_int_not_equal (grub_xen_blkfront_write (&front, 0, 512, buf),
			GRUB_ERR_NONE);
  /* The error may also be that the disk is read-only now.  */
  assert_non_null (strstr (grub_errmsg, FRONT_NAME " is "));
  grub_errno = GRUB_ERR_NONE;
  assert_in_range (clock_now () - start, 0, 100 * MS);
  assert_int_equal (xen.sends, sends);
}

/* No page that the backend may still write to is in use for anything else.  If
   the backend unmapped the pages when the disk was disconnected, they are
   free; if not, they are lost.  (Freeing or granting a mapped page ends the
   test.)  */
static void
lost_pages_are_lost (void)
{
  const struct grub_xen_pool *pool = other->front.pool;
  unsigned int i;

  if (grub_xen_ring_is_open (&front.io.ring) || !shim_is_block (old.memory, 0)
      || pool->memory == old.memory)
    return;
  for (i = 0; i < old.pages; i++)
    {
      grant_ref_t ref = old.refs[i];

      if ((xen.readers[ref] || xen.writers[ref])
	  && xen.mapped_frame[ref] == xen_frame (old.memory + i * 4096))
	assert_true (xen_still_granted (0, ref));
    }
  for (i = 0; i < pool->pages; i++)
    assert_false (pool->memory + i * 4096 >= old.memory
		  && pool->memory + i * 4096
		  < old.memory + old.pages * 4096);
}

static void
leave (const struct attack *attack)
{
  uint64_t start = clock_now ();

  if (attack->leaving)
    attack->leaving ();
  grub_xen_blkfront_disconnect (&front);
  assert_quiet ();
  assert_in_range (clock_now () - start, 0, 45 * SECOND);
  assert_int_equal (disk_keys_left (disk), 0);
  clock_pass (100 * SECOND);
  good_one_reads (0);
  grub_xen_disks_forget ();
  grub_xen_pages_reclaim ();
  assert_int_equal (xen_mapped_in_the_way (), 0);
  assert_int_equal (disk_keys_left (good), 0);
  assert_int_equal (xen_ports_left (), 0);
  /* Pages that the backend has not unmapped stay granted, and are lost.  */
  assert_int_equal (xen_grants_left (), xen_mapped_left ());
  assert_int_equal (grub_xen_grant_count (), xen_mapped_left ());
  if (!attack->keeps && !disk->ring_ref)
    assert_int_equal (xen_mapped_left (), 0);
  if (!xen_mapped_left ())
    assert_int_equal (shim.blocks, SHIM_UP);
}

static void
run (const struct attack *attack, int indirect, enum disk_order order,
     unsigned int at)
{
  int wrong;

  both_up (indirect);
  disk->order = order;
  disk->batch = order == DISK_FIFO ? 0 : 2;
  good_one_reads (0);
  disk->hook = attack->hook;
  disk->fault = attack->hook ? DISK_HOOK : DISK_FINE;
  disk->fault_at = disk->responses + at;
  disk->fault_operation = attack->operation ? attack->operation : 0xff;
  if (attack->connected)
    attack->connected ();
  wrong = work (attack);
  if (!(attack->ends & ENDS_WELL))
    assert_true (wrong);
  good_one_reads (attack->lies);
  if (!grub_xen_ring_is_open (&front.io.ring))
    is_disabled ();
  lost_pages_are_lost ();
  leave (attack);
}

/* Run one attack with direct and indirect requests, in any order, early and
   late.  Each run is a separate process, because lost pages stay lost.  */
struct one
{
  const struct attack *attack;
  int indirect;
  enum disk_order order;
  unsigned int at;
};

static void
run_one (void *arg)
{
  const struct one *one = arg;

  run (one->attack, one->indirect, one->order, one->at);
  /* Free everything, because the leak sanitizer must not report pages that are
     lost on purpose.  */
  shim_reset ();
}

static void
attacked (void **state)
{
  static const unsigned int at[] = { 1, 5 };
  struct one one = { *state, 0, DISK_FIFO, 0 };
  unsigned int i;

  for (; one.indirect < 2; one.indirect++)
    for (one.order = DISK_FIFO; one.order <= DISK_SHUFFLED; one.order++)
      for (i = 0; i < 2; i++)
	{
	  /* A backend that offers no indirect requests gets none.  */
	  if (one.attack->operation == BLKIF_OP_INDIRECT && !one.indirect)
	    continue;
	  one.at = at[i] * (one.indirect || !i ? 1 : 5);
	  if (unit_apart (run_one, &one))
	    {
	      fprintf (stderr, "^ %s: indirect %d, order %d, at %u\n",
		       one.attack->name, one.indirect, one.order, one.at);
	      fail ();
	    }
	}
}

/* The backend's domain can map only the rings and the pool, and other domains
   can map nothing.  */
static void
nothing_else_is_granted (void **state)
{
  grant_ref_t ref;
  unsigned int i, n = 0;

  (void) state;
  both_up (1);
  front_read_on (0, 2048, FRONT_PIECE);
  for (ref = 2; ref < XEN_REFS; ref++)
    {
      const char *page = xen_map_grant (0, ref, 1);
      int known = page == front.ring_page->memory
		  || page == other->front.ring_page->memory;

      assert_null (xen_map_grant (1, ref, 0));
      if (!page)
	continue;
      for (i = 0; i < old.pages; i++)
	known |= page == old.memory + i * 4096;
      assert_true (known);
      xen_unmap_grant (ref, 1);
      n++;
    }
  assert_int_equal (n, GRUB_XEN_POOL_PAGES + 2);
  grub_xen_disks_forget ();
  front_down ();
}

/* Each attack of LIST, of which there are N, is a test.  */
static void
add_tests (struct unit_test *tests, const struct attack *list, unsigned int n)
{
  unsigned int i;

  for (i = 0; i < n; i++)
    {
      tests[i].name = list[i].name;
      tests[i].fn = attacked;
      tests[i].arg = &list[i];
    }
}

int
main (int argc, char **argv)
{
  unsigned int n = n_ring_attacks + n_other_attacks;
  struct unit_test *tests = calloc (n + 1, sizeof (*tests));
  int status;

  add_tests (tests, ring_attacks, n_ring_attacks);
  add_tests (tests + n_ring_attacks, other_attacks, n_other_attacks);
  tests[n] = (struct unit_test) UNIT_TEST (nothing_else_is_granted);
  status = unit_main (argc, argv, tests, n + 1);
  free (tests);
  return status;
}
