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

# shellcheck source=util/path.sh
. "$topdir/util/path.sh"

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
  case " $* " in
    *' mmdebstrap '*) need_namespaces ;;
  esac
}

# need_namespaces: without root mmdebstrap works in a namespace of users.
need_namespaces ()
{
  [ "$(id -u)" != 0 ] || return 0
  unshare --map-root-user --map-auto --mount true || die "no user namespace for $(id -un), see above.
Packages are unpacked in one.  Permit it (sysctl user.max_user_namespaces,
kernel.apparmor_restrict_unprivileged_userns), and give $(id -un) ids of its own
(as root: usermod --add-subuids 100000-165535 --add-subgids 100000-165535 $(id -un))."
}

# step LOG TEXT COMMAND...: run a long command with its output in a log, and
# show TEXT and the time it took.  On failure show the end of the log.
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

# The release of this machine, which the bench is made of, or another one,
# named by the same variable as for util/apt-private.
release ()
{
  [ -z "${APT_PRIVATE_SUITE-}" ] || { echo "$APT_PRIVATE_SUITE"; return; }
  # shellcheck disable=SC1091
  (. /etc/os-release && echo "${VERSION_CODENAME:?/etc/os-release has no VERSION_CODENAME}")
}

# The Debian after that one.
next_release ()
{
  case $(release) in
    bookworm) echo trixie ;;
    trixie) echo forky ;;
    *) echo sid ;;
  esac
}

# suite_dir [SUITE]: print the directory of that release's dom0.
suite_dir ()
{
  if [ "${1:-$(release)}" = "$(release)" ]; then
    echo "$bench"
  else
    echo "$bench/$1"
  fi
}

# ---------------------------------------------------------------- hosts

# A host is a file of lines 'KEY: VALUE' (see hosts/own).  XEN_HOSTS is for the
# runner's own tests.
hosts_dir=${XEN_HOSTS:-$xendir/hosts}

host_names ()
{
  (cd "$hosts_dir" && printf '%s\n' *)
}

# host_key HOST KEY [DEFAULT]
host_key ()
{
  local value
  value=$(sed -n "s/^$2: *//p" "$hosts_dir/$1")
  echo "${value:-${3-}}"
}

# check_host HOST: it exists, and has no line that would be ignored.
check_host ()
{
  local file=$hosts_dir/$1 bad
  [ -n "$1" ] && [ -f "$file" ] \
    || die "no host '$1'; the hosts are $(host_names | tr '\n' ' ')(see $hosts_dir)"
  bad=$(grep -v -E -n '^#|^(text|suite|xen|dom0): *[^ ]|^(cpus|memory): *[0-9]+$|^xenstored: *(c|ocaml)$' "$file") \
    || return 0
  die "$file: this is no line of a host (see $xendir/hosts/own): $bad"
}

# demo_times LOADING USER UP: print the demo's lines about times.  LOADING and
# USER are this machine's times at which the first message of GRUB about Linux
# and the first message of the guest's user space arrived.  UP is the guest's
# uptime in the latter.  The guest's clock runs in an emulator.  If it differs
# from this machine's by more than GRUB's time, that time is not known.
demo_times ()
{
  awk -v loading="$1" -v user="$2" -v up="$3" 'BEGIN {
    took = user - up - loading
    if (took > 0)
      printf "  loading        %.1f s from the first message of GRUB to the start of Linux\n", took
    else
      printf "  loading        not known: the clock of the guest runs %.1f s fast or more\n", -took
    printf "  Linux          %.1f s from its start to user space (under software emulation)\n", up }'
}
