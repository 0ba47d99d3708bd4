# grub-xen-hvm -- disks that are in xenstore only, for cases in dom0 of the bench
# Copyright (C) 2026  The grub-xen-hvm authors
# SPDX-License-Identifier: GPL-3.0-or-later
# This is free software: you may use, study, share and improve it; there is no warranty.
# shellcheck shell=dash disable=SC2154
#
# Sourced by lib.sh.

# fake_disk NAME VDEV STATE [KEY=VALUE...]: give the guest (created paused) a
# disk that exists in xenstore only.  The real backends do not see its
# directory.  The KEYs are the backend's.  KEY= is an empty value; a KEY
# without = is left out.
fake_disk ()
{
  id=$(domid "$1")
  number=$(vdev_number "$2")
  front=/local/domain/$id/device/vbd/$number
  back=/local/domain/0/fake/vbd/$id/$number
  vdev=$2 state=$3
  shift 3
  fake_write "$back" frontend "$front" frontend-id "$id" online 1 removable 0 dev "$vdev" \
             mode w device-type disk sectors 131072 sector-size 512 info 0 \
             feature-flush-cache 1 state "$state"
  for pair; do
    case $pair in
      *=*) xenstore-write -- "$back/${pair%%=*}" "${pair#*=}" ;;
      *) xenstore-rm "$back/$pair" ;;
    esac
  done
  fake_write "$front" backend "$back" backend-id 0 virtual-device "$number" device-type disk \
             event-id 1 state 1
  xenstore-chmod -r "$back" n0 "r$id"
  xenstore-chmod -r "$front" "n$id" r0
}

# fake_write DIRECTORY KEY VALUE...: write all keys by one process, because
# starting a process is slow here.
fake_write ()
{
  dir=$1
  shift
  is_key=yes
  for word; do
    shift
    if [ "$is_key" ]; then
      word=$dir/$word is_key=
    else
      is_key=yes
    fi
    set -- "$@" "$word"
  done
  xenstore-write -- "$@"
}

# fake_backend NAME VDEV: print the backend directory of a fake disk.
fake_backend ()
{
  echo "/local/domain/0/fake/vbd/$(domid "$1")/$(vdev_number "$2")"
}

# fake_serve NAME VDEV...: play the backends' states of these fake disks until
# the case ends: connect when the frontend does, close when it does, start
# again.
fake_serve ()
{
  fake_serve_loop "$@" > /dev/null 2>&1 &
  echo $! >> /run/bench.pids
}

fake_serve_loop ()
{
  id=$(domid "$1")
  shift
  numbers=
  paths=
  for vdev; do
    number=$(vdev_number "$vdev")
    numbers="$numbers $number"
    paths="$paths /local/domain/$id/device/vbd/$number/state /local/domain/0/fake/vbd/$id/$number/state"
  done
  # One process reads all states.  With one process for each disk, GRUB would
  # wait too long for an answer.
  # shellcheck disable=SC2086 # lists of words
  while states=$(xenstore-read $paths); do
    set -- $states
    for number in $numbers; do
      back=/local/domain/0/fake/vbd/$id/$number
      case $1$2 in
        32) xenstore-write "$back/state" 4 ;;
        54) xenstore-write "$back/state" 5 ;;
        65|64) xenstore-write "$back/state" 6 ;;
        16) xenstore-write "$back/state" 2 ;;
      esac
      shift 2
    done
    sleep 0.1
  done
}
