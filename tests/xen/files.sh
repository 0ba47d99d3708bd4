# grub-xen-hvm -- the files that test disks are filled with
# Copyright (C) 2026  The grub-xen-hvm authors
# SPDX-License-Identifier: GPL-3.0-or-later
# This is free software: you may use, study, share and improve it; there is no warranty.
# shellcheck shell=bash disable=SC2154
#
# Sourced after common.sh by what makes disks.

# noise SEED COUNT: reproducible bytes that do not compress or repeat.
noise ()
{
  openssl enc -aes-128-ctr -pass "pass:$1" -nosalt -md sha256 -in /dev/zero 2> /dev/null \
    | head -c "$2" || true
}

# make_files TREE BIG HOLES: make the files 'small', 'empty', 'big' and the
# sparse 'holes' (sizes in MiB), and a Linux that reports its disks.
make_files ()
{
  local tree=$1 blocks=$(($3 << 8))
  mkdir -p "$tree/boot"
  noise big $(($2 << 20)) > "$tree/big"
  noise small 1000 > "$tree/small"
  : > "$tree/empty"
  # Data at the start, in the middle and at the very end, nothing in between.
  truncate -s "$3M" "$tree/holes"
  noise start 5000 | dd of="$tree/holes" conv=notrunc status=none
  noise middle 70000 | dd of="$tree/holes" bs=4096 seek=$((blocks * 3 / 8 + 9)) conv=notrunc status=none
  noise end 4096 | dd of="$tree/holes" bs=4096 seek=$((blocks - 1)) conv=notrunc status=none
  cp "$bench/dom0-vmlinuz" "$tree/boot/vmlinuz"
  cp "$bench/linux-initrd" "$tree/boot/initrd"
}

# xfs_prototype TREE: print a prototype file for mkfs.xfs with the contents of
# TREE.  The caller may add entries, and then adds the final line '$'.
xfs_prototype ()
{
  printf 'dummy\n0 0\nd--755 0 0\n'
  xfs_entries "$1"
}

xfs_entries ()
{
  local file
  for file in "$1"/*; do
    if [ -d "$file" ]; then
      printf '%s d--755 0 0\n' "${file##*/}"
      xfs_entries "$file"
      # shellcheck disable=SC2016 # a word of the format
      echo '$'
    else
      printf '%s ---644 0 0 %s\n' "${file##*/}" "$file"
    fi
  done
}
