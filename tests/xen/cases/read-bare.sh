# grub-xen-hvm -- a case of the bench
# Copyright (C) 2026  The grub-xen-hvm authors
# SPDX-License-Identifier: GPL-3.0-or-later
# This is free software: you may use, study, share and improve it; there is no warranty.
# shellcheck shell=dash disable=SC1091,SC2119,SC2154
#
# tests: files on a disk without partitions, through blkback and through QEMU's backend
# when: long
# success: every file's hash is right on both
# fail: one is not
set -eu
. "$share/lib.sh"

guest g read-bare.img "$(phy xvde "$(loop "$images/bare.img")"),$(qdisk xvdf "$images/bare.img")"
guest_start g
guest_wait g 180 'end of script'
sums_match g '(xen/xvde)/' big holes small empty
sums_match g '(xen/xvdf)/' big holes small empty
success
