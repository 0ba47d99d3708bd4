/* SPDX-License-Identifier: GPL-3.0-or-later */
/* store.h - a fake xenstored: the daemon behind the ring page
   Copyright (C) 2026  The grub-xen-hvm authors  */

#ifndef UNIT_STORE_HEADER
#define UNIT_STORE_HEADER 1

#include <stdint.h>
#include "tree.h"

/* What goes wrong with one reply.  */
enum store_fault
  {
    STORE_FINE,
    /* An error reply with store.error.  */
    STORE_ERROR,
    /* The same without the NUL at its end.  */
    STORE_ERROR_NO_NUL,
    /* The request is not done, and no reply comes; the next ones do.  */
    STORE_SILENT,
    /* The request is done, but no reply comes.  */
    STORE_LOST,
    /* The reply, and all that follow, come store.late nanoseconds late.  */
    STORE_LATE,
    /* Nothing comes from here on.  */
    STORE_DEAD,
    /* Half a reply, then nothing.  */
    STORE_HALF,
    /* The reply has another request's id, another type, no body.  */
    STORE_WRONG_ID,
    STORE_WRONG_TYPE,
    STORE_EMPTY,
    /* Its header says more than the protocol allows.  */
    STORE_HUGE,
    /* The reply has this body: store.error.  */
    STORE_BODY,
    /* The ring's index makes no sense.  */
    STORE_INDEX
  };

struct store
{
  /* Time from a notification to what it causes, and between two chunks.  */
  uint64_t delay;
  uint64_t chunk_delay;
  uint64_t late;
  /* How many bytes are read and written at a time; 0 is everything.  */
  unsigned int read_chunk;
  unsigned int write_chunk;
  /* Watch events before each reply.  */
  unsigned int watch_events;
  /* Replies so far; fault FAULT happens to number FAIL_AT, and to the FAIL_MORE
     after it.  */
  unsigned long replies;
  unsigned long fail_at;
  unsigned long fail_more;
  enum store_fault fault;
  const char *error;
  /* A request that has this in its path gets PATH_ERROR.  */
  const char *path;
  const char *path_error;
  /* This many commits fail because others got in between.  */
  unsigned int conflicts;
  unsigned int commits;
  unsigned int aborts;
  unsigned int open_transactions;
  /* How many of them may be the fault's doing.  */
  unsigned int orphans;
  unsigned int reconnects;
  /* Requests of types unknown to older daemons.  */
  int knows_reset_watches;
  int knows_directory_part;
  /* Of the ring page: what a domain finds there when it begins.  */
  uint32_t features;
  int dead;
  /* Indices or lengths that make no sense end the connection, as xenstored does it,
     until GRUB reconnects; else they are a violation.  */
  int lenient;
  int ended;
  /* The last request, for tests: type and path.  */
  uint32_t last_type;
  char last_path[4096];
};

extern struct store store;

/* Start the daemon with the domain's directory and no devices.  */
void store_reset (void);

/* The domain is a new one from here on: exchanges in progress are dropped, and
   it has a new directory in place of OLD_HOME.  */
void store_renew (const char *old_home);

/* Write an event for a watch into the ring, now.  */
void store_watch_event (const char *path, const char *token);

/* Let bytes that no request asked for stand in the ring.  */
void store_raw (const void *data, unsigned int len);

/* The guest's directory.  */
const char *store_home (void);

#endif
