# grub-xen-hvm -- a case of the bench
# Copyright (C) 2026  The grub-xen-hvm authors
# SPDX-License-Identifier: GPL-3.0-or-later
# This is free software: you may use, study, share and improve it; there is no warranty.
# shellcheck shell=dash disable=SC1091,SC2119,SC2154
#
# tests: commands of the manual that no other case has
# success: each says what the manual promises
# fail: one says something else, or nothing
set -eu
. "$share/lib.sh"

guest g manual.img "$(phy xvde "$(loop "$images/bare.img")" r)"
guest_start g
guest_wait g 180 'end of script'
said g '^\(xen/xvde\) '
said g '^PV disks: 1'
said g '^  not in use yet'
# Debug messages of each layer, while the disk is connected.
said g 'xenbus\.c:[0-9]+:.*xen/xvde: state 3 Initialised'
said g 'blkfront\.c:[0-9]+:.*xen/xvde: [0-9]+ sectors'
said g '^entry: kernel\.'
said g '^none: absent'
same "lines of counters" 2 "$(guest_serial g | grep -c '^counters: hypercalls=[0-9]* notifications=')"
said g '^0x80  hd0   \(xen/xvde\)'
said g '^loader: none'
said g '^No PV disk is a drive of the BIOS\.'
said g '^int13: y\.'
said g '^platform: i386-xen-hvm\.'
did_not_say g '^error'
# On the host: the keys of a disk in use, and the firmware's messages.
keys=$(xenstore-ls -f "/local/domain/$(domid g)/device/vbd")
echo "$keys"
case $keys in
  *"/device/vbd/51776/ring-ref = "*) ;;
  *) fail "xenstore-ls does not show the ring of the disk in use" ;;
esac
xl dmesg | grep -q SeaBIOS || fail "xl dmesg does not show what the firmware said"
success
