# grub-xen-hvm -- a case of the bench
# Copyright (C) 2026  The grub-xen-hvm authors
# SPDX-License-Identifier: GPL-3.0-or-later
# This is free software: you may use, study, share and improve it; there is no warranty.
# shellcheck shell=dash disable=SC1091,SC2119,SC2154
#
# tests: a guest saved and restored, again and again, while GRUB reads and writes its PV disks
# limit: 900
# success: every hash is right, before, between and after; GRUB's last write is on the disk; the hand-off leaves no state, key or grant of GRUB
# fail: a hash is wrong or missing; GRUB stops or says an error; something is left
# settings: rounds=2, seed=1: how often, and at which moments
set -eu
. "$share/lib.sh"

rounds=$(setting rounds 2)
seed=$(setting seed 1)
echo "rounds=$rounds seed=$seed"
written=$(disk bare.img)
guest g save-restore.img "$(phy xvde "$(loop "$images/gpt.img")"),$(qdisk xvdf "$written"),$(qdisk xvdg "$images/gpt.img")" 'memory = 64'
guest_start g -p
keys_before="$(keys g xvde)/ $(keys g xvdf)/ $(keys g xvdg)"
grants_before=$(grants g)
xl unpause g
guest_wait g 180 'round b'

n=0
while [ "$n" -lt "$rounds" ]; do
  n=$((n + 1))
  before=$(loop_rounds g)
  random 3000
  sleep "$((random / 1000)).$(printf '%03d' $((random % 1000)))"
  echo "restore $n: saved after $random ms, $before rounds of reads"
  guest_save g
  guest_restore g
  until_true 120 loop_goes_on g $((before + 1)) \
    || fail "GRUB does not continue after restore $n"
done
xenstore-write "/local/domain/$(domid g)/data/stop" now
guest_wait g 180 'connected now'
loop_was_right g
last=$(guest_serial g | grep -a '^round' | tail -n 1)
debugfs -R 'cat /boot/grub/grubenv' "$written" 2> /dev/null | grep -q "^mark=${last#round }\$" \
  || fail "what GRUB wrote last is not on the disk"
guest_send g 'x\r'
guest_wait g 180 'handing off'
for vdev in xvde xvdf xvdg; do
  until_true 120 state_is "$(frontend g $vdev)" 1 || fail "$vdev's frontend is not in state 1"
  until_true 120 state_is "$(backend g $vdev)" 2 || fail "$vdev's backend is not in state 2"
done
# GRUB's last steps come after the states.  This is long enough for them.
sleep 2
same "the frontends' keys" "$keys_before" "$(keys g xvde)/ $(keys g xvdf)/ $(keys g xvdg)"
same "the number of grants" "$grants_before" "$(grants g)"
success
