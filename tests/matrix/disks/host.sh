# grub-xen-hvm -- disks that are made of a directory, without a mount
# Copyright (C) 2026  The grub-xen-hvm authors
# SPDX-License-Identifier: GPL-3.0-or-later
# This is free software: you may use, study, share and improve it; there is no warranty.
# shellcheck shell=bash disable=SC2154
#
# Sourced by build-disks, which has the files in $dir/tree.  make_NAME, with
# '_' for '-', makes the disk NAME, $out/NAME.img.

# ext4_at IMAGE START_SECTOR SIZE_MIB [MKE2FS_OPTION...]: a file system in a disk.
ext4_at ()
{
  local image=$1 start=$2 size=$3
  shift 3
  mke2fs -q -F -m 0 -t ext4 "$@" -E "offset=$((start * 512)),root_owner=0:0" -d "$dir/tree" \
	 "$image" "${size}M"
}

# in_gpt NAME: put the file system in $dir/fs.img into a partition.
in_gpt ()
{
  local size
  size=$(stat -c %s "$dir/fs.img")
  # GPT has a copy at the end of the disk.
  truncate -s $(((size + (1 << 20) - 1) / (1 << 20) + 2))M "$out/$1.img"
  printf 'label: gpt\nstart=2048,size=%d\n' $(((size + 511) / 512)) | sfdisk -q "$out/$1.img"
  dd if="$dir/fs.img" of="$out/$1.img" bs=1M seek=1 conv=notrunc,sparse status=none
  rm "$dir/fs.img"
}

# ---------------------------------------------------------------- partition tables

# gpt_disk NAME
gpt_disk ()
{
  truncate -s 66M "$out/$1.img"
  printf 'label: gpt\n1MiB,64MiB\n' | sfdisk -q "$out/$1.img"
  ext4_at "$out/$1.img" 2048 64
}

make_gpt ()
{
  gpt_disk gpt
}

make_mbr_logical ()
{
  truncate -s 128M "$out/mbr-logical.img"
  printf 'label: dos\n1MiB,8MiB,83\n9MiB,,5\n10MiB,16MiB,83\n27MiB,64MiB,83\n' \
    | sfdisk -q "$out/mbr-logical.img"
  ext4_at "$out/mbr-logical.img" $((27 * 2048)) 64
}

make_no_partitions ()
{
  truncate -s 64M "$out/no-partitions.img"
  ext4_at "$out/no-partitions.img" 0 64
}

make_hybrid ()
{
  gpt_disk hybrid
  sgdisk --hybrid 1:EE "$out/hybrid.img"
  # The partition must be in both tables.
  sfdisk -d --label-nested dos "$out/hybrid.img" | grep 'start= *2048,.*type=83'
}

make_bsd_label ()
{
  truncate -s 66M "$out/bsd-label.img"
  printf 'label: dos\n1MiB,64MiB,a5\n' | sfdisk -q "$out/bsd-label.img"
  # The label is in the second sector of the partition, so the file system
  # starts after it.
  printf '%s\n' b y n a 2064 '' t a 7 w | fdisk "$out/bsd-label.img"
  ext4_at "$out/bsd-label.img" 2064 63
}

# The partition starts with a cylinder, 255 heads of 63 sectors here.
make_sun_label ()
{
  truncate -s 80M "$out/sun-label.img"
  printf 'label: sun\nstart=16065,size=131072\n' | sfdisk -q "$out/sun-label.img"
  ext4_at "$out/sun-label.img" 16065 64
}

make_sector_4096 ()
{
  truncate -s 66M "$out/sector-4096.img"
  printf '%s\n' g n 1 256 +64M w | fdisk -b 4096 "$out/sector-4096.img"
  ext4_at "$out/sector-4096.img" 2048 64 -b 4096
}

make_beyond_2tib ()
{
  local start=$(((1 << 32) + 2048))
  truncate -s 2200G "$out/beyond-2tib.img"
  printf 'label: gpt\nstart=%d,size=131072\n' "$start" | sfdisk -q "$out/beyond-2tib.img"
  ext4_at "$out/beyond-2tib.img" "$start" 64
}

# ---------------------------------------------------------------- file systems

make_ext2 ()
{
  truncate -s 64M "$dir/fs.img"
  mke2fs -q -F -m 0 -t ext2 -b 1024 -E root_owner=0:0 -d "$dir/tree" "$dir/fs.img"
  in_gpt ext2
}

make_ext4 ()
{
  truncate -s 128M "$dir/fs.img"
  mke2fs -q -F -m 0 -t ext4 -b 4096 -O 64bit,metadata_csum -E root_owner=0:0 -d "$dir/tree" "$dir/fs.img"
  in_gpt ext4
}

make_xfs ()
{
  truncate -s 320M "$dir/fs.img"
  {
    xfs_prototype "$dir/tree"
    echo '$'
  } > "$dir/xfs.proto"
  mkfs.xfs -q -f -p "$dir/xfs.proto" "$dir/fs.img"
  in_gpt xfs
}

make_btrfs ()
{
  truncate -s 160M "$dir/fs.img"
  mkfs.btrfs -q -f --rootdir "$dir/tree" "$dir/fs.img"
  in_gpt btrfs
}

make_f2fs ()
{
  truncate -s 96M "$dir/fs.img"
  mkfs.f2fs -q -f "$dir/fs.img"
  sload.f2fs -f "$dir/tree" "$dir/fs.img"
  fsck.f2fs --dry-run "$dir/fs.img"
  in_gpt f2fs
}

make_fat32 ()
{
  truncate -s 64M "$dir/fs.img"
  # Small clusters, because FAT32 needs a minimum number of clusters.
  mkfs.vfat -F 32 -s 1 "$dir/fs.img"
  mcopy -s -i "$dir/fs.img" "$dir/tree"/* ::/
  in_gpt fat32
}

make_iso9660 ()
{
  xorriso -as mkisofs -quiet -R -V MATRIX -o "$out/iso9660.img" "$dir/tree"
}

# squashfs NAME COMPRESSION
squashfs ()
{
  mksquashfs "$dir/tree" "$dir/fs.img" -comp "$2" -noappend -all-root -no-progress -quiet
  in_gpt "$1"
}

make_squashfs_gzip ()
{
  squashfs squashfs-gzip gzip
}

make_squashfs_xz ()
{
  squashfs squashfs-xz xz
}

make_squashfs_zstd ()
{
  squashfs squashfs-zstd zstd
}
