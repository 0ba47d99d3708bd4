# grub-xen-hvm -- a PC without Xen, for cases that run on the host
# Copyright (C) 2026  The grub-xen-hvm authors
# SPDX-License-Identifier: GPL-3.0-or-later
# This is free software: you may use, study, share and improve it; there is no warranty.
# shellcheck shell=dash disable=SC2154
#
# Sourced after outcome.sh; $OUT is the directory that logs go to.

# run_pc QEMU_OPTION...: run a PC until GRUB has come to the end of its script.
run_pc ()
{
  timeout 150 qemu-system-i386 -machine pc -accel tcg -m 128 -display none -nodefaults \
    -no-user-config -serial "file:$OUT/serial" "$@" &
  qemu=$!
  trap 'kill $qemu 2> /dev/null || true' EXIT
  tries=600
  until grep -s -q 'end of script' "$OUT/serial"; do
    tries=$((tries - 1))
    [ "$tries" -gt 0 ] || fail "GRUB has not come to the end of its script"
    sleep 0.2
  done
}

# said REGEX: whether it matches a line of the PC's serial output.
said ()
{
  tr -d '\r' < "$OUT/serial" | grep -a -q -E -e "$1"
}
