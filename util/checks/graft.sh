# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
# util/checks/graft.sh: tests of the graft
# Copyright (C) 2026  The grub-xen-hvm authors

# util/check-util sets srcdir, builddir, util and here.
# shellcheck disable=SC2154

fake_grub ()            # fake_grub VERSION: looks like GRUB's source
{
  mkdir -p grub/grub-core/lib/gnulib
  echo "AC_INIT([GRUB],[$1],[bug@example])" > grub/configure.ac
  : > grub/grub-core/lib/gnulib/stdlib.in.h
}

t_graft_unsupported_version ()
{
  fake_grub 1.99
  refuses 'found GRUB 1.99' "$util/graft" --builddir b --with-grub-source grub
  refuses 'Supported: 2.06' "$util/graft" --builddir b --with-grub-source grub
}

t_graft_patch_fails ()
{
  fake_grub 2.06
  refuses 'does not apply to GRUB 2.06' \
    "$util/graft" --builddir b --with-grub-source grub
  refuses 'supported GRUBs: 2.06' \
    "$util/graft" --builddir b --with-grub-source grub
  refuses "$here/b/log/graft-patch.log" \
    "$util/graft" --builddir b --with-grub-source grub
}

t_graft_no_source ()
{
  mkdir empty
  refuses 'not a GRUB source tree' \
    "$util/graft" --builddir b --with-grub-source empty
  fake_grub 2.06
  rm grub/grub-core/lib/gnulib/stdlib.in.h
  refuses 'gnulib is missing' \
    "$util/graft" --builddir b --with-grub-source grub
}

# The patches apply to a GRUB other than the running distribution's.
t_graft_other_grubs ()
{
  says 'GRUB 2.12' "$util/graft" --builddir "$builddir/check/other" \
    --suite trixie --source-only
  grep -q GRUB_XEN_HVM_IMAGE_TARGETS \
    "$builddir/check/other/graft/2.12/src/util/mkimage.c" || fail "no patch"
}

# poor_tree: make a copy of the tree with an apt that never finds a whole
# source package.  It has the archives of the releases that were built.
poor_tree ()
{
  mkdir -p tree b/apt/sources
  (cd "$srcdir" && tar cf - contrib grub-core include patches tests/grub upstream util) \
    | tar xf - -C tree
  printf '#!/bin/sh\necho "404 Not Found" >&2\nexit 1\n' > tree/util/apt-private
  grub=$(readlink "$builddir/graft/current")
  seabios=$(readlink "$builddir/seabios/current")
  ln -s "$builddir"/apt/sources/grub2_"$grub".orig.tar.?z \
    "$builddir"/apt/sources/seabios_"$seabios".orig.tar.?z b/apt/sources/
}

# suite_with PROJECT VERSION
suite_with ()
{
  awk -v p="$1" -v v="$2" '$1 == p && $2 == v { print $3 }' "$srcdir/upstream/releases"
}

# A mirror that has only upstream's archive is enough, and the build reports
# that.
t_graft_poor_mirror ()
{
  local grub seabios other
  poor_tree
  says "note: no whole source package of GRUB can be had; taking grub2_$grub.orig" \
    tree/util/graft --builddir b --source-only
  grep -q GRUB_XEN_HVM_IMAGE_TARGETS "b/graft/$grub/src/util/mkimage.c" || fail "no patch"
  # Debian has fixed this in its source, and we fix it in the release's.
  grep -A 1 'state = grub_arg_list_alloc' "b/graft/$grub/src/grub-core/commands/extcmd.c" \
    | grep -q 'if (.*state' || fail "GRUB's own defect is not mended"
  says "taking grub2_$grub.orig" \
    tree/util/graft --builddir b --suite "$(suite_with grub "$grub")" --source-only
  # A request for a release's version never gets another version.
  other=2.14
  [ "$grub" != $other ] || other=2.12
  refuses "no source of grub $other in Debian" \
    tree/util/graft --builddir b --suite "$(suite_with grub $other)" --source-only
  # It ends after the patches, because that tree lacks our files for SeaBIOS.
  refuses "note: no whole source package of SeaBIOS can be had; taking seabios_$seabios.orig" \
    tree/util/graft-seabios --builddir b
  grep -q xen_grub "b/seabios/$seabios/src/src/boot.c" || fail "no patch"
  # The archive of the running release's version is missing, so the nearest
  # one is used.
  sed -i "/^grub /s/ $grub / 2.05 /" tree/upstream/releases
  says "taking grub2_$grub.orig" tree/util/graft --builddir b --source-only
  rm b/apt/sources/grub2_*
  refuses '404 Not Found' tree/util/graft --builddir b --source-only
}

# The order in which versions are tried.
t_graft_nearest ()
{
  local order
  . "$util/upstream.sh"
  order=$(printf '%s\n' 2.06 2.12 2.14 2.16 | nearest 2.12 | paste -s -d ' ')
  [ "$order" = '2.12 2.14 2.06 2.16' ] || fail "$order"
  order=$(printf '%s\n' 2.06 2.12 2.14 | nearest 2.99 | paste -s -d ' ')
  [ "$order" = '2.14 2.12 2.06' ] || fail "$order"
  order=$(printf '%s\n' 2.06 | nearest 2.06 | paste -s -d ' ')
  [ "$order" = 2.06 ] || fail "$order"
}

built ()                # print the built files with their times
{
  find "$builddir"/graft/*/i386-*/grub-core -name '*.mod' \
    -o -name 'kernel.img' | sort | xargs stat -c '%n %y'
}

# Files that are up to date are not built again.
t_graft_again ()
{
  local flags
  read -ra flags <<< "${GRAFT_FLAGS:-}"
  "$util/graft" --builddir "$builddir" "${flags[@]}"
  built > first
  [ -s first ] || fail "nothing was built"
  "$util/graft" --builddir "$builddir" "${flags[@]}"
  built | diff first - || fail "built again without a reason"
}

# GRUB's own include/xen is another, older, copy of Xen's headers.
t_graft_headers ()
{
  local src=$builddir/graft/current/src
  cmp /usr/include/xen/io/blkif.h "$src/include/xen-public/io/blkif.h"
  ! cmp -s "$src/include/xen/io/blkif.h" "$src/include/xen-public/io/blkif.h" \
    || fail "GRUB's own copy was overwritten"
}
