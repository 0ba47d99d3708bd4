/* SPDX-License-Identifier: GPL-3.0-or-later */
/* info.h - descriptions of Xen and the firmware for xen_info
   Copyright (C) 2026  The grub-xen-hvm authors  */

#ifndef GRUB_XEN_INFO_HEADER
#define GRUB_XEN_INFO_HEADER 1

/* Print all data about Xen and the firmware's table.  Xen has to be up.  */
void grub_xen_info_platform (void);

/* A value for scripts: how GRUB was started (entry), the letter of the
   emulated disk that the user chose (boot-disk), the boot order (boot-order,
   as in xl.cfg), where the firmware took GRUB from (image), GRUB's command
   line (cmdline), the names of all devices except those in memory, PV disks
   first and of these the chosen one (devices).  Empty if it is not known; 0:
   no such NAME, or (then grub_errno is set) no memory.  It is valid until the
   next call.  */
const char *grub_xen_info_value (const char *name);

/* Free the memory of such a value.  */
void grub_xen_info_forget (void);

#endif /* ! GRUB_XEN_INFO_HEADER */
