/* SPDX-License-Identifier: GPL-3.0-or-later */
/* t_model.c - tests of random sequences of reads and writes, against a
   model
   Copyright (C) 2026  The grub-xen-hvm authors  */

#include <stdio.h>
#include <stdlib.h>
#include "front.h"

/* The number of rounds, each with a separate disk, backend and pool, and the
   steps of a round.  */
#define ROUNDS		75
#define STEPS		60

#define SECTORS		4000
#define MAX_STEP	(600 * 1024 / 512)

/* The contents that the disk should have.  */
static unsigned char model[SECTORS * 512];

static uint32_t seed;
static unsigned int unit;

static uint32_t
below (uint32_t limit)
{
  return disk_random (&seed, limit);
}

static int
is_bad (uint64_t sector, size_t n)
{
  return sector + n > disk->bad_sector
    && sector < disk->bad_sector + disk->bad_sectors;
}

/* Make a random disk, backend and pool.  */
static void
make_disk (void)
{
  static const unsigned int units[] = { 1, 1, 2, 4, 8 };
  static const unsigned int indirect[] = { 0, 12, 32, 256 };
  static const unsigned int pages[] = { 1, 2, 9, 12, 13, 40, 64, 100, 300 };

  unit = units[below (5)];
  front_up (SECTORS);
  disk->sector_size = unit * 512;
  disk->indirect = indirect[below (4)];
  disk->persistent = below (2);
  disk->order = below (DISK_SHUFFLED + 1);
  disk->batch = below (6);
  disk->jitter = below (3) ? below (4000) * US : 0;
  disk->seed = seed;
  disk_publish (disk);
  memcpy (model, disk->data, sizeof (model));
  front_hold_pages (below (2) ? pages[below (9)] : GRUB_XEN_POOL_PAGES);
  front_connect ();
}

/* Read N sectors at SECTOR to a buffer with any alignment.  */
static void
do_read (uint64_t sector, size_t n)
{
  char *memory = malloc (n * 512 + 8), *buf = memory + below (8);
  grub_err_t err = grub_xen_blkfront_read (&front, sector, n * 512, buf);

  /* The data is right, or the error is the backend's for these sectors.  */
  if (err)
    {
      assert_int_equal (err, GRUB_ERR_READ_ERROR);
      assert_true (is_bad (sector, n));
    }
  else
    assert_memory_equal (buf, model + sector * 512, n * 512);
  grub_errno = GRUB_ERR_NONE;
  free (memory);
}

static void
do_write (uint64_t sector, size_t n)
{
  char *memory = malloc (n * 512 + 8), *buf = memory + below (8);
  grub_err_t err;
  size_t i;

  for (i = 0; i < n * 512; i++)
    buf[i] = seed >> 16 ^ i * 13 ^ i >> 9;
  err = grub_xen_blkfront_write (&front, sector, n * 512, buf);
  if (err)
    {
      assert_int_equal (err, GRUB_ERR_WRITE_ERROR);
      assert_true (is_bad (sector, n));
      /* A part may have been written.  */
      memcpy (model + sector * 512, disk->data + sector * 512, n * 512);
    }
  else
    {
      memcpy (model + sector * 512, buf, n * 512);
      assert_int_equal (disk->dirty, 0);
    }
  assert_memory_equal (disk->data, model, sizeof (model));
  grub_errno = GRUB_ERR_NONE;
  free (memory);
}

/* Make some sectors bad, or good again.  */
static void
change_health (void)
{
  disk->bad_sector = below (2) ? below (SECTORS) / unit * unit : ~0ULL;
  disk->bad_sectors = (1 + below (20)) * unit;
  if (disk->bad_sector == ~0ULL)
    disk->bad_sectors = 1;
}

static void
do_steps (void)
{
  uint64_t pos = 0, max = MAX_STEP / unit;
  unsigned int i;
  size_t n = unit;

  for (i = 0; i < STEPS; i++)
    {
      if (below (8) == 0)
	change_health ();
      /* Mostly continue at the end of the last access.  */
      if (below (6) == 0 || pos >= SECTORS)
	pos = below (SECTORS / unit) * unit;
      if (below (3) == 0)
	n = (1 + below (below (4) ? 64 / unit : max)) * unit;
      if (n > SECTORS - pos)
	n = SECTORS - pos;
      if (below (7) == 0)
	do_write (pos, n);
      else
	{
	  do_read (pos, n);
	  pos += n;
	}
    }
}

static void
one_round (void *arg)
{
  seed = *(uint32_t *) arg;
  make_disk ();
  do_steps ();
  assert_string_equal (disk->complaint, "");
  assert_true (grub_xen_ring_is_open (&front.io.ring));
  grub_xen_blkfront_disconnect (&front);
  assert_quiet ();
  front_release_pages ();
  front_down ();
  shim_reset ();
}

static void
any_sequence (void **state)
{
  uint32_t first = *(const uint32_t *) *state, round;

  for (round = first; round < first + ROUNDS; round++)
    if (unit_apart (one_round, &round))
      {
	fprintf (stderr, "^ seed %u\n", (unsigned int) round);
	fail ();
      }
}

static const uint32_t seeds[] = { 1, 1000, 2000, 3000 };

static const struct unit_test tests[] =
  {
    { "any_sequence_1", any_sequence, &seeds[0], 0 },
    { "any_sequence_2", any_sequence, &seeds[1], 0 },
    { "any_sequence_3", any_sequence, &seeds[2], 0 },
    { "any_sequence_4", any_sequence, &seeds[3], 0 },
  };

UNIT_MAIN (tests)
