/* SPDX-License-Identifier: GPL-3.0-or-later */
/* main.c - conformance of one drive's INT 13h
   Copyright (C) 2026  The grub-xen-hvm authors

   The command line:
     drive=0x80      the drive; make-disk has made its disk
     total=N         the disk's number of sectors
     seed=N          the disk's seed
     heads=N sectors=N  its geometry, if that is to be compared
     xen             the drive is xen_int13's; otherwise SeaBIOS's
     writes          write to the disk, and restore its contents
     read-only       writes have to be refused
     random=N        also do N calls with random registers
     random-seed=N   the seed of these calls
     short           only the first tests, and the random calls
     dead            only this: the disk's backend dies meanwhile  */

#include "int13.h"

/* Where low memory ends, in KiB.  */
#define LOW_MEMORY 0x413

void program (void);

/* The tests that a short run leaves out.  */
static void
test_rest (void)
{
  test_edd ();
  test_parameters ();
  test_environment ();
  if (option_is ("writes") || option_is ("read-only"))
    test_writes ();
}

static void
test_all (void)
{
  find_drive ();
  test_info ();
  test_chs ();
  if (!option_is ("short"))
    test_rest ();
  if (option ("random", 0))
    test_random (option ("random", 0));
}

void
program (void)
{
  read_options ();
  drive.number = option ("drive", 0x80);
  seed = option ("seed", 0);
  is_xen = option_is ("xen");
  say ("int13: drive %x of %s\n", drive.number, is_xen ? "xen_int13" : "SeaBIOS");
  if (peek16 (LOW_MEMORY) * 1024U < ARENA_END)
    {
      say ("FAIL low memory ends at %u KiB already\n", peek16 (LOW_MEMORY));
      failed++;
    }
  arena_fill (ARENA, ARENA_END - ARENA);
  if (option_is ("dead"))
    test_dead ();
  else
    test_all ();
  say ("int13: %u passed, %u failed\n", passed, failed);
  leave (failed != 0);
}
