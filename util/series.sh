# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
# util/series.sh: commits for upstream (to be sourced)
# Copyright (C) 2026  The grub-xen-hvm authors

# A commit is a file upstream/PROJECT/NN-NAME.txt: comments, directives, a line
# "--", and the message.  Directives:
#   file PATTERN...          our files
#   patch NAME [FILE...]     the patch NAME (see patches.sh), or its part for FILEs
#   insert FILE TEXT /A/ [/B/]
#                            insert the part of upstream/PROJECT/TEXT below a line
#                            "--" after the first line of FILE with A, or after
#                            the next line with B
#   xen-headers              Xen's public headers
# GRUB's modules are in the build as soon as possible: see add_modules.  A file
# that is in no commit is an error, so that the series cannot become outdated
# unnoticed.

# The user of this file has util/upstream.sh and util/patches.sh, and sets:
#   name project version     what the series is for
#   repo                     a repository, release's branch base, ours series
#   work                     a folder for files
: "${srcdir:=.}" "${name:=}" "${project:=}" "${version:=}" "${repo:=}"
: "${work:=.}" "${xen:=/usr/include/xen}"

message_of ()           # message_of FILE
{
  sed -e '1,/^--$/d' -e "s/@VERSION@/$version/g" \
      -e "s/@XEN_VERSION@/$(xen_version)/g" "$1"
}

xen_version ()
{
  dpkg-query -W -f '${Version}' libxen-dev | sed 's/[^0-9.].*//'
}

## Files of ours

list_ours ()            # all that upstream is to get, by line
{
  case $project in
    grub) (cd "$srcdir" && find grub-core include -type f -name '*.[chS]'
           find util -maxdepth 1 -type f -name '*.c') ;;
    *) (cd "$srcdir" && find "$project" -type f -name '*.[ch]') ;;
  esac
}

place_of ()             # place_of FILE: its name in upstream's tree
{
  case $project in
    seabios) echo "src/fw/${1##*/}" ;;
    *) echo "$1" ;;
  esac
}

