/* SPDX-License-Identifier: GPL-3.0-or-later */
/* t_xen_bootparam.c - tests of xen_bootparam.c: a command line as variables
   Copyright (C) 2026  The grub-xen-hvm authors  */

#include <stdio.h>
#include <stdlib.h>
#include <grub/xen/bootparam.h>
#include "modules.h"

void grub_xen_bootparam_init (void);
void grub_xen_bootparam_fini (void);

/* The drive number of xl.cfg's kernel=, with the mark of GRUB's boot
   header.  */
#define ENTERED		(0x8000ff00 | GRUB_XEN_BOOTPARAM_MARK)

/* The variables as NAME=VALUE, without the whole line; the line, and how often
   it was set; whether a variable was exported that was not set last.  */
static char variables[65536];
static char whole[4096];
static unsigned int wholes;
static char last[4096];
static int wrong;

static void
variable (const char *name, const char *value)
{
  if (!value)
    {
      wrong |= strcmp (name, last) != 0;
      return;
    }
  snprintf (last, sizeof (last), "%s", name);
  if (strcmp (name, "xen_cmdline") == 0)
    {
      snprintf (whole, sizeof (whole), "%s", value);
      wholes++;
      return;
    }
  snprintf (variables + strlen (variables),
	    sizeof (variables) - strlen (variables), "%s=%s;", name, value);
}

/* Make GRUB's boot header as after a start with TEXT.  */
static struct grub_xen_bootparam *
header (const char *text)
{
  struct grub_xen_bootparam *boot = (void *) xen.low;
  size_t i;

  assert_int_equal (offsetof (struct grub_xen_bootparam, ramdisk), 0x18);
  assert_int_equal (offsetof (struct grub_xen_bootparam, cmdline_ptr), 0x28);
  assert_int_equal (offsetof (struct grub_xen_bootparam, signature),
		    GRUB_XEN_BOOTPARAM_RECORD);
  assert_int_equal (offsetof (struct grub_xen_bootparam, text), GRUB_XEN_BOOTPARAM_TEXT);
  memset (xen.low, 0xa5, sizeof (xen.low));
  boot->ramdisk = boot->ramdisk_size = 0;
  boot->cmdline_ptr = 0x20000;
  memcpy (boot->signature, "$XenBoot", 8);
  boot->version = GRUB_XEN_BOOTPARAM_VERSION;
  boot->kept = 0;
  boot->sum = 0;
  for (i = 0; i < sizeof (boot->text) && text[i]; i++)
    {
      boot->text[i] = text[i];
      boot->sum -= text[i];
    }
  if (i < sizeof (boot->text))
    boot->text[i] = 0;
  grub_boot_device = ENTERED;
  return boot;
}

/* Load the module and unload it.  */
static void
load (void)
{
  variables[0] = whole[0] = 0;
  wholes = 0;
  wrong = 0;
  shim.env_hook = variable;
  shim_out_clear ();
  grub_xen_bootparam_init ();
  grub_xen_bootparam_fini ();
  assert_int_equal (wrong, 0);
  assert_int_equal (shim.blocks, 0);
  assert_quiet ();
}

/* TEXT is used, and sets the variables WANTED.  */
static void
makes (const char *text, const char *wanted)
{
  header (text);
  load ();
  assert_string_equal (shim.out, "");
  assert_int_equal (wholes, 1);
  assert_string_equal (whole, text);
  assert_string_equal (variables, wanted);
}

static void
words (void **state)
{
  (void) state;
  makes ("", "");
  makes ("   ", "");
  makes ("xen_grub_env_entry=rescue", "xen_grub_env_entry=rescue;");
  makes ("quiet xen_grub_env_a=1 xen_grub_env_b=2 root=/dev/xvda1",
	 "xen_grub_env_a=1;xen_grub_env_b=2;");
  makes ("  xen_grub_env_a=1   xen_grub_env_b=2  ",
	 "xen_grub_env_a=1;xen_grub_env_b=2;");
  /* A name alone means 1; if a name occurs twice, the last one counts.  */
  makes ("xen_grub_env_on xen_grub_env_on=0",
	 "xen_grub_env_on=1;xen_grub_env_on=0;");
  makes ("xen_grub_env_a= xen_grub_env_b==x=", "xen_grub_env_a=;"
	 "xen_grub_env_b==x=;");
  makes ("xen_grub_env_=none", "xen_grub_env_=none;");
}

static void
names (void **state)
{
  (void) state;
  makes ("xen_grub_env_A_z=1", "xen_grub_env_A_z=1;");
  makes ("xen_grub_env_a1=1 xen_grub_env_a-b=1 xen_grub_env_a.b "
	 "xen_grub_env_a/=1", "");
  makes ("xen_grub_env=1 xen_grub_envy=1 Xen_grub_env_a=1 root=x "
	 " xxen_grub_env_a=1 a=xen_grub_env_b=1 =xen_grub_env_a prefix=x",
	 "");
}

