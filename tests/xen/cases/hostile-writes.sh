# grub-xen-hvm -- a case of the bench
# Copyright (C) 2026  The grub-xen-hvm authors
# SPDX-License-Identifier: GPL-3.0-or-later
# This is free software: you may use, study, share and improve it; there is no warranty.
# shellcheck shell=dash disable=SC1091,SC2119,SC2154
#
# tests: hostile backends that answer writes and flushes wrong
# when: long
# limit: 900
# success: save_env fails with an error that names the disk; it succeeds where the backend only does not support flushes
# fail: no error, or another
set -eu
. "$share/lib.sh"
. "$share/hostile.sh"

guest g hostile-writes.img "$(phy xvde "$(loop "$images/bare.img")")"
guest_start g -p
for disk in f:write-error g:write-as-read h:flush-error i:flush-refused; do
  copy=$(disk bare.img)
  hostile g "xvd${disk%:*}" "$copy" --attack "${disk#*:}" --indirect 64 --persistent
  ln -s "$copy" "$guests/g/${disk%:*}.img"
done
hostile_ready g
xl unpause g
guest_wait g 500 'end of script'
said g '^error: xen/xvdf: the backend cannot write'
said g '^error: xen/xvdg is disabled: a response to another operation'
said g '^error: xen/xvdh: the backend cannot flush'
did_not_say g '^error: xen/xvdi'
sums_match g '(xen/xvde)/' big
sums_match g '(xen/xvdi)/' big
debugfs -R 'cat /boot/grub/grubenv' "$guests/g/i.img" 2> /dev/null | grep -q '^answer=42$' \
  || fail "what was written to a disk without flushes is not there"
success
