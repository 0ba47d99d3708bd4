# grub-xen-hvm -- a case of the bench
# Copyright (C) 2026  The grub-xen-hvm authors
# SPDX-License-Identifier: GPL-3.0-or-later
# This is free software: you may use, study, share and improve it; there is no warranty.
# shellcheck shell=dash disable=SC1091,SC2119,SC2154
#
# tests: disks whose storage is stuck at the hand-off, and answers while Linux writes to a healthy disk: after a read that failed, after readahead, and on QEMU, which closes late
# limit: 1200
# success: GRUB says that memory is reserved, with each disk's name; the healthy disk is whole
# fail: Linux does not have it, reads or writes something else there, or warns
set -eu
. "$share/lib.sh"
. "$share/backends.sh"

healthy=$(roomy gpt.img)
guest g stuck-disks.img "$(phy xvde "$(loop "$healthy")")"
guest_start g -p
# The disks are attached one after another, because libxl gives the scripts of
# all disks together only the time of one.
attach g xvdf phy "$(stuck_make failed "$images/gpt.img" 131072)" access=r
attach g xvdg phy "$(stuck_make ahead "$images/gpt.img" 131072)" access=r
attach g xvdh qdisk "$(stuck_make qemu "$images/gpt.img" 131072)"
for device in failed ahead qemu; do
  stuck_begin $device
done
xl unpause g
guest_wait g 180 'linux is next'
said g '^error: xen/xvdf is disabled: the backend does not answer'
sums_match g '(xen/xvde,gpt1)/' small
sums_match g '(xen/xvdf,gpt1)/' small
# These sectors are right in front of those that wait.
read_before=$(dd if="$images/gpt.img" bs=512 skip=130944 count=128 status=none | sha256sum)
for disk in xvdg xvdh; do
  said g "^${read_before%% *}  \\(xen/$disk\\)130944"
done
# This QEMU is also the guest's device model.  While it waits for its storage
# to close the disk, the guest cannot use an emulated device.
until_true 180 state_is "$(backend g xvdh)" 5 || fail "QEMU does not close xvdh"
stuck_end qemu
stuck_until_linux g failed ahead
kept g xvdf xvdg
said g "^linux: small xvdh1 $(awk '$2 == "small" { print $1 }' "$images/SHA256SUMS")"
whole g "$healthy"
success
