# SPDX-License-Identifier: GPL-3.0-or-later
# util/upstream.mk: patches for upstream, all supported GRUBs
# Copyright (C) 2026  The grub-xen-hvm authors

# For example UPSTREAM_RUN='--signoff --verify grub-2.14', and for
# check-all-grubs GRUB_214_SOURCE=/path/to/grub-2.14.tar.xz.
UPSTREAM_RUN =
ALL_GRUBS_RUN =

EXTRA_DIST += upstream

.PHONY: upstream-series check-all-grubs

upstream-series:
	@$(UTIL)/upstream-series $(UPSTREAM_RUN)

check-all-grubs: graft
	@GRAFT_FLAGS='$(GRAFT_FLAGS)' $(UTIL)/check-all-grubs $(ALL_GRUBS_RUN)
