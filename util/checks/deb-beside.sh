# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
# util/checks/deb-beside.sh: our packages beside the distribution's
# Copyright (C) 2026  The grub-xen-hvm authors

# util/check-util sets srcdir, builddir, util and here; our_debs is deb.sh's.
# shellcheck disable=SC2154

## A Debian in a folder

# An ordinary user becomes root in a namespace.  Root of this machine needs no
# namespace, and may lack the permission to make one.
as_root ()
{
  if [ "$(id -u)" = 0 ]; then "$@"; else unshare --map-root-user --mount "$@"; fi
}

# inside COMMAND...: run it in that Debian.
inside ()
{
  # shellcheck disable=SC2016 # variables of the shell that is called
  as_root sh -c '[ -c root/dev/null ] || mount --bind /dev/null root/dev/null
    cd / && exec env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 \
      DEBIAN_FRONTEND=noninteractive chroot "$0/root" "$@"' "$here" "$@" < /dev/null
}

unpack_root ()
{
  local gone=(--exclude='./dev/*' --exclude='./usr/share/zoneinfo/*')
  if [ "$(id -u)" != 0 ]; then
    unshare --map-root-user --mount true || fail "no user namespaces here: permit \
them (sysctl user.max_user_namespaces, kernel.apparmor_restrict_unprivileged_userns) \
or run this test as root"
    gone+=(--no-same-owner)
  fi
  mkdir root
  as_root tar -C root "${gone[@]}" -xf "$builddir/deb/root.tar"
  if [ "$(id -u)" = 0 ]; then
    cp -a /dev/null root/dev/null
  else
    : > root/dev/null
  fi
  # The root is only for this test, so dpkg need not sync its files.
  echo force-unsafe-io > root/etc/dpkg/dpkg.cfg.d/quick
  cp "${debs[@]}" root/var/tmp/
  for p in "${stock[@]}"; do
    cp "$builddir/apt/archives/${p}_${version/:/%3a}_"*.deb root/var/tmp/
  done
}

# dpkg_run ARGUMENT...: dpkg must succeed without a warning.
dpkg_run ()
{
  local status=0
  inside dpkg "$@" > dpkg.out 2>&1 || status=$?
  sed 's/^/    /' dpkg.out
  [ $status = 0 ] || fail "dpkg $*: exit $status"
  ! grep -i '^dpkg: \(error\|warning\)' dpkg.out || fail "dpkg $*: see above"
}

install_stock ()        # install_stock [PACKAGE...]: install or reinstall
{
  local p files=()
  for p in "${@:-${stock[@]}}"; do files+=("/var/tmp/${p}_${version/:/%3a}_*.deb"); done
  # shellcheck disable=SC2016 # a variable of the shell in there
  inside sh -c 'dpkg -i $*' sh "${files[@]}" > dpkg.out 2>&1 \
    || { cat dpkg.out; fail "can't install the distribution's packages"; }
}

install_ours ()
{
  local d files=()
  for d in "${debs[@]}"; do files+=("/var/tmp/${d##*/}"); done
  dpkg_run -i "${files[@]}"
}

# snapshot NAME: write all files with their contents, and dpkg's diversions, to
# NAME.
snapshot ()
{
  local not=(\( -path ./var/lib/dpkg -o -path ./var/log -o -path ./var/cache
                -o -path ./var/tmp -o -path ./dev \) -prune -o)
  (cd root || exit
   as_root find . "${not[@]}" -printf '%p %m %u %g %l\n' | sort
   as_root find . "${not[@]}" -type f -exec sha256sum {} + | sort) > "$1"
  inside dpkg-divert --list >> "$1"
}

same_as ()              # same_as NAME: is all as it was then?
{
  snapshot now
  diff "$1" now || fail "not as it was $1 (see above)"
  [ -z "$(inside dpkg --audit)" ] || fail "dpkg --audit is not content"
}

in_says ()              # in_says TEXT COMMAND...: as says, in there
{
  local text=$1
  shift
  says "$text" inside "$@"
}

in_refuses ()
{
  local text=$1
  shift
  refuses "$text" inside "$@"
}

## Both GRUBs work

# The distribution's GRUB works as without our packages.
stock_works ()
{
  local image
  inside grub-mkimage -O i386-pc -o /var/tmp/a.img -p /boot/grub biosdisk ext2 normal
  image=$(sha256sum < root/var/tmp/a.img)
  [ -n "${stock_image:-}" ] || stock_image=$image
  [ "$image" = "$stock_image" ] || fail "another image for i386-pc than before"
  in_refuses 'grub-install: error: ' grub-install --target=i386-pc /no/such/disk
  in_says "(GRUB) $version" grub-install --version
  in_says "Install GRUB on your drive" grub-install --help > /dev/null
}

ours_work ()
{
  inside grub-mkimage -O i386-xen-hvm -o /var/tmp/b.img -p /boot/grub xen_blk normal
  [ -s root/var/tmp/b.img ] || fail "no image of i386-xen-hvm"
  echo 'echo hello' > root/var/tmp/grub.cfg
  inside grub-mkstandalone -O i386-xen-hvm -o /var/tmp/c.img --modules=xen_blk \
    --install-modules='normal echo' --fonts= /boot/grub/grub.cfg=/var/tmp/grub.cfg
  [ -s root/var/tmp/c.img ] || fail "no standalone image"
  in_says 'directory for i386-xen-hvm created' grub-mknetdir --net-directory=/var/tmp/net
  [ -d root/var/tmp/net/boot/grub/i386-pc ] || fail "grub-mknetdir forgets i386-pc"
  in_says 'i386-xen-hvm' grub-install --help > /dev/null
  in_refuses 'i386-xen-hvm' grub-install --target=i386-xenhvm
}

