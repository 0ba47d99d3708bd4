# grub-xen-hvm -- a case of the bench
# Copyright (C) 2026  The grub-xen-hvm authors
# SPDX-License-Identifier: GPL-3.0-or-later
# This is free software: you may use, study, share and improve it; there is no warranty.
# shellcheck shell=dash disable=SC1091,SC2119,SC2154
#
# tests: extlinux behind syslinux's MBR of a PV disk boots Debian by INT 13h; the ready image starts it by itself
# needs: loaders
# when: long
# success: Debian is up from the PV disk, without a warning about Xen or its disks; what it wrote is there
# fail: the loader does not start, or does not finish; a warning; nothing was written
# limit: 1800
set -eu
. "$share/lib.sh"
. "$share/loaders.sh"

debian_of extlinux grub-i386-xen-hvm.bin extlinux extlinux '^SYSLINUX ' 1
success
