# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
# util/upstream.sh: releases of GRUB and SeaBIOS (to be sourced)
# Copyright (C) 2026  The grub-xen-hvm authors

# The user of this file sets:
#   srcdir    the tree
#   builddir  the build directory
# and has steps.sh and stamps.sh.
: "${srcdir:=.}" "${builddir:=build}"

# suite_of PROJECT VERSION: the Debian release that has it; empty if it is
# unknown.
suite_of ()
{
  awk -v project="$1" -v version="$2" \
    '$1 == project && $2 == version { print $3 }' "$srcdir/upstream/releases"
}

version_in ()           # version_in PROJECT SUITE: the version in that release
{
  awk -v project="$1" -v suite="$2" \
    '$1 == project && $3 == suite { print $2 }' "$srcdir/upstream/releases"
}

package_of ()           # package_of PROJECT: Debian's name for it
{
  case $1 in
    grub) echo grub2 ;;
    *) echo "$1" ;;
  esac
}

tree_version ()         # tree_version PROJECT DIR: the version of the tree
{
  case $1 in
    grub) sed -n 's/^AC_INIT(\[GRUB\], *\[\([^]]*\)\].*/\1/p' \
            "$2/configure.ac" 2> /dev/null || : ;;
    *) cat "$2/.version" 2> /dev/null || : ;;
  esac
}

# have_orig PROJECT VERSION: the release's archive, if it was fetched before.
have_orig ()
{
  local f
  for f in "$builddir/apt/sources/$(package_of "$1")_$2".orig.tar.[gx]z; do
    [ ! -f "$f" ] || echo "$f"
  done
}

# find_orig PROJECT VERSION: the release's archive, fetched if necessary.  It
# is a part of Debian's source package, whose other parts are not needed.
find_orig ()
{
  local suite found
  found=$(have_orig "$1" "$2")
  suite=$(suite_of "$1" "$2")
  if [ -z "$found" ] && [ -n "$suite" ]; then
    "$srcdir/util/apt-private" --builddir "$builddir" --suite "$suite" \
      source "$(package_of "$1")" >&2 || :
    found=$(have_orig "$1" "$2")
  fi
  [ -n "$found" ] || {
    say "no source of $1 $2${suite:+ in Debian $suite}: give the release's" \
      "archive, or its unpacked tree, by --with-$1-source"
    return 1
  }
  printf '%s\n' "$found"
}

# orig_for PROJECT SUITE: the archive of the release that Debian SUITE has.  It
# is used if a mirror lacks a part of the source package.  For the running
# Debian (SUITE is empty) any supported release is accepted, the nearest first.
orig_for ()
{
  local wanted version
  if [ -n "$2" ]; then
    find_orig "$1" "$(version_in "$1" "$2")"
    return
  fi
  wanted=$(version_in "$1" "$(running_release)")
  for version in $(versions_of "$1" | tr ' ' '\n' | nearest "${wanted:-newest}"); do
    ! find_orig "$1" "$version" || return 0
  done
  return 1
}

# nearest VERSION: sort the lines of the standard input, ascending versions, by
# their distance from VERSION, or from the newest one if VERSION is not among
# them.
nearest ()
{
  awk -v wanted="$1" '
    { line[NR] = $0; if ($0 == wanted) at = NR }
    END {
      if (!at) at = NR
      print line[at]
      for (i = 1; i < NR; i++) {
        if (at + i <= NR) print line[at + i]
        if (at - i >= 1) print line[at - i]
      }
    }'
}

# running_release: the code name of this machine's Debian.
running_release ()
{
  # shellcheck disable=SC1091
  (. /etc/os-release && echo "${VERSION_CODENAME:-}")
}

# unpack_release SOURCE DIR: an archive or a tree, to DIR.
unpack_release ()
{
  mkdir -p "$2"
  if [ -d "$1" ]; then
    (cd "$1" && tar cf - --exclude=.git .) | tar xf - -C "$2"
  else
    tar xf "$1" -C "$2" --strip-components=1 --no-same-owner
  fi
  add_missing "$2"
}

# add_missing DIR: GRUB 2.12, as released, lacks a file that its makefile needs.
add_missing ()
{
  if [ ! -e "$1/grub-core/extra_deps.lst" ] \
       && grep -s -q 'top_srcdir)/grub-core/extra_deps.lst' \
            "$1/grub-core/Makefile.am"; then
    echo 'depends bli part_gpt' > "$1/grub-core/extra_deps.lst"
  fi
}
