# grub-xen-hvm -- a case of the bench
# Copyright (C) 2026  The grub-xen-hvm authors
# SPDX-License-Identifier: GPL-3.0-or-later
# This is free software: you may use, study, share and improve it; there is no warranty.
# shellcheck shell=dash disable=SC1091,SC2119,SC2154
#
# tests: backend keys of a disk that are missing, empty, negative, huge or not a number
# limit: 600
# when: long
# success: for each such disk an error that names it and the key; a good disk works before and after
# fail: no error, or one that names neither; the good disk does not read
set -eu
. "$share/lib.sh"

guest g bad-keys.img "$(phy xvde "$(loop "$images/bare.img")")"
guest_start g -p
# Each line names a disk and its backend's keys: see fake_disk.
fake_disk g xvdf 2 sectors
fake_disk g xvdg 2 sectors=
fake_disk g xvdh 2 sectors=-1
fake_disk g xvdi 2 sectors=99999999999999999999999999
fake_disk g xvdj 2 sectors=many
fake_disk g xvdk 2 sectors=0
fake_disk g xvdl 2 sector-size=
fake_disk g xvdm 2 sector-size=-512
fake_disk g xvdn 2 sector-size=1000
fake_disk g xvdo 2 sector-size=4294967808
fake_disk g xvdp 2 sector-size=big
fake_disk g xvdq 2 info=-4
fake_disk g xvdr 2 info=none
fake_disk g xvds 2 sector-size=0
letters="f g h i j k l m n o p q r s"
# shellcheck disable=SC2046 # a list of words
fake_serve g $(for letter in $letters; do echo "xvd$letter"; done)
xl unpause g
guest_wait g 500 'end of script'
for letter in f g h i j; do
  said g "^error: xen/xvd$letter: .*sectors"
done
said g '^error: xen/xvdk: no medium'
for letter in l m o p; do
  said g "^error: xen/xvd$letter: .*sector-size"
done
said g '^error: xen/xvdn: sectors of 1000 bytes'
said g '^error: xen/xvds: '
for letter in q r; do
  said g "^error: xen/xvd$letter: .*info"
done
for letter in $letters; do
  said g "^list: .*\\(xen/xvd$letter\\)"
done
sums_match g '(xen/xvde)/' small big
success
