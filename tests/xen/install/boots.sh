# grub-xen-hvm -- functions of the cases with installed disks
# Copyright (C) 2026  The grub-xen-hvm authors
# SPDX-License-Identifier: GPL-3.0-or-later
# This is free software: you may use, study, share and improve it; there is no warranty.
# shellcheck shell=dash disable=SC1091,SC2119,SC2154

# boots NAME START DISKS ROOT [LINE...]: START is the host's image.  ROOT is a
# regular expression for GRUB's name of the /boot.
boots ()
{
  kind=$1 start=$2 disks=$3 root=$4
  shift 4
  guest "$kind" "$start" "$disks" "$@"
  guest_start "$kind"
  [ "$kind" != luks ] || passphrase
  guest_wait "$kind" 300 'linux: done'
  said "$kind" "^Starting the guest's own GRUB"
  # The names of volumes are long, and the terminal wraps its lines.
  guest_serial "$kind" | tr -d '\n' \
    | grep -a -q -E -e "$kind: *root *$root, *prefix *\(.*\)/.*grub *, *platform *xen-hvm" \
    || fail "the guest $kind has another root or prefix"
  until_true 120 guest_gone "$kind" || fail "the guest $kind does not power off"
}

# The guest's GRUB asks for it on the screen, before it has a configuration.
passphrase ()
{
  guest_wait luks 180 "Starting the guest's own GRUB"
  sleep 10
  for key in h v m ret; do
    xl qemu-monitor-command luks "sendkey $key" > /dev/null
    sleep 0.5
  done
}

on ()
{
  phy "$1" "$(loop "$share/installed/$2.img" --read-only)" r
}

# shellcheck disable=SC2034 # cases use it
firmware=seabios-grub-xen-hvm-pv.bin
