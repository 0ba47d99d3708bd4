# grub-xen-hvm -- trees of files out of packages
# Copyright (C) 2026  The grub-xen-hvm authors
# SPDX-License-Identifier: GPL-3.0-or-later
# This is free software: you may use, study, share and improve it; there is no warranty.
# shellcheck shell=bash
#
# Sourced after common.sh.  Packages have files and folders that their owner cannot
# read, such as /etc/shadow- with mode 0000.  Root reads them nevertheless; an ordinary
# user does not, nor does fakeroot, which only answers as if it were root.

# as_root COMMAND...: run it as root, so that files in an image belong to root.
as_root ()
{
  if [ "$(id -u)" = 0 ]; then
    "$@"
  else
    fakeroot "$@"
  fi
}

# readable TREE: we can read and remove all of it.  An ordinary user gets other modes for
# that.  Under fakeroot the modes stay: when one is set, even the same as before, fakeroot
# remembers it and leaves the file itself readable and writable.
readable ()
{
  if [ "$(id -u)" != 0 ]; then
    chmod -R u+rwX "$1"
    return
  fi
  # shellcheck disable=SC2016 # variables of the shell that is called
  find "$1" ! -type l ! -perm -u=rw -print0 \
    | xargs -0 -r sh -c 'for f; do chmod --reference="$f" "$f" || exit 1; done' sh
}

# unpack_tar TREE TAR [TAR_OPTION...]
unpack_tar ()
{
  local tree=$1 archive=$2
  shift 2
  mkdir -p "$tree"
  tar -C "$tree" -xf "$archive" "$@"
  readable "$tree"
}

# unpack_debs TREE DEB...
unpack_debs ()
{
  local tree=$1 deb
  shift
  mkdir -p "$tree"
  for deb; do
    dpkg-deb -x "$deb" "$tree"
  done
  readable "$tree"
}
