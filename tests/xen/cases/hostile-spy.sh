# grub-xen-hvm -- a case of the bench
# Copyright (C) 2026  The grub-xen-hvm authors
# SPDX-License-Identifier: GPL-3.0-or-later
# This is free software: you may use, study, share and improve it; there is no warranty.
# shellcheck shell=dash disable=SC1091,SC2119,SC2154
#
# tests: the parts of GRUB's memory that a backend can see: it maps every grant at the start, while the disk is in use, and at the end
# limit: 900
# success: pages of zeros, of disk data, of lists of segments, and rings; no secret; nothing at all at the end
# fail: anything else
set -eu
. "$share/lib.sh"
. "$share/hostile.sh"

dump=$work/dump
guest g hostile-spy.img "$(phy xvde "$(loop "$images/bare.img")")"
guest_start g -p
hostile g xvdf "$images/bare.img" --readonly --spy "$dump" --indirect 64 --persistent
hostile_ready g
xl unpause g
guest_wait g 800 'linux: done'
sums_match g '(xen/xvde)/' big
sums_match g '(xen/xvdf)/' big small holes
# GRUB had this word in its memory in many places, and showed it on its
# console.
said g 'the word is xyzzy-plugh-6502'
[ "$(stat -c %s "$dump")" -gt 4000000 ] || fail "the spy saw less than it should have"
! grep -a -q 'xyzzy-plugh' "$dump" || fail "the backend could see the secret"
log_has g xvdf 'new ring: 0 bytes that are not zero'
log_has g xvdf '^spy: connected 0: [1-9][0-9]* pages of the guest'
log_has g xvdf '^spy: request [1-9][0-9]*: .* [1-9][0-9]* disk [1-9][0-9]* list .* 0 other sectors'
log_has g xvdf '^spy: given back [1-9][0-9]*: 0 pages of the guest'
! grep '^spy: ' "$OUT/g.xvdf.log" | grep -v ' 0 other sectors' || fail "pages are granted that hold something else"
success
