# grub-xen-hvm -- a case of the bench
# Copyright (C) 2026  The grub-xen-hvm authors
# SPDX-License-Identifier: GPL-3.0-or-later
# This is free software: you may use, study, share and improve it; there is no warranty.
# shellcheck shell=dash disable=SC1091,SC2119,SC2154
#
# tests: xenstore_read, xenstore_ls and xenstore_write at GRUB's prompt
# success: the host's value is a variable in GRUB, and GRUB's value is in xenstore; keys of others stay as they are
# fail: a value is missing; a key of a device or of another domain changes
set -eu
. "$share/lib.sh"

guest g xenstore.img "$(phy xvde "$(loop "$images/bare.img")")"
guest_start g -p
home=/local/domain/$(domid g)
xenstore-write "$home/vm-data/grub-entry" "Debian, if you please"
xl unpause g
guest_wait g 180 'end of script'
said g '^entry: Debian, if you please\.'
said g '^none: absent'
said g '^g$'
same "what GRUB wrote" "GRUB says 42" "$(xenstore-read "$home/data/answer")"
said g '^51776 = ""'
said g '^ backend = "/local/domain/0/backend/vbd/[0-9]+/51776"'
said g "^error: .*device/vbd/51776/state. is not a path"
said g "^error: .*/local/domain/0/name. is not a path"
same "dom0's name" Domain-0 "$(xenstore-read /local/domain/0/name)"
same "the guest's name" g "$(xenstore-read "$home/name")"
same "errors" 3 "$(guest_serial g | grep -c '^error: ')"
sums_match g '(xen/xvde)/' small
success
