# grub-xen-hvm -- a case of the bench
# Copyright (C) 2026  The grub-xen-hvm authors
# SPDX-License-Identifier: GPL-3.0-or-later
# This is free software: you may use, study, share and improve it; there is no warranty.
# shellcheck shell=dash disable=SC1091,SC2119,SC2154
#
# tests: read errors from the backend's device, through blkback and through QEMU
# when: long
# success: an error that names the disk for the file that is hit; others read well, before and after
# fail: no error; a wrong hash
set -eu
. "$share/lib.sh"

# A device that cannot read one file system block in the middle of the file big.
block=$(debugfs -R 'bmap /big 2000' "$images/gpt.img?offset=1048576" 2> /dev/null)
[ "$block" -gt 0 ] || fail "debugfs does not find block 2000 of /big"
bad=$((2048 + block * 8))
lame_device ()
{
  dmsetup create "$1" << END
0 $bad linear $2 0
$bad 8 error
$((bad + 8)) $((262144 - bad - 8)) linear $2 $((bad + 8))
END
  echo "/dev/mapper/$1"
}
device=$(loop "$images/gpt.img")
guest g io-error.img "$(phy xvde "$(lame_device one "$device")"),$(qdisk xvdf "$(lame_device two "$device")")"
guest_start g
guest_wait g 180 'end of script'
said g '^error: .*xen/xvde.*cannot read'
said g '^error: .*xen/xvdf.*cannot read'
sums_match g '(xen/xvde,gpt1)/' small fragmented
sums_match g '(xen/xvdf,gpt1)/' small fragmented
guest_serial g | grep -q '/big$' && fail "GRUB printed a hash of a file that it could not read"
same "hashes of what is not hit, before and after" 6 "$(guest_serial g | grep -c '/small$\|/fragmented$')"
success
