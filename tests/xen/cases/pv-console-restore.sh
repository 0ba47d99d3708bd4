# grub-xen-hvm -- a case of the bench
# Copyright (C) 2026  The grub-xen-hvm authors
# SPDX-License-Identifier: GPL-3.0-or-later
# This is free software: you may use, study, share and improve it; there is no warranty.
# shellcheck shell=dash disable=SC1091,SC2119,SC2154
#
# tests: GRUB's menu on the PV console of a guest that is saved and restored while the menu is shown
# when: long
# limit: 600
# success: a new client sees the menu as it was, and its keys work
# fail: the screen stays empty; a key is lost
set -eu
. "$share/lib.sh"

# client NUMBER: connect the NUMBER-th client to the guest's console.  Its keys
# are read from fd 3.
client ()
{
  pv=$OUT/g.pv$1
  mkfifo "$guests/g/pv.in$1"
  script -qfc 'xl console -t pv g' /dev/null < "$guests/g/pv.in$1" > "$pv" 2> "$OUT/g.pv-client$1" &
  echo $! >> /run/bench.pids
  exec 3> "$guests/g/pv.in$1"
}

shown ()
{
  tr '\033' '~' < "$pv" | tr '\r\n' '  ' | grep -a -q -E -e "$1"
}

# pv_wait LIMIT REGEX, with ~ for the escape character
pv_wait ()
{
  until_true "$1" shown "$2" && return 0
  echo "--- the PV console"
  tr '\033' '~' < "$pv" | tail -n 30
  fail "the PV console has not shown '$2' within $1 s"
}

guest g pv-console.img "$(phy xvde "$(loop "$images/gpt.img")" r)"
guest_start g -p
client 1
xl unpause g
pv_wait 180 '~\[5;78H *$'
printf '\033[B' >&3
pv_wait 30 '~\[7m~\[6;3H\*The second entry'
sleep 2
exec 3>&-

xl save g "$work/g.save" > "$OUT/g.saved" 2>&1 || fail "the guest is not saved"
xl restore "$work/g.save" > "$OUT/g.restored" 2>&1 || fail "the guest is not restored"
rm "$work/g.save"
xl domid g > "$guests/g/id"
client 2
pv_wait 60 '~\[5;1H \| The first entry .*~\[7m\*The second entry .*~\[m.*Linux, on the PV console'
printf '\033[A' >&3
pv_wait 30 '~\[7m~\[5;3H\*The first entry'
printf '\r' >&3
pv_wait 30 'bench: the first entry'
success
