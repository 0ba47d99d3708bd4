# grub-xen-hvm -- tests/perf/dom0/start.py: time from start to GRUB
# Copyright (C) 2026  The grub-xen-hvm authors
# SPDX-License-Identifier: GPL-3.0-or-later
# This is free software: you may use, study, share and improve it; there is no warranty.
"""The time from a guest's start, and from SeaBIOS's first message in Xen's
log, to GRUB's first line, for the same GRUB, started in several ways.
"""

import time

from guest import READY, Trouble

LIMIT = 180             # seconds
SEABIOS = r"SeaBIOS \(version"


def once(subject):
    """Start a guest: seconds to SeaBIOS's first message, and to GRUB's."""
    guest = subject.new_guest("start")
    begin = guest.start()
    marks = {}
    while "start" not in marks and time.monotonic() - begin < LIMIT:
        for stamp, text in guest.lines(0.05):
            if text.startswith(READY):
                marks["start"] = stamp - begin
        if "seabios" not in marks and guest.xen_says(SEABIOS):
            marks["seabios"] = time.monotonic() - begin
    guest.destroy()
    if len(marks) != 2:
        raise Trouble("GRUB said nothing within %d s" % LIMIT)
    return marks


def measure(subject):
    """The start measure of a line of the plan."""
    subject.passes("start", lambda n: once(subject))
