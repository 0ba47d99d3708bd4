# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
# util/checks/matrix.sh: tests of the compatibility matrix's plan and report
# Copyright (C) 2026  The grub-xen-hvm authors

# util/check-util sets srcdir, builddir, util and here.
# shellcheck disable=SC2154

# matrix_kinds: write a list of disks as the build does.
matrix_kinds ()
{
  export PYTHONDONTWRITEBYTECODE=1
  local name
  for name in gpt mbr-logical no-partitions ext4 btrfs sector-4096 beyond-2tib lvm-linear raid5 guests; do
    printf '%s\t%s.img\t512\txen/xvde\t-\twords\t/\n' $name $name
  done > kinds
  printf 'raid\tone.img,two.img\t512\tmd/0\tmdraid1x\ttwo disks\t/\n' >> kinds
  printf 'odd\tnot possible: no tool makes it\t512\txen/xvde\t-\twords\t/\n' >> kinds
  mkdir -p build/images
  : > build/images/x.bin
}

# matrix_tree: copy the files that tests/matrix/run needs, and write load.py,
# which loads it as the module run.
matrix_tree ()
{
  mkdir -p tree/tests tree/docs tree/images
  cp -r "$srcdir/tests/matrix" "$srcdir/tests/xen" tree/tests/
  cp "$srcdir"/images/modules* tree/images/
  cat > load.py << 'END'
import importlib.machinery
import importlib.util

loader = importlib.machinery.SourceFileLoader("run", "tree/tests/matrix/run")
run = importlib.util.module_from_spec(importlib.util.spec_from_loader("run", loader))
loader.exec_module(run)
END
}

# The tree's plan has enough cases, each once, and each of its hosts is a file.
t_matrix_plan ()
{
  local matrix=$srcdir/tests/matrix/run host
  matrix_kinds
  BUILDDIR=$PWD/build "$matrix" --kinds kinds --list > list
  [ "$(wc -l < list)" -ge 120 ] || fail "fewer than 120 cases"
  [ -z "$(cut -d ' ' -f 1 list | sort | uniq -d)" ] || fail "a case is there twice"
  grep -q '^kind-own-odd .*not possible: no tool makes it$' list || fail "why not is not told"
  grep -q '^kind-own-raid .*kind=raid' list || fail "no case for a kind"
  # shellcheck disable=SC2013 # words
  for host in $(grep -o 'host=[a-z-]*' "$srcdir/tests/matrix/plan" | sort -u | cut -d = -f 2); do
    [ -f "$srcdir/tests/xen/hosts/$host" ] || fail "no host $host"
  done
  BUILDDIR=$PWD/build "$matrix" --kinds kinds --list 'vdev-*' > some
  ! grep -v '^vdev-' some || fail "a pattern lets others through"
  refuses 'no such case' env BUILDDIR="$PWD/build" "$matrix" --kinds kinds nothing
  PYTHONPATH=$srcdir/tests/matrix python3 - > roots << 'END'
import plan

pair = plan.Kind("pair\tone.img,two.img\t512\txen/xvd[ef],gpt1\t-\twords\t/")
print(*(plan.root_of(pair, vdev) for vdev in ("xvde", "xvda", "xvdz", "xvdaz")))
huge = plan.Case("kind", "huge", {"kind": "beyond-2tib"})
plan.settle(huge, {"beyond-2tib": plan.Kind("beyond-2tib\tx.img\t512\txen/xvde\t-\twords\t/")})
assert huge["access"] == "r", "a copy of more than 2 TiB"
END
  [ "$(cat roots)" = "xen/xvd[ef],gpt1 xen/(xvda|xvdb),gpt1 xen/(xvdz|xvdaa),gpt1 xen/(xvdaz|xvdba),gpt1" ] \
    || fail "the root of a pair of disks: $(cat roots)"
  # A fresh clone.
  mkdir fresh
  BUILDDIR=$PWD/fresh "$matrix" --list | cmp - <(BUILDDIR=$PWD/build "$matrix" --list) \
    || fail "another list before anything is built"
  refuses 'nothing is built' env BUILDDIR="$PWD/fresh" "$matrix" vdev-xvda
}

