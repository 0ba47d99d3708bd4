# grub-xen-hvm -- a case of the bench
# Copyright (C) 2026  The grub-xen-hvm authors
# SPDX-License-Identifier: GPL-3.0-or-later
# This is free software: you may use, study, share and improve it; there is no warranty.
# shellcheck shell=dash disable=SC1091,SC2119,SC2154
#
# tests: hostile backends that fall silent, in 7 ways, for 30 s each
# when: long
# limit: 900
# success: an error in time that names the disk; another disk reads right after each
# fail: GRUB hangs; no error; the other disk does not read right
set -eu
. "$share/lib.sh"
. "$share/hostile.sh"

silent='is disabled: the backend does not answer'
closed='is disabled: (the backend does not answer|its event channel is closed)'
attacks g hostile-silence.img "$images/bare.img" << TABLE
f silent@20 --readonly --indirect 64 --persistent ; $silent
g lost@20 --readonly --indirect 64 --persistent ; $silent
h some@20 --readonly --indirect 64 ; $silent
i late@20 --readonly --indirect 64 --persistent ; $silent
j storm@20 --readonly --indirect 64 --persistent ; $silent
k close-port@20 --readonly --indirect 64 ; $closed
l killed@20 --readonly --indirect 64 --persistent ; $closed
TABLE
# All but those that vanished or were killed end in order.
for letter in f g h i j k; do
  hostile_end g "xvd$letter"
done
success
