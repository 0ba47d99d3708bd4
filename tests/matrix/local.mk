# SPDX-License-Identifier: GPL-3.0-or-later
# tests/matrix/local.mk: the compatibility matrix, for the top-level Makefile.am
# Copyright (C) 2026  The grub-xen-hvm authors

# Arguments for tests/matrix/run, for example MATRIX_RUN="--host trixie 'kind-*'".
MATRIX_RUN = --docs

.PHONY: matrix check-matrix

# This takes hours.  If it is interrupted, the next run continues there.
matrix: images
	@$(top_srcdir)/tests/matrix/run $(MATRIX_RUN)

# The cases in the lines "check:" of the plan.
check-matrix: images
	@$(top_srcdir)/tests/matrix/run --check --again
