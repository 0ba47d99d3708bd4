/* SPDX-License-Identifier: GPL-3.0-or-later */
/* t_xen_store.c - tests of xen_store.c: the xenstore commands
   Copyright (C) 2026  The grub-xen-hvm authors  */

#include <stdio.h>
#include <string.h>
#include <grub/err.h>
#include "modules.h"
#include "store.h"
#include "tree.h"

#define HOME	"/local/domain/7/"

/* Run COMMAND with up to four WORDS; it has to end with RESULT.  */
static void
run (grub_err_t result, const char *command, const char *word0,
     const char *word1, const char *word2, const char *word3)
{
  char *argv[4] = { (char *) word0, (char *) word1, (char *) word2,
		    (char *) word3 };
  int argc;

  for (argc = 0; argc < 4 && argv[argc]; argc++);
  shim_out_clear ();
  grub_errno = GRUB_ERR_NONE;
  assert_int_equal (shim_command (command, argc, argv), result);
}

static void
read_a_key (void **state)
{
  (void) state;
  modules_load ();
  tree_set (HOME "vm-data/grub-entry", "%s", "Debian, of the host's choice");
  run (GRUB_ERR_NONE, "xenstore_read", "vm-data/grub-entry", 0, 0, 0);
  assert_string_equal (shim.out, "Debian, of the host's choice\n");
  run (GRUB_ERR_NONE, "xenstore_read", HOME "vm-data/grub-entry", 0, 0, 0);
  assert_string_equal (shim.out, "Debian, of the host's choice\n");
  run (GRUB_ERR_NONE, "xenstore_read", "--set", "entry",
       "vm-data/grub-entry", 0);
  assert_string_equal (shim.out, "");
  assert_string_equal (shim.env_name, "entry");
  assert_string_equal (shim.env_value, "Debian, of the host's choice");
  tree_set (HOME "vm-data/empty", "%s", "");
  run (GRUB_ERR_NONE, "xenstore_read", "--set", "entry", "vm-data/empty", 0);
  assert_string_equal (shim.env_value, "");
  modules_down ();
}

static void
no_such_key (void **state)
{
  (void) state;
  modules_load ();
  run (GRUB_ERR_FILE_NOT_FOUND, "xenstore_read", "vm-data/none", 0, 0, 0);
  assert_non_null (strstr (grub_errmsg, "vm-data/none"));
  run (GRUB_ERR_TEST_FAILURE, "xenstore_read", "--quiet", "vm-data/none", 0,
       0);
  assert_string_equal (shim.out, "");
  /* Other errors are reported.  */
  tree_set (HOME "secret", "%s", "x");
  tree_permit (HOME "secret", 0);
  run (GRUB_ERR_ACCESS_DENIED, "xenstore_read", "--quiet", "secret", 0, 0);
  run (GRUB_ERR_BAD_ARGUMENT, "xenstore_read", 0, 0, 0, 0);
  run (GRUB_ERR_BAD_ARGUMENT, "xenstore_read", "a", "b", 0, 0);
  grub_errno = GRUB_ERR_NONE;
  modules_down ();
}

/* Control characters, which a terminal would execute.  */
static void
no_text (void **state)
{
  (void) state;
  modules_load ();
  tree_set (HOME "vm-data/entry", "%s", "a\x1b[2Jb\nc\x7f");
  run (GRUB_ERR_NONE, "xenstore_read", "vm-data/entry", 0, 0, 0);
  assert_string_equal (shim.out, "a?[2Jb?c?\n");
  shim.env_name[0] = 0;
  run (GRUB_ERR_BAD_ARGUMENT, "xenstore_read", "--set", "entry",
       "vm-data/entry", 0);
  assert_string_equal (shim.env_name, "");
  grub_errno = GRUB_ERR_NONE;
  modules_down ();
}

/* UTF-8 has control characters of two bytes, and overlong encodings; other
   text is shown.  */
static void
no_text_in_utf8 (void **state)
{
  static const struct
  {
    const char *value, *shown;
  } all[] =
    {
      { "a\xc2\x9b" "2Jb", "a??2Jb" },
      { "\xc2\x80\xc2\x9f\xc2\xa0", "????\xc2\xa0" },
      { "\xc0\x9b" "c", "??c" },
      { "\xe0\x80\x9b", "???" },
      { "\x9b" "1m\xff", "?1m?" },
      { "gr\xc3\xbc\xc3\x9f \xe2\x82\xac \xf0\x9f\x90\xa7",
	"gr\xc3\xbc\xc3\x9f \xe2\x82\xac \xf0\x9f\x90\xa7" },
      { "cut\xc3", "cut?" }
    };
  char line[64];
  size_t i;

  (void) state;
  modules_load ();
  for (i = 0; i < sizeof (all) / sizeof (all[0]); i++)
    {
      int is_text = !strcmp (all[i].value, all[i].shown);

      tree_set (HOME "vm-data/entry", "%s", all[i].value);
      shim_out_clear ();
      run (GRUB_ERR_NONE, "xenstore_read", "vm-data/entry", 0, 0, 0);
      snprintf (line, sizeof (line), "%s\n", all[i].shown);
      assert_string_equal (shim.out, line);
      run (is_text ? GRUB_ERR_NONE : GRUB_ERR_BAD_ARGUMENT, "xenstore_read",
	   "--set", "entry", "vm-data/entry", 0);
      grub_errno = GRUB_ERR_NONE;
    }
  modules_down ();
}

