#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
# tests/perf/dom0/subject.py: measure one reader on one backend
# Copyright (C) 2026  The grub-xen-hvm authors
"""Run one line of the plan: NAME READER BACKEND CPUS MEASURE...

Results are written to OUT/rows at once, one JSON object a line.
"""

import argparse
import json
import os
import subprocess
import sys
import time

import boot
import readers
import start
from guest import Guest, Trouble

# Seconds for a measure, and the minimum number of passes.  A read that takes
# GRUB's own driver a minute must not take the whole run.
BUDGET = 36
LONG_BUDGET = 80
LONG = ("ext4-4k", "slow-ext4-4k")
LEAST = 3
LIMIT = 400             # seconds for one pass


class Subject:
    """One reader on one backend."""

    def __init__(self, args, facts):
        self.args = args
        self.reader = readers.READERS[args.reader](facts)
        self.rows = open(args.out + "/rows", "a", encoding="utf-8")
        self.guest = None
        self.can_count = True

    def row(self, **fields):
        """Write a result."""
        row = {"subject": self.args.name, "reader": self.args.reader,
               "backend": self.args.backend, "cpus": self.args.cpus}
        row.update(fields)
        self.rows.write(json.dumps(row) + "\n")
        self.rows.flush()

    def new_guest(self, kind="loop", device=None, config=None):
        """Create a paused guest of this reader."""
        config = config or self.reader.config(self.args.backend, kind, device)
        config["cpus"] = "0" if self.args.cpus == 1 else "1"
        guest = Guest(self.args.out, "g-" + kind, config,
                      self.reader.pv_console)
        self.guest = guest
        guest.create()
        return guest

    def passes(self, what, one):
        """Repeat a measure; ONE does it and returns its fields."""
        begin = time.monotonic()
        last = 0 if what.startswith("cost") else self.args.passes
        for n in range(last + 1):
            self.row(what=what, n=n, **one(n))
            budget = LONG_BUDGET if what in LONG else BUDGET
            if n >= LEAST and time.monotonic() - begin > budget:
                break

    def read(self, what, n):
        """One pass of a measure in the guest."""
        # GRUB's disk cache expires when the disk has been idle for two
        # seconds.
        if what.startswith("slow"):
            time.sleep(2.5)
        counters = self.counters()
        lines, wall, cpu, dom0 = self.guest.command(
            self.reader.command(what, n), LIMIT)
        size, seconds = self.reader.result(what, lines)
        self.reader.speeds[what] = size / readers.MIB / seconds
        row = {"bytes": size, "seconds": seconds, "wall": wall,
               "guest_cpu": cpu, "dom0_cpu": dom0,
               "counters": difference(counters, self.counters())}
        if what.startswith("cost"):
            row.update(self.idle(what, n))
        return row

    def idle(self, what, n):
        """Processor time to type a command of that length."""
        words = "true " + "x" * (len(self.reader.command(what, n)) - 5)
        _, _, cpu, dom0 = self.guest.command(words, 60)
        return {"idle_guest_cpu": cpu, "idle_dom0_cpu": dom0}

    def counters(self):
        """Our driver's counters; None for other readers."""
        if self.args.reader != "xen_blk" or not self.can_count:
            return None
        lines, _, _, _ = self.guest.command("xen_info --counters", 30)
        for line in lines:
            if line.startswith("counters: "):
                return {k: int(v) for k, _, v in
                        (w.partition("=") for w in line.split()[1:])}
        self.can_count = False
        return None

    def clock(self):
        """Compare the guest's clock with dom0's, over some seconds."""
        seconds = 5
        self.guest.send(self.reader.sleep(seconds))
        # The command itself is echoed, so the marks are those at a line's
        # start.
        first, _ = self.guest.wait("^perf: mark 1", 60)
        second, _ = self.guest.wait("^perf: mark 2", 60)
        self.guest.wait("^perf: ready", 60)
        self.row(what="clock", n=0, seconds=seconds, wall=second - first)

    def paused(self):
        """Processor time of a guest whose backend does not answer for 10 s."""
        sectors = open("/sys/block/vdb/size", encoding="utf-8").read().strip()
        subprocess.run(["dmsetup", "create", "perf", "--table",
                        "0 %s linear %s 0" % (sectors, readers.RAW_DEVICE)],
                       check=True)
        guest = self.new_guest("loop", "/dev/mapper/perf")
        guest.start()
        guest.wait("^perf: ready", 120)
        guest.command("read_raw (xen/xvde) 1024 1", 60)
        # The disk is connected.  From now on its device keeps requests and
        # does not answer.
        dmsetup = ["dmsetup", "suspend", "--noflush", "--nolockfs", "perf"]
        subprocess.run(dmsetup, check=True)
        guest.send("read_raw (xen/xvde) 1024 64")
        guest.wait("^read_raw", 60)
        time.sleep(1)
        before, begin = guest.cpu()[0], time.monotonic()
        time.sleep(10)
        after, end = guest.cpu()[0], time.monotonic()
        subprocess.run(["dmsetup", "resume", "perf"], check=True)
        guest.wait("^read_raw: .* bytes", 120)
        self.row(what="paused", n=0, wall=end - begin,
                 guest_cpu=after - before)
        guest.destroy()

    def dom0_clock(self):
        """Compare dom0's clock with the host's, which dates files of the
        share."""
        marks = []
        for _ in range(2):
            path = self.args.out + "/tick"
            begin = time.monotonic()
            with open(path, "w", encoding="utf-8") as f:
                f.write("tick")
            marks.append((begin, os.stat(path).st_mtime_ns / 1e9))
            os.remove(path)
            time.sleep(5)
        self.row(what="clock", n=0, seconds=marks[1][0] - marks[0][0],
                 wall=marks[1][1] - marks[0][1])

    def in_dom0(self):
        """All measures of dom0 itself."""
        for what in self.args.measures:
            if what == "clock":
                self.dom0_clock()
                continue
            self.passes(what, lambda n, what=what: dict(
                zip(("bytes", "seconds", "wall"), self.reader.measure(what))))

    def in_guest(self):
        """All measures of one running guest."""
        guest = self.new_guest()
        guest.start()
        guest.wait("^perf: ready", self.reader.ready_limit)
        self.reader.prepare(guest)
        for what in self.args.measures:
            if what == "clock":
                self.clock()
            else:
                self.passes(what, lambda n, what=what: self.read(what, n))
        guest.destroy()

    def where_is_it(self):
        """Write the state of a guest that has failed."""
        if self.guest and self.guest.domid is not None:
            with open(self.args.out + "/xenctx", "w", encoding="utf-8") as f:
                for _ in range(3):
                    subprocess.run("xenctx %d" % self.guest.domid, stdout=f,
                                   shell=True, stderr=f, check=False)
            # The console that the guest was not measured by may have output as
            # well.
            subprocess.run("cp /var/log/xen/console/guest-*.log %s"
                           % self.args.out, shell=True, check=False)

    def all(self):
        """Measure this line of the plan."""
        if self.args.reader == "dom0":
            self.in_dom0()
        elif self.args.measures[0] == "boot":
            boot.measure(self)
        elif self.args.measures[0] == "start":
            start.measure(self)
        elif self.args.measures[0] == "paused":
            self.paused()
        else:
            self.in_guest()


def difference(before, after):
    """The differences of two readings of the counters."""
    if not before or not after:
        return None
    return {key: after[key] - before.get(key, 0) for key in after}


def main():
    """Read the command line and measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", required=True)
    parser.add_argument("--passes", type=int, default=5)
    parser.add_argument("name")
    parser.add_argument("reader")
    parser.add_argument("backend")
    parser.add_argument("cpus", type=int)
    parser.add_argument("measures", nargs="+")
    args = parser.parse_args()
    with open(readers.SHARE + "/facts", encoding="utf-8") as f:
        facts = dict(word.split("=") for word in f.read().split())
    subject = Subject(args, facts)
    readers.pin_dom0()
    try:
        subject.all()
    except (Trouble, OSError, ValueError, KeyError,
            subprocess.SubprocessError) as e:
        print("FAIL: %s" % e)
        subject.where_is_it()
        with open(args.out + "/why", "w", encoding="utf-8") as f:
            f.write(str(e).replace("\n", " "))
        sys.exit(1)
    finally:
        if subject.guest:
            subject.guest.destroy()


if __name__ == "__main__":
    main()
