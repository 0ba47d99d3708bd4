# grub-xen-hvm -- a case of the bench
# Copyright (C) 2026  The grub-xen-hvm authors
# SPDX-License-Identifier: GPL-3.0-or-later
# This is free software: you may use, study, share and improve it; there is no warranty.
# shellcheck shell=dash disable=SC1091,SC2119,SC2154
#
# tests: CDs and other media that are changed while GRUB waits at its prompt; blkback and QEMU
# limit: 900
# when: long
# success: GRUB shows the new medium, or an error where the backend still has the old one; a file that is open on the old medium gives an error
# fail: the old medium's data where the new one is; GRUB stops
set -eu
. "$share/lib.sh"

big=$(awk '$2 == "big" { print $1 }' "$images/SHA256SUMS")

# medium IMAGE TEXT: a medium whose file `which' says TEXT; prints its path.
medium ()
{
  path=$(disk "$1")
  put "$path" /which "$2"
  echo "$path"
}

# comes COMMAND REGEX: type a command until its answer matches.  GRUB looks for
# changes once a second.
comes ()
{
  until_true 60 asks "$@" && return 0
  guest_serial g | tail -n 12
  fail "'$1' is not answered with '$2'"
}

asks ()
{
  said=$(guest_serial g | wc -c)
  guest_send g "$1\\r"
  sleep 3
  says_since g "$said" "$2"
}

# backend_says NUMBER: print the keys of a disk's backend that a change of the
# medium may touch.
backend_says ()
{
  xenstore-ls -f /local/domain/0/backend \
    | grep "/$1/\(params\|sectors\|state\|online\|device-type\|info\) " || true
}

old=$(medium tiny.img 'the old CD')
new=$(medium bare.img 'the new CD')
third=$(medium bare.img 'the third CD')
refused='error: xen/hdc: the backend has the old medium'
guest g hotplug-cd.img "$(phy xvde "$(loop "$images/gpt.img")"),'vdev=hdc,format=raw,access=r,devtype=cdrom,target=$old','vdev=hdd,format=empty,access=r,devtype=cdrom'"
guest_start g
guest_wait g 180 'end of script'
told g 'ls (xen/xvde,gpt1)/' 60 'small'

echo "--- an emulated drive's CD: $old, then $new"
told g 'cat (xen/hdc)/which' 60 '^the old CD'
backend_says 5632
xl cd-insert g hdc "$new" || fail "the CD cannot be changed"
backend_says 5632
comes 'cat (xen/hdc)/which' "$refused"
xl cd-eject g hdc || fail "the CD cannot be ejected"
comes 'cat (xen/hdc)/which' "$refused"
# The backend's medium and the CD are the same again.
xl cd-insert g hdc "$old" || fail "the old CD cannot be inserted again"
comes 'cat (xen/hdc)/which' '^the old CD'
xl cd-insert g hdc "$new" || fail "the CD cannot be changed again"
comes 'cat (xen/hdc)/which' "$refused"
told g 'sha256sum (xen/xvde,gpt1)/small' 60 "$(awk '$2 == "small" { print $1 }' "$images/SHA256SUMS")"

# QEMU 7.2 dies when a CD is inserted into this drive, so it stays empty.
echo "--- an empty drive"
told g 'cat (xen/hdd)/which' 60 'error: xen/hdd: no answer'
backend_says 5696

echo "--- a restored guest has the drive's CD"
guest_save g
guest_restore g
comes 'cat (xen/hdc)/which' '^the new CD'
told g 'sha256sum (xen/hdc)/big' 120 "$big"

echo "--- the disk is detached and attached again"
xl cd-insert g hdc "$third" || fail "the CD cannot be changed"
comes 'cat (xen/hdc)/which' "$refused"
detach g hdc
attach g hdc qdisk "$third" access=r,devtype=cdrom
comes 'cat (xen/hdc)/which' '^the third CD'

for type in phy qdisk; do
  echo "--- detached and attached again, $type"
  target=$old after=$new
  [ "$type" = qdisk ] || { target=$(loop "$old"); after=$(loop "$new"); }
  # The toolstack lets only QEMU serve the CDs of an HVM guest.
  options=access=r
  [ "$type" = phy ] || options=access=r,devtype=cdrom
  attach g xvdh $type "$target" "$options"
  comes 'cat (xen/xvdh)/which' '^the old CD'
  told g 'loopback open (xen/xvdh)/which; hexdump -n 11 (open)' 60 '^00000000.*the old CD'
  detach g xvdh
  attach g xvdh $type "$after" "$options"
  told g 'cat (xen/xvdh)/which' 60 '^the new CD'
  told g 'sha256sum (xen/xvdh)/big' 120 "$big"
  told g 'hexdump -n 11 (open)' 60 'error: xen/xvdh is gone'
  told g 'loopback -d open; echo closed' 60 '^closed'
  detach g xvdh
done

# change DEVICE LOOP: put LOOP behind a device of the device mapper.
change ()
{
  dmsetup suspend --nolockfs "$1"
  echo "0 $(blockdev --getsz "$2") linear $2 0" | dmsetup reload "$1"
  dmsetup resume "$1"
  # GRUB's disk cache does not notice the change.  It expires after 2 seconds.
  sleep 3
}

echo "--- another device behind blkback's"
first=$(loop "$old")
echo "0 $(blockdev --getsz "$first") linear $first 0" | dmsetup create cd
attach g xvdh phy /dev/mapper/cd access=r
comes 'cat (xen/xvdh)/which' '^the old CD'
change cd "$(loop "$new")"
comes 'cat (xen/xvdh)/which' '^the new CD'
told g 'sha256sum (xen/xvdh)/big' 120 "$big"
# The size is the same, so the backend sends no message.
change cd "$(loop "$third")"
comes 'cat (xen/xvdh)/which' '^the third CD'
# The new device is smaller, and a file is open.
told g 'loopback open (xen/xvdh)/big; hexdump -n 16 (open)' 60 '^00000000'
change cd "$first"
comes 'cat (xen/xvdh)/which' '^the old CD'
told g 'hexdump -s 4000000 -n 16 (open)' 60 'error: .*xen/xvdh'
told g 'loopback -d open; echo closed' 60 '^closed'
detach g xvdh
dmsetup remove cd
success
