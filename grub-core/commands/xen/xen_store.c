/* SPDX-License-Identifier: GPL-3.0-or-later */
/* xen_store.c - the commands xenstore_read, xenstore_ls and xenstore_write
   Copyright (C) 2026  The grub-xen-hvm authors  */

#include <grub/charset.h>
#include <grub/dl.h>
#include <grub/env.h>
#include <grub/err.h>
#include <grub/extcmd.h>
#include <grub/i18n.h>
#include <grub/misc.h>
#include <grub/mm.h>
#include <grub/xen/resume.h>
#include <grub/xen/xenstore.h>

GRUB_MOD_LICENSE ("GPLv3+");

/* Limits of a list.  A guest of xl has about 100 keys, in paths of ten parts
   at most.  A hostile xenstored could return endless lists.  */
#define DEEPEST		16
#define MOST_KEYS	4096

/* The length of the character at TEXT if it is a printable one in UTF-8; else
   0.  Characters 0x80 to 0x9f are control characters, too (C1), and begin
   escape sequences.  */
static unsigned int
xen_store_text_length (const char *text)
{
  grub_uint32_t code = 0;
  unsigned int len = 0;
  int count = 0;

  do
    if (!grub_utf8_process (text[len++], &code, &count))
      return 0;
  while (count);
  return code < 0x20 || (code >= 0x7f && code < 0xa0) ? 0 : len;
}

static int
xen_store_is_text (const char *value)
{
  unsigned int len;

  while (*value && (len = xen_store_text_length (value)) != 0)
    value += len;
  return *value == 0;
}

/* Print VALUE from any writer: control characters become question marks.  */
static void
xen_store_print_value (const char *value)
{
  while (*value)
    {
      unsigned int len = xen_store_text_length (value);

      if (!len)
	{
	  grub_printf ("?");
	  value++;
	}
      for (; len; len--)
	grub_printf ("%c", *value++);
    }
}

static const struct grub_arg_option xen_store_read_options[] =
  {
    {"set", 's', 0, N_("Set a variable to the value."), N_("VAR"),
     ARG_TYPE_STRING},
    {"quiet", 'q', 0, N_("Without such a key, fail without a message."), 0, 0},
    {0, 0, 0, 0, 0, 0}
  };

enum { READ_SET, READ_QUIET };

static grub_err_t
xen_store_show_value (const char *path, const char *value, const char *var)
{
  if (!var)
    {
      xen_store_print_value (value);
      grub_printf ("\n");
      return GRUB_ERR_NONE;
    }
  if (!xen_store_is_text (value))
    return grub_error (GRUB_ERR_BAD_ARGUMENT,
		       N_("xenstore: the value of `%s' is not text"), path);
  return grub_env_set (var, value);
}

/* A value that is read.  */
struct xen_store_reading
{
  const char *path;
  char *value;
};

static grub_err_t
xen_store_read_value (void *data)
{
  struct xen_store_reading *reading = data;

  /* From an earlier try, if any.  */
  grub_free (reading->value);
  reading->value = 0;
  return grub_xenstore_read (GRUB_XENSTORE_NO_TX, reading->path,
			     &reading->value);
}

static grub_err_t
xen_store_cmd_read (struct grub_extcmd_context *ctxt, int argc, char **argv)
{
  struct grub_arg_list *state = ctxt->state;
  struct xen_store_reading reading = { 0, 0 };

  if (argc != 1)
    return grub_error (GRUB_ERR_BAD_ARGUMENT, N_("one path is expected"));
  reading.path = argv[0];
  if (grub_xen_retry_resumed (xen_store_read_value, &reading))
    {
      /* As `test' does it.  */
      if (state[READ_QUIET].set && grub_errno == GRUB_ERR_FILE_NOT_FOUND)
	grub_errno = GRUB_ERR_TEST_FAILURE;
      return grub_errno;
    }
  xen_store_show_value (argv[0], reading.value,
			state[READ_SET].set ? state[READ_SET].arg : 0);
  grub_free (reading.value);
  return grub_errno;
}

/* One key, indented by DEPTH.  A value that may not be read is left out.  */
static void
xen_store_show_key (const char *path, const char *name, unsigned int depth)
{
  char *value;

  while (depth--)
    grub_printf (" ");
  xen_store_print_value (name);
  if (grub_xenstore_read (GRUB_XENSTORE_NO_TX, path, &value))
    grub_errno = GRUB_ERR_NONE;
  else
    {
      grub_printf (" = \"");
      xen_store_print_value (value);
      grub_printf ("\"");
      grub_free (value);
    }
  grub_printf ("\n");
}

/* All keys below DIR, at most LEFT of them.  A directory that may not be
   listed is shown as empty.  */
