# grub-xen-hvm -- a case of the bench
# Copyright (C) 2026  The grub-xen-hvm authors
# SPDX-License-Identifier: GPL-3.0-or-later
# This is free software: you may use, study, share and improve it; there is no warranty.
# shellcheck shell=dash disable=SC1091,SC2119,SC2154
#
# tests: a boot loader on a PV disk, with xen_unplug and without, in a guest with an emulated disk
# limit: 600
# when: long
# success: without it the loader also finds the emulated disk; with it the loader does not find that disk
# fail: the emulated disk is missing without it, or is there with it; the loader does not start
set -eu
. "$share/lib.sh"

boot=$(loop "$(boot_disk int13-list.core)")
disks="$(qdisk hda "$(disk gpt.img)"),$(phy xvdf "$boot" r)"

guest plugged int13-auto.img "$disks"
guest_start plugged
guest_wait plugged 180 'end of script'
said plugged '^chained: here'
said plugged '\(hd1,gpt1\)'
guest_stop plugged

guest unplugged int13-unplug.img "$disks"
guest_start unplugged
guest_wait unplugged 180 'end of script'
said unplugged '^error: xen_unplug takes options only'
said unplugged '^chained: here'
did_not_say unplugged '\(hd1'
success
