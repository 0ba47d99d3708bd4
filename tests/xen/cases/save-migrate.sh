# grub-xen-hvm -- a case of the bench
# Copyright (C) 2026  The grub-xen-hvm authors
# SPDX-License-Identifier: GPL-3.0-or-later
# This is free software: you may use, study, share and improve it; there is no warranty.
# shellcheck shell=dash disable=SC1091,SC2119,SC2154
#
# tests: a guest that migrates (to this same host), is paused and is saved with `-c' while GRUB reads and writes its PV disks
# when: long
# limit: 900
# success: every hash is right, GRUB continues each time, and Linux finds the disks afterwards
# fail: a hash is wrong; GRUB stops or says an error; Linux warns
# settings: rounds=2, seed=1: how often each, at which moments; pause=20: seconds
set -eu
. "$share/lib.sh"

rounds=$(setting rounds 2)
seed=$(setting seed 1)
pause=$(setting pause 20)
written=$(disk bare.img)
guest g save-migrate.img "$(phy xvde "$(loop "$images/gpt.img")"),$(qdisk xvdf "$written"),$(qdisk xvdg "$images/gpt.img")"
guest_start g
guest_wait g 180 'round b'

paused ()
{
  xl pause g
  sleep "$pause"
  xl unpause g
}

n=0
while [ "$n" -lt "$rounds" ]; do
  n=$((n + 1))
  for what in "guest_migrate g" paused "guest_save g -c"; do
    before=$(loop_rounds g)
    random 3000
    sleep "$((random / 1000)).$(printf '%03d' $((random % 1000)))"
    echo "$n: $what after $random ms, $before rounds of reads"
    $what
    until_true 120 loop_goes_on g $((before + 1)) \
      || fail "GRUB does not continue: $what, $n"
  done
done
rm "$work/g.save"
xenstore-write "/local/domain/$(domid g)/data/stop" now
guest_wait g 180 'connected now'
loop_was_right g
guest_wait g 500 'linux: done'
said g '^linux: disk xvde 262144 rw'
said g "^linux: small xvde1 $(awk '$2 == "small" { print $1 }' "$images/SHA256SUMS")"
did_not_say g '^linux: warning'
success
