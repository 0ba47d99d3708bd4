# grub-xen-hvm -- a case of the bench
# Copyright (C) 2026  The grub-xen-hvm authors
# SPDX-License-Identifier: GPL-3.0-or-later
# This is free software: you may use, study, share and improve it; there is no warranty.
# shellcheck shell=dash disable=SC1091,SC2119,SC2154
#
# tests: hostile backends that change their state under way, or do not connect, in 10 ways
# when: long
# limit: 900
# success: an error in time that names the disk; another disk reads right after each
# fail: GRUB hangs; no error; the other disk does not read right
set -eu
. "$share/lib.sh"
. "$share/hostile.sh"

silent='is disabled: the backend does not answer'
attacks g hostile-states.img "$images/bare.img" << TABLE
f state-closing@20 --readonly --indirect 64 ; $silent
g state-closed@20 --readonly ; $silent
h state-initialising@20 --readonly --persistent ; $silent
i state-nonsense@20 --readonly --indirect 64 ; $silent
j vanish@20 --readonly --indirect 64 ; $silent
k no-init-wait --readonly ; no answer from the backend within [0-9]* s .*backend 1 Initialising
l no-connect --readonly ; no answer from the backend within [0-9]* s .*backend 2 InitWait
m connect-nonsense --readonly ; .*backend 0 Unknown
n connect-closing --readonly ; the backend gave up
o connect-vanish --readonly ; the backend gave up
TABLE
# All but those that vanished or were killed end in order.
for letter in f g h i k l m n; do
  hostile_end g "xvd$letter"
done
success
