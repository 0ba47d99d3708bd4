/* xen_hvm.h - i386-xen-hvm in grub-mkimage.  */
/*
 *  grub-xen-hvm -- the platform i386-xen-hvm in GRUB's host tools
 *  Copyright (C) 2026  The grub-xen-hvm authors
 *
 *  This program is free software: you can redistribute it and/or modify
 *  it under the terms of the GNU General Public License as published by
 *  the Free Software Foundation, either version 3 of the License, or
 *  (at your option) any later version.
 *
 *  This program is distributed in the hope that it will be useful,
 *  but WITHOUT ANY WARRANTY; without even the implied warranty of
 *  MERCHANTABILITY or FITNESS FOR A PARTICULAR PURPOSE.  See the
 *  GNU General Public License for more details.
 *
 *  You should have received a copy of the GNU General Public License
 *  along with this program.  If not, see <https://www.gnu.org/licenses/>.
 *
 *  SPDX-License-Identifier: GPL-3.0-or-later
 */

#ifndef GRUB_UTIL_XEN_HVM_HEADER
#define GRUB_UTIL_XEN_HVM_HEADER 1

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <grub/util/install.h>
#include <grub/util/misc.h>
#include <grub/util/mkimage.h>

/* The core is that of i386-pc, so its row is the same except for the
   names.  */
#define GRUB_XEN_HVM_IMAGE_TARGET(name, type)				\
    {									\
      .dirname = "i386-xen-hvm",					\
      .names = { name, NULL },						\
      .voidp_sizeof = 4,						\
      .bigendian = 0,							\
      .id = type,							\
      .flags = PLATFORM_FLAGS_DECOMPRESSORS,				\
      .total_module_size = TARGET_NO_FIELD,				\
      .decompressor_compressed_size					\
	= GRUB_DECOMPRESSOR_I386_PC_COMPRESSED_SIZE,			\
      .decompressor_uncompressed_size					\
	= GRUB_DECOMPRESSOR_I386_PC_UNCOMPRESSED_SIZE,			\
      .decompressor_uncompressed_addr = TARGET_NO_FIELD,		\
      .section_align = 1,						\
      .vaddr_offset = 0,						\
      .link_addr = GRUB_KERNEL_I386_PC_LINK_ADDR,			\
      .default_compression = GRUB_COMPRESSION_LZMA			\
    }

/* The first is the file for `kernel=': the only one with a Linux boot header
   in front (see grub_xen_hvm_write_loader).  -core is the bare core image,
   for a firmware that carries it.  */
#define GRUB_XEN_HVM_IMAGE_TARGETS					\
  GRUB_XEN_HVM_IMAGE_TARGET ("i386-xen-hvm", IMAGE_I386_PC),		\
  GRUB_XEN_HVM_IMAGE_TARGET ("i386-xen-hvm-core", IMAGE_I386_PC),	\
  GRUB_XEN_HVM_IMAGE_TARGET ("i386-xen-hvm-pxe", IMAGE_I386_PC_PXE),	\
  GRUB_XEN_HVM_IMAGE_TARGET ("i386-xen-hvm-eltorito",			\
			     IMAGE_I386_PC_ELTORITO),

/* Write lnxboot.img of DIR to OUT, if TARGET needs it: a Linux boot header,
   and the code that moves the core image to the address where a BIOS would
   load it. The core image has to follow.  */
static inline void
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

#endif /* ! GRUB_UTIL_XEN_HVM_HEADER */
