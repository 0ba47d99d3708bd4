# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
# util/checks/guest.sh: grub-install recognizes a PV-only guest
# Copyright (C) 2026  The grub-xen-hvm authors

# util/check-util sets srcdir, builddir and here.
# shellcheck disable=SC2154

# Build a program from grub-install's real source.  It prints the default
# target, or GRUB's name of the disk with the given Linux name.
build_thinks ()
{
  local src=$builddir/graft/current/src top=$builddir/graft/current/i386-xen-hvm
  cat > thinks.c << 'END'
#include <config.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <grub/emu/config.h>
#include <grub/util/xen_hvm_install.h>

const char *
grub_util_get_pkglibdir (void)
{
  return "lib";
}

int
main (int argc, char *argv[])
{
  char *drive;

  if (argc < 2)
    puts (grub_xen_hvm_is_default () ? "i386-xen-hvm" : "i386-pc");
  else
    {
      drive = grub_xen_hvm_guess_drive (argv[1]);
      puts (drive ? drive : "nothing");
      free (drive);
    }
  return 0;
}
END
  gcc -o thinks -DHAVE_CONFIG_H -DGRUB_UTIL=1 -DGRUB_MACHINE_EMU=1 -DGRUB_FILE='"x"' \
    -D_FILE_OFFSET_BITS=64 -DGRUB_XEN_HVM_SYS='"sys"' -fno-builtin \
    -ffunction-sections -Wl,--gc-sections \
    -I"$top" -I"$top/include" -I"$src/include" -I"$top/grub-core/lib/gnulib" \
    -I"$src/grub-core/lib/gnulib" thinks.c "$srcdir/util/xen_hvm_install.c" \
    "$top/libgrubmods.a" "$top/libgrubgcry.a" \
    "$top/libgrubkern.a" "$top/grub-core/lib/gnulib/libgnu.a" -ldevmapper -llzma -lpthread
}

# thinks TARGET VBD... -- DISK...: a guest with these vbds and disks.
thinks ()
{
  local target=$1 d out
  shift
  rm -rf sys/bus sys/block
  mkdir -p sys/bus/xen/drivers/vbd sys/block
  while [ "$1" != -- ]; do
    : > "sys/bus/xen/drivers/vbd/vbd-$1"
    shift
  done
  shift
  for d; do : > "sys/block/$d"; done
  out=$(./thinks 2> err) || fail "exit $?"
  cat err
  [ "$out" = "$target" ] || fail "$(ls sys/bus/xen/drivers/vbd sys/block): $out, not $target"
}

t_default_target ()
{
  local vdev
  build_thinks
  mkdir -p sys/hypervisor lib/i386-xen-hvm
  thinks i386-pc 51776 -- xvde
  echo xen > sys/hypervisor/type
  echo HVM > sys/hypervisor/guest_type
  # xvde, xvdp, xvdq (wide), xvdaa (wide); partition-only xvde1.
  for vdev in 51776 51952 268439552 268442112 51777; do
    thinks i386-xen-hvm $vdev -- xvdx loop0 sr0
  done
  thinks i386-xen-hvm 51776 51792 -- xvde xvdf
  # hda, hdd, sda, xvda, xvdd, xvda as a wide number: these have emulated
  # twins, which Linux unplugs.
  for vdev in 768 5696 2048 51712 51760 268435456; do
    thinks i386-pc $vdev -- xvda
    thinks i386-pc 51776 $vdev -- xvda xvde
  done
  thinks i386-pc --
  thinks i386-pc -- xvde
  for disk in sda hda vda nvme0n1; do
    thinks i386-pc 51776 -- xvde $disk
  done
  echo PVH > sys/hypervisor/guest_type
  thinks i386-pc 51776 -- xvde
  echo HVM > sys/hypervisor/guest_type
  rmdir lib/i386-xen-hvm
  thinks i386-pc 51776 -- xvde
  grep -q 'install grub-xen-hvm-bin' err || fail "does not say what to install"
}

t_drive_hint ()
{
  build_thinks
  for pair in /dev/xvde=xen/xvde /dev/xvde1=xen/xvde /dev/xvdaa12=xen/xvdaa xvdb=nothing \
              /dev/sda1=nothing /dev/mapper/xvd-x=nothing /dev/md0=nothing; do
    [ "$(./thinks "${pair%=*}")" = "${pair#*=}" ] || fail "${pair%=*}: $(./thinks "${pair%=*}")"
  done
}
