/* SPDX-License-Identifier: GPL-3.0-or-later */
/* witness.c - the small Linux of the bench checks its memory and its disks
   Copyright (C) 2026  The grub-xen-hvm authors  */

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define MIB		(1UL << 20)
/* The size of one read or write.  */
#define PIECE		(256 * 1024)
#define WORDS		(PIECE / sizeof (uint64_t))

/* The words of the scan: the one that the hostile backend writes
   (hostile/attack_memory.c), and one that this program has in its own memory.
   Both are stored veiled here, or the scan would find the constants.  */
#define VEIL		UINT64_C (0x5aa5f00f3cc3a55a)
#define VEILED_MARK	UINT64_C (0xc7999b1064240518)
#define VEILED_CONTROL	UINT64_C (0x1e48d27b90c6f35d)

static const char usage[] =
  "usage: witness churn DEVICE OFFSET SIZE\n"
  "       witness scan SECONDS\n\n"
  "churn: write SIZE MiB that do not repeat from OFFSET MiB on, and read them\n"
  "back from the device.  scan: look for the hostile backend's mark in all\n"
  "memory that Linux uses, twice or more.  Print a line on what was found.\n";

static uint64_t buffer[WORDS] __attribute__ ((aligned (4096)));

static void
die (const char *what)
{
  printf ("%s: %s\n", what, strerror (errno));
  exit (1);
}

static unsigned long
number (const char *text)
{
  char *end;
  unsigned long value = strtoul (text, &end, 10);

  if (*end || end == text)
    {
      fputs (usage, stderr);
      exit (2);
    }
  return value;
}

/* ---------------------------------------------------------------- churn */

/* The contents of the WORD-th word of the device (splitmix64).  */
static uint64_t
noise (uint64_t word)
{
  uint64_t z = (word + 1) * UINT64_C (0x9e3779b97f4a7c15);

  z = (z ^ z >> 30) * UINT64_C (0xbf58476d1ce4e5b9);
  z = (z ^ z >> 27) * UINT64_C (0x94d049bb133111eb);
  return z ^ z >> 31;
}

static void
write_noise (int fd, off_t from, off_t to)
{
  off_t at;
  unsigned int i;

  for (at = from; at < to; at += PIECE)
    {
      for (i = 0; i < WORDS; i++)
	buffer[i] = noise (at / sizeof (uint64_t) + i);
      if (pwrite (fd, buffer, PIECE, at) != PIECE)
	die ("write");
    }
  if (fsync (fd))
    die ("fsync");
}

/* Drop the page cache, so that the next reads come from the device.  */
static void
drop_caches (void)
{
  int fd = open ("/proc/sys/vm/drop_caches", O_WRONLY);

  if (fd < 0 || write (fd, "3", 1) != 1)
    die ("drop_caches");
  close (fd);
}

/* Return the number of wrong bytes; *FIRST is where they begin.  */
static uint64_t
compare_noise (int fd, off_t from, off_t to, off_t *first)
{
  uint64_t wrong = 0;
  off_t at;
  unsigned int i;

  for (at = from; at < to; at += PIECE)
    {
      if (pread (fd, buffer, PIECE, at) != PIECE)
	die ("read");
      for (i = 0; i < WORDS; i++)
	if (buffer[i] != noise (at / sizeof (uint64_t) + i))
	  {
	    if (!wrong)
	      *first = at + i * sizeof (uint64_t);
	    wrong += sizeof (uint64_t);
	  }
    }
  return wrong;
}

static int
churn (const char *device, unsigned long offset, unsigned long size)
{
  off_t from = offset * MIB, to = from + size * MIB, first = 0;
  int fd = open (device, O_RDWR);
  uint64_t wrong;

  if (fd < 0)
    die (device);
  write_noise (fd, from, to);
  drop_caches ();
  wrong = compare_noise (fd, from, to, &first);
  close (fd);
  if (wrong)
    printf ("%" PRIu64 " bytes are WRONG, from %jd on\n", wrong,
	    (intmax_t) first);
  else
    printf ("%lu MiB written, %lu MiB right\n", size, size);
  return wrong != 0;
}

/* ---------------------------------------------------------------- scan */

/* A run of Linux's own memory: its offset in /proc/kcore, and its physical
   address.  */
struct run
{
  uint64_t offset;
  uint64_t physical;
  uint64_t size;
};

#define MAX_RUNS	64
/* Where the kernel's text is mapped.  */
#define TEXT		UINT64_C (0xffffffff80000000)

static struct run runs[MAX_RUNS];
static unsigned int n_runs;

/* The result of the scan for one word.  */
struct find
{
  uint64_t veiled;
  uint64_t count;
  uint64_t first;
};

/* Linux's own memory, by /proc/iomem.  */
struct range
{
  uint64_t start;
  uint64_t end;
};

