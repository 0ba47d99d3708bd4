# SPDX-License-Identifier: GPL-3.0-or-later
# util/deb.mk: manual pages, Debian packages
# Copyright (C) 2026  The grub-xen-hvm authors

EXTRA_DIST += debian

.PHONY: man deb

man:
	@$(UTIL)/make-man

# Out of what `make' has built; it looks itself whether there is something new.
deb: images
	@$(LOOK) $(UTIL)/make-deb
