/* SPDX-License-Identifier: GPL-3.0-or-later */
/* table.c - the Xen platform information table of the firmware
   Copyright (C) 2026  The grub-xen-hvm authors  */

#include <grub/dl.h>
#include <grub/err.h>
#include <grub/memory.h>
#include <grub/misc.h>
#include <grub/mm.h>
#include <grub/i18n.h>
#include <grub/xen/hvm.h>

GRUB_MOD_LICENSE ("GPLv3+");

/* A hypercall's entry in the hypercall page: mov $NR, %eax; vmcall or vmmcall;
   ret (Xen's hvm code fills it so).  */
#define STUB_SIZE	32

/* ACPI 6.4, 5.2.5.3: the part of an RSDP that the checksum of version 1
   covers.  */
#define RSDP_SIGNATURE	"RSD PTR "
#define RSDP_SIZE	20
#define RSDP_FIRST	0xe0000
#define RSDP_LAST	(0x100000 - RSDP_SIZE)

static struct grub_xen_table *table_found;
static grub_uint32_t table_found_address;
static const char *table_found_problem;
static int table_searched;

static int
table_sum_is_zero (const void *mem, grub_size_t size)
{
  const grub_uint8_t *p = mem;
  grub_uint8_t sum = 0;

  while (size--)
    sum += *p++;
  return sum == 0;
}

/* Nibbles are kinds up to the first 0.  */
static int
table_boot_order_ok (grub_uint16_t order)
{
  while ((order & 15) >= GRUB_XEN_TABLE_BOOT_FLOPPY
	 && (order & 15) <= GRUB_XEN_TABLE_BOOT_NETWORK)
    order >>= 4;
  return order == 0;
}

const char *
grub_xen_table_check (const void *mem, grub_size_t size)
{
  struct grub_xen_table t;

  if (size < sizeof (t))
    return N_("it is cut short");
  grub_memcpy (&t, mem, sizeof (t));
  if (grub_memcmp (t.signature, GRUB_XEN_TABLE_SIGNATURE,
		   sizeof (t.signature)) != 0)
    return N_("it has another signature");
  /* Length and checksum have the same meaning in all versions.  */
  if (t.length < sizeof (t) || t.length > size)
    return N_("its length is wrong");
  if (!table_sum_is_zero (mem, t.length))
    return N_("its checksum is wrong");
  if (t.version != GRUB_XEN_TABLE_VERSION)
    return t.version > GRUB_XEN_TABLE_VERSION
      ? N_("its version is newer than this GRUB")
      : N_("its version is older than any that is known");
  if (t.e820_count
      && (t.e820_size < sizeof (struct grub_xen_table_e820)
	  || t.e820_offset < sizeof (t)
	  || t.e820_offset + t.e820_count * t.e820_size > t.length))
    return N_("its memory map is not in it");
  if (!table_boot_order_ok (t.boot_order))
    return N_("its boot order is not valid");
  if (t.boot_disk > GRUB_XEN_TABLE_LAST_DISK
      && t.boot_disk != GRUB_XEN_TABLE_NO_DISK)
    return N_("its boot disk is not valid");
  return 0;
}

/* The place of the next signature from *POS on, 0 if there is none.  */
static const void *
table_next (const char *area, grub_size_t *pos)
{
  for (; *pos < GRUB_XEN_TABLE_AREA; *pos += GRUB_XEN_TABLE_ALIGN)
    if (grub_memcmp (area + *pos, GRUB_XEN_TABLE_SIGNATURE,
		     sizeof (GRUB_XEN_TABLE_SIGNATURE) - 1) == 0)
      return area + *pos;
  return 0;
}

/* Copy the first good table.  Of several bad ones, the last is reported.  */
static void
table_search (void)
{
  const char *area = grub_xen_hvm_frame_ptr (GRUB_XEN_TABLE_FIRST_FRAME);
  grub_size_t pos = 0;
  const void *mem;

  for (; (mem = table_next (area, &pos)); pos += GRUB_XEN_TABLE_ALIGN)
    {
      table_found_address
	= (GRUB_XEN_TABLE_FIRST_FRAME << GRUB_XEN_FRAME_SHIFT) + pos;
      table_found_problem
	= grub_xen_table_check (mem, GRUB_XEN_TABLE_AREA - pos);
      if (table_found_problem)
	continue;
      table_found
	= grub_malloc (((const struct grub_xen_table *) mem)->length);
      if (!table_found)
	{
	  table_found_problem = N_("there is no memory for a copy");
	  grub_errno = GRUB_ERR_NONE;
	  return;
	}
      grub_memcpy (table_found, mem,
		   ((const struct grub_xen_table *) mem)->length);
      return;
    }
}

const struct grub_xen_table *
grub_xen_table_find (grub_uint32_t *address, const char **problem)
{
  if (!table_searched)
    table_search ();
  table_searched = 1;
  *address = table_found_address;
  *problem = table_found_problem;
  return table_found;
}

