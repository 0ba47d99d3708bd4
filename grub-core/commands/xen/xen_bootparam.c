/* SPDX-License-Identifier: GPL-3.0-or-later */
/* xen_bootparam.c - xl.cfg's cmdline= as variables, its ramdisk= as a disk
   Copyright (C) 2026  The grub-xen-hvm authors  */

#include <grub/dl.h>
#include <grub/env.h>
#include <grub/err.h>
#include <grub/i18n.h>
#include <grub/misc.h>
#include <grub/mm.h>
#include <grub/xen/bootparam.h>

GRUB_MOD_LICENSE ("GPLv3+");

/* The whole command line.  */
#define WHOLE "xen_cmdline"

/* The prefix of words that set variables.  GRUB 2.14 uses the same prefix and
   the same rules on Xen's PV and PVH platforms.  */
#define PREFIX "xen_grub_env_"

/* Set NAME to VALUE in this context and in those of later configuration
   files.  */
static grub_err_t
bootparam_set_variable (const char *name, const char *value)
{
  return grub_env_set (name, value) ? grub_errno : grub_env_export (name);
}

/* Move the next word of *TEXT, without its quotes, to WORD, which has space
   for all of *TEXT.  Spaces end a word; quotes of either kind quote spaces and
   the other kind; a backslash, inside of quotes as well, quotes the next
   character.  */
static void
bootparam_take_word (const char **text, char *word)
{
  const char *p = *text;
  char quote = 0;

  for (; *p && (quote || *p != ' '); p++)
    if (*p == '\\')
      {
	if (!*++p)
	  break;
	*word++ = *p;
      }
    else if (quote ? *p == quote : *p == '"' || *p == '\'')
      quote = quote ? 0 : *p;
    else
      *word++ = *p;
  *word = 0;
  while (*p == ' ')
    p++;
  *text = p;
}

/* Set the variable of WORD: NAME=VALUE, or NAME, which means 1.  Names are of
   letters and `_' only.  */
static grub_err_t
bootparam_use_word (char *word)
{
  const char *value;
  char *end = word;

  while (grub_isalpha (*end) || *end == '_')
    end++;
  if (grub_strncmp (word, PREFIX, sizeof (PREFIX) - 1) != 0
      || (*end && *end != '='))
    {
      grub_dprintf ("xen", "command line: `%s' is no variable\n", word);
      return GRUB_ERR_NONE;
    }
  value = *end ? end + 1 : "1";
  *end = 0;
  return bootparam_set_variable (word, value);
}

static grub_err_t
bootparam_use_text (const char *text)
{
  grub_err_t err;
  char *word;

  word = grub_malloc (grub_strlen (text) + 1);
  if (!word)
    return grub_errno;
  err = bootparam_set_variable (WHOLE, text);
  while (*text && !err)
    {
      bootparam_take_word (&text, word);
      err = bootparam_use_word (word);
    }
  grub_free (word);
  return err;
}

/* Print the current error, if there is one.  grub_print_error would also print
   and drop the errors that a caller has on the error stack.  */
static void
bootparam_print_own_error (void)
{
  if (grub_errno)
    grub_printf (_("error: %s.\n"), grub_errmsg);
  grub_errno = GRUB_ERR_NONE;
}

/* Print each error separately: GRUB works without these, and the other part
   may be valid.  */
GRUB_MOD_INIT (xen_bootparam)
{
  const struct grub_xen_bootparam *boot = grub_xen_bootparam_find ();
  const char *text, *problem;
  grub_uint32_t size;

  text = grub_xen_bootparam_cmdline (boot, &problem);
  if (text)
    bootparam_use_text (text);
  else if (problem)
    grub_error (GRUB_ERR_BAD_ARGUMENT, N_("the command line is not used: %s"),
		_(problem));
  bootparam_print_own_error ();

  size = grub_xen_bootparam_ramdisk (boot, &problem);
  if (size)
    grub_xen_ramdisk_register (boot->ramdisk, size);
  else if (problem)
    grub_error (GRUB_ERR_OUT_OF_RANGE, N_("the ramdisk is not used: %s"),
		_(problem));
  bootparam_print_own_error ();
}

GRUB_MOD_FINI (xen_bootparam)
{
  grub_xen_ramdisk_unregister ();
}