static void
list (void **state)
{
  (void) state;
  modules_load ();
  tree_set (HOME "vm-data/a", "%s", "1");
  tree_set (HOME "vm-data/a/b", "%s", "2\x1b");
  tree_set (HOME "vm-data/c", "%s", "3");
  run (GRUB_ERR_NONE, "xenstore_ls", "vm-data", 0, 0, 0);
  assert_string_equal (shim.out, "a = \"1\"\n b = \"2?\"\nc = \"3\"\n");
  run (GRUB_ERR_NONE, "xenstore_ls", 0, 0, 0, 0);
  assert_non_null (strstr (shim.out, "domid = \"7\"\n"));
  assert_non_null (strstr (shim.out, "\nvm-data"));
  assert_non_null (strstr (shim.out, "\n a = \"1\"\n"));
  /* A key without read permission is shown without a value, and the rest as
     usual.  */
  tree_permit (HOME "vm-data/a", 0);
  run (GRUB_ERR_NONE, "xenstore_ls", "vm-data", 0, 0, 0);
  assert_non_null (strstr (shim.out, "a\n"));
  assert_non_null (strstr (shim.out, "c = \"3\"\n"));
  run (GRUB_ERR_FILE_NOT_FOUND, "xenstore_ls", "none", 0, 0, 0);
  run (GRUB_ERR_BAD_ARGUMENT, "xenstore_ls", "a", "b", 0, 0);
  grub_errno = GRUB_ERR_NONE;
  modules_down ();
}

/* The output is limited.  */
static void
list_without_end (void **state)
{
  char path[256] = HOME "deep";
  unsigned int i;

  (void) state;
  modules_load ();
  for (i = 0; i < 30; i++)
    {
      strcat (path, "/d");
      tree_set (path, "%s", "x");
    }
  run (GRUB_ERR_NONE, "xenstore_ls", "deep", 0, 0, 0);
  assert_non_null (strstr (shim.out, "\n                d = \"x\"\n"));
  assert_null (strstr (shim.out, "\n                 d = \"x\"\n"));
  for (i = 0; i < 4200; i++)
    {
      snprintf (path, sizeof (path), HOME "wide/%u", i);
      tree_set (path, "%s", "");
    }
  run (GRUB_ERR_NONE, "xenstore_ls", "wide", 0, 0, 0);
  assert_non_null (strstr (shim.out, "no more than 4096 keys"));
  modules_down ();
}

static void
write_a_key (void **state)
{
  static const char *const bad[] =
    {
      "", "/local/domain/7/data/x", "/tool", "device", "device/vbd/51776/state"
    };
  unsigned int i;

  (void) state;
  modules_load ();
  tree_set (HOME "data", "%s", "");
  tree_permit (HOME "data", TREE_READ | TREE_WRITE);
  run (GRUB_ERR_NONE, "xenstore_write", "data/answer", "42", 0, 0);
  assert_string_equal (tree_get (HOME "data/answer"), "42");
  for (i = 0; i < ARRAY_SIZE (bad); i++)
    {
      run (GRUB_ERR_BAD_ARGUMENT, "xenstore_write", bad[i], "1", 0, 0);
      assert_non_null (strstr (grub_errmsg, "data/answer"));
    }
  tree_permit (HOME "data", TREE_READ);
  run (GRUB_ERR_ACCESS_DENIED, "xenstore_write", "data/answer", "43", 0, 0);
  run (GRUB_ERR_BAD_ARGUMENT, "xenstore_write", "data/answer", 0, 0, 0);
  grub_errno = GRUB_ERR_NONE;
  modules_down ();
}

static const struct unit_test tests[] =
  {
    UNIT_TEST (read_a_key),
    UNIT_TEST (no_such_key),
    UNIT_TEST (no_text),
    UNIT_TEST (no_text_in_utf8),
    UNIT_TEST (list),
    UNIT_TEST (list_without_end),
    UNIT_TEST (write_a_key),
  };

UNIT_MAIN (tests)
