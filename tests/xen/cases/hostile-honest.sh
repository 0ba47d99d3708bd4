# grub-xen-hvm -- a case of the bench
# Copyright (C) 2026  The grub-xen-hvm authors
# SPDX-License-Identifier: GPL-3.0-or-later
# This is free software: you may use, study, share and improve it; there is no warranty.
# shellcheck shell=dash disable=SC1091,SC2119,SC2154
#
# when: long
# tests: the hostile backend while it is honest: with indirect requests and persistent grants, and without
# limit: 900
# success: right hashes; a write that is there; Linux takes the disks over
# fail: a wrong hash; an error; a request that makes no sense to the backend
set -eu
. "$share/lib.sh"
. "$share/hostile.sh"

written=$(disk bare.img)
guest g hostile-honest.img "$(phy xvde "$(loop "$images/bare.img")")"
guest_start g -p
hostile g xvdf "$written" --indirect 64 --persistent
hostile g xvdg "$images/bare.img" --indirect 64 --readonly
hostile g xvdh "$images/bare.img" --persistent --readonly
hostile g xvdi "$images/bare.img" --readonly
hostile g xvdj "$images/bare.img" --attack unordered --persistent --readonly
hostile_ready g
xl unpause g
guest_wait g 500 'linux: done'
for disk in f g h i j; do
  sums_match g "(xen/xvd$disk)/" big small holes
done
did_not_say g '^error'
for disk in f:rw g:ro h:ro i:ro; do
  said g "^linux: disk xvd${disk%:*} 131072 ${disk#*:}"
  said g "^linux: small xvd${disk%:*} "
done
did_not_say g '^linux: warning'
until_true 120 guest_gone g || fail "the guest does not power off"
for disk in f g h i j; do
  until_true 60 grep -q ' ends: ' "$OUT/g.xvd$disk.log" || fail "the backend of xvd$disk does not end"
  log_has g "xvd$disk" 'requests \([0-9]* indirect, 0 bad\)'
done
for disk in f g; do
  log_has g "xvd$disk" '\([1-9][0-9]* indirect'
  log_has g "xvd$disk" '(3[2-9]|[4-6][0-9]) segments at most'
done
for disk in f h j; do
  log_has g "xvd$disk" 'x86_32-abi, grants persistent'
done
log_has g xvdi 'x86_32-abi, grants for each request'
log_has g xvdi ' 11 segments at most'
log_has g xvdf '[1-9][0-9]* writes, [1-9][0-9]* flushes'
debugfs -R 'cat /boot/grub/grubenv' "$written" 2> /dev/null | grep -q '^answer=42$' \
  || fail "what save_env wrote is not there"
success
