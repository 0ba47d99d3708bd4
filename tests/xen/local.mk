# SPDX-License-Identifier: GPL-3.0-or-later
# tests/xen/local.mk: tests on real Xen, for the top-level Makefile.am
# Copyright (C) 2026  The grub-xen-hvm authors

# Arguments for tests/xen/run, for example XEN_RUN='--keep read-gpt', or
# XEN_RUN=--all to include the long cases.  One bench keeps two processors
# busy, dom0's and the guest's.  With --jobs 2 on two processors a case takes
# four times as long.
XEN_RUN =
DEMO_RUN =
# --keep leaves the bench to the next suite; check-local ends it.
XEN_KEEP =

.PHONY: check-xen check-bench-self check-install check-removal demo bench-images

# Skipped cases are in the count; only failed ones are a failure.
check-xen: images
	@$(top_srcdir)/tests/xen/run $(XEN_KEEP) $(XEN_RUN) || test $$? = 77

# The runner's own tests; these need no Xen.
check-bench-self:
	@$(top_srcdir)/tests/xen/self/check

# Our packages and grub-install, in a Debian.  Cases of check-xen use the disks
# of it.
check-install: deb
	@$(top_srcdir)/tests/xen/build-installed --count

# The upgrade and the removal after that, in a copy of the Debian.
check-removal: deb
	@$(top_srcdir)/tests/xen/build-installed --removal

demo: images
	@$(top_srcdir)/tests/xen/demo $(DEMO_RUN)

# Everything that is downloaded or made once.
bench-images:
	@$(top_srcdir)/tests/xen/build-dom0
	@$(top_srcdir)/tests/xen/build-disks
	@$(top_srcdir)/tests/xen/build-guest
	@$(top_srcdir)/tests/xen/build-loaders
