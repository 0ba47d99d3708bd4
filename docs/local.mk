# grub-xen-hvm -- the manual
# Copyright (C) 2026  The grub-xen-hvm authors
# SPDX-License-Identifier: GPL-3.0-or-later
# Included by the top Makefile.am.

EXTRA_DIST += docs/grub-xen-hvm.texi docs/attacks.texi docs/firmware.texi

docs/version.texi: Makefile
	@mkdir -p docs
	@echo '@set VERSION $(VERSION)' > $@

docs/grub-xen-hvm.info: docs/grub-xen-hvm.texi docs/attacks.texi docs/firmware.texi \
		docs/performance.texi docs/bench.texi docs/start.texi \
		docs/version.texi
	makeinfo --error-limit=1 -I docs -o $@ $(srcdir)/docs/grub-xen-hvm.texi

docs/grub-xen-hvm.html: docs/grub-xen-hvm.texi docs/attacks.texi docs/firmware.texi \
		docs/performance.texi docs/bench.texi docs/start.texi \
		docs/version.texi
	makeinfo --error-limit=1 --html --no-split -I docs -o $@ $(srcdir)/docs/grub-xen-hvm.texi
	for plot in $(srcdir)/docs/*.svg; do test ! -f $$plot || cp $$plot docs/; done

# `make info' and `make html' of automake's.
info-local: docs/grub-xen-hvm.info
html-local: docs/grub-xen-hvm.html
CLEANFILES += docs/version.texi docs/grub-xen-hvm.info docs/grub-xen-hvm.html \
	docs/bench-raw.svg docs/bench-files.svg docs/bench-boot.svg docs/menu.svg
