/* SPDX-License-Identifier: GPL-3.0-or-later */
/* keys.h - a xenstore without a ring, with keys from a fuzz target's input
   Copyright (C) 2026  The grub-xen-hvm authors  */

#ifndef FUZZ_KEYS_HEADER
#define FUZZ_KEYS_HEADER 1

#include "fuzz.h"

/* Keys of every listed block device, in its frontend's and backend's
   directories.  KEY_LIST is the directory that lists the devices: names with a
   NUL behind each.  */
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
    /* The keys above have values.  */
    KEYS,
    /* The first states that reads of KEY_STATE return, one byte each.  */
    KEY_STATES = 14,
    /* A fault of an exchange: see keys_fault.  */
    KEY_FAULT = 15
  };

/* A record of the input begins with a byte: the key (4 bits) and, from bit 4
   on, the difference from its default.  For a value a length and that many
   bytes follow.  For a change the number of reads before it comes first.  */
enum keys_how { HOW_VALUE, HOW_CHANGE, HOW_MISSING, HOW_FORBIDDEN };

/* For KEY_FAULT: the number of the exchange (1 byte), and from bit 4 of the
   first byte on its fault: no reply, a broken ring, or an error (EIO,
   EAGAIN).  */
enum keys_fault { FAULT_TIMEOUT, FAULT_BROKEN, FAULT_EIO, FAULT_EAGAIN };

/* Begin with the records in IN: a byte with their number, and the records.
   The backend uses the rest of IN.  */
void keys_begin (struct fuzz_input *in);

/* The number of keys that the frontend left behind.  */
unsigned int keys_left (void);

/* The frontend's state, without a change of KEY_OWN_STATE by the input.  */
char keys_own_state (void);

/* Whether any exchange had a fault.  */
int keys_faulty (void);

/* Whether the input has a record for KEY.  */
int keys_odd (enum keys_key key);

#endif
