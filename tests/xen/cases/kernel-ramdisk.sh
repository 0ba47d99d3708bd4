# grub-xen-hvm -- a case of the bench
# Copyright (C) 2026  The grub-xen-hvm authors
# SPDX-License-Identifier: GPL-3.0-or-later
# This is free software: you may use, study, share and improve it; there is no warranty.
# shellcheck shell=dash disable=SC1091,SC2119,SC2154
#
# tests: ramdisk= of an xl.cfg as (ramdisk) in GRUB, with kernel=; the host's image continues with the grub.cfg in it
# when: long
# success: its files are right, also when Linux and its initrd are loaded; Linux boots
# fail: a byte is wrong; Linux does not boot, or is not given the memory that the ramdisk was in
# limit: 900
set -eu
. "$share/lib.sh"

tree=$work/ramdisk
rm -rf "$tree"
mkdir -p "$tree/deep"
head -c 9M /dev/urandom > "$tree/random"
echo "text from the host" > "$tree/deep/text"
{
  echo '# GRUB Environment Block'
  printf '%999s' '' | tr ' ' '#'
} > "$tree/deep/env"
tar -C "$tree" -cf "$work/ramdisk.tar" random deep
sum=$(sha256sum < "$tree/random" | cut -d ' ' -f 1)

guest tar kernel-ramdisk.img "$(phy xvde "$(loop "$images/gpt.img")" r)" \
  "ramdisk = '$work/ramdisk.tar'" "cmdline = 'xen_grub_env_entry=1'"
guest_start tar
guest_wait tar 600 'linux: done'
said tar "^Ramdisk: $(stat -c %s "$work/ramdisk.tar") bytes at 0x"
said tar '(^| )\(ramdisk\)( |$)'
same "right sums of the big file" 2 "$(guest_serial tar | grep -c -F "$sum  (ramdisk)/random")"
same "the text" 2 "$(guest_serial tar | grep -c '^text from the host')"
sums_match tar '(xen/xvde,gpt1)/' big
# available FIRST LAST: all of that is RAM in the memory map that GRUB passes
# on.
available ()
{
  guest_serial tar | sed -n 's/^base_addr = \(0x[0-9a-f]*\), length = \(0x[0-9a-f]*\), available RAM.*/\1 \2/p' > "$work/available"
  while read -r base length; do
    [ $((base)) -gt $(($1)) ] || [ $((base + length)) -le $(($2)) ] || return 0
  done < "$work/available"
  return 1
}

at=$(guest_serial tar | sed -n 's/^Ramdisk: [0-9]* bytes at \(0x[0-9a-f]*\).*/\1/p')
assert "the memory of the ramdisk is not handed on to Linux" \
  available "$at" "$at + $(stat -c %s "$work/ramdisk.tar") - 1"
said tar '^error: .*\(ramdisk\) cannot be written to'
did_not_say tar '^linux: warning'
said tar '^linux: disk xvde 262144 ro'
said tar "^linux: small xvde1 $(awk '$2 == "small" { print $1 }' "$images/SHA256SUMS")"
until_true 120 guest_gone tar || fail "the guest does not power off"

# The host's image: when the host's configuration returns, the image continues
# as without it.
rm -rf "$tree"
mkdir -p "$tree/boot/grub"
# shellcheck disable=SC2016 # GRUB's variables
echo 'echo "host: root $root, $xen_grub_env_entry."' > "$tree/boot/grub/grub.cfg"
tar -C "$tree" -cf "$work/ramdisk.tar" boot
one=$(disk bare.img)
# shellcheck disable=SC2016
put "$one" /boot/grub/grub.cfg 'echo "guest: root $root, $xen_grub_env_entry."
echo "end of config"'
guest steer grub-i386-xen-hvm.bin "$(phy xvde "$(loop "$one")")" \
  "ramdisk = '$work/ramdisk.tar'" "cmdline = 'xen_grub_env_entry=rescue'"
guest_start steer
guest_wait steer 180 'end of config'
said steer '^host: root ramdisk, rescue\.'
said steer '^guest: root xen/xvde, rescue\.'
success
