# grub-xen-hvm -- a case of the bench
# Copyright (C) 2026  The grub-xen-hvm authors
# SPDX-License-Identifier: GPL-3.0-or-later
# This is free software: you may use, study, share and improve it; there is no warranty.
# shellcheck shell=dash disable=SC1091,SC2119,SC2154
#
# tests: the CD that grub-mkrescue makes, and the image that grub-mkstandalone makes, boot a system on a PV-only disk
# limit: 600
# when: long
# success: the stock firmware boots the CD; its GRUB, and the image's, load Linux from the PV disk
# fail: no disk is found; Linux is not started
set -eu
. "$share/lib.sh"

# system NAME
system ()
{
  guest_wait "$1" 300 'linux: done'
  said "$1" "^$1: prefix \\(.*\\)/boot/grub on xen-hvm"
  said "$1" "^$1: the system is on xen/xvde,gpt1"
  until_true 120 guest_gone "$1" || fail "the guest $1 does not power off"
}

pv=$(phy xvde "$(loop "$images/gpt.img" --read-only)" r)
guest rescue none "'vdev=hdc,format=raw,access=r,devtype=cdrom,target=$share/images/rescue.iso',$pv" "boot = 'd'"
guest_start rescue
system rescue

guest standalone standalone.img "$pv"
guest_start standalone
system standalone
success
