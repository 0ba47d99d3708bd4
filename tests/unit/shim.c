/* SPDX-License-Identifier: GPL-3.0-or-later */
/* shim.c - the part of GRUB that the driver uses, on a host
   Copyright (C) 2026  The grub-xen-hvm authors  */

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sanitizer/asan_interface.h>
#include <grub/command.h>
#include <grub/dl.h>
#include <grub/env.h>
#include <grub/kernel.h>
#include <grub/loader.h>
#include <grub/machine/kernel.h>
#include <grub/misc.h>
#include <grub/mm.h>
#include <grub/term.h>
#include <grub/time.h>
#include "clock.h"
#include "shim.h"
#include "xen.h"

/* Reading the clock takes a microsecond, so that a loop that reads it
   ends.  */
#define CLOCK_COST	US

#define MAX_BLOCKS	4096

struct block
{
  void *ptr;
  size_t size;
};

struct shim shim;

/* The network's hook, which hotplug.c replaces; 0: no hook.  hot.c has it as
   well.  */
void (*grub_net_poll_cards_idle) (void) __attribute__ ((weak));

/* The value after a start by the Linux boot protocol.  */
grub_uint32_t grub_boot_device = 0xffffffff;

static struct block blocks[MAX_BLOCKS];

/* The last large block that was freed.  It is reused because new memory of
   that size takes most of the fuzz targets' time.  */
static struct block large;
#define LARGE	65536

void
shim_reset (void)
{
  unsigned int i;

  for (i = 0; i < shim.blocks; i++)
    free (blocks[i].ptr);
  memset (&shim, 0, sizeof (shim));
  shim.largest = shim.fill = 16 << 20;
  shim.map[0] = (struct shim_range) { 0, 0x9fc00, GRUB_MEMORY_AVAILABLE };
  shim.map[1] = (struct shim_range) { 0xf0000, 0x10000, GRUB_MEMORY_RESERVED };
  shim.map[2] = (struct shim_range)
    { 0x100000, 0xfeff000, GRUB_MEMORY_AVAILABLE };
  shim.map[3] = (struct shim_range)
    { 0xfc000000, 0x4000000, GRUB_MEMORY_RESERVED };
  shim.map[4] = (struct shim_range)
    { 0x100000000, 0x40000000, GRUB_MEMORY_AVAILABLE };
  grub_errno = GRUB_ERR_NONE;
  grub_errmsg[0] = 0;
}

/* Memory.  GRUB's allocations come from the host's malloc, so that the address
   sanitizer sees every use after free and beyond the end.  */

/* Memory of the host.  The block kept for reuse is poisoned.  */
static void *
host_alloc (size_t align, size_t size)
{
  void *ptr = large.ptr;

  if (!ptr || large.size != size)
    return posix_memalign (&ptr, align, size ? size : 1) ? 0 : ptr;
  __asan_unpoison_memory_region (ptr, size);
  large.ptr = 0;
  return ptr;
}

static void
host_free (void *ptr, size_t size)
{
  if (large.ptr || size < LARGE || shim.fill > size)
    {
      free (ptr);
      return;
    }
  __asan_poison_memory_region (ptr, size);
  large.ptr = ptr;
  large.size = size;
}

static void *
take (size_t align, size_t size)
{
  void *ptr;

  xen_pass (XEN_SEAM);
  shim.allocs++;
  if (shim.allocs == shim.fail_alloc
      || (shim.fail_for_good && shim.allocs > shim.fail_alloc) || size > shim.largest
      || shim.blocks == MAX_BLOCKS || !(ptr = host_alloc (align, size)))
    {
      grub_error (GRUB_ERR_OUT_OF_MEMORY, "out of memory");
      return 0;
    }
  memset (ptr, 0xa5, size < shim.fill ? size : shim.fill);
  blocks[shim.blocks].ptr = ptr;
  blocks[shim.blocks++].size = size;
  shim.bytes += size;
  return ptr;
}