static void
quotes (void **state)
{
  (void) state;
  makes ("xen_grub_env_entry=rescue \"xen_grub_env_text=two words\" other",
	 "xen_grub_env_entry=rescue;xen_grub_env_text=two words;");
  makes ("xen_grub_env_a='b c'd\" e\"", "xen_grub_env_a=b cd e;");
  makes ("xen_grub_env_a='\"' xen_grub_env_b=\"'\"",
	 "xen_grub_env_a=\";xen_grub_env_b=';");
  makes ("xen_grub_env_a=\\'\\\"\\\\\\ \\x", "xen_grub_env_a='\"\\ x;");
  /* A backslash also quotes inside of quotes.  */
  makes ("xen_grub_env_a='b\\' c' xen_grub_env_b=\"\\\"\"",
	 "xen_grub_env_a=b' c;xen_grub_env_b=\";");
  makes ("x\"en_gr\"ub_env_'a=1'", "xen_grub_env_a=1;");
  /* A quote that is not closed, and a backslash at the end.  */
  makes ("xen_grub_env_a='b c", "xen_grub_env_a=b c;");
  makes ("xen_grub_env_a=b\\", "xen_grub_env_a=b;");
  makes ("'' \"\" xen_grub_env_a=''", "xen_grub_env_a=;");
  /* A name cannot contain a quoted space.  */
  makes ("'xen_grub_env_a =1' \\ xen_grub_env_a=1", "");
}

static void
longest (void **state)
{
  char text[GRUB_XEN_BOOTPARAM_TEXT_SIZE + 1];

  (void) state;
  memset (text, 'x', sizeof (text));
  memcpy (text, "xen_grub_env_a=", 15);
  text[GRUB_XEN_BOOTPARAM_TEXT_SIZE - 1] = 0;
  header (text);
  load ();
  assert_string_equal (whole, text);
  assert_int_equal (strlen (variables), GRUB_XEN_BOOTPARAM_TEXT_SIZE);
  /* One byte more, without a terminating NUL.  */
  text[GRUB_XEN_BOOTPARAM_TEXT_SIZE - 1] = 'x';
  text[GRUB_XEN_BOOTPARAM_TEXT_SIZE] = 0;
  header (text);
  load ();
  assert_int_equal (wholes, 0);
  assert_string_equal (variables, "");
  assert_printed ("the command line is not used: it is longer than 2047");
}

/* The line is not used because of PROBLEM.  */
static void
bad (const char *problem)
{
  /* An error that the caller has pushed is kept.  */
  grub_error (GRUB_ERR_BAD_FS, "what the caller knows");
  grub_error_push ();
  load ();
  grub_error_pop ();
  assert_raised (GRUB_ERR_BAD_FS, "what the caller knows");
  assert_int_equal (wholes, 0);
  assert_string_equal (variables, "");
  assert_printed ("the command line is not used");
  assert_printed (problem);
}

static void
bad_lines (void **state)
{
  static const unsigned int pointers[] =
    { 0xa0000, 0x100000, 0x120000, 0x80000000, 0xffffffff };
  struct grub_xen_bootparam *boot;
  unsigned int i;

  (void) state;
  for (i = 0; i < ARRAY_SIZE (pointers); i++)
    {
      header ("xen_grub_env_a=1")->cmdline_ptr = pointers[i];
      bad ("not in low memory");
    }
  boot = header ("xen_grub_env_a=1");
  boot->text[15] = '2';
  bad ("overwritten");
  boot = header ("xen_grub_env_a=1");
  boot->text[3] = 0;
  bad ("overwritten");
  header ("xen_grub_env_a=1")->sum++;
  bad ("overwritten");
  header ("xen_grub_env_a=1 \033[2J");
  bad ("it is not all printable ASCII");
  header ("xen_grub_env_a=1\txen_grub_env_b=1");
  bad ("not all printable");
  header ("\302\244");
  bad ("not all printable");
  header ("xen_grub_env_a=1")->cmdline_ptr = 0x9ffff;
  load ();
  assert_string_equal (variables, "xen_grub_env_a=1;");
}

/* Neither a variable nor a message.  */
static void
nothing (void)
{
  load ();
  assert_int_equal (wholes, 0);
  assert_string_equal (variables, "");
  assert_string_equal (shim.out, "");
}

