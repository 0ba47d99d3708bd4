# grub-xen-hvm -- a case of the bench
# Copyright (C) 2026  The grub-xen-hvm authors
# SPDX-License-Identifier: GPL-3.0-or-later
# This is free software: you may use, study, share and improve it; there is no warranty.
# shellcheck shell=dash disable=SC1091,SC2119,SC2154
#
# tests: boot="n", and a disk chosen in the firmware's menu (ESC), with GRUB in the firmware
# success: without a network to boot from, GRUB comes all the same; the menu lists GRUB before the disks; the chosen disk is tried, and GRUB is told of it
# fail: GRUB is not there; another order; GRUB is not told
set -eu
. "$share/lib.sh"

one=$(disk bare.img)
put "$one" /boot/grub/grub.cfg 'xen_info --get boot-order
xen_info --get boot-disk
echo "end of config"'
guest g seabios-grub-xen-hvm.bin "$(phy xvde "$(loop "$one")")" "boot = 'n'"
guest_start g
guest_wait g 120 'end of config'
said g '^n'
guest_stop g

firmware_says ()
{
  xl dmesg | grep -q -F "$1"
}

# Two IDE disks without a boot sector, and the PV disk.
guest h seabios-grub-xen-hvm.bin \
      "$(qdisk hda "$(disk blank.img)"),$(qdisk hdb "$(disk blank.img)"),$(phy xvde "$(loop "$one")")" "boot = 'c'"
guest_start h
# It looks for the key a short time only, so that is pressed until the menu is there; but not
# before the keyboard is, which would not work then.
until_true 60 firmware_says 'PS2 keyboard initialized' || fail "the firmware finds no keyboard"
press_escape ()
{
  ! firmware_says 'Select boot device' || return 0
  xl qemu-monitor-command h 'sendkey esc' > /dev/null
  return 1
}
until_true 60 press_escape || fail "the firmware shows no menu"
xl dmesg | sed -n '/Select boot device/,$p'
until_true 60 firmware_says '3. ata0-1' || fail "the menu does not have the second disk in its third line"
firmware_says '1. GRUB (Xen PV disks)' || fail "GRUB is not the first in the menu"
firmware_says '2. ata0-0' || fail "the first disk is not the second in the menu"
xl qemu-monitor-command h 'sendkey 3'
until_true 60 firmware_says 'Boot failed: not a bootable disk' || fail "the chosen disk is not tried"
guest_wait h 120 'end of config'
said h '^b$'
success
