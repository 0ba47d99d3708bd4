# grub-xen-hvm -- a case of the bench
# Copyright (C) 2026  The grub-xen-hvm authors
# SPDX-License-Identifier: GPL-3.0-or-later
# This is free software: you may use, study, share and improve it; there is no warranty.
# shellcheck shell=dash disable=SC1091,SC2119,SC2154
#
# tests: boot="dc" with the firmware that has GRUB in it, on a guest with a CD and an empty PV disk
# when: long
# success: the CD is booted; without a medium, GRUB is booted, and reads the PV disk
# fail: the CD is not booted; GRUB does not start without a medium
set -eu
. "$share/lib.sh"

guest g seabios-grub-xen-hvm.bin \
      "'vdev=hdc,format=raw,access=r,devtype=cdrom,target=$share/images/firmware-cd.iso',$(phy xvde "$(loop "$images/blank.img")")" \
      "boot = 'dc'"
guest_start g
guest_wait g 180 'end of script'
said g '^cd: booted from \(cd'
guest_stop g

one=$(disk bare.img)
put "$one" /boot/grub/grub.cfg 'xen_info --get boot-order
echo "end of config"'
guest h seabios-grub-xen-hvm.bin "'vdev=hdc,format=empty,access=r,devtype=cdrom',$(phy xvde "$(loop "$one")")" "boot = 'dc'"
guest_start h
guest_wait h 180 'end of config'
said h '^dc'
success
