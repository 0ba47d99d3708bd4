/* SPDX-License-Identifier: GPL-3.0-or-later */
/* abi.h - Xen's public headers, barriers and atomic operations
   Copyright (C) 2026  The grub-xen-hvm authors  */

#ifndef GRUB_XEN_ABI_HEADER
#define GRUB_XEN_ABI_HEADER 1

/* The only file that includes Xen's public headers.  They are those of the
   package libxen-dev, which the graft puts into include/xen-public; GRUB's
   own, older copy in include/xen belongs to its PV platforms.  */

#include <grub/types.h>

#ifdef GRUB_UTIL
#include <stdint.h>
#include <string.h>
#else
/* Xen's headers use the C99 names.  A module has no <stdint.h>.  */
typedef __INT8_TYPE__ int8_t;
typedef __INT16_TYPE__ int16_t;
typedef __INT32_TYPE__ int32_t;
typedef __INT64_TYPE__ int64_t;
typedef __UINT8_TYPE__ uint8_t;
typedef __UINT16_TYPE__ uint16_t;
typedef __UINT32_TYPE__ uint32_t;
typedef __UINT64_TYPE__ uint64_t;
#endif

/* Xen 4.8's interface: everything used here is at least that old.  */
#define __XEN_INTERFACE_VERSION__ 0x00040800

#include <xen-public/xen.h>
#include <xen-public/arch-x86/cpuid.h>
#include <xen-public/event_channel.h>
#include <xen-public/features.h>
#include <xen-public/grant_table.h>
#include <xen-public/memory.h>
#include <xen-public/sched.h>
#include <xen-public/version.h>
#include <xen-public/hvm/hvm_op.h>
#include <xen-public/hvm/params.h>
#include <xen-public/io/blkif.h>
#include <xen-public/io/console.h>
#include <xen-public/io/protocols.h>
#include <xen-public/io/xenbus.h>
#include <xen-public/io/xs_wire.h>

/* The size of a Xen frame and of everything that is granted or mapped.  */
#define GRUB_XEN_FRAME_SHIFT	12
#define GRUB_XEN_FRAME_SIZE	(1U << GRUB_XEN_FRAME_SHIFT)

/* Ports that the two-level scheme of this word size can signal: one bit for
   each in the shared info page.  */
#define GRUB_XEN_PORTS	\
  (8 * sizeof (((struct shared_info *) 0)->evtchn_pending))

/* x86 keeps loads in order with loads and stores in order with stores, so the
   compiler is all that has to be held back there.  */
static inline void
grub_xen_rmb (void)
{
  asm volatile ("" : : : "memory");
}

static inline void
grub_xen_wmb (void)
{
  asm volatile ("" : : : "memory");
}

/* A load may overtake an earlier store: a locked operation forbids it, on
   processors without MFENCE too.  */
#ifdef __x86_64__
#define GRUB_XEN_MB_OPERAND	"-4(%%rsp)"
#else
#define GRUB_XEN_MB_OPERAND	"(%%esp)"
#endif
static inline void
grub_xen_mb (void)
{
  asm volatile ("lock; addl $0, " GRUB_XEN_MB_OPERAND : : : "memory", "cc");
}

/* Clear bit BIT of the array that starts at WORDS, which Xen may change at the
   same time.  */
static inline void
grub_xen_clear_bit (volatile void *words, unsigned int bit)
{
  asm volatile ("lock; btrl %1, %0"
		: "+m" (((volatile grub_uint32_t *) words)[bit / 32])
		: "Ir" (bit % 32) : "memory", "cc");
}

/* Set bit BIT of the array that starts at WORDS.  */
static inline void
grub_xen_set_bit (volatile void *words, unsigned int bit)
{
  asm volatile ("lock; btsl %1, %0"
		: "+m" (((volatile grub_uint32_t *) words)[bit / 32])
		: "Ir" (bit % 32) : "memory", "cc");
}

/* Store NEW_VALUE in *P if it holds OLD_VALUE; return what it held.  GCC's own
   builtin becomes a call of an undefined function under -march=i386.  */
static inline grub_uint16_t
grub_xen_cmpxchg16 (volatile grub_uint16_t *p, grub_uint16_t old_value,
		    grub_uint16_t new_value)
{
  asm volatile ("lock; cmpxchgw %2, %1" : "+a" (old_value), "+m" (*p)
		: "r" (new_value) : "memory", "cc");
  return old_value;
}

#endif /* ! GRUB_XEN_ABI_HEADER */
