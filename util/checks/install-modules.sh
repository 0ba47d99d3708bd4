# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
# util/checks/install-modules.sh: tests of grub-xen-hvm-install-modules
# Copyright (C) 2026  The grub-xen-hvm authors

# util/check-util sets srcdir, builddir, util and here; product.sh has
# stock_grub.
# shellcheck disable=SC2154

# make_installer: set tool to the command with a separate state file.
make_installer ()
{
  local dir=$here/dest
  "$util/install-tree" --builddir "$builddir" --destdir "$dir" --prefix /usr
  tool=("$dir/usr/sbin/grub-xen-hvm-install-modules"
        --modules "$dir/usr/lib/grub-xen-hvm/i386-pc" --state "$here/lib/state")
}

# gone_back: is the directory as before the installation?
gone_back ()
{
  diff -r before boot || fail "not as it was"
}

# of_version VERSION: give the stock GRUB that package version.
of_version ()
{
  sed -i "s/^grub_package_version=.*/grub_package_version=\"$1\"/" \
    boot/i386-pc/modinfo.sh
  rm -rf before
  cp -r boot before
}

# The modules are installed again after grub-install has emptied the directory.
t_modules_refresh ()
{
  make_installer
  stock_grub
  "${tool[@]}" --refresh
  gone_back
  [ ! -e lib/state ] || fail "remembers what was never there"
  "${tool[@]}" boot
  [ "$(cat lib/state)" = "match $here/boot" ] || fail "state: $(cat lib/state)"
  cp -r boot once
  rm -r boot
  cp -r before boot
  says "Put into $here/boot/i386-pc again" "${tool[@]}" --refresh
  diff -r once boot || fail "not as installed first"
  "${tool[@]}" --uninstall boot
  gone_back
  [ ! -e lib/state ] || fail "not forgotten: $(cat lib/state)"
}

# With another GRUB the modules are taken out, and remembered.  They are
# installed again with the right GRUB.
t_modules_refresh_mismatch ()
{
  local version
  make_installer
  stock_grub
  version=$(sed -n 's/^grub_package_version="\(.*\)"/\1/p' boot/i386-pc/modinfo.sh)
  "${tool[@]}" boot
  sed -i 's/^grub_package_version=.*/grub_package_version="1:0"/' \
    boot/i386-pc/modinfo.sh
  says 'of 1:0; --force' "${tool[@]}" --refresh
  [ ! -e boot/i386-pc/xen_blk.mod ] || fail "left in a GRUB of another version"
  ! grep '^xen' boot/i386-pc/moddep.lst || fail "left in moddep.lst"
  sed -i "s/^grub_package_version=.*/grub_package_version=\"$version\"/" \
    boot/i386-pc/modinfo.sh
  gone_back
  says 'again' "${tool[@]}" --refresh
  [ -e boot/i386-pc/xen_blk.mod ] || fail "not put back"
  # --force is also remembered.
  "${tool[@]}" --uninstall boot
  of_version 2:0
  "${tool[@]}" --force boot
  rm -r boot
  cp -r before boot
  says 'again' "${tool[@]}" --refresh
  [ -e boot/i386-pc/xen_blk.mod ] || fail "--force was forgotten"
}

# A missing or broken directory does not affect other directories.
t_modules_several ()
{
  make_installer
  stock_grub
  cp -r boot 'second boot'
  cp -r boot third
  "${tool[@]}" boot
  "${tool[@]}" 'second boot'
  "${tool[@]}" third
  "${tool[@]}" third
  [ "$(wc -l < lib/state)" = 3 ] || fail "state: $(cat lib/state)"
  rm -r boot
  says 'no longer exists; forgotten' "${tool[@]}" --refresh
  [ "$(wc -l < lib/state)" = 2 ] || fail "state: $(cat lib/state)"
  ln -s /dev/full 'second boot/i386-pc/moddep.lst.new'
  rm third/i386-pc/xen_blk.mod
  refuses "can't write to" "${tool[@]}" --refresh
  [ -e third/i386-pc/xen_blk.mod ] || fail "one that is broken kept others from it"
  "${tool[@]}" --uninstall --all
  ! find . -path ./dest -prune -o -name 'xen*.mod' -print | grep . \
    || fail "left behind"
  [ ! -e lib/state ] || fail "not forgotten: $(cat lib/state)"
}

# Without room nothing is changed, and no new file is left.
t_modules_no_room ()
{
  local file
  make_installer
  stock_grub
  for file in xen_blk.mod moddep.lst command.lst; do
    ln -s /dev/full "boot/i386-pc/$file.new"
    refuses 'it is as it was before' "${tool[@]}" boot
    gone_back
  done
  [ ! -e lib/state ] || fail "remembered all the same"
  # If the state can't be written, the modules are installed nevertheless.
  mkdir lib
  ln -s /dev/full lib/state.new
  says "can't remember" "${tool[@]}" boot
  [ -e boot/i386-pc/xen_blk.mod ] || fail "not installed"
}

t_modules_bad_input ()
{
  make_installer
  stock_grub
  refuses 'no such folder' "${tool[@]}" /no/such
  refuses 'unknown option' "${tool[@]}" --what
  refuses 'one GRUB directory' "${tool[@]}" boot boot
  refuses 'name the GRUB directory' "${tool[@]}" --all
  refuses 'no directory is to be named' "${tool[@]}" --refresh boot
  refuses 'needs a folder' "${tool[0]}" --modules
  refuses 'needs a file' "${tool[0]}" --state
  refuses 'no modules there' "${tool[0]}" --modules=/no/such boot
  gone_back
}