# The same seed gives the same boots, another seed gives others, and none of
# the boots is impossible.
t_matrix_soak ()
{
  local matrix=$srcdir/tests/matrix/run pair
  matrix_kinds
  BUILDDIR=$PWD/build "$matrix" --kinds kinds --list --soak 300 --seed 7 > one
  BUILDDIR=$PWD/build "$matrix" --kinds kinds --list --soak 300 --seed 7 > two
  BUILDDIR=$PWD/build "$matrix" --kinds kinds --list --soak 300 --seed 8 > three
  cmp one two || fail "the seed does not repeat them"
  ! cmp -s one three || fail "another seed gives the same"
  [ "$(wc -l < one)" = 300 ] || fail "not as many as wanted"
  ! grep 'not possible' one || fail "one cannot be"
  ! grep 'access=r backend=\(qdisk\|errors-qdisk\|toolstack\)' one || fail "a read-only disk of QEMU's"
  ! grep 'access=r.* vdev=xvd[ab] ' one || fail "a read-only disk with an emulated twin"
  ! grep 'host=few-grants' one | grep -v 'disks=2 .*max-grants= ' || fail "more than that host has grants for"
  ! grep 'vcpus=[24]' one | grep -v 'host=many-cpus' || fail "more processors than the host's"
  ! grep 'host=many-cpus' one | grep -v 'memory=256' || fail "more processors than Linux has memory for"
  ! grep 'host=trixie.*xl=acpi=0' one || fail "a guest without ACPI, which that libxl cannot start"
  ! grep 'disks=9.*host=trixie' one || fail "more disks than Debian 13's libxl can give at once"
  ! grep 'disks=[59].*memory=128' one || fail "more disks than Linux has memory for"
  ! grep 'memory=128.*vga=[cs]' one || fail "a VGA, and too little memory for Linux beside it"
  cp kinds pairs
  for pair in 1 2 3 4 5 6 7 8 9; do
    sed -n "s/^raid\t/raid-$pair\t/p" kinds >> pairs
  done
  BUILDDIR=$PWD/build "$matrix" --kinds pairs --list --soak 300 --seed 7 > two
  grep -q ' cd=.* kind=raid-.* vdev=xvdb ' two || fail "no pair of disks at xvdb and xvdc"
  ! grep ' cd=[em].* kind=raid-.* vdev=xvdb ' two || fail "a CD where a disk has its emulated twin"
  ! grep 'xl=acpi=0' one | grep -v 'expect=' || fail "a guest without ACPI is to power off"
  ! grep 'kind=beyond-2tib' one | grep -v 'access=r backend=phy' || fail "a copy of more than 2 TiB"
  BUILDDIR=$PWD/build "$matrix" --kinds kinds --list --host trixie 'host-*' > hosts
  grep -q 'host=trixie' hosts || fail "no case of the host"
  ! grep -v 'host=trixie' hosts || fail "cases of other hosts"
}

# A fresh clone continues from the results in the tree.  Results of this build
# replace them, unless they are older.
t_matrix_resume ()
{
  matrix_kinds
  matrix_tree
  cat > results.py << 'END'
import sys
from load import run

sys.argv[1:] = ["vdev-xvd*"]
matrix = run.Matrix(run.options(), run.planned("kinds"))
for name, word in (("vdev-xvda", "success"), ("vdev-xvdb", "fail")):
    case, = [case for case in matrix.chosen if case.name == name]
    matrix.results[name] = dict.fromkeys(run.FIELDS, "x, \"y\"")
    matrix.results[name].update(case=name, outcome=word, identity=matrix.identity(case))
matrix.results["soak-1"] = dict.fromkeys(run.FIELDS, "soak-1")
matrix.save_docs()
matrix.results["vdev-xvdb"]["outcome"] = "success"
run.os.makedirs(run.WORK, exist_ok=True)
matrix.save()
again = run.Matrix(run.options(), run.planned("kinds"))
print(sorted(case.name for case in again.chosen if again.passed(case)))
print(again.results["vdev-xvda"]["reason"])
matrix.results["vdev-xvdb"]["date"] = "0"
matrix.save()
print("older:", run.Matrix(run.options(), run.planned("kinds")).results["vdev-xvdb"]["outcome"])
before = matrix.identity(case)
with open("tree/tests/matrix/steps.cfg", "a") as steps:
    steps.write("true\n")
print("another script:", run.Matrix(run.options(), run.planned("kinds")).identity(case) != before)
results = run.os.path.join(run.BENCH, "results", case.name)
run.os.makedirs(results)
with open(run.os.path.join(results, "outcome"), "w") as outcome:
    outcome.write("crash see %s/log\n" % run.BUILD)
matrix.take(case, 1)
print("reason:", matrix.results[case.name]["reason"])
sys.argv[1:] = ["--soak", "3"]
matrix = run.Matrix(run.options(), run.planned("kinds"))
matrix.results["soak-1-002"] = dict.fromkeys(run.FIELDS, "x")
matrix.results["soak-1-002"].update(case="soak-1-002", outcome="success", date="2026-11-28",
                                    identity=matrix.identity(matrix.all[1]))
matrix.save_docs()
END
  BUILDDIR=$PWD/build python3 results.py > out
  grep -q "^\['vdev-xvda', 'vdev-xvdb'\]$" out || fail "not what passed"
  grep -q '^older: fail$' out || fail "an older result of the build folder is taken"
  grep -q '^another script: True$' out || fail "a result of another script is taken"
  grep -q '^reason: see build/log$' out || fail "the path of a build folder is kept"
  grep -q '^x, "y"$' out || fail "a reason is changed"
  [ "$(tail -n +2 tree/docs/compatibility.csv | cut -d , -f 1,2 | tr '\n' ' ')" \
    = "vdev-xvda,success vdev-xvdb,fail " ] || fail "not the plan's results are kept in the tree"
  [ "$(tail -n +2 tree/docs/soak.csv | cut -d , -f 1,2)" = soak-1-002,success ] \
    || fail "not the soak's results are kept in the tree"
  BUILDDIR=$PWD/other tree/tests/matrix/run --kinds kinds --soak 3 --report --docs > said || :
  grep -q '^1 passed, 2 failed' said || fail "a fresh clone does not go on from the soak's results"
  [ ! -e tree/docs/compatibility-results.texi ] || fail "a soak writes the page of the plan"
  grep -q '^Of 3 cases 1 passed, 0 failed .*; 2 were not run' tree/docs/compatibility-soak.texi \
    || fail "the soak's page: the sums"
}

