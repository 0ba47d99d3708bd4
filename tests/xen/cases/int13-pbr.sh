# grub-xen-hvm -- a case of the bench
# Copyright (C) 2026  The grub-xen-hvm authors
# SPDX-License-Identifier: GPL-3.0-or-later
# This is free software: you may use, study, share and improve it; there is no warranty.
# shellcheck shell=dash disable=SC1091,SC2119,SC2154
#
# tests: a partition's boot record, behind a standard MBR of a PV disk, boots Debian by INT 13h
# needs: loaders
# when: long
# success: Debian is up from the PV disk, without a warning about Xen or its disks; what it wrote is there
# fail: the loader does not start, or does not finish; a warning; nothing was written
# limit: 1800
set -eu
. "$share/lib.sh"
. "$share/loaders.sh"

debian_of pbr int13-disk.img pbr pbr 'GNU GRUB +version 2\.[0-9]' 1
success
