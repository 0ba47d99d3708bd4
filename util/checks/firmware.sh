# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
# util/checks/firmware.sh: tests of the firmware, and of its tools
# Copyright (C) 2026  The grub-xen-hvm authors

# util/check-util sets srcdir, builddir, util and here.
# shellcheck disable=SC2154

seabios=$builddir/seabios/current

# The loader and its patches of SeaBIOS are small.
t_loader_lines ()
{
  local n p
  n=$(cat "$srcdir"/seabios/xen_grub.[ch] | wc -l)
  echo "$n lines"
  [ "$n" -lt 200 ] || fail "the loader has $n lines"
  for p in "$srcdir"/patches/seabios*/; do
    n=$(cat "$p"/*.patch | grep -c '^+\([^+]\|$\)')
    echo "$p: $n lines added"
    [ "$n" -lt 25 ] || fail "$p adds $n lines"
  done
}

# rom_size DIR: print the size of the SeaBIOS built there.
rom_size ()
{
  echo $((0x100000 - $(cat "$1/bios.start")))
}

# The loader's size is the difference to a SeaBIOS without it.
t_loader_size ()
{
  local with without
  sed 's/^CONFIG_XEN_GRUB=y/# CONFIG_XEN_GRUB is not set/' "$seabios/full/config" > config
  make -C "$seabios/src" PYTHON='python3 -B' EXTRAVERSION=-grub-xen-hvm \
    KCONFIG_CONFIG="$here/config" OUT="$here/out/" oldnoconfig
  make -C "$seabios/src" PYTHON='python3 -B' EXTRAVERSION=-grub-xen-hvm \
    KCONFIG_CONFIG="$here/config" OUT="$here/out/" "$here/out/bios.bin"
  nm out/rom.o | sed -n 's/^0*\([0-9a-f]*\) . code32flat_start$/0x\1/p' > out/bios.start
  with=$(rom_size "$seabios/full")
  without=$(rom_size out)
  echo "SeaBIOS has $with bytes with the loader, $without without it"
  [ "$with" -gt "$without" ] || fail "the loader is not there"
  [ $((with - without)) -lt 1536 ] || fail "the loader takes $((with - without)) bytes"
}

# firmware OUTPUT [OPTION...]
firmware ()
{
  local output=$1
  shift
  "$util/make-firmware" --builddir "$builddir" --bios "$seabios/full/bios.bin" \
    --config "$srcdir/images/grub-i386-xen-hvm.cfg" --output "$output" "$@"
}

# Optional modules make room for required ones, and make-firmware reports that.
t_firmware_leaves_out ()
{
  cp "$srcdir/images/modules-blob" modules
  echo 'fit: xnu zfs' >> modules
  firmware out.bin --modules modules --core core > said
  cat said
  grep -q 'no room for .*xnu zfs$' said || fail "it does not say what it left out"
  [ "$(stat -c %s out.bin)" = 262144 ] || fail "a firmware of another size"
  # The end is SeaBIOS; the start is the header and the core.
  cmp <(tail -c 60000 out.bin) <(tail -c 60000 "$seabios/full/bios.bin")
  cmp <(tail -c +513 core) <(tail -c +33 out.bin | head -c $(($(stat -c %s core) - 512)))
}

t_firmware_too_big ()
{
  grep -v '^fit:' "$srcdir/images/modules-blob" > modules
  echo 'zfs zfscrypt xnu gfxmenu net http' >> modules
  refuses "GRUB's core is too big for out.bin" firmware out.bin --modules modules
  firmware out.bin --modules modules > /dev/null 2> said || :
  grep -q 'Leave out modules, [0-9]* bytes of them' said || fail "it does not say how much too big"
  [ ! -e out.bin ] || fail "left a broken firmware"
}

t_blob_of_something_else ()
{
  head -c 512 /dev/zero > core
  refuses 'no GRUB core' "$util/make-blob" --bios "$seabios/full/bios.bin" --core core --output out
  head -c 1000 /dev/zero > bios
  refuses 'has 1000 bytes' "$util/make-blob" --bios bios --core core --output out
  refuses 'No such file' "$util/make-blob" --bios none --core core --output out
}

# graft-seabios reports a SeaBIOS that it can't use.
t_seabios_unknown ()
{
  refuses 'no SeaBIOS source' "$util/graft-seabios" --builddir "$here/b" --with-seabios-source "$here"
  mkdir -p s/src/fw
  : > s/src/fw/xen.c
  refuses 'which version' "$util/graft-seabios" --builddir "$here/b" --with-seabios-source "$here/s"
  echo 1.9.9 > s/.version
  refuses 'not supported' "$util/graft-seabios" --builddir "$here/b" --with-seabios-source "$here/s"
}
