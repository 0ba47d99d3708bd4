# grub-xen-hvm -- what cases with the hostile backend use, in dom0 of the bench
# Copyright (C) 2026  The grub-xen-hvm authors
# SPDX-License-Identifier: GPL-3.0-or-later
# This is free software: you may use, study, share and improve it; there is no warranty.
# shellcheck shell=dash disable=SC1091,SC2119,SC2154
#
# Sourced after lib.sh.

# hostile NAME VDEV FILE [OPTION...]: give the guest (created paused) a disk of the
# hostile backend's.  What it does goes to $OUT/NAME.VDEV.log.
hostile ()
{
  name=$1 vdev=$2 file=$3
  shift 3
  log=$OUT/$name.$vdev.log
  : > "$log"
  "$share/hostile" --domid "$(domid "$name")" --vdev "$(vdev_number "$vdev")" --file "$file" "$@" \
		   2>> "$log" < /dev/null &
  echo $! > "$guests/$name/$vdev.pid"
  echo $! >> /run/bench.pids
}

# hostile_ready NAME: wait until all of them stand.
hostile_ready ()
{
  for log in "$OUT/$1".xvd*.log; do
    until_true 60 grep -q ' serves ' "$log" || fail "a backend does not start: $(cat "$log")"
  done
}

# hostile_end NAME VDEV: end a backend in order, which must not take long.
hostile_end ()
{
  pid=$(cat "$guests/$1/$2.pid")
  kill "$pid"
  until_true 30 ended "$pid" || fail "the hostile backend of $2 does not end"
  grep -q ' ends: ' "$OUT/$1.$2.log" || fail "the hostile backend of $2 died"
}

ended ()
{
  ! kill -0 "$1" 2> /dev/null
}

# log_has NAME VDEV REGEX: an assertion on what a backend did.
log_has ()
{
  grep -q -E -e "$3" "$OUT/$1.$2.log" \
    || fail "the backend of $2 did not say '$3': $(tail -n 5 "$OUT/$1.$2.log")"
}
