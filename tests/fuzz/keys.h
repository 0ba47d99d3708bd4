/* SPDX-License-Identifier: GPL-3.0-or-later */
/* keys.h - a xenstore without a wire, whose keys a fuzz target's input decides
   Copyright (C) 2026  The grub-xen-hvm authors  */

#ifndef FUZZ_KEYS_HEADER
#define FUZZ_KEYS_HEADER 1

#include "fuzz.h"

/* Keys of every block device that is listed, in its frontend's and backend's
   directories.  KEY_LIST is the directory that lists the devices: names with a NUL
   behind each.  */
enum keys_key
  {
    KEY_LIST,
    KEY_BACKEND,
    KEY_BACKEND_ID,
    KEY_OWN_STATE,
    KEY_STATE,
    KEY_SECTORS,
    KEY_SECTOR_SIZE,
    KEY_INFO,
    KEY_FLUSH,
    KEY_BARRIER,
    KEY_SEGMENTS,
    /* Those above have values of their own.  */
    KEYS,
    /* What successive readers of KEY_STATE see first, a byte each.  */
    KEY_STATES = 14,
    /* What happens to an exchange: see keys_fault.  */
    KEY_FAULT = 15
  };

/* A record of the input begins with the key (4 bits) and, from bit 4 on, how it
   differs from what it would be: for a value, a length and as many bytes follow; for
   a change, before that, after how many looks at it.  */
enum keys_how { HOW_VALUE, HOW_CHANGE, HOW_MISSING, HOW_FORBIDDEN };

/* Of KEY_FAULT: after how many exchanges (1 byte), and from bit 4 on what: no answer
   comes, a broken ring, or an error (EIO, EAGAIN).  */
enum keys_fault { FAULT_TIMEOUT, FAULT_BROKEN, FAULT_EIO, FAULT_EAGAIN };

/* Begin with what is read from IN: a byte that counts records, and the records.  The
   backend does the rest of IN.  */
void keys_begin (struct fuzz_input *in);

/* How many keys the frontend left behind.  */
unsigned int keys_left (void);

/* What the frontend's state is; a change of KEY_OWN_STATE is not looked at.  */
char keys_own_state (void);

/* Whether a fault happened to any exchange.  */
int keys_faulty (void);

/* Whether the input says of KEY anything but what it would be.  */
int keys_odd (enum keys_key key);

#endif
