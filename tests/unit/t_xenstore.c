/* SPDX-License-Identifier: GPL-3.0-or-later */
/* t_xenstore.c - tests of xenstore.c: requests and replies
   Copyright (C) 2026  The grub-xen-hvm authors  */

#include <stdio.h>
#include <stdlib.h>
#include <grub/mm.h>
#include <grub/xen/hvm.h>
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
is_value (const char *path, const char *wanted)
{
  char *value = 0;

  assert_int_equal (grub_xenstore_read (NO_TX, path, &value), GRUB_ERR_NONE);
  assert_string_equal (value, wanted);
  grub_free (value);
}

static void
read_value (void **state)
{
  (void) state;
  up ();
  is_value (HOME "name", "guest");
  is_value ("name", "guest");
  is_value ("device/vbd/51776/state", "1");
  tree_set (HOME "name", "%s", "");
  is_value ("name", "");
  down ();
}

static void
read_errors (void **state)
{
  char *value = (char *) 1;

  (void) state;
  up ();
  assert_int_equal (grub_xenstore_read (NO_TX, "nothing", &value),
		    GRUB_ERR_FILE_NOT_FOUND);
  assert_raised (GRUB_ERR_FILE_NOT_FOUND, "nothing");
  assert_int_equal (grub_xenstore_read (NO_TX, "secret", &value),
		    GRUB_ERR_ACCESS_DENIED);
  assert_raised (GRUB_ERR_ACCESS_DENIED, "secret");
  assert_int_equal (grub_xenstore_read (NO_TX, "a b", &value),
		    GRUB_ERR_BAD_ARGUMENT);
  assert_raised (GRUB_ERR_BAD_ARGUMENT, "a b");
  shim.fail_alloc = shim.allocs + 1;
  assert_int_equal (grub_xenstore_read (NO_TX, "name", &value),
		    GRUB_ERR_OUT_OF_MEMORY);
  assert_raised (GRUB_ERR_OUT_OF_MEMORY, "");
  is_value ("name", "guest");
  down ();
}

static void
read_error_words (void **state)
{
  static const struct
  {
    const char *word;
    grub_err_t err;
  } words[] =
    {
      { "ENOENT", GRUB_ERR_FILE_NOT_FOUND },
      { "EACCES", GRUB_ERR_ACCESS_DENIED },
      { "EPERM", GRUB_ERR_ACCESS_DENIED },
      { "EINVAL", GRUB_ERR_BAD_ARGUMENT },
      { "EIO", GRUB_ERR_IO },
      { "ENOMEM", GRUB_ERR_IO },
      { "EWHATEVER", GRUB_ERR_IO },
      { "", GRUB_ERR_IO }
    };
  char *value;
  size_t i;

  (void) state;
  up ();
  for (i = 0; i < sizeof (words) / sizeof (words[0]); i++)
    {
      store.fail_at = store.replies + 1;
      store.fault = i % 2 ? STORE_ERROR : STORE_ERROR_NO_NUL;
      store.error = words[i].word;
      assert_int_equal (grub_xenstore_read (NO_TX, "name", &value),
			words[i].err);
      assert_raised (words[i].err, words[i].word);
      is_value ("name", "guest");
    }
  down ();
}

static void
read_optional (void **state)
{
  char *value = (char *) 1;

  (void) state;
  up ();
  assert_int_equal (grub_xenstore_read_optional (NO_TX, "nothing", &value),
		    GRUB_ERR_NONE);
  assert_null (value);
  assert_quiet ();
  assert_int_equal (grub_xenstore_read_optional (NO_TX, "name", &value),
		    GRUB_ERR_NONE);
  assert_string_equal (value, "guest");
  grub_free (value);
  assert_int_equal (grub_xenstore_read_optional (NO_TX, "secret", &value),
		    GRUB_ERR_ACCESS_DENIED);
  assert_raised (GRUB_ERR_ACCESS_DENIED, "secret");
  assert_null (value);
  down ();
}

