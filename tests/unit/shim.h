/* SPDX-License-Identifier: GPL-3.0-or-later */
/* shim.h - the part of GRUB that the driver uses, on a host
   Copyright (C) 2026  The grub-xen-hvm authors  */

#ifndef UNIT_SHIM_HEADER
#define UNIT_SHIM_HEADER 1

#include <stddef.h>
#include <stdint.h>
#include <grub/disk.h>
#include <grub/err.h>
#include <grub/memory.h>

/* One line of the firmware's memory map.  */
struct shim_range
{
  uint64_t start;
  uint64_t size;
  grub_memory_type_t type;
};

/* Blocks that stay in use between grub_xen_down and the end of module `xen':
   two boot hooks and those of the platform; and those while Xen is up, with
   xenstore's.  */
#define SHIM_KEPT	(2 + xen_own_blocks ())
#define SHIM_UP		(SHIM_KEPT + 1)

struct shim
{
  /* Allocations so far, and which of them fails (0: none).  */
  unsigned long allocs;
  unsigned long fail_alloc;
  /* All later ones fail, too.  */
  int fail_for_good;
  /* No allocation larger than this succeeds.  */
  size_t largest;
  /* The size of the part of a new block that gets arbitrary contents.  */
  size_t fill;
  /* Blocks allocated and not freed.  */
  unsigned int blocks;
  size_t bytes;
  /* The memory map; the list ends with a size of 0.  */
  struct shim_range map[8];
  grub_err_t map_error;
  /* What is registered as reserved besides; a size of 0: free.  Whether that
     fails.  */
  struct shim_range reserved[64];
  int register_fails;
  /* Keys that were pressed and are not read yet, for grub_getkey_noblock; -1
     is their end.  */
  const int *keys;
  /* What was printed, and what was said to debuggers.  */
  char out[65536];
  size_t out_len;
  int debug;
  /* What GRUB's clock is ahead of the tests', in milliseconds.  */
  uint64_t clock_ahead;
  /* The variable that was set last, and what comes of setting one.  */
  char env_name[32];
  char env_value[1024];
  grub_err_t env_error;
  /* Told of each variable that is set, and, with a VALUE of 0, exported.  */
  void (*env_hook) (const char *name, const char *value);
};

extern struct shim shim;

/* Let every later test start from here.  */
void shim_reset (void);

/* Whether a block of SIZE bytes at PTR is in use; a SIZE of 0 means any.  */
int shim_is_block (const void *ptr, size_t size);

/* Drop the list of blocks, so that the leak sanitizer finds those without
   another pointer.  */
void shim_forget (void);

/* Print the blocks that are in use, for a failing test's log.  */
void shim_print_blocks (void);

/* Run the registered command NAME; -1: no such command.  */
int shim_command (const char *name, int argc, char **argv);

/* What the firmware's memory map has at ADDRESS: a GRUB_MEMORY_ type; 0:
   nothing.  */
int shim_memory_at (uint64_t address);

/* Whether the SIZE bytes at START are reserved memory as a whole, in the map
   that an OS gets.  */
int shim_is_reserved (const void *start, size_t size);

/* Forget what was printed.  */
void shim_out_clear (void);

#endif
