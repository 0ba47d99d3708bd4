# grub-xen-hvm -- a case of the bench
# Copyright (C) 2026  The grub-xen-hvm authors
# SPDX-License-Identifier: GPL-3.0-or-later
# This is free software: you may use, study, share and improve it; there is no warranty.
# shellcheck shell=dash disable=SC1091,SC2119,SC2154
#
# tests: a disk with sectors of 4096 bytes, through blkback
# when: long
# success: every file's hash is right, and GRUB knows the sector size
# fail: one is not
set -eu
. "$share/lib.sh"

guest g read-4k.img "$(phy xvde "$(loop "$images/bare.img" --sector-size 4096)")"
guest_start g
guest_wait g 180 'end of script'
same "the backend's sector-size" 4096 "$(xenstore-read "$(backend g xvde)/sector-size")"
sums_match g '(xen/xvde)/' big holes small empty
said g '131072 sectors of 512 bytes, sector size 4096'
success
