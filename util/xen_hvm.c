/* SPDX-License-Identifier: GPL-3.0-or-later */
/* xen_hvm.c - i386-xen-hvm in grub-mkimage
   Copyright (C) 2026  The grub-xen-hvm authors  */

#include <config.h>

#include <stdlib.h>
#include <string.h>

#include <grub/util/misc.h>
#include <grub/util/xen_hvm.h>

void
grub_xen_hvm_write_loader (const struct grub_install_image_target_desc *target,
			   const char *dir, FILE *out, const char *outname)
{
  char *path, *img;
  size_t size;

  if (strcmp (target->names[0], "i386-xen-hvm") != 0)
    return;

  path = grub_util_get_path (dir, "lnxboot.img");
  size = grub_util_get_image_size (path);
  img = grub_util_read_image (path);
  grub_util_write_image (img, size, out, outname);
  free (img);
  free (path);
}
