/* SPDX-License-Identifier: GPL-3.0-or-later */
/* xen.c - a fake Xen: memory and its initial state
   Copyright (C) 2026  The grub-xen-hvm authors  */

#define _GNU_SOURCE
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <grub/xen/hvm.h>
#include "clock.h"
#include "shim.h"
#include "xen.h"
#include "xen_mem.h"

#define PAGE	GRUB_XEN_FRAME_SIZE

/* The time stamp counter at the time NOW.  */
#define TSC(now)	((now) * 2 + 1000)

/* Guest RAM: frame FIRST_RAM + i is the page known[i].  */
#define FIRST_RAM	0x100
#define MAX_RAM		16384

struct xen xen;

static int fd = -1;
static char *xens_view, *slots_view;
char *xen_store_view, *xen_console_view;
static const void *known[MAX_RAM];
static unsigned int n_known;
/* The index in KNOWN of a page, plus 1; 0: unknown.  N_KNOWN_AT counts the
   entries in use, including those of pages that are forgotten.  */
static uint16_t known_at[4 * MAX_RAM];
static unsigned int n_known_at;
/* Entries of KNOWN that are free again.  */
static uint16_t spare[MAX_RAM];
static unsigned int n_spare;
static unsigned char empty_bios[XEN_BIOS_SIZE];

void
xen_violation (const char *format, ...)
{
  va_list ap;

  va_start (ap, format);
  fprintf (stderr, "VIOLATION: ");
  vfprintf (stderr, format, ap);
  fprintf (stderr, "\n");
  va_end (ap);
  abort ();
}

void *
xen_mem_map (void *where, int prot, unsigned int page, unsigned int pages)
{
  void *p = mmap (where, pages * PAGE, prot,
		  MAP_SHARED | (where ? MAP_FIXED : 0), fd, page * PAGE);

  if (p == MAP_FAILED)
    {
      perror ("mmap");
      abort ();
    }
  return p;
}

static void
unmap_slot (unsigned int slot)
{
  if (mmap (slots_view + slot * PAGE, PAGE, PROT_NONE,
	    MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == MAP_FAILED)
    abort ();
  xen.slot[slot] = 0;
  xen.slot_lost[slot] = 0;
}

static void
make_pages (void)
{
  fd = memfd_create ("xen", 0);
  if (fd < 0 || ftruncate (fd, PAGES * PAGE))
    abort ();
  xens_view = xen_mem_map (0, PROT_READ | PROT_WRITE, 0, PAGES);
  xen_store_view = xen_mem_map (0, PROT_READ | PROT_WRITE, PAGE_STORE, 1);
  xen_console_view = xen_mem_map (0, PROT_READ | PROT_WRITE, PAGE_CONSOLE, 1);
  slots_view = mmap (0, XEN_SLOTS * PAGE, PROT_NONE,
		     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}

static void
set_defaults (void)
{
  xen.hypervisor = xen.signature = xen.tells_domid = xen.fills_page = 1;
  xen.base = XEN_CPUID_FIRST_LEAF;
  xen.leaves = 5;
  xen.msr = 0x40000000;
  xen.page_count = 1;
  xen.domid = 7;
  xen.version = 4 << 16 | 17;
  xen.extra = ".6-test";
  xen.params[HVM_PARAM_STORE_PFN] = XEN_STORE_FRAME;
  xen.params[HVM_PARAM_STORE_EVTCHN] = XEN_STORE_PORT;
  xen.params[HVM_PARAM_CONSOLE_PFN] = XEN_CONSOLE_FRAME;
  xen.params[HVM_PARAM_CONSOLE_EVTCHN] = XEN_CONSOLE_PORT;
  xen.grant_version = 1;
  xen.grant_frames_max = XEN_FRAMES;
  xen.first_port = XEN_STORE_PORT + 2;
  xen.fail_rc = -XEN_EINVAL;
  xen.first_slot = xen_platform () == XEN_HVM ? XEN_SLOT_FRAME : 0;
}

/* Set the state at the start of a domain.  */
static void
begin_domain (uint64_t system)
{
  struct vcpu_time_info *time = &xen.shared->vcpu_info[0].time;

  memset (xen.shared, 0, PAGE);
  memset (xen.store, 0, PAGE);
  memset (xen.console, 0, PAGE);
  memset (xen.ports, 0, sizeof (xen.ports));
  xen.store_port = xen.params[HVM_PARAM_STORE_EVTCHN];
  xen.console_port = xen.params[HVM_PARAM_CONSOLE_EVTCHN];
  xen.ports[xen.store_port].state = PORT_BOUND;
  xen.ports[xen.console_port].state = PORT_BOUND;
  /* A tick of the time stamp counter is half a nanosecond.  */
  time->version = 2;
  time->tsc_shift = 1;
  time->tsc_to_system_mul = 0x40000000;
  time->tsc_timestamp = TSC (clock_now ());
  time->system_time = system;
  xen.system_ahead = system - clock_now ();
  xen_renew_grants ();
  if (xen_platform () == XEN_PV)
    xen_pv_begin ();
}

/* Reads from an unmapped slot return all ones.  */
static void
lose_writes (void)
{
  unsigned int i;

  for (i = 0; i < XEN_SLOTS; i++)
    if (xen.slot_lost[i])
      memset (slots_view + i * PAGE, 0xff, PAGE);
}

void
xen_renew (uint64_t system)
{
  unsigned int i;

  for (i = 0; i < XEN_SLOTS; i++)
    if (xen.slot[i])
      {
	unmap_slot (i);
	if (mprotect (slots_view + i * PAGE, PAGE, PROT_READ | PROT_WRITE))
	  abort ();
	xen.slot_lost[i] = 1;
      }
  xen.lives++;
  xen.domid++;
  begin_domain (system);
  lose_writes ();
}

int
xen_pass (enum xen_passing what)
{
  int over = xen.passing ? xen.passing (what) : 0;

  if (xen.lives)
    lose_writes ();
  return over;
}

/* The host build of GRUB_MOD_INIT.  */
void grub_xen_init (void);

void
xen_reset (void)
{
  unsigned int i;

  grub_xen_init ();

  if (fd < 0)
    make_pages ();
  for (i = 0; i < XEN_SLOTS; i++)
    unmap_slot (i);
  memset (xens_view, 0, PAGES * PAGE);
  memset (&xen, 0, sizeof (xen));
  set_defaults ();
  xen.shared = (void *) xens_view;
  xen.grants = (void *) (xens_view + PAGE_GRANTS * PAGE);
  xen.store = (void *) (xens_view + PAGE_STORE * PAGE);
  xen.console = (void *) (xens_view + PAGE_CONSOLE * PAGE);
  begin_domain (clock_now () + 500);
  n_known = n_known_at = n_spare = 0;
  memset (known_at, 0, sizeof (known_at));
}

/* The entry of KNOWN_AT for the page at START.  */
static uint16_t *
find_known (const void *start)
{
  unsigned int i = (uintptr_t) start / PAGE * 2654435761U % (4 * MAX_RAM);

  while (known_at[i] && known[known_at[i] - 1] != start)
    i = (i + 1) % (4 * MAX_RAM);
  return &known_at[i];
}

/* Remove the entries of forgotten pages.  */
static void
tidy_known_at (void)
{
  unsigned int i;

  memset (known_at, 0, sizeof (known_at));
  n_known_at = 0;
  for (i = 0; i < n_known; i++)
    if (known[i])
      {
	*find_known (known[i]) = i + 1;
	n_known_at++;
      }
}

uint32_t
xen_frame (const void *page)
{
  const void *start = (const void *) ((uintptr_t) page & ~(uintptr_t) (PAGE - 1));
  uint16_t *at = find_known (start);

  if (*at)
    return FIRST_RAM + *at - 1;
  if (n_known_at > 2 * MAX_RAM)
    {
      tidy_known_at ();
      at = find_known (start);
    }
  if (!n_spare && n_known == MAX_RAM)
    xen_violation ("too many pages");
  *at = (n_spare ? spare[--n_spare] : n_known++) + 1;
  n_known_at++;
  known[*at - 1] = start;
  return FIRST_RAM + *at - 1;
}

void
xen_forget_pages (const void *start, size_t size)
{
  const char *page = (const char *) (((uintptr_t) start + PAGE - 1)
				     & ~(uintptr_t) (PAGE - 1));

  for (; page + PAGE <= (const char *) start + size; page += PAGE)
    {
      uint16_t *at = find_known (page);

      if (!*at)
	continue;
      known[*at - 1] = 0;
      spare[n_spare++] = *at - 1;
    }
}

void *
xen_ram (uint64_t frame)
{
  if (frame < FIRST_RAM || frame >= FIRST_RAM + n_known)
    return 0;
  return (void *) known[frame - FIRST_RAM];
}

/* The seam: memory.  */

/* Write the same code as Xen; the stub of hypercall iret is invalid (ud2).  */
void
xen_fill_page (void *page, int amd)
{
  const unsigned char code[] =
    { 0xb8, 0, 0, 0, 0, 0x0f, 0x01, amd ? 0xd9 : 0xc1, 0xc3 };
  unsigned char *p = page;
  unsigned int nr;

  memset (page, 0, PAGE);
  for (nr = 0; nr < PAGE / XEN_STUB; nr++, p += XEN_STUB)
    if (nr == __HYPERVISOR_iret)
      memcpy (p, "\x0f\x0b", 2);
    else
      {
	memcpy (p, code, sizeof (code));
	p[1] = nr;
      }
}

void
grub_xen_hvm_wrmsr (grub_uint32_t msr, grub_uint64_t value)
{
  void *page = xen_ram (value >> GRUB_XEN_FRAME_SHIFT);

  if (xen_platform () == XEN_PV)
    xen_violation ("a PV guest writes to MSR 0x%x", msr);
  if (msr != xen.msr)
    xen_violation ("write to MSR 0x%x: general protection fault", msr);
  if (value & (PAGE - 1))
    xen_violation ("hypercall page %u of one", (unsigned) (value & (PAGE - 1)));
  if (!page)
    xen_violation ("hypercall page in no RAM");
  xen.msr_writes++;
  if (xen.fills_page)
    xen_fill_page (page, 1);
}

/* Give TSC values that advance with the tests' clock.  */
grub_uint64_t
grub_xen_read_tsc (void)
{
  xen_pass (XEN_SEAM);
  return TSC (clock_now ());
}

uint32_t
xen_hvm_frame_of (const volatile void *ptr)
{
  uintptr_t left = (uintptr_t) xen.firmware_page;

  if (left && (uintptr_t) ptr - left < PAGE)
    return xen.firmware_frame;
  if (ptr == (const volatile void *) xen_store_view)
    return XEN_STORE_FRAME;
  if (ptr == (const volatile void *) xen_console_view)
    return XEN_CONSOLE_FRAME;
  return xen_frame ((const void *) ptr);
}

void *
grub_xen_hvm_frame_ptr (grub_uint32_t frame)
{
  xen_pass (XEN_SEAM);
  if (frame - xen.first_slot < XEN_SLOTS)
    return slots_view + (frame - xen.first_slot) * PAGE;
  if (frame == XEN_STORE_FRAME)
    return xen_store_view;
  if (frame == XEN_CONSOLE_FRAME)
    return xen_console_view;
  if (frame == XEN_LOW_FRAME)
    return xen.low;
  if (frame >= XEN_BIOS_FRAME
      && frame < XEN_BIOS_FRAME + XEN_BIOS_SIZE / PAGE)
    return (xen.bios ? xen.bios : empty_bios) + (frame - XEN_BIOS_FRAME) * PAGE;
  if (frame && frame == xen.firmware_frame)
    return xen.firmware_page;
  if (xen_ram (frame))
    return xen_ram (frame);
  xen_violation ("frame 0x%x is nothing", frame);
}

/* Xen's frames in the guest's memory.  */

int
xen_mem_grow_grants (uint64_t index)
{
  if (index >= xen.grant_frames_max || index >= XEN_FRAMES
      || (xen.grant_frames_real && index >= xen.grant_frames_real))
    return 0;
  if (xen.grant_frames <= index)
    xen.grant_frames = index + 1;
  return 1;
}

/* hvmloader has marked the frames that are free for the guest as reserved.  */
static int
is_free (uint64_t frame)
{
  int type = shim_memory_at (frame << GRUB_XEN_FRAME_SHIFT);

  return xen_platform () == XEN_HVM ? type != GRUB_MEMORY_AVAILABLE : !type;
}

static long
add_to_physmap (const struct xen_add_to_physmap *op)
{
  unsigned int slot, page;

  if (xen_platform () == XEN_PV)
    xen_violation ("a PV guest has no physical memory to add to");
  if (xen.add_rc < 0)
    return xen.add_rc;
  if (op->domid != DOMID_SELF)
    return -XEN_EPERM;
  if (xen_ram (op->gpfn))
    xen_violation ("frame 0x%lx is RAM, which Xen would free",
		   (unsigned long) op->gpfn);
  /* A PVH guest chooses the frames of its slots itself.  */
  if (!xen.first_slot)
    xen.first_slot = op->gpfn;
  slot = op->gpfn - xen.first_slot;
  if (op->gpfn < xen.first_slot || slot >= XEN_SLOTS
      || !is_free (op->gpfn))
    xen_violation ("frame 0x%lx is not free", (unsigned long) op->gpfn);
  if (op->space == XENMAPSPACE_shared_info && op->idx == 0)
    page = PAGE_SHARED;
  else if (op->space == XENMAPSPACE_grant_table
	   && xen_mem_grow_grants (op->idx))
    page = PAGE_GRANTS + op->idx;
  else
    return -XEN_EINVAL;
  xen_mem_map (slots_view + slot * PAGE, PROT_READ | PROT_WRITE, page, 1);
  xen.slot[slot] = page + 1;
  xen.slot_refused[slot] = 0;
  xen.slot_lost[slot] = 0;
  return 0;
}

static long
remove_from_physmap (const struct xen_remove_from_physmap *op)
{
  unsigned int slot = op->gpfn - xen.first_slot;

  /* GRUB unmaps a slot that a restore has taken: from here on an access to it
     is a violation.  */
  if (op->gpfn >= xen.first_slot && slot < XEN_SLOTS && xen.slot_lost[slot])
    {
      unmap_slot (slot);
      return -XEN_ENOENT;
    }
  if (op->gpfn < xen.first_slot || slot >= XEN_SLOTS || !xen.slot[slot])
    xen_violation ("frame 0x%lx unmapped, which is not mapped",
		   (unsigned long) op->gpfn);
  if (xen.remove_rc < 0)
    {
      xen.slot_refused[slot] = 1;
      return xen.remove_rc;
    }
  unmap_slot (slot);
  return 0;
}

void
xen_mem_excuse (const void *arg)
{
  const struct xen_remove_from_physmap *op = arg;

  xen.slot_refused[op->gpfn - xen.first_slot] = 1;
}

long
xen_mem_op (unsigned int cmd, void *arg)
{
  switch (cmd)
    {
    case XENMEM_add_to_physmap:
      return add_to_physmap (arg);
    case XENMEM_remove_from_physmap:
      return remove_from_physmap (arg);
    }
  return -XEN_ENOSYS;
}

/* Resources that GRUB has not freed.  */

unsigned int
xen_ports_left (void)
{
  unsigned int i, n = 0;

  for (i = 0; i < XEN_PORTS; i++)
    n += xen.ports[i].guests && !xen.ports[i].close_refused;
  return n;
}

unsigned int
xen_own_blocks (void)
{
  return xen_platform () == XEN_PV ? xen_pv_lent (0) : 1;
}

unsigned int
xen_slots_left (void)
{
  unsigned int i, n = 0;

  for (i = 0; i < XEN_SLOTS; i++)
    n += xen.slot[i] && !xen.slot_refused[i];
  if (xen_platform () == XEN_PV)
    n += xen_pv_lent (1);
  return n;
}