static void
read_value_with_zero_bytes (void **state)
{
  char *value;

  (void) state;
  up ();
  tree_set_raw (HOME "name", "ab\0cd", 5);
  assert_int_equal (grub_xenstore_read (NO_TX, "name", &value),
		    GRUB_ERR_NONE);
  assert_memory_equal (value, "ab\0cd", 6);
  grub_free (value);
  down ();
}

static void
read_longest_value (void **state)
{
  static char text[4097];

  (void) state;
  up ();
  memset (text, 'x', 4096);
  tree_set_raw (HOME "name", text, 4096);
  is_value ("name", text);
  down ();
}

static void
read_number (void **state)
{
  static const struct
  {
    const char *text;
    uint64_t max;
    int good;
    uint64_t value;
  } numbers[] =
    {
      { "0", 0, 1, 0 }, { "7", 7, 1, 7 }, { "8", 7, 0, 0 }, { "10", 9, 0, 0 },
      { "00012", 12, 1, 12 }, { "", 9, 0, 0 }, { "-1", ~0ULL, 0, 0 },
      { "+1", 9, 0, 0 }, { " 1", 9, 0, 0 }, { "1 ", 9, 0, 0 },
      { "1\n", 9, 0, 0 }, { "0x10", 99, 0, 0 }, { "1e3", 9999, 0, 0 },
      { "seven", 9, 0, 0 }, { "1.5", 9, 0, 0 },
      { "18446744073709551609", ~0ULL, 1, 18446744073709551609ULL },
      { "18446744073709551616", ~0ULL, 0, 0 },
      { "18446744073709551619", ~0ULL, 0, 0 },
      { "18446744073709551620", ~0ULL, 0, 0 },
      { "184467440737095516150", ~0ULL, 0, 0 },
      { "99999999999999999999999999999999999999999", ~0ULL, 0, 0 },
      { "4294967296", 0xffffffff, 0, 0 }, { "4294967295", 0xffffffff, 1,
      0xffffffff }, { "5", 3, 0, 0 }
    };
  uint64_t i;
  grub_uint64_t value;

  (void) state;
  up ();
  for (i = 0; i < sizeof (numbers) / sizeof (numbers[0]); i++)
    {
      tree_set (HOME "name", "%s", numbers[i].text);
      if (numbers[i].good)
	{
	  assert_int_equal (grub_xenstore_read_number
			    (NO_TX, "name", numbers[i].max, i & 1, &value),
			    GRUB_ERR_NONE);
	  assert_int_equal (value, numbers[i].value);
	  continue;
	}
      assert_int_equal (grub_xenstore_read_number
			(NO_TX, "name", numbers[i].max, i & 1, &value),
			GRUB_ERR_BAD_NUMBER);
      assert_raised (GRUB_ERR_BAD_NUMBER, "`name'");
    }
  /* Some programs write a terminating NUL.  */
  tree_set_raw (HOME "name", "12\0", 3);
  assert_int_equal (grub_xenstore_read_number (NO_TX, "name", 99, 0, &value),
		    GRUB_ERR_NONE);
  assert_int_equal (value, 12);
  /* Bytes behind the NUL are an error.  */
  tree_set_raw (HOME "name", "12\0003", 4);
  assert_int_equal (grub_xenstore_read_number (NO_TX, "name", 99, 0, &value),
		    GRUB_ERR_BAD_NUMBER);
  assert_raised (GRUB_ERR_BAD_NUMBER, "`name'");
  down ();
}

