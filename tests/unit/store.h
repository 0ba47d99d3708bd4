/* SPDX-License-Identifier: GPL-3.0-or-later */
/* store.h - a fake xenstored: the daemon behind the ring page
   Copyright (C) 2026  The grub-xen-hvm authors  */

#ifndef UNIT_STORE_HEADER
#define UNIT_STORE_HEADER 1

#include <stdint.h>
#include "tree.h"

/* Faults in one reply.  */
enum store_fault
  {
    STORE_FINE,
    /* An error reply with store.error.  */
    STORE_ERROR,
    /* The same without the NUL at its end.  */
    STORE_ERROR_NO_NUL,
    /* The request is not done and gets no reply; the next ones do.  */
    STORE_SILENT,
    /* The request is done, but no reply comes.  */
    STORE_LOST,
    /* This reply, and all that follow, are delayed by store.late
       nanoseconds.  */
    STORE_LATE,
    /* Xenstored stops here.  */
    STORE_DEAD,
    /* Half a reply, then xenstored stops.  */
    STORE_HALF,
    /* The reply has another request's id, another type, no body.  */
    STORE_WRONG_ID,
    STORE_WRONG_TYPE,
    STORE_EMPTY,
    /* The length in its header exceeds the protocol's limit.  */
    STORE_HUGE,
    /* The reply has store.error as its body.  */
    STORE_BODY,
    /* Xenstored sets the ring's index to an invalid value.  */
    STORE_INDEX
  };

struct store
{
  /* The time from a notification to its effect, and between two chunks.  */
  uint64_t delay;
  uint64_t chunk_delay;
  uint64_t late;
  /* The number of bytes read and written at a time; 0: no limit.  */
  unsigned int read_chunk;
  unsigned int write_chunk;
  /* Watch events before each reply.  */
  unsigned int watch_events;
  /* Replies so far; FAULT happens to number FAIL_AT and to the FAIL_MORE after
     it.  */
  unsigned long replies;
  unsigned long fail_at;
  unsigned long fail_more;
  enum store_fault fault;
  const char *error;
  /* A request with this string in its path gets the error PATH_ERROR.  */
  const char *path;
  const char *path_error;
  /* The number of commits that fail as if another client had interfered.  */
  unsigned int conflicts;
  unsigned int commits;
  unsigned int aborts;
  unsigned int open_transactions;
  /* The number of open transactions that the fault may have caused.  */
  unsigned int orphans;
  unsigned int reconnects;
  /* Whether xenstored knows request types that older versions lack.  */
  int knows_reset_watches;
  int knows_directory_part;
  /* The ring page's server_features when a domain starts.  */
  uint32_t features;
  int dead;
  /* Nonzero: invalid indices or lengths end the connection until GRUB
     reconnects, as with the real xenstored.  Zero: they are a violation.  */
  int lenient;
  int ended;
  /* Type and path of the last request, for tests.  */
  uint32_t last_type;
  char last_path[4096];
};

extern struct store store;

/* Start xenstored with the domain's directory and no devices.  */
void store_reset (void);

/* The domain is a new one from here on.  Exchanges in progress are dropped,
   and a new directory replaces OLD_HOME.  */
void store_renew (const char *old_home);

/* Write an event for a watch into the ring, now.  */
void store_watch_event (const char *path, const char *token);

/* Put bytes into the ring that no request asked for.  */
void store_raw (const void *data, unsigned int len);

/* The guest's directory.  */
const char *store_home (void);

#endif
