# grub-xen-hvm -- a case of the bench
# Copyright (C) 2026  The grub-xen-hvm authors
# SPDX-License-Identifier: GPL-3.0-or-later
# This is free software: you may use, study, share and improve it; there is no warranty.
# shellcheck shell=dash disable=SC1091,SC2119,SC2154
#
# tests: a 16-bit program calls INT 13h of a PV disk, and of the BIOS disk behind one: each function, buffer, error and register
# image: int13-conformance.img, by tests/int13/lib.sh
# limit: 1500
# settings: variants='NAME...', of tests/int13/variants
# when: long
# success: every test passes, on disks with several geometries, one over 8 GiB, and a read-only one
# fail: a test fails; the program does not finish
set -eu
. "$share/lib.sh"
int13=$share/int13
. "$int13/lib.sh"

for variant in $(setting variants 'small large-chs large'); do
  int13_disk "$variant" "$work/$variant"
  int13_guest "$variant" "$(phy xvde "$(loop "$work/$variant")")" "$(int13_words "$variant" xen) writes"
  guest_wait "$variant" 180 '^int13: [0-9]+ passed'
  int13_passed "$variant"
  guest_stop "$variant"
  rm -f "$work/$variant"
done

int13_disk plain "$work/plain"
int13_guest read-only "$(phy xvde "$(loop "$work/plain")" r)" "$(int13_words plain xen) read-only"
guest_wait read-only 180 '^int13: [0-9]+ passed'
int13_passed read-only
guest_stop read-only

# Emulated disks are slow.
int13_behind behind small writes
guest_wait behind 600 '^int13: [0-9]+ passed'
int13_passed behind
success
