/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fuzzer.c - libFuzzer's entry to a fuzz target
   Copyright (C) 2026  The grub-xen-hvm authors  */

#include "fuzz.h"

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  fuzz_target (data, size);
  return 0;
}
