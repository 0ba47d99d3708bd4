# grub-xen-hvm -- a case of the bench
# Copyright (C) 2026  The grub-xen-hvm authors
# SPDX-License-Identifier: GPL-3.0-or-later
# This is free software: you may use, study, share and improve it; there is no warranty.
# shellcheck shell=dash disable=SC1091,SC2119,SC2154
#
# tests: a GRUB that is not on Xen: insmod xen_blk costs nothing and ls works
# where: host
# limit: 600
# success: ls lists the emulated disk, its files read right; xen_info and the terminal xen say that this is not a guest of Xen
# fail: an error from ls; a wrong hash
set -eu
. "$share/outcome.sh"
. "$share/pc.sh"

PATH=$PATH:/usr/sbin:/sbin
debugfs -R "dump /tiny.img $OUT/tiny.img" "$bench/disks.img" 2> /dev/null
debugfs -R "dump /SHA256SUMS $OUT/sums" "$bench/disks.img" 2> /dev/null
run_pc -kernel "$bench/cases/not-on-xen.img" -drive "file=$OUT/tiny.img,format=raw,if=ide"
assert "ls lists the emulated disk" said '^list: .*\(hd0\)'
! said 'list: .*error' || fail "ls ends in an error"
! said 'list: .*xen/' || fail "ls lists a Xen disk"
assert "the file on the emulated disk reads well" \
  said "$(awk '$2 == "small" { print $1 }' "$OUT/sums")  \\(hd0\\)/small"
assert "xen_info says what is the matter" said 'not a guest of Xen'
assert "GRUB continues without the terminal xen" said '^after the console'
same "errors for want of Xen" 2 "$(grep -a -c 'error: this machine is not a guest of Xen' "$OUT/serial")"
success