static struct block *
find_block (const void *ptr)
{
  unsigned int i;

  for (i = 0; i < shim.blocks; i++)
    if (blocks[i].ptr == ptr)
      return &blocks[i];
  return 0;
}

int
shim_is_block (const void *ptr, size_t size)
{
  struct block *b = find_block (ptr);

  return b && (!size || b->size == size);
}

void
shim_print_blocks (void)
{
  unsigned int i;

  for (i = 0; i < shim.blocks; i++)
    fprintf (stderr, "block of %zu bytes: %.32s\n", blocks[i].size,
	     (char *) blocks[i].ptr);
}

void
shim_forget (void)
{
  memset (blocks, 0, sizeof (blocks));
  shim.blocks = 0;
}

void *
grub_malloc (grub_size_t size)
{
  return take (2 * sizeof (void *), size);
}

void *
grub_memalign (grub_size_t align, grub_size_t size)
{
  return take (align, size);
}

void *
grub_zalloc (grub_size_t size)
{
  void *ptr = grub_malloc (size);

  if (ptr)
    memset (ptr, 0, size);
  return ptr;
}

void *
grub_calloc (grub_size_t nmemb, grub_size_t size)
{
  size_t bytes;

  if (__builtin_mul_overflow (nmemb, size, &bytes))
    {
      grub_error (GRUB_ERR_OUT_OF_RANGE, "overflow is detected");
      return 0;
    }
  return grub_zalloc (bytes);
}

void
grub_free (void *ptr)
{
  struct block *b = ptr ? find_block (ptr) : 0;

  xen_pass (XEN_SEAM);
  if (!ptr)
    return;
  if (!b)
    xen_violation ("free of %p, which is not allocated", ptr);
  if (b->size >= GRUB_XEN_FRAME_SIZE)
    {
      if (shim_is_reserved (ptr, b->size))
	xen_violation ("a page that is reserved is freed");
      if (xen_granted_within (ptr, b->size))
	xen_violation ("a page that is still granted is freed");
      xen_forget_pages (ptr, b->size);
    }
  shim.bytes -= b->size;
  host_free (ptr, b->size);
  *b = blocks[--shim.blocks];
}

void *
grub_realloc (void *ptr, grub_size_t size)
{
  struct block *b = ptr ? find_block (ptr) : 0;
  void *copy = grub_malloc (size);

  if (!copy || !ptr)
    return copy;
  memcpy (copy, ptr, b->size < size ? b->size : size);
  grub_free (ptr);
  return copy;
}

/* Time and the firmware's memory map.  */

grub_uint64_t
grub_get_time_ms (void)
{
  xen_pass (XEN_SEAM);
  clock_pass (CLOCK_COST);
  return clock_now () / MS + shim.clock_ahead;
}

void
grub_millisleep (grub_uint32_t ms)
{
  clock_pass (ms * MS);
}

grub_err_t
grub_machine_mmap_iterate (grub_memory_hook_t hook, void *hook_data)
{
  struct shim_range *r;

  if (shim.map_error)
    return grub_error (shim.map_error, "no memory map");
  for (r = shim.map; r->size; r++)
    if (hook (r->start, r->size, r->type, hook_data))
      break;
  return GRUB_ERR_NONE;
}

int
shim_memory_at (uint64_t address)
{
  struct shim_range *r;

  for (r = shim.map; r->size; r++)
    if (address >= r->start && address - r->start < r->size)
      return r->type;
  return 0;
}

int
grub_mmap_register (grub_uint64_t start, grub_uint64_t size, int type)
{
  int i;

  xen_pass (XEN_SEAM);
  if (type != GRUB_MEMORY_RESERVED || !size)
    xen_violation ("memory registered as what?");
  if (shim.register_fails)
    {
      grub_error (GRUB_ERR_OUT_OF_MEMORY, "no space for mmap hook");
      return 0;
    }
  for (i = 0; shim.reserved[i].size; i++);
  if (i == sizeof (shim.reserved) / sizeof (shim.reserved[0]))
    xen_violation ("too much is registered");
  shim.reserved[i] = (struct shim_range) { start, size, type };
  return i + 1;
}

