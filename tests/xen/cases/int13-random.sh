# grub-xen-hvm -- a case of the bench
# Copyright (C) 2026  The grub-xen-hvm authors
# SPDX-License-Identifier: GPL-3.0-or-later
# This is free software: you may use, study, share and improve it; there is no warranty.
# shellcheck shell=dash disable=SC1091,SC2119,SC2154
#
# tests: INT 13h of a PV disk, and of the BIOS disk behind one, with random registers: only the caller's buffer changes
# image: int13-conformance.img, by tests/int13/lib.sh
# limit: 1500
# settings: calls=N, behind=N, seed=N
# when: long
# success: 20000 calls, and 2000 of the BIOS disk (or as many as are set), return, and change nothing else
# fail: memory or a register changes; a call does not return
set -eu
. "$share/lib.sh"
int13=$share/int13
. "$int13/lib.sh"

calls=$(setting calls 20000)
int13_disk plain "$work/plain"
int13_guest g "$(phy xvde "$(loop "$work/plain")")" \
  "$(int13_words plain xen) short writes random=$calls random-seed=$(setting seed 1)"
guest_wait g 800 '^int13: [0-9]+ passed'
int13_passed g
said g "^random: [0-9]+ calls good, [0-9]+ refused, 0 wrong"
guest_stop g

int13_behind behind plain "short writes random=$(setting behind 2000) random-seed=$(setting seed 1)"
guest_wait behind 600 '^int13: [0-9]+ passed'
int13_passed behind
said behind "^random: [0-9]+ calls good, [0-9]+ refused, 0 wrong"
success
