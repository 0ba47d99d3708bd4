# grub-xen-hvm -- what the host side of the Xen bench has in common
# Copyright (C) 2026  The grub-xen-hvm authors
# SPDX-License-Identifier: GPL-3.0-or-later
# This is free software: you may use, study, share and improve it; there is no warranty.
# shellcheck shell=bash
#
# Sourced by the scripts of this directory.  BUILDDIR names the build
# directory (default: build beside the sources).

xendir=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
topdir=$(cd "$xendir/../.." && pwd)
BUILDDIR=${BUILDDIR:-$topdir/build}
mkdir -p "$BUILDDIR/log" "$BUILDDIR/bench"
BUILDDIR=$(cd "$BUILDDIR" && pwd)
export BUILDDIR
# shellcheck disable=SC2034
bench=$BUILDDIR/bench
logdir=$BUILDDIR/log
# Used by the scripts that source this file.
# shellcheck disable=SC2034
graft=$BUILDDIR/graft/current

# mke2fs, sfdisk and the like live where an ordinary user's PATH does not look.
PATH=$PATH:/usr/sbin:/sbin

die ()
{
  echo "${0##*/}: $*" >&2
  exit 1
}

# need COMMAND...: refuse to start without them, and say what to install.
need ()
{
  local command missing=
  for command; do
    command -v "$command" > /dev/null || missing="$missing $command"
  done
  [ -z "$missing" ] || die "missing:$missing; ./bootstrap installs what is needed"
}

# step LOG TEXT COMMAND...: run a long command with its output in a log, show
# what is going on and how long it took.  The end of the log is shown on failure.
step ()
{
  local log=$logdir/$1 text=$2 start=$SECONDS rc=0
  shift 2
  printf '%s ... ' "$text"
  "$@" > "$log" 2>&1 || rc=$?
  if [ "$rc" -ne 0 ]; then
    echo "failed ($((SECONDS - start)) s)"
    tail -n 25 "$log" >&2
    die "$text failed; the whole log is $log"
  fi
  echo "done ($((SECONDS - start)) s)"
}

# hash_of FILE_OR_TEXT...: one hash over the contents of the files, or over the
# words themselves where there is no such file.
hash_of ()
{
  local item
  for item; do
    if [ -f "$item" ]; then
      sha256sum < "$item"
    else
      echo "$item"
    fi
  done | sha256sum | cut -d ' ' -f 1
}

# stamped STAMP HASH: true when STAMP holds HASH, so nothing is to be done.
stamped ()
{
  [ -f "$1" ] && [ "$(cat "$1")" = "$2" ]
}

# The release this machine runs; the bench is made of the same one.
release ()
{
  # shellcheck disable=SC1091
  (. /etc/os-release && echo "${VERSION_CODENAME:?/etc/os-release has no VERSION_CODENAME}")
}
