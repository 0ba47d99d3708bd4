# grub-xen-hvm -- a case of the bench
# Copyright (C) 2026  The grub-xen-hvm authors
# SPDX-License-Identifier: GPL-3.0-or-later
# This is free software: you may use, study, share and improve it; there is no warranty.
# shellcheck shell=dash disable=SC1091,SC2119,SC2154
#
# tests: a guest saved and restored in the middle of loading a large initrd, from blkback and from QEMU
# when: long
# limit: 900
# success: Linux boots, and its initrd has the files that are on the disks
# fail: it does not; a hash is wrong; the load was over before the guest was saved
# settings: seed=1: at which moments
set -eu
. "$share/lib.sh"

seed=$(setting seed 1)
# A file system with two archives for an initrd, each with a file of the same
# name.
mkdir "$work/load"
for file in one two; do
  head -c 16M /dev/urandom > "$work/$file"
  (cd "$work" && echo $file | busybox cpio -o -H newc > "load/$file.cpio") 2> "$OUT/cpio"
done
mke2fs -q -F -t ext2 -d "$work/load" "$work/load.img" 40M
rm -r "$work/load"

# Every read of this disk is delayed, so a load from it takes seconds.
source=$(loop "$work/load.img")
modprobe dm-delay
echo "0 $(blockdev --getsz "$source") delay $source 0 100" | dmsetup create slow
slow=/dev/mapper/slow

guest g save-initrd.img "$(phy xvde "$(loop "$images/gpt.img")"),$(phy xvdf $slow),$(qdisk xvdg $slow)" 'memory = 384'
guest_start g
guest_wait g 180 'loading now'
for n in 1 2; do
  random 1500
  sleep "$((random / 1000)).$(printf '%03d' $((random % 1000)))"
  did_not_say g 'loaded now'
  guest_save g
  did_not_say g 'loaded now'
  guest_restore g
done
guest_wait g 180 'loaded now'
did_not_say g '^error'
guest_wait g 500 'linux: done'
for file in one two; do
  said g "^linux: initrd $file $(sha256sum "$work/$file" | cut -d ' ' -f 1)"
  rm "$work/$file"
done
did_not_say g '^linux: warning'
success
