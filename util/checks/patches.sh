# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
# util/checks/patches.sh: tests of the choice of patches for a version
# Copyright (C) 2026  The grub-xen-hvm authors

# util/check-util sets srcdir, builddir, util and here.
# shellcheck disable=SC2154

# patch_line PATCH OLD AFTER [FILE]: write a patch that replaces the line OLD,
# followed by AFTER, with "changed".
patch_line ()
{
  mkdir -p "$(dirname "tree/patches/$1")"
  printf '%s\n' "--- a/${4:-f}" "+++ b/${4:-f}" '@@ -1,2 +1,2 @@' "-$2" \
    '+changed' " $3" > "tree/patches/$1"
}

# patched VERSION LINE...: apply all patches of the tree to the file f of these
# lines and its copy g.
patched ()
{
  local srcdir=tree status=0
  # shellcheck source=util/patches.sh
  . "$util/patches.sh"
  rm -rf src
  mkdir -p src tree/patches
  printf '%s\n' "${@:2}" | tee src/f > src/g
  apply_all grub "$1" src "GRUB $1" > log || status=$?
  cat log
  return "$status"
}

# Files are chosen in the right order, and the choice is reported.
t_patch_choice ()
{
  patch_line grub/x.patch one debian
  says 'x.patch: common' patched 2.12 one debian
  grep -qx changed src/f || fail "not patched"
  refuses 'x.patch does not apply' patched 2.12 one release
  grep -q 'patches/grub-2.12/x.not-needed' log || fail "no way out is named"
  patch_line grub/x.patch.release one release
  says 'x.patch: common, for the release' patched 2.12 one release
  says 'x.patch: common' patched 2.12 one debian
  # The version's own patch is taken if both apply.
  patch_line grub-2.12/x.patch one debian
  says "x.patch: GRUB 2.12's own" patched 2.12 one debian
  says 'x.patch: common' patched 2.14 one debian
  says 'x.patch: common, for the release' patched 2.12 one release
  # An additional patch of one version does not apply to other versions.
  patch_line grub-2.12/y.patch one debian g
  says "y.patch: GRUB 2.12's own" patched 2.12 one debian
  patched 2.14 one debian
  ! grep y.patch log || fail "2.14 got a patch of 2.12's"
  refuses 'x.patch does not apply' patched 2.12 one other
}

# Patches that a version does not need, and those that only releases need.
t_patch_not_needed ()
{
  patch_line grub/x.patch one debian
  mkdir tree/patches/grub-2.14
  echo 'It has been mended.' > tree/patches/grub-2.14/x.not-needed
  says 'x.patch: not needed: It has been mended.' patched 2.14 one debian
  grep -qx one src/f || fail "patched all the same"
  says 'x.patch: common' patched 2.12 one debian
  rm -r tree
  patch_line grub/y.patch.release one release
  says 'y.patch: common, for the release' patched 2.12 one release
  grep -qx changed src/f || fail "the release still lacks it"
  says 'y.patch: not needed' patched 2.12 one debian
  grep -qx one src/f || fail "more than the release lacks"
}

# A hunk that fits at two places is refused, because the nearer place would be
# a guess.
t_patch_ambiguous ()
{
  mkdir -p tree/patches/grub
  printf '%s\n' '--- a/f' '+++ b/f' '@@ -1,3 +1,3 @@' ' debian' '-one' \
    '+changed' ' debian' > tree/patches/grub/x.patch
  says 'x.patch: common' patched 2.12 two debian one debian
  refuses 'f: @@ -1,3 +1,3 @@ has 2 places' \
    patched 2.12 two debian one debian one debian
  ! grep -x changed src/f || fail "patched all the same"
}

# All patches that do not apply are reported, not just the first.
t_patch_all_named ()
{
  patch_line grub/a.patch none debian
  patch_line grub/b.patch one debian
  patch_line grub/c.patch none debian
  refuses 'a.patch does not apply to GRUB 2.12' patched 2.12 one debian
  grep -q 'c.patch does not apply to GRUB 2.12' log || fail "only the first"
  grep -q '^== b.patch: common' log || fail "b is not tried"
}

# Each version's own files are for a supported version, and differ from the
# common ones.  Each patch that is not needed has a reason.
t_patch_folders ()
{
  local f d common
  for f in "$srcdir"/patches/*-*/*; do
    d=$(basename "$(dirname "$f")")
    grep -q "^${d%%-*}  *${d#*-}  *[a-z]" "$srcdir/upstream/releases" \
      || fail "$d is not in upstream/releases"
    common=$srcdir/patches/${d%%-*}/${f##*/}
    [ ! -f "$common" ] || ! cmp -s "$f" "$common" || fail "$f is the common one"
    case $f in
      *.patch | *.patch.release) ;;
      *.not-needed) grep -q '[a-z]' "$f" || fail "$f gives no reason" ;;
      *) fail "$f: neither a patch nor a reason" ;;
    esac
  done
}

# small_tree: make a copy of the tree with one patch, which applies to a fake
# GRUB.
small_tree ()
{
  mkdir tree
  (cd "$srcdir" && tar cf - contrib grub-core include tests/grub upstream util) \
    | tar xf - -C tree
  patch_line grub/x.patch one debian
}

# An unknown version gets the common patches.  The graft reports those that do
# not apply, with the place for the version's own patch.
t_graft_newer_version ()
{
  small_tree
  fake_grub 2.99
  # Our sources have to be in these lists.
  cp "$builddir/graft/current/src/Makefile.util.def" grub
  cp "$builddir/graft/current/src/grub-core/Makefile.core.def" grub/grub-core
  printf '%s\n' one debian > grub/f
  says 'note: GRUB 2.99 is none of the supported ones' \
    tree/util/graft --builddir b --with-grub-source grub --source-only
  grep -qx changed b/graft/2.99/src/f || fail "not patched"
  says '    common: x' \
    tree/util/graft --builddir b2 --with-grub-source grub --source-only
  printf '%s\n' one other > grub/f
  refuses 'x.patch does not apply to GRUB 2.99' \
    tree/util/graft --builddir b --with-grub-source grub --source-only
  refuses 'goes into patches/grub-2.99/x.patch' \
    tree/util/graft --builddir b --with-grub-source grub --source-only
  patch_line grub-2.99/x.patch one other
  says "    GRUB 2.99's own: x" \
    tree/util/graft --builddir b --with-grub-source grub --source-only
}
