# grub-xen-hvm -- tests/int13/lib.sh: functions to run the conformance program
# Copyright (C) 2026  The grub-xen-hvm authors
# SPDX-License-Identifier: GPL-3.0-or-later
# This is free software: you may use, study, share and improve it; there is no warranty.
# shellcheck shell=dash
#
# Sourced by check, and by cases of the bench in dom0.  $int13 is the directory
# with make-disk and variants.

int13_seed=51966

# int13_variant NAME: set total, and table (of the partition table), seabios
# and xen (heads and sectors).
int13_variant ()
{
  # shellcheck disable=SC2034,SC2154
  {
    # shellcheck disable=SC2046 # words
    set -- "$1" $(awk -v name="$1" '$1 == name { $1 = ""; print }' "$int13/variants")
    [ $# = 8 ] || { echo "int13: no variant $1" >&2; return 1; }
    total=$2 table="$3 $4" seabios="$5 $6" xen="$7 $8"
  }
  [ "$table" != '- -' ] || table=
}

# int13_disk NAME FILE: make the disk.
# shellcheck disable=SC2086 # words
int13_disk ()
{
  int13_variant "$1" || return 1
  rm -f "$2"
  "$int13/make-disk" "$2" "$total" "$int13_seed" $table
}

# int13_words NAME seabios|xen: print the program's command line.
int13_words ()
{
  int13_variant "$1" || return 1
  # shellcheck disable=SC2154,SC2086 # words
  case $2 in
    xen) set -- $xen; words="xen" ;;
    *) set -- $seabios; words="seabios" ;;
  esac
  echo "$words seed=$int13_seed total=$total heads=$1 sectors=$2"
}

# The rest is for cases of the bench.

# int13_boot WORDS [NUMBER]: print the line of a disk, xvdf, from which the
# program is started with these words, for the drive NUMBER (default: 0x80,
# which is xvde).
int13_boot ()
{
  # shellcheck disable=SC2154 # of lib.sh of the bench
  {
    int13_boot=$(disk bare.img)
    put_file "$int13_boot" /int13.bin "$int13/int13.bin"
    put "$int13_boot" /int13.cfg "xen_int13 (xen/xvde)
linux16 (xen/xvdf)/int13.bin drive=${2:-0x80} $1
boot"
  }
  phy xvdf "$(loop "$int13_boot")" r
}

# int13_guest NAME DISK-LINES WORDS [NUMBER]: start a guest of that name, which
# tests the disk xvde, or the drive NUMBER, with the program's command line.
int13_guest ()
{
  guest "$1" int13-conformance.img "$2,$(int13_boot "$3" "${4:-0x80}")"
  guest_start "$1"
}

# int13_passed NAME: the guest's program has finished without a failure.
int13_passed ()
{
  guest_serial "$1" | grep -a -E '^FAIL|^random: |^int13: ' | tail -n 40
  said "$1" '^int13: [1-9][0-9]* passed, 0 failed'
  # docs/int13-conformance.csv is made of this output.
  guest_serial "$1" > "$OUT/$1.int13"
}

# int13_behind NAME VARIANT WORDS: start a guest that tests the BIOS's drive,
# an emulated disk, behind a PV disk that the service has made the first drive.
int13_behind ()
{
  # shellcheck disable=SC2154 # of lib.sh of the bench
  {
    int13_disk "$2" "$work/$1"
    int13_guest "$1" "$(qdisk hda "$work/$1"),$(phy xvde "$(loop "$images/gpt.img")" r)" \
      "$(int13_words "$2" seabios) $3" 0x81
  }
}
