# SPDX-License-Identifier: GPL-3.0-or-later
# tests/unit/unit.mk: build and run the host tests
# Copyright (C) 2026  The grub-xen-hvm authors
#
# Called by tests/unit/local.mk, or by hand:
#   make -f tests/unit/unit.mk TOP=. BUILD=build [GRUB=GRUB-SOURCE] check
#
# Each t_*.c becomes a program for -m32 and one for -m64, linked with the real
# sources of the driver except hypercall.c, with some of GRUB's own sources,
# and with the fakes.  GRUB is the grafted source tree or any other GRUB
# source.

MAKEFLAGS += --no-builtin-rules
.SUFFIXES:
.DELETE_ON_ERROR:

TOP ?= .
BUILD ?= build
GRUB ?= $(BUILD)/graft/current/src
XEN_HEADERS ?= /usr/include/xen
UNIT_CC ?= gcc

# Names must not depend on the directory in which make is started, because
# dependencies and logs contain them.
override TOP := $(abspath $(TOP))
override BUILD := $(abspath $(BUILD))
override GRUB := $(abspath $(GRUB))

here := $(TOP)/tests/unit
out := $(BUILD)/unit
words := m32 m64

# Each platform's file is compiled with its functions renamed;
# tests/unit/seam.c calls the functions of the platform under test.  hvm.c is
# compiled twice, and both objects share the variable grub_xen_hvm.
platforms := hvm pvh pv
body_hvm := hvm
body_pvh := hvm pvh
body_pv := pv
body_flags_pvh := -DGRUB_MACHINE_XEN_PVH
body_flags_pv := -DGRUB_MACHINE_XEN
seam := detect platform_init platform_fini is_lost platform_map_grants \
	platform_unmap_grants frame_of mask_timer call
bodies := $(foreach p,$(platforms),$(body_$p:%=platform_$p/%))

