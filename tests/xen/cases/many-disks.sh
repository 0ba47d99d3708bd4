# grub-xen-hvm -- a case of the bench
# Copyright (C) 2026  The grub-xen-hvm authors
# SPDX-License-Identifier: GPL-3.0-or-later
# This is free software: you may use, study, share and improve it; there is no warranty.
# shellcheck shell=dash disable=SC1091,SC2119,SC2154
#
# when: long
# tests: 22 disks at once, some through blkback, some through QEMU
# limit: 600
# success: GRUB lists them all and reads a file on each
# fail: one is missing or does not read
set -eu
. "$share/lib.sh"

# Letters from e on; the last ones have numbers of the extended kind (above xvdp).
letters="e f g h i j k l m n o p q r s t u v w x y z"
# QEMU locks a file that it may write, so each such disk has a copy.
disks=
for letter in $letters; do
  case $letter in
    e|p|q|z) line=$(phy "xvd$letter" "$(loop "$images/tiny.img")") ;;
    *) line=$(qdisk "xvd$letter" "$(disk tiny.img)") ;;
  esac
  disks="$disks${disks:+,}$line"
done
guest g many-disks.img "$disks"
guest_start g
guest_wait g 500 'end of script'
for letter in $letters; do
  said g "^list:.*\\(xen/xvd$letter\\)"
  sums_match g "(xen/xvd$letter)/" small
done
success
