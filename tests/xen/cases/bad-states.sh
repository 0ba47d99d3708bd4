# grub-xen-hvm -- a case of the bench
# Copyright (C) 2026  The grub-xen-hvm authors
# SPDX-License-Identifier: GPL-3.0-or-later
# This is free software: you may use, study, share and improve it; there is no warranty.
# shellcheck shell=dash disable=SC1091,SC2119,SC2154
#
# when: long
# tests: backends that never leave a state, close, are not there, or are named wrong
# limit: 600
# success: for each such disk an error that names it and the cause; a good disk works before and after
# fail: no error, or one that names neither; the good disk does not read
set -eu
. "$share/lib.sh"

guest g bad-states.img "$(phy xvde "$(loop "$images/bare.img")")"
guest_start g -p
for disk in xvdf:1 xvdg:2 xvdh:5 xvdi:6 xvdj:0 xvdk:3 xvdl:99 xvdm: xvdn:x; do
  fake_disk g "${disk%:*}" "${disk#*:}"
done
# Backends that are not there, or not where they should be.
for disk in xvdo xvdp xvdq xvdr xvds; do
  fake_disk g "$disk" 2
done
xenstore-rm "$(fake_backend g xvdo)"
xenstore-rm "$(frontend g xvdp)/backend"
xenstore-write -- "$(frontend g xvdq)/backend" not/absolute
xenstore-write -- "$(frontend g xvdr)/backend-id" -1
xenstore-rm "$(frontend g xvds)/backend-id"
xl unpause g
guest_wait g 500 'end of script'
# A stuck backend: the error comes after the time limit, and gives the states
# of both sides.
for disk in xvdf:1 xvdg:2 xvdk:3; do
  said g "^error: xen/${disk%:*}: no answer from the backend .*backend ${disk#*:} "
done
for disk in h:5 i:6; do
  said g "^error: xen/xvd${disk%:*}: .*backend ${disk#*:} "
done
for letter in j l m n r s; do
  said g "^error: xen/xvd$letter: "
done
# The disk's name does not depend on the backend.
said g "^error: xen/xvdo: .*(backend|state)"
said g "^error: xen/xvdp: .*backend"
said g "^error: xen/xvdq: .*not an absolute path"
sums_match g '(xen/xvde)/' small big
success
