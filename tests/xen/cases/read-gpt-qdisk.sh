# grub-xen-hvm -- a case of the bench
# Copyright (C) 2026  The grub-xen-hvm authors
# SPDX-License-Identifier: GPL-3.0-or-later
# This is free software: you may use, study, share and improve it; there is no warranty.
# shellcheck shell=dash disable=SC1091,SC2119,SC2154
#
# tests: files on GPT and ext4, through QEMU's backend
# when: long
# success: GRUB lists the disk and its partitions, and every file's hash is right
# fail: one is not; a partition is missing
set -eu
. "$share/lib.sh"

guest g read-gpt.img "$(qdisk xvde "$images/gpt.img")"
guest_start g
no_emulated_disk g
guest_wait g 180 'end of script'
said g '\(xen/xvde\).*\(xen/xvde,gpt2\).*\(xen/xvde,gpt1\)'
sums_match g '(xen/xvde,gpt1)/' big fragmented holes small empty
case $(backend g xvde) in
  */qdisk/*) ;;
  *) fail "the disk is not served by QEMU but by $(backend g xvde)" ;;
esac
success
