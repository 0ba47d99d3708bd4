/* SPDX-License-Identifier: GPL-3.0-or-later */
/* boot_fail.c - test module: a boot command that comes back
   Copyright (C) 2026  The grub-xen-hvm authors  */

#include <grub/command.h>
#include <grub/dl.h>
#include <grub/err.h>
#include <grub/i18n.h>
#include <grub/loader.h>

GRUB_MOD_LICENSE ("GPLv3+");

/* After `boot_fail' the command `boot' goes through the whole hand-off, fails
   as a loader does that finds no room for its kernel, and comes back.  */

static grub_err_t
fail (void)
{
  return grub_error (GRUB_ERR_OUT_OF_MEMORY, "boot_fail: nothing was booted");
}

static grub_err_t
unload (void)
{
  return GRUB_ERR_NONE;
}

static grub_err_t
grub_cmd_boot_fail (struct grub_command *cmd __attribute__ ((unused)),
		    int argc __attribute__ ((unused)),
		    char *argv[] __attribute__ ((unused)))
{
  grub_loader_set (fail, unload, 0);
  return GRUB_ERR_NONE;
}

static grub_command_t cmd;

GRUB_MOD_INIT (boot_fail)
{
  cmd = grub_register_command ("boot_fail", grub_cmd_boot_fail, 0,
			       N_("Load something that does not boot."));
}

GRUB_MOD_FINI (boot_fail)
{
  grub_loader_unset ();
  grub_unregister_command (cmd);
}
