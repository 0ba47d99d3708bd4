# grub-xen-hvm -- tests/matrix/plan.py: the cases of the compatibility matrix
# Copyright (C) 2026  The grub-xen-hvm authors
# SPDX-License-Identifier: GPL-3.0-or-later
# This is free software: you may use, study, share and improve it; there is no warranty.
"""Reads tests/matrix/plan, the list of disks, and the list of hosts."""

import hashlib
import itertools
import os
import re

# Every setting and its default.
DEFAULTS = {"host": "own", "start": "image", "kind": "gpt", "vdev": "xvde", "backend": "phy",
            "access": "w", "disks": "1", "cd": "no", "memory": "256",
            "vcpus": "1", "vga": "none", "xl": "", "max-grants": "", "guest": "linux",
            "expect": "boots", "root": "", "limit": "600"}
NOT_A_CASES = ("host", "limit", "kind", "root", "max-grants")


class PlanError(Exception):
    """Something in the data is wrong; the message says where."""


class Kind:
    """A kind of disk, as tests/matrix/build-disks leaves it in disks.list."""

    def __init__(self, line):
        fields = line.rstrip("\n").split("\t")
        if len(fields) != 7:
            raise PlanError("disks.list: %d fields in %r, not 7" % (len(fields), line))
        self.name, images, self.sector, self.root, modules, self.words, self.directory = fields
        self.why = images[14:] if images.startswith("not possible: ") else ""
        self.images = [name.removesuffix(".img") for name in images.split(",")]
        self.modules = [] if modules == "-" else modules.split()

    def is_encrypted(self):
        """Does GRUB ask for a passphrase?"""
        return any(module.startswith("luks") for module in self.modules)


class Case:
    """One boot of a guest."""

    def __init__(self, axis, name, settings, words=""):
        self.axis, self.name, self.words = axis, axis + "-" + name, words
        unknown = set(settings) - set(DEFAULTS)
        if unknown:
            raise PlanError("%s: no setting %s" % (self.name, ", ".join(sorted(unknown))))
        self.settings = dict(DEFAULTS, **settings)
        self.given = settings
        self.why, self.in_check = "", False

    def __getitem__(self, key):
        return self.settings[key]

    def script(self, kind):
        """The case for tests/xen/run."""
        values = {key: value for key, value in self.settings.items() if key not in NOT_A_CASES}
        values["images"] = ",".join(kind.images)
        values["sector"] = kind.sector
        values["directory"] = kind.directory
        values["root"] = self["root"] or root_of(kind, self["vdev"])
        values["passphrase"] = "yes" if kind.is_encrypted() else "no"
        if values["passphrase"] == "yes":
            values["guest"] = "crypt"
        if self["max-grants"]:
            values["xl"] = "max_grant_frames=%s" % self["max-grants"]
        lines = ["# A case of the compatibility matrix, made of tests/matrix/plan.", "#",
                 "# tests: %s" % self.text(), "# limit: %s" % self["limit"], "set -eu",
                 '. "$share/lib.sh"', '. "$share/matrix.sh"']
        lines += ["m_%s=%s" % (key, quoted(value)) for key, value in sorted(values.items())]
        # tests/xen/build-cases builds the images that a case names.
        image = {"own": "matrix.img", "stock": "matrix-stock.img", "emulated": "matrix-disk.core"}
        if self["start"] in image:
            lines.append("# starts %s" % image[self["start"]])
        return "\n".join(lines + ["matrix_case", ""])

    def text(self):
        """The settings other than defaults, in one line."""
        return self.words or " ".join("%s=%s" % item for item in sorted(self.given.items()))

    def hash(self, kind, case_sh):
        """Two runs with the same hash tested the same."""
        text = self.script(kind) + self["host"] + case_sh
        return hashlib.sha256(text.encode()).hexdigest()[:16]


def quoted(text):
    """TEXT, quoted for the shell."""
    return "'" + text.replace("'", "'\\''") + "'"


def root_of(kind, vdev):
    """GRUB's name for the root, on the disk VDEV."""
    if vdev.startswith("0x"):
        return kind.root
    partition = re.fullmatch(r"(xvd[a-z]+)(\d+)", vdev)
    if partition:
        return "xen/" + vdev
    # GRUB finds one of a pair of disks first, either of them.
    root = kind.root
    if vdev != "xvde":
        root = root.replace("xvd[ef]", "(%s|%s)" % (vdev, following(vdev)))
    return root.replace("xvde", vdev)


def following(vdev):
    """The disk after it: xvdaa after xvdz."""
    letters = vdev[len("xvd"):]
    kept = letters.rstrip("z")
    ended = "a" * (len(letters) - len(kept))
    return "xvd" + (kept[:-1] + chr(ord(kept[-1]) + 1) if kept else "a") + ended


