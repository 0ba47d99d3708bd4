# grub-xen-hvm -- a case of the bench
# Copyright (C) 2026  The grub-xen-hvm authors
# SPDX-License-Identifier: GPL-3.0-or-later
# This is free software: you may use, study, share and improve it; there is no warranty.
# shellcheck shell=dash disable=SC1091,SC2119,SC2154
#
# tests: the hand-off leaves no state, key or grant of GRUB, seen before an OS does anything
# when: long
# success: frontend 1, backend 2, no key and no grant more than before GRUB used the disks
# fail: something is left
set -eu
. "$share/lib.sh"

guest g handoff-clean.img "$(phy xvde "$(loop "$images/gpt.img")"),$(qdisk xvdf "$images/gpt.img")"
guest_start g -p
keys_before="$(keys g xvde)/ $(keys g xvdf)"
grants_before=$(grants g)
xl unpause g
guest_wait g 180 'connected now'
until_true 120 state_is "$(frontend g xvde)" 4 || fail "GRUB has not connected xvde"
[ "$(grants g)" -gt "$grants_before" ] || fail "the grant dump does not show GRUB's grants"
guest_send g 'x\r'
guest_wait g 180 'handing off'
until_true 120 state_is "$(frontend g xvde)" 1 || fail "xvde's frontend is not in state 1"
until_true 120 state_is "$(backend g xvde)" 2 || fail "xvde's backend is not in state 2"
until_true 120 state_is "$(frontend g xvdf)" 1 || fail "xvdf's frontend is not in state 1"
until_true 120 state_is "$(backend g xvdf)" 2 || fail "xvdf's backend is not in state 2"
# GRUB's last steps come after the states.  This is long enough for them.
sleep 2
same "the frontends' keys" "$keys_before" "$(keys g xvde)/ $(keys g xvdf)"
same "the number of grants" "$grants_before" "$(grants g)"
success
