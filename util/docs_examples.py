# grub-xen-hvm -- util/docs_examples.py: the manual's examples, and the tests that run them
# Copyright (C) 2026  The grub-xen-hvm authors
# SPDX-License-Identifier: GPL-3.0-or-later
# This program is free software; it comes with no warranty at all.
"""The manual's examples, and the tests that run them."""

import ast
import os
import re
import shlex
import subprocess
import xml.dom.minidom

from docs_tree import TOP, plain, problem, read, tree


class Example:
    """An example: where it stands, its language, its tests, its text."""

    def __init__(self, where, tag, text):
        self.where = where
        self.language, self.tests, self.text = None, [], text
        match = re.match(r"@c test: (?:([a-z.]+): )?(.+)$", tag)
        if match:
            self.language = match.group(1) or guess_language(text)
            self.tests = match.group(2).split()
        # Prompts are not typed.
        prompt = "grub>" if self.language == "grub" else "[#$]"
        if self.language in ("sh", "grub") and re.match(prompt + " ", text):
            self.text = re.sub("^%s " % prompt, "", text, flags=re.M)


def guess_language(text):
    """The language of an example that does not name it."""
    if text.startswith("<"):
        return "xml"
    if text.startswith("grub> ") or re.search(
            r"^ *(?:linux|insmod|menuentry|xen_info|xenstore_read) ", text,
            re.M):
        return "grub"
    return "xl.cfg" if re.search(r"^\w+ *= *[\"\[\d]", text, re.M) else "sh"


def examples():
    """All examples of the manual, and the tests that each names."""
    for name in tree("docs/*.texi"):
        text = read(name)
        for match in re.finditer(
                r"(?:^(@c test: [^\n]*)\n)?^@example\n(.*?)^@end example", text,
                re.M | re.S):
            number = text.count("\n", 0, match.end(1) if match.group(1)
                                else match.start()) + 1
            body = re.sub(r"^@(?:end )?group\n", "", match.group(2), flags=re.M)
            body = re.sub(r" *@r\{[^}]*\}", "", body)
            yield Example("%s:%d" % (name, number), match.group(1) or "",
                          plain(body))


def functions_of(name, test):
    """The function t_TEST of the script NAME, and all helper functions."""
    parts = re.split(r"^(\w+) \(\)", read(name), flags=re.M)
    found = parts[0]
    for i in range(1, len(parts), 2):
        if parts[i] == "t_" + test or not parts[i].startswith("t_"):
            found += parts[i] + parts[i + 1]
    return found if "t_" + test in parts else None


def makefiles():
    """The text of all makefiles."""
    return "\n".join(read(n) for n in tree("*.am") + tree("*/*.mk")
                     + tree("*/*/*.mk"))


def rule_of(target):
    """The recipe for TARGET, or its automake name; None without a rule."""
    match = re.search(r"^(?:[\w.-]+ )*%s(?:-data)?(?:-local)?(?: [\w.-]+)*:.*\n"
                      r"((?:\t.*\n)*)" % re.escape(target), makefiles(), re.M)
    return match.group(1) if match else None


def scripts_in(recipe):
    """Names of the tree's scripts in RECIPE."""
    recipe = recipe.replace("$(UTIL)", "util")
    return [n for n in re.findall(r"(?:util|tests)/[\w/-]+", recipe)
            if os.path.isfile(os.path.join(TOP, n))]


def files_of_case(name):
    """The text that the case NAME of tests/xen/cases runs."""
    files = ["tests/xen/cases/%s.sh" % name]
    text = read(files[0])
    for word in set(re.findall(r"[\w.-]+(?=\.(?:img|core|iso))", text)):
        files += tree("tests/xen/cases/%s.grub" % word)
    files += [n for n in tree("docs/examples/*")
              if os.path.basename(n) in text]
    return files + ["tests/xen/lib.sh", "images/grub-i386-xen-hvm.cfg"]


def text_of_test(test):
    """All text that TEST runs; None if there is no such test."""
    kind, _, name = test.rpartition("/")
    if kind in ("", "xen"):
        if os.path.exists(os.path.join(TOP, "tests/xen/cases/%s.sh" % name)):
            return "\n".join(map(read, files_of_case(name)))
        script = "tests/xen/" + name
        if os.path.isfile(os.path.join(TOP, script)):
            # Add the folders of scripts that it copies to its machine.
            text = read(script)
            return "\n".join([text] + [
                read(n) for folder in re.findall(r"xendir\"?/(\w+)/\*", text)
                for n in tree("tests/xen/%s/*" % folder)])
    if kind in ("", "util"):
        for script in tree("util/checks/*.sh"):
            text = functions_of(script, name)
            if text:
                # Add the commands that it tests.
                return "\n".join([text] + [
                    read(n) for n in
                    sorted(set(re.findall(r"\$(util/[\w-]+)", text)))
                    if os.path.isfile(os.path.join(TOP, n))])
    recipe = None if kind else rule_of(name)
    if recipe is None or not re.search(
            r"^CHECK_(?:SUITES|BESIDE)(?:.*\\\n)*.*[ \t]%s\b" % name, makefiles(), re.M):
        return None
    return recipe + "\n".join(map(read, scripts_in(recipe)))