/* After other ways to start GRUB the memory contains other data.  */
static void
no_line (void **state)
{
  unsigned int i;

  (void) state;
  header ("xen_grub_env_a=1")->cmdline_ptr = 0;
  nothing ();
  for (i = 0; i < 0x100; i++)
    if (i != GRUB_XEN_BOOTPARAM_MARK)
      {
	header ("xen_grub_env_a=1");
	grub_boot_device = 0x80ffff00 | i;
	nothing ();
      }
  for (i = 0; i < 8; i++)
    {
      header ("xen_grub_env_a=1")->signature[i] ^= 0x20;
      nothing ();
    }
  header ("xen_grub_env_a=1")->version++;
  nothing ();
  header ("xen_grub_env_a=1")->version--;
  nothing ();
  memset (xen.low, 0, sizeof (xen.low));
  nothing ();
  memset (xen.low, 0xff, sizeof (xen.low));
  nothing ();
}

static void
no_memory (void **state)
{
  (void) state;
  header ("xen_grub_env_a=1");
  shim.fail_alloc = shim.allocs + 1;
  load ();
  assert_printed ("out of memory");
  assert_int_equal (wholes, 0);
  shim.env_error = GRUB_ERR_OUT_OF_MEMORY;
  load ();
  assert_printed ("no variable");
  assert_int_equal (wholes, 0);
  shim.env_error = GRUB_ERR_NONE;
  load ();
  assert_string_equal (variables, "xen_grub_env_a=1;");
}

/* For any line, only such names are set, and no memory outside of the line is
   accessed (the address sanitizer checks this).  */
static void
any_line (void **state)
{
  static const char *const parts[] =
    { "xen_grub_env_", "=", "'", "\"", "\\", " ", "a", "_", "9", "xen_", "  " };
  uint32_t random = 1;
  unsigned int n;

  (void) state;
  for (n = 0; n < 20000; n++)
    {
      char text[GRUB_XEN_BOOTPARAM_TEXT_SIZE] = "";
      char *name, *end;

      do
	{
	  random = random * 1664525 + 1013904223;
	  strcat (text, parts[(random >> 16) % ARRAY_SIZE (parts)]);
	}
      while ((random >> 28) && strlen (text) < 100);
      header (text);
      load ();
      assert_string_equal (whole, text);
      for (name = variables; *name; name = end + 1)
	{
	  assert_int_equal (strncmp (name, "xen_grub_env_", 13), 0);
	  assert_int_equal (name[strspn (name, "abcdefghijklmnopqrstuvwxyz"
					 "ABCDEFGHIJKLMNOPQRSTUVWXYZ_")],
			    '=');
	  end = strchr (name, ';');
	  assert_non_null (end);
	}
    }
}

static void
info (const char *name, const char *line)
{
  char *argv[] = { (char *) "--get", (char *) name, 0 };

  shim_out_clear ();
  assert_int_equal (shim_command ("xen_info", name ? 2 : 0, argv),
		    GRUB_ERR_NONE);
  if (name)
    assert_string_equal (shim.out, line);
  else
    assert_printed (line);
}

static void
told_by_xen_info (void **state)
{
  (void) state;
  modules_load ();
  header ("quiet 'a b'");
  info ("cmdline", "quiet 'a b'\n");
  info (0, "\nCommand line: `quiet 'a b''\n");
  header ("quiet")->sum++;
  info ("cmdline", "\n");
  info (0, "\nCommand line: not used: it was overwritten\n");
  header ("quiet \033[2J");
  info ("cmdline", "\n");
  info (0, "\nCommand line: not used: it is not all printable ASCII\n");
  header ("quiet")->cmdline_ptr = 0;
  info ("cmdline", "\n");
  info (0, "\nCommand line: none\n");
  header ("quiet");
  grub_boot_device = 0xffffffff;
  info ("cmdline", "\n");
  info (0, "\nCommand line: none\n");
  modules_down ();
}

/* A header left by another GRUB does not describe this start.  */
static void
entry_after_another_grub (void **state)
{
  (void) state;
  modules_load ();
  header ("");
  memcpy (xen.low + 2, "HdrS", 4);
  info ("entry", "kernel\n");
  grub_boot_device = 0x80ffffff;
  info ("entry", "disk\n");
  /* Another loader's header has no record.  */
  ((struct grub_xen_bootparam *) xen.low)->signature[0] = 0;
  info ("entry", "kernel\n");
  modules_down ();
}

static const struct unit_test tests[] =
  {
    UNIT_TEST (words),
    UNIT_TEST (names),
    UNIT_TEST (quotes),
    UNIT_TEST (longest),
    UNIT_TEST (bad_lines),
    UNIT_TEST (no_line),
    UNIT_TEST (no_memory),
    UNIT_TEST (any_line),
    UNIT_TEST (told_by_xen_info),
    UNIT_TEST (entry_after_another_grub),
  };

UNIT_MAIN (tests)
