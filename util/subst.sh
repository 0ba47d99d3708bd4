# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
# util/subst.sh: our commands, with names filled in (to be sourced)
# Copyright (C) 2026  The grub-xen-hvm authors

# The user of this file sets srcdir, the tree, and prefix, for the
# installation.
: "${srcdir:=.}" "${prefix:=/usr}"

# User commands: NAME SECTION FOLDER DESCRIPTION, with the section of the
# manual page, and the folder below the prefix.
our_commands ()
{
  cat << END
grub-xen-hvm-xlcfg 1 bin print an xl.cfg for a guest with PV disks
grub-xen-hvm-install-modules 8 sbin PV disks for the stock GRUB
END
}

our_version ()
{
  sed -n 's/^AC_INIT(\[[^]]*\], *\[\([^]]*\)\].*/\1/p' "$srcdir/configure.ac"
}

# state_dir: our files that do not belong to the package manager.
state_dir ()
{
  case $prefix in
    /usr) echo /var/lib/grub-xen-hvm ;;
    *) echo "$prefix/var/lib/grub-xen-hvm" ;;
  esac
}

# filled_in NAME: print util/NAME.in with its @names@ filled in.
filled_in ()
{
  sed -e "s,@pkglibdir@,$prefix/lib/grub-xen-hvm,g" \
      -e "s,@libdir@,$prefix/lib,g" \
      -e "s,@pkgdatadir@,$prefix/share/grub-xen-hvm,g" \
      -e "s,@statedir@,$(state_dir),g" -e "s,@version@,$(our_version),g" \
      "$srcdir/util/$1.in"
}