static grub_err_t
xen_store_show_directory (const char *dir, unsigned int depth,
			  unsigned int *left)
{
  char *names, *name, *path;
  unsigned int count;

  if (grub_xenstore_list_long (GRUB_XENSTORE_NO_TX, dir, &names, &count))
    return grub_errno;
  for (name = names; count && *left;
       count--, name += grub_strlen (name) + 1)
    {
      path = grub_xenstore_path (dir, name);
      if (!path)
	break;
      --*left;
      xen_store_show_key (path, name, depth);
      if (depth < DEEPEST)
	xen_store_show_directory (path, depth + 1, left);
      grub_free (path);
      /* Stop after a timeout or without memory.  After a restore the whole
	 list is shown again.  */
      if (grub_errno == GRUB_ERR_TIMEOUT
	  || grub_errno == GRUB_ERR_OUT_OF_MEMORY
	  || grub_xen_is_stale (grub_xen_platform.generation))
	break;
      grub_errno = GRUB_ERR_NONE;
    }
  grub_free (names);
  return grub_errno;
}

static grub_err_t
xen_store_show_tree (const char *dir)
{
  unsigned int left = MOST_KEYS;

  if (!xen_store_show_directory (dir, 0, &left) && !left)
    grub_printf (_("(no more than %d keys are shown)\n"), MOST_KEYS);
  if (!grub_errno && grub_xen_is_stale (grub_xen_platform.generation))
    return grub_error (GRUB_ERR_IO, N_("the guest was restored"));
  return grub_errno;
}

static grub_err_t
xen_store_show_path (void *data)
{
  return xen_store_show_tree (data);
}

static grub_err_t
xen_store_show_own (void *data __attribute__ ((unused)))
{
  char *own, *dir;

  /* The domain's own directory has no relative name.  */
  if (grub_xenstore_read (GRUB_XENSTORE_NO_TX, "domid", &own))
    return grub_errno;
  dir = grub_xenstore_path ("/local/domain", own);
  grub_free (own);
  if (!dir)
    return grub_errno;
  xen_store_show_tree (dir);
  grub_free (dir);
  return grub_errno;
}

/* After a restore the output starts again.  */
static grub_err_t
xen_store_cmd_ls (struct grub_command *cmd __attribute__ ((unused)), int argc,
		  char **argv)
{
  if (argc > 1)
    return grub_error (GRUB_ERR_BAD_ARGUMENT, N_("one path is expected"));
  return argc ? grub_xen_retry_resumed (xen_store_show_path, argv[0])
	      : grub_xen_retry_resumed (xen_store_show_own, 0);
}

/* Refuse keys of devices, because they belong to drivers, and absolute paths,
   because they belong to others.  */
static int
xen_store_may_be_written (const char *path)
{
  static const char device[] = "device";

  return path[0] && path[0] != '/'
    && (grub_strncmp (path, device, sizeof (device) - 1) != 0
	|| (path[sizeof (device) - 1] && path[sizeof (device) - 1] != '/'));
}

static grub_err_t
xen_store_write_value (void *data)
{
  char **argv = data;

  return grub_xenstore_write (GRUB_XENSTORE_NO_TX, argv[0], argv[1]);
}

static grub_err_t
xen_store_cmd_write (struct grub_command *cmd __attribute__ ((unused)),
		     int argc, char **argv)
{
  if (argc != 2)
    return grub_error (GRUB_ERR_BAD_ARGUMENT,
		       N_("a path and a value are expected"));
  if (!xen_store_may_be_written (argv[0]))
    return grub_error (GRUB_ERR_BAD_ARGUMENT,
		       N_("`%s' is not a path of this guest's own, outside "
			  "`device'; give one such as data/answer"), argv[0]);
  return grub_xen_retry_resumed (xen_store_write_value, argv);
}

static grub_extcmd_t xen_store_read_cmd;
static grub_command_t xen_store_ls_cmd, xen_store_write_cmd;

GRUB_MOD_INIT (xen_store)
{
  xen_store_read_cmd
    = grub_register_extcmd ("xenstore_read", xen_store_cmd_read, 0,
			    N_("[--set VAR] [--quiet] PATH"),
			    N_("Show what is in Xen's store, or set a "
			       "variable to it."),
			    xen_store_read_options);
  xen_store_ls_cmd
    = grub_register_command ("xenstore_ls", xen_store_cmd_ls, N_("[PATH]"),
			     N_("List all below a path in Xen's store; "
				"without one, this guest's."));
  xen_store_write_cmd
    = grub_register_command ("xenstore_write", xen_store_cmd_write,
			     N_("PATH VALUE"),
			     N_("Write into this guest's part of "
				"Xen's store."));
}

GRUB_MOD_FINI (xen_store)
{
  if (xen_store_read_cmd)
    grub_unregister_extcmd (xen_store_read_cmd);
  if (xen_store_ls_cmd)
    grub_unregister_command (xen_store_ls_cmd);
  if (xen_store_write_cmd)
    grub_unregister_command (xen_store_write_cmd);
}
