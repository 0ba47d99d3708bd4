/* SPDX-License-Identifier: GPL-3.0-or-later */
/* lnxboot_xen.S - what lnxboot.S keeps of a Linux boot header
   Copyright (C) 2026  The grub-xen-hvm authors  */

#include <grub/xen/bootparam.h>

/* For lnxboot.S, which has 71 bytes to spare.  Copy the command line, up to
   its end.  DS and ES are its code's segment before and after it has moved
   itself, DF is clear; EAX, BX, CX and DI are lost.  The copy of an invalid
   pointer is not used.  */
.macro grub_xen_bootparam_keep_text
	pushl	%esi
	movl	(cmd_line_ptr - start), %eax
	movw	%ax, %si
	andw	$15, %si
	shrl	$4, %eax
	movw	%ax, %ds
	movw	$GRUB_XEN_BOOTPARAM_TEXT, %di
	movw	$GRUB_XEN_BOOTPARAM_TEXT_SIZE, %cx
	xorw	%bx, %bx
1:
	lodsb
	stosb
	subb	%al, %bl
	testb	%al, %al
	loopnz	1b
	movb	%bl, %es:(LOCAL(xen_boot_sum) - start)
	popl	%esi
.endm

/* The record: GRUB_XEN_BOOTPARAM_RECORD bytes from START, the second
   sector.  */
.macro grub_xen_bootparam_record
	.org	(0x200 + GRUB_XEN_BOOTPARAM_RECORD)
	.ascii	GRUB_XEN_BOOTPARAM_SIGNATURE
	.byte	GRUB_XEN_BOOTPARAM_VERSION
LOCAL(xen_boot_sum):
	.byte	0, 0
.endm
