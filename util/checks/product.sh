# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
# util/checks/product.sh: tests of images and installation
# Copyright (C) 2026  The grub-xen-hvm authors

# util/check-util sets srcdir, builddir, util and here.
# shellcheck disable=SC2154

image=$builddir/images/grub-i386-xen-hvm.bin
platform=$builddir/graft/current/i386-xen-hvm

## The image's format

# The image is a Linux kernel for the boot protocol and QEMU.  Behind its
# header is the same core that a BIOS would load.
t_image_format ()
{
  [ "$(dd if="$image" bs=1 skip=514 count=4 status=none)" = HdrS ] \
    || fail "no Linux boot header"
  "$platform/grub-mkimage" -O i386-xen-hvm -d "$platform/grub-core" -o a \
    -p /boot/grub xen_blk normal
  "$platform/grub-mkimage" -O i386-xen-hvm-core -d "$platform/grub-core" -o b \
    -p /boot/grub xen_blk normal
  cat "$platform/grub-core/lnxboot.img" b | cmp - a
}

t_image_too_big ()
{
  : > grub.cfg
  head -c 500000 /dev/urandom | base64 > grub.cfg
  refuses 'too big' "$util/make-image" --builddir "$builddir" \
    --config grub.cfg --modules "$srcdir/images/modules" --output out.bin
  [ ! -e out.bin ] || fail "left a broken image"
}

## The image in a plain PC: it starts, finds its way, and gives a prompt

# Make a disk with a folder's files in a GPT partition.
make_disk ()            # make_disk FOLDER IMAGE
{
  mke2fs -q -F -t ext4 -d "$1" part 10M
  truncate -s 12M "$2"
  echo 'start=2048, size=20480' | sfdisk -q --label gpt "$2"
  dd if=part of="$2" bs=1M seek=1 conv=notrunc status=none
}

config ()               # config FOLDER MARK: a grub.cfg that prints its place
{
  mkdir -p "$1"
  # shellcheck disable=SC2016 # GRUB's variables
  printf 'echo "%s of $root, prefix $prefix on $grub_platform"\nhalt\n' "$2" \
    > "$1/grub.cfg"
}

# QEMU's options for the image to boot.
starts=(-kernel "$image")

# boot TEXT [DISK...]: boot until TEXT is on the serial line.  The function
# "input", if there is one, types.
boot ()
{
  local text=$1 disks=() pid i d
  shift
  for d; do disks+=(-drive "file=$d,format=raw"); done
  rm -f serial fifo
  mkfifo fifo
  : > serial
  qemu-system-i386 -accel tcg -m 64 "${starts[@]}" -display none -no-reboot \
    -monitor none -serial stdio "${disks[@]}" < fifo > serial 2> qemu.err &
  pid=$!
  exec 8> fifo
  for i in $(seq 600); do
    ! tr -d '\r' < serial | grep -qF -- "$text" || break
    [ "$i" != 300 ] || echo "slow: half of the time limit is over"
    kill -0 $pid 2> /dev/null || break
    # Input before GRUB reads it is lost, so repeat it, which does no harm.
    ! declare -F input > /dev/null || input >&8 2> /dev/null || :
    sleep 0.2
  done
  exec 8>&-
  kill $pid 2> /dev/null || :
  wait $pid 2> /dev/null || :
  tr -d '\r\033' < serial | tail -n 40
  cat qemu.err
  tr -d '\r' < serial | grep -qF -- "$text" || fail "never said: $text"
}

t_image_no_disk ()
{
  boot 'No GRUB configuration found.'
  # The prompt comes, and works.
  # shellcheck disable=SC2016 # GRUB's variable
  input () { printf '\033'; sleep 0.3; printf 'echo 6x7=$feature_menuentry_id\r'; }
  boot '6x7=y'
  unset -f input
  grep -qF 'no PV disk to look for /boot/grub/grub.cfg' serial \
    || fail "did not say what it looked for"
}

t_image_one ()
{
  config a/boot/grub here-a
  make_disk a a.img
  boot 'here-a of hd0,gpt1, prefix (hd0,gpt1)/boot/grub on xen-hvm' a.img
}

t_image_several ()
{
  config a/boot/grub here-a
  config b/grub here-b
  make_disk a a.img
  make_disk b b.img
  # Down, Enter: the second one.
  input () { ! grep -q 'automatically' serial || { printf '\033[B\r'; sleep 1; }; }
  boot 'here-b of hd1,gpt1, prefix (hd1,gpt1)/grub on xen-hvm' a.img b.img
  unset -f input
}

## GRUB's tools for other media

# Make a TFTP server's directory, and boot a machine from there.  GRUB also
# loads its modules and its configuration over the network.
t_mknetdir ()
{
  "$platform/grub-mknetdir" --net-directory=tftp \
    --directory="$platform/grub-core" --locale-directory=/nonexistent \
    --themes-directory=/nonexistent --modules=serial | tee out
  grep -q 'i386-xen-hvm/core.0' out || fail "does not say what to boot"
  # shellcheck disable=SC2016 # GRUB's variables
  printf '%s\n' 'serial' 'terminal_output serial' \
    'echo "netboot: prefix $prefix on $grub_platform, from $net_default_server"' \
    'insmod xen_info' 'xen_info' 'halt' > tftp/boot/grub/grub.cfg
  # shellcheck disable=SC2054 # QEMU wants these commas
  starts=(-netdev "user,id=net,tftp=$here/tftp,bootfile=/boot/grub/i386-xen-hvm/core.0"
          -device e1000,netdev=net -boot n)
  boot 'this machine is not a guest of Xen'
  tr -d '\r' < serial | grep -q 'netboot: prefix (tftp,10.0.2.2)/boot/grub on xen-hvm, from 10.0.2.2' \
    || fail "not from the network"
}

