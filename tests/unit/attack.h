/* SPDX-License-Identifier: GPL-3.0-or-later */
/* attack.h - attacks by hostile backends on a frontend
   Copyright (C) 2026  The grub-xen-hvm authors  */

#ifndef UNIT_ATTACK_HEADER
#define UNIT_ATTACK_HEADER 1

#include "front.h"

/* How a read or write may end.  */
enum
  {
    ENDS_WELL = 1,
    ENDS_READ_ERROR = 2,
    ENDS_WRITE_ERROR = 4,
    /* The backend behaved so badly that GRUB disables the disk.  */
    ENDS_IO = 8,
    ENDS_TIMEOUT = 16
  };

#define ENDS_ERROR	(ENDS_READ_ERROR | ENDS_WRITE_ERROR)
#define ENDS_DISABLED	(ENDS_IO | ENDS_TIMEOUT)

struct attack
{
  const char *name;
  /* Replaces the response to a request, as DISK_HOOK in disk.h; may be 0.  */
  int (*hook) (struct disk *disk, const struct disk_request *req, int status);
  /* Called once the disk is connected, and before GRUB disconnects it.  */
  void (*connected) (void);
  void (*leaving) (void);
  /* The permitted results, as a mask of ENDS_*.  */
  unsigned int ends;
  /* A part of the error message of a disabled disk.  */
  const char *text;
  /* Only requests of this operation are attacked, 0: all requests.  */
  uint8_t operation;
  /* Reads may return any data, also on the domain's other disks, because the
     backend has the pages of their requests.  */
  int lies;
  /* Each request may take the whole time that GRUB gives a backend.  */
  int slow;
  /* The backend may keep its mappings.  */
  int keeps;
};

/* The attacks through the ring, and all other attacks.  */
extern const struct attack ring_attacks[];
extern const unsigned int n_ring_attacks;
extern const struct attack other_attacks[];
extern const unsigned int n_other_attacks;

/* Hooks that both lists use.  */
int attack_an_error (struct disk *d, const struct disk_request *req,
		     int status);
int attack_not_supported (struct disk *d, const struct disk_request *req,
			  int status);

/* Entries for an attack by a hook, for one after connecting, and for one
   before disconnecting.  */
#define ANSWER_AS(name_, function, ends_, text_, ...)			\
  { .name = name_, .hook = function, .ends = ends_, .text = text_,	\
    __VA_ARGS__ }
#define ANSWER(function, ...)	ANSWER_AS (#function, function, __VA_ARGS__)
#define CONNECTED(function, ends_, text_, ...)			\
  { .name = #function, .connected = function, .ends = ends_,	\
    .text = text_, __VA_ARGS__ }
#define LEAVING(function)						\
  { .name = #function, .leaving = function, .ends = ENDS_WELL, .keeps = 1 }

#endif
