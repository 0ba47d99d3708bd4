# grub-xen-hvm -- a case of the bench
# Copyright (C) 2026  The grub-xen-hvm authors
# SPDX-License-Identifier: GPL-3.0-or-later
# This is free software: you may use, study, share and improve it; there is no warranty.
# shellcheck shell=dash disable=SC1091,SC2119,SC2154
#
# tests: a GRUB that is not on Xen: insmod xen_blk costs nothing and ls works
# where: host
# limit: 600
# success: ls lists the emulated disk, its files read right, xen_info says what is the matter
# fail: an error from ls; a wrong hash
set -eu
. "$share/outcome.sh"

PATH=$PATH:/usr/sbin:/sbin
debugfs -R "dump /tiny.img $OUT/tiny.img" "$bench/disks.img" 2> /dev/null
debugfs -R "dump /SHA256SUMS $OUT/sums" "$bench/disks.img" 2> /dev/null
timeout 150 qemu-system-i386 -machine pc -accel tcg -m 128 -display none -nodefaults -no-user-config \
  -kernel "$bench/cases/not-on-xen.img" -drive "file=$OUT/tiny.img,format=raw,if=ide" \
  -serial "file:$OUT/serial" &
qemu=$!
trap 'kill $qemu 2> /dev/null || true' EXIT
tries=600
until grep -s -q 'end of script' "$OUT/serial"; do
  tries=$((tries - 1))
  [ "$tries" -gt 0 ] || fail "GRUB has not come to the end of its script"
  sleep 0.2
done
said ()
{
  tr -d '\r' < "$OUT/serial" | grep -a -q -E -e "$1"
}
assert "ls lists the emulated disk" said '^list: .*\(hd0\)'
! said 'list: .*error' || fail "ls ends in an error"
! said 'list: .*xen/' || fail "ls lists a Xen disk"
assert "the file on the emulated disk reads well" \
  said "$(awk '$2 == "small" { print $1 }' "$OUT/sums")  \\(hd0\\)/small"
assert "xen_info says what is the matter" said 'not a guest of Xen'
success