# fresh_boot: make the GRUB directory as grub-install leaves it.
fresh_boot ()
{
  rm -rf root/boot/grub/i386-pc
  mkdir -p root/boot/grub
  cp -r root/usr/lib/grub/i386-pc root/boot/grub/
}

has_modules ()
{
  [ -f root/boot/grub/i386-pc/xen_blk.mod ] || fail "no xen_blk in /boot/grub"
  grep -q '^xen_blk: .*xen' root/boot/grub/i386-pc/moddep.lst || fail "moddep.lst"
}

has_no_modules ()
{
  diff -r root/usr/lib/grub/i386-pc root/boot/grub/i386-pc \
    || fail "/boot/grub/i386-pc is not what grub-install leaves"
}

# another_version: make a grub-pc-bin as an upgrade would bring it.
another_version ()
{
  rm -rf newer
  dpkg-deb -R root/var/tmp/grub-pc-bin_*.deb newer
  sed -i "s/^Version: .*/&.1/" newer/DEBIAN/control
  sed -i 's/^\(grub_package_version="[^"]*\)"/\1.1"/' \
    newer/usr/lib/grub/i386-pc/modinfo.sh
  sed -i '/modinfo.sh/d' newer/DEBIAN/md5sums
  dpkg-deb --root-owner-group -Znone -b newer root/var/tmp/newer.deb
}

prepare ()
{
  stock=(grub-common grub2-common grub-pc-bin)
  stock_image=''
  "$util/make-deb-root" --builddir "$builddir"
  our_debs
  version=$(sed -n 's/^grub_package_version="\(.*\)"/\1/p' \
              "$builddir/graft/current/i386-pc/grub-core/modinfo.sh")
  compgen -G "$builddir/apt/archives/grub-pc-bin_${version/:/%3a}_*.deb" > /dev/null \
    || fail "GRUB $version is not what this distribution has in its package \
grub-pc-bin: the packages were built from another source"
  unpack_root
  # Install it once more, with the files that make-deb-root has left out.
  install_stock
  stock_works
}

## Tests

# Install our packages, reinstall the distribution's, remove and purge ours.
t_deb_beside ()
{
  prepare
  snapshot before
  install_ours
  stock_works
  ours_work
  snapshot with
  install_stock
  same_as with
  ours_work
  # Install ours again, as an upgrade does.
  install_ours
  same_as with
  dpkg_run -r grub-xen-hvm-bin
  stock_works
  in_refuses 'unknown target format' grub-mkimage -O i386-xen-hvm
  dpkg_run -P grub-xen-hvm-images grub-xen-hvm-pc-modules grub-xen-hvm-bin
  stock_works
  same_as before
}

# Installing and removing work in any order.
t_deb_orders ()
{
  prepare
  snapshot before
  # Ours are unpacked before the distribution's are installed.
  dpkg_run -P grub-pc-bin grub2-common grub-common
  dpkg_run --unpack "/var/tmp/${debs[0]##*/}"
  install_stock
  inside dpkg --configure -a
  stock_works
  ours_work
  # The distribution's are removed first, then ours.
  inside dpkg --force-depends -P grub-pc-bin grub2-common grub-common
  in_refuses 'apt-get install --reinstall' grub-install /dev/sda
  dpkg_run -P grub-xen-hvm-bin
  [ -z "$(inside find / -xdev -name '*.distrib')" ] || fail "left: *.distrib"
  install_stock
  stock_works
  same_as before
  # An installation that fails half way: another package has that file.
  mkdir -p other/DEBIAN other/usr/lib/grub-xen-hvm
  printf '%s\n' 'Package: other' 'Version: 1' 'Architecture: all' \
    'Maintainer: x <x@example.org>' 'Description: x' > other/DEBIAN/control
  : > other/usr/lib/grub-xen-hvm/front-end
  dpkg-deb --root-owner-group -Znone -b other root/var/tmp/other.deb
  dpkg_run -i /var/tmp/other.deb
  in_refuses 'trying to overwrite' dpkg -i "/var/tmp/${debs[0]##*/}"
  dpkg_run -P other
  stock_works
  inside dpkg --purge grub-xen-hvm-bin
  same_as before
}

# Modules in the stock GRUB's directory follow its upgrades, and are removed
# with our packages.
t_deb_modules ()
{
  prepare
  fresh_boot
  snapshot before
  install_ours
  has_no_modules
  install_stock grub-pc-bin
  has_no_modules
  inside grub-xen-hvm-install-modules
  has_modules
  # grub-pc does this when it is configured; then our trigger runs.
  fresh_boot
  install_stock grub-pc-bin
  has_modules
  another_version
  fresh_boot
  cp newer/usr/lib/grub/i386-pc/modinfo.sh root/boot/grub/i386-pc/
  inside dpkg --force-depends -i /var/tmp/newer.deb > dpkg.out 2>&1 \
    || { cat dpkg.out; fail "can't install another version of GRUB"; }
  grep -q "modules are for GRUB $version, but" dpkg.out || fail "does not say why"
  has_no_modules
  install_stock grub-pc-bin
  fresh_boot
  install_stock grub-pc-bin
  has_modules
  dpkg_run -r grub-xen-hvm-pc-modules
  has_no_modules
  dpkg_run -P grub-xen-hvm-pc-modules grub-xen-hvm-bin grub-xen-hvm-images
  same_as before
}
