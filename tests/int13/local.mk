# SPDX-License-Identifier: GPL-3.0-or-later
# tests/int13/local.mk: the INT 13h conformance program, for Makefile.am
# Copyright (C) 2026  The grub-xen-hvm authors

# Arguments for tests/int13/check, for example INT13_RUN='--random 1000000
# plain'.
INT13_RUN =

.PHONY: check-int13

# On SeaBIOS, without Xen.  On Xen the case int13-conformance of check-xen runs
# the program.
check-int13:
	@$(top_srcdir)/tests/int13/check $(INT13_RUN)
