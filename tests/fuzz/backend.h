/* SPDX-License-Identifier: GPL-3.0-or-later */
/* backend.h - a block backend controlled by a fuzz target's input
   Copyright (C) 2026  The grub-xen-hvm authors  */

#ifndef FUZZ_BACKEND_HEADER
#define FUZZ_BACKEND_HEADER 1

#include <stdint.h>
#include <grub/xen/abi.h>
#include "fuzz.h"

/* A byte of the input controls the backend's next run: a number of this list,
   and from bit 3 on a parameter P.  */
enum
  {
    /* Answer the P oldest requests correctly (0: all), or the newest.  */
    BACKEND_OLDEST,
    BACKEND_NEWEST,
    /* The oldest request fails; if P's lowest bit is set, as not
       supported.  */
    BACKEND_FAIL,
    /* Answer the oldest request without an event.  */
    BACKEND_QUIET,
    /* Do nothing for P times 100 ms.  */
    BACKEND_WAIT,
    /* Break the rules as P says, see below; for any other P as
       BACKEND_OLDEST.  */
    BACKEND_BREAK,
    BACKEND_KINDS = 8
  };

/* Actions that no correct backend does.  Bytes read from the input are
   named.  */
enum
  {
    /* Id (4), operation, status: put a response with these values.  */
    BREAK_RESPONSE,
    /* Add a word to the index of responses.  */
    BREAK_PROD,
    /* Place (2), length (1): write that many bytes into the shared page.  */
    BREAK_RING,
    /* Fill the pages of reads with a byte.  */
    BREAK_PAGES,
    /* Never answer from here on.  */
    BREAK_SILENCE,
    BREAK_TWICE,
    BREAK_OTHER_OPERATION,
    BREAK_HIGH_ID,
    /* Declare the old contents of the next slot a response.  */
    BREAK_STALE,
    /* Notifications fail, as on a closed event channel.  */
    BREAK_CHANNEL,
    /* Set req_event so that the frontend does not notify.  */
    BREAK_REQ_EVENT,
    BREAKS
  };

/* Sectors whose contents can be changed.  */
#define BACKEND_SECTORS	1024

struct backend
{
  /* The backend has done only what a correct backend may do.  */
  int honest;
  /* The disk's size in sectors, and the most segments of an indirect request:
     requests are checked against them once the target has set them.  */
  uint64_t end;
  unsigned int segments;
  /* The first 8 bytes of each sector, 0 if it was not written; and whether a
     request for it failed.  */
  uint64_t content[BACKEND_SECTORS];
  uint8_t failed[BACKEND_SECTORS];
};

extern struct backend backend;

/* Connect to the ring page REF and PORT of disk HANDLE.  IN controls the
   backend; after its end, or if it is 0, the backend is a correct one.
   Returns whether connecting is possible.  */
int backend_begin (struct fuzz_input *in, uint16_t handle, grant_ref_t ref,
		   evtchn_port_t port);

/* Unmap everything and disconnect.  */
void backend_end (void);

/* Return the ring page's reference and set *PAGE to the page while the backend
   maps it; otherwise return 0.  */
grant_ref_t backend_ring (void **page);

/* The first 8 bytes of SECTOR.  */
uint64_t backend_sector (uint64_t sector);

#endif
