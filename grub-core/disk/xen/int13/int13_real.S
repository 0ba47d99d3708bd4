/* SPDX-License-Identifier: GPL-3.0-or-later */
/* int13_real.S - the INT 13h service: real mode, and the mode switch
   Copyright (C) 2026  The grub-xen-hvm authors  */

#include <grub/symbol.h>

	.file	"int13_real.S"
	.text

/* Selectors of the table below.  The bases of the service's segments convert
   the module's addresses to physical ones; the last segments are for the
   return to real mode.  */
#define SEL_CODE	0x08
#define SEL_DATA	0x10
#define SEL_CODE16	0x18
#define SEL_DATA16	0x20
/* All memory, by its physical address.  */
#define SEL_FLAT	0x28

#define CR0_PE		1
#define CARRY		1
/* The interrupt flag, in the high byte of the flags.  */
#define IF_HIGH		2

/* BIOS status: not ready.  */
#define NOT_READY	0xaa

/* The first number of a hard disk, and of a CD.  */
#define FIRST_DISK	0x80
#define FIRST_CD	0xe0

/* The number of hard disks, in the BIOS's data area.  */
#define BDA_DISKS	0x475

/* Offsets in struct grub_xen_int13_regs.  */
#define FRAME_IP	40
#define FRAME_CS	42
#define FRAME_FLAGS	44
#define FRAME_SIZE	46

/* Bytes of the real-mode part's own stack, for its calls.  */
#define REAL_STACK	32

/* An unused byte in the BIOS's data area, and its alias if A20 is
   disabled.  */
#define PROBE		0x4f0
#define PROBE_SEGMENT	0xffff
#define PROBE_WRAPPED	(PROBE + 0x10)

#define PORT_A20	0x92

/* Bytes of the service's own stack.  */
#define SERVICE_STACK	4096

#define OFF(x)		((x) - LOCAL (start))

/* The part for low memory, at the beginning of a segment: from here to
   grub_xen_int13_real_end.  */
	.balign	16
	.code16
VARIABLE (grub_xen_int13_real_start)
LOCAL (start):
	cmpb	%cs:OFF (LOCAL (first)), %dl
	jb	LOCAL (other)
	cmpb	%cs:OFF (LOCAL (end)), %dl
	jb	LOCAL (ours)

	/* A drive of the BIOS.  A disk behind the PV drives has a lower number
	   there.  */
LOCAL (other):
	cmpb	$FIRST_DISK, %dl
	jb	LOCAL (straight)
	cmpb	$FIRST_CD, %dl
	jae	LOCAL (straight)
	cmpb	$0x08, %ah
	je	LOCAL (indirect)
	cmpb	%cs:OFF (LOCAL (end)), %dl
	jb	LOCAL (straight)
	cmpb	%cs:OFF (LOCAL (last)), %dl
	jb	LOCAL (indirect)
LOCAL (straight):
	ljmp	*%cs:OFF (LOCAL (old))

LOCAL (indirect):
	pushw	%bp
	movw	%sp, %bp
	pushw	%dx
	pushw	%ax
	cmpb	%cs:OFF (LOCAL (end)), %dl
	jb	1f
	cmpb	%cs:OFF (LOCAL (last)), %dl
	jae	1f
	subb	%cs:OFF (LOCAL (count)), %dl
1:
	pushw	%dx
	/* Function 08h returns the number of hard disks.  Some BIOSes read it
	   in their data area, others count by themselves.  Let all count only
	   their own disks, and add the PV drives to the result.  */
	cmpb	$0x08, %ah
	jne	2f
	pushw	%ax
	movb	%cs:OFF (LOCAL (count)), %al
	negb	%al
	call	LOCAL (add_disks)
	popw	%ax
2:
	pushw	6(%bp)
	movw	(%bp), %bp
	lcall	*%cs:OFF (LOCAL (old))
	pushfw
	pushw	%bp
	/* The stack has BP, flags, and the values pushed above: DX for the
	   BIOS, AX, DX, BP; then the caller's IP, CS and flags.  */
	movw	%sp, %bp
	pushw	%ax
	movw	2(%bp), %ax
	movw	%ax, 16(%bp)
	popw	%ax
	cmpb	$0x08, 7(%bp)
	je	3f
	cmpb	$0x15, 7(%bp)
	jne	5f
	testb	$CARRY, 16(%bp)
	jnz	4f
	testb	%ah, %ah
	jz	4f
	/* DX is part of the disk's size.  */
	jmp	6f
3:
	pushw	%ax
	movb	%cs:OFF (LOCAL (count)), %al
	call	LOCAL (add_disks)
	popw	%ax
	testb	$CARRY, 16(%bp)
	jnz	4f
	addb	%cs:OFF (LOCAL (count)), %dl
	jmp	6f
	/* After an error restore the caller's DL, unless the BIOS has changed
	   it.  */
