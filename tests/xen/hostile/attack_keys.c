/* SPDX-License-Identifier: GPL-3.0-or-later */
/* attack_keys.c - the hostile backend: attacks by keys
   Copyright (C) 2026  The grub-xen-hvm authors  */

#include <string.h>
#include "hostile.h"

/* These keys are there before the frontend looks, and stay.  Requests are
   served honestly, if there are any.  */

static void
no_sectors (struct hostile *h)
{
  store_remove (h, "sectors");
}

static void
zero_sectors (struct hostile *h)
{
  store_write (h, "sectors", "0");
}

static void
text_sectors (struct hostile *h)
{
  store_write (h, "sectors", "many");
}

static void
endless_sectors (struct hostile *h)
{
  store_write (h, "sectors", "18446744073709551615");
}

/* More digits than a number of 64 bits has.  */
static void
long_sectors (struct hostile *h)
{
  char digits[1024];

  memset (digits, '9', sizeof (digits) - 1);
  digits[sizeof (digits) - 1] = 0;
  store_write (h, "sectors", digits);
}

static void
odd_sector_size (struct hostile *h)
{
  store_write (h, "sector-size", "513");
}

static void
zero_sector_size (struct hostile *h)
{
  store_write (h, "sector-size", "0");
}

static void
large_sector_size (struct hostile *h)
{
  store_write (h, "sector-size", "65536");
}

static void
text_info (struct hostile *h)
{
  store_write (h, "info", "-1x");
}

static void
text_features (struct hostile *h)
{
  store_write (h, "feature-flush-cache", "yes");
  store_write (h, "feature-barrier", "4294967296");
  store_write (h, "feature-persistent", "perhaps");
}

/* Absurd numbers of indirect segments.  A request is served nevertheless.  */
static void
indirect (struct hostile *h, const char *segments)
{
  h->indirect = MAX_SEGMENTS;
  store_write (h, "feature-max-indirect-segments", segments);
}

static void
indirect_zero (struct hostile *h)
{
  indirect (h, "0");
}

static void
indirect_one (struct hostile *h)
{
  indirect (h, "1");
}

static void
indirect_huge (struct hostile *h)
{
  indirect (h, "4294967295");
}

static void
indirect_over (struct hostile *h)
{
  indirect (h, "18446744073709551680");
}

static void
indirect_negative (struct hostile *h)
{
  indirect (h, "-1");
}

static void
indirect_text (struct hostile *h)
{
  indirect (h, "64 or so");
}

/* The other attacks change keys while requests are in flight.  */

static enum reply
change_sectors (struct hostile *h, const struct request *req, int status)
{
  (void) status;
  store_number (h, "sectors", h->sectors / 2);
  ring_respond (h, req->id, req->op, RSP_ERROR);
  return DONE;
}

static enum reply
change_sector_size (struct hostile *h, const struct request *req, int status)
{
  (void) status;
  store_write (h, "sector-size", "4096");
  ring_respond (h, req->id, req->op, RSP_ERROR);
  return DONE;
}

static enum reply
change_info (struct hostile *h, const struct request *req, int status)
{
  (void) status;
  store_write (h, "info", "5");
  ring_respond (h, req->id, req->op, RSP_ERROR);
  return DONE;
}

static enum reply
change_all (struct hostile *h, const struct request *req, int status)
{
  (void) req;
  (void) status;
  if (attack_nth (h))
    {
      store_write (h, "sectors", "1");
      store_write (h, "sector-size", "4096");
      store_write (h, "info", "5");
      store_write (h, "mode", "r");
    }
  return HONEST;
}

static enum reply
withdraw_features (struct hostile *h, const struct request *req, int status)
{
  (void) req;
  (void) status;
  if (attack_nth (h))
    {
      store_remove (h, "feature-max-indirect-segments");
      store_remove (h, "feature-persistent");
      store_remove (h, "feature-flush-cache");
    }
  return HONEST;
}

const struct attack key_attacks[] =
  {
    { .name = "no-sectors", .offer = no_sectors,
      .help = "the key `sectors' is missing" },
    { .name = "zero-sectors", .offer = zero_sectors,
      .help = "a disk of no sectors" },
    { .name = "text-sectors", .offer = text_sectors,
      .help = "`sectors' is no number" },
    { .name = "endless-sectors", .offer = endless_sectors,
      .help = "a disk of 2^64-1 sectors" },
    { .name = "long-sectors", .offer = long_sectors,
      .help = "`sectors' has 1023 digits" },
    { .name = "odd-sector-size", .offer = odd_sector_size,
      .help = "sectors of 513 bytes" },
    { .name = "zero-sector-size", .offer = zero_sector_size,
      .help = "sectors of 0 bytes" },
    { .name = "large-sector-size", .offer = large_sector_size,
      .help = "sectors of 65536 bytes" },
    { .name = "text-info", .offer = text_info,
      .help = "`info' is no number" },
    { .name = "text-features", .offer = text_features,
      .help = "features are no numbers" },
    { .name = "indirect-zero", .offer = indirect_zero,
      .help = "indirect requests of no segments are offered" },
    { .name = "indirect-one", .offer = indirect_one,
      .help = "indirect requests of one segment are offered" },
    { .name = "indirect-huge", .offer = indirect_huge,
      .help = "indirect requests of 2^32-1 segments are offered" },
    { .name = "indirect-over", .offer = indirect_over,
      .help = "indirect requests of 2^64+64 segments are offered" },
    { .name = "indirect-negative", .offer = indirect_negative,
      .help = "indirect requests of -1 segments are offered" },
    { .name = "indirect-text", .offer = indirect_text,
      .help = "the number of indirect segments is no number" },
    { .name = "change-sectors", .answer = change_sectors,
      .help = "the disk shrinks to half, and reads fail" },
    { .name = "change-sector-size", .answer = change_sector_size,
      .help = "the sectors' size changes, and reads fail" },
    { .name = "change-info", .answer = change_info,
      .help = "the disk becomes a read-only CD, and reads fail" },
    { .name = "change-all", .answer = change_all,
      .help = "sectors, their size and info change, and answers stay right" },
    { .name = "withdraw-features", .answer = withdraw_features,
      .help = "indirect requests, persistent grants and flushes are withdrawn" },
    { .name = 0 }
  };
