# grub-xen-hvm -- a case of the bench
# Copyright (C) 2026  The grub-xen-hvm authors
# SPDX-License-Identifier: GPL-3.0-or-later
# This is free software: you may use, study, share and improve it; there is no warranty.
# shellcheck shell=dash disable=SC1091,SC2119,SC2154
#
# tests: INT 13h returns a status when the backend no longer answers
# limit: 600
# when: long
# success: a read ends with a timeout or another status, and so does the next one
# fail: the read does not return, or reports success
set -eu
. "$share/lib.sh"
. "$share/hostile.sh"
int13=$share/int13
. "$int13/lib.sh"

int13_disk plain "$work/plain"
guest g int13-conformance.img "$(int13_boot "$(int13_words plain xen) dead")"
guest_start g -p
hostile g xvde "$work/plain"
hostile_ready g
xl unpause g
guest_wait g 180 '^int13: waiting for a key'
server=$(cat "$guests/g/xvde.pid")
kill -STOP "$server"
guest_send g x
rc=0
until_true 150 serial_has g '^int13: [0-9]+ passed' || rc=1
kill -CONT "$server"
[ "$rc" = 0 ] || fail "the read does not return"
int13_passed g
success
