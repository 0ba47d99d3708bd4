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

/* One range of the firmware's memory map.  */
struct shim_range
{
  uint64_t start;
  uint64_t size;
  grub_memory_type_t type;
};

/* Blocks that stay in use from grub_xen_down to the unloading of module `xen':
   two boot hooks and those of the platform; and the blocks in use while Xen is
   up, with xenstore's.  */
#define SHIM_KEPT	(2 + xen_own_blocks ())
#define SHIM_UP		(SHIM_KEPT + 1)

struct shim
{
  /* Allocations so far, and the number of the one that fails (0: none).  */
  unsigned long allocs;
  unsigned long fail_alloc;
  /* All later allocations fail as well.  */
  int fail_for_good;
  /* No allocation larger than this succeeds.  */
  size_t largest;
  /* Each new block gets arbitrary contents up to this size.  */
  size_t fill;
  /* Blocks allocated and not freed.  */
  unsigned int blocks;
  size_t bytes;
  /* The memory map; the list ends with a size of 0.  */
  struct shim_range map[8];
  grub_err_t map_error;
  /* Registered reserved ranges; an entry with a size of 0 is free.  Whether
     registering fails.  */
  struct shim_range reserved[64];
  int register_fails;
  /* Keys pressed but not yet read, for grub_getkey_noblock; -1 ends the
     list.  */
  const int *keys;
  /* The text printed, and whether debug messages are printed.  */
  char out[65536];
  size_t out_len;
  int debug;
  /* The difference of GRUB's clock from the tests' clock, in milliseconds.  */
  uint64_t clock_ahead;
  /* The variable that was set last, and the result of setting one.  */
  char env_name[32];
  char env_value[1024];
  grub_err_t env_error;
  /* Called for each variable that is set, and, with a VALUE of 0,
     exported.  */
  void (*env_hook) (const char *name, const char *value);
};

extern struct shim shim;

/* Restore the initial state.  */
void shim_reset (void);

/* Whether a block of SIZE bytes at PTR is in use; a SIZE of 0 means any
   size.  */
int shim_is_block (const void *ptr, size_t size);

/* Drop the list of blocks, so that the leak sanitizer finds those without
   another pointer.  */
void shim_forget (void);

/* Print the blocks that are in use, for a failing test's log.  */
void shim_print_blocks (void);

/* Run the registered command NAME; -1: no such command.  */
int shim_command (const char *name, int argc, char **argv);

/* The GRUB_MEMORY_ type of ADDRESS in the firmware's memory map; 0: not in the
   map.  */
int shim_memory_at (uint64_t address);

/* Whether all of the SIZE bytes at START are reserved memory in the map that
   an OS gets.  */
int shim_is_reserved (const void *start, size_t size);

/* Forget what was printed.  */
void shim_out_clear (void);

#endif