def shell_words(text):
    """Command names and options of the shell script TEXT."""
    for line in text.replace("\\\n", " ").split("\n"):
        for part in re.split(r"&&|\|\||[|;]", line):
            words = shlex.split(part, comments=True)
            if words and all(re.match(r"\w+=", word) for word in words):
                yield from (word.split("=")[0] for word in words)
                continue
            while words and (re.match(r"\w+=", words[0])
                             or words[0] == "sudo"):
                words.pop(0)
            if not words:
                continue
            command = os.path.basename(words[0])
            if command in ("make", "bootstrap"):
                for script in make_words(words):
                    yield os.path.basename(script)
                continue
            yield command
            if command == "xl":
                yield words[1]
            for word in words[1:]:
                if re.match("--?[A-Za-z]", word):
                    yield word.split("=")[0]


def make_words(words):
    """The scripts that making the targets among WORDS runs."""
    known = re.findall(r"^#T (\S+)", read("util/targets"), re.M)
    for word in words[1:]:
        if word in known:
            recipe = rule_of(word)
            if recipe is None:
                problem("util/targets", "no rule for %s" % word)
            else:
                yield from scripts_in(recipe)


GRUB_KEYWORDS = {"if", "then", "else", "elif", "fi", "for", "do", "done",
                 "while", "until", "function", "set", "}", "{", "[", "export"}


def grub_words(text):
    """Commands, options and modules of the GRUB script TEXT."""
    for line in text.split("\n"):
        for part in line.split(";"):
            words = shlex.split(part, comments=True)
            while words and words[0] in ("if", "then", "else", "do"):
                words.pop(0)
            if not words or words[0] in GRUB_KEYWORDS:
                continue
            yield words[0]
            if words[0] == "insmod":
                yield words[1]
            for word in words[1:]:
                if re.match("--?[a-z]", word):
                    yield word.split("=")[0]


def xl_words(text):
    """The keys of the xl.cfg TEXT, and those of its disks."""
    for node in ast.parse(text).body:
        yield node.targets[0].id
        for item in getattr(node.value, "elts", []):
            for field in item.value.split(","):
                if "=" in field:
                    yield field.split("=")[0]


def parse(example, builddir):
    """Check the syntax of EXAMPLE; return its words."""
    text = example.text
    if example.language == "sh":
        done = subprocess.run(["sh", "-n"], input=text, text=True,
                              stderr=subprocess.PIPE, check=False)
        if done.returncode:
            problem(example.where, done.stderr.strip())
        return list(shell_words(text))
    if example.language == "grub":
        tool = builddir + "/graft/current/i386-xen-hvm/grub-script-check"
        if not os.path.exists(tool):
            problem(example.where, "no %s; `make graft' builds it" % tool)
            return []
        done = subprocess.run([tool], input=text, text=True, check=False,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        if done.returncode:
            problem(example.where, done.stdout.strip())
        return list(grub_words(text))
    if example.language == "xl.cfg":
        return list(xl_words(text))
    if example.language == "xml":
        xml.dom.minidom.parseString("<all>" + text + "</all>")
    elif example.language != "text":
        problem(example.where, "no such language: %s" % example.language)
    return []


def check_example(example, builddir):
    """Check EXAMPLE, and that its tests have its words."""
    if not example.language:
        problem(example.where, "no line `@c test: TEST...' before "
                "this example")
        return
    try:
        words = set(parse(example, builddir))
    except (SyntaxError, ValueError, AttributeError,
            xml.parsers.expat.ExpatError) as e:
        problem(example.where, "not %s: %s" % (example.language, e))
        return
    if example.tests == ["untested"]:
        if "ot tested" not in read(example.where.split(":")[0]):
            problem(example.where, "nothing says `not tested' there")
        return
    if example.tests == ["run"] or example.language == "text":
        return
    texts = ""
    for test in example.tests:
        text = text_of_test(test)
        if text is None:
            problem(example.where, "there is no test %s" % test)
        # Comments are not run.
        texts += "\n" + re.sub(r"^\s*#.*$", "", text or "", flags=re.M)
    for word in sorted(words):
        if not re.search(r"(?<![\w-])%s(?![\w-])" % re.escape(word), texts):
            problem(example.where, "`%s' is not in %s"
                    % (word, " ".join(example.tests)))


def check_readme(builddir):
    """README's indented lines: commands, xl.cfg, and names of files."""
    text = read("README")
    where = "README"
    commands = re.findall(r"^    ((?:\./bootstrap|make|grub-).*?)(?:   .*)?$",
                          text, re.M)
    keys = re.findall(r"^ {8}(\w+ *= .*)$", text, re.M)
    if not commands or not keys:
        problem(where, "no commands, or no xl.cfg")
    for lines, language, tests in (
            (commands, "sh", ["check-demo", "util/summary",
                              "util/install_layout", "util/deb_contents"]),
            (keys, "xl.cfg", ["xen/image-one", "xen/firmware-table"])):
        example = Example(where, "", "\n".join(lines) + "\n")
        example.language, example.tests = language, tests
        check_example(example, builddir)
    for line in re.findall(r"^    ([\w-]+/.*?)  .*$", text, re.M):
        for name in line.split():
            if not os.path.exists(os.path.join(TOP, name)):
                problem(where, "there is no %s" % name)
    return len(commands) + len(keys)


def check_examples(builddir):
    """Check all examples."""
    count = 0
    for example in examples():
        count += 1
        check_example(example, builddir)
    count += check_readme(builddir)
    return "%d examples" % count


def write_scripts(output):
    """Write the examples that are to be run to the folder OUTPUT."""
    count = 0
    for example in examples():
        if example.tests != ["run"]:
            continue
        count += 1
        name, line = example.where.split(":")
        # Sorted by name they are in the manual's order.
        name = "%s-%04d" % (os.path.basename(name), int(line))
        with open(os.path.join(output, name), "w", encoding="utf-8") as f:
            f.write(example.text)
    return "%d examples to run" % count
