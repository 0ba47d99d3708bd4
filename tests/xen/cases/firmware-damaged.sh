# grub-xen-hvm -- a case of the bench
# Copyright (C) 2026  The grub-xen-hvm authors
# SPDX-License-Identifier: GPL-3.0-or-later
# This is free software: you may use, study, share and improve it; there is no warranty.
# shellcheck shell=dash disable=SC1091,SC2119,SC2154
#
# tests: a damaged GRUB image in the firmware, in 4 ways, on a guest with a stock GRUB on its emulated disk
# limit: 600
# when: long
# success: the firmware says what is wrong, and boots the disk
# fail: it does not; GRUB's image is booted nevertheless
set -eu
. "$share/lib.sh"

boot=$(boot_disk stock-disk.core)
blob=$share/images/seabios-grub-xen-hvm.bin

# damaged NAME REASON [PLACE BYTES]...: overwrite the blob at these places.
# The firmware has to give the reason, and to boot the disk.
damaged ()
{
  name=$1 reason=$2
  shift 2
  cp "$blob" "$work/$name.bin"
  while [ $# -gt 0 ]; do
    printf '%b' "$2" | dd of="$work/$name.bin" bs=1 seek="$1" conv=notrunc status=none
    shift 2
  done
  guest "$name" none "$(qdisk hda "$boot"),$(phy xvde "$(loop "$images/gpt.img")" r)" \
        "boot = 'c'" "bios_path_override = '$work/$name.bin'"
  guest_start "$name"
  guest_wait "$name" 120 'end of script'
  xl dmesg | grep -q -F "Boot failed: GRUB's image: $reason" || fail "$name: the firmware did not say '$reason'"
  said "$name" '^before: .*\(hd0\)'
  guest_stop "$name"
  rm "$work/$name.bin"
}

# byte PLACE: print the blob's byte there, in decimal.
byte ()
{
  od -A n -t u1 -j "$1" -N 1 "$blob" | tr -d ' '
}

# Fields of the header: see struct xen_grub_image of seabios/xen_grub.h.
damaged none 'there is none' 0 'X'
damaged header 'its header is damaged' 16 "\\0$(printf %o $((255 - $(byte 16))))"
damaged code 'its checksum is wrong' 50000 'damaged'
# The highest byte of the size is changed, and the header's checksum made
# right again.
same "the size's highest byte" 0 "$(byte 15)"
damaged long 'it is longer than its place' 15 '\0001' 11 "\\0$(printf %o $((($(byte 11) + 255) % 256)))"
success
