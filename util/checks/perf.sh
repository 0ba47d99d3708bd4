# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
# util/checks/perf.sh: tests of the performance bench's report
# Copyright (C) 2026  The grub-xen-hvm authors

# util/check-util sets srcdir, builddir, util and here.
# shellcheck disable=SC2154

# read_pass SUBJECT READER WHAT N MIB SECONDS [FIELDS]: print a row as the
# bench writes it.
read_pass ()
{
  echo "{\"subject\": \"$1\", \"reader\": \"$2\", \"backend\": \"blkback\", \"cpus\": 2," \
       "\"what\": \"$3\", \"n\": $4, \"bytes\": $(($5 << 20)), \"seconds\": $6${7:+, $7}}"
}

# perf_rows: print passes with simple medians, clocks and ratios.
perf_rows ()
{
  local n
  # Our GRUB's clock runs at half speed, so its 0.5 s are 1 s.
  read_pass xen_blk xen_blk clock 0 0 5 '"wall": 10'
  read_pass xen_blk xen_blk raw-1m 0 64 5
  for n in 0.4 0.5 0.8; do
    read_pass xen_blk xen_blk raw-1m 1 64 $n
  done
  read_pass xen_blk xen_blk ext4-4k 0 64 1
  read_pass linux linux raw-1m 0 64 2
  read_pass linux linux ext4-4k 0 64 2.5
  read_pass xen_pvh xen_pvh ext4-4k 0 64 32
  read_pass xen_blk xen_blk cost-raw 0 64 1 '"guest_cpu": 1, "idle_guest_cpu": 0.5, "dom0_cpu": 1,
    "counters": {"hypercalls": 128, "notifications": 256, "requests": 64, "waits": 1, "copied": 67108864}' \
    | tr -d '\n'
  echo
}

t_perf_report ()
{
  export PYTHONDONTWRITEBYTECODE=1
  perf_rows > rows
  printf 'date\ttoday\n' > versions
  "$srcdir/tests/perf/report" --versions versions --output . rows > out
  cat out
  grep -q 'xen_blk, blkback  *64.0 (40.0-80.0; 6.40)' out || fail "median, spread or first pass"
  grep -q "raw reads, 1 MiB, .* NOT MET: 2.00 times" out || fail "ratio of raw reads"
  grep -q "at least Linux's speed *met: 1.25 times" out || fail "ratio of files"
  grep -q 'hypercalls a MiB of a large raw read.* met: 2.00' out || fail "hypercalls"
  grep -q 'notifications a MiB of a large raw read.* NOT MET: 4.00' out || fail "notifications"
  grep -q 'paused for 10 s: under 0.2 s *not measured' out || fail "what was not measured"
  grep -q '^# date: today' bench.csv || fail "no versions in bench.csv"
  [ "$(grep -c '^xen_blk,' bench.csv)" = 7 ] || fail "rows in bench.csv"
  python3 -c 'import sys, xml.dom.minidom as m; [m.parse (n) for n in sys.argv[1:]]' ./*.svg \
    || fail "a plot is no XML"
  ! "$srcdir/tests/perf/report" --strict rows > /dev/null || fail "--strict took a target not met"
}

# The report compares another tree's driver with ours.
t_perf_compare ()
{
  local n
  export PYTHONDONTWRITEBYTECODE=1
  says 'xen_blk-other other ' "$srcdir/tests/perf/bench" --compare /nowhere --only xen_blk --list
  for n in 1 2 3; do
    read_pass xen_blk xen_blk raw-1m $n $((2 * n)) 1
    read_pass xen_blk-other other raw-1m $n $n 1
  done > rows
  "$srcdir/tests/perf/report" rows > out
  grep -q '^  xen_blk  1 MiB  5.00  2.50       2.00   apart$' out || { cat out; fail "medians, ratio"; }
}

# The plan has the named subject, or the bench refuses it.
t_perf_plan ()
{
  says 'xen_blk ' "$srcdir/tests/perf/bench" --list
  refuses 'not all of' "$srcdir/tests/perf/bench" --only nonsense
  refuses 'unknown argument' "$srcdir/tests/perf/bench" --nonsense
  says 'usage:' "$srcdir/tests/perf/bench" --help
}