4:
	cmpb	4(%bp), %dl
	jne	6f
5:
	movb	8(%bp), %dl
6:
	popw	%bp
	addw	$10, %sp
	iret

	/* Add AL to the number of hard disks.  */
LOCAL (add_disks):
	pushw	%ds
	pushw	$0
	popw	%ds
	addb	%al, BDA_DISKS
	popw	%ds
	ret

	/* The mode switch is not possible in virtual 8086 mode, nor for a
	   second call while one waits.  */
LOCAL (refuse):
	pushw	%bp
	movw	%sp, %bp
	orb	$CARRY, 6(%bp)
	popw	%bp
	movb	$NOT_READY, %ah
	iret

LOCAL (ours):
	cmpb	$0, %cs:OFF (LOCAL (busy))
	jne	LOCAL (refuse)
	pushw	%ax
	smsww	%ax
	testb	$CR0_PE, %al
	popw	%ax
	jnz	LOCAL (refuse)
	cli
	cld
	movb	$1, %cs:OFF (LOCAL (busy))
	/* Save the registers here, not on the caller's stack: a doubleword
	   could wrap around the end of its segment.  */
	popw	%cs:OFF (LOCAL (frame) + FRAME_IP)
	popw	%cs:OFF (LOCAL (frame) + FRAME_CS)
	popw	%cs:OFF (LOCAL (frame) + FRAME_FLAGS)
	movl	%esp, %cs:OFF (LOCAL (stack))
	movw	%ss, %cs:OFF (LOCAL (stack_segment))
	pushw	%cs
	popw	%ss
	movl	$OFF (LOCAL (frame) + FRAME_IP), %esp
	pushal
	pushw	%ds
	pushw	%es
	pushw	%fs
	pushw	%gs
	sgdtl	%cs:OFF (LOCAL (callers_gdt))
	call	LOCAL (open_a20)

LOCAL (again):
	xorl	%eax, %eax
	movw	%cs, %ax
	shll	$4, %eax
	addl	$OFF (LOCAL (frame)), %eax
	lgdtl	%cs:OFF (LOCAL (gdt_register))
	movl	%cr0, %ebx
	movl	%ebx, %cs:OFF (LOCAL (cr0))
	orb	$CR0_PE, %bl
	movl	%ebx, %cr0
	ljmpl	$SEL_CODE, $LOCAL (protected)

LOCAL (back):
	movw	$SEL_DATA16, %ax
	movw	%ax, %ds
	movw	%ax, %es
	movw	%ax, %fs
	movw	%ax, %gs
	movw	%ax, %ss
	movl	%cs:OFF (LOCAL (cr0)), %eax
	movl	%eax, %cr0
	/* A far jump; the installer fills in the segment.  */
	.byte	0xea
	.word	OFF (LOCAL (real))
VARIABLE (grub_xen_int13_real_segment)
	.word	0

LOCAL (real):
	movw	%cs, %ax
	movw	%ax, %ss
	movl	$OFF (LOCAL (frame)), %esp
	lgdtl	%cs:OFF (LOCAL (callers_gdt))
	testl	%edx, %edx
	jz	LOCAL (done)
	/* The call continues.  Enable the caller's interrupts on its own
	   stack, if it had them enabled.  */
	testb	$IF_HIGH, %cs:OFF (LOCAL (frame) + FRAME_FLAGS + 1)
	jz	LOCAL (again)
	lssl	%cs:OFF (LOCAL (stack)), %esp
	sti
	nop
	nop
	cli
	jmp	LOCAL (again)

LOCAL (done):
	call	LOCAL (close_a20)
	popw	%gs
	popw	%fs
	popw	%es
	popw	%ds
	popal
	lssl	%cs:OFF (LOCAL (stack)), %esp
	pushw	%cs:OFF (LOCAL (frame) + FRAME_FLAGS)
	pushw	%cs:OFF (LOCAL (frame) + FRAME_CS)
	pushw	%cs:OFF (LOCAL (frame) + FRAME_IP)
	movb	$0, %cs:OFF (LOCAL (busy))
	iret

	/* The service is above 1 MiB.  */
LOCAL (open_a20):
	xorw	%ax, %ax
	movb	%al, %cs:OFF (LOCAL (a20_opened))
	movw	%ax, %ds
	movw	$PROBE_SEGMENT, %ax
	movw	%ax, %es
	movl	PROBE, %eax
	cmpl	%es:PROBE_WRAPPED, %eax
	jne	1f
	notl	PROBE
	cmpl	%es:PROBE_WRAPPED, %eax
	movl	%eax, PROBE
	je	1f
	inb	$PORT_A20, %al
	orb	$2, %al
	andb	$0xfe, %al
	outb	%al, $PORT_A20
	movb	$1, %cs:OFF (LOCAL (a20_opened))
1:
	ret

