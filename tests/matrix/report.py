# grub-xen-hvm -- tests/matrix/report.py: the compatibility matrix's results
# Copyright (C) 2026  The grub-xen-hvm authors
# SPDX-License-Identifier: GPL-3.0-or-later
# This is free software: you may use, study, share and improve it; there is no warranty.
"""The results as TAP, as counts for make check, and as a page of the manual."""

import os


def outcome(matrix, case):
    """passed, failed, not possible or not run; and why."""
    if case.why:
        return "not possible", case.why
    result = matrix.results.get(case.name)
    if not result or result["identity"] != matrix.identity(case):
        return "not run", ""
    if result["outcome"] == "success":
        return "passed", ""
    return "failed", "%s: %s" % (result["outcome"], result["reason"])


def write_tap(matrix, path):
    """A line for each case; an impossible one is a SKIP."""
    with open(path, "w", encoding="utf-8") as tap:
        tap.write("TAP version 13\n1..%d\n" % len(matrix.chosen))
        for number, case in enumerate(matrix.chosen, 1):
            word, why = outcome(matrix, case)
            tap.write("%s %d - %s%s\n" % (
                "ok" if word in ("passed", "not possible") else "not ok", number, case.name,
                " # SKIP " + why if word == "not possible" else ""))
            if why and word == "failed":
                tap.write("# %s\n" % why)


def finish(matrix, tap, build, docs):
    """Write all results, and the page if DOCS is a folder; return the exit
    code."""
    write_tap(matrix, tap)
    words = [outcome(matrix, case)[0] for case in matrix.chosen]
    counts = {word: words.count(word) for word in ("passed", "failed", "not possible", "not run")}
    for case in matrix.chosen:
        word, why = outcome(matrix, case)
        if word in ("failed", "not run"):
            print("matrix: %s: %s%s" % (word, case.name, why and " (%s)" % why))
    if docs:
        write_page(matrix, docs)
    check = os.path.join(build, "check")
    os.makedirs(check, exist_ok=True)
    bad = counts["failed"] + counts["not run"]
    with open(os.path.join(check, "matrix.count"), "w", encoding="utf-8") as file:
        file.write("%d %d %d\n" % (counts["passed"], bad, counts["not possible"]))
    print("matrix: results in %s" % tap)
    print("%d passed, %d failed, %d skipped" % (counts["passed"], bad, counts["not possible"]))
    return 1 if bad else 0


def write_page(matrix, docs):
    """Write the page of the manual, docs/MATRIX.PAGE.texi: the sums, the
    hosts, then a table of each axis with the cases that were run.  A soak has
    no axes."""
    words = {case.name: outcome(matrix, case) for case in matrix.all}
    lines = sums(matrix, words) + hosts_table(matrix, words)
    for axis, text in matrix.axes.items():
        cases = [case for case in matrix.all
                 if case.axis == axis and words[case.name][0] != "not run"]
        if not cases:
            continue
        lines += ["@subheading %s" % escaped(text), "",
                  "@multitable @columnfractions .32 .45 .23",
                  "@headitem Case @tab Settings @tab Result"]
        for case in cases:
            word, why = words[case.name]
            lines.append("@item @code{%s} @tab %s @tab %s%s" % (
                escaped(case.name[len(axis) + 1:]), escaped(case.text()), word,
                why and ": " + escaped(why)))
        lines += ["@end multitable", ""]
    with open(os.path.join(docs, matrix.page + ".texi"), "w", encoding="utf-8") as page:
        page.write("\n".join(lines))


def sums(matrix, words):
    """The page's first lines."""
    counts = [sum(word == which for word, _ in words.values())
              for which in ("passed", "failed", "not possible", "not run")]
    dates = sorted({result["date"] for name, result in matrix.results.items()
                    if name in words and words[name][0] in ("passed", "failed")})
    return ["@c grub-xen-hvm -- docs/%s.texi: written by tests/matrix/run --docs" % matrix.page,
            "@c Copyright (C) 2026  The grub-xen-hvm authors",
            "@c SPDX-License-Identifier: GPL-3.0-or-later", "",
            "Of %d cases %d passed, %d failed and %d are not possible; %d were not run with what"
            % (len(words), *counts), "is in this tree.  Dates: %s." % (
                " to ".join(dict.fromkeys((dates[0], dates[-1]))) if dates else "none"), ""]


def hosts_table(matrix, words):
    """The versions of the hosts when the cases were run there, and the number
    of those cases."""
    seen, counts = {}, {}
    for case in matrix.all:
        if words[case.name][0] in ("passed", "failed"):
            made_of = seen.setdefault(case["host"], [])
            counts[case["host"]] = counts.get(case["host"], 0) + 1
            if matrix.results[case.name]["versions"] not in made_of:
                made_of.append(matrix.results[case.name]["versions"])
    if not seen:
        return []
    return (["@subheading Hosts, and what was tested there", "",
             "@multitable @columnfractions .25 .1 .65", "@headitem Host @tab Cases @tab Made of"]
            + ["@item @code{%s} @tab %d @tab %s" % (escaped(host), counts[host],
                                                    escaped("; ".join(made_of)))
               for host, made_of in seen.items()] + ["@end multitable", ""])


def escaped(text):
    """TEXT, escaped for Texinfo."""
    return text.replace("@", "@@").replace("{", "@{").replace("}", "@}")
