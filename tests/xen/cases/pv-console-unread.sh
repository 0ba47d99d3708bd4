# grub-xen-hvm -- a case of the bench
# Copyright (C) 2026  The grub-xen-hvm authors
# SPDX-License-Identifier: GPL-3.0-or-later
# This is free software: you may use, study, share and improve it; there is no warranty.
# shellcheck shell=dash disable=SC1091,SC2119,SC2154
#
# tests: 160 KiB on a PV console without a client, with xenconsoled, and while it is stopped
# when: long
# limit: 1200
# success: with xenconsoled not a line is lost; without it GRUB continues, and as fast; Linux's console works both times
# fail: GRUB hangs; lines are lost; Linux says nothing there
set -eu
. "$share/lib.sh"

daemon=$(cat /run/xen/xenconsoled.pid)
trap 'kill -CONT "$daemon"; gather' EXIT
linux='printk: console \[hvc0\] enabled'

logged ()
{
  tr '\r' '\n' < "/var/log/xen/console/guest-$1.log"
}

logs ()
{
  logged "$1" | grep -a -q -E -e "$2"
}

start ()
{
  guest "$1" pv-console-unread.img "$(phy xvde "$(loop "$images/gpt.img")" r)"
  guest_start "$1" -p
  until_true 30 xenstore-read "/local/domain/$(domid "$1")/console/tty" > /dev/null \
    || fail "xenconsoled does not serve the guest $1"
}

# timed NAME: start it; set took to the seconds until GRUB's last line.
timed ()
{
  began=$(now)
  xl unpause "$1"
  guest_wait "$1" 300 'last words'
  took=$(($(now) - began))
}

start read
timed read
with_reader=$took
guest_wait read 500 'linux: done'
until_true 60 logs read "$linux" || fail "Linux says nothing on the PV console"
cp /var/log/xen/console/guest-read.log "$OUT/read.pv"
same "lines of the flood" 2048 "$(logged read | grep -a -c -E '^[0-9a-f]{8}  ([0-9a-f]{2} +){16}')"
logs read '^last words' || fail "the last words are not shown"

start stopped
kill -STOP "$daemon"
timed stopped
echo "until GRUB has said all: read $with_reader s, unread $took s"
# Unlike GRUB, Linux waits for room in the ring for ever.
kill -CONT "$daemon"
guest_wait stopped 500 'linux: done'
until_true 60 logs stopped "$linux" || fail "Linux says nothing on the PV console of the guest stopped"
cp /var/log/xen/console/guest-stopped.log "$OUT/stopped.pv"
[ "$took" -le $((with_reader * 3 / 2 + 2)) ] || fail "unread, it takes much longer"
success
