/* SPDX-License-Identifier: GPL-3.0-or-later */
/* atomic.h - memory order and the few atomic operations that Xen asks for
   Copyright (C) 2026  The grub-xen-hvm authors  */

#ifndef GRUB_XEN_ATOMIC_HEADER
#define GRUB_XEN_ATOMIC_HEADER 1

#include <grub/types.h>

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
static inline void
grub_xen_mb (void)
{
#ifdef __x86_64__
  asm volatile ("lock; addl $0, -4(%%rsp)" : : : "memory", "cc");
#else
  asm volatile ("lock; addl $0, (%%esp)" : : : "memory", "cc");
#endif
}

/* Clear bit BIT of the array that starts at WORDS, which Xen may change at the
   same time.  */
static inline void
grub_xen_clear_bit (volatile void *words, unsigned int bit)
{
  volatile grub_uint32_t *word = (volatile grub_uint32_t *) words + bit / 32;

  asm volatile ("lock; btrl %1, %0"
		: "+m" (*word) : "Ir" (bit % 32) : "memory", "cc");
}

/* Set bit BIT of the array that starts at WORDS.  */
static inline void
grub_xen_set_bit (volatile void *words, unsigned int bit)
{
  volatile grub_uint32_t *word = (volatile grub_uint32_t *) words + bit / 32;

  asm volatile ("lock; btsl %1, %0"
		: "+m" (*word) : "Ir" (bit % 32) : "memory", "cc");
}

/* Store NEW_VALUE in *P if it holds OLD_VALUE; return what it held.  GCC's own
   builtin becomes a call of an undefined function under -march=i386.  */
static inline grub_uint16_t
grub_xen_cmpxchg16 (volatile grub_uint16_t *p, grub_uint16_t old_value,
		    grub_uint16_t new_value)
{
  grub_uint16_t was;

  asm volatile ("lock; cmpxchgw %2, %1"
		: "=a" (was), "+m" (*p)
		: "r" (new_value), "0" (old_value)
		: "memory", "cc");
  return was;
}

#endif /* ! GRUB_XEN_ATOMIC_HEADER */
