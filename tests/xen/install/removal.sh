# grub-xen-hvm -- the stock GRUB after its upgrade and our packages' removal
# Copyright (C) 2026  The grub-xen-hvm authors
# SPDX-License-Identifier: GPL-3.0-or-later
# This is free software: you may use, study, share and improve it; there is no warranty.
# shellcheck shell=dash disable=SC2154

upgrade ()
{
  dpkg -i "$here"/stock/*.deb
  # Our tools still work with the present files.
  grub-install --target=i386-xen-hvm
}

remove ()
{
  dpkg --purge grub-xen-hvm-bin grub-xen-hvm-images grub-xen-hvm-pc-modules
  ! dpkg-divert --list | grep xen-hvm || fail "something is still diverted"
  [ -z "$(find / -xdev -path /proc -prune -o -path /boot -prune -o -name '*xen-hvm*' -print)" ] \
    || fail "something is left"
  ! ls /boot/grub/i386-pc/xen*.mod || fail "our modules are left in the stock GRUB"
}

again ()
{
  dpkg --verify grub-common grub2-common grub-pc-bin
  grub-install --target=i386-pc /dev/vda
  update-grub
}

lab upgrade upgrade
lab remove remove
lab stock-again again
