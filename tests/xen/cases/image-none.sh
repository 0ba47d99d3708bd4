# grub-xen-hvm -- a case of the bench
# Copyright (C) 2026  The grub-xen-hvm authors
# SPDX-License-Identifier: GPL-3.0-or-later
# This is free software: you may use, study, share and improve it; there is no warranty.
# shellcheck shell=dash disable=SC1091,SC2119,SC2154
#
# tests: the image for kernel=, on guests that have no grub.cfg, and no disk
# success: it says what it looked for and where; the prompt reads the disk
# fail: it does not say; the prompt does not come
set -eu
. "$share/lib.sh"

guest g grub-i386-xen-hvm.bin "$(phy xvde "$(loop "$images/gpt.img")")"
guest_start g
guest_wait g 180 '\(xen/xvde,gpt1\)'
said g '/boot/grub/grub.cfg'
said g '/grub/grub.cfg'
guest_send g '\033'
guest_wait g 180 'grub> *'
guest_send g 'sha256sum (xen/xvde,gpt1)/small\r'
guest_wait g 180 '[0-9a-f]{64}'
# The name after the hash may be wrapped at the end of the line, so only the
# hash is compared.
said g "$(awk '$2 == "small" { print $1 }' "$images/SHA256SUMS")"
guest_stop g

guest empty grub-i386-xen-hvm.bin ""
guest_start empty
guest_wait empty 180 'no PV disk'
success
