# grub-xen-hvm -- tests/matrix/soak.py: boots with random choices from the matrix's axes
# Copyright (C) 2026  The grub-xen-hvm authors
# SPDX-License-Identifier: GPL-3.0-or-later
# This is free software: you may use, study, share and improve it; there is no warranty.
"""A seed always gives the same cases, as long as the kinds of disks stay the same."""

import random

import plan

# The usual value is there more than once, so that an unusual value is often
# the only one.
CHOICES = {
    "host": ("own", "own", "own", "own", "own", "oxenstored", "few-grants", "trixie",
             "trixie-oxenstored"),
    "start": ("image", "image", "firmware", "firmware-pv", "own", "own", "stock", "emulated"),
    "vdev": ("xvda", "xvda", "xvdb", "xvde", "xvde", "xvdp", "xvdq", "xvdz", "xvdaa"),
    "backend": ("phy", "phy", "phy", "qdisk", "qdisk", "dm", "toolstack", "slow", "errors",
                "errors-qdisk"),
    "access": ("w", "w", "r"),
    "disks": ("1", "1", "1", "2", "3", "5", "9"),
    "cd": ("no", "no", "no", "empty", "medium"),
    # 96 MiB (a case of the plan) are too little for Linux with one more disk.
    "memory": ("128", "128", "256", "256", "512"),
    "vcpus": ("1", "1", "1", "1", "1", "1", "1", "1", "2", "4"),
    "vga": ("none", "none", "stdvga", "cirrus"),
    "xl": ("", "", "", "", "", "", "xen_platform_pci=0", "viridian=1", "acpi=0",
           'timer_mode="no_missed_ticks_pending"', 'tsc_mode="always_emulate"'),
    "max-grants": ("", "", "", "8", "64"),
}
# Settings that exclude each other: the settings, and the replacement of one.
RULES = (
    # GRUB's own hashes read the file with the bad block, on the disk of that
    # layout.
    (("backend", "errors*"), ("start", "own")),
    (("backend", "errors*"), ("kind", "ext4")),
    # This kind is read-only (plan.settle), which the rules below have to know.
    (("kind", "beyond-2tib"), ("backend", "phy")),
    (("kind", "beyond-2tib"), ("access", "r")),
    # That host gives each guest few grants, and the rings of more disks would
    # use them up, also in Linux.
    (("host", "few-grants"), ("max-grants", "")),
    (("host", "few-grants"), ("disks", "2")),
    (("max-grants", "?*"), ("xl", "")),
    (("vcpus", "2"), ("host", "many-cpus")),
    (("vcpus", "4"), ("host", "many-cpus")),
    # Linux needs more memory for more processors.
    (("host", "many-cpus"), ("memory", "256")),
    # With more disks its scripts and QEMU take longer, on this bench, than
    # libxl waits.
    (("host", "trixie*"), ("disks", "9"), ("disks", "5")),
    # Linux subtracts a VGA's memory from its own, although libxl has not added
    # it.
    (("vga", "stdvga"), ("memory", "128"), ("memory", "256")),
    (("vga", "cirrus"), ("memory", "128"), ("memory", "256")),
    # Linux's driver takes 4 MiB for each disk: 32 requests of 32 pages.
    (("disks", "5"), ("memory", "128"), ("memory", "256")),
    (("disks", "9"), ("memory", "128"), ("memory", "256")),
    # QEMU serves no read-only disk.  libxl chooses QEMU also for a file.
    (("backend", "qdisk"), ("access", "w")),
    (("backend", "errors-qdisk"), ("access", "w")),
    (("backend", "toolstack"), ("access", "w")),
    # libxl gives the first four disks an emulated twin, which cannot be
    # read-only.
    (("access", "r"), ("vdev", "xvda"), ("vdev", "xvde")),
    (("access", "r"), ("vdev", "xvdb"), ("vdev", "xvdp")),
    # Without this device Linux takes no PV disk, but it runs.
    (("xl", "xen_platform_pci=0"), ("expect", "says:linux:_done")),
    # libxl 4.20 uses QEMU's option -no-acpi, which QEMU 10.0 does not have.
    (("host", "trixie*"), ("xl", "acpi=0"), ("xl", "")),
    # Without ACPI Linux cannot power off, and it warns.
    (("xl", "acpi=0"), ("expect", "says:linux:_done")),
    # The emulated disk is hda, and its PV twin is xvda, so the other disk must
    # not have that name.
    (("start", "emulated"), ("vdev", "xvde")),
)


def matches(pattern, value):
    """Whether VALUE matches PATTERN, which may end with a star."""
    if pattern == "?*":
        return bool(value)
    return value.startswith(pattern[:-1]) if pattern.endswith("*") else value == pattern


def vdevs(settings, kinds):
    """The names of a kind's disks."""
    names = [settings["vdev"]]
    for _ in kinds[settings["kind"]].images[1:]:
        names.append(plan.following(names[-1]))
    return names


def cases(count, seed, kinds):
    """COUNT boots, all of them possible."""
    dice = random.Random(seed)
    names = sorted(name for name, kind in kinds.items() if not kind.why and name != "guests")
    made = []
    while len(made) < count:
        settings = {key: dice.choice(values) for key, values in CHOICES.items()}
        settings["kind"] = dice.choice(names)
        for *patterns, (key, value) in RULES:
            if all(matches(pattern, settings[name]) for name, pattern in patterns):
                settings[key] = value
        # The CD is hdc, which is also the emulated twin of xvdc.
        if "xvdc" in vdevs(settings, kinds):
            settings["cd"] = "no"
        if settings["backend"].startswith("errors"):
            settings["expect"] = "refused:xen/.*cannot_read"
        case = plan.Case("soak", "%d-%03d" % (seed, len(made) + 1), settings)
        plan.settle(case, kinds)
        if not case.why:
            made.append(case)
    return made
