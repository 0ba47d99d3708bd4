/* SPDX-License-Identifier: GPL-3.0-or-later */
/* replay.c - run a fuzz target on the files of a corpus
   Copyright (C) 2026  The grub-xen-hvm authors  */

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include "fuzz.h"

#define MAX_SIZE	65536

/* Run the target on FILE.  If MORE, also run it on each shorter beginning of
   the file, and on the file with each byte changed, so that a small corpus
   covers more.  */
static void
run_file (const char *file, int more)
{
  static uint8_t data[MAX_SIZE];
  FILE *f = fopen (file, "rb");
  size_t size, i;

  if (!f)
    {
      perror (file);
      exit (1);
    }
  size = fread (data, 1, sizeof (data), f);
  fclose (f);
  fuzz_target (data, size);
  for (i = 0; more && i < size; i++)
    {
      fuzz_target (data, i);
      data[i] ^= 1 << i % 8;
      fuzz_target (data, size);
      data[i] = ~data[i];
      fuzz_target (data, size);
      data[i] = ~data[i] ^ 1 << i % 8;
    }
}

static int
run_apart (const char *file)
{
  pid_t pid;
  int status;

  fflush (0);
  pid = fork ();
  if (!pid)
    {
      alarm (300);
      run_file (file, 1);
      _exit (0);
    }
  return waitpid (pid, &status, 0) == pid && status == 0;
}

int
main (int argc, char **argv)
{
  unsigned int passed = 0, failed = 0;
  struct dirent **list;
  char file[1024];
  int n, i;

  if (argc != 2)
    {
      fprintf (stderr, "Usage: %s FILE-OR-DIRECTORY\n", argv[0]);
      return 2;
    }
  n = scandir (argv[1], &list, 0, alphasort);
  if (n < 0)
    {
      run_file (argv[1], 0);
      return 0;
    }
  for (i = 0; i < n; i++)
    {
      const char *name = list[i]->d_name;

      if (name[0] == '.')
	{
	  free (list[i]);
	  continue;
	}
      snprintf (file, sizeof (file), "%s/%s", argv[1], name);
      if (run_apart (file))
	{
	  passed++;
	  printf ("ok %s\n", name);
	}
      else
	{
	  failed++;
	  printf ("FAILED %s\n", name);
	}
      free (list[i]);
    }
  free (list);
  printf ("COUNT %u %u 0\n", passed, failed);
  return failed || !passed;
}
