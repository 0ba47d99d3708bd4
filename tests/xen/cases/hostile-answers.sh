# grub-xen-hvm -- a case of the bench
# Copyright (C) 2026  The grub-xen-hvm authors
# SPDX-License-Identifier: GPL-3.0-or-later
# This is free software: you may use, study, share and improve it; there is no warranty.
# shellcheck shell=dash disable=SC1091,SC2119,SC2154
#
# when: long
# tests: wrong answers by a hostile backend: ids, operations, statuses, indices; 21 attacks
# limit: 900
# success: each ends as the table says, with the disk's name; another disk reads right after each
# fail: no error, or another; the other disk does not read right
set -eu
. "$share/lib.sh"
. "$share/hostile.sh"

attacks g hostile-answers.img "$images/bare.img" << TABLE
f id-unknown@20 --readonly --indirect 64 --persistent ; is disabled: a response to an unknown request
g id-huge@20 --readonly --indirect 64 ; is disabled: a response to an unknown request
h id-high@20 --readonly --persistent ; is disabled: a response to an unknown request
i id-free@20 --readonly ; is disabled: a response to a request that is not in flight
j twice@20 --readonly --indirect 64 --persistent ; is disabled: (a response to|more responses than requests)
k twice-late@20 --readonly --indirect 64 ; is disabled: (a response to|more responses than requests)
l other-operation@20 --readonly --indirect 64 ; is disabled: a response to another operation
m unknown-operation@20 --readonly --indirect 64 ; is disabled: a response to another operation
n indirect-operation@20 --readonly --indirect 64 ; is disabled: a response to another operation
o unknown-status@20 --readonly --indirect 64 ; is disabled: a response with an unknown status
p low-status@20 --readonly --indirect 64 ; is disabled: a response with an unknown status
q error@20 --readonly --indirect 64 ; right|the backend cannot read
r all-errors@20 --readonly --indirect 64 ; the backend cannot read
s read-refused@20 --readonly ; right|the backend cannot read
t indirect-refused@20 --readonly --indirect 64 ; is disabled: indirect requests are refused
u index-one-more@20 --readonly --indirect 64 ; is disabled: a response to
v index-beyond@20 --readonly --indirect 64 ; is disabled: (more responses than requests|a response to an unknown request)
w index-far@20 --readonly --indirect 64 ; is disabled: more responses than requests
x index-wraps@20 --readonly --indirect 64 ; is disabled: more responses than requests
y index-back@20 --readonly --indirect 64 ; is disabled: (more responses than requests|the backend does not answer)
z index-back-far@20 --readonly --indirect 64 ; is disabled: more responses than requests
TABLE
success
