# grub-xen-hvm -- have GRUB read a disk of the matrix, on a PC without Xen
# Copyright (C) 2026  The grub-xen-hvm authors
# SPDX-License-Identifier: GPL-3.0-or-later
# This is free software: you may use, study, share and improve it; there is no warranty.
# shellcheck shell=bash disable=SC2154
#
# Sourced by build-disks.  The PC's firmware serves the disks by INT 13h, so
# this tests the disk and not our driver.  A disk of large sectors is read as
# one of small sectors.

base_modules='normal echo test true cat serial terminal terminfo memdisk tar biosdisk
  part_gpt part_msdos ext2 hashsum gcry_sha256 search search_fs_file'

# read_script PATH MODULES: print GRUB's script.
read_script ()
{
  cat "$xendir/cases/prologue.cfg"
  case " $2 " in
    *' luks'*) echo 'cryptomount -a' ;;
  esac
  cat << END
if search --file --set=root $1matrix-id; then
  echo "matrix: root is \$root."
  cat ${1}matrix-id
  sha256sum --check ${1}SHA256SUMS --prefix (\$root)${1%/}
else
  echo "matrix: nothing found"
fi
END
  cat "$xendir/cases/epilogue.cfg"
}

# read_image NAME IMAGE: make a GRUB with the modules of that kind.
read_image ()
{
  local from=$graft/i386-xen-hvm modules path tree=$dir/memdisk
  modules=$(kind_field "$1" 6)
  path=$(kind_field "$1" 7)
  rm -rf "$tree"
  mkdir -p "$tree/boot/grub"
  read_script "$path" "$modules" > "$tree/boot/grub/grub.cfg"
  tar -C "$tree" -cf "$dir/memdisk.tar" boot
  # shellcheck disable=SC2086 # words
  "$from/grub-mkimage" -O i386-xen-hvm -d "$from/grub-core" -p '(memdisk)/boot/grub' \
    -m "$dir/memdisk.tar" -o "$2" $base_modules ${modules#-}
  rm -rf "$tree" "$dir/memdisk.tar"
}

# read_pc LOG QEMU_OPTION...: run it until the script's end, and type the
# passphrase if GRUB asks for it.
read_pc ()
{
  local log=$1 deadline=$((SECONDS + 400)) asked='' rc=0 qemu
  shift
  rm -f "$dir/tty"
  mkfifo "$dir/tty"
  # Empty the previous disk's log.
  : > "$log"
  qemu-system-i386 -machine pc -accel tcg -m 256 -display none -nodefaults -no-user-config -serial stdio "$@" \
    < "$dir/tty" > "$log" 2>&1 &
  qemu=$!
  # shellcheck disable=SC2064 # this one
  trap "kill $qemu 2> /dev/null || true" EXIT
  exec 3> "$dir/tty"
  until grep -a -q 'end of script' "$log"; do
    if [ -z "$asked" ] && grep -a -q 'Enter passphrase' "$log"; then
      asked=yes
      printf 'hvm\r' >&3
    fi
    if [ "$SECONDS" -ge "$deadline" ] || ! kill -0 "$qemu" 2> /dev/null; then
      rc=1
      break
    fi
    sleep 0.2
  done
  exec 3>&-
  kill "$qemu" 2> /dev/null || true
  wait "$qemu" || true
  rm -f "$dir/tty"
  return "$rc"
}

# xen_name NAME: print the name that the firmware's disk has on Xen.
xen_name ()
{
  echo "$1" | sed 's|hd0|xen/xvde|; s|hd1|xen/xvdf|; s|hd2|xen/xvdg|; s|hd3|xen/xvdh|'
}

# read_kind NAME: fail unless GRUB finds the file system by the name in the
# list, with the right hashes.  For a kind that GRUB cannot read, fail unless
# it finds none.
read_kind ()
{
  local name=$1 log=$dir/read.log image drives=() found
  set -e
  read_image "$name" "$dir/read.bin"
  for image in $(kind_field "$name" 3 | tr , ' '); do
    drives+=(-drive "file=$out/$image,format=raw,if=virtio,readonly=on")
  done
  read_pc "$log.raw" -kernel "$dir/read.bin" "${drives[@]}" || { cat "$log.raw"; die "GRUB did not come to its end"; }
  tr -d '\r' < "$log.raw" > "$log"
  cat "$log"
  if [ -n "$(why_not "$name")" ]; then
    grep -a -x 'matrix: nothing found' "$log" || die "GRUB reads $name; the list says it cannot"
    return
  fi
  found=$(xen_name "$(sed -n 's/^matrix: root is \(.*\)\.$/\1/p' "$log")")
  [ -n "$found" ] || die "GRUB finds no file system on $name"
  echo "$found" | grep -E -x -e "$(kind_field "$name" 5)" || die "GRUB calls the file system of $name $found"
  grep -a -x "$name" "$log" || die "matrix-id of $name is another"
  [ "$(grep -a -c ': OK$' "$log")" = "$(wc -l < "$out/SHA256SUMS")" ] || die "hashes of $name are wrong"
}
