# grub-xen-hvm -- util/deb.mk: manual pages, Debian packages
# Copyright (C) 2026  The grub-xen-hvm authors
# SPDX-License-Identifier: GPL-3.0-or-later
# This program is free software; it comes with no warranty at all.

EXTRA_DIST += debian

.PHONY: man deb

man:
	@$(UTIL)/make-man

# Out of what `make' has built; it looks itself whether there is something new.
deb: images
	@$(LOOK) $(UTIL)/make-deb
