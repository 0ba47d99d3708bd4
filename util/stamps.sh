# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
# util/stamps.sh: what is up to date (to be sourced)
# Copyright (C) 2026  The grub-xen-hvm authors

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
