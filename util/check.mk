# grub-xen-hvm -- util/check.mk: tests and checks
# Copyright (C) 2026  The grub-xen-hvm authors
# SPDX-License-Identifier: GPL-3.0-or-later
# This program is free software; it comes with no warranty at all.

.PHONY: lint check-util check-lint check-docs check-demo check-demo-firmware

# Each suite is a target of its own; the sum comes last, whatever fails.
CHECK_SUITES = check-util check-unit check-lint check-docs check-xen \
	check-demo check-demo-firmware

check-local:
	@$(UTIL)/check-summary --make '$(MAKE)' $(CHECK_SUITES)

check-util: images
	@GRAFT_FLAGS='$(GRAFT_FLAGS)' $(UTIL)/check-util

lint: graft
	@$(UTIL)/lint

check-lint: graft
	@$(UTIL)/one-test lint $(UTIL)/lint

check-docs:
	@$(UTIL)/one-test docs $(MAKE) --no-print-directory info html

# What a newcomer sees first has to work, too; and the same from the firmware.
check-demo: images
	@$(UTIL)/one-test demo $(top_srcdir)/tests/xen/demo

check-demo-firmware: images
	@$(UTIL)/one-test demo-firmware $(top_srcdir)/tests/xen/demo \
	  --firmware images/seabios-grub-xen-hvm.bin
