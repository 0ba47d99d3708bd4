# grub-xen-hvm -- tests/perf/results.py: the bench's figures, and the targets
# Copyright (C) 2026  The grub-xen-hvm authors
# SPDX-License-Identifier: GPL-3.0-or-later
# This is free software: you may use, study, share and improve it; there is no warranty.
"""Rows of the bench, as medians, spreads, ratios and targets."""

import json
import statistics

MIB = 1 << 20

# The descriptions of readers and of backends.
READERS = {"xen_blk": "xen_blk", "other": "the other xen_blk", "xen_pvh": "GRUB's xen_pvh",
           "ide": "GRUB, emulated IDE", "ahci": "GRUB, emulated AHCI",
           "virtio": "GRUB, virtio-blk", "ovmf": "GRUB on OVMF",
           "ovmf-ide": "GRUB on OVMF, emulated IDE",
           "ovmf-ahci": "GRUB on OVMF, emulated AHCI",
           "linux": "Linux blkfront", "dom0": "dom0 itself",
           "kernel": "kernel= without GRUB",
           "firmware": "GRUB in the firmware",
           "firmware-pv": "GRUB in the -pv firmware",
           "bios-disk": "stock firmware, GRUB on emulated IDE",
           "kernel-grub": "stock firmware, GRUB by kernel="}
BACKENDS = {"blkback": "blkback", "qemu-raw": "QEMU, raw",
            "qemu-qcow2": "QEMU, qcow2", "none": ""}
# Readers whose disk QEMU emulates, or that have no disk.
WITHOUT_BACKEND = ("ide", "ahci", "virtio", "ovmf-ide", "ovmf-ahci", "kernel")
COUNTERS = ("hypercalls", "notifications", "waits", "requests", "copied")
FIELDS = ("subject", "reader", "backend", "cpus", "what", "n", "bytes",
          "seconds", "clock_ratio", "mib_s", "wall", "guest_cpu", "dom0_cpu",
          "idle_guest_cpu", "idle_dom0_cpu") + COUNTERS + (
              "load", "boot", "kernel", "linux", "total", "extrapolated",
              "start", "seabios")


class Results:
    """All rows of one run."""

    def __init__(self, lines):
        self.rows = [json.loads(line) for line in lines if line.strip()]
        self.clocks = {}
        for row in self.rows:
            if row["what"] == "clock" and row["reader"] != "dom0":
                self.clocks.setdefault(row["reader"],
                                       row["wall"] / row["seconds"])
        for row in self.rows:
            row["clock_ratio"] = self.clocks.get(row["reader"], 1.0)
            if row.get("bytes") and row.get("seconds"):
                row["mib_s"] = (row["bytes"] / MIB
                                / (row["seconds"] * row["clock_ratio"]))
            row.update(row.pop("counters", None) or {})

    def find(self, subject, what):
        """The rows of a measure, cold pass first."""
        return sorted((r for r in self.rows
                       if r["subject"] == subject and r["what"] == what),
                      key=lambda r: r["n"])

    def values(self, subject, what, key="mib_s"):
        """A value of each pass but the first, cold one, if there are others."""
        rows = self.find(subject, what)
        values = [r[key] for r in (rows[1:] or rows) if r.get(key) is not None]
        return values

    def median(self, subject, what, key="mib_s"):
        """The median of the passes, or None when there are none."""
        values = self.values(subject, what, key)
        return statistics.median(values) if values else None

    def cold(self, subject, what, key="mib_s"):
        """The first pass."""
        rows = self.find(subject, what)
        return rows[0].get(key) if rows else None

    def spread(self, subject, what, key="mib_s"):
        """The minimum and the maximum of the passes."""
        values = self.values(subject, what, key)
        return (min(values), max(values)) if values else None

    def extrapolated(self, subject):
        """Whether the boot time of a subject is extrapolated."""
        return any(r.get("extrapolated") for r in self.find(subject, "boot"))

    def load(self, subject):
        """Seconds from GRUB's message before it loads the kernel until it
        starts it, in each pass; until Linux's first line if the start is not
        known."""
        return [(r.get("boot") or r["linux"]) - r["load"]
                for r in self.find(subject, "boot")
                if r.get("linux") and r.get("load")]

    def per_mib(self, subject, what, key):
        """A counter, or processor seconds, per MiB read."""
        rows = [r for r in self.find(subject, what)[-1:] if r.get(key)
                is not None]
        if not rows:
            return None
        value = rows[0][key] - rows[0].get("idle_" + key, 0)
        return value / (rows[0]["bytes"] / MIB)

    def share(self, subject, what, key):
        """The used part of one processor during the read."""
        rows = [r for r in self.find(subject, what)[-1:] if r.get(key)
                is not None]
        if not rows:
            return None
        used = rows[0][key] - rows[0].get("idle_" + key, 0)
        return used / (rows[0]["seconds"] * rows[0]["clock_ratio"])

    def subjects(self):
        """Names in the order of the plan."""
        return list(dict.fromkeys(r["subject"] for r in self.rows))

    def label(self, subject):
        """A description of a subject."""
        row = next(r for r in self.rows if r["subject"] == subject)
        words = [READERS[row["reader"]]]
        if BACKENDS.get(row["backend"]) and row["reader"] not in WITHOUT_BACKEND:
            words.append(BACKENDS[row["backend"]])
        if row["cpus"] == 1:
            words.append("one CPU")
        return ", ".join(words)


