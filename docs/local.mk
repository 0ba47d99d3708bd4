# SPDX-License-Identifier: GPL-3.0-or-later
# docs/local.mk: the manual
# Copyright (C) 2026  The grub-xen-hvm authors
# Included by the top Makefile.am.

MANUAL_SOURCES = $(wildcard $(top_srcdir)/docs/*.texi $(top_srcdir)/docs/*.txt \
	$(top_srcdir)/docs/*.svg $(top_srcdir)/docs/*.css) \
	$(top_srcdir)/configure.ac $(top_srcdir)/util/make-manual

docs/grub-xen-hvm.info docs/grub-xen-hvm.html: $(MANUAL_SOURCES)
	$(UTIL)/make-manual --output $@

# `make info' and `make html' of automake's.
info-local: docs/grub-xen-hvm.info
html-local: docs/grub-xen-hvm.html
CLEANFILES += docs/grub-xen-hvm.info docs/grub-xen-hvm.html \
	$(patsubst $(top_srcdir)/%,%,$(wildcard $(top_srcdir)/docs/*.svg))
