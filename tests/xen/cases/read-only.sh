# grub-xen-hvm -- a case of the bench
# Copyright (C) 2026  The grub-xen-hvm authors
# SPDX-License-Identifier: GPL-3.0-or-later
# This is free software: you may use, study, share and improve it; there is no warranty.
# shellcheck shell=dash disable=SC1091,SC2119,SC2154
#
# tests: read-only disks (by the device itself, and by xl.cfg) refuse save_env, and read well
# when: long
# success: an error that names each disk; nothing is written; files have the right hash
# fail: no error, or another one; the disk changed
set -eu
. "$share/lib.sh"

one=$(disk bare.img)
two=$(disk bare.img)
before=$(sha256sum < "$one")
guest g read-only.img "$(phy xvde "$(loop "$one" --read-only)" r),$(phy xvdf "$(loop "$two")" r)"
guest_start g
guest_wait g 180 'end of script'
said g '^error: .*xen/xvde is read-only'
said g '^error: .*xen/xvdf is read-only'
sums_match g '(xen/xvde)/' small big
sums_match g '(xen/xvdf)/' small big
guest_stop g
same "the first disk's contents" "$before" "$(sha256sum < "$one")"
same "the second disk's contents" "$before" "$(sha256sum < "$two")"
success
