# grub-xen-hvm -- a case of the bench
# Copyright (C) 2026  The grub-xen-hvm authors
# SPDX-License-Identifier: GPL-3.0-or-later
# This is free software: you may use, study, share and improve it; there is no warranty.
# shellcheck shell=dash disable=SC1091,SC2119,SC2154
#
# tests: a disk whose storage is stuck while chainloader starts the stock GRUB in another disk's MBR, and answers while the Linux that this GRUB starts writes to the other disk
# when: long
# limit: 1200
# success: GRUB says that memory is reserved, with the disk's name; the healthy disk is whole
# fail: the stock GRUB, or Linux, does not start; Linux reads or writes something else, or warns
set -eu
. "$share/lib.sh"
. "$share/backends.sh"

healthy=$(roomy mbr.img)
# As grub-install does: its boot code is in front of the partition table, and
# its core behind it.
dd if="$share/images/boot.img" of="$healthy" bs=440 count=1 conv=notrunc status=none
dd if="$share/images/stuck-stock.core" of="$healthy" bs=512 seek=1 conv=notrunc status=none
guest g stuck-chain.img "$(phy xvde "$(loop "$healthy")"),$(phy xvdf "$(stuck_make ahead "$images/gpt.img" 131072)" r)"
guest_start g -p
stuck_begin ahead
xl unpause g
guest_wait g 180 'chained: linux is next'
sums_match g '(xen/xvde,msdos1)/' small
sums_match g '(hd0,msdos1)/' small
stuck_until_linux g ahead
kept g xvdf
whole g "$healthy"
success
