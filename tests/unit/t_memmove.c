/* SPDX-License-Identifier: GPL-3.0-or-later */
/* t_memmove.c - tests of the patched grub_memmove
   Copyright (C) 2026  The grub-xen-hvm authors  */

#include <string.h>
#include <grub/misc.h>
#include "unit.h"

enum { SIZE = 96, FURTHEST = 20, LONGEST = 40 };

/* Distinct bytes, so that a misplaced byte is detected.  */
static void
fill (char *memory)
{
  unsigned int i;

  for (i = 0; i < SIZE; i++)
    memory[i] = i * 7 + 1;
}

/* All distances in both directions, with areas that overlap, touch and lie
   apart; all alignments, and all lengths up to a few words.  */
static void
like_the_library (void **state)
{
  char ours[SIZE], right[SIZE];
  int from, to, len;

  (void) state;
  for (from = FURTHEST; from < FURTHEST + 8; from++)
    for (to = from - FURTHEST; to <= from + FURTHEST; to++)
      for (len = 0; len <= LONGEST; len++)
	{
	  fill (ours);
	  fill (right);
	  assert_ptr_equal (grub_memmove (ours + to, ours + from, len),
			    ours + to);
	  memmove (right + to, right + from, len);
	  assert_memory_equal (ours, right, SIZE);
	}
}

static const struct unit_test tests[] =
  {
    UNIT_TEST (like_the_library),
  };

UNIT_MAIN (tests)
