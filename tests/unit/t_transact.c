/* SPDX-License-Identifier: GPL-3.0-or-later */
/* t_transact.c - tests of xenstore transactions
   Copyright (C) 2026  The grub-xen-hvm authors  */

#include <grub/mm.h>
#include <grub/xen/resume.h>
#include <grub/xen/xenstore.h>
#include "store.h"
#include "unit.h"

#define HOME	"/local/domain/7/"
#define A	"device/vbd/1/a"
#define B	"device/vbd/1/b"

/* The number of runs of the body, and its result.  */
static unsigned int runs;
static grub_err_t result;

static void
up (void)
{
  assert_int_equal (grub_xen_up (), GRUB_ERR_NONE);
  tree_permit (HOME "device/vbd/1", TREE_READ | TREE_WRITE);
}

static void
down (void)
{
  grub_xen_down ();
  assert_quiet ();
  assert_xen_clean ();
  assert_int_equal (store.open_transactions, 0);
}

static grub_err_t
body (grub_uint32_t tx, void *data)
{
  char *value;

  runs++;
  assert_ptr_equal (data, &runs);
  assert_int_not_equal (tx, GRUB_XENSTORE_NO_TX);
  if (grub_xenstore_write (tx, A, "1") || grub_xenstore_write (tx, B, "2"))
    return grub_errno;
  /* The change is visible inside the transaction only.  */
  if (grub_xenstore_read (tx, A, &value))
    return grub_errno;
  assert_string_equal (value, "1");
  grub_free (value);
  assert_null (tree_get (HOME A));
  if (result)
    return grub_error (result, "the body's own error");
  return GRUB_ERR_NONE;
}

static void
commit (void **state)
{
  (void) state;
  up ();
  assert_int_equal (grub_xenstore_transact (body, &runs), GRUB_ERR_NONE);
  assert_int_equal (runs, 1);
  assert_int_equal (store.commits, 1);
  assert_string_equal (tree_get (HOME A), "1");
  assert_string_equal (tree_get (HOME B), "2");
  down ();
}

static void
conflicts_are_repeated (void **state)
{
  (void) state;
  up ();
  store.conflicts = 3;
  assert_int_equal (grub_xenstore_transact (body, &runs), GRUB_ERR_NONE);
  assert_int_equal (runs, 4);
  assert_string_equal (tree_get (HOME B), "2");
  down ();
}

static void
conflicts_without_end (void **state)
{
  (void) state;
  up ();
  store.conflicts = 100000;
  assert_int_equal (grub_xenstore_transact (body, &runs), GRUB_ERR_IO);
  assert_raised (GRUB_ERR_IO, "transaction");
  assert_in_range (runs, 2, 1000);
  assert_null (tree_get (HOME A));
  down ();
}

/* Another client interferes with the first run only.  */
static grub_err_t
body_not_alone (grub_uint32_t tx, void *data)
{
  char *value;

  (void) data;
  if (grub_xenstore_write (tx, A, "mine"))
    return grub_errno;
  if (!runs++)
    {
      tree_set (HOME A, "theirs");
      return GRUB_ERR_NONE;
    }
  /* The first run's changes were discarded.  */
  assert_string_equal (tree_get (HOME A), "theirs");
  if (grub_xenstore_read (tx, A, &value))
    return grub_errno;
  assert_string_equal (value, "mine");
  grub_free (value);
  return GRUB_ERR_NONE;
}

static void
others_get_in_between (void **state)
{
  (void) state;
  up ();
  assert_int_equal (grub_xenstore_transact (body_not_alone, 0),
		    GRUB_ERR_NONE);
  assert_int_equal (runs, 2);
  assert_int_equal (store.commits, 1);
  assert_string_equal (tree_get (HOME A), "mine");
  down ();
}

static void
body_fails (void **state)
{
  (void) state;
  up ();
  result = GRUB_ERR_BAD_FS;
  assert_int_equal (grub_xenstore_transact (body, &runs), GRUB_ERR_BAD_FS);
  assert_raised (GRUB_ERR_BAD_FS, "own error");
  assert_int_equal (runs, 1);
  assert_int_equal (store.aborts, 1);
  assert_int_equal (store.commits, 0);
  assert_null (tree_get (HOME A));
  down ();
}

static void
body_and_abort_fail (void **state)
{
  (void) state;
  up ();
  result = GRUB_ERR_BAD_FS;
  /* Start, write, write, read, end.  */
  store.fail_at = store.replies + 5;
  store.fault = STORE_ERROR;
  store.error = "EIO";
  assert_int_equal (grub_xenstore_transact (body, &runs), GRUB_ERR_BAD_FS);
  assert_raised (GRUB_ERR_BAD_FS, "own error");
  down ();
}

static void
start_fails (void **state)
{
  static const char *const ids[] = { "", "x", "-1", "4294967296" };
  size_t i;

  (void) state;
  up ();
  store.fail_at = store.replies + 1;
  store.fault = STORE_ERROR;
  store.error = "ENOSPC";
  assert_int_equal (grub_xenstore_transact (body, &runs), GRUB_ERR_IO);
  assert_raised (GRUB_ERR_IO, "ENOSPC");
  store.fault = STORE_BODY;
  for (i = 0; i < sizeof (ids) / sizeof (ids[0]); i++)
    {
      store.fail_at = store.replies + 1;
      store.error = ids[i];
      assert_int_not_equal (grub_xenstore_transact (body, &runs),
			    GRUB_ERR_NONE);
      assert_raised (GRUB_ERR_BAD_NUMBER, "transaction");
    }
  assert_int_equal (runs, 0);
  store.open_transactions = 0;
  down ();
}

static void
commit_fails (void **state)
{
  (void) state;
  up ();
  store.fail_at = store.replies + 5;
  store.fault = STORE_ERROR;
  store.error = "EIO";
  assert_int_equal (grub_xenstore_transact (body, &runs), GRUB_ERR_IO);
  assert_raised (GRUB_ERR_IO, "transaction");
  assert_null (tree_get (HOME A));
  down ();
}

static const struct unit_test tests[] =
  {
    UNIT_TEST (commit),
    UNIT_TEST (conflicts_are_repeated),
    UNIT_TEST (conflicts_without_end),
    UNIT_TEST (others_get_in_between),
    UNIT_TEST (body_fails),
    UNIT_TEST (body_and_abort_fail),
    UNIT_TEST (start_fails),
    UNIT_TEST (commit_fails),
  };

UNIT_MAIN (tests)