def read_kinds(path):
    """The kinds by their names."""
    with open(path, encoding="utf-8") as lines:
        kinds = [Kind(line) for line in lines if line.strip() and not line.startswith("#")]
    return {kind.name: kind for kind in kinds}


def planned_kinds(path):
    """The kinds of tests/matrix/disks/kinds, before any disk is made."""
    kinds = {}
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            if line.startswith("#") or not line.strip():
                continue
            fields = line.rstrip("\n").split("\t")
            name, where, images, sector, root, modules, directory, words = fields[:8]
            if "," in where:
                images = "not possible: " + fields[8]
            kinds[name] = Kind("\t".join((name, images, sector, root, modules, words, directory)))
    return kinds


def products(axis, line, kinds):
    """The cases of a line that begins with a star."""
    pairs = [word.partition("=")[::2] for word in line.split()]
    choices = [[(key, value) for value in expand(key, values, kinds)] for key, values in pairs]
    for combination in itertools.product(*choices):
        varied = [short(key, value) for (key, value), choice in zip(combination, choices)
                  if len(choice) > 1]
        yield Case(axis, "-".join(varied), dict(combination))


def expand(key, values, kinds):
    """The values after the equals sign; `all' means all kinds but guests."""
    if (key, values) == ("kind", "all"):
        return [name for name, kind in kinds.items() if kind.name != "guests"]
    return values.split(",")


def short(key, value):
    """A part of a case's name."""
    value = re.sub(r"[^a-zA-Z0-9]+", "-", value).strip("-")
    return value if key in ("host", "start", "backend", "kind", "vdev", "guest", "vga") or key == "xl" \
        else key + "-" + value


def one_case(axis, line):
    """The case of a line without a star."""
    settings, _, words = line.partition("|")
    name, *rest = settings.split()
    if rest[:2] == ["not", "possible:"]:
        case = Case(axis, name, {}, words.strip())
        case.why = " ".join(rest[2:])
        return case
    bad = [word for word in rest if "=" not in word]
    if bad:
        raise PlanError("plan: %r in %r is no setting" % (bad[0], line))
    return Case(axis, name, dict(word.split("=", 1) for word in rest), words.strip())


def read_plan(path, kinds):
    """The axes, as a dictionary of their texts, and all cases."""
    axes, cases, checked, axis = {}, [], [], None
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            line = line.strip()
            head = re.fullmatch(r"\[([a-z-]+)\] (.*)", line)
            if head:
                axis = head[1]
                axes[axis] = head[2]
            elif line.startswith("check: "):
                checked += line.split()[1:]
            elif line.startswith("* "):
                cases += products(axis, line[2:], kinds)
            elif line and not line.startswith("#"):
                cases.append(one_case(axis, line))
    names = [case.name for case in cases]
    twice = {name for name in names if names.count(name) > 1}
    if twice:
        raise PlanError("plan: more than one case %s" % ", ".join(sorted(twice)))
    if not set(checked) <= set(names):
        raise PlanError("plan: no case %s" % ", ".join(sorted(set(checked) - set(names))))
    for case in cases:
        case.in_check = case.name in checked
        settle(case, kinds)
    return axes, cases


def settle(case, kinds):
    """Set CASE.why if the case is impossible."""
    if case.why:
        return
    if case["kind"] not in kinds:
        raise PlanError("%s: no kind of disk %s" % (case.name, case["kind"]))
    kind = kinds[case["kind"]]
    # The bench copies an image that a guest may write, and with this size
    # copying even the holes takes hours.
    if kind.name == "beyond-2tib":
        case.settings["access"] = "r"
    case.why = kind.why or impossible(case, kind)


def impossible(case, kind):
    """Why this disk cannot be booted that way; empty if it can."""
    product = case["start"] in ("image", "firmware", "firmware-pv")
    lacking = set(kind.modules) - image_modules(case["start"])
    if lacking and product:
        return "that image is without " + ", ".join(sorted(lacking))
    if lacking and case["start"] in ("stock", "emulated"):
        return "the stock GRUB of the test is without " + ", ".join(sorted(lacking))
    if kind.is_encrypted() and product:
        return "it asks for no passphrase; GRUB as grub-install puts it there does"
    if kind.sector != "512" and case["backend"] != "phy":
        return "blkback on a loop device serves such sectors"
    return ""


def image_modules(start):
    """The modules that a start has beyond those of any case."""
    if start not in ("image", "firmware", "firmware-pv"):
        return set()
    name = "modules" if start == "image" else "modules-blob"
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "images", name)
    # Modules that are optional ("fit:") do not count.
    with open(path, encoding="utf-8") as lines:
        words = [word for line in lines if not line.startswith(("#", "fit:"))
                 for word in line.split()]
    return set(words)
