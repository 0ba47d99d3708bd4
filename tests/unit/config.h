/* SPDX-License-Identifier: GPL-3.0-or-later */
/* config.h - macros for GRUB's headers, on hosts of either word size
   Copyright (C) 2026  The grub-xen-hvm authors  */

#ifndef GRUB_XEN_UNIT_CONFIG_HEADER
#define GRUB_XEN_UNIT_CONFIG_HEADER 1

#define SIZEOF_VOID_P	__SIZEOF_POINTER__
#define SIZEOF_LONG	__SIZEOF_LONG__

#define ENABLE_NLS		0
#define DISK_CACHE_STATS	0
#define BOOT_TIME_STATS		0
#define MM_DEBUG		0
#define PACKAGE_VERSION		"unit"
#define PACKAGE_STRING		"grub-xen-hvm unit tests"
#define GRUB_TARGET_CPU		"i386"
#define GRUB_PLATFORM		"unit"

#endif