void
grub_xen_table_entry (const struct grub_xen_table *table, unsigned int i,
		      struct grub_xen_table_e820 *entry)
{
  grub_memcpy (entry, (const char *) table + table->e820_offset
	       + i * table->e820_size, sizeof (*entry));
}

/* A range to look for in the firmware's memory map.  */
struct table_range
{
  grub_uint64_t start;
  grub_uint64_t end;
  int reserved;
};

static int
table_find_reserved (grub_uint64_t start, grub_uint64_t size,
		     grub_memory_type_t type, void *data)
{
  struct table_range *range = data;

  if (type != GRUB_MEMORY_RESERVED || start > range->start
      || start + size < range->end)
    return 0;
  range->reserved = 1;
  return 1;
}

static int
table_is_reserved (grub_uint64_t start, grub_uint64_t size)
{
  struct table_range range = { start, start + size, 0 };

  grub_machine_mmap_iterate (table_find_reserved, &range);
  grub_errno = GRUB_ERR_NONE;
  return range.reserved;
}

/* Whether PAGE has Xen's code in the entry of hypercall NR.  */
static int
table_stub_ok (const grub_uint8_t *page, unsigned int nr)
{
  const grub_uint8_t *p = page + nr * STUB_SIZE;

  return p[0] == 0xb8 && p[1] == nr && !p[2] && !p[3] && !p[4]
    && p[5] == 0x0f && p[6] == 0x01 && (p[7] == 0xc1 || p[7] == 0xd9)
    && p[8] == 0xc3;
}

int
grub_xen_table_page_ok (const struct grub_xen_table *table)
{
  static const grub_uint8_t used[] =
    {
      __HYPERVISOR_memory_op, __HYPERVISOR_xen_version,
      __HYPERVISOR_grant_table_op, __HYPERVISOR_sched_op,
      __HYPERVISOR_event_channel_op, __HYPERVISOR_hvm_op
    };
  const grub_uint8_t *page;
  unsigned int i;

  if (!table->hypercall_pages || table->hypercall_page % GRUB_XEN_FRAME_SIZE
      || !table_is_reserved (table->hypercall_page, GRUB_XEN_FRAME_SIZE))
    return 0;
  page
    = grub_xen_hvm_frame_ptr (table->hypercall_page >> GRUB_XEN_FRAME_SHIFT);
  for (i = 0; i < sizeof (used); i++)
    if (!table_stub_ok (page, used[i]))
      return 0;
  return 1;
}

/* The state of a comparison of memory maps.  */
struct table_comparison
{
  const struct grub_xen_table *table;
  unsigned int i;
  int differs;
};

static int
table_compare_entry (grub_uint64_t start, grub_uint64_t size,
		     grub_memory_type_t type, void *data)
{
  struct table_comparison *c = data;
  struct grub_xen_table_e820 entry;

  if (c->i < c->table->e820_count)
    {
      grub_xen_table_entry (c->table, c->i++, &entry);
      if (entry.start == start && entry.size == size
	  && entry.type == (grub_uint32_t) type)
	return 0;
    }
  c->differs = 1;
  return 1;
}

int
grub_xen_table_e820_ok (const struct grub_xen_table *table)
{
  struct table_comparison c = { table, 0, 0 };

  grub_machine_mmap_iterate (table_compare_entry, &c);
  grub_errno = GRUB_ERR_NONE;
  return !c.differs && c.i == table->e820_count;
}

int
grub_xen_table_rsdp_ok (const struct grub_xen_table *table)
{
  const char *rsdp;

  /* RSDPs are in the BIOS's own memory (ACPI 6.4, 5.2.5.1).  */
  if (table->rsdp < RSDP_FIRST || table->rsdp > RSDP_LAST)
    return 0;
  rsdp = (const char *) grub_xen_hvm_frame_ptr (RSDP_FIRST
						>> GRUB_XEN_FRAME_SHIFT)
	 + (table->rsdp - RSDP_FIRST);
  return grub_memcmp (rsdp, RSDP_SIGNATURE, sizeof (RSDP_SIGNATURE) - 1) == 0
	 && table_sum_is_zero (rsdp, RSDP_SIZE);
}

/* If this module is loaded before Xen is brought up, the driver can use the
   firmware's hypercall page.  */
GRUB_MOD_INIT (xen_table)
{
  const struct grub_xen_table *table;
  grub_uint32_t address;
  const char *problem;

  table = grub_xen_table_find (&address, &problem);
  if (table && grub_xen_table_page_ok (table))
    grub_xen_hvm.firmware_page
      = grub_xen_hvm_frame_ptr (table->hypercall_page >> GRUB_XEN_FRAME_SHIFT);
  else if (problem)
    grub_dprintf ("xen", "platform table at 0x%x: %s\n", address, problem);
}

GRUB_MOD_FINI (xen_table)
{
  grub_xen_hvm.firmware_page = 0;
  grub_free (table_found);
  table_found = 0;
  table_found_address = 0;
  table_found_problem = 0;
  table_searched = 0;
}