do_file ()              # do_file PATTERN...
{
  local pattern f to found
  for pattern; do
    readarray -t found < <(cd "$srcdir" && compgen -G "$pattern")
    [ ${#found[@]} -gt 0 ] || { echo "$pattern: no such file of ours"; return 1; }
    for f in "${found[@]}"; do
      to=$repo/$(place_of "$f")
      [ ! -e "$to" ] || { echo "$to: is there already"; return 1; }
      mkdir -p "$(dirname "$to")"
      sed -f "$srcdir/upstream/$project/files.sed" "$srcdir/$f" > "$to"
      echo "$f" >> "$work/used"
    done
  done
}

# without_modules: GRUB's own list as it was before add_modules, for patches.
without_modules ()
{
  [ "$project" = grub ] || return 0
  cp "$work/core.def" "$repo/grub-core/Makefile.core.def"
}

# add_modules: add those modules to GRUB's own list whose source with the
# licence is present, because GRUB does not load a module without one.  List
# only the sources that are present.
add_modules ()
{
  local def=grub-core/Makefile.core.def
  [ "$project" = grub ] || return 0
  cp "$repo/$def" "$work/core.def"
  awk -v dir="$repo/grub-core/" '
    /^module = {/ { stanza = ""; licensed = 0; inside = 1 }
    $1 == "common" && inside {
      file = $3
      sub (/;$/, "", file)
      if ((getline line < (dir file)) < 0)
        next
      do
        if (line ~ /^GRUB_MOD_LICENSE/)
          licensed = 1
      while ((getline line < (dir file)) > 0)
      close (dir file)
    }
    inside { stanza = stanza $0 "\n" }
    /^};/ { if (inside && licensed) printf "\n%s", stanza; inside = 0 }
  ' "$srcdir/contrib/xen-hvm/Makefile.core.def" >> "$repo/$def"
}

## Patches of ours

# part_of PATCH FILE...: the part of the patch for these files, or all of it
# without files.  Records each part as used.
part_of ()
{
  awk -v files=" ${*:2} " -v patch="$(basename "${1%.release}")" -v used="$work/used" '
    { if (held != "") { file = $2
                        sub (/^b\//, "", file)
                        on = files == "  " || index (files, " " file " ")
                        if (on) { print patch, file >> used; print held }
                        held = "" } }
    /^--- / { held = $0; next }
    on' "$1"
}

# choose_patches: write NAME.patch and its file for the release, by line, to
# WORK/patches; without a file if there is nothing to do.
choose_patches ()
{
  local n chosen chosen_from
  for n in $(patch_names "$project" "$version"); do
    choose_patch "$project" "$version" "$n" "$repo" || {
      no_patch "$project" "$version" "$n" "$name"
      return 1
    }
    echo "$n.patch: $chosen_from" >> "$work/log"
    echo "$n.patch $chosen" >> "$work/patches"
  done
}

patch_of ()             # patch_of NAME: its file
{
  sed -n "s,^$1 ,,p" "$work/patches"
}

do_patch ()             # do_patch NAME [FILE...]
{
  local p
  p=$(patch_of "$1")
  if [ -z "$p" ]; then
    compgen -G "$srcdir/patches/$project*/${1%.patch}.*" > /dev/null && return 0
    echo "$1: there is no such patch in patches/$project or $project-*"
    return 1
  fi
  part_of "$p" "${@:2}" > "$work/part"
  [ -s "$work/part" ] || { echo "$p has nothing for ${*:2}"; return 1; }
  patch -d "$repo" -p1 -N -F0 --no-backup-if-mismatch < "$work/part"
}

do_insert ()            # do_insert FILE TEXT /A/ [/B/]
{
  local file=$repo/$1 a b rest=$3
  a=${rest#/} b=''
  case $a in
    */\ /*) b=${a#*/ /}; b=${b%/} a=${a%%/ /*} ;;
    *) a=${a%/} ;;
  esac
  awk -v a="$a" -v b="$b" -v text="$srcdir/upstream/$project/$2" '
    { print }
    !state && $0 ~ a { state = 1; if (b != "") next }
    state == 1 && (b == "" || $0 ~ b) {
      while ((getline line < text) > 0) {
        if (inside)
          print line
        inside = inside || line == "--"
      }
      state = 2
    }
    END { exit state != 2 }' "$file" > "$work/inserted" || {
    echo "$1: no line with $a${b:+, or none with $b after it}"
    return 1
  }
  cp "$work/inserted" "$file"
}

## Xen's headers

# headers_below FILE...: these of Xen's headers and those that they include,
# without the headers for other processors.
headers_below ()
{
  local f g seen=' ' todo=("$@")
  while [ ${#todo[@]} -gt 0 ]; do
    f=${todo[0]} todo=("${todo[@]:1}")
    case $seen in
      *" $f "*) continue ;;
    esac
    seen+="$f "
    echo "$f"
    while read -r g; do
      g=$(realpath -m --relative-to="$xen" "$xen/$(dirname "$f")/$g")
      case $g in
        arch-arm*) continue ;;
      esac
      [ ! -f "$xen/$g" ] || todo+=("$g")
    done < <(sed -n 's/^ *# *include "\(.*\)".*/\1/p' "$xen/$f")
  done
}

# do_xen_headers: take all headers from one release, also those that GRUB has
# already, so that they are consistent.
do_xen_headers ()
{
  local f first had
  [ -f "$xen/xen.h" ] || { echo "no $xen/xen.h: install libxen-dev"; return 1; }
  readarray -t first < <(sed -n 's/^#include <xen-public\/\(.*\)>/\1/p' \
                           "$srcdir/include/grub/xen/abi.h")
  readarray -t had < <(cd "$repo/include/xen" && find . -name '*.h' -printf '%P\n')
  for f in $(headers_below "${first[@]}" "${had[@]}" 2> /dev/null | sort -u); do
    [ -f "$xen/$f" ] || continue
    mkdir -p "$repo/include/xen/$(dirname "$f")"
    sed 's/[[:blank:]]*$//' "$xen/$f" > "$work/header"
    keep_grub_names "$repo/include/xen/$f" >> "$work/log"
    cp "$work/header" "$repo/include/xen/$f"
  done
}

# keep_grub_names FILE: keep GRUB's own names in FILE, which is about to be
# replaced.  GRUB has used its own name for a constant of Xen since 2.14.
keep_grub_names ()
{
  if [ -f "$1" ] && grep -q GRUB_XEN_MAX_GUEST_CMDLINE "$1"; then
    sed -i 's/\<MAX_GUEST_CMDLINE\>/GRUB_XEN_MAX_GUEST_CMDLINE/' "$work/header"
    sed -i '/define GRUB_XEN_MAX_GUEST_CMDLINE/i\
    /* Any bytes may be in cmd_line: a NUL at its end is not certain.  */' \
      "$work/header"
  fi
}

## Commits

do_directives ()        # do_directives FILE
{
  local word rest
  while read -r word rest; do
    # shellcheck disable=SC2086 # patterns and names are words
    case $word in
      --) return 0 ;;
      '' | \#*) ;;
      file) do_file $rest ;;
      patch) do_patch $rest ;;
      insert) do_insert "${rest%% *}" "$(cut -d ' ' -f 2 <<< "$rest")" \
                "$(cut -d ' ' -f 3- <<< "$rest")" ;;
      xen-headers) do_xen_headers ;;
      *) echo "$1: unknown directive $word"; return 1 ;;
    esac
  done < "$1"
  echo "$1: there is no line -- before a message"
  return 1
}

