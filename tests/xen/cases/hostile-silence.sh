# grub-xen-hvm -- a case of the bench
# Copyright (C) 2026  The grub-xen-hvm authors
# SPDX-License-Identifier: GPL-3.0-or-later
# This is free software: you may use, study, share and improve it; there is no warranty.
# shellcheck shell=dash disable=SC1091,SC2119,SC2154
#
# tests: hostile backends that fall silent, in 18 ways; three guests at once, for each waits 30 s
# limit: 900
# success: an error in time that names the disk; another disk reads right after each
# fail: GRUB hangs; no error; the other disk does not read right
set -eu
. "$share/lib.sh"
. "$share/hostile.sh"

# silent_guest NAME < TABLE: the letters are f to j, as the script has them.
silent_guest ()
{
  guest "$1" hostile-silence.img "$(phy xvde "$(loop "$images/bare.img")")" 'memory = 192'
  guest_start "$1" -p
  attack_table "$1" "$images/bare.img"
}
silent='is disabled: the backend does not answer'
closed='is disabled: (the backend does not answer|its event channel is closed)'
silent_guest one << TABLE
f silent@20 --readonly --indirect 64 --persistent ; $silent
g state-closing@20 --readonly --indirect 64 ; $silent
h vanish@20 --readonly --indirect 64 ; $silent
i killed@20 --readonly --indirect 64 --persistent ; $closed
j no-connect --readonly ; no answer from the backend within [0-9]* s .*backend 2 InitWait
k connect-closing --readonly ; the backend gave up
TABLE
silent_guest two << TABLE
f lost@20 --readonly --indirect 64 --persistent ; $silent
g state-closed@20 --readonly ; $silent
h state-initialising@20 --readonly --persistent ; $silent
i close-port@20 --readonly --indirect 64 ; $closed
j no-init-wait --readonly ; no answer from the backend within [0-9]* s .*backend 1 Initialising
k connect-vanish --readonly ; the backend gave up
TABLE
silent_guest three << TABLE
f some@20 --readonly --indirect 64 --persistent ; $silent
g late@20 --readonly --indirect 64 --persistent ; $silent
h storm@20 --readonly --indirect 64 --persistent ; $silent
i state-nonsense@20 --readonly --indirect 64 ; $silent
j connect-nonsense --readonly ; .*backend 0 Unknown
k silent@1 --readonly ; $silent
TABLE
# None runs while the others are made: a loaded dom0 gives up on a disk after 10 s.
for name in one two three; do
  xl unpause "$name"
done
for name in one two three; do
  guest_wait "$name" 800 'end of script'
  attack_results "$name"
  unharmed "$name" "$images/bare.img"
done
# All but those that vanished or were killed end in order.
for disk in one:f one:g one:j one:k two:f two:g two:h two:i two:j three:f three:g three:h three:i three:j three:k; do
  hostile_end "${disk%:*}" "xvd${disk#*:}"
done
success
