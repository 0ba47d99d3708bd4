# grub-xen-hvm -- a case of the bench
# Copyright (C) 2026  The grub-xen-hvm authors
# SPDX-License-Identifier: GPL-3.0-or-later
# This is free software: you may use, study, share and improve it; there is no warranty.
# shellcheck shell=dash disable=SC1091,SC2119,SC2154
#
# tests: boot="n", and a disk chosen in the firmware's menu (ESC), with GRUB in the firmware
# when: long
# success: GRUB starts even without a network to boot from; the menu lists GRUB before the disks; the chosen disk is tried, and GRUB learns which one it is
# fail: GRUB does not start; another order; GRUB does not learn the chosen disk
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

menu_or_grub ()
{
  firmware_says 'Select boot device' || serial_has h 'end of config'
}

# chooses: choose the third line of the menu, if the menu appears.  The
# firmware waits 2.5 seconds for the key.  When 1.5 more seconds are over, it
# takes the key for the end of the menu.  It does not look for the key before
# the keyboard works.  So a try can miss the menu on a slow machine.
chooses ()
{
  xl dmesg -c > /dev/null
  guest_start h -p
  press_often h esc 1.2
  xl unpause h
  until_true 60 firmware_says 'PS2 keyboard initialized' || fail "the firmware finds no keyboard"
  press_begin
  until_true 60 menu_or_grub || fail "the firmware shows no menu, and starts nothing"
  press_end
  if firmware_says 'Select boot device'; then
    until_true 60 firmware_says '3. ata0-1' \
      || fail "the menu does not have the second disk in its third line"
    xl qemu-monitor-command h 'sendkey 3'
    guest_wait h 120 'end of config'
    ! guest_serial h | grep -a -q '^b$' || return 0
  fi
  guest_stop h
  return 1
}

chooses || chooses || chooses || fail "the firmware shows no menu, three times"
xl dmesg | sed -n '/Select boot device/,$p'
firmware_says '1. GRUB (Xen PV disks)' || fail "GRUB is not the first in the menu"
firmware_says '2. ata0-0' || fail "the first disk is not the second in the menu"
firmware_says 'Boot failed: not a bootable disk' || fail "the chosen disk is not tried"
said h '^b$'
success