class Target:
    """One of the project's targets, and the measured figure."""

    def __init__(self, text, figure, goal, at_least, unit=""):
        self.text, self.figure, self.goal = text, figure, goal
        self.at_least, self.unit = at_least, unit

    @property
    def met(self):
        """True, False, or None if it was not measured."""
        if self.figure is None:
            return None
        return (self.figure >= self.goal if self.at_least
                else self.figure <= self.goal)

    def verdict(self):
        """The result, in words."""
        if self.met is None:
            return "not measured"
        return "%s: %s%s" % ("met" if self.met else "NOT MET",
                             number(self.figure), self.unit)


def number(value):
    """VALUE with three digits, which are enough for all figures here."""
    if value is None:
        return "-"
    if value == 0:
        return "0"
    if abs(value) >= 100:
        return "%.0f" % value
    if abs(value) >= 10:
        return "%.1f" % value
    if abs(value) >= 0.1:
        return "%.2f" % value
    return "%.3f" % value


def ratio(a, b):
    """A over B; None if one is not known."""
    return a / b if a is not None and b else None


def median_of(values):
    """The median, or None without values."""
    return statistics.median(values) if values else None


def targets(res):
    """The targets of "xen_blk at full speed"."""
    file = res.median("xen_blk", "ext4-4k")
    loads = [median_of(res.load("boot-" + n)) for n in ("xen_blk", "xen_pvh")]
    wholes = [res.median("boot-" + n, "boot", "linux")
              for n in ("xen_blk", "ide")]
    out = [
        Target("raw reads, 1 MiB, blkback: at least 4 times Linux blkfront's",
               ratio(res.median("xen_blk", "raw-1m"),
                     res.median("linux", "raw-1m")), 4, True, " times"),
        Target("64 MiB file on ext4 (4 KiB), blkback: at least Linux's speed",
               ratio(file, res.median("linux", "ext4-4k")), 1, True, " times"),
        Target("the same: at least 20 times GRUB's xen_pvh driver",
               ratio(file, res.median("xen_pvh", "ext4-4k")), 20, True,
               " times"),
        Target("the same: at least 500 times emulated IDE (a 1 MiB file)",
               ratio(file, res.median("ide", "slow-ext4-4k")), 500, True,
               " times"),
        Target("the same file on QEMU's backend: at least 5 times xen_pvh",
               ratio(res.median("xen_blk-qemu", "ext4-4k"),
                     res.median("xen_pvh-qemu", "ext4-4k")), 5, True,
               " times"),
    ]
    for what, name in (("cost-raw", "raw"), ("cost-file", "file")):
        for key, most in (("notifications", 2), ("hypercalls", 4)):
            out.append(Target("%s a MiB of a large %s read, blkback: at most %d"
                              % (key, name, most),
                              res.per_mib("xen_blk", what, key), most, False))
    out.append(Target("guest CPU while a backend is paused for 10 s: "
                      "under 0.2 s", res.median("paused", "paused",
                                                "guest_cpu"),
                      0.2, False, " s"))
    for what, name in (("raw-1m", "raw reads"), ("ext4-4k", "the file")):
        out.append(Target("one shared CPU, %s: at least half of two CPUs"
                          % name,
                          ratio(res.median("xen_blk-1cpu", what),
                                res.median("xen_blk", what)), 0.5, True,
                          " times"))
    out += [
        Target("start of Linux, load part: at most a fifth of xen_pvh GRUB's",
               ratio(*loads), 1 / 5, False, " of it"),
        Target("start of Linux, the whole: at most a twentieth of emulated "
               "IDE's", ratio(*wholes), 1 / 20, False, " of it"),
    ]
    return out
