/* SPDX-License-Identifier: GPL-3.0-or-later */
/* t_xslist.c - tests of xenstore.c: directories, short and long
   Copyright (C) 2026  The grub-xen-hvm authors  */

#include <stdio.h>
#include <grub/mm.h>
#include <grub/xen/resume.h>
#include <grub/xen/xenstore.h>
#include "store.h"
#include "unit.h"

#define NO_TX	GRUB_XENSTORE_NO_TX
#define HOME	"/local/domain/7/"

static void
up (void)
{
  assert_int_equal (grub_xen_up (), GRUB_ERR_NONE);
  tree_permit (HOME "device/vbd/51776", TREE_READ | TREE_WRITE);
  tree_permit (HOME "secret", 0);
  tree_set (HOME "device/vbd/51776/state", "1");
}

static void
down (void)
{
  grub_xen_down ();
  assert_quiet ();
  assert_xen_clean ();
  assert_int_equal (shim.blocks, SHIM_KEPT);
  assert_int_equal (store.open_transactions, 0);
}

static void
list_small (void **state)
{
  unsigned int count = 99;
  char *names = 0;

  (void) state;
  up ();
  assert_int_equal (grub_xenstore_list_long (NO_TX, "device/vbd/51776/state",
					&names, &count), GRUB_ERR_NONE);
  assert_int_equal (count, 0);
  grub_free (names);
  tree_set (HOME "device/vbd/768/state", "1");
  assert_int_equal (grub_xenstore_list_long (NO_TX, "device/vbd", &names, &count),
		    GRUB_ERR_NONE);
  assert_int_equal (count, 2);
  assert_memory_equal (names, "51776\0" "768", sizeof ("51776\0" "768"));
  grub_free (names);
  assert_int_equal (grub_xenstore_list_long (NO_TX, "device/vkbd", &names, &count),
		    GRUB_ERR_FILE_NOT_FOUND);
  assert_raised (GRUB_ERR_FILE_NOT_FOUND, "device/vkbd");
  down ();
}

static void
list_without_last_nul (void **state)
{
  unsigned int count;
  char *names;

  (void) state;
  up ();
  store.fail_at = store.replies + 1;
  store.fault = STORE_BODY;
  store.error = "abc";
  assert_int_equal (grub_xenstore_list_long (NO_TX, "device/vbd", &names, &count),
		    GRUB_ERR_NONE);
  assert_int_equal (count, 1);
  assert_string_equal (names, "abc");
  grub_free (names);
  down ();
}

static void
make_many (unsigned int n)
{
  char path[96];
  unsigned int i;

  for (i = 0; i < n; i++)
    {
      snprintf (path, sizeof (path), HOME "device/vbd/%u", 100000 + i);
      tree_set (path, "%s", "");
    }
}

static void
list_long (void **state)
{
  unsigned int count, i;
  char *names, *name, number[16];

  (void) state;
  up ();
  tree_remove (HOME "device/vbd/51776");
  make_many (1500);
  assert_int_equal (grub_xenstore_list_long (NO_TX, "device/vbd", &names, &count),
		    GRUB_ERR_NONE);
  assert_int_equal (count, 1500);
  for (i = 0, name = names; i < count; i++, name += strlen (name) + 1)
    {
      snprintf (number, sizeof (number), "%u", 100000 + i);
      assert_string_equal (name, number);
    }
  grub_free (names);
  down ();
}

static void
list_too_long (void **state)
{
  unsigned int count;
  char *names;

  (void) state;
  up ();
  make_many (GRUB_XENSTORE_LIST_MAX / 7 + 10);
  assert_int_not_equal (grub_xenstore_list_long (NO_TX, "device/vbd", &names,
					    &count), GRUB_ERR_NONE);
  assert_raised (GRUB_ERR_IO, "device/vbd");
  down ();
}

static void
list_long_of_old_daemon (void **state)
{
  unsigned int count;
  char *names;

  (void) state;
  up ();
  make_many (1500);
  store.knows_directory_part = 0;
  assert_int_not_equal (grub_xenstore_list_long (NO_TX, "device/vbd", &names,
					    &count), GRUB_ERR_NONE);
  assert_int_not_equal (grub_errno, GRUB_ERR_NONE);
  assert_non_null (strstr (grub_errmsg, "device/vbd"));
  grub_errno = GRUB_ERR_NONE;
  down ();
}

static void
add_one (void *arg)
{
  (void) arg;
  tree_set (HOME "device/vbd/424242", "%s", "");
}

static void
list_changes_in_between (void **state)
{
  unsigned int count;
  char *names;
  uint64_t at;

  (void) state;
  up ();
  for (at = 0; at < MS; at += 50 * US)
    {
      tree_remove (HOME "device/vbd");
      make_many (1500);
      clock_at (at, add_one, &at);
      assert_int_equal (grub_xenstore_list_long (NO_TX, "device/vbd", &names,
					    &count), GRUB_ERR_NONE);
      assert_in_range (count, 1500, 1501);
      grub_free (names);
      clock_pass (MS);
    }
  down ();
}

static void
add_forever (void *arg)
{
  static unsigned int n;
  char path[96];

  snprintf (path, sizeof (path), HOME "device/vbd/%u", 200000 + n++);
  tree_set (path, "%s", "");
  if (*(int *) arg)
    clock_at (20 * US, add_forever, arg);
}

static void
list_never_stops_changing (void **state)
{
  unsigned int count;
  char *names;
  int go_on = 1;

  (void) state;
  up ();
  make_many (1500);
  clock_at (0, add_forever, &go_on);
  assert_int_not_equal (grub_xenstore_list_long (NO_TX, "device/vbd", &names,
					    &count), GRUB_ERR_NONE);
  assert_raised (GRUB_ERR_IO, "device/vbd");
  go_on = 0;
  clock_pass (MS);
  down ();
}

/* One part of a long directory, with each possible fault.  */
static void
list_parts_that_make_no_sense (void **state)
{
  static const char *const bodies[] =
    { "", "1", "123456789012345678901234567890", "no end of it at all, and no "
      "zero byte either" };
  unsigned int count;
  char *names;
  size_t i;

  (void) state;
  up ();
  make_many (1500);
  for (i = 0; i < sizeof (bodies) / sizeof (bodies[0]); i++)
    {
      store.fail_at = store.replies + 2;
      store.fault = STORE_BODY;
      store.error = bodies[i];
      assert_int_not_equal (grub_xenstore_list_long (NO_TX, "device/vbd", &names,
						&count), GRUB_ERR_NONE);
      assert_raised (GRUB_ERR_IO, "device/vbd");
    }
  store.fault = STORE_EMPTY;
  store.fail_at = store.replies + 3;
  assert_int_not_equal (grub_xenstore_list_long (NO_TX, "device/vbd", &names,
					    &count), GRUB_ERR_NONE);
  assert_raised (GRUB_ERR_IO, "device/vbd");
  down ();
}

static const struct unit_test tests[] =
  {
    UNIT_TEST (list_small),
    UNIT_TEST (list_without_last_nul),
    UNIT_TEST (list_long),
    UNIT_TEST (list_too_long),
    UNIT_TEST (list_long_of_old_daemon),
    UNIT_TEST (list_changes_in_between),
    UNIT_TEST (list_never_stops_changing),
    UNIT_TEST (list_parts_that_make_no_sense),
  };

UNIT_MAIN (tests)