static void
read_number_optional (void **state)
{
  grub_uint64_t value = 42;

  (void) state;
  up ();
  assert_int_equal (grub_xenstore_read_number (NO_TX, "nothing", 99, 1,
					       &value), GRUB_ERR_NONE);
  assert_int_equal (value, 42);
  assert_int_equal (grub_xenstore_read_number (NO_TX, "nothing", 99, 0,
					       &value),
		    GRUB_ERR_FILE_NOT_FOUND);
  assert_raised (GRUB_ERR_FILE_NOT_FOUND, "nothing");
  assert_int_equal (grub_xenstore_read_number (NO_TX, "domid", 99, 1,
					       &value), GRUB_ERR_NONE);
  assert_int_equal (value, 7);
  assert_int_equal (grub_xenstore_read_number (NO_TX, "name", 99, 1,
					       &value), GRUB_ERR_BAD_NUMBER);
  assert_raised (GRUB_ERR_BAD_NUMBER, "guest");
  down ();
}

static void
write_and_remove (void **state)
{
  (void) state;
  up ();
  assert_int_equal (grub_xenstore_write (NO_TX, "device/vbd/51776/protocol",
					 "x86_32-abi"), GRUB_ERR_NONE);
  assert_string_equal (tree_get (HOME "device/vbd/51776/protocol"),
		       "x86_32-abi");
  assert_int_equal (grub_xenstore_write_number
		    (NO_TX, "device/vbd/51776/ring-ref", ~0ULL),
		    GRUB_ERR_NONE);
  assert_string_equal (tree_get (HOME "device/vbd/51776/ring-ref"),
		       "18446744073709551615");
  assert_int_equal (grub_xenstore_remove (NO_TX,
					  "device/vbd/51776/protocol"),
		    GRUB_ERR_NONE);
  assert_null (tree_get (HOME "device/vbd/51776/protocol"));
  assert_int_equal (grub_xenstore_remove (NO_TX, "device/vbd/51776/a/b/c"),
		    GRUB_ERR_NONE);
  assert_quiet ();
  assert_int_equal (grub_xenstore_write (NO_TX, "name", "x"),
		    GRUB_ERR_ACCESS_DENIED);
  assert_raised (GRUB_ERR_ACCESS_DENIED, "name");
  assert_int_equal (grub_xenstore_remove (NO_TX, "name"),
		    GRUB_ERR_ACCESS_DENIED);
  assert_raised (GRUB_ERR_ACCESS_DENIED, "name");
  assert_string_equal (tree_get (HOME "name"), "guest");
  down ();
}

static void
too_long_is_not_sent (void **state)
{
  static char text[5000];
  char *value;
  unsigned long replies;

  (void) state;
  up ();
  memset (text, 'x', sizeof (text) - 1);
  replies = store.replies;
  assert_int_equal (grub_xenstore_write (NO_TX, "device/vbd/51776/x", text),
		    GRUB_ERR_BAD_ARGUMENT);
  assert_raised (GRUB_ERR_BAD_ARGUMENT, "too long");
  assert_int_equal (grub_xenstore_read (NO_TX, text, &value),
		    GRUB_ERR_BAD_ARGUMENT);
  assert_raised (GRUB_ERR_BAD_ARGUMENT, "too long");
  assert_int_equal (store.replies, replies);
  /* The longest value that fits.  */
  text[4096 - sizeof ("device/vbd/51776/x")] = 0;
  assert_int_equal (grub_xenstore_write (NO_TX, "device/vbd/51776/x", text),
		    GRUB_ERR_NONE);
  assert_string_equal (tree_get (HOME "device/vbd/51776/x"), text);
  down ();
}

static const struct unit_test tests[] =
  {
    UNIT_TEST (read_value),
    UNIT_TEST (read_errors),
    UNIT_TEST (read_error_words),
    UNIT_TEST (read_optional),
    UNIT_TEST (read_value_with_zero_bytes),
    UNIT_TEST (read_longest_value),
    UNIT_TEST (read_number),
    UNIT_TEST (read_number_optional),
    UNIT_TEST (write_and_remove),
    UNIT_TEST (too_long_is_not_sent),
  };

UNIT_MAIN (tests)
