# grub-xen-hvm -- a case of the bench
# Copyright (C) 2026  The grub-xen-hvm authors
# SPDX-License-Identifier: GPL-3.0-or-later
# This is free software: you may use, study, share and improve it; there is no warranty.
# shellcheck shell=dash disable=SC1091,SC2119,SC2154
#
# tests: backends that vanish while GRUB connects, and while it reads
# limit: 600
# when: long
# success: an error that names each disk, within its time; a good disk works before and after
# fail: no error; the good disk does not read
set -eu
. "$share/lib.sh"

guest g backend-vanishes.img "$(phy xvde "$(loop "$images/bare.img")")"
guest_start g -p
fake_disk g xvdf 2
fake_disk g xvdg 2
fake_serve g xvdg
xl unpause g
# The backend of xvdf vanishes while GRUB waits for it.  The backend of xvdg
# connects, and then never answers.
until_true 120 state_is "$(frontend g xvdf)" 3 || fail "GRUB does not connect xvdf"
xenstore-rm "$(fake_backend g xvdf)"
guest_wait g 180 'first one gone'
said g '^error: xen/xvdf: '
until_true 120 state_is "$(frontend g xvdg)" 4 || fail "GRUB does not connect xvdg"
guest_wait g 500 'end of script'
said g '^error: xen/xvdg.*'
sums_match g '(xen/xvde)/' small big
success
