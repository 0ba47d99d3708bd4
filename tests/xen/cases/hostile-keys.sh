# grub-xen-hvm -- a case of the bench
# Copyright (C) 2026  The grub-xen-hvm authors
# SPDX-License-Identifier: GPL-3.0-or-later
# This is free software: you may use, study, share and improve it; there is no warranty.
# shellcheck shell=dash disable=SC1091,SC2119,SC2154
#
# tests: absurd keys from a hostile backend, and keys that change while its disk is in use; 21 attacks
# limit: 900
# when: long
# success: each ends as the table says, with the disk's name; another disk reads right after each
# fail: no error, or another; an error where the disk can be used; the other disk does not read right
set -eu
. "$share/lib.sh"
. "$share/hostile.sh"

attacks g hostile-answers.img "$images/bare.img" << TABLE
f no-sectors --readonly ; .*sectors
g zero-sectors --readonly ; no medium
h text-sectors --readonly ; .*sectors
i endless-sectors --readonly ; .*sectors
j long-sectors --readonly ; .*sectors
k odd-sector-size --readonly ; sectors of 513 bytes are not supported
l zero-sector-size --readonly ; sectors of 0 bytes are not supported
m large-sector-size --readonly ; .*sector-size
n text-info --readonly ; .*info
o text-features --readonly ; right
p indirect-zero --readonly ; right
q indirect-one --readonly ; right
r indirect-huge --readonly ; right
s indirect-over --readonly ; right
t indirect-negative --readonly ; right
u indirect-text --readonly ; right
v change-sectors@20 --readonly --indirect 64 ; (is disabled: the backend changed the disk while it was in use|is smaller or has other sectors now)
w change-sector-size@20 --readonly --indirect 64 ; (is disabled: the backend changed the disk while it was in use|is smaller or has other sectors now)
x change-info@20 --readonly --indirect 64 ; is disabled: the backend changed the disk while it was in use
y change-all@20 --readonly --indirect 64 ; right
z withdraw-features@20 --readonly --indirect 64 --persistent ; right
TABLE
success
