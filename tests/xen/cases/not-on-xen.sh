# grub-xen-hvm -- a case of the bench
# Copyright (C) 2026  The grub-xen-hvm authors
# SPDX-License-Identifier: GPL-3.0-or-later
# This is free software: you may use, study, share and improve it; there is no warranty.
# shellcheck shell=dash disable=SC1091,SC2119,SC2154
#
# tests: a GRUB that is not on Xen: insmod xen_blk costs nothing and ls works
# limit: 180
# success: ls lists the emulated disk, its files read right, xen_info says what is the matter
# fail: an error from ls; a wrong hash
set -eu
. "$share/lib.sh"

mkdir -p "$guests/g"
/usr/libexec/xen-qemu-system-i386 -machine pc,accel=tcg -m 128 -display none -nodefaults -no-user-config \
  -kernel "$share/images/not-on-xen.img" -drive "file=$images/bare.img,format=raw,if=ide,snapshot=on" \
  -serial "file:$guests/g/serial" > "$OUT/qemu" 2>&1 &
echo $! >> /run/bench.pids
guest_wait g 150 'end of script'
said g '^list: .*\(hd0\)'
did_not_say g '^list: .*error'
sums_match g '(hd0)/' small
said g 'not a guest of Xen'
success
