# grub-xen-hvm -- a case of the bench
# Copyright (C) 2026  The grub-xen-hvm authors
# SPDX-License-Identifier: GPL-3.0-or-later
# This is free software: you may use, study, share and improve it; there is no warranty.
# shellcheck shell=dash disable=SC1091,SC2119,SC2154
#
# tests: hostile backends that do not release a disk at the hand-off to Linux: stay connected, stay closing, vanish, keep grants
# when: long
# limit: 900
# success: Linux starts nevertheless; it has the healthy disk, and those whose backends became honest again
# fail: GRUB hangs; Linux does not start, or lacks a disk
set -eu
. "$share/lib.sh"
. "$share/hostile.sh"

guest g hostile-handoff.img "$(phy xvde "$(loop "$images/bare.img")")"
guest_start g -p
# They are honest again before Linux looks for its disks.
attack_table g "$images/bare.img" << TABLE
f no-closing --readonly --relent 20 ; right
g no-closed --readonly --relent 20 --persistent ; right
h close-vanish --readonly ; right
i no-new-start --readonly --relent 20 --indirect 64 --persistent ; right
TABLE
xl unpause g
guest_wait g 800 'linux: done'
attack_results g
for disk in e f g i; do
  said g "^linux: disk xvd$disk 131072"
  said g "^linux: small xvd$disk $(awk '$2 == "small" { print $1 }' "$images/SHA256SUMS")"
done
log_has g xvdf 'does not close'
log_has g xvdh 'removes its directory'
log_has g xvdi 'will not begin anew'
log_has g xvdi '[0-9]+ pages are given back'
success
