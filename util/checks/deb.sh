# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
# util/checks/deb.sh: tests of the Debian packages
# Copyright (C) 2026  The grub-xen-hvm authors

# util/check-util sets srcdir, builddir, util and here.
# shellcheck disable=SC2154

front_ends='sbin/grub-install bin/grub-mkimage bin/grub-mknetdir
  bin/grub-mkrescue bin/grub-mkstandalone'

# our_debs: set debs to the packages, which are made if necessary.
our_debs ()
{
  readarray -t debs < <("$util/make-deb" --builddir "$builddir")
  [ ${#debs[@]} = 3 ] || fail "not three packages: ${debs[*]}"
}

# Packages are not made again without a change, and contain the built files.
t_deb_contents ()
{
  local out before
  our_debs
  out=$("$util/make-deb" --builddir "$builddir" 2>&1)
  grep -q 'up to date' <<< "$out" || fail "packed again without need: $out"
  for deb in "${debs[@]}"; do dpkg-deb -x "$deb" .; done
  for before in "$builddir"/images/grub-*.bin "$builddir"/images/seabios-grub-*.bin; do
    cmp "$before" "usr/share/grub-xen-hvm/images/${before##*/}"
  done
  cmp "$builddir/graft/current/i386-pc/grub-core/xen_blk.mod" \
    usr/lib/grub-xen-hvm/i386-pc/xen_blk.mod
  cmp "$builddir/graft/current/i386-xen-hvm/grub-core/kernel.img" \
    usr/lib/grub/i386-xen-hvm/kernel.img
  for out in $front_ends; do
    [ -x "usr/$out" ] || fail "no usr/$out"
  done
  grep -q '@[a-z]*@' usr/bin/grub-xen-hvm-xlcfg usr/lib/grub-xen-hvm/front-end \
    usr/sbin/grub-xen-hvm-install-modules && fail "a name was not filled in"
  usr/bin/grub-xen-hvm-xlcfg --images=usr/share/grub-xen-hvm/images --force \
    /dev/vg/x > x.cfg
  ls usr/share/doc/grub-xen-hvm-images/examples/firmware.cfg \
    usr/share/man/man1/grub-xen-hvm-xlcfg.1.gz \
    usr/share/man/man8/grub-xen-hvm-install-modules.8.gz
}

t_deb_lintian ()
{
  command -v lintian > /dev/null || fail "lintian is missing; ./bootstrap installs it"
  our_debs
  lintian --version
  # lintian refuses to run as root by default, because packages may be
  # untrusted.  These are our own.
  lintian --allow-root --fail-on error,warning --tag-display-limit 0 "${debs[@]}" \
    > out 2>&1 || fail "lintian: $(cat out)"
  cat out
  ! grep '^[EW]: ' out || fail "lintian has something to say"
}

# The manual pages of our commands have the text of --help, and pass mandoc's
# checks.
t_man ()
{
  local page
  "$util/make-man" --output man
  for page in man/*.[18]; do
    mandoc -T lint -W warning "$page" || fail "$page: see above"
    grep -q '^\.SH OPTIONS' "$page" || fail "$page: no options"
    grep -q '\\-\\-help' "$page" || fail "$page: --help is missing"
  done
  [ "$(find man -type f | wc -l)" = 2 ] || fail "not two pages"
  cp -r man before
  "$util/make-man" --output man
  diff -r before man || fail "not the same again"
}

## The front end runs the right tool

# fake_tools: make fakes of both tools, which print whose they are, and the
# front end.  (The function `filled' is in xlcfg.sh.)
fake_tools ()
{
  local t
  filled grub-xen-hvm-front-end | sed "s,/sys/,$here/sys/,g" > front-end
  chmod +x front-end
  mkdir -p usr/bin usr/sbin usr/lib/grub-xen-hvm/bin \
    sys/block sys/hypervisor sys/firmware
  for t in $front_ends; do
    fake theirs 2.06-1 > "usr/$t.distrib"
    fake ours 2.06-1 > "usr/lib/grub-xen-hvm/bin/${t##*/}"
    chmod +x "usr/$t.distrib" "usr/lib/grub-xen-hvm/bin/${t##*/}"
  done
}

fake ()                 # fake WHO VERSION
{
  cat << END
#!/bin/sh
[ "\$*" != --version ] || echo "tool (GRUB) $2"
echo "$1 of \$#:\$(printf ' <%s>' "\$@")"
END
}

# runs WHO TOOL ARGUMENT...: that tool has to run, with exactly these
# arguments.
runs ()
{
  local who=$1 tool=$2 out wanted
  shift 2
  wanted="$who of $#:$(printf ' <%s>' "$@")"
  out=$(./front-end "$here/usr/$tool" "$@") || fail "exit $?: $tool $*"
  [ "$out" = "$wanted" ] || fail "$tool $*: \`$out', not \`$wanted'"
}

t_front_end_target ()
{
  local hvm=i386-xen-hvm
  fake_tools
  for hvm in i386-xen-hvm i386-xen_hvm i386-xenhvm I386-XEN-HVM; do
    runs ours sbin/grub-install --target=$hvm
    runs ours sbin/grub-install --boot-directory=/x --target $hvm '' 'a b'
    runs ours sbin/grub-install --targ=$hvm --help
    runs ours bin/grub-mkimage -O $hvm -o x
    runs ours bin/grub-mkimage -vO$hvm
    runs ours bin/grub-mkimage --format=$hvm-core
    runs ours bin/grub-mkstandalone --form $hvm -o x
  done
  says 'hint: the platform is called i386-xen-hvm, not i386-xenhvm' \
    ./front-end "$here/usr/bin/grub-mkimage" -O i386-xenhvm
  ./front-end "$here/usr/bin/grub-mkimage" -O i386-xen-hvm-core 2> err
  [ ! -s err ] || fail "has a hint to the right name: $(cat err)"
  runs theirs sbin/grub-install --target=i386-pc /dev/sda
  runs theirs sbin/grub-install --target=i386-pc --boot-directory=/i386-xen-hvm
  runs theirs sbin/grub-install --boot-directory /i386-xen-hvm /dev/sda
  runs theirs sbin/grub-install --target=x86_64-xen
  runs theirs sbin/grub-install --target=i386-xen_pvh -- --target=i386-xen-hvm
  runs theirs bin/grub-mkimage -O i386-pc -o i386-xen-hvm.img -p /i386-xen-hvm
  runs theirs bin/grub-mkimage -O i386-pc -d /x/i386-xen-hvm
  runs theirs bin/grub-mkimage
  # The last option counts, as in the tools.
  runs ours bin/grub-mkimage -O i386-pc -O i386-xen-hvm
  runs theirs bin/grub-mkimage -O i386-xen-hvm -O i386-pc
}

t_front_end_directory ()
{
  fake_tools
  mkdir -p a/i386-xen-hvm b/i386-pc
  echo grub_modinfo_platform=pc > b/i386-pc/modinfo.sh
  cp -r b/i386-pc b/i386-xen-hvm
  mkdir own
  echo grub_modinfo_platform=xen-hvm > own/modinfo.sh
  runs ours sbin/grub-install -d a/i386-xen-hvm/
  runs ours sbin/grub-install --directory=own
  runs ours bin/grub-mkrescue -down -o x.iso
  runs theirs sbin/grub-install -d b/i386-xen-hvm
  runs theirs bin/grub-mkrescue --directory b/i386-pc
}

t_front_end_all ()
{
  fake_tools
  runs ours bin/grub-mkrescue -o x.iso a -- -volid X
  runs ours bin/grub-mknetdir --net-directory=x
  runs theirs bin/grub-mkrescue -V
  ./front-end "$here/usr/bin/grub-mkrescue" --help > out
  grep -q '^theirs of 1: <--help>' out || fail "not their help"
  grep -q i386-xen-hvm out || fail "help does not name i386-xen-hvm"
  # Theirs is newer, so ours must not replace it.
  fake theirs 2.06-2 > usr/bin/grub-mkrescue.distrib
  ./front-end "$here/usr/bin/grub-mkrescue" -o x > out 2> err
  grep -qx 'theirs of 2: <-o> <x>' out || fail "not theirs: $(cat out)"
  grep -q 'i386-xen-hvm is left out.*2.06-1.*2.06-2' err || fail "says: $(cat err)"
  rm usr/sbin/grub-install.distrib
  refuses 'apt-get install --reinstall' ./front-end "$here/usr/sbin/grub-install"
  runs ours sbin/grub-install --target=i386-xen-hvm
}

# grub-install without a target: ours runs in an HVM guest, and determines the
# target.
t_front_end_guest ()
{
  fake_tools
  runs theirs sbin/grub-install /dev/xvde
  echo xen > sys/hypervisor/type
  echo HVM > sys/hypervisor/guest_type
  runs ours sbin/grub-install
  runs ours sbin/grub-install /dev/xvde
  runs theirs sbin/grub-install --target=i386-pc /dev/xvde
  ./front-end "$here/usr/sbin/grub-install" --version > out
  grep -q '^theirs of 1' out || fail "not their version: $(cat out)"
  runs theirs bin/grub-mkimage -o x
  mkdir sys/firmware/efi
  runs theirs sbin/grub-install
  rmdir sys/firmware/efi
  echo PVH > sys/hypervisor/guest_type
  runs theirs sbin/grub-install
  echo HVM > sys/hypervisor/guest_type
  # Theirs is newer, so ours must not replace it.
  fake theirs 2.06-2 > usr/sbin/grub-install.distrib
  runs theirs sbin/grub-install
  echo kvm > sys/hypervisor/type
  runs theirs sbin/grub-install
}