static struct range own[MAX_RUNS];
static unsigned int n_own;

/* Return the size of Linux's own memory.  */
static uint64_t
find_own (void)
{
  char line[160];
  FILE *f = fopen ("/proc/iomem", "r");
  uint64_t sum = 0, start, last;

  if (!f)
    die ("/proc/iomem");
  while (n_own < MAX_RUNS && fgets (line, sizeof (line), f))
    /* Names of the second level are indented.  */
    if (line[0] != ' ' && strstr (line, ": System RAM")
	&& sscanf (line, "%" SCNx64 "-%" SCNx64, &start, &last) == 2)
      {
	own[n_own].start = start;
	own[n_own++].end = last + 1;
	sum += last + 1 - start;
      }
  fclose (f);
  return sum;
}

/* Whether the memory of the header P is Linux's own.  Some headers are of
   other things, and the kernel's text is there twice.  */
static int
is_own (const Elf64_Phdr *p)
{
  unsigned int i;

  if (p->p_type != PT_LOAD || p->p_vaddr >= TEXT)
    return 0;
  for (i = 0; i < n_own; i++)
    if (p->p_paddr >= own[i].start && p->p_paddr < own[i].end
	&& p->p_memsz <= own[i].end - p->p_paddr)
      return 1;
  return 0;
}

/* Return how many bytes of Linux's own memory can be read.  */
static uint64_t
find_runs (int fd)
{
  static Elf64_Phdr header[MAX_RUNS];
  Elf64_Ehdr elf;
  uint64_t sum = 0;
  unsigned int i, count;

  if (pread (fd, &elf, sizeof (elf), 0) != sizeof (elf))
    die ("/proc/kcore");
  count = elf.e_phnum < MAX_RUNS ? elf.e_phnum : MAX_RUNS;
  if (pread (fd, header, count * sizeof (*header), elf.e_phoff)
      != (ssize_t) (count * sizeof (*header)))
    die ("/proc/kcore");
  for (i = 0; i < count; i++)
    if (is_own (&header[i]))
      {
	runs[n_runs].offset = header[i].p_offset;
	runs[n_runs].physical = header[i].p_paddr;
	runs[n_runs++].size = header[i].p_memsz;
	sum += header[i].p_memsz;
      }
  return sum;
}

static void
look_for (struct find *find, size_t words, uint64_t physical)
{
  /* Without volatile the compiler would compute the word, and have it in the
     code.  */
  volatile uint64_t veil = VEIL;
  uint64_t v = veil;
  size_t i;

  for (i = 0; i < words; i++)
    if ((buffer[i] ^ v) == find->veiled)
      {
	if (!find->count++)
	  find->first = physical + i * sizeof (uint64_t);
      }
}

/* Scan all of Linux's memory, once.  */
static void
pass (int fd, struct find *mark, struct find *control)
{
  unsigned int i;
  uint64_t at;

  for (i = 0; i < n_runs; i++)
    for (at = 0; at < runs[i].size; at += PIECE)
      {
	size_t size = runs[i].size - at < PIECE ? runs[i].size - at : PIECE;

	if (pread (fd, buffer, size, runs[i].offset + at) != (ssize_t) size)
	  die ("/proc/kcore");
	look_for (mark, size / sizeof (uint64_t), runs[i].physical + at);
	look_for (control, size / sizeof (uint64_t), runs[i].physical + at);
      }
}

static int
scan (unsigned long seconds)
{
  struct find mark = { .veiled = VEILED_MARK };
  struct find control = { .veiled = VEILED_CONTROL };
  volatile uint64_t *word = malloc (sizeof (*word));
  int fd = open ("/proc/kcore", O_RDONLY);
  time_t end = time (0) + seconds;
  unsigned int passes = 0, seen = 0;
  uint64_t all = find_own (), size;

  if (fd < 0 || !word)
    die ("/proc/kcore");
  size = find_runs (fd);
  *word = VEILED_CONTROL ^ VEIL;
  do
    {
      control.count = 0;
      pass (fd, &mark, &control);
      seen += control.count != 0;
      passes++;
    }
  while (passes < 2 || time (0) < end);
  printf ("%u passes over %" PRIu64 " of %" PRIu64 " KiB, own word seen in %u, ",
	  passes, size / 1024, all / 1024, seen);
  if (mark.count)
    printf ("the MARK %" PRIu64 " times, first at %#" PRIx64 "\n", mark.count,
	    mark.first);
  else
    puts ("no mark");
  return mark.count != 0;
}

int
main (int argc, char **argv)
{
  if (argc == 5 && strcmp (argv[1], "churn") == 0)
    return churn (argv[2], number (argv[3]), number (argv[4]));
  if (argc == 3 && strcmp (argv[1], "scan") == 0)
    return scan (number (argv[2]));
  fputs (usage, stderr);
  return 2;
}
