/* SPDX-License-Identifier: GPL-3.0-or-later */
/* xen_hvm.h - i386-xen-hvm in grub-mkimage
   Copyright (C) 2026  The grub-xen-hvm authors  */

#ifndef GRUB_UTIL_XEN_HVM_HEADER
#define GRUB_UTIL_XEN_HVM_HEADER 1

#include <stdio.h>

#include <grub/util/install.h>
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
   load it.  The core image has to follow.  */
void
grub_xen_hvm_write_loader (const struct grub_install_image_target_desc *target,
			   const char *dir, FILE *out, const char *outname);

#endif /* ! GRUB_UTIL_XEN_HVM_HEADER */
