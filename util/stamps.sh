# shellcheck shell=bash
# grub-xen-hvm -- util/stamps.sh: what is up to date (to be sourced)
# Copyright (C) 2026  The grub-xen-hvm authors
# SPDX-License-Identifier: GPL-3.0-or-later
# This program is free software; it comes with no warranty at all.

# A stamp has the hash of a step's inputs; the step is done if the stamp
# matches.  The user of this file sets:
#   top     stamps are in top/stamp
#   srcdir  the tree
: "${top:=}" "${srcdir:=.}"

stamp_is ()             # stamp_is NAME KEY
{
  [ "$(cat "$top/stamp/$1" 2> /dev/null)" = "$2" ]
}

stamp_set ()            # stamp_set NAME KEY
{
  mkdir -p "$top/stamp"
  echo "$2" > "$top/stamp/$1"
}

hash_of ()              # hash of standard input
{
  sha256sum | cut -d ' ' -f 1
}

hash_files ()           # hash of names and contents of files and folders
{
  (cd "$srcdir" && find "$@" -type f -print0 | sort -z \
     | xargs -0r sha256sum) | hash_of
}

# tree_files: all files of the tree, in a checkout or an unpacked archive.
tree_files ()
{
  local f
  (cd "$srcdir" && { git ls-files -co --exclude-standard 2> /dev/null \
    || find . -path ./build -prune -o -type f -printf '%P\n'; }) \
    | while IFS= read -r f; do
        [ ! -f "$srcdir/$f" ] || printf '%s\n' "$f"
      done
}

# sync_file FROM TO: copy the file if it differs.  Otherwise it keeps its time,
# so make does not rebuild it.
sync_file ()
{
  cmp -s "$1" "$2" && return 0
  mkdir -p "$(dirname "$2")"
  cp -f "$1" "$2"
  echo "$2"
}

# apply_all DIR SOURCE WHAT: apply the patches of DIR to WHAT, unpacked in
# SOURCE.  No fuzz is allowed: many places look alike, and a hunk in the wrong
# place would not be noticed.  If a distribution's source differs from the
# release, NAME.patch is for the former, NAME.patch.release for the latter.  A
# patch that exists only as NAME.patch.release is a fix that distributions have
# and the release lacks.
apply_all ()
{
  local p
  for p in "$1"/*.patch; do
    if [ -f "$p.release" ] \
         && ! patch -d "$2" -p1 -N -F0 --dry-run < "$p" > /dev/null; then
      p=$p.release
    fi
    echo "== $p"
    patch -d "$2" -p1 -N -F0 --no-backup-if-mismatch < "$p" || {
      echo "${p#"$srcdir/"} does not apply to $3"
      return 1
    }
  done
  for p in "$1"/*.patch.release; do
    if [ -f "$p" ] && [ ! -f "${p%.release}" ] \
         && patch -d "$2" -p1 -N -F0 --dry-run < "$p" > /dev/null; then
      echo "== $p"
      patch -d "$2" -p1 -N -F0 --no-backup-if-mismatch < "$p" || return 1
    fi
  done
}

# versions_of NAME: the versions of NAME that there are patches for.
versions_of ()
{
  (cd "$srcdir/patches" && printf '%s\n' "$1"-*) | sed "s/^$1-//" \
    | sort -V | paste -s -d ' '
}
