# grub-xen-hvm -- a case for the tests of the runner itself
# Copyright (C) 2026  The grub-xen-hvm authors
# SPDX-License-Identifier: GPL-3.0-or-later
# This is free software: you may use, study, share and improve it; there is no warranty.
# tests: a bench that dies fails only its case
# shellcheck shell=dash disable=SC1091,SC2119,SC2154
# limit: 20
set -eu
. "$share/outcome.sh"
kill -KILL "$(cat "$share/agent.pid")"
sleep 60
