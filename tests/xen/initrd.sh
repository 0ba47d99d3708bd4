# grub-xen-hvm -- small initrds of a busybox and a kernel's modules
# Copyright (C) 2026  The grub-xen-hvm authors
# SPDX-License-Identifier: GPL-3.0-or-later
# This is free software: you may use, study, share and improve it; there is no warranty.
# shellcheck shell=bash

# make_initrd TREE VERSION WORK MODULE...: make a directory for an initrd with
# busybox, the modules, and the modules that they need.  modules/order lists
# them in loading order.
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
    # Releases since Debian 13 compress modules, and not every busybox can load
    # compressed ones.
    module=${module##*/}
    case $module in
      *.xz) xz -d "$work/modules/$module"; module=${module%.xz} ;;
    esac
    echo "$module" >> "$work/modules/order"
  done
}

# program TREE FILE WORK: put a program of that Debian into an initrd, with its
# libraries.
program ()
{
  local tree=$1 file=$2 work=$3
  install -D -m 755 "$file" "$work/bin/$(basename "$file")"
  install -D -m 755 "$(readlink -m "$tree/usr/lib64/ld-linux-x86-64.so.2" \
    | sed "s,^/lib,$tree/usr/lib,")" "$work/lib64/ld-linux-x86-64.so.2"
  libraries "$tree" "$file" "$work"
}

# libraries TREE FILE WORK: put the libraries of FILE, and theirs, into an
# initrd.
libraries ()
{
  local name library
  needed "$2" | while read -r name; do
    [ ! -e "$3/lib/x86_64-linux-gnu/$name" ] || continue
    library=$(find "$1/usr/lib" "$1/lib/" -name "$name" -print -quit)
    [ -n "$library" ] || { echo "no $name for $2"; exit 1; }
    install -D -m 755 "$(readlink -f "$library")" "$3/lib/x86_64-linux-gnu/$name"
    libraries "$1" "$library" "$3" || exit 1
  done
}

# needed FILE: print the libraries that it names.
needed ()
{
  objdump -p "$1" | awk '$1 == "NEEDED" { print $2 }'
}

# pack_initrd WORK
pack_initrd ()
{
  chmod 755 "$1/init"
  (cd "$1" && find . | cpio --quiet -o -H newc) | gzip -1
}
