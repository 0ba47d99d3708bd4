# grub-xen-hvm -- a case of the bench
# Copyright (C) 2026  The grub-xen-hvm authors
# SPDX-License-Identifier: GPL-3.0-or-later
# This is free software: you may use, study, share and improve it; there is no warranty.
# shellcheck shell=dash disable=SC1091,SC2119,SC2154
#
# tests: disks that are attached, grow, change and are detached while GRUB waits at its prompt; blkback and QEMU
# limit: 900
# when: long
# success: `ls' shows an attached disk; a detached disk, open or not, is released without force, and using it is an error that says so; it can be attached again; a grown disk has its new size; a CD its new contents
# fail: one of these does not hold
set -eu
. "$share/lib.sh"

small=$(awk '$2 == "small" { print $1 }' "$images/SHA256SUMS")

one=$(disk gpt.img)
guest g hotplug.img "$(phy xvde "$(loop "$images/gpt.img")")"
guest_start g
guest_wait g 180 'end of script'
told g 'ls' 60 '\(xen/xvde,gpt1\)'

for type in phy qdisk; do
  target=$one
  [ "$type" = qdisk ] || target=$(loop "$one")
  echo "--- $type: $target"
  attach g xvdf $type "$target"
  told g 'ls' 60 '\(xen/xvdf,gpt1\)'
  told g 'sha256sum (xen/xvdf,gpt1)/small' 60 "$small"
  # The disk is connected, but not open.
  detach g xvdf
  told g 'sha256sum (xen/xvdf,gpt1)/small' 60 'error: .*'
  # A disk that GRUB has not used yet.
  attach g xvdf $type "$target"
  detach g xvdf
  # A disk that is open.
  attach g xvdf $type "$target"
  told g 'loopback open (xen/xvdf,gpt1)/big; hexdump -n 16 (open)' 60 '^00000000'
  detach g xvdf
  told g 'hexdump -s 4000000 -n 16 (open)' 60 'error: .*xen/xvdf'
  told g 'loopback -d open; sha256sum (xen/xvde,gpt1)/small' 60 "$small"
done

# grown VDEV KIB: GRUB knows the new size.  Linux's backend looks at its
# device's size only when it gets a request, so GRUB reads first.
grown ()
{
  told g "hexdump -n 16 (xen/$1)" 60 '^00000000'
  until_true 60 has_size "$1" "$2" || fail "$1 has not grown to $2 KiB for GRUB"
}

has_size ()
{
  sleep 1
  told g "ls (xen/$1)" 60 'Total size [0-9]+KiB'
  says_since g "$said" "Device xen/$1:.* Total size $2KiB"
}

kib=$(($(stat -c %s "$one") / 1024))
echo "--- resize, phy"
target=$(loop "$one")
attach g xvdf phy "$target"
has_size xvdf $kib || fail "xvdf has another size than $kib KiB"
told g 'loopback open (xen/xvdf,gpt1)/big; hexdump -n 16 (open)' 60 '^00000000'
truncate -s +16M "$one"
losetup --set-capacity "$target"
grown xvdf $((kib + 16384))
# The open file can still be read.
told g 'sha256sum (open)0+32768' 60 "$(awk '$2 == "big" { print $1 }' "$images/SHA256SUMS")"
told g 'loopback -d open; echo closed' 60 '^closed'
detach g xvdf

# xl does not list QEMU's block nodes.  The node's name follows QEMU's rule.
echo "--- resize, qdisk"
kib=$(($(stat -c %s "$one") / 1024))
attach g xvdf qdisk "$one"
has_size xvdf $kib || fail "xvdf has another size than $kib KiB"
told g 'loopback open (xen/xvdf,gpt1)/big; hexdump -n 16 (open)' 60 '^00000000'
qmp g block_resize "{\"node-name\": \"xvdf-raw\", \"size\": $(((kib + 32768) * 1024))}"
until_true 60 has_size xvdf $((kib + 32768)) || fail "xvdf has not grown by block_resize"
same "the image's size" "$((kib + 32768))" "$(($(stat -c %s "$one") / 1024))"
told g 'sha256sum (open)0+32768' 60 "$(awk '$2 == "big" { print $1 }' "$images/SHA256SUMS")"
told g 'loopback -d open; echo closed' 60 '^closed'
detach g xvdf
success
