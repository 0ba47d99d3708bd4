# grub-xen-hvm -- the errors of grub-install, and the files that it leaves then
# Copyright (C) 2026  The grub-xen-hvm authors
# SPDX-License-Identifier: GPL-3.0-or-later
# This is free software: you may use, study, share and improve it; there is no warranty.
# shellcheck shell=dash disable=SC2154

platform=/usr/lib/grub/i386-xen-hvm

# shellcheck disable=SC2120 # refuses passes the arguments
small_install ()
{
  grub-install --target=i386-xen-hvm --boot-directory=/mnt/small "$@"
}

# A file system with GRUB on it, and no room for a second one.
small ()
{
  mke2fs -q -t ext2 /dev/vdj
  mkdir -p /mnt/small
  mount /dev/vdj /mnt/small
  # shellcheck disable=SC2119
  small_install
}

target ()
{
  for word in i386-xenhvm i386-xen_hvm xen-hvm; do
    unchanged /boot refuses "$word|i386-xen-hvm" grub-install --target=$word
  done
}

# copy_of_platform: print a folder with the platform's files, which the caller
# damages.
copy_of_platform ()
{
  rm -rf /run/platform
  cp -r $platform /run/platform
  echo /run/platform
}

version ()
{
  dir=$(copy_of_platform)
  sed -i 's/^grub_package_version=.*/grub_package_version="9.99"/' "$dir/modinfo.sh"
  unchanged /mnt/small refuses 'is of GRUB 9.99, and this tool of ' small_install --directory="$dir"
}

no_xen_blk ()
{
  dir=$(copy_of_platform)
  rm "$dir/xen_blk.mod"
  unchanged /mnt/small refuses 'xen_blk.mod. is missing; reinstall grub-xen-hvm-bin' small_install --directory="$dir"
}

no_ext2 ()
{
  dir=$(copy_of_platform)
  rm "$dir/ext2.mod"
  unchanged /mnt/small refuses 'ext2.mod' small_install --directory="$dir"
}

no_space ()
{
  dd if=/dev/zero of=/mnt/small/filler bs=64k 2> /dev/null || true
  unchanged /mnt/small refuses 'No space left on device' small_install
  rm /mnt/small/filler
  # Room for the modules, but not for a second image beside the first.
  image=/mnt/small/xen/hvmboot-i386.bin
  mount -t tmpfs -o "size=$(($(stat -c %s $image) * 3 / 2))" none /mnt/small/xen
  cp /mnt/small/grub/i386-xen-hvm/core.img $image
  unchanged /mnt/small refuses 'hvmboot-i386.bin.: No space left on device' small_install
  umount /mnt/small/xen
}

read_only ()
{
  mount -o remount,ro /mnt/small
  unchanged /mnt/small refuses 'Read-only file system' small_install
  umount /mnt/small
}

lab errors-begin small
lab error-target target
lab error-version version
lab error-no-xen_blk no_xen_blk
lab error-no-ext2 no_ext2
lab error-no-space no_space
lab error-read-only read_only
