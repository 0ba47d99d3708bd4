/* SPDX-License-Identifier: GPL-3.0-or-later */
/* start.S - boot header, and the call of INT 13h
   Copyright (C) 2026  The grub-xen-hvm authors

   The program is the real-mode setup part of a fake Linux kernel.  So every
   loader that starts Linux in real mode starts it, without INT 13h.  */

#include "layout.h"

	.code16
	.section .start, "ax"
	/* Offset 0 of the file, formerly a floppy's boot sector.  */
	.org	0x1f1
	.byte	SETUP_SECTORS
	.word	0			/* root_flags */
	.long	SECTOR_BYTES / 16	/* syssize */
	.word	0, 0xffff, 0		/* ram_size, vid_mode, root_dev */
	.word	0xaa55
	jmp	entry			/* 0x200 */
	.org	0x202
	.ascii	"HdrS"
	.word	0x0203			/* protocol, with the command line's address */
	.long	0			/* realmode_swtch */
	.word	0			/* start_sys_seg */
	.word	version - 0x200
	.byte	0			/* type_of_loader */
	.byte	1			/* loadflags: the rest belongs at 1 MiB */
	.word	0			/* setup_move_size */
	.long	0x100000		/* code32_start */
	.long	0, 0			/* ramdisk */
	.long	0			/* bootsect_kludge */
	.word	0, 0			/* heap_end_ptr */
	.globl	command_line
command_line:
	.long	0			/* 0x228: cmd_line_ptr */
	.long	0x7fffffff		/* initrd_addr_max */
version:
	.asciz	"int13: conformance of INT 13h"

	/* Move to PROGRAM_SEGMENT, because buffers need most of low memory.
	   The loader has put the program above that, so copy forward.  Do not
	   use the stack before that is done, because it might be in memory
	   that is still to be moved.  */
	.globl	entry
entry:
	cli
	cld
	movw	%cs, %ax
	subw	$0x20, %ax
	movw	%ax, %ds
	movw	$PROGRAM_SEGMENT, %ax
	movw	%ax, %es
	xorw	%si, %si
	xorw	%di, %di
	movw	$((SETUP_SECTORS + 1) * SECTOR_BYTES / 4), %cx
	rep movsl
	ljmpw	$PROGRAM_SEGMENT, $moved
moved:
	movw	%ax, %ds
	movw	%ax, %ss
	movl	$PROGRAM_STACK, %esp
	movw	%ax, %fs
	movw	%ax, %gs
	movl	$bss_start, %edi
	movl	$bss_end, %ecx
	subl	%edi, %ecx
	xorl	%eax, %eax
	addr32 rep stosb
	calll	program
1:	sti				/* Xen ends a guest that halts without */
	hlt
	jmp	1b

	/* void int13 (void): call INT 13h with the registers of before;
	   after gets the resulting registers.  Only CS is ours in between.  */
	.globl	int13
int13:
	pushal
	movl	%esp, own_stack
	movw	before + REGS_SS, %ss
	movl	before + REGS_ESP, %esp
	pushw	before + REGS_FLAGS
	movw	before + REGS_ES, %es
	movw	before + REGS_FS, %fs
	movw	before + REGS_GS, %gs
	movl	before + REGS_EAX, %eax
	movl	before + REGS_EBX, %ebx
	movl	before + REGS_ECX, %ecx
	movl	before + REGS_EDX, %edx
	movl	before + REGS_ESI, %esi
	movl	before + REGS_EDI, %edi
	movl	before + REGS_EBP, %ebp
	movw	before + REGS_DS, %ds
	popfw
	int	$0x13
	pushfw
	cli
	movl	%eax, %cs:after + REGS_EAX
	movl	%ebx, %cs:after + REGS_EBX
	movl	%ecx, %cs:after + REGS_ECX
	movl	%edx, %cs:after + REGS_EDX
	movl	%esi, %cs:after + REGS_ESI
	movl	%edi, %cs:after + REGS_EDI
	movl	%ebp, %cs:after + REGS_EBP
	movw	%ds, %cs:after + REGS_DS
	movw	%es, %cs:after + REGS_ES
	movw	%fs, %cs:after + REGS_FS
	movw	%gs, %cs:after + REGS_GS
	movw	%ss, %cs:after + REGS_SS
	popw	%cs:after + REGS_FLAGS
	movl	%esp, %cs:after + REGS_ESP
	movw	%cs, %ax
	movw	%ax, %ds
	movw	%ax, %es
	movw	%ax, %fs
	movw	%ax, %gs
	movw	%ax, %ss
	movl	%cs:own_stack, %esp
	pushl	$0			/* neither direction, nor nested task */
	popfl
	popal
	retl

	/* int bios15 (unsigned size): copy SIZE 16-bit words by INT 15h,
	   function 87h, with blocks[] as its table; return the carry flag.  */
	.globl	bios15
bios15:
	pushal
	movl	36(%esp), %ecx
	movl	$blocks, %esi
	movb	$0x87, %ah
	int	$0x15
	cli
	setcb	%al
	movzbl	%al, %eax
	movl	%eax, 28(%esp)
	popal
	retl

	/* The handler of interrupt 8 while a test counts the interrupts: all,
	   and those that interrupted code outside of this program.  */
	.globl	timer_hook
timer_hook:
	pushw	%bp
	movw	%sp, %bp
	incl	%cs:timer_all
	cmpw	$PROGRAM_SEGMENT, 4(%bp)
	je	1f
	incl	%cs:timer_inside
1:	popw	%bp
	ljmpw	*%cs:timer_old

	.data
	.balign	4
own_stack:
	.long	0
	.globl	timer_all, timer_inside, timer_old
timer_all:
	.long	0
timer_inside:
	.long	0
timer_old:
	.long	0
