# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
# util/checks/docs.sh: tests of the manual, and of README
# Copyright (C) 2026  The grub-xen-hvm authors

# util/check-util sets srcdir, builddir, util and here.
# shellcheck disable=SC2154

# The manual explains every message that a user can see, and no others.
t_docs_messages ()
{
  "$util/check-docs" messages
}

# The manual has every command, option, variable, module, target and tool, and
# the files that it names exist.
t_docs_names ()
{
  "$util/check-docs" names --builddir "$builddir"
}

# Every example is correct, and has a test that runs its commands.
t_docs_examples ()
{
  "$util/check-docs" examples --builddir "$builddir"
}

# docs_root: make a root with the installed files that examples need.
docs_root ()
{
  local tool
  "$util/install-tree" --builddir "$builddir" --destdir "$here/root" --prefix /usr
  mkdir -p bin root/boot root/srv
  # This function is in util/checks/product.sh.
  stock_grub
  mv boot root/boot/grub
  for tool in grub-mkimage grub-mkstandalone; do
    printf '#!/bin/sh\nexec "%s" -d "%s" "$@"\n' \
      "$here/root/usr/lib/grub-xen-hvm/bin/$tool" \
      "$here/root/usr/lib/grub/i386-xen-hvm" > "bin/$tool"
  done
  printf '#!/bin/sh\nexec "%s" --modules "%s" "$@"\n' \
    "$here/root/usr/sbin/grub-xen-hvm-install-modules" \
    "$here/root/usr/lib/grub-xen-hvm/i386-pc" > bin/grub-xen-hvm-install-modules
  chmod +x bin/*
}

# Examples marked "run" are run unchanged, except for the places of /boot, /usr
# and /srv.
t_docs_run ()
{
  local script n=0
  docs_root
  mkdir scripts
  "$util/check-docs" scripts --output scripts
  for script in scripts/*; do
    n=$((n + 1))
    mkdir "$here/run.$n"
    ln -s "$srcdir/images" "$srcdir/util" "$here/run.$n/"
    sed -i -E "s#(^|[[:space:]'\"=])/(boot|usr|srv)/#\\1$here/root/\\2/#g" "$script"
    echo "--- $script"
    cat "$script"
    (cd "$here/run.$n" \
       && PATH=$here/bin:$PATH BUILDDIR=$builddir sh -eu "$here/$script") \
      || fail "$script ended with $?"
  done
  [ $n -ge 5 ] || fail "only $n examples to run"
  [ -s root/boot/xen/hvmboot-i386.bin ] || fail "no image came of way D's example"
  [ ! -e root/boot/grub/i386-pc/xen_blk.mod ] \
    || fail "way C's examples did not take the modules out again"
}

# All formats that the manual names can be made.
t_docs_formats ()
{
  local format platform=$builddir/graft/current/i386-xen-hvm
  for format in i386-xen-hvm i386-xen-hvm-core i386-xen-hvm-pxe i386-xen-hvm-eltorito; do
    grep -q "@samp{$format}\\|-O $format" "$srcdir/docs/commands.texi" \
      || fail "$format is not in the manual"
    "$platform/grub-mkimage" -O "$format" -d "$platform/grub-core" -o "$format" \
      -p /boot/grub xen_blk normal
    [ -s "$format" ] || fail "an empty image of the format $format"
  done
}

# The manual's setting for /etc/default/grub works with the script that reads
# it.
t_docs_preload ()
{
  local graft=$builddir/graft/current/i386-xen-hvm setting
  setting=$(grep '^GRUB_PRELOAD_MODULES=' "$srcdir/docs/packages.texi")
  sed "s#^\\. .*grub-mkconfig_lib\"#. '$graft/grub-mkconfig_lib'#" "$graft/00_header" > header
  { echo "$setting"; echo 'GRUB_TERMINAL_INPUT=console GRUB_TERMINAL_OUTPUT=console'
    cat header; } | sh > out
  grep -qx 'insmod xen_blk' out || { cat out; fail "no insmod of it"; }
}

# The manual builds without a message, and its drawings are there.
t_docs_build ()
{
  local image
  "$util/make-manual" --output a/grub-xen-hvm.info > said
  "$util/make-manual" --output b/grub-xen-hvm.html >> said
  [ ! -s said ] || { cat said; fail "make-manual said something"; }
  while read -r image; do
    [ -s "b/$image" ] || fail "no $image beside the page"
    python3 -c 'import sys, xml.dom.minidom as m; m.parse (sys.argv[1])' "b/$image" \
      || fail "$image is no XML"
  done < <(sed -n 's/.*<img src="\([^"]*\)".*/\1/p' b/grub-xen-hvm.html)
  refuses '--output FILE.info or FILE.html' "$util/make-manual"
  refuses 'unknown argument' "$util/make-manual" --nonsense
}

# docs_tree: make a copy of the tree without built files.
docs_tree ()
{
  mkdir tree
  (cd "$srcdir" && tar -cf - --exclude=./build --exclude=./.git .) | tar -C tree -xf -
}

# told TEXT CHECK: CHECK of check-docs has to report TEXT in the copy.
told ()
{
  local text=$1 check=$2
  ! tree/util/check-docs "$check" --builddir "$builddir" > out 2>&1 \
    || fail "found nothing: $text"
  grep -qF -- "$text" out || { cat out; fail "not told: $text"; }
}

# Each rule of these checks is broken once in a copy of the tree.
t_docs_checks ()
{
  docs_tree
  sed -i 's/%s is read-only/%s may not be written/' tree/grub-core/disk/xen/blkfront.c
  told 'in no table of the manual: %s may not be written' messages
  told 'does not say: disk is read-only' messages
  sed -i 's/no memory for the INT/no place for the INT/' \
    tree/grub-core/disk/xen/int13/int13_place.c
  told 'in no table of the manual: no place for the INT 13h service' messages
  sed -i 's/{"counters", /{"costs", /' tree/grub-core/commands/xen/xen_info.c
  told 'the option --costs: not in the manual' names
  sed -i 's/{"unmap", /{"unhook", /' tree/grub-core/disk/xen/int13/xen_int13.c
  told 'the option --unhook: not in the manual' names
  : > tree/grub-core/disk/xen/int13/other.S
  told "other.S: in the manual's chapter on architecture" names
  sed -i 's/evtchn\.c:/events.c:/' tree/docs/layers.svg
  told 'docs/layers.svg: does not show evtchn.c' names
  told 'docs/layers.svg: shows events.c, which is in no module' names
  rm tree/images/modules-blob
  told 'there is no images/modules-blob' names
  mv tree/tests/xen/cases/stock-disk.sh tree/tests/xen/cases/stock-disc.sh
  told 'there is no test xen/stock-disk' examples
  sed -i 's/^if xenstore_read --quiet/if xenstore_read --silent/' tree/docs/commands.texi
  told "\`--silent' is not in xen/xenstore" examples
  sed -i '/^@c test: xl.cfg: xen.image-one/d' tree/docs/ways.texi
  told 'no line `@c test:' examples
  sed -i 's/^type = "hvm"/type = "hvm/' tree/docs/ways.texi
  told 'not xl.cfg' examples
}