commit ()               # commit FILE
{
  echo "== $1"
  without_modules
  do_directives "$1"
  add_modules
  git -C "$repo" add -A -f
  if git -C "$repo" diff --cached --quiet; then
    echo "nothing in it for $name"
    return 0
  fi
  # Xen's headers are unchanged, and have such white space.
  git -C "$repo" -c core.whitespace=-space-before-tab diff --cached --check
  message_of "$1" > "$work/message"
  if grep -n '.\{76\}' "$work/message" || ! grep -q . "$work/message"; then
    echo "$1: a message with lines of at most 75 characters is needed"
    return 1
  fi
  git -C "$repo" commit -q -F "$work/message"
}

# patches_ours: print NAME.patch and each file that it changes, by line,
# without patches for defects that upstream has fixed since.
patches_ours ()
{
  local n p
  while read -r n p; do
    [ -n "$p" ] || continue
    compgen -G "$srcdir/patches/$project*/$n" > /dev/null || continue
    sed -n "s,^+++ b/\([^ 	]*\).*,$n \1,p" "$p"
  done < "$work/patches"
}

# check_complete: each of our files is in a commit, except the tests, and
# contrib, whose modules are added by add_modules.
check_complete ()
{
  local f
  { list_ours; patches_ours; } | sort > "$work/ours"
  sort "$work/used" | uniq -d > "$work/twice"
  sort -u "$work/used" | comm -13 - "$work/ours" > "$work/missing"
  [ ! -s "$work/missing" ] || {
    sed 's/^/in no commit: /' "$work/missing"
    echo "Name it in a file of upstream/$project/."
  }
  [ ! -s "$work/twice" ] || sed 's/^/in two commits: /' "$work/twice"
  if [ -s "$work/missing" ] || [ -s "$work/twice" ]; then
    return 1
  fi
  f=$(git -C "$repo" grep -l -E 'xen-public|GRUB_CONTRIB=' series \
        -- include grub-core src | grep -v 'autogen' || :)
  [ -z "$f" ] || { echo "words of our own tree are left in: $f"; return 1; }
  check_modules
}

# check_modules: every module's sources are there, and every source is in a list.
check_modules ()
{
  local f
  [ "$project" = grub ] || return 0
  list_ours | grep '\.[cS]$' | while read -r f; do
    grep -qF " = ${f#grub-core/};" "$repo/grub-core/Makefile.core.def" \
      "$repo/Makefile.util.def" || { echo "$f: in no list of GRUB's"; exit 1; }
  done
  sed -n 's/^ *common = \(.*\);/\1/p' "$srcdir/contrib/xen-hvm/Makefile.core.def" \
    | while read -r f; do
        [ -f "$repo/grub-core/$f" ] || { echo "$f: in a module, not there"; exit 1; }
      done
}

commit_all ()
{
  local f
  : > "$work/used"
  : > "$work/log"
  git -C "$repo" checkout -q series
  git -C "$repo" reset -q --hard base
  [ "$project" != grub ] \
    || cp "$repo/grub-core/Makefile.core.def" "$work/core.def"
  : > "$work/patches"
  choose_patches
  for f in "$srcdir/upstream/$project"/[0-9]*.txt; do
    commit "$f"
  done
  check_complete
}
