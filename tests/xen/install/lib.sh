# grub-xen-hvm -- functions of the tests of an installation
# Copyright (C) 2026  The grub-xen-hvm authors
# SPDX-License-Identifier: GPL-3.0-or-later
# This is free software: you may use, study, share and improve it; there is no warranty.
# shellcheck shell=dash disable=SC2154

log=/run/lab.log

# lab NAME COMMAND...: run a test: the command must succeed.
lab ()
{
  name=$1
  shift
  # Not "if ! ...": set -e has to work inside.
  ( set -e; "$@" ) > $log 2>&1
  rc=$?
  if [ $rc = 0 ]; then
    echo "lab: ok $name"
  else
    sed 's/^/    /' $log
    echo "lab: FAILED $name: exit $rc, $(tail -n 1 $log)"
    failed=$((failed + 1))
  fi
}

fail ()
{
  echo "$*"
  exit 1
}

# refuses REGEX COMMAND...: the command must fail, and say that.
refuses ()
{
  regex=$1
  shift
  rc=0
  "$@" > /run/refused 2>&1 || rc=$?
  cat /run/refused
  [ $rc != 0 ] || fail "should not have worked: $*"
  grep -q -E -e "$regex" /run/refused || fail "did not say '$regex': $*"
}

# state DIRECTORY: print the names and hashes of all files in it.
state ()
{
  (cd "$1" && find . -type f ! -path ./grub/i386-xen-hvm/load.cfg ! -name '*~' -exec sha256sum '{}' + | sort -k 2)
}

# unchanged DIRECTORY COMMAND...: the command must not change the directory.
unchanged ()
{
  dir=$1
  shift
  state "$dir" > /run/before
  "$@"
  state "$dir" > /run/after
  diff /run/before /run/after || fail "$dir is not as it was"
}
