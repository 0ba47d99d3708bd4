# grub-xen-hvm -- a case of the bench
# Copyright (C) 2026  The grub-xen-hvm authors
# SPDX-License-Identifier: GPL-3.0-or-later
# This is free software: you may use, study, share and improve it; there is no warranty.
# shellcheck shell=dash disable=SC1091,SC2119,SC2154
#
# tests: Linux, booted by GRUB from a PV disk, finds every disk GRUB used
# when: long
# limit: 600
# success: three disks, the right hashes, no warning in its log; what it writes is there
# fail: a disk is missing; a warning; a wrong hash
set -eu
. "$share/lib.sh"

written=$(disk gpt.img)
small=$(awk '$2 == "small" { print $1 }' "$images/SHA256SUMS")
guest g handoff-linux.img "$(phy xvde "$(loop "$written")"),$(phy xvdf "$(loop "$images/gpt.img")" r),$(qdisk xvdg "$images/blank.img")"
guest_start g
guest_wait g 500 'linux: done'
said g '^linux: disk xvde 262144 rw'
said g '^linux: disk xvdf 262144 ro'
said g '^linux: disk xvdg 131072 rw'
said g "^linux: small xvde1 $small"
said g "^linux: small xvdf1 $small"
did_not_say g '^linux: warning'
did_not_say g 'does not load'
until_true 120 guest_gone g || fail "the guest does not power off"
debugfs -R 'cat /written' "$written?offset=1048576" 2> /dev/null | grep -q 'written by linux' \
  || fail "what Linux wrote is not on the disk"
success
