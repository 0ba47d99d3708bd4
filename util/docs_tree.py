# grub-xen-hvm -- util/docs_tree.py: the manual's and the tree's files, for check-docs
# Copyright (C) 2026  The grub-xen-hvm authors
# SPDX-License-Identifier: GPL-3.0-or-later
# This program is free software; it comes with no warranty at all.
"""The manual's and the tree's files, for check-docs."""

import glob
import os
import re

TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
problems = []


def problem(where, text):
    """Note that TEXT is wrong in WHERE."""
    problems.append("%s: %s" % (where, text))


def read(name):
    """The contents of the tree's file NAME."""
    with open(os.path.join(TOP, name), encoding="utf-8") as f:
        return f.read()


def tree(pattern):
    """Names of the tree's files like PATTERN."""
    return sorted(os.path.relpath(n, TOP)
                  for n in glob.glob(os.path.join(TOP, pattern)))


def plain(text):
    """TEXT without Texinfo's markup."""
    text = text.replace("@dots{}", "...").replace("@tie{}", " ")
    text = re.sub(r"@comma\{\}", ",", text)
    old = None
    while old != text:
        old = text
        text = re.sub(r"@[a-z]+\{([^{}@]*(?:@[@{}][^{}@]*)*)\}", r"\1", text)
    return re.sub(r"@([@{}])", r"\1", text)
