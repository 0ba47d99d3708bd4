/* SPDX-License-Identifier: GPL-3.0-or-later */
/* common.c - functions for all fuzz targets
   Copyright (C) 2026  The grub-xen-hvm authors  */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <grub/err.h>
#include <grub/xen/resume.h>
#include "clock.h"
#include "disk.h"
#include "fuzz.h"
#include "shim.h"
#include "store.h"
#include "xen.h"

void
fuzz_check (int ok, const char *what)
{
  if (ok)
    return;
  fprintf (stderr, "fuzz: %s (error %d '%s')\n", what, grub_errno,
	   grub_errmsg);
  abort ();
}

void
fuzz_reset (void)
{
  fuzz_check (!grub_xen_is_up (), "the driver is still up");
  grub_errno = GRUB_ERR_NONE;
  disk_reset ();
  /* The driver's allocations are kept, such as the hypercall page.  */
  if (!shim.largest)
    shim_reset ();
  /* Filling large blocks takes long, and so do many short polls.  */
  shim.fill = 64;
  clock_reset ();
  xen_reset ();
  xen.least_poll = 1900 * MS;
  store_reset ();
}

unsigned int
fuzz_prepare (struct grub_xen_pool **pool, unsigned int pages)
{
  if (!grub_xen_is_up ())
    {
      fuzz_reset ();
      shim.largest = pages * GRUB_XEN_FRAME_SIZE;
      fuzz_check (!grub_xen_up (), "the driver does not come up");
    }
  clock_reset ();
  if (!*pool)
    *pool = grub_xen_pool_get (0);
  fuzz_check (*pool && (*pool)->pages == pages && (*pool)->free == pages,
	      "no pool");
  return shim.blocks;
}

unsigned int
fuzz_finish (struct grub_xen_pool **pool)
{
  /* The pool, the record of each grant, and the pages.  */
  const unsigned int parts = 3;
  unsigned int blocks = shim.blocks;

  if (!(*pool)->is_abandoned)
    return 0;
  grub_xen_pool_put (*pool, "xen/xvde");
  *pool = 0;
  fuzz_check (!xen_grants_left (), "a grant is left");
  fuzz_check (blocks - shim.blocks == parts, "a part of the pool is left");
  return parts;
}

uint8_t
fuzz_byte (struct fuzz_input *in)
{
  uint8_t byte = 0;

  fuzz_bytes (in, &byte, 1);
  return byte;
}

uint8_t
fuzz_last (struct fuzz_input *in)
{
  return in->size ? in->data[--in->size] : 0;
}

uint32_t
fuzz_word (struct fuzz_input *in)
{
  uint32_t word = 0;

  fuzz_bytes (in, &word, 4);
  return word;
}

size_t
fuzz_bytes (struct fuzz_input *in, void *buf, size_t n)
{
  if (n > in->size)
    n = in->size;
  memcpy (buf, in->data, n);
  in->data += n;
  in->size -= n;
  return n;
}
