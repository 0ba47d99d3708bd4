# grub-xen-hvm -- a case of the bench
# Copyright (C) 2026  The grub-xen-hvm authors
# SPDX-License-Identifier: GPL-3.0-or-later
# This is free software: you may use, study, share and improve it; there is no warranty.
# shellcheck shell=dash disable=SC1091,SC2119,SC2154
#
# tests: a guest with no disk at all
# when: long
# success: no error and no delay; xen_info says there are none
# fail: an error
set -eu
. "$share/lib.sh"

guest g no-disks.img ""
guest_start g
guest_wait g 180 'end of script'
said g '^list: \(memdisk\) *$'
said g '^PV disks: 0'
did_not_say g '^error'
success