LOCAL (close_a20):
	cmpb	$0, %cs:OFF (LOCAL (a20_opened))
	je	1f
	inb	$PORT_A20, %al
	andb	$0xfc, %al
	outb	%al, $PORT_A20
1:
	ret

	.balign	8
VARIABLE (grub_xen_int13_real_gdt)
LOCAL (gdt):
	.quad	0
	/* Base 0, to be filled in; 4 GiB of code, of data.  */
	.quad	0x00cf9a000000ffff
	.quad	0x00cf92000000ffff
	/* 64 KiB of code at this place, to be filled in; of data at 0.  */
	.quad	0x00009a000000ffff
	.quad	0x000092000000ffff
	/* 4 GiB of data.  */
	.quad	0x00cf92000000ffff
LOCAL (gdt_register):
	.word	LOCAL (gdt_register) - LOCAL (gdt) - 1
VARIABLE (grub_xen_int13_real_gdt_address)
	.long	0
LOCAL (callers_gdt):
	.word	0
	.long	0
LOCAL (cr0):
	.long	0
/* The caller's stack: a far pointer.  */
LOCAL (stack):
	.long	0
LOCAL (stack_segment):
	.word	0
VARIABLE (grub_xen_int13_real_old)
LOCAL (old):
	.long	0
/* The first PV drive, the end of the PV drives, the end of all drives, the
   number of PV drives.  */
VARIABLE (grub_xen_int13_real_drives)
LOCAL (first):
	.byte	0
LOCAL (end):
	.byte	0
LOCAL (last):
	.byte	0
LOCAL (count):
	.byte	0
LOCAL (busy):
	.byte	0
LOCAL (a20_opened):
	.byte	0
	.balign	4
	.space	REAL_STACK
LOCAL (frame):
	.space	FRAME_SIZE
VARIABLE (grub_xen_int13_real_end)

	/* The rest runs in the service.  */
	.code32
LOCAL (protected):
	movw	$SEL_DATA, %cx
	movw	%cx, %ds
	movw	%cx, %es
	movw	%cx, %gs
	movw	%cx, %ss
	movw	$SEL_FLAT, %cx
	movw	%cx, %fs
	movl	$(LOCAL (service_stack) + SERVICE_STACK), %esp
	/* Convert the registers' physical address to a pointer.  */
	subl	EXT_C (grub_xen_int13), %eax
	call	EXT_C (grub_xen_int13_serve)
	movl	%eax, %edx
	ljmpl	$SEL_CODE16, $OFF (LOCAL (back))

/* long grub_xen_int13_hypercall (void *page, unsigned int nr,
				  unsigned long arg1, unsigned long arg2)
   An entry of the page is of 32 bytes; Xen may change the registers that
   carried an argument.  */
FUNCTION (grub_xen_int13_hypercall)
	pushl	%ebx
	pushl	%esi
	pushl	%edi
	shll	$5, %edx
	addl	%edx, %eax
	movl	%ecx, %ebx
	movl	16(%esp), %ecx
	call	*%eax
	popl	%edi
	popl	%esi
	popl	%ebx
	ret	$4

	/* ECX bytes from FS:ESI to ES:EDI.  */
LOCAL (copy):
	movl	%ecx, %edx
	shrl	$2, %ecx
	rep movsl	%fs:(%esi), %es:(%edi)
	movl	%edx, %ecx
	andl	$3, %ecx
	rep movsb	%fs:(%esi), %es:(%edi)
	ret

/* void grub_xen_int13_get (void *to, grub_uint32_t phys,
			    grub_uint32_t bytes) */
FUNCTION (grub_xen_int13_get)
	pushl	%esi
	pushl	%edi
	movl	%eax, %edi
	movl	%edx, %esi
	call	LOCAL (copy)
	popl	%edi
	popl	%esi
	ret

/* void grub_xen_int13_put (grub_uint32_t phys, const void *from,
			    grub_uint32_t bytes) */
FUNCTION (grub_xen_int13_put)
	pushl	%esi
	pushl	%edi
	movl	%eax, %edi
	movl	%edx, %esi
	/* Exchange the two segments.  */
	pushl	%es
	pushl	%fs
	popl	%es
	popl	%fs
	call	LOCAL (copy)
	pushl	%es
	pushl	%fs
	popl	%es
	popl	%fs
	popl	%edi
	popl	%esi
	ret

/* int grub_xen_int13_mask_timer (int on)
   Bit 0 of the first interrupt controller's mask.  */
FUNCTION (grub_xen_int13_mask_timer)
	movl	%eax, %ecx
	inb	$0x21, %al
	movzbl	%al, %edx
	andb	$0xfe, %al
	testl	%ecx, %ecx
	jz	1f
	orb	$1, %al
1:
	outb	%al, $0x21
	movl	%edx, %eax
	andl	$1, %eax
	ret

	.bss
	.balign	16
LOCAL (service_stack):
	.space	SERVICE_STACK
