/* grub-xen-hvm -- tests/int13/grub/symbol.h: what int13_real.S has of GRUB's header
   Copyright (C) 2026  The grub-xen-hvm authors
   SPDX-License-Identifier: GPL-3.0-or-later
   This is free software: you may use, study, share and improve it; there is no warranty.  */

#define EXT_C(name) name
#define LOCAL(name) L_ ## name
#define FUNCTION(name) .globl name ; .type name, @function ; name:
#define VARIABLE(name) .globl name ; .type name, @object ; name:
