# shellcheck shell=bash
# grub-xen-hvm -- util/checks/graft.sh: tests of the graft
# Copyright (C) 2026  The grub-xen-hvm authors
# SPDX-License-Identifier: GPL-3.0-or-later
# This program is free software; it comes with no warranty at all.

# util/check-util sets srcdir, builddir, util and here.
# shellcheck disable=SC2154

fake_grub ()            # fake_grub VERSION: enough to look like GRUB's source
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

# GRUBs other than the running distribution's: do the patches still apply.
t_graft_other_grubs ()
{
  says 'GRUB 2.12' "$util/graft" --builddir "$builddir/check/other" \
    --suite trixie --source-only
  grep -q GRUB_XEN_HVM_IMAGE_TARGETS \
    "$builddir/check/other/graft/2.12/src/util/mkimage.c" || fail "no patch"
}

# A mirror that has no more of another release than upstream's archive will do; of the
# running one it will not.
t_graft_poor_mirror ()
{
  local source
  source=$("$util/apt-private" --builddir "$builddir" source grub2)
  mkdir -p tree b/apt/sources
  (cd "$srcdir" && tar cf - contrib grub-core include patches tests/grub upstream util) \
    | tar xf - -C tree
  printf '#!/bin/sh\necho "404 Not Found" >&2\nexit 1\n' > tree/util/apt-private
  ln -s "${source%/*}"/grub2_*.orig.tar.* b/apt/sources/
  refuses '404 Not Found' tree/util/graft --builddir b --source-only
  refuses 'no source of grub 2.14 in Debian forky' \
    tree/util/graft --builddir b --suite forky --source-only
  says 'GRUB 2.06' tree/util/graft --builddir b --suite bookworm --source-only
  grep -q GRUB_XEN_HVM_IMAGE_TARGETS b/graft/2.06/src/util/mkimage.c || fail "no patch"
}

built ()                # all that was built, with its time
{
  find "$builddir"/graft/*/i386-*/grub-core -name '*.mod' \
    -o -name 'kernel.img' | sort | xargs stat -c '%n %y'
}

# What is up to date is left alone.
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
