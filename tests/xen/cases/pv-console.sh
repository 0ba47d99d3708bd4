# grub-xen-hvm -- a case of the bench
# Copyright (C) 2026  The grub-xen-hvm authors
# SPDX-License-Identifier: GPL-3.0-or-later
# This is free software: you may use, study, share and improve it; there is no warranty.
# shellcheck shell=dash disable=SC1091,SC2119,SC2154
#
# tests: GRUB's menu over `xl console -t pv': arrows, the editor, the prompt; Linux continues there
# limit: 1200
# success: each key does what it says, and Linux's own console works on the same page and port
# fail: the menu is not drawn; a key is lost; Linux says nothing there
set -eu
. "$share/lib.sh"

pv=$OUT/g.pv
linux='printk: console \[hvc0\] enabled'

# The output so far, with ~ for the escape character and a new line in front of
# each.
screen ()
{
  tr '\033\r' '~\n' < "$pv" | sed 's/~/\n~/g'
}

shown ()
{
  screen | grep -a -q -E -e "$1"
}

# pv_wait LIMIT REGEX
pv_wait ()
{
  until_true "$1" shown "$2" && return 0
  echo "--- end of the PV console"
  screen | tail -n 30
  fail "the PV console has not shown '$2' within $1 s"
}

pv_send ()
{
  printf '%b' "$1" >&3
}

# chosen ENTRY: whether it is highlighted now: the last entry that was drawn
# highlighted.
chosen ()
{
  screen | tr '\n' ' ' | grep -a -o -E '~\[7m *~\[[0-9;]*H *\*?The [a-z]* entry' | tail -n 1 \
    | grep -a -q "The $1 entry"
}

pv_chosen ()
{
  until_true 30 chosen "$1" && return 0
  screen | tail -n 30
  fail "the $1 entry is not highlighted"
}

guest g pv-console.img "$(phy xvde "$(loop "$images/gpt.img")" r)"
mkfifo "$guests/g/pv.in"
guest_start g -p
# xl console reads keys only from a terminal, so script gives it one.
script -qfc 'xl console -t pv g' /dev/null < "$guests/g/pv.in" > "$pv" 2> "$OUT/g.pv-client" &
echo $! >> /run/bench.pids
exec 3> "$guests/g/pv.in"
xl unpause g
pv_wait 180 'The second entry'
pv_chosen first

# Arrows; Home and End come below.
pv_send '\033[B'
pv_chosen second
pv_send '\033[A'
pv_chosen first
pv_send '\033[B'
pv_chosen second

# Enter starts an entry, which boots nothing, so the menu is shown again.
pv_send '\r'
pv_wait 30 'bench: the second entry'

# The editor: one more line in front of the entry's, then Ctrl-x.
sleep 2
pv_send '\033[H'
pv_chosen first
pv_send 'e'
pv_wait 30 'Minimum Emacs-like'
pv_send 'echo bench: "ty"ped\r'
sleep 1
pv_send '\030'
pv_wait 30 'bench: typed'
pv_wait 30 'bench: the first entry'

# Out of the editor; the prompt, and back.
sleep 2
pv_send '\033'
sleep 2
pv_send 'c'
pv_wait 30 'grub> '
pv_send 'echo bench: prom""pt\r'
pv_wait 30 'bench: prompt'
pv_send 'xen_info -c\r'
pv_wait 30 'counters: hypercalls='
pv_send '\033'
sleep 2

# The last entry: Linux, with its console there.
pv_send '\033[F'
sleep 1
pv_send '\r'
pv_wait 500 "$linux"
guest_wait g 500 'linux: done'
did_not_say g '^linux: warning'
pv_wait 60 'reboot: Power down'
until_true 120 guest_gone g || fail "the guest does not power off"
success
