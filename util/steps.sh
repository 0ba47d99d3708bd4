# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
# util/steps.sh: long steps, shown and logged (to be sourced)
# Copyright (C) 2026  The grub-xen-hvm authors

# The user of this file sets:
#   STEP_TOTAL   how many steps there will be
#   STEP_LOGDIR  where logs go
# shellcheck source=util/path.sh
. "$(dirname "${BASH_SOURCE[0]}")/path.sh"
# All output goes to standard error, because scripts print their results to
# standard output.
STEP_NUMBER=0
: "${STEP_TOTAL:=0}" "${STEP_LOGDIR:=.}"

say ()
{
  printf '%s\n' "$*" >&2
}

die ()
{
  say "${0##*/}: $*"
  exit 1
}

step_head ()
{
  printf '[%*d/%d] %s ... ' ${#STEP_TOTAL} "$STEP_NUMBER" "$STEP_TOTAL" "$1" >&2
}

# step_skip WHAT [WHY]: count a step that is already done.
step_skip ()
{
  STEP_NUMBER=$((STEP_NUMBER + 1))
  step_head "$1"
  say "${2:-up to date}"
}

# step_watch PID WHAT SECONDS: while PID runs, show the seconds on a terminal,
# and the output of the function named by STEP_PROGRESS (its argument is the
# log).
step_watch ()
{
  local note=''
  [ -t 2 ] || return 0
  while kill -0 "$1" 2> /dev/null; do
    [ -z "${STEP_PROGRESS:-}" ] || note=$($STEP_PROGRESS "$STEP_LOG")
    printf '\r' >&2
    step_head "$2"
    printf '%d s %s ' $((SECONDS - $3)) "$note" >&2
    sleep 1
  done
  printf '\r\033[K' >&2
  step_head "$2"
}

# step_fail STATUS WHAT: print the end of the log, and exit.
step_fail ()
{
  say "failed (exit $1)"
  tail -n 20 "$STEP_LOG" | cut -c 1-200 | sed 's/^/    /' >&2
  say "${0##*/}: $2: failed; the whole log: $STEP_LOG"
  exit 1
}

# step LOG WHAT COMMAND...: run COMMAND as the next step, its output to
# STEP_LOGDIR/LOG.log; on failure print the end of the log and exit.
step ()
{
  local what=$2 start=$SECONDS status=0 pid
  STEP_NUMBER=$((STEP_NUMBER + 1))
  STEP_LOG=$STEP_LOGDIR/$1.log
  shift 2
  mkdir -p "$STEP_LOGDIR"
  step_head "$what"
  # Not "if ! command", because set -e has to work inside the command.
  ( set -e; "$@" ) > "$STEP_LOG" 2>&1 < /dev/null &
  pid=$!
  step_watch $pid "$what" "$start"
  wait $pid || status=$?
  [ $status -eq 0 ] || step_fail $status "$what"
  say "$((SECONDS - start)) s"
}
