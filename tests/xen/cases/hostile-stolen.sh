# grub-xen-hvm -- a case of the bench
# Copyright (C) 2026  The grub-xen-hvm authors
# SPDX-License-Identifier: GPL-3.0-or-later
# This is free software: you may use, study, share and improve it; there is no warranty.
# shellcheck shell=dash disable=SC1091,SC2119,SC2154
#
# tests: a hostile backend that keeps the ring and the data pages after the disconnect, and writes noise there, also while Linux runs
# when: long
# limit: 900
# success: after a boot that returns, all disks read right, including this one; Linux boots
# fail: a wrong hash: GRUB reuses pages that the backend did not give back
set -eu
. "$share/lib.sh"
. "$share/hostile.sh"

guest g hostile-stolen.img "$(phy xvde "$(loop "$images/bare.img")")"
guest_start g -p
attack_table g "$images/bare.img" << TABLE
f stolen-noise --readonly --indirect 64 --persistent ; right
TABLE
xl unpause g
guest_wait g 800 'linux is next'
same "boots that returned" 2 \
     "$(guest_serial g | grep -c 'boot_fail: nothing was booted')"
sums_match g '(xen/xvde)/' big small holes
sums_match g '(xen/xvdf)/' big small holes
same "hashes of the big file" 6 "$(guest_serial g | grep -c '/big$')"
same "right ones" 6 "$(guest_serial g | grep -c "^$(awk '$2 == "big" { print $1 }' "$images/SHA256SUMS") ")"
did_not_say g '^error: .*xen/'
log_has g xvdf 'writes to [0-9][0-9]+ pages that it did not give back'
# The backend stays, and writes, while Linux runs.
guest_wait g 800 'linux: done'
said g '^linux: disk xvde 131072'
said g "^linux: small xvde $(awk '$2 == "small" { print $1 }' "$images/SHA256SUMS")"
success
