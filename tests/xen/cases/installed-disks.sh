# grub-xen-hvm -- a case of the bench
# Copyright (C) 2026  The grub-xen-hvm authors
# SPDX-License-Identifier: GPL-3.0-or-later
# This is free software: you may use, study, share and improve it; there is no warranty.
# shellcheck shell=dash disable=SC1091,SC2119,SC2154
#
# tests: GRUB as grub-install put it on ext4, xfs, a btrfs subvolume, LVM, RAID1 and LUKS, started by the host's
# needs: installed
# success: each finds its modules, its configuration and its kernel, and Linux runs
# fail: one does not
# limit: 900
set -eu
. "$share/lib.sh"

# boots NAME START DISKS ROOT [LINE...]: START is what the host has; what GRUB calls the
# /boot, ROOT, is a regular expression.
boots ()
{
  kind=$1 start=$2 disks=$3 root=$4
  shift 4
  guest "$kind" "$start" "$disks" "$@"
  guest_start "$kind"
  [ "$kind" != luks ] || passphrase
  guest_wait "$kind" 300 'linux: done'
  said "$kind" "^Starting the guest's own GRUB"
  # The names of volumes are long, and lines on a terminal are not.
  guest_serial "$kind" | tr -d '\n' \
    | grep -a -q -E -e "$kind: *root *$root, *prefix *\(.*\)/.*grub *, *platform *xen-hvm" \
    || fail "the guest $kind has another root or prefix"
  until_true 120 guest_gone "$kind" || fail "the guest $kind does not power off"
}

# Its GRUB asks on the screen, before it knows of any configuration.
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

firmware=seabios-grub-xen-hvm-pv.bin
boots ext4 $firmware "$(on xvde ext4)" 'xen/xvde,gpt1'
boots xfs $firmware "$(on xvde xfs)" 'xen/xvde,gpt1'
# The firmware has no room for Btrfs.
boots btrfs grub-i386-xen-hvm.bin "$(on xvde btrfs)" 'xen/xvde,gpt1'
boots lvm $firmware "$(on xvde lvm)" 'lvmid/[-0-9A-Za-z/]*'
boots raid1 $firmware "$(on xvde raid1a),$(on xvdf raid1b)" 'mduuid/[0-9a-f]*'
boots luks $firmware "$(on xvde luks)" 'cryptouuid/[0-9a-f]*' "vga = 'stdvga'"
success
