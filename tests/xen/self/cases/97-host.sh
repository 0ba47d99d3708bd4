# grub-xen-hvm -- a case for the tests of the runner itself
# Copyright (C) 2026  The grub-xen-hvm authors
# SPDX-License-Identifier: GPL-3.0-or-later
# This is free software: you may use, study, share and improve it; there is no warranty.
# tests: the bench is that of the named host
# shellcheck shell=dash disable=SC1091,SC2119,SC2154
# when: long
# limit: 20
set -eu
. "$share/outcome.sh"
grep -q -e "^--host large " "$share/arguments" || fail "its bench was started with: $(cat "$share/arguments")"
success
