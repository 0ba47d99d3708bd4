# grub-xen-hvm -- functions of the cases with other boot loaders
# Copyright (C) 2026  The grub-xen-hvm authors
# SPDX-License-Identifier: GPL-3.0-or-later
# This is free software: you may use, study, share and improve it; there is no warranty.
# shellcheck shell=dash disable=SC2154
#
# Sourced after lib.sh.  The runner has given dom0 the disks that build-loaders
# made.  Writes to them are lost when the bench ends.

# loader_disk NAME: print the block device.
loader_disk ()
{
  number=$(grep -n -x -e "$1" "$share/loaders" | cut -d : -f 1)
  [ -n "$number" ] || fail "the bench has no disk $1"
  # vda and vdb are dom0's disk and the test images.
  echo "/dev/vd$(echo cdefghij | cut -c "$number")"
}

# debian_of GUEST START IMAGE LOADER WHAT PARTITION: start a guest of that name
# with this disk as its only one, a PV disk.  START is that of guest ().  The
# disk's loader prints WHAT, and starts a Debian that has its root in
# PARTITION, has LOADER on its command line, and logs no warning.
debian_of ()
{
  name=$1 loader=$4 what=$5 partition=$6
  device=$(loader_disk "$3")
  guest "$name" "$2" "$(phy xvde "$device")" "memory = 512"
  guest_start "$name"
  guest_wait "$name" 600 "$what"
  guest_wait "$name" 900 '^loaders: done'
  no_emulated_disk "$name"
  said "$name" "^loaders: user space of Debian .* from /dev/xvde$partition, hypervisor xen, loader $loader\$"
  did_not_say "$name" '^loaders: warning'
  until_true 120 guest_gone "$name" || fail "the guest $name does not power off"
  written=$(guest_serial "$name" | sed -n 's/^loaders: wrote //p')
  [ -n "$written" ] || fail "the guest $name wrote nothing"
  # dom0 may have old blocks of the disk in its cache.
  blockdev --flushbufs "$device"
  same "what the guest $name wrote" "$written" \
       "$(debugfs -R 'cat /root/loaders-wrote' "$device$partition" 2> /dev/null)"
}
