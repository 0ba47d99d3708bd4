/* SPDX-License-Identifier: GPL-3.0-or-later */
/* int13_place.c - the INT 13h service: its place in memory
   Copyright (C) 2026  The grub-xen-hvm authors  */

#include <grub/err.h>
#include <grub/i18n.h>
#include <grub/machine/int.h>
#include <grub/machine/memory.h>
#include <grub/memory.h>
#include <grub/misc.h>
#include <grub/mm.h>
#include <grub/xen/hvm.h>
#include "int13_place.h"

/* The BIOS's data: the vector of INT 13h, and the number of hard disks.  */
#define VECTOR		(4 * 0x13)
#define DISKS		0x475

/* Labels of int13_real.S.  */
extern char grub_xen_int13_real_start[];
extern char grub_xen_int13_real_end[];
extern char grub_xen_int13_real_segment[];
extern char grub_xen_int13_real_gdt[];
extern char grub_xen_int13_real_gdt_address[];
extern char grub_xen_int13_real_old[];
extern char grub_xen_int13_real_drives[];

/* The descriptors that need a base: the service's code and data, and the
   real-mode part's code (SEL_ in int13_real.S).  */
enum { GDT_CODE = 1, GDT_DATA = 2, GDT_CODE16 = 3 };

/* The reserved memory.  In the high part the module's image comes first,
   then the hypercall page, then each drive's ring and pages.  */
static struct
{
  grub_dl_t mod;
  char *low, *high;
  int low_handle, high_handle;
  grub_uint32_t low_size, high_size, image_size;
} place;

/* Size of the real-mode part: in C its labels do not belong to one object.  */
static grub_uint32_t
int13_place_real_size (void)
{
  return (grub_addr_t) grub_xen_int13_real_end
    - (grub_addr_t) grub_xen_int13_real_start;
}

/* The BIOS's memory at ADDRESS.  GRUB 2.06 has no grub_absolute_pointer, and
   gcc warns of a constant address.  */
static void *
int13_place_at (grub_uint32_t address)
{
  return (char *) grub_xen_hvm_frame_ptr (address >> GRUB_XEN_FRAME_SHIFT)
	 + address % GRUB_XEN_FRAME_SIZE;
}

static volatile grub_uint32_t *
int13_place_vector (void)
{
  return int13_place_at (VECTOR);
}

static volatile grub_uint8_t *
int13_place_disks (void)
{
  return int13_place_at (DISKS);
}

unsigned int
grub_xen_int13_bios_disks (void)
{
  return *int13_place_disks ();
}

int
grub_xen_int13_ask_bios (unsigned int number,
			 struct grub_xen_int13_parameters *p)
{
  void *scratch = int13_place_at (GRUB_MEMORY_MACHINE_SCRATCH_ADDR);
  struct grub_bios_int_registers regs;

  grub_memset (p, 0, sizeof (*p));
  p->size = sizeof (*p);
  grub_memcpy (scratch, p, sizeof (*p));
  grub_memset (&regs, 0, sizeof (regs));
  regs.eax = 0x4800;
  regs.edx = number;
  regs.ds = GRUB_MEMORY_MACHINE_SCRATCH_SEG;
  regs.flags = GRUB_CPU_INT_FLAGS_DEFAULT;
  grub_bios_interrupt (0x13, &regs);
  grub_memcpy (p, scratch, sizeof (*p));
  return !(regs.flags & GRUB_CPU_INT_FLAGS_CARRY);
}

grub_err_t
grub_xen_int13_reserve_low (void)
{
  if (place.low)
    return GRUB_ERR_NONE;
  place.low_size = ALIGN_UP (int13_place_real_size (), 16);
  place.low = grub_mmap_malign_and_register
    (16, place.low_size, &place.low_handle, GRUB_MEMORY_RESERVED,
     GRUB_MMAP_MALLOC_LOW);
  if (place.low)
    return GRUB_ERR_NONE;
  return grub_error (GRUB_ERR_OUT_OF_MEMORY,
		     N_("no memory for the INT 13h service"));
}

void
grub_xen_int13_unreserve_low (void)
{
  if (place.low)
    grub_mmap_free_and_unregister (place.low_handle);
  place.low = 0;
}

