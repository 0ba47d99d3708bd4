# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
# util/checks/images.sh: tests of images that an ordinary user makes
# Copyright (C) 2026  The grub-xen-hvm authors

# util/check-util sets srcdir, builddir, util and here.
# shellcheck disable=SC2154

# Copy the scripts to $here, where an ordinary user can read them, wherever the
# tree is.
user_copy ()
{
  mkdir -p tree/tests b
  cp -r "$srcdir/util" tree/
  cp -r "$srcdir/tests/xen" tree/tests/
  chmod -R go+rX tree
  [ "$(id -u)" != 0 ] || { chmod 755 . && chown nobody b; }
}

# by_user COMMAND...: run it as an ordinary user, with a user's PATH.
by_user ()
{
  local env=(env -i "PATH=/usr/bin:/bin" "BUILDDIR=$here/b" "HOME=$here/b" LC_ALL=C.UTF-8)
  if [ "$(id -u)" = 0 ]; then
    (cd b && setpriv --reuid=nobody --regid=nogroup --clear-groups "${env[@]}" "$@")
  else
    (cd b && "${env[@]}" "$@")
  fi
}

# debug_says TEXT REQUEST: debugfs has to print TEXT for the image.
debug_says ()
{
  debugfs -R "$2" b/ext4.img > answer 2>&1
  grep -q -- "$1" answer || { cat answer; fail "$2: no $1"; }
}

# Files and folders that even their owner may not read get into an image, with
# their modes, owners and contents.  The test uses the functions that make all
# images of packages.
t_images_unreadable ()
{
  user_copy
  cat > make-image << 'END'
#!/bin/bash
set -eu
. "$1/tests/xen/common.sh"
. "$1/tests/xen/trees.sh"
if [ "${2-}" = --make ]; then
  rm -rf tree
  unpack_tar tree ../t.tar
  mke2fs -q -F -t ext4 -d tree ext4.img 8M
  rm -rf tree
  exit
fi
need mke2fs fakeroot
as_root "$0" "$1" --make
END
  cat > pack << 'END'
mkdir t t/locked t/searched
echo hidden > t/shadow-
echo inside > t/locked/file
echo read > t/readonly
chmod 4755 t/readonly
chmod 0000 t/shadow- t/locked/file
chown 1:42 t/shadow- t/locked
chmod 0000 t/locked
chmod 0555 t/searched
tar -C t -cf t.tar .
END
  chmod 755 make-image
  # The files in the archive belong to root in any case.
  if [ "$(id -u)" = 0 ]; then sh -e pack; else fakeroot sh -e pack; fi
  chmod 644 t.tar
  by_user "$here/make-image" "$here/tree" || fail "no image"
  debug_says 'Mode:  0000' 'stat /shadow-'
  debug_says 'User:     1   Group:    42 ' 'stat /shadow-'
  debug_says '^hidden$' 'cat /shadow-'
  debug_says 'Type: directory *Mode:  0000' 'stat /locked'
  debug_says 'User:     1   Group:    42 ' 'stat /locked'
  debug_says 'Mode:  0000' 'stat /locked/file'
  debug_says 'User:     0   Group:     0 ' 'stat /locked/file'
  debug_says '^inside$' 'cat /locked/file'
  debug_says 'Mode:  04755' 'stat /readonly'
  debug_says 'Mode:  0555' 'stat /searched'
  [ ! -e b/tree ] || fail "the tree is still there"
}

# The same from Debian packages, without owners: all files can be read and
# removed.
t_images_debs ()
{
  user_copy
  mkdir -p p/DEBIAN p/locked
  printf 'Package: p\nVersion: 1\nArchitecture: all\nMaintainer: a <a@example.org>\nDescription: p\n' \
    > p/DEBIAN/control
  echo hidden > p/locked/shadow
  cat > pack << 'END'
chmod 0000 p/locked/shadow p/locked
dpkg-deb -b p p.deb
END
  if [ "$(id -u)" = 0 ]; then sh -e pack; else fakeroot sh -e pack; fi
  cat > read-deb << 'END'
#!/bin/bash
set -eu
. "$1/tests/xen/common.sh"
. "$1/tests/xen/trees.sh"
unpack_debs tree ../p.deb
cat tree/locked/shadow
rm -rf tree
END
  chmod 755 read-deb
  chmod 644 p.deb
  says hidden by_user "$here/read-deb" "$here/tree"
}

# A user without subordinate ids gets instructions before anything is made.
t_images_namespaces ()
{
  user_copy
  mkdir bin
  printf '#!/bin/sh\necho no mapping >&2\nexit 1\n' > bin/unshare
  chmod -R go+rX bin
  chmod 755 bin/unshare
  refuses 'usermod --add-subuids' by_user \
    bash -c "PATH=$here/bin:\$PATH; . $here/tree/tests/xen/common.sh; need mmdebstrap"
  printf '#!/bin/sh\n' > bin/unshare
  by_user bash -c "PATH=$here/bin:\$PATH; . $here/tree/tests/xen/common.sh; need mmdebstrap" \
    || fail "refused for nothing"
}

# Every entry point of the tree finds programs in /usr/sbin, also for a user
# whose PATH does not have that folder.
t_images_sbin ()
{
  local tool
  user_copy
  for tool in mke2fs debugfs sfdisk losetup mkfs.ext4; do
    by_user bash -c ". $here/tree/tests/xen/common.sh && need $tool" || fail "common.sh: no $tool"
    by_user bash -c ". $here/tree/util/steps.sh && command -v $tool" || fail "steps.sh: no $tool"
    env PATH=/usr/bin:/bin make --no-print-directory -C "$builddir" \
      --eval="find-tool: ; @command -v $tool" find-tool || fail "make: no $tool"
  done
  env PATH=/usr/bin:/bin CHECK_UTIL_ONE=images_unreadable "$util/check-util" \
    --builddir "$builddir" || fail "check-util"
}
