# grub-xen-hvm -- a case of the bench
# Copyright (C) 2026  The grub-xen-hvm authors
# SPDX-License-Identifier: GPL-3.0-or-later
# This is free software: you may use, study, share and improve it; there is no warranty.
# shellcheck shell=dash disable=SC1091,SC2119,SC2154
#
# tests: a boot command that returns leaves the disks usable
# when: long
# success: files are read right and written after boots that returned; Linux boots then
# limit: 600
# fail: an error, a wrong hash, a warning in Linux's log
set -eu
. "$share/lib.sh"

written=$(disk bare.img)
guest g boot-comes-back.img "$(phy xvde "$(loop "$written")"),$(qdisk xvdf "$images/gpt.img")"
guest_start g
guest_wait g 500 'third round'
guest_wait g 500 'linux: done'
same "boots that returned" 3 \
     "$(guest_serial g | grep -c 'boot_fail: nothing was booted')"
sums_match g '(xen/xvde)/' big small
sums_match g '(xen/xvdf,gpt1)/' big small
same "hashes of the small file" 6 "$(guest_serial g | grep -c '/small$')"
said g '^0*475  *00 '
said g '^linux: disk xvde 131072 rw'
said g '^linux: disk xvdf 262144 rw'
did_not_say g '^linux: warning'
did_not_say g 'find command'
debugfs -R 'cat /boot/grub/grubenv' "$written" 2> /dev/null | grep -q '^answer=42$' \
  || fail "what save_env wrote after a boot that returned is not there"
success
