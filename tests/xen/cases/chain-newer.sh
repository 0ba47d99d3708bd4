# grub-xen-hvm -- a case of the bench
# Copyright (C) 2026  The grub-xen-hvm authors
# SPDX-License-Identifier: GPL-3.0-or-later
# This is free software: you may use, study, share and improve it; there is no warranty.
# shellcheck shell=dash disable=SC1091,SC2119,SC2154
#
# tests: a guest's own GRUB of a newer version than the firmware's (that of the next Debian)
# when: long
# limit: 600
# success: it shows its version, and reads the disk
# fail: it is not started
set -eu
. "$share/lib.sh"

own=$(disk bare.img)
put_file "$own" /boot/xen/hvmboot-i386.bin "$share/images/chain-newer.img"
guest g seabios-grub-xen-hvm.bin "$(phy xvde "$(loop "$own")" r)"
guest_start g
# After its script GRUB shows its prompt, with its version above.
guest_wait g 180 'GNU GRUB +version 2\.[1-9]'
said g "^Starting the guest's own GRUB"
said g '^chain$'
sums_match g '(xen/xvde)/' small
success
