/* SPDX-License-Identifier: GPL-3.0-or-later */
/* read_raw.c - test module: how fast a disk's driver reads
   Copyright (C) 2026  The grub-xen-hvm authors  */

#include <grub/command.h>
#include <grub/disk.h>
#include <grub/dl.h>
#include <grub/err.h>
#include <grub/misc.h>
#include <grub/mm.h>
#include <grub/time.h>

GRUB_MOD_LICENSE ("GPLv3+");

/* `read_raw (xen/xvde) 1024 64' reads the first 64 MiB of the disk in calls of
   1024 KiB of the disk's own driver, past GRUB's cache and file systems, and
   says how many milliseconds that took.  A fourth word is the sector of 512 bytes
   at which to begin, a fifth how many times to read it all.  */

#define MAX_CHUNK_KIB	16384
#define KIB_SECTORS	2
#define MIB_SECTORS	2048

struct plan
{
  grub_disk_addr_t start;
  grub_disk_addr_t sectors;
  grub_disk_addr_t chunk;
  unsigned long times;
};

/* The N-th word as a number from 1 (or MIN) to MAX, or FALLBACK when there is none.  */
static grub_err_t
number (int argc, char **args, int n, unsigned long min, unsigned long max,
	unsigned long fallback, unsigned long *value)
{
  const char *end;

  *value = fallback;
  if (n >= argc)
    return GRUB_ERR_NONE;
  *value = grub_strtoul (args[n], &end, 10);
  if (grub_errno)
    return grub_errno;
  if (*end || *value < min || *value > max)
    return grub_error (GRUB_ERR_BAD_ARGUMENT,
		       "read_raw: `%s' is not a number from %lu to %lu",
		       args[n], min, max);
  return GRUB_ERR_NONE;
}

static grub_err_t
parse (int argc, char **args, struct plan *plan)
{
  unsigned long chunk, total, start;

  if (argc < 3)
    return grub_error (GRUB_ERR_BAD_ARGUMENT, "read_raw: DISK CHUNK_KIB "
		       "TOTAL_MIB [START_SECTOR [TIMES]] expected");
  if (number (argc, args, 1, 1, MAX_CHUNK_KIB, 1024, &chunk)
      || number (argc, args, 2, 1, 1 << 20, 64, &total)
      || number (argc, args, 3, 0, ~0UL, 0, &start)
      || number (argc, args, 4, 1, 100000, 1, &plan->times))
    return grub_errno;
  plan->chunk = (grub_disk_addr_t) chunk * KIB_SECTORS;
  plan->sectors = (grub_disk_addr_t) total * MIB_SECTORS;
  plan->start = start;
  return GRUB_ERR_NONE;
}

/* The driver counts in the disk's own sectors.  */
static grub_err_t
read_once (grub_disk_t disk, const struct plan *plan, char *buf)
{
  unsigned int shift = disk->log_sector_size - GRUB_DISK_SECTOR_BITS;
  grub_disk_addr_t done;

  for (done = 0; done < plan->sectors; done += plan->chunk)
    {
      grub_disk_addr_t n = plan->sectors - done;

      if (n > plan->chunk)
	n = plan->chunk;
      if (disk->dev->disk_read (disk, (plan->start + done) >> shift, n >> shift,
				buf))
	return grub_errno;
    }
  return GRUB_ERR_NONE;
}

static grub_err_t
run (grub_disk_t disk, const struct plan *plan)
{
  char *buf;
  grub_uint64_t begin, end;
  unsigned long i;

  if (plan->start + plan->sectors > grub_disk_native_sectors (disk))
    return grub_error (GRUB_ERR_OUT_OF_RANGE,
		       "read_raw: beyond the end of `%s'", disk->name);
  buf = grub_malloc (plan->chunk << GRUB_DISK_SECTOR_BITS);
  if (!buf)
    return grub_errno;
  begin = grub_get_time_ms ();
  for (i = 0; i < plan->times; i++)
    if (read_once (disk, plan, buf))
      break;
  end = grub_get_time_ms ();
  grub_free (buf);
  if (!grub_errno)
    grub_printf ("read_raw: %llu bytes in %llu ms\n",
		 (unsigned long long)
		 (plan->sectors << GRUB_DISK_SECTOR_BITS) * plan->times,
		 (unsigned long long) (end - begin));
  return grub_errno;
}

static grub_err_t
grub_cmd_read_raw (struct grub_command *cmd __attribute__ ((unused)),
		   int argc, char *args[])
{
  struct plan plan;
  const char *name;
  grub_size_t len;
  grub_disk_t disk;

  if (parse (argc, args, &plan))
    return grub_errno;
  name = args[0];
  len = grub_strlen (name);
  if (name[0] == '(' && name[len - 1] == ')')
    {
      args[0][len - 1] = 0;
      name++;
    }
  disk = grub_disk_open (name);
  if (!disk)
    return grub_errno;
  run (disk, &plan);
  grub_disk_close (disk);
  return grub_errno;
}

static grub_command_t cmd;

GRUB_MOD_INIT (read_raw)
{
  cmd = grub_register_command ("read_raw", grub_cmd_read_raw,
			       "DISK CHUNK_KIB TOTAL_MIB [START_SECTOR [TIMES]]",
			       "Measure a disk's driver.");
}

GRUB_MOD_FINI (read_raw)
{
  grub_unregister_command (cmd);
}