## make install

t_install_layout ()
{
  local dir=$here/dest m
  "$util/install-tree" --builddir "$builddir" --destdir "$dir" --prefix /usr
  for m in kernel.img lnxboot.img moddep.lst modinfo.sh config.h normal.mod \
           xen.mod xen_table.mod xen_blk.mod xen_hotplug.mod xen_info.mod \
           xen_store.mod xen_bootparam.mod xen_console.mod xen_int13.mod \
           xen_unplug.mod; do
    [ -f "$dir/usr/lib/grub/i386-xen-hvm/$m" ] || fail "no $m"
  done
  for m in grub-i386-xen-hvm seabios-grub-xen-hvm seabios-grub-xen-hvm-pv; do
    [ -f "$dir/usr/share/grub-xen-hvm/images/$m.bin" ] || fail "no $m.bin"
  done
  ! find "$dir" -name '*.module' -o -name '*.image' -o -name '*.exec' \
    | grep . || fail "what no distribution ships"
  ! grep -rl boot_fail "$dir" || fail "a module of the tests is installed"
  # The installed files are enough to make an image.
  "$dir/usr/lib/grub-xen-hvm/bin/grub-mkimage" -O i386-xen-hvm -o img \
    -d "$dir/usr/lib/grub/i386-xen-hvm" -p /boot/grub xen_blk normal
  "$util/install-tree" --destdir "$dir" --prefix /usr --uninstall
  ! find "$dir" -type f | grep . || fail "something was left"
}

# Make a stock GRUB's directory with the files that the installer of modules
# uses.
stock_grub ()
{
  mkdir -p boot/i386-pc
  printf '%s\n' 'normal: boot' 'zfs: gzio' > boot/i386-pc/moddep.lst
  printf '%s\n' '*cat: cat' 'xnu_uuid: xnu_uuid' > boot/i386-pc/command.lst
  cp "$builddir/graft/current/i386-pc/grub-core/modinfo.sh" boot/i386-pc/
  rm -rf before
  cp -r boot before
}

t_install_modules ()
{
  local dir=$here/dest tool m
  "$util/install-tree" --builddir "$builddir" --destdir "$dir" --prefix /usr
  tool=("$dir/usr/sbin/grub-xen-hvm-install-modules"
        --modules "$dir/usr/lib/grub-xen-hvm/i386-pc")
  "${tool[@]}" --help | grep -q '^Usage' || fail "no help"
  stock_grub
  "${tool[@]}" boot
  for m in xen xen_table xen_blk xen_hotplug xen_info xen_store xen_bootparam \
           xen_console xen_int13 xen_unplug; do
    [ -f "boot/i386-pc/$m.mod" ] || fail "no $m.mod"
    [ "$(grep -c "^$m:" boot/i386-pc/moddep.lst)" = 1 ] || fail "moddep: $m"
  done
  grep -q '^xen_blk:.* xen' boot/i386-pc/moddep.lst || fail "xen_blk needs xen"
  grep -qx '\*xen_info: xen_info' boot/i386-pc/command.lst || fail "no command"
  cp -r boot once
  "${tool[@]}" boot
  diff -r once boot || fail "twice is not the same as once"
  "${tool[@]}" --uninstall boot
  diff -r before boot || fail "uninstalling left something"
}

t_install_modules_mismatch ()
{
  local dir=$here/dest tool
  "$util/install-tree" --builddir "$builddir" --destdir "$dir" --prefix /usr
  tool=("$dir/usr/sbin/grub-xen-hvm-install-modules"
        --modules "$dir/usr/lib/grub-xen-hvm/i386-pc")
  stock_grub
  sed -i 's/^grub_version=.*/grub_version="1.99"/' boot/i386-pc/modinfo.sh
  refuses 'is of 1.99' "${tool[@]}" --force boot
  stock_grub
  sed -i 's/^grub_modinfo_platform=.*/grub_modinfo_platform=efi/' \
    boot/i386-pc/modinfo.sh
  refuses 'is of efi' "${tool[@]}" boot
  stock_grub
  sed -i 's/^grub_package_version=.*/grub_package_version="0"/' \
    boot/i386-pc/modinfo.sh
  refuses '--force' "${tool[@]}" boot
  [ ! -e boot/i386-pc/xen.mod ] || fail "installed all the same"
  "${tool[@]}" --force boot
}

# The total size of both modules is limited, for each platform, because GRUB
# reads them from a slow disk, or from a core image without free space.
t_module_sizes ()
{
  local dir size
  for dir in "$builddir"/graft/current/i386-xen-hvm "$builddir"/graft/current/i386-pc; do
    size=$(cat "$dir/grub-core/xen.mod" "$dir/grub-core/xen_blk.mod" | wc -c)
    echo "$dir: xen.mod and xen_blk.mod have $size bytes"
    # The limit was 32 KiB before GRUB reserved the pages that backends keep,
    # and gave waits a budget.
    [ "$size" -lt 40960 ] || fail "$size bytes are not under 40 KiB"
  done
}
