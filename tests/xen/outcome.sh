# grub-xen-hvm -- how a case of the bench reports what came of it
# Copyright (C) 2026  The grub-xen-hvm authors
# SPDX-License-Identifier: GPL-3.0-or-later
# This is free software: you may use, study, share and improve it; there is no warranty.
# shellcheck shell=dash
#
# Sourced by lib.sh.  A case that ends without one of these has crashed.

outcome ()
{
  echo "$*" > "$OUT/outcome"
}

success ()
{
  outcome "success ${*:-}"
  exit 0
}

fail ()
{
  echo "FAIL: $*"
  outcome "fail $*"
  exit 1
}

skip ()
{
  outcome "skip $*"
  exit 77
}

# assert WHAT COMMAND...: fail with WHAT unless the command succeeds.
assert ()
{
  what=$1
  shift
  "$@" || fail "$what"
}

# same WHAT WANTED GOT
same ()
{
  [ "$2" = "$3" ] || fail "$1: '$3' instead of '$2'"
}
