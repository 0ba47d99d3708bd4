# grub-xen-hvm -- a case of the bench
# Copyright (C) 2026  The grub-xen-hvm authors
# SPDX-License-Identifier: GPL-3.0-or-later
# This is free software: you may use, study, share and improve it; there is no warranty.
# shellcheck shell=dash disable=SC1091,SC2119,SC2154
#
# tests: backends that react to a change of the frontend's state 8 and 20 s late, and act on the state at that time
# when: long
# limit: 1800
# success: Linux has each disk in the end, with the right hash
# fail: a disk is missing, or reads wrong
set -eu
. "$share/lib.sh"
. "$share/hostile.sh"

small=$(awk '$2 == "small" { print $1 }' "$images/SHA256SUMS")
guest g hostile-late.img "$(phy xvde "$(loop "$images/bare.img")")"
guest_start g -p
hostile g xvdf "$images/bare.img" --late 8 --readonly --indirect 64 --persistent
hostile g xvdg "$images/bare.img" --late 20 --readonly
hostile_ready g
xl unpause g
guest_wait g 500 '^linux: done'
guest_serial g | grep -a '^linux: '
for disk in xvde xvdf xvdg; do
  sums_match g "(xen/$disk)/" small
  said g "^linux: disk $disk 131072"
  said g "^linux: small $disk $small"
done
for disk in xvdf xvdg; do
  log_has g $disk 'frontend 5'
  # Linux uses the 64-bit protocol, GRUB the 32-bit one.
  log_has g $disk 'protocol x86_64-abi'
done
success
