# grub-xen-hvm -- functions of the cases with the hostile backend, in dom0
# Copyright (C) 2026  The grub-xen-hvm authors
# SPDX-License-Identifier: GPL-3.0-or-later
# This is free software: you may use, study, share and improve it; there is no warranty.
# shellcheck shell=dash disable=SC1091,SC2119,SC2154
#
# Sourced after lib.sh.

# hostile NAME VDEV FILE [OPTION...]: give the guest (created paused) a disk of
# the hostile backend.  Its log is $OUT/NAME.VDEV.log.
hostile ()
{
  name=$1 vdev=$2 file=$3
  shift 3
  log=$OUT/$name.$vdev.log
  : > "$log"
  "$share/hostile" --domid "$(domid "$name")" --vdev "$(vdev_number "$vdev")" --file "$file" "$@" \
		   2>> "$log" < /dev/null &
  echo $! > "$guests/$name/$vdev.pid"
  echo $! >> /run/bench.pids
}

# hostile_ready NAME: wait until all of them have started.
hostile_ready ()
{
  for log in "$OUT/$1".xvd*.log; do
    until_true 60 grep -q ' serves ' "$log" || fail "a backend does not start: $(cat "$log")"
  done
}

# hostile_end NAME VDEV: end a backend in order, which must not take long.
hostile_end ()
{
  pid=$(cat "$guests/$1/$2.pid")
  kill "$pid"
  until_true 30 ended "$pid" || fail "the hostile backend of $2 does not end"
  grep -q ' ends: ' "$OUT/$1.$2.log" || fail "the hostile backend of $2 died"
}

ended ()
{
  ! kill -0 "$1" 2> /dev/null
}

# log_has NAME VDEV REGEX: an assertion on a backend's log.
log_has ()
{
  grep -q -E -e "$3" "$OUT/$1.$2.log" \
    || fail "the backend of $2 did not say '$3': $(tail -n 5 "$OUT/$1.$2.log")"
}

# ---------------------------------------------------------------- many attacks in one guest

# A table has a line for each disk of a guest:  LETTER ATTACK [OPTION...] ; WANTED
# The disk is xvdLETTER.  GRUB's script prints 'attack LETTER' before it uses
# the disk.  WANTED is the required output after that:
#   right    the right hash of the file big; no error
#   any      any error, or any hash, because the data may be garbage; GRUB has
#            to continue
#   else     a regular expression for the rest of an error that begins with the
#            disk's name; with 'right|' in front, a right hash is also accepted

# attack_table NAME IMAGE < TABLE: start the backends, all serving IMAGE.
attack_table ()
{
  cat > "$guests/$1/table"
  guest=$1 image=$2
  sed 's/ ;.*//' "$guests/$guest/table" > "$guests/$guest/attacks"
  while read -r letter attack options; do
    # shellcheck disable=SC2086 # words
    hostile "$guest" "xvd$letter" "$image" --attack "$attack" $options
  done < "$guests/$guest/attacks"
  hostile_ready "$guest"
}

# section NAME LETTER: print the guest's output about an attack.
section ()
{
  guest_serial "$1" | awk -v begin="attack $2" '
    /^attack / { mine = ($0 == begin) }
    mine'
}

# attack_results NAME: compare the guest's output with the table.  Report all
# failures.
attack_results ()
{
  guest=$1 failures=0
  while read -r line; do
    # shellcheck disable=SC2086 # words
    set -- ${line%% ;*}
    attack_result "$guest" "$1" "$2" "${line##*; }"
  done < "$guests/$guest/table"
  [ "$failures" = 0 ] || fail "$failures attacks did not end as they should; the table in 'output' says which"
}

attack_result ()
{
  section "$1" "$2" > "$guests/$1/section"
  error=$(grep "^error: xen/xvd$2" "$guests/$1/section" | head -n 1)
  hash=$(awk -v file="(xen/xvd$2)/big" '$2 == file { print $1 }' "$guests/$1/section")
  good=$(awk '$2 == "big" { print $1 }' "$images/SHA256SUMS")
  outcome=bad
  wanted=${4#right|}
  case $wanted in
    right) [ "$hash" = "$good" ] && [ -z "$error" ] && outcome=ok ;;
    any) grep -q -e '^error: ' -e "(xen/xvd$2)/big" "$guests/$1/section" && outcome=ok ;;
    *) echo "$error" | grep -q -E "^error: xen/xvd$2:? ?($wanted)" && [ -z "$hash" ] && outcome=ok ;;
  esac
  [ "$wanted" = "$4" ] || [ "$hash" != "$good" ] || outcome=ok
  [ "$outcome" = ok ] || failures=$((failures + 1))
  printf '%-4s %-4s %-22s %s %s\n' "$outcome" "$2" "$3" "$error" "$hash"
}

# unharmed NAME IMAGE: every piece that the script's function 'attack' read
# from xvde is right.  Each is read only once, so no piece comes from GRUB's
# cache.
unharmed ()
{
  guest_serial "$1" | awk '$2 ~ /^\(xen\/xvde\)[0-9]+\+/ { print $1, $2 }' > "$guests/$1/pieces"
  [ "$(wc -l < "$guests/$1/pieces")" = "$(wc -l < "$guests/$1/table")" ] \
    || fail "not as many pieces were read of xvde as there are attacks"
  while read -r hash piece; do
    piece=${piece#*)}
    good=$(dd if="$2" bs=512 skip="${piece%+*}" count="${piece#*+}" status=none | sha256sum)
    [ "$hash" = "${good%% *}" ] || fail "xvde did not read right at $piece"
  done < "$guests/$1/pieces"
}

# attacks NAME BOOT IMAGE < TABLE: run a whole guest of such a case.  The
# script of its image BOOT uses the attacked disks.  Its good disk is xvde.
attacks ()
{
  guest "$1" "$2" "$(phy xvde "$(loop "$images/bare.img")")"
  guest_start "$1" -p
  attack_table "$1" "$3"
  xl unpause "$1"
  guest_wait "$1" 800 'end of script'
  attack_results "$1"
  unharmed "$1" "$images/bare.img"
}
