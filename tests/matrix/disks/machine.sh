# grub-xen-hvm -- disks that are made with a kernel
# Copyright (C) 2026  The grub-xen-hvm authors
# SPDX-License-Identifier: GPL-3.0-or-later
# This is free software: you may use, study, share and improve it; there is no warranty.
# shellcheck shell=dash disable=SC2154
#
# Sourced by main, in the machine.  make_NAME, with '_' for '-', makes the disk
# or disks NAME.  Each disk is new, with only zeros.

# disk NAME: the block device of the image NAME.
disk ()
{
  echo "/dev/disk/by-id/scsi-0QEMU_QEMU_HARDDISK_$1"
}

# appear DEVICE: wait until udev has made it, which may take long on a shared
# machine.
appear ()
{
  tries=600
  until [ -b "$1" ]; do
    tries=$((tries - 1))
    [ "$tries" -gt 0 ] || fail "there is no $1"
    sleep 0.2
  done
}

# part NAME...: give each disk one partition.  $parts is the list of the
# partitions, $part the last one.
part ()
{
  parts=
  for image; do
    appear "$(disk "$image")"
    echo 'start=2048' | sfdisk -q --label gpt "$(disk "$image")"
    part=$(disk "$image")-part1
    parts="$parts $part"
  done
  udevadm settle || true
  for part in $parts; do
    appear "$part"
  done
}

# fill NAME DEVICE [MOUNT_OPTION...]: put the files on a file system.
fill ()
{
  name=$1 device=$2
  shift 2
  mkdir -p "/mnt/$name"
  mount "$@" "$device" "/mnt/$name"
  copy "$name" "/mnt/$name"
  umount "/mnt/$name"
}

# copy NAME DIRECTORY
copy ()
{
  cp -r "$here/tree/." "$2/"
  echo "$1" > "$2/matrix-id"
  sync
  (cd "$2" && sha256sum -c --quiet SHA256SUMS)
}

ext4 ()
{
  mke2fs -q -F -m 0 -t ext4 "$2"
  fill "$1" "$2"
}

# stock COMMAND...: run it from the packages that this Debian does not have.
stock ()
{
  LD_LIBRARY_PATH=$here/stock/lib/x86_64-linux-gnu:$here/stock/usr/lib/x86_64-linux-gnu \
    PATH=$here/stock/usr/sbin:$here/stock/sbin:$here/stock/usr/bin:$here/stock/bin:$PATH "$@"
}

# ---------------------------------------------------------------- file systems

make_btrfs_raid1 ()
{
  part btrfs-raid1-1 btrfs-raid1-2
  # shellcheck disable=SC2086 # words
  mkfs.btrfs -q -f -m raid1 -d raid1 $parts
  btrfs device scan
  fill btrfs-raid1 "$part" -o compress-force=zstd
}

make_exfat ()
{
  part exfat
  stock mkfs.exfat "$part"
  fill exfat "$part" -t exfat
}

make_ntfs ()
{
  part ntfs
  stock mkntfs --quick --quiet "$part"
  mkdir -p /mnt/ntfs
  stock ntfs-3g "$part" /mnt/ntfs
  copy ntfs /mnt/ntfs
  umount /mnt/ntfs
}

# A whole disk, because UDF has its own kind of partitions.
make_udf ()
{
  appear "$(disk udf)"
  stock mkudffs --media-type=hd --blocksize=512 "$(disk udf)"
  fill udf "$(disk udf)" -t udf
}

make_zfs ()
{
  part zfs
  # /var/lock is a link to /run/lock.
  mkdir -p /run/lock/zfs /run/zfs /etc/zfs
  stock zfs-fuse
  tries=100
  until stock zpool list; do
    tries=$((tries - 1))
    [ $tries -gt 0 ] || fail "zfs-fuse does not answer"
    sleep 0.2
  done
  stock zpool create -f -m /mnt/zfs pool "$part"
  copy zfs /mnt/zfs
  stock zpool export pool
}

# ---------------------------------------------------------------- LVM

# volume NAME LVCREATE_OPTION...: make a volume on $parts, in a volume group of
# the same name.
volume ()
{
  name=$1
  shift
  # shellcheck disable=SC2086 # words
  vgcreate -q -y "$name" $parts
  lvcreate -q -y -W n -Z n -n files "$@" "$name"
  ext4 "$name" "/dev/$name/files"
  vgchange -q -a n "$name"
}

make_lvm_linear ()
{
  part lvm-linear
  volume lvm-linear -L 48M
}

make_lvm_striped ()
{
  part lvm-striped-1 lvm-striped-2
  volume lvm-striped -L 48M -i 2 -I 64k
}

