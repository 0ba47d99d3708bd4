# grub-xen-hvm -- a case of the bench
# Copyright (C) 2026  The grub-xen-hvm authors
# SPDX-License-Identifier: GPL-3.0-or-later
# This is free software: you may use, study, share and improve it; there is no warranty.
# shellcheck shell=dash disable=SC1091,SC2119,SC2154
#
# tests: GRUB as grub-install put it on xfs, a btrfs subvolume, RAID1 and LUKS, started by the host's
# needs: installed
# when: long
# success: each finds its modules, its configuration and its kernel, and Linux runs
# fail: one does not
# limit: 900
set -eu
. "$share/lib.sh"
. "$share/installed.sh"

boots xfs "$firmware" "$(on xvde xfs)" 'xen/xvde,gpt1'
# The firmware has no room for Btrfs.
boots btrfs grub-i386-xen-hvm.bin "$(on xvde btrfs)" 'xen/xvde,gpt1'
boots raid1 "$firmware" "$(on xvde raid1a),$(on xvdf raid1b)" 'mduuid/[0-9a-f]*'
boots luks "$firmware" "$(on xvde luks)" 'cryptouuid/[0-9a-f]*' "vga = 'stdvga'"
success
