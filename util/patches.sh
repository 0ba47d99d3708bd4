# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
# util/patches.sh: choose and apply the patches of a version (to be sourced)
# Copyright (C) 2026  The grub-xen-hvm authors

# For a PROJECT (grub, seabios) and a VERSION of it, the patch NAME is the first
# of these files that applies:
#   patches/PROJECT-VERSION/NAME.patch          its own
#   patches/PROJECT-VERSION/NAME.patch.release
#   patches/PROJECT/NAME.patch                  common to all versions
#   patches/PROJECT/NAME.patch.release
# A file .release is for upstream's release where the source of a distribution
# differs from it.  A NAME that has only such files fixes a defect that
# distributions have fixed: if none of them applies, there is nothing to do.
# patches/PROJECT-VERSION/NAME.not-needed says that the version does not need
# the patch, and why.  A version without a folder gets the common patches.

# The user of this file sets:
#   srcdir  the tree
: "${srcdir:=.}"

patch_project ()        # patch_project PROJECT: print the project's own name
{
  case $1 in
    grub) echo GRUB ;;
    seabios) echo SeaBIOS ;;
    *) echo "$1" ;;
  esac
}

patch_folders ()        # patch_folders PROJECT VERSION: print existing ones
{
  local d
  for d in "patches/$1-$2" "patches/$1"; do
    [ ! -d "$srcdir/$d" ] || echo "$d"
  done
}

# patch_names PROJECT VERSION: the names of all patches, by line.
patch_names ()
{
  local d
  patch_folders "$1" "$2" | while read -r d; do
    find "$srcdir/$d" -type f -printf '%f\n'
  done | sed -n 's/\.\(patch\|patch\.release\|not-needed\)$//p' | sort -u
}

# versions_of PROJECT: the supported versions, ascending.
versions_of ()
{
  { awk -v project="$1" '$1 == project { print $2 }' "$srcdir/upstream/releases"
    find "$srcdir/patches" -mindepth 1 -maxdepth 1 -name "$1-*" \
      -printf '%f\n' | sed "s/^$1-//"
  } | sort -uV | paste -s -d ' '
}

# version_state PROJECT VERSION: supported, newer than some supported version,
# or old.
version_state ()
{
  local all
  all=$(versions_of "$1")
  case " $all " in
    *" $2 "*) echo supported; return ;;
  esac
  if [ "$(printf '%s\n' "${all%% *}" "$2" | sort -V | head -n 1)" = "$2" ]; then
    echo old
  else
    echo newer
  fi
}

# patch_applies FILE DIR: does it apply without fuzz?  Many places look alike,
# and a hunk in the wrong place would go unnoticed.
patch_applies ()
{
  patch -d "$2" -p1 -N -F0 --dry-run < "$1" > /dev/null
}

# patch_ambiguous FILE DIR: print each hunk whose old lines are at several
# places.  The line numbers of a common patch are those of one version, so the
# lines themselves have to determine the place.
patch_ambiguous ()
{
  awk -v dir="$2/" '
    function check(  n, at, rest)
    {
      rest = whole
      while (old != "" && (at = index (rest, "\n" old)) > 0) {
        n++
        rest = substr (rest, at + 1)
      }
      if (n > 1)
        print file ": " hunk " has " n " places"
      old = ""
    }
    /^--- / { check(); next }
    /^\+\+\+ / {
      file = $2
      sub (/^b\//, "", file)
      whole = "\n"
      while ((getline line < (dir file)) > 0)
        whole = whole line "\n"
      close (dir file)
      next
    }
    /^@@ / { check(); hunk = $0; next }
    /^[ -]/ { old = old substr ($0, 2) "\n" }
    END { check() }' "$1"
}

# choose_patch PROJECT VERSION NAME DIR: choose a patch for the source in DIR.
# Set chosen to a file or nothing, and chosen_from to a description of its
# origin.
choose_patch ()
{
  local own=$srcdir/patches/$1-$2/$3 f needed=no
  if [ -f "$own.not-needed" ]; then
    chosen='' chosen_from="not needed: $(cat "$own.not-needed")"
    return
  fi
  for f in "$own" "$srcdir/patches/$1/$3"; do
    [ ! -f "$f.patch" ] || needed=yes
    chosen_from=common
    [ "$f" != "$own" ] || chosen_from="$(patch_project "$1") $2's own"
    for chosen in "$f.patch" "$f.patch.release"; do
      if [ -f "$chosen" ] && patch_applies "$chosen" "$4"; then
        case $chosen in
          *.release) chosen_from+=', for the release' ;;
        esac
        return
      fi
    done
  done
  chosen='' chosen_from='not needed: a release lacks it, this source does not'
  [ $needed = no ]
}

# no_patch PROJECT VERSION NAME WHAT: no patch applies; print those tried.
no_patch ()
{
  local d f
  echo "$3.patch does not apply to $4.  Tried:"
  patch_folders "$1" "$2" | while read -r d; do
    for f in "$d/$3.patch" "$d/$3.patch.release"; do
      [ ! -f "$srcdir/$f" ] || echo "  $f"
    done
  done
  echo "What this version needs goes into patches/$1-$2/$3.patch,"
  echo "or the reason why it needs none into patches/$1-$2/$3.not-needed."
}

# apply_all PROJECT VERSION DIR WHAT: apply all patches to WHAT, unpacked in
# DIR, and print the origin of each.  All that fail are named.
apply_all ()
{
  local name chosen chosen_from places status=0
  for name in $(patch_names "$1" "$2"); do
    if ! choose_patch "$1" "$2" "$name" "$3"; then
      no_patch "$1" "$2" "$name" "$4"
      status=1
      continue
    fi
    echo "== $name.patch: $chosen_from"
    [ -n "$chosen" ] || continue
    echo "   ${chosen#"$srcdir/"}"
    places=$(patch_ambiguous "$chosen" "$3" 2>&1)
    [ -z "$places" ] || {
      echo "$name.patch is ambiguous in $4; it needs more context:"
      printf '%s\n' "$places"
      status=1
      continue
    }
    patch -d "$3" -p1 -N -F0 --no-backup-if-mismatch < "$chosen" || status=1
  done
  return "$status"
}

# patches_said LOG: summarize apply_all's output there, a line for each origin.
patches_said ()
{
  awk '
    /^== / {
      name = $2
      sub (/\.patch:$/, "", name)
      from = substr ($0, length ($1 " " $2) + 2)
      sub (/: .*/, "", from)
      if (!(from in names))
        order[++n] = from
      names[from] = names[from] " " name
    }
    END { for (i = 1; i <= n; i++)
            print "    " order[i] ":" names[order[i]] }' "$1"
}
