# SPDX-License-Identifier: GPL-3.0-or-later
# util/graft.mk: GRUB with our files in it, images, install
# Copyright (C) 2026  The grub-xen-hvm authors

GRAFT_FLAGS = $(if $(GRUB_SOURCE),--with-grub-source=$(GRUB_SOURCE)) \
	$(if $(GRUB_SUITE),--suite=$(GRUB_SUITE))

SEABIOS_FLAGS = \
	$(if $(SEABIOS_SOURCE),--with-seabios-source=$(SEABIOS_SOURCE)) \
	$(if $(GRUB_SUITE),--suite=$(GRUB_SUITE))

# With MADE=yes the build is not checked again.  check-local sets it for its
# suites, because each of them would check all files again.
LOOK = $(if $(MADE),:)

.PHONY: graft graft-source graft-seabios images

# The scripts find out whether there is something to do.
graft:
	@$(LOOK) $(UTIL)/graft $(GRAFT_FLAGS)

graft-source:
	@$(LOOK) $(UTIL)/graft $(GRAFT_FLAGS) --source-only

graft-seabios:
	@$(LOOK) $(UTIL)/graft-seabios $(SEABIOS_FLAGS)

MAKE_IMAGE = $(UTIL)/make-image \
	--config $(top_srcdir)/images/grub-i386-xen-hvm.cfg
MAKE_FIRMWARE = $(UTIL)/make-firmware \
	--config $(top_srcdir)/images/grub-i386-xen-hvm.cfg \
	--modules $(top_srcdir)/images/modules-blob

images: graft graft-seabios
	@$(LOOK) $(MAKE_IMAGE) --modules $(top_srcdir)/images/modules \
	  --output images/grub-i386-xen-hvm.bin
	@$(LOOK) $(MAKE_FIRMWARE) --bios seabios/current/full/bios.bin \
	  --output images/seabios-grub-xen-hvm.bin
	@$(LOOK) $(MAKE_FIRMWARE) --bios seabios/current/pv/bios.bin \
	  --output images/seabios-grub-xen-hvm-pv.bin

INSTALL_FLAGS = --prefix='$(prefix)' --destdir='$(DESTDIR)'

install-data-local: images
	@$(UTIL)/install-tree $(INSTALL_FLAGS)

uninstall-local:
	@$(UTIL)/install-tree $(INSTALL_FLAGS) --uninstall

clean-local:
	test ! -d releases || $(UTIL)/check-releases --remove
	rm -rf graft seabios images log check unit deb man upstream grub-[0-9]*
