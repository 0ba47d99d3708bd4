# grub-xen-hvm -- a case of the bench
# Copyright (C) 2026  The grub-xen-hvm authors
# SPDX-License-Identifier: GPL-3.0-or-later
# This is free software: you may use, study, share and improve it; there is no warranty.
# shellcheck shell=dash disable=SC1091,SC2119,SC2154
#
# tests: a million calls of INT 13h of a PV disk with random registers
# when: long
# limit: 7200
# settings: calls=N, seed=N
# success: all calls return, and change only their buffers
# fail: memory or a register changes; a call does not return
set -eu
. "$share/lib.sh"
int13=$share/int13
. "$int13/lib.sh"

int13_disk plain "$work/plain"
int13_guest g "$(phy xvde "$(loop "$work/plain")")" \
  "$(int13_words plain xen) short writes random=$(setting calls 1000000) random-seed=$(setting seed 2)"
guest_wait g 7000 '^int13: [0-9]+ passed'
int13_passed g
said g "^random: [0-9]+ calls good, [0-9]+ refused, 0 wrong"
success