grub_err_t
grub_mmap_unregister (int handle)
{
  xen_pass (XEN_SEAM);
  if (handle < 1 || !shim.reserved[handle - 1].size)
    xen_violation ("memory unregistered that is not registered");
  shim.reserved[handle - 1].size = 0;
  return GRUB_ERR_NONE;
}

int
shim_is_reserved (const void *start, size_t size)
{
  uint64_t address = (uintptr_t) start;
  size_t i;

  for (i = 0; i < sizeof (shim.reserved) / sizeof (shim.reserved[0]); i++)
    if (address >= shim.reserved[i].start
	&& address + size <= shim.reserved[i].start + shim.reserved[i].size)
      return 1;
  return 0;
}

/* Terminal and environment.  */

static void
put (const char *str)
{
  size_t n = strlen (str);

  if (getenv ("UNIT_VERBOSE"))
    fputs (str, stderr);
  if (n > sizeof (shim.out) - 1 - shim.out_len)
    shim_out_clear ();
  if (n > sizeof (shim.out) - 1)
    n = sizeof (shim.out) - 1;
  memcpy (shim.out + shim.out_len, str, n);
  shim.out_len += n;
  shim.out[shim.out_len] = 0;
}

void (*grub_xputs) (const char *str) = put;

int
grub_err_printf (const char *fmt, ...)
{
  char text[512];
  va_list ap;
  int n;

  va_start (ap, fmt);
  n = grub_vsnprintf (text, sizeof (text), fmt, ap);
  va_end (ap);
  put (text);
  return n;
}

/* GRUB's host tools have this function; its header needs more than the shim
   has.  */
void grub_util_warn (const char *fmt, ...);

void
grub_util_warn (const char *fmt, ...)
{
  put (fmt);
}

void
shim_out_clear (void)
{
  shim.out_len = 0;
  shim.out[0] = 0;
}

/* A test may have variables of its own.  */
const char * __attribute__ ((weak))
grub_env_get (const char *name)
{
  return shim.debug && !strcmp (name, "debug") ? "all" : 0;
}

grub_err_t __attribute__ ((weak))
grub_env_set (const char *name, const char *val)
{
  if (shim.env_error)
    return grub_error (shim.env_error, "no variable");
  snprintf (shim.env_name, sizeof (shim.env_name), "%s", name);
  snprintf (shim.env_value, sizeof (shim.env_value), "%s", val);
  if (shim.env_hook)
    shim.env_hook (name, val);
  return GRUB_ERR_NONE;
}

grub_err_t
grub_env_export (const char *name)
{
  if (shim.env_hook)
    shim.env_hook (name, 0);
  return GRUB_ERR_NONE;
}

/* term.c has the version with terminals.  */
void __attribute__ ((weak))
grub_refresh (void)
{
}

int
grub_getkey (void)
{
  return '\n';
}

int
grub_getkey_noblock (void)
{
  xen_pass (XEN_SEAM);
  if (grub_net_poll_cards_idle)
    grub_net_poll_cards_idle ();
  if (xen.timer_masked)
    xen_violation ("the keyboard is asked while the BIOS's clock stands");
  return shim.keys && *shim.keys >= 0 ? *shim.keys++ : GRUB_TERM_NO_KEY;
}

void
grub_exit (void)
{
  xen_violation ("grub_exit");
}

/* No module can be loaded; term.c has this function as well.  */
grub_dl_t __attribute__ ((weak))
grub_dl_load (const char *name)
{
  grub_error (GRUB_ERR_BAD_MODULE, "no module %s", name);
  return 0;
}

/* GRUB's headers declare this for the target only.  */
void grub_abort (void);

void
grub_abort (void)
{
  xen_violation ("grub_abort");
}

void
grub_machine_fini (int flags)
{
  (void) flags;
}

/* Commands and booting go through GRUB's own code.  */

int
shim_command (const char *name, int argc, char **argv)
{
  grub_command_t cmd = grub_command_find (name);

  return cmd ? (int) cmd->func (cmd, argc, argv) : -1;
}
