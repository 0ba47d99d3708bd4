# grub-xen-hvm -- util/graft.mk: GRUB with our files in it, images, install
# Copyright (C) 2026  The grub-xen-hvm authors
# SPDX-License-Identifier: GPL-3.0-or-later
# This program is free software; it comes with no warranty at all.

GRAFT_FLAGS = $(if $(GRUB_SOURCE),--with-grub-source=$(GRUB_SOURCE)) \
	$(if $(GRUB_SUITE),--suite=$(GRUB_SUITE))

.PHONY: graft graft-source images

# These look for themselves whether there is something to do.
graft:
	@$(UTIL)/graft $(GRAFT_FLAGS)

graft-source:
	@$(UTIL)/graft $(GRAFT_FLAGS) --source-only

images: graft
	@$(UTIL)/make-image --config $(top_srcdir)/images/grub-i386-xen-hvm.cfg \
	  --modules $(top_srcdir)/images/modules \
	  --output images/grub-i386-xen-hvm.bin

INSTALL_FLAGS = --prefix='$(prefix)' --destdir='$(DESTDIR)'

install-data-local: images
	@$(UTIL)/install-tree $(INSTALL_FLAGS)

uninstall-local:
	@$(UTIL)/install-tree $(INSTALL_FLAGS) --uninstall

clean-local:
	rm -rf graft images log check unit
