# grub-xen-hvm -- small initrds of a busybox and a kernel's modules
# Copyright (C) 2026  The grub-xen-hvm authors
# SPDX-License-Identifier: GPL-3.0-or-later
# This is free software: you may use, study, share and improve it; there is no warranty.
# shellcheck shell=bash

# make_initrd TREE VERSION WORK MODULE...: a directory for an initrd with busybox, and the
# modules and what they need, in loading order as modules/order says.
make_initrd ()
{
  local tree=$1 version=$2 work=$3 module needed
  shift 3
  mkdir -p "$work/bin" "$work/modules"
  cp "$tree/bin/busybox" "$work/bin/busybox"
  needed=$(for module; do
      modprobe --dirname "$tree" --set-version "$version" --show-depends "$module" || exit 1
    done) || return 1
  sed -n 's/^insmod \([^ ]*\).*/\1/p' <<< "$needed" | awk '!seen[$1]++' | while read -r module; do
    cp "$module" "$work/modules/"
    # Releases since Debian 13 compress them; not every busybox can load them so.
    module=${module##*/}
    case $module in
      *.xz) xz -d "$work/modules/$module"; module=${module%.xz} ;;
    esac
    echo "$module" >> "$work/modules/order"
  done
}

# pack_initrd WORK
pack_initrd ()
{
  chmod 755 "$1/init"
  (cd "$1" && find . | cpio --quiet -o -H newc) | gzip -1
}
