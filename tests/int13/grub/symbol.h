/* SPDX-License-Identifier: GPL-3.0-or-later */
/* symbol.h - the part of GRUB's header that int13_real.S uses
   Copyright (C) 2026  The grub-xen-hvm authors  */

#define EXT_C(name) name
#define LOCAL(name) L_ ## name
#define FUNCTION(name) .globl name ; .type name, @function ; name:
#define VARIABLE(name) .globl name ; .type name, @object ; name:
