/* SPDX-License-Identifier: GPL-3.0-or-later */
/* main.c - the hostile backend: a block backend that misbehaves on request
   Copyright (C) 2026  The grub-xen-hvm authors  */

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include "hostile.h"

/* The interval of the timed work, in milliseconds.  */
#define TICK	50

volatile int ending;

static const char usage[] =
  "usage: hostile --domid D --vdev N --file F [OPTION...]\n\n"
  "Gives the guest D a disk of the number N with the contents of the file F, and is\n"
  "its backend until SIGTERM comes or the guest ends: an honest one, or one that\n"
  "misbehaves.  To be run in dom0, before the guest looks for its disks.\n\n"
  "  --attack NAME[@N]  misbehave from the N-th request on (default: the first), for one\n"
  "                     connection\n"
  "  --relent S         misbehave for S seconds at most, then be honest\n"
  "  --late S           once it was connected, act on a change of the frontend's\n"
  "                     state S seconds late, by the state that it finds then\n"
  "  --indirect N       offer indirect requests of N segments (default 0: none)\n"
  "  --persistent       offer persistent grants\n"
  "  --readonly         be a disk that may not be written\n"
  "  --spy FILE         look at every page the guest grants, at the start and at\n"
  "                     each request; write those that are new to FILE\n"
  "  --known FILE       what is in this file, too, may be seen\n"
  "  --list             list the attacks, and end\n"
  "  --help             this text\n\n"
  "What it does is said on standard error.\n";

uint64_t
now_ms (void)
{
  struct timespec ts;

  clock_gettime (CLOCK_MONOTONIC, &ts);
  return ts.tv_sec * UINT64_C (1000) + ts.tv_nsec / 1000000;
}

void
say (const struct hostile *h, const char *format, ...)
{
  uint64_t now = now_ms ();
  va_list args;

  va_start (args, format);
  fprintf (stderr, "%llu.%03u disk %u: ", (unsigned long long) now / 1000,
	   (unsigned int) (now % 1000), h->vdev);
  vfprintf (stderr, format, args);
  fputc ('\n', stderr);
  va_end (args);
}

static void
die (const char *what)
{
  fprintf (stderr, "hostile: %s: %s\n", what, strerror (errno));
  exit (1);
}

static void
wrong_usage (const char *what)
{
  fprintf (stderr, "hostile: %s; see hostile --help\n", what);
  exit (2);
}

static unsigned long
number (const char *text)
{
  char *end;
  unsigned long value = strtoul (text, &end, 10);

  if (*end || end == text)
    wrong_usage ("a number is wanted");
  return value;
}

static void
choose_attack (struct hostile *h, char *name)
{
  char *at = strchr (name, '@');

  if (at)
    {
      *at = 0;
      h->at = number (at + 1);
    }
  h->attack = attack_find (name);
  if (!h->attack)
    wrong_usage ("no such attack (--list names them)");
}

enum { DOMID = 1, VDEV, FILE_NAME, ATTACK, RELENT, LATE, INDIRECT,
       PERSISTENT, READONLY, SPY, KNOWN, LIST, HELP };

static const struct option options[] =
  {
    { "domid", required_argument, 0, DOMID },
    { "vdev", required_argument, 0, VDEV },
    { "file", required_argument, 0, FILE_NAME },
    { "attack", required_argument, 0, ATTACK },
    { "relent", required_argument, 0, RELENT },
    { "late", required_argument, 0, LATE },
    { "indirect", required_argument, 0, INDIRECT },
    { "persistent", no_argument, 0, PERSISTENT },
    { "readonly", no_argument, 0, READONLY },
    { "spy", required_argument, 0, SPY },
    { "known", required_argument, 0, KNOWN },
    { "list", no_argument, 0, LIST },
    { "help", no_argument, 0, HELP },
    { 0, 0, 0, 0 }
  };

static void
take_option (struct hostile *h, int option)
{
  switch (option)
    {
    case DOMID: h->domid = number (optarg); break;
    case VDEV: h->vdev = number (optarg); break;
    case FILE_NAME: h->file = optarg; break;
    case ATTACK: choose_attack (h, optarg); break;
    case RELENT: h->relent = number (optarg); break;
    case LATE: h->late = number (optarg); break;
    case INDIRECT: h->indirect = number (optarg); break;
    case PERSISTENT: h->persistent = 1; break;
    case READONLY: h->readonly = 1; break;
    case SPY: h->dump = optarg; break;
    case KNOWN:
      if (spy_knows (optarg))
	die (optarg);
      break;
    case LIST: attack_list (); exit (0);
    case HELP: fputs (usage, stdout); exit (0);
    default: wrong_usage ("this is not understood");
    }
}

static void
open_all (struct hostile *h)
{
  struct stat st;

  h->fd = open (h->file, h->readonly ? O_RDONLY : O_RDWR);
  if (h->fd < 0 || fstat (h->fd, &st))
    die (h->file);
  h->sectors = st.st_size / SECTOR;
  if (h->dump && spy_knows (h->file))
    die (h->file);
  h->gnttab = xengnttab_open (0, 0);
  if (!h->gnttab)
    die ("grants cannot be mapped");
  h->evtchn = xenevtchn_open (0, 0);
  if (!h->evtchn)
    die ("there are no event channels");
  if (store_open (h))
    die ("xenstore");
}

static void
end (int signal)
{
  (void) signal;
  ending = 1;
}

/* An event: take requests, unless an attack has closed the port.  */
static void
take_event (struct hostile *h)
{
  int port = xenevtchn_pending (h->evtchn);

  if (port < 0)
    return;
  xenevtchn_unmask (h->evtchn, port);
  if (port == h->port)
    ring_serve (h);
}

static void
tick (struct hostile *h)
{
  store_tick (h);
  if (!h->begun || !h->attack)
    return;
  if (h->relent && now_ms () - h->began_at >= h->relent * UINT64_C (1000))
    {
      attack_end (h);
      store_follow (h);
    }
  else if (h->attack->tick)
    h->attack->tick (h);
}

static void
work (struct hostile *h)
{
  struct pollfd fds[2] =
    {
      { .fd = xs_fileno (h->xs), .events = POLLIN },
      { .fd = xenevtchn_fd (h->evtchn), .events = POLLIN }
    };
  uint64_t last = now_ms ();

  while (!ending)
    {
      if (poll (fds, 2, TICK) > 0)
	{
	  if (fds[0].revents)
	    store_look (h);
	  if (fds[1].revents)
	    take_event (h);
	}
      if (now_ms () - last < TICK)
	continue;
      last = now_ms ();
      tick (h);
    }
}

int
main (int argc, char **argv)
{
  static struct hostile h;
  int option;

  setvbuf (stderr, 0, _IOLBF, 0);
  h.at = 1;
  h.port = -1;
  while ((option = getopt_long (argc, argv, "", options, 0)) != -1)
    take_option (&h, option);
  if (optind != argc || !h.file || !h.domid || !h.vdev)
    wrong_usage ("--domid, --vdev and --file have to be there, and no more");
  signal (SIGTERM, end);
  signal (SIGINT, end);
  open_all (&h);
  say (&h, "serves %s, %llu sectors, attack %s", h.file,
       (unsigned long long) h.sectors, h.attack ? h.attack->name : "none");
  work (&h);
  attack_stop (&h);
  ring_disconnect (&h);
  data_give_back (&h);
  store_close (&h);
  say (&h, "ends: %lu connections, %lu requests (%lu indirect, %lu bad): "
       "%lu reads, %lu writes, %lu flushes, %lu segments at most, %lu steps",
       h.connections, h.requests, h.indirects, h.bad, h.reads, h.writes,
       h.flushes, h.widest, h.steps);
  return 0;
}
