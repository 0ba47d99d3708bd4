/* SPDX-License-Identifier: GPL-3.0-or-later */
/* bootparam.c - a command line and a ramdisk from the Linux boot header
   Copyright (C) 2026  The grub-xen-hvm authors  */

#include <grub/i18n.h>
#include <grub/misc.h>
#include <grub/xen/bootparam.h>
#include <grub/xen/hvm.h>

/* Linux's boot protocol (Documentation/arch/x86/boot.rst) wants a command line
   below this.  */
#define CMDLINE_END 0xa0000

struct grub_xen_bootparam *
grub_xen_bootparam_find (void)
{
  return grub_xen_bootparam_check (
    grub_xen_hvm_frame_ptr (GRUB_XEN_BOOTPARAM_FRAME));
}

const char *
grub_xen_bootparam_cmdline (const struct grub_xen_bootparam *boot,
			    const char **problem)
{
  int printable = 1;
  grub_uint8_t sum;
  grub_size_t i;

  *problem = 0;
  if (!boot || !boot->cmdline_ptr)
    return 0;
  sum = boot->sum;
  for (i = 0; i < sizeof (boot->text) && boot->text[i]; i++)
    {
      sum += (grub_uint8_t) boot->text[i];
      printable = printable && grub_isprint (boot->text[i]);
    }
  if (boot->cmdline_ptr >= CMDLINE_END)
    *problem = N_("it is not in low memory");
  else if (i == sizeof (boot->text))
    *problem = N_("it is longer than 2047 bytes");
  else if (sum)
    *problem = N_("it was overwritten");
  else if (!printable)
    *problem = N_("it is not all printable ASCII");
  return *problem ? 0 : boot->text;
}

grub_uint32_t
grub_xen_bootparam_ramdisk (const struct grub_xen_bootparam *boot,
			    const char **problem)
{
  *problem = 0;
  if (!boot || !boot->ramdisk_size)
    return 0;
  if (!boot->kept)
    {
      *problem = N_("it is not in one range of free memory above GRUB and "
		    "below 4 GiB");
      return 0;
    }
  return boot->ramdisk_size;
}