# If the runner is killed, the matrix ends, and does not boot the next host.
t_matrix_ended ()
{
  matrix_kinds
  matrix_tree
  # shellcheck disable=SC2016 # the script's own
  printf '#!/bin/sh\n%s\n' 'kill $$' > tree/tests/xen/run
  chmod +x tree/tests/xen/run
  cat > ended.py << 'END'
import sys
from load import run

sys.argv[1:] = ["vdev-xvda"]
args = run.options()
run.Matrix(args, run.planned("kinds")).run_host("own", [], args, "cases")
print("goes on")
END
  ! BUILDDIR=$PWD/build python3 ended.py > out || fail "the runner's end is no failure"
  printf '#!/bin/sh\nexit 1\n' > tree/tests/xen/run
  says 'goes on' env BUILDDIR="$PWD/build" python3 ended.py
}

# The report counts results by kind: failed, not run, not possible.
t_matrix_report ()
{
  matrix_kinds
  python3 - "$srcdir/tests/matrix" > out << 'END'
import sys
sys.path.insert(0, sys.argv[1])
import plan
import report


class Matrix:
    """As tests/matrix/run has it."""
    axes = {"kind": "Kinds @ {all}"}
    page = "compatibility-results"

    def __init__(self):
        self.all = self.chosen = [plan.Case("kind", name, {}) for name in "abcd"]
        self.all[3].why = "no such thing"
        self.results = {
            "kind-" + name: {"outcome": word, "reason": why, "identity": now, "date": "2026-01-02",
                              "versions": "Xen @ 4"}
            for name, word, why, now in (("a", "success", "", 1), ("b", "fail", "a wrong hash", 1),
                                         ("c", "success", "", 0))}

    @staticmethod
    def identity(_case):
        """Of what is tested now."""
        return 1


print("code", report.finish(Matrix(), "tap", "build", "."))
END
  grep -q '^code 1$' out || fail "a failed case is no failure"
  grep -q '^1 passed, 2 failed, 1 skipped$' out || fail "wrong sums"
  grep -q '^not ok 2 - kind-b$' tap || fail "TAP: the failed one"
  grep -q '^not ok 3 - kind-c$' tap || fail "TAP: one of another build counts"
  grep -q '^ok 4 - kind-d # SKIP no such thing$' tap || fail "TAP: the impossible one"
  grep -q '@item @code{b} .* failed: fail: a wrong hash$' compatibility-results.texi || fail "docs"
  grep -q '^Of 4 cases 1 passed, 1 failed and 1 are not possible; 1 were not run' \
    compatibility-results.texi || fail "docs: the sums"
  grep -q '@item @code{own} @tab 2 @tab Xen @@ 4$' compatibility-results.texi || fail "docs: the hosts"
  grep -q '@subheading Kinds @@ @{all@}' compatibility-results.texi || fail "not escaped"
}
