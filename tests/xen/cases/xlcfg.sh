# grub-xen-hvm -- a case of the bench
# Copyright (C) 2026  The grub-xen-hvm authors
# SPDX-License-Identifier: GPL-3.0-or-later
# This is free software: you may use, study, share and improve it; there is no warranty.
# shellcheck shell=dash disable=SC1091,SC2119,SC2154
#
# tests: xl takes the files that grub-xen-hvm-xlcfg writes and the examples of the manual, and guests boot their PV disks with them
# success: xl parses all of them; guests of both kinds, kernel= and firmware, find their grub.cfg
# fail: xl refuses one; a guest does not come up, or has an emulated disk
set -eu
. "$share/lib.sh"

xlcfg=$work/grub-xen-hvm-xlcfg
sed -e "s,@pkgdatadir@,$share,g" "$share/grub-xen-hvm-xlcfg.in" > "$xlcfg"
chmod +x "$xlcfg"

# parsed FILE: have xl parse it, without starting the guest.
parsed ()
{
  xl create -n "$1" > "$OUT/parsed" 2>&1 || { cat "$OUT/parsed"; fail "xl refuses $1"; }
}

has ()
{
  grep -q -F -e "$1" "$OUT/parsed" || { cat "$OUT/parsed"; fail "xl does not see $1"; }
}

# here NAME EXAMPLE DISK: adapt the example to this bench, as the guest NAME.
here ()
{
  mkdir -p "$guests/$1"
  sed -e "s,/usr/share/grub-xen-hvm/images,$share/images,; s,^vif .*,," \
      -e "s~,target=[^\"]*~,target=$3~; s,^serial .*,serial = 'pipe:$guests/$1/tty'," \
      -e "s,^name .*,name = '$1',; s,^memory .*,memory = 256,; s,^vcpus .*,vcpus = 1," \
      "$share/examples/$2" > "$guests/$1/xl.cfg"
  cp "$guests/$1/xl.cfg" "$OUT/$2"
}

for example in "$share"/examples/*.cfg; do
  parsed "$example"
done

one=$(disk bare.img)
# shellcheck disable=SC2016 # GRUB's variables
put "$one" /boot/grub/grub.cfg 'echo "this is $grub_platform, root $root"
echo "end of config"'
device=$(loop "$one")

# A name that needs quotes.
cp --sparse=always "$images/blank.img" "$work/it's a disk.img"
mkdir -p "$guests/g"
"$xlcfg" --name=g --memory=256 --serial="pipe:$guests/g/tty" --output="$guests/g/xl.cfg" \
         "$device" "xvdg=$work/it's a disk.img"
cp "$guests/g/xl.cfg" "$OUT/generated.cfg"
parsed "$guests/g/xl.cfg"
has '"vdev": "xvde"'
has "it's a disk.img"
has seabios-grub-xen-hvm.bin
guest_start g
guest_wait g 120 'end of config'
said g 'this is xen-hvm, root xen/xvde'
no_emulated_disk g
guest_stop g

here kernel kernel.cfg "$device"
parsed "$guests/kernel/xl.cfg"
has grub-i386-xen-hvm.bin
guest_start kernel
guest_wait kernel 120 'end of config'
said kernel 'this is xen-hvm, root xen/xvde'
no_emulated_disk kernel
guest_stop kernel

here twin twin.cfg "$device"
guest_start twin
guest_wait twin 120 'end of config'
said twin 'root xen/hda'
success
