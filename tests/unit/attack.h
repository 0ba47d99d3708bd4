/* SPDX-License-Identifier: GPL-3.0-or-later */
/* attack.h - attacks: what hostile backends do to a frontend
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
    /* The disk is disabled.  */
    ENDS_IO = 8,
    ENDS_TIMEOUT = 16
  };

#define ENDS_ERROR	(ENDS_READ_ERROR | ENDS_WRITE_ERROR)
#define ENDS_DISABLED	(ENDS_IO | ENDS_TIMEOUT)

struct attack
{
  const char *name;
  /* What happens in place of an answer (disk.h), if anything.  */
  int (*hook) (struct disk *disk, const struct disk_request *req, int status);
  /* What happens once the disk is connected, or when it is about to leave.  */
  void (*connected) (void);
  void (*leaving) (void);
  /* What may come of it.  */
  unsigned int ends;
  /* A part of the error that disables the disk.  */
  const char *text;
  /* Only requests of this operation are answered so, 0: any.  */
  uint8_t operation;
  /* What is read may be anything, of the domain's other disks, too: it has their
     pages.  */
  int lies;
  /* Each request may take the backend's whole time.  */
  int slow;
  /* It may not let go of what it has mapped.  */
  int keeps;
};

/* The attacks: by what stands in the ring, and by anything else.  */
extern const struct attack ring_attacks[];
extern const unsigned int n_ring_attacks;
extern const struct attack other_attacks[];
extern const unsigned int n_other_attacks;

/* Hooks of both.  */
int attack_an_error (struct disk *d, const struct disk_request *req,
		     int status);
int attack_not_supported (struct disk *d, const struct disk_request *req,
			  int status);

/* Attacks by what a hook does, by what is done once connected, by what is done on
   leaving.  */
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
