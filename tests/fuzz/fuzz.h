/*
 *  grub-xen-hvm  --  what a fuzz target is
 *  Copyright (C) 2026  The grub-xen-hvm authors
 *
 *  This program is free software: you can redistribute it and/or modify
 *  it under the terms of the GNU General Public License as published by
 *  the Free Software Foundation, either version 3 of the License, or
 *  (at your option) any later version.
 *
 *  This program is distributed in the hope that it will be useful,
 *  but WITHOUT ANY WARRANTY; without even the implied warranty of
 *  MERCHANTABILITY or FITNESS FOR A PARTICULAR PURPOSE.  See the
 *  GNU General Public License for more details.
 *
 *  You should have received a copy of the GNU General Public License
 *  along with this program.  If not, see <https://www.gnu.org/licenses/>.
 */


#ifndef FUZZ_FUZZ_HEADER
#define FUZZ_FUZZ_HEADER 1

#include <stddef.h>
#include <stdint.h>

/* Let the driver meet DATA.  A target_*.c defines it: it may be called any number
   of times in one process, and dies when something is wrong.  */
void fuzz_target (const uint8_t *data, size_t size);

/* For the targets: a fresh Xen and xenstored around a driver that is down.  */
void fuzz_reset (void);

/* Die with WHAT unless OK.  */
void fuzz_check (int ok, const char *what);

/* The input, taken byte by byte from its front or from its end; 0 when there is no
   more.  */
struct fuzz_input
{
  const uint8_t *data;
  size_t size;
};

uint8_t fuzz_byte (struct fuzz_input *in);
uint8_t fuzz_last (struct fuzz_input *in);
uint32_t fuzz_word (struct fuzz_input *in);

/* The next N bytes, or as many as there are, into BUF; returns how many.  */
size_t fuzz_bytes (struct fuzz_input *in, void *buf, size_t n);

#endif
