# grub-xen-hvm -- a case of the bench
# Copyright (C) 2026  The grub-xen-hvm authors
# SPDX-License-Identifier: GPL-3.0-or-later
# This is free software: you may use, study, share and improve it; there is no warranty.
# shellcheck shell=dash disable=SC1091,SC2119,SC2154
#
# tests: the firmware with GRUB in it, and the table of Xen's values that it gives GRUB; both blobs
# success: the firmware starts GRUB, with no emulated disk; xen_info finds every value equal to Xen's
# fail: SeaBIOS finds nothing to boot; no table; a value that is not right
set -eu
. "$share/lib.sh"

one=$(disk bare.img)
# shellcheck disable=SC2016 # GRUB's variables
put "$one" /boot/grub/grub.cfg 'echo "config: root $root prefix $prefix"
xen_info
echo "end of config"'
for blob in seabios-grub-xen-hvm seabios-grub-xen-hvm-pv; do
  guest $blob $blob.bin "$(phy xvde "$(loop "$one")" r)"
  guest_start $blob
  guest_wait $blob 120 'end of config'
  no_emulated_disk $blob
  said $blob 'config: root xen/xvde prefix \(xen/xvde\)/boot/grub'
  said $blob "^Entered by: the firmware's image"
  said $blob '^Platform table: at 0xf[0-9a-f]*0, version 1'
  same "values that Xen confirms" 6 "$(guest_serial $blob | grep -c ': as Xen says$')"
  said $blob '^  hypercall page 0x[0-9a-f]*000: used'
  said $blob '^  memory map of [0-9]+ ranges: as int 15h says'
  said $blob '^  RSDP 0xf[0-9a-f]*: good'
  said $blob "^  boot order \`c.*', disk \`', image \`blob' of [0-9]+ bytes"
  guest_stop $blob
done
success
