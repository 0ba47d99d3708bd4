# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
# util/checks/upstream.sh: tests of the series for upstream
# Copyright (C) 2026  The grub-xen-hvm authors

# util/check-util sets srcdir, builddir, util and here.
# shellcheck disable=SC2154

author='A U Thor <author@example.org>'

# series TREE OPTION...: run upstream-series in a separate build directory.
series ()
{
  mkdir -p b "$builddir/apt"
  ln -sfn "$builddir/apt" b/apt
  "$1/util/upstream-series" --builddir b --author "$author" "${@:2}"
}

own_version ()          # own_version PROJECT: print the version that was built
{
  case $1 in
    grub) readlink "$builddir/graft/current" ;;
    *) readlink "$builddir/$1/current" ;;
  esac
}

# Check the patches for the distribution's own version.
check_series ()         # check_series NAME PATCHES
{
  local p n
  says 'git am' series "$srcdir" --verify --signoff "$1"
  for p in b/upstream/"$1"/*.patch; do
    grep -q "^From: $author" "$p" || fail "$p is from somebody else"
    grep -q '^Subject: \[PATCH.* [0-9]*/[0-9]*\] [A-Za-z/_ ]*' "$p" \
      || fail "$p: no subject"
    case $p in
      */0000-*) ;;
      *) grep -q "^Signed-off-by: $author" "$p" || fail "$p is not signed off" ;;
    esac
  done
  n=$(find "b/upstream/$1" -name '*.patch' | wc -l)
  [ "$n" -gt "$2" ] || fail "$n patches with the cover letter"
}

t_upstream_grub ()
{
  local name
  name=grub-$(own_version grub)
  check_series "$name" 12
  # The module is in GRUB's own list, and uses the headers that GRUB has.
  grep -qh '^+  name = xen_blk;' "b/upstream/$name"/*.patch || fail "no module"
  ! grep -h '^+.*xen-public' "b/upstream/$name"/*.patch || fail "headers of ours"
}

t_upstream_seabios ()
{
  check_series "seabios-$(own_version seabios)" 2
}

# A file or patch that is in no commit, or in two, is an error.
t_upstream_complete ()
{
  local name
  name=seabios-$(own_version seabios)
  mkdir tree
  (cd "$srcdir" && tar cf - contrib include grub-core patches seabios upstream util) \
    | tar xf - -C tree
  echo 'int other;' > tree/seabios/other.c
  refuses 'in no commit: seabios/other.c' series tree "$name"
  rm tree/seabios/other.c
  sed -i 's,^patch grub.patch src/post.c,patch grub.patch src/boot.c,' \
    tree/upstream/seabios/20-post.txt
  refuses 'previously applied' series tree "$name"
  sed -i '/^patch /d' tree/upstream/seabios/20-post.txt
  refuses 'in no commit: grub.patch src/post.c' series tree "$name"
}

t_upstream_bad_source ()
{
  mkdir empty
  refuses 'there are no patches for that' series "$srcdir" grub-1.99
  refuses 'that is no grub, not 2.06' \
    series "$srcdir" --with-grub-source empty grub-2.06
  refuses 'there is no such source' \
    series "$srcdir" --with-grub-source missing grub-2.06
  refuses 'name the one version' series "$srcdir" --with-grub-source empty
  # Without a name there is no sign-off.
  refuses '--signoff needs a name' env HOME="$here" XDG_CONFIG_HOME="$here" \
    GIT_CONFIG_NOSYSTEM=1 GIT_CEILING_DIRECTORIES="$(dirname "$here")" \
    "$util/upstream-series" --builddir b --signoff grub-2.06
}

# upstream/releases has each supported version.
t_upstream_releases ()
{
  local name
  for name in $("$util/upstream-series" --list); do
    grep -q "^${name%%-*}  *${name#*-}  *[a-z]" "$srcdir/upstream/releases" \
      || fail "$name is not in upstream/releases"
  done
}

t_all_grubs_no_source ()
{
  mkdir -p b/graft
  ln -s none b/graft/current
  refuses 'GRUB_214_SOURCE=missing: there is no such source' \
    env GRUB_214_SOURCE=missing "$util/check-all-grubs" --builddir b 2.14
  refuses '0 passed, 1 failed' \
    env GRUB_214_SOURCE=missing "$util/check-all-grubs" --builddir b 2.14
  refuses 'GRUB 1.99 is not supported' "$util/check-all-grubs" --builddir b 1.99
}

# The archive of GRUB 2.12 lacks a file that its makefile needs; a release that
# has it, or needs none, is unpacked as it is.
t_upstream_missing_file ()
{
  local name lists=grub-core/extra_deps.lst
  mkdir -p lacks/grub-core has/grub-core needs-none/src
  # shellcheck disable=SC2016 # make's variable
  echo 'syminfo.lst: $(top_srcdir)/grub-core/extra_deps.lst' \
    | tee lacks/grub-core/Makefile.am > has/grub-core/Makefile.am
  echo 'depends own' > has/$lists
  for name in lacks has needs-none; do
    tar -cf $name.tar $name
    # shellcheck disable=SC2016 # the inner shell's
    bash -eu -c '. "$0/util/upstream.sh"; unpack_release "$1.tar" "$1.out"' \
      "$srcdir" $name
  done
  grep -q '^depends bli part_gpt$' lacks.out/$lists || fail "the file is not added"
  diff -r has has.out || fail "a file that is there is changed"
  diff -r needs-none needs-none.out || fail "a file is added that none needs"
}
