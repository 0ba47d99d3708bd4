# grub-xen-hvm -- a case of the bench
# Copyright (C) 2026  The grub-xen-hvm authors
# SPDX-License-Identifier: GPL-3.0-or-later
# This is free software: you may use, study, share and improve it; there is no warranty.
# shellcheck shell=dash disable=SC1091,SC2119,SC2154
#
# tests: loading a file that is not a kernel leaves the disks usable
# when: long
# success: an error from linux; files read right afterwards
# fail: no error; a wrong hash
set -eu
. "$share/lib.sh"

guest g bad-kernel.img "$(phy xvde "$(loop "$images/gpt.img")"),$(qdisk xvdf "$images/gpt.img")"
guest_start g
guest_wait g 180 'end of script'
said g '^error: '
sums_match g '(xen/xvde,gpt1)/' big small
sums_match g '(xen/xvdf,gpt1)/' small
success
