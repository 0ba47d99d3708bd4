# grub-xen-hvm -- a case of the bench
# Copyright (C) 2026  The grub-xen-hvm authors
# SPDX-License-Identifier: GPL-3.0-or-later
# This is free software: you may use, study, share and improve it; there is no warranty.
# shellcheck shell=dash disable=SC1091,SC2119,SC2154
#
# tests: files on MBR: ext2 with 1 KiB blocks, xfs, ext4 in a logical partition, through blkback
# when: long
# success: every file's hash is right
# fail: one is not
set -eu
. "$share/lib.sh"

guest g read-mbr.img "$(phy xvde "$(loop "$images/mbr.img")")"
guest_start g
guest_wait g 180 'end of script'
sums_match g '(xen/xvde,msdos1)/' big holes small empty
sums_match g '(xen/xvde,msdos2)/' big fragmented holes small empty
sums_match g '(xen/xvde,msdos5)/' big holes small empty
success
