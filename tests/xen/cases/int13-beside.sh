# grub-xen-hvm -- a case of the bench
# Copyright (C) 2026  The grub-xen-hvm authors
# SPDX-License-Identifier: GPL-3.0-or-later
# This is free software: you may use, study, share and improve it; there is no warranty.
# shellcheck shell=dash disable=SC1091,SC2119,SC2154
#
# tests: a PV disk as a BIOS drive beside an emulated disk, before and behind it; disks that cannot be a drive
# limit: 600
# when: long
# success: both are found under the right numbers; an impossible boot returns, and the next one works
# fail: another number, a wrong hash, or a missing error
set -eu
. "$share/lib.sh"

boot=$(boot_disk int13-both.core)
small=$(awk '$2 == "small" { print $1 }' "$images/SHA256SUMS")
disks="$(qdisk hda "$boot"),$(phy xvde "$(loop "$images/gpt.img")")"

guest beside int13-beside.img "$disks"
guest_start beside
guest_wait beside 180 'end of script'
said beside '^0x80  hd0   \(xen/xvde\)'
did_not_say beside '^0x81'
said beside '^chained: here'
said beside '^0*475  *02 '
said beside "^$small  \(hd0,gpt1\)/small"
did_not_say beside 'hd1,gpt1\)/small'
guest_stop beside

guest behind int13-behind.img "$disks"
guest_start behind
guest_wait behind 180 'end of script'
said behind '^error: 0x89 cannot be the first PV drive: the BIOS has 1 hard disks'
said behind '^error: disk .xen/xvdz. not found'
said behind "^error: hd0 is not a PV disk with a BIOS drive"
said behind "^error: hd0 is not a PV disk of Xen"
said behind '^error: .*is a partition; name the disk'
said behind "^error: no hard disk of the BIOS has the number \`nine'"
said behind '^No PV disk is a drive of the BIOS\.'
said behind '^0x81  hd1   \(xen/xvde\)'
said behind '^chained: here'
said behind '^0*475  *02 '
said behind "^$small  \(hd1,gpt1\)/small"
success
