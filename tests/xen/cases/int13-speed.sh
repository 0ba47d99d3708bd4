# grub-xen-hvm -- a case of the bench
# Copyright (C) 2026  The grub-xen-hvm authors
# SPDX-License-Identifier: GPL-3.0-or-later
# This is free software: you may use, study, share and improve it; there is no warranty.
# shellcheck shell=dash disable=SC1091,SC2119,SC2154
#
# tests: the speed of the stock GRUB's reads from a PV disk by INT 13h, compared with the same disk emulated as IDE
# when: long
# success: the same contents, and the PV disk at least 50 times as fast
# fail: it is slower than that; a wrong hash
# limit: 1800
set -eu
. "$share/lib.sh"

# seconds GUEST: the time to read the initrd, the median of the passes.
seconds ()
{
  guest_serial "$1" | awk '
    $1 == "read" { wanted = $2 == "initrd" }
    /^Elapsed time: / && wanted { print $3 }' | sort -n | sed -n 2p
}

# ratio FILE: print a line of the table; fail if the ratio is too small.
ratio ()
{
  pv=$(seconds pv) ide=$(seconds ide)
  bytes=$(debugfs -R "stat /boot/$1" "$data?offset=1048576" 2> /dev/null \
	    | sed -n 's/.*Size: \([0-9]*\).*/\1/p' | head -n 1)
  echo "$1 $bytes $pv $ide" | awk '{
    # A time below one clock tick is not a measurement.
    if ($3 < 0.01) exit 1
    printf "%-8s %9d bytes  INT 13h %7.3f s %8.0f KiB/s  IDE %7.3f s %6.0f KiB/s  ratio %.0f\n",
      $1, $2, $3, $2 / 1024 / $3, $4, $2 / 1024 / $4, $4 / $3
    exit $4 / $3 < 50 }' || fail "$1: $pv s by INT 13h, $ide s by IDE: not 50 times as fast"
}

data=$images/gpt.img
boot=$(loop "$(boot_disk int13-speed.core)")
disk=$(loop "$data")
guest pv int13-two.img "$(phy xvde "$boot"),$(phy xvdf "$disk")"
guest_start pv
guest_wait pv 600 'end of script'
no_emulated_disk pv
guest_stop pv
guest ide none "$(phy hda "$boot"),$(phy hdb "$disk")" "boot = 'c'"
guest_start ide
guest_wait ide 1200 'read vmlinuz'
for guest in pv ide; do
  sums_match $guest '(hd1,gpt1)/' small
  did_not_say $guest '^error'
done
ratio initrd
success
