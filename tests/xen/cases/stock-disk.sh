# grub-xen-hvm -- a case of the bench
# Copyright (C) 2026  The grub-xen-hvm authors
# SPDX-License-Identifier: GPL-3.0-or-later
# This is free software: you may use, study, share and improve it; there is no warranty.
# shellcheck shell=dash disable=SC1091,SC2119,SC2154
#
# tests: the distribution's own GRUB, booted from an emulated disk, reads a PV disk after insmod xen_blk
# success: both kinds of disk are there; right hashes on the PV disk
# fail: the module does not load; a wrong hash; the emulated disk no longer reads
set -eu
. "$share/lib.sh"

boot=$(boot_disk stock-disk.core)
guest g none "$(qdisk hda "$boot"),$(phy xvde "$(loop "$images/gpt.img")")" "boot = 'c'"
guest_start g
guest_wait g 180 'end of script'
said g '^before: .*\(hd0\)'
did_not_say g '^before: .*xen/'
said g '^after: .*\(xen/xvde,gpt1\)'
sums_match g '(xen/xvde,gpt1)/' big fragmented small
said g '^emulated: .*\(hd0\)0\+1$'
success
