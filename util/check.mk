# SPDX-License-Identifier: GPL-3.0-or-later
# util/check.mk: tests and checks
# Copyright (C) 2026  The grub-xen-hvm authors

.PHONY: lint check-util check-lint check-docs check-demo check-demo-firmware check-long

# Each suite is a separate target; the sums come last, even after a failure.
# Suites with real Xen take longest, so the others run beside them.
CHECK_SUITES = check-install check-bench-self check-xen check-matrix check-demo
CHECK_BESIDE = check-util check-unit check-int13 check-lint check-docs
# Tests that would take too long above, for example before a release.
CHECK_LONG = check-xen check-removal check-demo-firmware

# check-matrix uses the bench of check-xen.
check-local:
	@made=; status=0; \
	$(MAKE) --no-print-directory deb && made=MADE=yes; \
	$(UTIL)/check-summary --make "$(MAKE) XEN_KEEP=--keep $$made" --beside '$(CHECK_BESIDE)' \
	  $(CHECK_SUITES) || status=$$?; \
	$(top_srcdir)/tests/xen/run --end; exit $$status

check-long:
	@$(UTIL)/check-summary --make '$(MAKE) XEN_RUN=--all' $(CHECK_LONG)

# Making the root file system takes longer than a test's limit.  If it fails,
# the tests that need it report that.
check-util: deb
	@$(UTIL)/make-deb-root || true
	@GRAFT_FLAGS='$(GRAFT_FLAGS)' $(UTIL)/check-util

# Build and test in a root of each supported Debian; RELEASES=NAME takes some.
RELEASES =

check-releases:
	@$(UTIL)/check-releases $(RELEASES)

lint: graft
	@$(UTIL)/lint

check-lint: graft
	@$(UTIL)/one-test lint $(UTIL)/lint

check-docs:
	@$(UTIL)/one-test docs $(MAKE) --no-print-directory info html

# The demo is also a test.  The demo from the firmware has a GRUB that the
# guest's administrator has installed, and then installs again.
check-demo: images
	@$(UTIL)/one-test demo $(top_srcdir)/tests/xen/demo

check-demo-firmware: deb
	@$(UTIL)/one-test demo-firmware $(top_srcdir)/tests/xen/demo --installed \
	  --firmware images/seabios-grub-xen-hvm.bin
