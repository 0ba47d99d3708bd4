# grub-xen-hvm -- a case of the bench
# Copyright (C) 2026  The grub-xen-hvm authors
# SPDX-License-Identifier: GPL-3.0-or-later
# This is free software: you may use, study, share and improve it; there is no warranty.
# shellcheck shell=dash disable=SC1091,SC2119,SC2154
#
# tests: a disk shorter than its partition table says
# when: long
# success: reading past its end is an error; its existing sectors, and another disk, read well
# fail: no error; a wrong hash
set -eu
. "$share/lib.sh"

guest g short-disk.img "$(phy xvde "$(loop "$images/short.img")"),$(phy xvdf "$(loop "$images/gpt.img")")"
guest_start g
guest_wait g 180 'end of script'
said g '^error: .*xen/xvde'
sums_match g '(xen/xvde,gpt1)/' small
sums_match g '(xen/xvdf,gpt1)/' small big
said g '^still alive$'
success
