# grub-xen-hvm -- a case of the bench
# Copyright (C) 2026  The grub-xen-hvm authors
# SPDX-License-Identifier: GPL-3.0-or-later
# This is free software: you may use, study, share and improve it; there is no warranty.
# shellcheck shell=dash disable=SC1091,SC2119,SC2154
#
# tests: the image for kernel=, on a guest with one grub.cfg on its PV disks
# when: long
# success: it continues with that one at once, with root and prefix set
# fail: it does not find it; root or prefix is wrong
set -eu
. "$share/lib.sh"

one=$(disk bare.img)
# shellcheck disable=SC2016 # GRUB's variables
put "$one" /boot/grub/grub.cfg 'echo "config: root $root prefix $prefix"
sha256sum /small
echo "end of config"'
guest g grub-i386-xen-hvm.bin "$(phy xvde "$(loop "$images/gpt.img")"),$(phy xvdf "$(loop "$one")")"
guest_start g
guest_wait g 180 'end of config'
no_emulated_disk g
said g 'config: root xen/xvdf prefix \(xen/xvdf\)/boot/grub'
sums_match g /  small
success