driver_src := $(filter-out %/hypercall.c %/xen/hvm.c %/pvh.c %/pv.c, \
	$(wildcard $(TOP)/grub-core/kern/xen/*.c \
	$(TOP)/grub-core/disk/xen/*.c $(TOP)/grub-core/commands/xen/*.c \
	$(TOP)/grub-core/term/xen/*.c))
# The part of the INT 13h service that needs no BIOS.  The rest reserves real
# memory and runs in real mode; it is tested in a guest
# (tests/xen/cases/int13-*).
int13_src := $(foreach f,vbd edd bios chs link map twin chain,\
	$(TOP)/grub-core/disk/xen/int13/int13_$f.c)
driver_src += $(int13_src)
grub_src := kern/misc kern/err kern/list kern/command kern/disk kern/partition \
	kern/device lib/arg lib/disk partmap/msdos commands/boot commands/extcmd \
	commands/terminal term/terminfo term/tparm
test_src := $(filter $(here)/t_%,$(wildcard $(here)/t_*.c))
fake_src := $(filter-out $(test_src),$(wildcard $(here)/*.c))

programs := $(foreach w,$(words),$(test_src:$(here)/%.c=$(out)/$w/%))
# Intermediate files that make must keep.
.SECONDARY: $(foreach w,$(words),$(test_src:$(here)/%.c=$(out)/$w/unit/%.o) \
	$(out)/$w/include/.stamp)

sanitize := -fsanitize=address,undefined -fno-sanitize-recover=all \
	-fno-omit-frame-pointer
cflags := -g -O1 -std=gnu99 -fno-builtin-gettext -MMD -MP
warn := -Wall -Wextra -Werror -Wno-unused-parameter -Wmissing-prototypes \
	-Wpointer-arith -Wundef -Wshadow
# Tests also include private headers.
private := $(foreach d,kern/xen disk/xen disk/xen/int13 commands/xen term/xen,\
	-I$(TOP)/grub-core/$d)
cppflags = -DGRUB_UTIL=1 -DGRUB_FILE=\"$(notdir $<)\" -I$(here) \
	-I$(TOP)/tests/fuzz -I$(TOP)/include $(private) -isystem $(out)/$(word_of)/include \
	-isystem $(GRUB)/include
# The kernel's part is for i386-xen-hvm only.
driver_flags_heap := -DGRUB_MACHINE_XEN_HVM=1
# grub_abort is static up to GRUB 2.06, and the fakes define it as well.
grub_flags_misc := -Dgrub_abort=grub_misc_abort
platform_of = $(patsubst platform_%,%,$(notdir $(patsubst %/,%,$(dir $@))))
word_of = $(firstword $(subst /, ,$(@:$(out)/%=%)))
compile = @mkdir -p $(@D); echo "  CC      $(@:$(out)/%=%)"; \
	$(UNIT_CC) -$(word_of) $(cflags)

.PHONY: check programs clean

programs:

clean:
	rm -rf $(out)

# Sources

$(GRUB)/include/grub/disk.h:
	@echo "unit.mk: no GRUB source at $(GRUB): run 'make graft' first, or" \
	  "say GRUB=directory" >&2; exit 1

# GRUB's configure makes these links for one platform; two are needed here.
# All objects depend on them, and so on the flags in this file.
$(out)/%/include/.stamp: $(here)/unit.mk | $(GRUB)/include/grub/disk.h
	@mkdir -p $(@D)/grub
	@ln -sfn "$$(cd $(GRUB) && pwd)/include/grub/$(if \
	  $(filter m32,$*),i386,x86_64)" $(@D)/grub/cpu
	@ln -sfn "$$(cd $(GRUB) && pwd)/include/grub/i386/pc" $(@D)/grub/machine
	@ln -sfn $(XEN_HEADERS) $(@D)/xen-public
	@touch $@

# Debian has no 32-bit cmocka for amd64, and the build must not add a foreign
# architecture, so the source is built for both word sizes.
cmocka := $(out)/cmocka
$(cmocka)/.stamp:
	@mkdir -p $(out)
	@set -e; echo "  GET     cmocka"; \
	  $(TOP)/util/apt-private --builddir $(BUILD) --archive source cmocka \
	    >$(out)/cmocka.dsc 2>$(out)/cmocka.log || \
	    { cat $(out)/cmocka.log >&2; exit 1; }; \
	  grep '^note:' $(out)/cmocka.log || :; \
	  rm -rf $(cmocka); \
	  from=$$(cat $(out)/cmocka.dsc); \
	  case $$from in \
	    *.dsc) dpkg-source --no-check -x $$from $(cmocka) ;; \
	    *) mkdir $(cmocka); tar -C $(cmocka) --strip-components=1 -xf $$from ;; \
	  esac >>$(out)/cmocka.log 2>&1; \
	  touch $@

$(out)/%/cmocka.o: $(cmocka)/.stamp
	$(compile) -w -DHAVE_SIGNAL_H -DHAVE_INTTYPES_H -DHAVE_STRINGS_H \
	  -DHAVE_STRUCT_TIMESPEC -DHAVE_CLOCK_GETTIME \
	  -I$(cmocka)/include -o $@ -c $(cmocka)/src/cmocka.c

# cmocka 2 deprecates functions for which cmocka 1 has no other name.
cmocka_flags := -isystem $(cmocka)/include -Wno-deprecated-declarations

# This test replaces a function that the other tests need.
link_t_int13_map := -Wl,--wrap=grub_xen_retry_resumed

# Objects: those of the tests and the driver with all checks, GRUB's own only
# with the address sanitizer.

define word_rules
$(out)/$1/kern/xen/%.o: $(TOP)/grub-core/kern/xen/%.c $(out)/$1/include/.stamp
	$$(compile) $$(cppflags) $$(driver_flags_$$(*F)) $(warn) $(sanitize) $$(cov) -o $$@ -c $$<
$(foreach p,$(platforms),$(body_$p:%=$(out)/$1/platform_$p/%.o)): \
	  $(out)/$1/platform_%.o: $(out)/$1/include/.stamp
	$$(compile) -fcommon $$(cppflags) $$(body_flags_$$(platform_of)) \
	  $$(foreach f,$(seam),-Dgrub_xen_$$f=$$(platform_of)_$$f) \
	  $(warn) $(sanitize) $$(cov) -o $$@ -c $(TOP)/grub-core/kern/xen/$$(*F).c
$(out)/$1/disk/xen/%.o: $(TOP)/grub-core/disk/xen/%.c $(out)/$1/include/.stamp
	$$(compile) $$(cppflags) $(warn) $(sanitize) $$(cov) -o $$@ -c $$<
$(out)/$1/commands/xen/%.o: $(TOP)/grub-core/commands/xen/%.c \
	  $(out)/$1/include/.stamp
	$$(compile) $$(cppflags) $(warn) $(sanitize) $$(cov) -o $$@ -c $$<
$(out)/$1/term/xen/%.o: $(TOP)/grub-core/term/xen/%.c $(out)/$1/include/.stamp
	$$(compile) $$(cppflags) $(warn) $(sanitize) $$(cov) -o $$@ -c $$<
$(out)/$1/unit/%.o: $(here)/%.c $(out)/$1/include/.stamp $(cmocka)/.stamp
	$$(compile) $$(cppflags) $(warn) $(cmocka_flags) \
	  $(sanitize) -o $$@ -c $$<
$(out)/$1/fuzz/%.o: $(TOP)/tests/fuzz/%.c $(out)/$1/include/.stamp \
	  $(cmocka)/.stamp
	$$(compile) $$(cppflags) $(warn) $(cmocka_flags) \
	  $(sanitize) -o $$@ -c $$<
$(out)/$1/grub/%.o: $(GRUB)/grub-core/%.c $(out)/$1/include/.stamp
	$$(compile) $$(cppflags) $$(grub_flags_$$(*F)) -w -fsanitize=address -o $$@ -c $$<

$(out)/$1/t_%: $(out)/$1/unit/t_%.o $(out)/$1/libunit.a
	@echo "  LD      $1/$$(@F)"
	@$(UNIT_CC) -$1 $(sanitize) $$(cov) $$(link_$$(@F)) -o $$@ $$^
$(out)/$1/libunit.a: $(driver_src:$(TOP)/grub-core/%.c=$(out)/$1/%.o) \
	  $(bodies:%=$(out)/$1/%.o) \
	  $(fake_src:$(here)/%.c=$(out)/$1/unit/%.o) \
	  $(grub_src:%=$(out)/$1/grub/%.o) $(out)/$1/cmocka.o
	@rm -f $$@
	@ar qcs $$@ $$^
endef
$(foreach w,$(words),$(eval $(call word_rules,$w)))

# SeaBIOS's loader is compiled with headers of the same names as SeaBIOS's,
# each of which includes the fake seabios.h; the loader's tests see them as
# well.
seabios := $(TOP)/seabios
seabios_tests := $(filter t_seabios%,$(test_src:$(here)/%.c=%))
seabios_headers := $(out)/seabios/include/.stamp
seabios_find = -iquote $(here)/seabios -iquote $(seabios) \
	-iquote $(out)/seabios/include
# Warnings that SeaBIOS's own Makefile does not enable, and those of a 64-bit
# compiler.
seabios_warn := -Wall -Werror -Wno-address-of-packed-member \
	-Wno-pointer-to-int-cast -Wno-int-to-pointer-cast

$(seabios_headers): $(seabios)/xen_grub.c $(seabios)/xen_grub.h
	@for f in $$(sed -n 's/^#include "\(.*\.h\)".*/\1/p' $^ | grep -v xen_grub); \
	  do mkdir -p $$(dirname $(@D)/$$f) && \
	  echo '#include "seabios.h"' >$(@D)/$$f || exit 1; done
	@touch $@

# A blob made like that of users, with a SeaBIOS of 4 KiB and a GRUB of 3000
# bytes.
blob := $(out)/seabios/blob
$(blob): $(TOP)/util/make-blob
	@mkdir -p $(@D)
	@echo 0xff000 >$(@D)/bios.start
	@(head -c 258048 /dev/zero; head -c 4096 /dev/zero | tr '\0' S) \
	  >$(@D)/bios.bin
	@(head -c 512 /dev/zero; seq 1000 | head -c 3000) >$(@D)/core
	@$(TOP)/util/make-blob --bios $(@D)/bios.bin --core $(@D)/core \
	  --output $@ >$(@D)/blob.map

define seabios_rules
$(out)/$1/seabios/%.o: $(seabios)/%.c $(seabios_headers)
	$$(compile) $$(seabios_find) $$(seabios_warn) $(sanitize) $$(cov) \
	  -fno-builtin -Dmemcpy=sb_memcpy -Dprintf=sb_printf -o $$@ -c $$<
$(out)/$1/seabios/%.o: $(here)/seabios/%.c
	$$(compile) -I$(here)/seabios $(warn) $(sanitize) -o $$@ -c $$<
$(seabios_tests:%=$(out)/$1/unit/%.o): cppflags += $(seabios_find) \
	-DUNIT_BLOB=\"$(blob)\"
$(seabios_tests:%=$(out)/$1/unit/%.o): $(seabios_headers) $(blob)
$(seabios_tests:%=$(out)/$1/%): $(out)/$1/seabios/xen_grub.o \
	$(out)/$1/seabios/seabios.o
endef
$(foreach w,$(words),$(eval $(call seabios_rules,$w)))

-include $(shell find $(out) -name '*.d' 2>/dev/null)

include $(TOP)/tests/fuzz/fuzz.mk

programs: $(programs) $(replays)

# Run.  A failing program must not keep the others from running, so each writes
# its result to a file, and tests/unit/summary reads all of them.

# Each test is run on each platform, except tests of features that only one has
# (HVM: its firmware's table, the INT 13h service, SeaBIOS, and xen_info's
# output about them), and tests of sources that do not depend on Xen.  A PV
# guest that runs GRUB is never restored.
tests := $(test_src:$(here)/%.c=%)
hvm_only := $(filter t_int13_% t_seabios%,$(tests)) t_firmware t_table t_model \
	t_memmove t_sorts t_readahead_plan t_xslist t_xen_bootparam t_ramdisk \
	t_info_get
no_pv := t_hvm t_info
restored := t_conslost t_restore t_halfway t_saved t_saved_console \
	t_saved_others
tests_hvm := $(filter-out t_pvh t_pv,$(tests))
tests_pvh := $(filter-out t_pv $(hvm_only),$(tests))
tests_pv := $(filter-out t_pvh $(hvm_only) $(no_pv) $(restored),$(tests))
runs := $(replays:%=%.hvm.run) $(foreach p,$(platforms),$(foreach w,$(words),\
	$(tests_$p:%=$(out)/$w/%.$p.run)))
.PHONY: $(runs)

define run_rules
$(programs:%=%.$1.run): %.$1.run: %
	@$(here)/run-one $$* $1

$(replays:%=%.$1.run): %.$1.run: %
	@$(here)/run-one $$* $1 $(TOP)/tests/fuzz/corpus_$$(patsubst replay_%,%,$$(*F))
endef
$(foreach p,$(platforms),$(eval $(call run_rules,$p)))

check: $(runs) fuzzers
	@mkdir -p $(BUILD)/check
	@$(here)/summary $(BUILD)/check/unit.count $(runs:.run=.res)
