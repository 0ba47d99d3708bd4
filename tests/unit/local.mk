# SPDX-License-Identifier: GPL-3.0-or-later
# tests/unit/local.mk: host tests, for the top-level Makefile.am
# Copyright (C) 2026  The grub-xen-hvm authors

# Automake knows little of GNU make, so the rules are in a makefile of their
# own, with its own pattern rules and dependencies.
UNIT_MAKE = $(MAKE) -f $(top_srcdir)/tests/unit/unit.mk \
	TOP=$(abs_top_srcdir) BUILD=$(abs_top_builddir)

.PHONY: check-unit unit-programs fuzz clean-unit

# GRUB's headers, and some of its sources, come from the graft.
check-unit: graft-source
	@$(UNIT_MAKE) check

unit-programs: graft-source
	@$(UNIT_MAKE) programs

fuzz: graft-source
	@$(UNIT_MAKE) fuzz

clean-unit:
	@$(UNIT_MAKE) clean
