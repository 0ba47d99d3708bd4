/*
 *  grub-xen-hvm  --  what GRUB's headers want to know, for host tests of either word size
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
 */


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
