# grub-xen-hvm -- our packages and GRUB in the Debian that runs here
# Copyright (C) 2026  The grub-xen-hvm authors
# SPDX-License-Identifier: GPL-3.0-or-later
# This is free software: you may use, study, share and improve it; there is no warranty.
# shellcheck shell=dash disable=SC2154

packages ()
{
  dpkg -i "$here"/debs/*.deb
  ! dpkg -l | awk '/^[a-z]/ && $1 != "ii"' | grep . || fail "not all is configured"
}

# A second entry, for the stock GRUB: it boots the same Debian from the PV twin
# of the disk.
stock_entry ()
{
  uuid=$(findmnt -n -o UUID /)
  kernel=$(echo /boot/vmlinuz-*)
  cat >> /etc/grub.d/40_custom << END
if [ "\$grub_platform" = pc ]; then
  set default=pv
fi
menuentry "Debian, from the PV disk" --id pv {
  insmod xen_blk
  search --no-floppy --fs-uuid --set=root --hint=xen/hda,gpt1 $uuid
  echo "Loading Linux from (\$root)"
  linux $kernel root=UUID=$uuid ro console=ttyS0 quiet
  echo "Loading initial ramdisk"
  initrd ${kernel%/*}/initrd.img-${kernel#*/vmlinuz-}
}
END
}

install ()
{
  grub-install --target=i386-xen-hvm
  stock_entry
  update-grub
  for file in grub/i386-xen-hvm/xen_blk.mod grub/i386-xen-hvm/core.img xen/hvmboot-i386.bin grub/grub.cfg; do
    [ -s /boot/$file ] || fail "no $file"
  done
  cmp /boot/grub/i386-xen-hvm/core.img /boot/xen/hvmboot-i386.bin
}

# Further options of grub-install.
options ()
{
  unchanged /boot grub-install --target=i386-xen-hvm --removable --no-nvram
  grub-install --target=i386-xen-hvm --boot-directory=/tmp/boot --modules="part_msdos xfs" --recheck /dev/vda
  [ -s /tmp/boot/xen/hvmboot-i386.bin ] || fail "--boot-directory does not hold"
  rm -rf /tmp/boot
  grub-file --is-x86-linux /boot/xen/hvmboot-i386.bin
}

# The distribution's own GRUB, with our modules.
stock ()
{
  grub-install --target=i386-pc /dev/vda
  grub-xen-hvm-install-modules
  [ -f /boot/grub/i386-pc/xen_blk.mod ] || fail "no xen_blk.mod"
}

lab packages packages
lab install install
lab options options
lab stock stock
