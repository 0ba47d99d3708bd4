# grub-xen-hvm -- a case of the bench
# Copyright (C) 2026  The grub-xen-hvm authors
# SPDX-License-Identifier: GPL-3.0-or-later
# This is free software: you may use, study, share and improve it; there is no warranty.
# shellcheck shell=dash disable=SC1091,SC2119,SC2154
#
# tests: the distribution's own i386-pc GRUB, by kernel=, reads a PV disk after insmod xen_blk
# when: long
# success: no disk before insmod, the disk and right hashes after it; the PV console after insmod xen_console
# fail: the module does not load; a wrong hash
set -eu
. "$share/lib.sh"

guest g stock-insmod.img "$(phy xvde "$(loop "$images/gpt.img")")"
guest_start g
guest_wait g 180 'end of script'
no_emulated_disk g
said g '^before: \(memdisk\) *$'
said g '^after: .*\(xen/xvde,gpt1\)'
sums_match g '(xen/xvde,gpt1)/' big fragmented small
said g '^PV disks: 1'
said g '^console: both'
until_true 30 grep -a -q 'console: both' /var/log/xen/console/guest-g.log \
  || fail "nothing is on the PV console"
success
