# grub-xen-hvm -- a case of the bench
# Copyright (C) 2026  The grub-xen-hvm authors
# SPDX-License-Identifier: GPL-3.0-or-later
# This is free software: you may use, study, share and improve it; there is no warranty.
# shellcheck shell=dash disable=SC1091,SC2119,SC2154
#
# tests: a guest's own GRUB in /boot/xen/hvmboot-i386.bin, started by the firmware's and by the image for kernel=
# when: long
# success: it is started, and reads the disk; if the file is not an image, the grub.cfg is used; a copy of the host's own image is started only once
# fail: it is not started; the host's GRUB hangs or starts itself again and again
# limit: 600
set -eu
. "$share/lib.sh"

# shellcheck disable=SC2016 # GRUB's variable
cfg='echo "config: $root"
echo "end of config"'
good=$(disk bare.img)
put "$good" /boot/grub/grub.cfg "$cfg"
put_file "$good" /boot/xen/hvmboot-i386.bin "$share/images/chain-own.img"
for start in seabios-grub-xen-hvm-pv grub-i386-xen-hvm; do
  guest $start $start.bin "$(phy xvde "$(loop "$good")" r)"
  guest_start $start
  guest_wait $start 180 'end of script'
  said $start "^Starting the guest's own GRUB, \(xen/xvde\)/boot/xen/hvmboot-i386.bin"
  said $start '^Entered by: another GRUB'
  sums_match $start '(xen/xvde)/' big small
  did_not_say $start '^config'
  guest_stop $start
done

bad=$(disk bare.img)
put "$bad" /boot/grub/grub.cfg "$cfg"
put_file "$bad" /boot/xen/hvmboot-i386.bin "$images/blank.img" 20000
guest bad seabios-grub-xen-hvm.bin "$(phy xvde "$(loop "$bad")" r)"
guest_start bad
guest_wait bad 180 'end of config'
said bad '^error: '
said bad '^config: xen/xvde'
guest_stop bad

again=$(disk bare.img)
put "$again" /boot/grub/grub.cfg "$cfg"
put_file "$again" /boot/xen/hvmboot-i386.bin "$share/images/grub-i386-xen-hvm.bin"
guest again seabios-grub-xen-hvm.bin "$(phy xvde "$(loop "$again")" r)"
guest_start again
guest_wait again 180 'end of config'
same "starts of the image on the disk" 1 "$(guest_serial again | grep -c "^Starting the guest's own GRUB")"
success
