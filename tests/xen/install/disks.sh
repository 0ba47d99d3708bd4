# grub-xen-hvm -- GRUB in a /boot of every kind, which grub-install detects
# Copyright (C) 2026  The grub-xen-hvm authors
# SPDX-License-Identifier: GPL-3.0-or-later
# This is free software: you may use, study, share and improve it; there is no warranty.
# shellcheck shell=dash disable=SC2154

# fill BOOT NAME: install GRUB into the file system mounted on BOOT, and a
# kernel with a configuration that starts it.  GRUB also loads its modules from
# there.
fill ()
{
  mkdir -p "$1/grub"
  grub-install --target=i386-xen-hvm --boot-directory="$1"
  cp "$here/vmlinuz" "$here/initrd" "$1/"
  path=$(grub-mkrelpath "$1")
  cat > "$1/grub/grub.cfg" << END
serial --unit=0 --speed=115200
terminal_output serial
terminal_input serial
echo "$2: root \$root, prefix \$prefix, platform \$grub_platform"
linux $path/vmlinuz console=ttyS0 quiet
initrd $path/initrd
boot
END
  grub-script-check "$1/grub/grub.cfg"
}

partition ()
{
  echo 'start=2048' | sfdisk -q --label gpt "$1"
  udevadm settle
}

# plain NAME DISK MKFS...
plain ()
{
  name=$1 disk=$2
  shift 2
  partition "$disk"
  "$@" "${disk}1"
  mkdir -p "/mnt/$name"
  mount "${disk}1" "/mnt/$name"
  fill "/mnt/$name" "$name"
  umount "/mnt/$name"
}

btrfs_subvolume ()
{
  partition /dev/vde
  mkfs.btrfs -q /dev/vde1
  mkdir -p /mnt/btrfs
  mount /dev/vde1 /mnt/btrfs
  btrfs subvolume create /mnt/btrfs/@boot
  umount /mnt/btrfs
  mount -o subvol=@boot /dev/vde1 /mnt/btrfs
  fill /mnt/btrfs btrfs
  umount /mnt/btrfs
}

lvm_volume ()
{
  vgcreate -q guest /dev/vdf
  lvcreate -q -L 100M -n boot guest
  mke2fs -q -t ext4 /dev/guest/boot
  mkdir -p /mnt/lvm
  mount /dev/guest/boot /mnt/lvm
  fill /mnt/lvm lvm
  umount /mnt/lvm
  vgchange -an guest
}

raid1_array ()
{
  partition /dev/vdg
  partition /dev/vdh
  mdadm --create /dev/md0 --level=1 --raid-devices=2 --assume-clean --run /dev/vdg1 /dev/vdh1
  mke2fs -q -t ext4 /dev/md0
  mkdir -p /mnt/raid1
  mount /dev/md0 /mnt/raid1
  fill /mnt/raid1 raid1
  umount /mnt/raid1
  mdadm --stop /dev/md0
}

# An encrypted /boot, and a small open file system for the image that asks for
# the passphrase.  The key has few iterations, because an emulated machine
# derives it.
luks ()
{
  printf 'start=2048, size=32768\nstart=34816\n' | sfdisk -q --label gpt /dev/vdi
  udevadm settle
  mke2fs -q -t ext2 /dev/vdi1
  printf hvm > /run/key
  cryptsetup luksFormat -q --type luks1 --pbkdf-force-iterations 1000 --key-file /run/key /dev/vdi2
  cryptsetup open --key-file /run/key /dev/vdi2 boot
  mke2fs -q -t ext4 /dev/mapper/boot
  mkdir -p /mnt/luks
  mount /dev/mapper/boot /mnt/luks
  mkdir /mnt/luks/xen
  mount /dev/vdi1 /mnt/luks/xen
}

luks_refused ()
{
  refuses 'GRUB_ENABLE_CRYPTODISK=y' grub-install --target=i386-xen-hvm --boot-directory=/mnt/luks
  [ -z "$(find /mnt/luks -name '*.mod' -o -name 'hvmboot*')" ] || fail "something was left"
}

luks_installed ()
{
  echo GRUB_ENABLE_CRYPTODISK=y >> /etc/default/grub
  fill /mnt/luks luks
  umount /mnt/luks/xen /mnt/luks
  cryptsetup close boot
  sed -i /CRYPTODISK/d /etc/default/grub
}

for module in xfs btrfs dm-mod dm-crypt raid1; do
  modprobe $module
done
lab ext4 plain ext4 /dev/vdc mke2fs -q -t ext4
lab xfs plain xfs /dev/vdd mkfs.xfs -q
lab btrfs-subvolume btrfs_subvolume
lab lvm lvm_volume
lab raid1 raid1_array
lab luks-made luks
lab luks-refused luks_refused
lab luks luks_installed
