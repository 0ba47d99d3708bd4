# grub-xen-hvm -- a case of the bench
# Copyright (C) 2026  The grub-xen-hvm authors
# SPDX-License-Identifier: GPL-3.0-or-later
# This is free software: you may use, study, share and improve it; there is no warranty.
# shellcheck shell=dash disable=SC1091,SC2119,SC2154
#
# tests: save_env writes through blkback and QEMU's backend, and the next boot reads it back
# success: both blocks hold what was written: in dom0 and in a second guest
# fail: a write is refused or lost
set -eu
. "$share/lib.sh"

one=$(disk bare.img)
two=$(disk bare.img)
disks="$(phy xvde "$(loop "$one")"),$(qdisk xvdf "$two")"
guest g save-env.img "$disks"
guest_start g
guest_wait g 180 'end of script'
did_not_say g '^error'
# There is no hand-off.  save_env has flushed its writes, so they survive the
# guest.
guest_stop g
for image in "$one" "$two"; do
  debugfs -R 'cat /boot/grub/grubenv' "$image" 2> /dev/null | grep -q '^answer=42$' \
    || fail "save_env has not written to $image"
done
guest again save-env.2.img "$disks"
guest_start again
guest_wait again 180 'end of script'
said again '^xvde: answer 42$'
said again '^xvdf: answer 42$'
success
