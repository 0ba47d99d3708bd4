# grub-xen-hvm -- a case of the bench
# Copyright (C) 2026  The grub-xen-hvm authors
# SPDX-License-Identifier: GPL-3.0-or-later
# This is free software: you may use, study, share and improve it; there is no warranty.
# shellcheck shell=dash disable=SC1091,SC2119,SC2154
#
# tests: chainloader on disks that are equal: two with an emulated twin, and one whose copy has no twin
# limit: 600
# success: each time the disk that was named starts, with its number, and reads itself
# fail: an equal disk starts in its place
set -eu
. "$share/lib.sh"

# marked NAME: a disk with a boot loader, equal to all others but for its name near the end.
marked ()
{
  cp "$(boot_disk int13-which.core)" "$work/$1.disk"
  printf '%-8s' "$1" | dd of="$work/$1.disk" bs=512 seek=8184 conv=notrunc status=none
  echo "$work/$1.disk"
}

# chain NAME DISKS DISK NUMBER MARK [PV-DRIVES]: check that DISK starts, as
# GRUB's NUMBER.
chain ()
{
  config=$(disk bare.img)
  put "$config" /int13.cfg "chainloader (xen/$3)+1
xen_int13
boot"
  guest "$1" int13-twins.img "$2,$(phy xvdf "$(loop "$config")" r)"
  guest_start "$1"
  guest_wait "$1" 180 'end of script'
  said "$1" "^started from \\($4\\)"
  said "$1" "\\|$5 *\\|"
  if [ $# -gt 5 ]; then
    said "$1" "$6"
  else
    did_not_say "$1" '^0x8.  hd'
  fi
  guest_stop "$1"
}

first=$(marked first)
second=$(marked second)
copy=$(marked copy)
head -c 2M "$first" | cmp - "$second" -n 2097152 || fail "the disks are not equal"
both="$(qdisk hda "$first"),$(qdisk hdb "$second")"
chain hda "$both" hda hd0 first
chain hdb "$both" hdb hd1 second

beside="$(qdisk hda "$first"),$(phy xvde "$(loop "$copy")")"
chain original "$beside" hda hd0 first
chain copy "$beside" xvde hd0 copy '^0x80  hd0   \(xen/xvde\)'
success
