# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
# util/path.sh: where programs are (to be sourced)
# Copyright (C) 2026  The grub-xen-hvm authors

# mke2fs, sfdisk, debugfs and others are in folders that an ordinary user's
# PATH does not have.  Every script takes them from here.
case :$PATH: in
  *:/usr/sbin:*) ;;
  *) PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin ;;
esac
export PATH