# Both disks have only zeros, so there is nothing to synchronise.
make_lvm_mirror ()
{
  part lvm-mirror-1 lvm-mirror-2
  volume lvm-mirror -L 48M --type mirror -m 1 --mirrorlog core --nosync
}

make_lvm_raid1 ()
{
  part lvm-raid1-1 lvm-raid1-2
  volume lvm-raid1 -L 48M --type raid1 -m 1 --nosync
}

make_lvm_thin ()
{
  part lvm-thin
  vgcreate -q -y lvm-thin "$part"
  lvcreate -q -y --config 'global/thin_check_executable=""' -L 40M -T lvm-thin/pool
  lvcreate -q -y --config 'global/thin_check_executable=""' -V 48M -n files -T lvm-thin/pool
  ext4 lvm-thin /dev/lvm-thin/files
  vgchange -q -a n --config 'global/thin_check_executable=""' lvm-thin
}

# ---------------------------------------------------------------- mdraid

# array NAME DISKS MDADM_OPTION...: make an array /dev/md/NAME of disks NAME-1
# and on.  Disks of zeros are consistent at every level.
array ()
{
  name=$1 count=$2 images=
  shift 2
  for number in $(seq "$count"); do
    images="$images $name-$number"
  done
  # shellcheck disable=SC2086 # words
  part $images
  # shellcheck disable=SC2086
  mdadm --create "/dev/md/$name" --homehost=any --raid-devices="$count" --assume-clean --run "$@" $parts
  appear "/dev/md/$name"
}

# raid NAME DISKS MDADM_OPTION...
raid ()
{
  array "$@"
  ext4 "$1" "/dev/md/$1"
  mdadm --stop "/dev/md/$1"
}

make_raid0 ()
{
  part raid0-1 raid0-2
  # shellcheck disable=SC2086 # words
  mdadm --create /dev/md/raid0 --homehost=any --level=0 --raid-devices=2 --metadata=1.2 --run $parts
  appear /dev/md/raid0
  ext4 raid0 /dev/md/raid0
  mdadm --stop /dev/md/raid0
}

make_raid1 ()
{
  raid raid1 2 --level=1 --metadata=1.2
}


make_raid5 ()
{
  raid raid5 3 --level=5 --metadata=1.2
}

make_raid5_old ()
{
  raid raid5-old 3 --level=5 --metadata=0.90
}

make_raid6 ()
{
  raid raid6 4 --level=6 --metadata=1.2
}

make_raid10 ()
{
  raid raid10 4 --level=10 --metadata=1.2
}

# The array is whole when it is written; then build-disks removes a disk.
make_raid1_degraded ()
{
  raid raid1-degraded 2 --level=1 --metadata=1.2
}

make_raid5_degraded ()
{
  raid raid5-degraded 3 --level=5 --metadata=1.2
}

# ---------------------------------------------------------------- encrypted

# encrypted NAME TYPE KEY_DERIVATION...: make it, and leave it open as
# /dev/mapper/NAME.  The key derivation has few rounds, because an emulated
# machine does it.
encrypted ()
{
  name=$1 type=$2
  shift 2
  part "$name"
  printf hvm > /run/key
  cryptsetup luksFormat -q --type "$type" "$@" --key-file /run/key "$part"
  cryptsetup open --key-file /run/key "$part" "$name"
}

# luks NAME TYPE KEY_DERIVATION...
luks ()
{
  encrypted "$@"
  ext4 "$1" "/dev/mapper/$1"
  cryptsetup close "$1"
}

make_luks1 ()
{
  luks luks1 luks1 --pbkdf-force-iterations 1000
}

make_luks2 ()
{
  luks luks2 luks2 --pbkdf pbkdf2 --hash sha256 --pbkdf-force-iterations 1000
}

make_luks2_argon2 ()
{
  luks luks2-argon2 luks2 --pbkdf argon2id --pbkdf-force-iterations 4 --pbkdf-memory 1024
}

make_lvm_on_luks ()
{
  encrypted lvm-on-luks luks1 --pbkdf-force-iterations 1000
  parts=/dev/mapper/lvm-on-luks
  # The volume group is on the device mapper's device.
  volume lvm-on-luks -L 40M
  cryptsetup close lvm-on-luks
}

make_lvm_on_raid1 ()
{
  array lvm-on-raid1 2 --level=1 --metadata=1.2
  parts=/dev/md/lvm-on-raid1
  volume lvm-on-raid1 -L 40M
  mdadm --stop /dev/md/lvm-on-raid1
}
