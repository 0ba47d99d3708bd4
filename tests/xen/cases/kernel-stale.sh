# grub-xen-hvm -- a case of the bench
# Copyright (C) 2026  The grub-xen-hvm authors
# SPDX-License-Identifier: GPL-3.0-or-later
# This is free software: you may use, study, share and improve it; there is no warranty.
# shellcheck shell=dash disable=SC1091,SC2119,SC2154
#
# tests: a GRUB that a GRUB of kernel= starts from a disk does not take over that GRUB's command line and ramdisk
# where: host
# limit: 300
# success: the first GRUB has both, the second has neither, though they are still in memory
# fail: the second one has a variable or a ramdisk; the first one's record is not in memory
set -eu
. "$share/outcome.sh"
. "$share/pc.sh"

PATH=$PATH:/usr/sbin:/sbin
image=$bench/cases/kernel-stale.img
# The core without its Linux boot header, as grub-install puts it on a disk.
{
  cat "$bench/stock-grub/boot.img"
  tail -c +1025 "$image"
} > "$OUT/disk.img"
truncate -s 4M "$OUT/disk.img"
echo "text of the ramdisk" > "$OUT/text"
tar -C "$OUT" -cf "$OUT/ramdisk.tar" text
run_pc -kernel "$image" -append 'xen_grub_env_text=given' -initrd "$OUT/ramdisk.tar" \
  -drive "file=$OUT/disk.img,format=raw,if=ide"
assert "the first GRUB has its variable" said '^first: given\.$'
assert "the first GRUB has its ramdisk" said '^text of the ramdisk'
assert "the second GRUB has no variable" said '^second: \.$'
assert "xen_info knows how the second GRUB was started" said '^entry: disk$'
assert "the second GRUB has disks" said '^list: .*\(hd0\)'
! said '^list: .*\(ramdisk\)' || fail "the second GRUB has a ramdisk"
assert "the record is still in memory" said '^left: .*XenBoot'
success