grub_err_t
grub_xen_int13_reserve (grub_dl_t mod, unsigned int count)
{
  grub_uint32_t pages = 1 + count * (1 + GRUB_XEN_INT13_PAGES);

  place.mod = mod;
  place.image_size = ALIGN_UP (mod->sz, GRUB_XEN_FRAME_SIZE);
  place.high_size = place.image_size + pages * GRUB_XEN_FRAME_SIZE;
  place.high
    = grub_mmap_malign_and_register (GRUB_XEN_FRAME_SIZE, place.high_size,
				     &place.high_handle, GRUB_MEMORY_RESERVED,
				     0);
  if (place.high)
    return GRUB_ERR_NONE;
  return grub_error (GRUB_ERR_OUT_OF_MEMORY,
		     N_("no memory for the INT 13h service"));
}

void
grub_xen_int13_unreserve (int leak)
{
  if (place.high && !leak)
    grub_mmap_free_and_unregister (place.high_handle);
  place.high = 0;
}

void
grub_xen_int13_lay_out (unsigned int count)
{
  grub_uint32_t next
    = (grub_addr_t) place.high + place.image_size + GRUB_XEN_FRAME_SIZE;
  unsigned int i;

  for (i = 0; i < count; i++)
    {
      struct grub_xen_int13_drive *drive = &grub_xen_int13.drive[i];

      drive->ring = next;
      drive->data = next + GRUB_XEN_FRAME_SIZE;
      next += (1 + GRUB_XEN_INT13_PAGES) * GRUB_XEN_FRAME_SIZE;
    }
}

/* LABEL's address in the copy in low memory.  */
static void *
int13_place_low (const char *label)
{
  return place.low + (label - grub_xen_int13_real_start);
}

static void
int13_place_set_base (unsigned int descriptor, grub_uint32_t base)
{
  grub_uint8_t *d = int13_place_low (grub_xen_int13_real_gdt + 8 * descriptor);

  d[2] = base;
  d[3] = base >> 8;
  d[4] = base >> 16;
  d[7] = base >> 24;
}

/* Put the real-mode part into low memory.  */
static void
int13_place_install_low (void)
{
  const struct grub_xen_int13 *s = &grub_xen_int13;
  grub_uint32_t where = (grub_addr_t) place.low;
  grub_uint8_t *drives = int13_place_low (grub_xen_int13_real_drives);

  grub_memcpy (place.low, grub_xen_int13_real_start, int13_place_real_size ());
  int13_place_set_base (GDT_CODE, s->base);
  int13_place_set_base (GDT_DATA, s->base);
  int13_place_set_base (GDT_CODE16, where);
  grub_set_unaligned32 (int13_place_low (grub_xen_int13_real_gdt_address),
			(grub_addr_t) int13_place_low (
			  grub_xen_int13_real_gdt));
  grub_set_unaligned16 (int13_place_low (grub_xen_int13_real_segment),
			where >> 4);
  grub_set_unaligned32 (int13_place_low (grub_xen_int13_real_old),
			*int13_place_vector ());
  drives[0] = s->first;
  drives[1] = s->first + s->count;
  drives[2] = GRUB_XEN_INT13_FIRST + *int13_place_disks () + s->count;
  drives[3] = s->count;
}

void
grub_xen_int13_install (void)
{
  struct grub_xen_int13 *s = &grub_xen_int13;
  char *page = place.high + place.image_size;

  s->base = place.high - (char *) place.mod->base;
  s->shared = (grub_addr_t) grub_xen_platform.shared;
  s->high_start = (grub_addr_t) place.high;
  s->high_end = s->high_start + place.high_size;
  s->low_start = (grub_addr_t) place.low;
  s->low_end = s->low_start + place.low_size;
  grub_memcpy (page, grub_xen_hvm.hypercall_page, GRUB_XEN_FRAME_SIZE);
  s->hypercall_page = (void *) ((grub_addr_t) page - s->base);

  int13_place_install_low ();
  grub_memcpy (place.high, place.mod->base, place.mod->sz);
  *int13_place_vector () = ((grub_addr_t) place.low >> 4) << 16;
  *int13_place_disks () += s->count;
  grub_dprintf ("xen_int13", "service at %p and %p\n", place.low, place.high);
}

void
grub_xen_int13_remove (void)
{
  *int13_place_vector ()
    = grub_get_unaligned32 (int13_place_low (grub_xen_int13_real_old));
  *int13_place_disks () -= grub_xen_int13.count;
}
