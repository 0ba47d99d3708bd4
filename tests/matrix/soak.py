# grub-xen-hvm -- tests/matrix/soak.py: boots with random choices from the matrix's axes
# Copyright (C) 2026  The grub-xen-hvm authors
# SPDX-License-Identifier: GPL-3.0-or-later
# This is free software: you may use, study, share and improve it; there is no warranty.
"""A seed always gives the same cases, as long as the kinds of disks stay the same."""

import random

import plan

# The usual value is there more than once, so that what is unusual is often by itself.
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
    # 96 MiB (in the plan, by themselves) are too little for Linux with one more disk.
    "memory": ("128", "128", "256", "256", "512"),
    "vcpus": ("1", "1", "1", "1", "1", "1", "1", "1", "2", "4"),
    "vga": ("none", "none", "stdvga", "cirrus"),
    "xl": ("", "", "", "", "", "", "xen_platform_pci=0", "viridian=1", "acpi=0",
           'timer_mode="no_missed_ticks_pending"', 'tsc_mode="always_emulate"'),
    "max-grants": ("", "", "", "8", "64"),
}
# Where settings cannot be together: what they are, and what takes the place of one.
RULES = (
    # The file with the bad block is looked at by GRUB's own hashes, on the disk of that layout.
    (("backend", "errors*"), ("start", "own")),
    (("backend", "errors*"), ("kind", "ext4")),
    # It is read-only (plan.settle), which the rules below have to know.
    (("kind", "beyond-2tib"), ("backend", "phy")),
    (("kind", "beyond-2tib"), ("access", "r")),
    # That host has as few for each guest, which more disks' rings would use up in Linux, too.
    (("host", "few-grants"), ("max-grants", "")),
    (("host", "few-grants"), ("disks", "2")),
    (("max-grants", "?*"), ("xl", "")),
    (("vcpus", "2"), ("host", "many-cpus")),
    (("vcpus", "4"), ("host", "many-cpus")),
    # What Linux takes for each of them is too much for less.
    (("host", "many-cpus"), ("memory", "256")),
    # On this bench its scripts and QEMU take longer for more than the time that libxl gives them.
    (("host", "trixie*"), ("disks", "9"), ("disks", "5")),
    # Linux takes a VGA's memory off what it has, though libxl has not given it that.
    (("vga", "stdvga"), ("memory", "128"), ("memory", "256")),
    (("vga", "cirrus"), ("memory", "128"), ("memory", "256")),
    # Linux's driver takes 4 MiB for each disk: 32 requests of 32 pages.
    (("disks", "5"), ("memory", "128"), ("memory", "256")),
    (("disks", "9"), ("memory", "128"), ("memory", "256")),
    # QEMU serves no disk that is read-only; it is libxl's choice for a file, too.
    (("backend", "qdisk"), ("access", "w")),
    (("backend", "errors-qdisk"), ("access", "w")),
    (("backend", "toolstack"), ("access", "w")),
    # The emulated twin that libxl gives the first four cannot be read-only.
    (("access", "r"), ("vdev", "xvda"), ("vdev", "xvde")),
    (("access", "r"), ("vdev", "xvdb"), ("vdev", "xvdp")),
    # Without it Linux takes no PV disk, but it runs.
    (("xl", "xen_platform_pci=0"), ("expect", "says:linux:_done")),
    # QEMU 10.0 no longer supports -no-acpi, which libxl 4.20 then uses.
    (("host", "trixie*"), ("xl", "acpi=0"), ("xl", "")),
    # Nor can it power off without ACPI, and it warns.
    (("xl", "acpi=0"), ("expect", "says:linux:_done")),
    # The emulated disk is hda, whose PV twin is not to be among the choices of the other.
    (("start", "emulated"), ("vdev", "xvde")),
)


def matches(pattern, value):
    """A pattern's star is at its end."""
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
    """The boots, each of which can be."""
    dice = random.Random(seed)
    names = sorted(name for name, kind in kinds.items() if not kind.why and name != "guests")
    made = []
    while len(made) < count:
        settings = {key: dice.choice(values) for key, values in CHOICES.items()}
        settings["kind"] = dice.choice(names)
        for *patterns, (key, value) in RULES:
            if all(matches(pattern, settings[name]) for name, pattern in patterns):
                settings[key] = value
        # The CD is hdc, which is xvdc's emulated twin, too.
        if "xvdc" in vdevs(settings, kinds):
            settings["cd"] = "no"
        if settings["backend"].startswith("errors"):
            settings["expect"] = "refused:xen/.*cannot_read"
        case = plan.Case("soak", "%d-%03d" % (seed, len(made) + 1), settings)
        plan.settle(case, kinds)
        if not case.why:
            made.append(case)
    return made
