# grub-xen-hvm -- tests/perf/dom0/boot.py: time from start to Linux
# Copyright (C) 2026  The grub-xen-hvm authors
# SPDX-License-Identifier: GPL-3.0-or-later
# This is free software: you may use, study, share and improve it; there is no warranty.
"""The time from a guest's start to Linux's first line.

Linux's early console is Xen's own (earlyprintk=xen), the same for HVM and PVH
guests.  In an HVM guest its decompressor writes to the serial line before.  A
boot that takes too long is watched for a while, and the total is extrapolated
and marked.
"""

import os
import time

import readers
from guest import Trouble, store

LIMIT = 420             # seconds for a whole boot
SLICE = 60              # seconds of a slow boot that are watched
LINUX = "Linux version"


def watch(guest, begin, limit):
    """Seconds from the start to each mark; ends at Linux's first line."""
    marks = {}
    while LINUX not in marks and time.monotonic() - begin < limit:
        for stamp, text in guest.queue + guest.lines(0.05):
            for mark in ("perf: load", "perf: boot", "extract_kernel"):
                if mark in text:
                    marks.setdefault(mark, stamp - begin)
        guest.queue = []
        if guest.xen_says(LINUX):
            marks[LINUX] = time.monotonic() - begin
    return marks


def fields(marks):
    """Marks as the fields of a row."""
    names = {"perf: load": "load", "perf: boot": "boot",
             "extract_kernel": "kernel", LINUX: "linux"}
    return {names[k]: v for k, v in marks.items()}


def size_of_load():
    """Bytes of kernel and initrd."""
    return sum(os.stat("%s/%s" % (readers.SHARE, name)).st_size
               for name in ("guest-vmlinuz", "guest-initrd"))


def whole(subject, config=None):
    """Boot once, to the end."""
    guest = subject.new_guest("boot", config=config)
    marks = watch(guest, guest.start(), LIMIT)
    guest.destroy()
    if LINUX not in marks:
        raise Trouble("Linux said nothing within %d s" % LIMIT)
    return fields(marks)


def read_by(pid):
    """Bytes that a process has read."""
    with open("/proc/%d/io" % pid, encoding="utf-8") as f:
        return int(dict(line.split(": ") for line in f)["rchar"])


def sliced(subject):
    """Watch the loading for a while, and extrapolate the total time."""
    guest = subject.new_guest("boot")
    begin = guest.start()
    loading, _ = guest.wait("^perf: load", 180)
    pid = int(store("/local/domain/%d/image/device-model-pid" % guest.domid))
    time.sleep(5)
    bytes0, time0 = read_by(pid), time.monotonic()
    seen = watch(guest, begin, time0 - begin + SLICE)
    bytes1, time1 = read_by(pid), time.monotonic()
    guest.destroy()
    if LINUX in seen:
        return dict(fields(seen), load=loading - begin)
    rate = (bytes1 - bytes0) / (time1 - time0)
    if rate <= 0:
        raise Trouble("nothing was loaded in %d s" % SLICE)
    load = loading - begin
    return {"load": load, "linux": load + size_of_load() / rate,
            "extrapolated": True, "bytes": bytes1 - bytes0,
            "seconds": time1 - time0}


def bare_kernel():
    """A guest whose kernel is Linux itself."""
    return readers.hvm(readers.SHARE + "/guest-vmlinuz", [],
                       ramdisk=readers.SHARE + "/guest-initrd",
                       cmdline="earlyprintk=xen "
                               "console=uart8250,io,0x3f8,115200n8")


def measure(subject):
    """The boot measure of a line of the plan."""
    way = subject.args.measures[1]
    size = size_of_load()
    if way == "slice":
        subject.row(what="boot", n=0, total=size, **sliced(subject))
    elif way == "kernel":
        subject.row(what="boot", n=0, total=size,
                    **whole(subject, bare_kernel()))
    else:
        subject.passes("boot", lambda n: dict(whole(subject), total=size))
