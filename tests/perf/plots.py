# grub-xen-hvm -- tests/perf/plots.py: results of the bench as SVG
# Copyright (C) 2026  The grub-xen-hvm authors
# SPDX-License-Identifier: GPL-3.0-or-later
# This is free software: you may use, study, share and improve it; there is no warranty.
"""Bars on a logarithmic scale, with the spread of the passes, as SVG."""

import math
import os
from xml.sax.saxutils import escape

from results import number

FONT = "font-family='DejaVu Sans, Helvetica, Arial, sans-serif'"
OURS, OTHERS = "#1f5fa8", "#b0b4ba"
LABEL, WIDTH, ROW, TOP, BOTTOM, RIGHT = 250, 480, 22, 64, 46, 80


class Bar:
    """One bar: its length, the spread around it, and whether it is ours."""

    def __init__(self, label, value, spread=None, ours=False, note=""):
        self.label, self.value, self.spread = label, value, spread
        self.ours, self.note = ours, note


def text(x, y, words, size=12, anchor="start", more=""):
    """A piece of text."""
    return ("<text x='%.1f' y='%.1f' font-size='%d' text-anchor='%s' %s %s>%s"
            "</text>" % (x, y, size, anchor, FONT, more, escape(words)))


def decades(bars):
    """Powers of ten around all bars."""
    low = min(min(b.spread or (b.value,)) for b in bars)
    high = max(max(b.spread or (b.value,)) for b in bars)
    first, last = math.floor(math.log10(low)), math.ceil(math.log10(high))
    # A bar has to begin left of its own end.
    if math.log10(low) - first < 0.15:
        first -= 1
    return first, max(last, first + 1)


def one_bar(bar, y, where):
    """Draw a bar, its label, its spread and its figure."""
    middle = y + ROW / 2
    end = where(bar.value)
    out = [text(LABEL - 8, middle + 4, bar.label, 12, "end"),
           "<rect x='%d' y='%.1f' width='%.1f' height='%d' fill='%s'/>"
           % (LABEL, y + 3, end - LABEL, ROW - 6,
              OURS if bar.ours else OTHERS)]
    if bar.spread and bar.spread[0] < bar.spread[1]:
        a, b = where(bar.spread[0]), where(bar.spread[1])
        out.append("<path d='M%.1f %.1fH%.1fM%.1f %.1fv6M%.1f %.1fv6' "
                   "stroke='#222' fill='none'/>"
                   % (a, middle, b, a, middle - 3, b, middle - 3))
        end = max(end, b)
    out.append(text(end + 6, middle + 4, number(bar.value) + bar.note, 12,
                    more="font-weight='bold'" if bar.ours else ""))
    return out


def draw(title, axis, groups):
    """Draw groups of bars under each other: [(heading, [Bar])]."""
    bars = [b for _, group in groups for b in group]
    first, last = decades(bars)
    bottom = TOP + sum(ROW * len(g) + 30 for _, g in groups)
    full = LABEL + WIDTH + RIGHT

    def where(value):
        return LABEL + WIDTH * (math.log10(value) - first) / (last - first)

    out = ["<svg xmlns='http://www.w3.org/2000/svg' width='%d' height='%d' "
           "viewBox='0 0 %d %d'>" % (full, bottom + BOTTOM, full,
                                     bottom + BOTTOM),
           "<!-- grub-xen-hvm: written by `make bench'."
           " Copyright (C) 2026  The grub-xen-hvm authors;"
           " GPL-3.0-or-later -->",
           "<rect width='100%' height='100%' fill='white'/>",
           text(16, 26, title, 16, more="font-weight='bold'")]
    for exponent in range(first, last + 1):
        x = where(10.0 ** exponent)
        out.append("<path d='M%.1f %dV%d' stroke='#ddd'/>" % (x, TOP - 14,
                                                            bottom))
        out.append(text(x, bottom + 18, "%g" % 10.0 ** exponent, 12,
                        "middle"))
    out.append(text(LABEL + WIDTH / 2, bottom + 38,
                    axis + " (logarithmic scale)", 12, "middle"))
    y = TOP - 14
    for heading, group in groups:
        out.append(text(16, y + 18, heading, 13, more="font-weight='bold'"))
        y += 26
        for bar in group:
            out += one_bar(bar, y, where)
            y += ROW
        y += 4
    return "\n".join(out + ["</svg>", ""])


def speed_groups(res, whats):
    """Bars of MiB/s, a group for each measure, fastest first."""
    groups = []
    for what, heading in whats:
        bars = [Bar(res.label(s), res.median(s, what), res.spread(s, what),
                    s.startswith("xen_blk"))
                for s in res.subjects() if res.median(s, what)]
        if what == "ext4-4k":
            bars += [Bar(res.label(s) + " (1 MiB file)",
                         res.median(s, "slow-" + what),
                         res.spread(s, "slow-" + what))
                     for s in ("ide",) if res.median(s, "slow-" + what)]
        bars.sort(key=lambda b: -b.value)
        if bars:
            groups.append((heading, bars))
    return groups


def boot_groups(res):
    """Bars of seconds: the whole, and the load part."""
    whole, load = [], []
    for s in res.subjects():
        value = res.median(s, "boot", "linux")
        if not value:
            continue
        note = " (extrapolated)" if res.extrapolated(s) else ""
        ours = s.startswith("boot-xen_blk")
        whole.append(Bar(res.label(s), value, res.spread(s, "boot", "linux"),
                         ours, note))
        loads = sorted(res.load(s))
        if loads:
            load.append(Bar(res.label(s), loads[len(loads) // 2],
                            (loads[0], loads[-1]), ours, note))
    groups = [("From the guest's start to Linux's first line", whole),
              ("Of it: from GRUB's first message about the kernel to its start", load)]
    return [g for g in groups if g[1]]


def write_all(res, folder):
    """Write the plots of all measures that there are."""
    for name, title, axis, groups in (
            ("bench-raw.svg", "Raw reads", "MiB/s", speed_groups(
                res, (("raw-1m", "Calls of 1 MiB"),
                      ("raw-64k", "Calls of 64 KiB"),
                      ("raw-4k", "Calls of 4 KiB")))),
            ("bench-files.svg", "A file of 64 MiB", "MiB/s", speed_groups(
                res, (("ext4-4k", "ext4, blocks of 4 KiB"),
                      ("ext4-1k", "ext4, blocks of 1 KiB"), ("xfs", "xfs"),
                      ("blocklist", "The same sectors as a block list")))),
            ("bench-devices.svg", "The same disk as different devices",
             "MiB/s", speed_groups(
                 res, (("slow-ext4-4k", "A file of 1 MiB on ext4"),))),
            ("bench-boot.svg", "Start of Debian's Linux", "seconds",
             boot_groups(res))):
        if groups:
            with open(os.path.join(folder, name), "w", encoding="utf-8") as f:
                f.write(draw(title, axis, groups))
