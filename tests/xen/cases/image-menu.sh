# grub-xen-hvm -- a case of the bench
# Copyright (C) 2026  The grub-xen-hvm authors
# SPDX-License-Identifier: GPL-3.0-or-later
# This is free software: you may use, study, share and improve it; there is no warranty.
# shellcheck shell=dash disable=SC1091,SC2119,SC2154
#
# tests: the image for kernel=, on a guest with a grub.cfg on each of two PV disks
# when: long
# success: a menu names both, also on the PV console; GRUB continues with the second entry, chosen by keys
# fail: no menu; GRUB continues with another entry
set -eu
. "$share/lib.sh"

one=$(disk bare.img)
two=$(disk bare.img)
# shellcheck disable=SC2016 # GRUB's variables
put "$one" /boot/grub/grub.cfg 'echo "first config"'
# shellcheck disable=SC2016
put "$two" /boot/grub/grub.cfg 'echo "second config: root $root"'
guest g grub-i386-xen-hvm.bin "$(phy xvde "$(loop "$one")"),$(phy xvdf "$(loop "$two")")"
guest_start g
guest_wait g 180 '\(xen/xvdf\)/boot/grub/grub.cfg'
said g '\(xen/xvde\)/boot/grub/grub.cfg'
# The menu is on every terminal.
for entry in xen/xvde xen/xvdf; do
  until_true 30 grep -a -q "($entry)/boot/grub/grub.cfg" /var/log/xen/console/guest-g.log \
    || fail "the menu is not on the PV console"
done
# Down, then Enter.
guest_send g '\033[B'
sleep 1
guest_send g '\r'
guest_wait g 180 'second config: root xen/xvdf'
did_not_say g 'first config'
success
