# grub-xen-hvm -- a case of the bench
# Copyright (C) 2026  The grub-xen-hvm authors
# SPDX-License-Identifier: GPL-3.0-or-later
# This is free software: you may use, study, share and improve it; there is no warranty.
# shellcheck shell=dash disable=SC1091,SC2119,SC2154
#
# tests: hostile backends that write to shared memory at full speed, that change states, that fail writes
# when: long
# limit: 900
# success: an error that names the disk, or no error where none is due; another disk reads right after each
# fail: GRUB crashes or hangs; no error where one is due; the other disk does not read right
set -eu
. "$share/lib.sh"
. "$share/hostile.sh"

# A backend that races takes dom0's CPU time until GRUB gives the disk back, or
# for 20 seconds.
attacks g hostile-memory.img "$(disk bare.img)" << TABLE
f race-index@20 --indirect 64 --persistent --relent 20 ; right|is disabled: (more responses than requests|a response to|the backend does not answer)
g race-id@20 --indirect 64 --relent 20 ; right|is disabled: (a response to|the backend does not answer)
h overwrite-indices@20 --indirect 64 --relent 20 ; right|is disabled: the backend does not answer
i ring-ones@20 --indirect 64 --relent 20 ; is disabled: (more responses than requests|a response to)
j ring-noise@20 --indirect 64 --relent 20 ; is disabled: (more responses than requests|a response to)
k ring-zeros@20 --indirect 64 --relent 20 ; is disabled: (a response to|the backend does not answer|more responses than requests)
l no-event@20 --indirect 64 ; right
m flap --indirect 64 ; right
n connected-early --indirect 64 ; right
o data-noise@20 --indirect 64 --persistent --relent 10 ; any
p data-noise --relent 10 ; any
q data-noise --indirect 64 --relent 10 ; any
TABLE
for letter in f g h i j k l m n o p q; do
  hostile_end g "xvd$letter"
done
success
