# SPDX-License-Identifier: GPL-3.0-or-later
# util/deb.mk: manual pages, Debian packages
# Copyright (C) 2026  The grub-xen-hvm authors

EXTRA_DIST += debian

.PHONY: man deb

man:
	@$(UTIL)/make-man

# Make packages of the files that `make' has built.  The script finds out
# whether there is something to do.
deb: images
	@$(LOOK) $(UTIL)/make-deb
