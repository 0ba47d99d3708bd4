/* SPDX-License-Identifier: GPL-3.0-or-later */
/* backend.h - a block backend that does what a fuzz target's input says
   Copyright (C) 2026  The grub-xen-hvm authors  */

#ifndef FUZZ_BACKEND_HEADER
#define FUZZ_BACKEND_HEADER 1

#include <stdint.h>
#include <grub/xen/abi.h>
#include "fuzz.h"

/* What a byte of the input has the backend do when it next runs: a number of this
   list, and behind it (from bit 3 on) a parameter P.  */
enum
  {
    /* Answer the P oldest requests as it should be (0: all), or the newest.  */
    BACKEND_OLDEST,
    BACKEND_NEWEST,
    /* The oldest request fails; P's lowest bit: it is not supported.  */
    BACKEND_FAIL,
    /* Answer the oldest request without an event.  */
    BACKEND_QUIET,
    /* Do nothing for P times 100 ms.  */
    BACKEND_WAIT,
    /* Break the rules as P says, see below; any other P: as BACKEND_OLDEST.  */
    BACKEND_BREAK,
    BACKEND_KINDS = 8
  };

/* What no good backend does.  Bytes that are read from the input are named.  */
enum
  {
    /* Id (4), operation, status: a response.  */
    BREAK_RESPONSE,
    /* A word that is added to the index of responses.  */
    BREAK_PROD,
    /* Place (2), length (1), and bytes for the shared page.  */
    BREAK_RING,
    /* A byte for everywhere in the pages of a request.  */
    BREAK_PAGES,
    /* Nothing more from here on.  */
    BREAK_SILENCE,
    BREAK_TWICE,
    BREAK_OTHER_OPERATION,
    BREAK_HIGH_ID,
    /* What is in the ring already is a response.  */
    BREAK_STALE,
    /* The event channel is closed.  */
    BREAK_CHANNEL,
    /* It asks for no notification.  */
    BREAK_REQ_EVENT,
    BREAKS
  };

/* Sectors whose contents can be changed.  */
#define BACKEND_SECTORS	1024

struct backend
{
  /* Nothing that a good backend would not do was done.  */
  int honest;
  /* The disk's size in sectors, and the most segments of an indirect request: what is
     asked of them is checked once the target has set them.  */
  uint64_t end;
  unsigned int segments;
  /* The first 8 bytes of each sector, 0 if it was not written; and whether a
     request for it failed.  */
  uint64_t content[BACKEND_SECTORS];
  uint8_t failed[BACKEND_SECTORS];
};

extern struct backend backend;

/* Connect to the ring page REF and PORT of disk HANDLE; what is done comes from IN,
   and when that ends, or if it is 0, the backend is a good one.  Returns whether
   that is possible.  */
int backend_begin (struct fuzz_input *in, uint16_t handle, grant_ref_t ref,
		   evtchn_port_t port);

/* Let go of everything.  */
void backend_end (void);

/* The ring page's reference and the page, as long as the backend maps it; else
   0.  */
grant_ref_t backend_ring (void **page);

/* What is at the start of SECTOR.  */
uint64_t backend_sector (uint64_t sector);

#endif
