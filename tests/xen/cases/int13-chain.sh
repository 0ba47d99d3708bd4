# grub-xen-hvm -- a case of the bench
# Copyright (C) 2026  The grub-xen-hvm authors
# SPDX-License-Identifier: GPL-3.0-or-later
# This is free software: you may use, study, share and improve it; there is no warranty.
# shellcheck shell=dash disable=SC1091,SC2119,SC2154
#
# tests: a stock GRUB in the MBR of a PV disk, started by chainloader with a second disk and without, and by the ready image
# limit: 600
# success: it finds the right drives, and reads the right hashes from them; the service takes less than 4 KiB below 640 KiB, and no memory that e820 calls free
# fail: it does not start, finds others, or reads something else; too much memory, or memory that is free
set -eu
. "$share/lib.sh"

boot=$(loop "$(boot_disk int13-stock.core)")

# Both disks, the loader's first.
guest both int13-chain.img "$(phy xvde "$(loop "$images/gpt.img")" r),$(phy xvdf "$boot" r)"
guest_start both
guest_wait both 180 'end of script'
said both '^0x80  hd0   \(xen/xvdf\)'
said both '^0x81  hd1   \(xen/xvde\)'
said both '^chained: '
said both '\(hd1,gpt1\)'
sums_match both '(hd1,gpt1)/' big fragmented small

# bytes NAME OFFSET: the bytes that GRUB dumped from OFFSET on, as a number
# (lowest byte first).
bytes ()
{
  guest_serial "$1" | sed -n "s/^0*$2  *\(\([0-9a-f][0-9a-f]  *\)*\).*/\1/p" \
    | awk '{ n = "0x"; for (i = NF; i; i--) n = n $i; print n }'
}

# The stock firmware keeps the last KiB below 640 KiB to itself.
free=$(guest_serial both | sed -n 's/^base_addr = 0x0, length = \(0x[0-9a-f]*\), available.*/\1/p')
vector=$(bytes both 4c)
where=$(((vector >> 16) * 16 + (vector & 0xffff)))
kib=$(($(bytes both 413)))
same "hard disks" 2 "$(($(bytes both 475)))"
[ "$where" -ge $((free)) ] && [ "$where" -lt $((0xa0000)) ] \
  || fail "the service at $where is in memory that is free up to $free"
[ $((free)) -gt $((0x9fc00 - 4096)) ] && [ "$kib" -ge 635 ] \
  || fail "free up to $free, $kib KiB: more than 4 KiB are taken"
[ $((kib * 1024)) -le "$where" ] || fail "40:13 says $kib KiB, with the service at $where"
# The manual has these figures.
guest_serial both | grep -a 'reserved RAM'
echo "service at $where, free up to $((free)), 40:13 says $kib KiB"
guest_stop both

# Only the loader's disk becomes a drive.
guest auto int13-auto.img "$(phy xvde "$(loop "$images/gpt.img")" r),$(phy xvdf "$boot" r)"
guest_start auto
guest_wait auto 180 'end of script'
said auto '^0x80  hd0   \(xen/xvdf\)'
did_not_say auto '^0x81'
said auto '^chained: '
did_not_say auto '\(hd1'
guest_stop auto

# The disk has no GRUB configuration, so the ready image starts the disk's boot
# loader without a command.
guest ready grub-i386-xen-hvm.bin "$(phy xvde "$boot" r)"
guest_start ready
guest_wait ready 180 'end of script'
said ready '^No GRUB configuration found. Starting the boot loader of \(xen/xvde\)'
said ready '^chained: '
success
