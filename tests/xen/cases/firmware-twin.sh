# grub-xen-hvm -- a case of the bench
# Copyright (C) 2026  The grub-xen-hvm authors
# SPDX-License-Identifier: GPL-3.0-or-later
# This is free software: you may use, study, share and improve it; there is no warranty.
# shellcheck shell=dash disable=SC1091,SC2119,SC2154
#
# tests: the firmware with GRUB in it, on a guest whose disk has an emulated twin
# when: long
# success: the disk is shown once, as PV, and booted from; it is the one that the BIOS would boot
# fail: the twin is read; another disk is first
set -eu
. "$share/lib.sh"

one=$(disk bare.img)
two=$(disk bare.img)
# shellcheck disable=SC2016 # GRUB's variables
put "$one" /boot/grub/grub.cfg 'echo "first config: root $root"
ls
xen_info --get devices
xen_info --get boot-disk
echo "end of config"'
put "$two" /boot/grub/grub.cfg 'echo "second config"'
guest g seabios-grub-xen-hvm.bin "$(phy xvde "$(loop "$two")"),$(qdisk hda "$one")" "boot = 'c'"
guest_start g
# GRUB shows a menu of two entries, and continues with the first.
guest_wait g 120 'GNU GRUB'
guest_wait g 60 'end of config'
said g 'first config: root xen/hda'
said g '^a$'
said g '^xen/hda xen/xvde$'
did_not_say g '\(hd0'
did_not_say g 'second config$'
success
