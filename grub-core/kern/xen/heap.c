/* SPDX-License-Identifier: GPL-3.0-or-later */
/* heap.c - the heap of GRUB's kernel, around a ramdisk
   Copyright (C) 2026  The grub-xen-hvm authors  */

#include <grub/mm.h>
#include <grub/xen/bootparam.h>

/* This file belongs to the kernel, so it is compiled for i386-pc, too.  */
#ifdef GRUB_MACHINE_XEN_HVM

void
grub_xen_bootparam_add_heap (void *at, grub_addr_t beg, grub_addr_t fin)
{
  struct grub_xen_bootparam *boot = grub_xen_bootparam_check (at);

  if (boot && boot->ramdisk_size && boot->ramdisk >= beg
      && boot->ramdisk < fin && boot->ramdisk_size <= fin - boot->ramdisk)
    {
      boot->kept = 1;
      if (beg < boot->ramdisk)
	grub_mm_init_region ((void *) beg, boot->ramdisk - beg);
      beg = boot->ramdisk + boot->ramdisk_size;
    }
  if (beg < fin)
    grub_mm_init_region ((void *) beg, fin - beg);
}

#endif /* GRUB_MACHINE_XEN_HVM */
