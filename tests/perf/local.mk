# SPDX-License-Identifier: GPL-3.0-or-later
# tests/perf/local.mk: the performance bench, for the top-level Makefile.am
# Copyright (C) 2026  The grub-xen-hvm authors

# Arguments for tests/perf/bench, for example BENCH_RUN='--quick --only
# xen_blk'.
BENCH_RUN =

.PHONY: bench

bench: images
	@$(top_srcdir)/tests/perf/bench $(BENCH_RUN)
