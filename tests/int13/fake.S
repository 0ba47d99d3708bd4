/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fake.S - a BIOS's INT 13h, for the service in front of it
   Copyright (C) 2026  The grub-xen-hvm authors  */

	.code16
	.text
	/* It keeps AX, DX and the number of disks in 40:75.  It answers with
	   an AX, a DX and a carry flag that the test has chosen.
	   fake_counts: DL is the number of disks in 40:75.  */
	.globl	fake_bios
fake_bios:
	pushw	%bp
	movw	%sp, %bp
	movw	%ax, %cs:fake_ax
	movw	%dx, %cs:fake_dx
	pushw	%ds
	pushw	$0x40
	popw	%ds
	movb	0x75, %al
	popw	%ds
	movb	%al, %cs:fake_disks
	cmpb	$0, %cs:fake_keeps_dx
	jne	1f
	movw	%cs:fake_out_dx, %dx
1:
	cmpb	$0, %cs:fake_counts
	je	2f
	movb	%al, %dl
2:
	movw	%cs:fake_out_ax, %ax
	/* Set the carry flag that the caller gets.  */
	andb	$0xfe, 6(%bp)
	pushw	%ax
	movb	%cs:fake_carry, %al
	orb	%al, 6(%bp)
	popw	%ax
	popw	%bp
	iret

	.data
	.globl	fake_ax, fake_dx, fake_out_ax, fake_out_dx, fake_disks
	.globl	fake_keeps_dx, fake_counts, fake_carry
	.balign	2
fake_ax:
	.word	0
fake_dx:
	.word	0
fake_out_ax:
	.word	0
fake_out_dx:
	.word	0
fake_disks:
	.byte	0
fake_keeps_dx:
	.byte	0
fake_counts:
	.byte	0
fake_carry:
	.byte	0

	/* int13_real.S needs these symbols of the service, which is not
	   called here.  */
	.globl	grub_xen_int13, grub_xen_int13_serve
grub_xen_int13:
	.long	0
	.text
grub_xen_int13_serve:
	hlt
