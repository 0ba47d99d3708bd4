# grub-xen-hvm -- tests/xen/local.mk: tests on real Xen, for Makefile.am
# Copyright (C) 2026  The grub-xen-hvm authors
# SPDX-License-Identifier: GPL-3.0-or-later
# This program is free software; it comes with no warranty at all.

.PHONY: check-xen demo

check-xen: images
	@$(top_srcdir)/tests/xen/run

demo: images
	@$(top_srcdir)/tests/xen/demo
