# SPDX-License-Identifier: GPL-3.0-or-later
# tests/fuzz/fuzz.mk: search for inputs that break the driver
# Copyright (C) 2026  The grub-xen-hvm authors
#
# Part of tests/unit/unit.mk.  `make fuzz' runs each target with libFuzzer:
#   FUZZ_SECONDS=N   for N seconds each (60)
#   FUZZ_RUNS=N      or with N inputs each
#   FUZZ_TARGETS=... only these: xenstore, ring, keys, table, int13
# The results stay in the build directory: unit/fuzz/TARGET/ has the inputs
# that reached new code, unit/fuzz/TARGET-crash-* the inputs that broke
# something, and unit/fuzz/TARGET.log the messages and the number of inputs.
# After the fix a crash becomes a seed in tests/fuzz/corpus_TARGET.  Seeds
# called found-* came from long runs (libFuzzer, -merge=1 -use_counters=0);
# make-corpus writes the rest.

FUZZ_CC ?= clang
FUZZ_SECONDS ?= 60
FUZZ_RUNS ?=
FUZZ_TARGETS ?= $(all_targets)

# Longer inputs find no more errors, and take longer.
FUZZ_MAX_LEN ?= 512

fuzz_here := $(TOP)/tests/fuzz
all_targets := $(patsubst $(fuzz_here)/target_%.c,%,\
	$(wildcard $(fuzz_here)/target_*.c))

# Sources that a target needs in addition to common.c, and the driver's sources
# that they replace.
with_ring := backend
with_keys := backend keys
without_keys := kern/xen/xswire
# Additional sources of the driver and of the host tests' fakes.
more_int13 := $(foreach f,vbd edd bios chs link,disk/xen/int13/int13_$f)
fakes_int13 := fake_int13 int13_disk int13_model
# The host tests' fakes for all targets.
fuzz_fakes := clock shim seam store store_op tree xen xen_call xen_grant xen_pv \
	disk disk_data disk_ring

fuzz_cc = @mkdir -p $(@D); echo "  FUZZ_CC $(@:$(out)/fuzz/%=%)"; \
	$(FUZZ_CC) -g -std=gnu99 -fno-builtin-gettext -MMD -MP -DGRUB_UTIL=1 \
	-DGRUB_FILE=\"$(notdir $<)\" -I$(here) -I$(fuzz_here) -I$(TOP)/include $(private) \
	-isystem $(out)/m64/include -isystem $(GRUB)/include
fuzz_warn := -Wall -Wextra -Werror -Wno-unused-parameter

# The fuzzer measures the coverage of the driver.  The fakes are only checked
# by the sanitizer, and GRUB's own sources are not.
$(out)/fuzz/driver/%.o: $(TOP)/grub-core/%.c $(out)/m64/include/.stamp
	$(fuzz_cc) -O1 $(fuzz_warn) -fno-sanitize-recover=all \
	  -fsanitize=fuzzer-no-link,address,undefined -o $@ -c $<
$(bodies:%=$(out)/fuzz/driver/%.o): $(out)/fuzz/driver/platform_%.o: \
	  | $(out)/m64/include/.stamp
	$(fuzz_cc) -fcommon $(body_flags_$(platform_of)) \
	  $(foreach f,$(seam),-Dgrub_xen_$f=$(platform_of)_$f) \
	  -O1 $(fuzz_warn) -fno-sanitize-recover=all \
	  -fsanitize=fuzzer-no-link,address,undefined \
	  -o $@ -c $(TOP)/grub-core/kern/xen/$(*F).c
$(out)/fuzz/fake/%.o: $(here)/%.c $(out)/m64/include/.stamp
	$(fuzz_cc) -O1 $(fuzz_warn) -fsanitize=address -o $@ -c $<
$(out)/fuzz/fake/%.o: $(fuzz_here)/%.c $(out)/m64/include/.stamp
	$(fuzz_cc) -O1 $(fuzz_warn) -fsanitize=address -o $@ -c $<
$(out)/fuzz/grub/%.o: $(GRUB)/grub-core/%.c $(out)/m64/include/.stamp
	$(fuzz_cc) -O2 -w -o $@ -c $<

# No target has terminals or waits for a key.
fuzz_driver := $(filter-out term/% disk/xen/hotplug disk/xen/int13/%,\
	$(driver_src:$(TOP)/grub-core/%.c=%))
fuzz_grub := $(filter-out commands/terminal term/%,$(grub_src))

define fuzz_rule
$(out)/fuzz/fuzz_$1: $(out)/fuzz/fake/target_$1.o \
	  $(patsubst %,$(out)/fuzz/driver/%.o,\
	  $(filter-out $(without_$1),$(fuzz_driver)) $(bodies) $(more_$1)) \
	  $(patsubst %,$(out)/fuzz/fake/%.o,fuzzer common $(with_$1) $(fuzz_fakes) \
	  $(fakes_$1)) \
	  $(fuzz_grub:%=$(out)/fuzz/grub/%.o)
	@$$(FUZZ_CC) -fsanitize=fuzzer,address,undefined -o $$@ $$^
endef
$(foreach t,$(all_targets),$(eval $(call fuzz_rule,$t)))

# The same targets with their seeds, as a part of the host tests.
define replay_rule
$(out)/$2/replay_$1: $(out)/$2/fuzz/target_$1.o $(out)/$2/fuzz/replay.o \
	  $(patsubst %,$(out)/$2/fuzz/%.o,common $(with_$1)) $(out)/$2/libunit.a
	@echo "  LD      $2/$$(@F)"
	@$(UNIT_CC) -$2 $(sanitize) $$(cov) -o $$@ $$^
endef
$(foreach w,$(words),$(foreach t,$(all_targets),\
	$(eval $(call replay_rule,$t,$w))))

replays := $(foreach w,$(words),$(all_targets:%=$(out)/$w/replay_%))

.PHONY: fuzz fuzzers
# Intermediate files that make must keep.
.SECONDARY: $(foreach f,$(fuzz_driver) $(more_int13),$(out)/fuzz/driver/$f.o) \
	$(foreach w,$(words),$(foreach f,fuzzer common backend keys replay \
	$(all_targets:%=target_%),$(out)/$w/fuzz/$f.o))

fuzzers: $(FUZZ_TARGETS:%=$(out)/fuzz/fuzz_%)

fuzz: fuzzers
	@set -e; for name in $(FUZZ_TARGETS); do \
	  $(fuzz_here)/run-fuzz --runs '$(FUZZ_RUNS)' \
	    --seconds '$(FUZZ_SECONDS)' --max-len '$(FUZZ_MAX_LEN)' \
	    $(out)/fuzz $$name $(fuzz_here)/corpus_$$name; \
	done
