# grub-xen-hvm -- a case of the bench
# Copyright (C) 2026  The grub-xen-hvm authors
# SPDX-License-Identifier: GPL-3.0-or-later
# This is free software: you may use, study, share and improve it; there is no warranty.
# shellcheck shell=dash disable=SC1091,SC2119,SC2154
#
# tests: GRUB's commands reboot and halt, with disks in use
# when: long
# success: reboot restarts the guest, which reads its disks again; halt ends it
# fail: the guest stays as it is, or cannot read after its start
set -eu
. "$share/lib.sh"

disks="$(phy xvde "$(loop "$images/gpt.img")"),$(qdisk xvdf "$images/gpt.img")"
read_line='  \(xen/xvdf,gpt1\)/small'

# By its reason code: SHUTDOWN_reboot of Xen's public/sched.h.
wants_reboot ()
{
  xl list -v | awk '$1 == "left" && $8 == 1 { found = 1 } END { exit !found }'
}

is_another_domain ()
{
  xl domid g > "$OUT/domid" 2> /dev/null && ! cmp -s "$OUT/domid" "$guests/g/id"
}

has_read_again ()
{
  [ "$(guest_serial g | grep -a -c -E -e "$read_line")" = 2 ]
}

# The bench's guests have on_reboot = 'preserve': a guest that restarts is left
# as it is, so that an unwanted restart can be examined.
guest left power.img "$disks"
guest_start left
guest_wait left 120 "$read_line"
guest_send left 'reboot\r'
until_true 60 wants_reboot \
  || fail "the guest did not ask for a restart: $(xl list -v)"
sleep 3
wants_reboot || fail "the guest was not left as it is: $(xl list -v)"
guest_stop left

guest g power.img "$disks" "on_reboot = 'restart'"
guest_start g
guest_wait g 120 "$read_line"
guest_send g 'reboot\r'
until_true 60 is_another_domain \
  || fail "the guest was not restarted: $(xl list -v)"
xl domid g > "$guests/g/id"
guest_listen g
until_true 120 has_read_again || fail "the guest did not read its disks after its start"
guest_send g 'halt\r'
until_true 60 guest_gone g || fail "halt did not end the guest: $(xl list -v)"
sum=$(awk '$2 == "small" { print $1 }' "$images/SHA256SUMS")
same "right hashes of both starts" 4 "$(guest_serial g | grep -a -c "$sum  (xen/xvd[ef],gpt1)/small\$")"
did_not_say g '^error'
success
