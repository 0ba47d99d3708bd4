/* SPDX-License-Identifier: GPL-3.0-or-later */
/* layout.h - the addresses of the program and of its memory
   Copyright (C) 2026  The grub-xen-hvm authors

   For C and assembler.  All addresses are linear.  */

#ifndef INT13_LAYOUT_H
#define INT13_LAYOUT_H 1

#define SECTOR_BYTES 512

/* The file has a boot sector, these sectors, and one in the kernel's place.
   Loaders accept at most 64.  */
#define SETUP_SECTORS 64

/* The program, its data and its stack: 60 KiB.  The stack is not at the
   address where QEMU's loader puts the program, because an emulator is slow
   with pages that had code in them.  */
#define PROGRAM_SEGMENT 0x0100
#define PROGRAM_STACK 0xeff0

/* Memory with known contents: the stack of the calls, packets and parameter
   blocks, and buffers.  Calls may change only the places that the test
   names.  */
#define ARENA 0x11000
#define CALL_STACK 0x11000
#define CALL_STACK_SIZE 0x1000
#define PACKETS 0x12000
#define PACKETS_SIZE 0x2000
#define BUFFERS 0x14000
#define ARENA_END 0x88000

/* struct regs, for the assembler.  */
#define REGS_EAX 0
#define REGS_EBX 4
#define REGS_ECX 8
#define REGS_EDX 12
#define REGS_ESI 16
#define REGS_EDI 20
#define REGS_EBP 24
#define REGS_ESP 28
#define REGS_DS 32
#define REGS_ES 34
#define REGS_FS 36
#define REGS_GS 38
#define REGS_SS 40
#define REGS_FLAGS 42

#endif
