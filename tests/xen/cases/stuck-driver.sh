# grub-xen-hvm -- a case of the bench
# Copyright (C) 2026  The grub-xen-hvm authors
# SPDX-License-Identifier: GPL-3.0-or-later
# This is free software: you may use, study, share and improve it; there is no warranty.
# shellcheck shell=dash disable=SC1091,SC2119,SC2154
#
# tests: a disk of a driver domain whose storage is stuck at the hand-off, and answers while Linux writes to another disk of that domain
# when: long
# limit: 1200
# success: GRUB says that memory is reserved, with the disk's name; the healthy disk is whole
# fail: Linux does not have it, reads or writes something else there, or warns
set -eu
. "$share/lib.sh"
. "$share/backends.sh"

# With fewer processors guests were seen to die (see hosts/own).
[ "$(xl info nr_cpus)" -ge 3 ] || skip "three guests on fewer than three processors; try --host many-cpus"
healthy=$(roomy gpt.img)
driver_domain "$(phy xvda "$(loop "$healthy")"),$(phy xvdb "$(stuck_make ahead "$images/gpt.img" 131072)" r)"
guest g stuck-driver.img "$(driven xvde /dev/xvda),$(driven xvdf /dev/xvdb r)"
guest_start g -p
stuck_begin ahead
xl unpause g
guest_wait g 180 'linux is next'
sums_match g '(xen/xvde,gpt1)/' small
said g "^$(dd if="$images/gpt.img" bs=512 skip=130944 count=128 status=none | sha256sum | cut -d ' ' -f 1)  "
stuck_until_linux g ahead
kept g xvdf
xl destroy driver || true
whole g "$healthy"
success
