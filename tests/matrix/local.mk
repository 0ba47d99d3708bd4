# SPDX-License-Identifier: GPL-3.0-or-later
# tests/matrix/local.mk: the compatibility matrix, for the top-level Makefile.am
# Copyright (C) 2026  The grub-xen-hvm authors

# Arguments for tests/matrix/run, for example MATRIX_RUN="--host trixie 'kind-*'".
MATRIX_RUN = --docs

.PHONY: matrix check-matrix

# Hours; ended in the middle, the next one goes on where it was.
matrix: images
	@$(top_srcdir)/tests/matrix/run $(MATRIX_RUN)

# Those cases that have check=yes in the plan.
check-matrix: images
	@$(top_srcdir)/tests/matrix/run --check --again
