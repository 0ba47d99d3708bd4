/* SPDX-License-Identifier: GPL-3.0-or-later */
/* t_saved_others.c - tests of commands during a restore, and of restores with
   a fault
   Copyright (C) 2026  The grub-xen-hvm authors  */

#include <stdio.h>
#include "store.h"
#include "sweep.h"

/* Run COMMAND with up to three words; it has to succeed.  */
static void
command (const char *name, const char *word0, const char *word1,
	 const char *word2)
{
  char *argv[3] = { (char *) word0, (char *) word1, (char *) word2 };
  int argc;

  for (argc = 0; argc < 3 && argv[argc]; argc++);
  shim_out_clear ();
  if (shim_command (name, argc, argv) == GRUB_ERR_NONE)
    return;
  fprintf (stderr, "%s: %s\n", name, grub_errmsg);
  fail ();
}

/* The keys that the toolstack makes for each domain.  */
static void
give_keys (void)
{
  char key[64];

  snprintf (key, sizeof (key), "%s/data", store_home ());
  tree_set (key, "%s", "");
  tree_permit (key, TREE_READ | TREE_WRITE);
  snprintf (key, sizeof (key), "%s/vm-data/entry", store_home ());
  tree_set (key, "%s", "Debian");
}

/* Run BODY with a restore before each hypercall and at each event, and,
   because that is quick, at many passings of the seam.  */
static void
each_moment (void (*body) (void), unsigned long at_least)
{
  struct sweep sweep = { .prepare = give_keys, .body = body,
			 .restore = { .at = XEN_CALL, .change = give_keys } };

  assert_int_equal (sweep_all (sweep, at_least), 0);
  sweep.restore.at = XEN_EVENT;
  assert_int_equal (sweep_all (sweep, at_least / 2), 0);
  sweep.restore.at = XEN_SEAM;
  sweep.step = 3;
  assert_int_equal (sweep_all (sweep, at_least / 2), 0);
}

static void
read_a_key (void)
{
  command ("xenstore_read", "vm-data/entry", 0, 0);
  assert_string_equal (shim.out, "Debian\n");
  command ("xenstore_read", "--set", "entry", "name");
  assert_string_equal (shim.env_value, "guest");
}

static void
xenstore_read (void **state)
{
  (void) state;
  each_moment (read_a_key, 8);
}

static void
write_a_key (void)
{
  unsigned int life;
  char key[64];

  do
    {
      life = xen.lives;
      command ("xenstore_write", "data/answer", "42", 0);
      snprintf (key, sizeof (key), "%s/data/answer", store_home ());
    }
  /* The guest may have been restored after the reply.  */
  while (life != xen.lives && !tree_get (key));
  assert_non_null (tree_get (key));
  assert_string_equal (tree_get (key), "42");
}

static void
xenstore_write (void **state)
{
  (void) state;
  each_moment (write_a_key, 4);
}

static void
list_keys (void)
{
  command ("xenstore_ls", "vm-data", 0, 0);
  assert_non_null (strstr (shim.out, "entry = \"Debian\"\n"));
  command ("xenstore_ls", 0, 0, 0);
  assert_non_null (strstr (shim.out, "\nname = \"guest\"\n"));
  assert_non_null (strstr (shim.out, "\n entry = \"Debian\"\n"));
}

static void
xenstore_ls (void **state)
{
  (void) state;
  each_moment (list_keys, 30);
}

static void
show_xen (void)
{
  command ("xen_info", 0, 0, 0);
  assert_printed ("xen/xvde");
  assert_printed ("xen/xvdf");
  command ("xen_info", "--get", "devices", 0);
  assert_string_equal (shim.out, "xen/xvde xen/xvdf\n");
}

static void
xen_info (void **state)
{
  (void) state;
  each_moment (show_xen, 30);
}

static void
boot_and_come_back (void)
{
  assert_int_equal (modules_read ("xen/xvde", &disks[0], 3, 5000),
		    GRUB_ERR_NONE);
  assert_int_equal (modules_read ("xen/xvdf", &disks[1], 3, 5000),
		    GRUB_ERR_NONE);
  assert_int_equal (modules_boot (scenario_os, GRUB_ERR_BAD_OS),
		    GRUB_ERR_BAD_OS);
  grub_errno = GRUB_ERR_NONE;
  assert_int_equal (modules_boot (scenario_os, GRUB_ERR_BAD_OS),
		    GRUB_ERR_BAD_OS);
  grub_errno = GRUB_ERR_NONE;
}

/* Read the whole disk in order, through one handle.  */
static void
load_a_file (void)
{
  static char piece[8192];
  grub_disk_t h = grub_disk_open ("xen/xvde");
  uint64_t byte, sector;

  assert_non_null (h);
  for (sector = 0; sector < 400; sector += sizeof (piece) / 512)
    {
      if (grub_disk_read (h, sector, 0, sizeof (piece), piece))
	fprintf (stderr, "sector %u: %s\n", (unsigned int) sector, grub_errmsg);
      assert_int_equal (grub_errno, GRUB_ERR_NONE);
      for (byte = 0; byte < sizeof (piece); byte += 8)
	{
	  uint64_t pattern = disk_pattern (&disks[0], sector * 512 + byte);

	  assert_memory_equal (piece + byte, &pattern, 8);
	}
    }
  grub_disk_close (h);
}

