# grub-xen-hvm -- a case of the bench
# Copyright (C) 2026  The grub-xen-hvm authors
# SPDX-License-Identifier: GPL-3.0-or-later
# This is free software: you may use, study, share and improve it; there is no warranty.
# shellcheck shell=dash disable=SC1091,SC2119,SC2154
#
# tests: GRUB as grub-install put it on ext4 and on LVM, started by the host's
# needs: installed
# success: each finds its modules, its configuration and its kernel, and Linux runs
# fail: one does not
set -eu
. "$share/lib.sh"
. "$share/installed.sh"

boots ext4 "$firmware" "$(on xvde ext4)" 'xen/xvde,gpt1'
boots lvm "$firmware" "$(on xvde lvm)" 'lvmid/[-0-9A-Za-z/]*'
success
