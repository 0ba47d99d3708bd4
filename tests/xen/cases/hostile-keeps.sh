# grub-xen-hvm -- a case of the bench
# Copyright (C) 2026  The grub-xen-hvm authors
# SPDX-License-Identifier: GPL-3.0-or-later
# This is free software: you may use, study, share and improve it; there is no warranty.
# shellcheck shell=dash disable=SC1091,SC2119,SC2154
#
# tests: a hostile backend keeps ring and data pages for ever, and fills them with a mark while Linux runs; Linux scans all its own memory for the mark, for a minute
# limit: 1200
# success: GRUB says that memory is reserved, with the disk's name; Linux sees it reserved, and finds no mark in its own memory; it has its other disk
# fail: the mark is in Linux's memory; nothing is reserved; the other disk is not there or not right
set -eu
. "$share/lib.sh"
. "$share/hostile.sh"

guest g hostile-keeps.img "$(phy xvde "$(loop "$images/bare.img")")"
guest_start g -p
hostile g xvdf "$images/bare.img" --attack stolen-mark --readonly --indirect 64 --persistent
hostile_ready g
xl unpause g
guest_wait g 120 '^linux: scan: '
kill -0 "$(cat "$guests/g/xvdf.pid")" || fail "the hostile backend has ended"
guest_wait g 120 '^linux: done'
guest_serial g | grep -a '^linux: '
sums_match g '(xen/xvdf)/' big small
scan=$(guest_serial g | sed -n 's/^linux: scan: //p')
case $scan in
  *', no mark') ;;
  *) fail "the backend wrote to Linux's memory: $scan" ;;
esac
# The scan covers all of Linux's memory, and each pass has found the word that
# the scanner keeps in its own memory.
# shellcheck disable=SC2086 # words
set -- $scan
same "the passes that saw the word in Linux's own memory" "$1" "${12%,}"
if [ "$1" -lt 2 ] || [ "$4" -le 200000 ] || [ "$4" -lt $(($6 - 64)) ]; then
  fail "that is not all of the memory: $scan"
fi
# All pages that the backend keeps are reserved.  The first such line of its
# log is about GRUB's pages; later ones are about Linux's, which also uses the
# disk.
kept=$(sed -n 's/.* writes to \([0-9]*\) pages .*/\1/p' "$OUT/g.xvdf.log" | head -n 1)
[ "${kept:-0}" -ge 64 ] || fail "the backend has kept ${kept:-no} pages"
reserved=0
for range in $(guest_serial g | sed -n 's/^linux: reserved //p'); do
  # Only RAM above 1 MiB counts.
  start=$((0x${range%-*})) end=$((0x${range#*-} + 1))
  [ "$start" -lt $((1 << 20)) ] || [ "$end" -gt $((256 << 20)) ] \
    || reserved=$((reserved + (end - start) / 4096))
done
[ "$reserved" -ge "$kept" ] || fail "$reserved pages are reserved, the backend keeps $kept"
said g '^xen/xvdf: .*backend.*reserved'
said g '^linux: disk xvde 131072'
said g "^linux: small xvde $(awk '$2 == "small" { print $1 }' "$images/SHA256SUMS")"
did_not_say g '^linux: warning'
success
