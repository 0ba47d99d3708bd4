/* SPDX-License-Identifier: GPL-3.0-or-later */
/* firmware.c - tables and pages left by a firmware with the loader
   Copyright (C) 2026  The grub-xen-hvm authors  */

#include <stdlib.h>
#include <string.h>
#include "firmware.h"
#include "shim.h"
#include "xen.h"

/* The size of an RSDP of ACPI 1.0.  */
#define RSDP_SIZE	20

static unsigned char *memory;
static void *page;

/* Allocate exactly the BIOS's memory, so that the address sanitizer sees
   accesses behind it.  */
static void
need_memory (void)
{
  if (!memory && posix_memalign ((void **) &memory, GRUB_XEN_FRAME_SIZE,
				 XEN_BIOS_SIZE))
    abort ();
  if (xen.bios == memory)
    return;
  memset (memory, 0, XEN_BIOS_SIZE);
  xen.bios = memory;
}

unsigned char *
firmware_at (uint32_t address)
{
  need_memory ();
  return memory + (address - (XEN_BIOS_FRAME << GRUB_XEN_FRAME_SHIFT));
}

static uint8_t
sum (const void *mem, size_t size)
{
  const uint8_t *p = mem;
  uint8_t result = 0;

  while (size--)
    result += *p++;
  return result;
}

void
firmware_seal (struct grub_xen_table *table)
{
  table->checksum = 0;
  table->checksum = -sum (table, table->length);
}

unsigned char *
firmware_page (int amd)
{
  if (!page && posix_memalign (&page, GRUB_XEN_FRAME_SIZE, GRUB_XEN_FRAME_SIZE))
    abort ();
  xen_fill_page (page, amd);
  xen.firmware_frame = FIRMWARE_PAGE_FRAME;
  xen.firmware_page = page;
  return page;
}

unsigned char *
firmware_rsdp (uint32_t address)
{
  unsigned char *p = firmware_at (address);

  memset (p, 0x11, RSDP_SIZE);
  memcpy (p, "RSD PTR ", 8);
  p[8] = 0;
  p[8] = -sum (p, RSDP_SIZE);
  return p;
}

struct grub_xen_table *
firmware_table (unsigned int offset)
{
  struct grub_xen_table *t
    = (void *) firmware_at ((GRUB_XEN_TABLE_FIRST_FRAME << GRUB_XEN_FRAME_SHIFT)
			    + offset);
  struct grub_xen_table_e820 *map = (void *) (t + 1);
  const struct shim_range *r;

  memset (t, 0, sizeof (*t));
  memcpy (t->signature, GRUB_XEN_TABLE_SIGNATURE, sizeof (t->signature));
  t->version = GRUB_XEN_TABLE_VERSION;
  t->cpuid_base = xen.base;
  t->xen_version = xen.version;
  t->hypercall_page = FIRMWARE_PAGE_FRAME * GRUB_XEN_FRAME_SIZE;
  t->hypercall_pages = 1;
  t->boot_order = 0x32;
  t->image_origin = GRUB_XEN_IMAGE_BLOB;
  t->store_frame = xen.params[HVM_PARAM_STORE_PFN];
  t->store_port = xen.params[HVM_PARAM_STORE_EVTCHN];
  t->console_frame = xen.params[HVM_PARAM_CONSOLE_PFN];
  t->console_port = xen.params[HVM_PARAM_CONSOLE_EVTCHN];
  t->rsdp = FIRMWARE_RSDP;
  t->image = 0xfbf0000;
  t->image_size = 123456;
  t->e820_size = sizeof (*map);
  t->e820_offset = sizeof (*t);
  /* As many entries of the map as there is room for.  */
  for (r = shim.map; r->size && (unsigned char *) (map + t->e820_count + 1)
       <= memory + XEN_BIOS_SIZE; r++)
    map[t->e820_count++] = (struct grub_xen_table_e820)
      { r->start, r->size, r->type };
  t->length = sizeof (*t) + t->e820_count * sizeof (*map);
  firmware_seal (t);
  firmware_page (1);
  firmware_rsdp (FIRMWARE_RSDP);
  return t;
}