static void
loading_a_file (void **state)
{
  (void) state;
  each_moment (load_a_file, 20);
}

/* Write more than one request can hold, with a backend that answers in any
   order.  */
static void
write_much (void)
{
  static char text[60 * 1024];
  grub_disk_t h = grub_disk_open ("xen/xvdf");
  unsigned int i;

  for (i = 0; i < sizeof (text); i++)
    text[i] = i / 512 + i;
  disks[1].order = DISK_SHUFFLED;
  disks[1].batch = 1;
  assert_non_null (h);
  assert_int_equal (grub_disk_write (h, 33, 0, sizeof (text), text),
		    GRUB_ERR_NONE);
  assert_memory_equal (disks[1].data + 33 * 512, text, sizeof (text));
  assert_int_equal (disks[1].dirty, 0);
  grub_disk_close (h);
}

static void
writing_much (void **state)
{
  (void) state;
  each_moment (write_much, 20);
}

/* The backends delay each step, so that the hand-off consists mostly of
   waits.  */
static void
slow_down (void)
{
  disks[0].step_delay = 7 * MS;
  disks[1].step_delay = 3 * MS;
  disks[0].io_delay = disks[1].io_delay = 2 * MS;
  give_keys ();
}

static void
hand_off (void **state)
{
  struct sweep sweep = { .prepare = slow_down, .body = boot_and_come_back,
			 .restore = { .at = XEN_CALL }, .step = 2 };

  (void) state;
  assert_int_equal (sweep_all (sweep, 50), 0);
  sweep.restore.at = XEN_CALLED;
  sweep.restore.n = 2;
  assert_int_equal (sweep_all (sweep, 50), 0);
}

/* A restore at some moment, and a fault at each moment after it: steps may
   fail, but everything works afterwards, and nothing is left.  */

static unsigned long fault;

static void
plan_failed_hypercall (void)
{
  xen.fail_call = fault;
}

static void
plan_failed_allocation (void)
{
  shim.fail_alloc = fault;
}

static void
plan_lost_answer (void)
{
  store.fault = STORE_LOST;
  store.fail_at = fault;
}

static void
works_afterwards (const struct scenario *s)
{
  (void) s;
  scenario_left (0);
  scenario_again ();
}

static void
and_a_fault (void (*plan) (void), unsigned long last, unsigned long step)
{
  for (fault = 5; fault < last; fault += step)
    {
      struct sweep sweep = { .restore = { .at = XEN_CALL, .n = fault / 2 },
			     .prepare = plan, .check = works_afterwards,
			     .faulty = 1, .step = 97 };

      sweep_all (sweep, 2);
    }
}

static void
plan_lost_response (void)
{
  disks[0].fault = DISK_LOST;
  disks[0].fault_at = fault;
}

static void
and_a_failed_hypercall (void **state)
{
  (void) state;
  and_a_fault (plan_failed_hypercall, 400, 11);
}

static void
and_a_failed_allocation (void **state)
{
  (void) state;
  and_a_fault (plan_failed_allocation, 100, 5);
}

static void
and_a_lost_answer (void **state)
{
  (void) state;
  and_a_fault (plan_lost_answer, 110, 7);
}

static void
and_a_lost_response (void **state)
{
  (void) state;
  for (fault = 1; fault < 9; fault++)
    {
      struct sweep sweep = { .restore = { .at = XEN_CALL, .n = 1 + fault },
			     .prepare = plan_lost_response,
			     .check = works_afterwards, .faulty = 1,
			     .step = 31 };

      sweep_all (sweep, 5);
    }
}

/* Restores without an end, and without time for one operation in between.
   Operations fail after enough attempts, and work again after the
   restores.  */
static void
without_a_rest (void **state)
{
  static const unsigned long every[] = { 1, 2, 3, 5, 10, 20, 50, 80 };
  unsigned int i;

  (void) state;
  for (i = 0; i < ARRAY_SIZE (every); i++)
    {
      struct sweep sweep = { .restore = { .at = XEN_CALL,
					  .every = every[i] },
			     .check = works_afterwards, .faulty = 1,
			     .step = 70 };

      assert_true (sweep_all (sweep, 3) > 0 || every[i] > 10);
    }
}

static const struct unit_test tests[] =
  {
    UNIT_TEST (xenstore_read),
    UNIT_TEST (xenstore_write),
    UNIT_TEST (xenstore_ls),
    UNIT_TEST (xen_info),
    UNIT_TEST (loading_a_file),
    UNIT_TEST (writing_much),
    UNIT_TEST (hand_off),
    UNIT_TEST (and_a_failed_hypercall),
    UNIT_TEST (and_a_failed_allocation),
    UNIT_TEST (and_a_lost_answer),
    UNIT_TEST (and_a_lost_response),
    UNIT_TEST (without_a_rest),
  };

UNIT_MAIN (tests)
