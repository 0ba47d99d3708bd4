/* SPDX-License-Identifier: GPL-3.0-or-later */
/* xen_hvm_install.h - i386-xen-hvm in grub-install
   Copyright (C) 2026  The grub-xen-hvm authors  */

#ifndef GRUB_UTIL_XEN_HVM_INSTALL_HEADER
#define GRUB_UTIL_XEN_HVM_INSTALL_HEADER 1

/* Whether this is a Xen HVM guest with only PV disks, and the platform is
   installed.  Then i386-pc could not boot it.  */
int grub_xen_hvm_is_default (void);

/* Refuse the platform's directory DIR unless it is complete, and of the
   version of this tool: other versions' modules are linked against another
   kernel.  */
void grub_xen_hvm_check_modules (const char *dir);

/* GRUB's name of Linux's disk DEVICE, to look there first; NULL if it is
   unknown.  */
char *grub_xen_hvm_guess_drive (const char *device);

/* Put the image IMGFILE where a host's image looks for the guest's own GRUB,
   below BOOTDIR.  Other Xen platforms have their pvboot-*.elf there.  The old
   file stays until the new one is complete.  */
void grub_xen_hvm_install (const char *imgfile, const char *bootdir);

#endif /* ! GRUB_UTIL_XEN_HVM_INSTALL_HEADER */
