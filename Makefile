# One makefile, not recursive. `make help` lists the targets.
#   VARIANT=release|debug|asan   programs land in build/$(VARIANT)/
#   TORCH_DIR=DIR                another libtorch (include/ and lib/ below it)
#   WERROR=                      for packagers: warnings do not stop the build
#   V=1                          show the commands

VARIANT ?= release
B       := build/$(VARIANT)
PREFIX  ?= /usr/local
WERROR  ?= -Werror
Q       := $(if $(V),,@)
CC      := gcc
CXX     := g++

CFLAGS_release := -O2 -D_FORTIFY_SOURCE=2
CFLAGS_debug   := -O0 -g3
CFLAGS_asan    := -O1 -fno-omit-frame-pointer -fsanitize=address,undefined \
                  -fno-sanitize-recover=all
LDFLAGS_asan   := -fsanitize=address,undefined
# libFuzzer is clang's; gcc's warnings are not
CFLAGS_fuzz    := -O1 -fno-omit-frame-pointer \
                  -fsanitize=address,undefined,fuzzer-no-link \
                  -fno-sanitize-recover=all -w
LDFLAGS_fuzz   := -fsanitize=address,undefined
ifeq ($(VARIANT),fuzz)
CC             := clang
CXX            := clang++
endif

CPPFLAGS += -I. -D_GNU_SOURCE -MMD -MP
WARN     := -Wall -Wextra $(WERROR)
CFLAGS   += -std=c11 -g $(WARN) -Wpedantic -Wconversion -Wshadow \
            -Wstrict-prototypes -Wmissing-prototypes -Wvla -Wwrite-strings \
            -Wformat=2 -fstack-protector-strong $(CFLAGS_$(VARIANT))
# DCMTK's headers demand C++17.
CXXFLAGS += -std=c++17 -g $(WARN) -fstack-protector-strong \
            $(CFLAGS_$(VARIANT))
LDFLAGS  += -Wl,--as-needed -Wl,-z,relro,-z,now $(LDFLAGS_$(VARIANT))

TORCH_INC := $(if $(TORCH_DIR),$(TORCH_DIR)/include \
             -isystem $(TORCH_DIR)/include/torch/csrc/api/include,\
             /usr/include/torch/csrc/api/include)
TORCH_LIB := $(if $(TORCH_DIR),-L$(TORCH_DIR)/lib -Wl$(comma)-rpath$(comma)$(TORCH_DIR)/lib) \
             -ltorch -ltorch_cpu -lc10
comma     := ,

LIB_CONF  := -lyaml -ljansson -lm
LIB_DB    := -lsqlite3 -lssl -lcrypto -lz
LIB_DICOM := -ldcmtls -ldcmnet -ldcmsr -ldcmjpls -ldcmjpeg -ldcmimage -ldcmimgle \
             -ldcmdata -loflog -lofstd -lopenjp2 -lssl -lcrypto -lz
LIB_DRAW  := -lcairo -lm

# ---- sources: a folder is a library, *_main.c are programs ---------------
src       = $(filter-out %_main.c,$(wildcard $(1)/*.c)) $(wildcard $(1)/*.cc)
obj       = $(patsubst %,$(B)/%.o,$(1))
# the sandboxed half: decoding and libtorch
MODEL_SRC := inference/torch_model.cc
INFER_SRC := $(filter-out $(MODEL_SRC),$(call src,inference))

LIBS      := $(B)/libconf.a $(B)/libdicom.a $(B)/libdb.a $(B)/libinfer.a \
             $(B)/libsr.a
PROGRAMS  := osteon osteon-scp osteon-infer osteon-model osteon-scu \
             osteon-keeper
UNIT      := $(patsubst test/unit/%.c,$(B)/test/%,$(wildcard test/unit/test_*.c))
ALL_SRC   := $(foreach d,conf dicom db scp inference sr_writer scu cli, \
             $(wildcard $(d)/*.c $(d)/*.cc))

all: $(addprefix $(B)/,$(PROGRAMS))

$(B)/libconf.a:  $(call obj,$(call src,conf))
$(B)/libdicom.a: $(call obj,$(call src,dicom))
$(B)/libdb.a:    $(call obj,$(call src,db))
$(B)/libinfer.a: $(call obj,$(INFER_SRC))
$(B)/libsr.a:    $(call obj,$(call src,sr_writer))
$(B)/lib%.a:
	@rm -f $@
	@ar rcs $@ $^

# link order: own objects, then the libraries they use, lowest last
link = @echo '  LINK $@'; $(if $(V),set -x;) $(CXX) $(LDFLAGS) -o $@ $(filter %.o,$^) $(filter %.a,$^)

$(B)/osteon-scp: $(call obj,$(wildcard scp/*.c)) $(B)/libdicom.a $(B)/libdb.a $(B)/libconf.a
	$(link) $(LIB_DICOM) $(LIB_DB) $(LIB_CONF)
$(B)/osteon-scu: $(call obj,$(wildcard scu/*.c)) $(B)/libdicom.a $(B)/libdb.a $(B)/libconf.a
	$(link) $(LIB_DICOM) $(LIB_DB) $(LIB_CONF)
$(B)/osteon: $(call obj,$(wildcard cli/*.c)) $(B)/libdicom.a $(B)/libdb.a $(B)/libconf.a
	$(link) $(LIB_DICOM) $(LIB_DB) $(LIB_CONF)
$(B)/osteon-keeper: $(call obj,db/keeper_main.c) $(B)/libdb.a $(B)/libconf.a
	$(link) $(LIB_DB) $(LIB_CONF)
$(B)/osteon-infer: $(call obj,inference/infer_main.c) $(B)/libinfer.a $(B)/libsr.a $(B)/libdicom.a $(B)/libdb.a $(B)/libconf.a
	$(link) $(LIB_DICOM) $(LIB_DB) $(LIB_DRAW) $(LIB_CONF)
$(B)/osteon-model: $(call obj,inference/model_main.c $(MODEL_SRC)) $(B)/libinfer.a $(B)/libdicom.a $(B)/libdb.a $(B)/libconf.a
	$(link) $(TORCH_LIB) $(LIB_DICOM) $(LIB_DB) $(LIB_CONF) -lm

$(B)/inference/torch_model.cc.o $(B)/test/fixtures/make_torchscript.cc.o \
$(B)/scripts/bench/bare_loop.cc.o: CXXFLAGS += -isystem $(TORCH_INC)

$(B)/%.c.o: %.c Makefile
	@mkdir -p $(@D)
	@echo '  CC   $<'
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) -c -o $@ $<
$(B)/%.cc.o: %.cc Makefile
	@mkdir -p $(@D)
	@echo '  CXX  $<'
	$(Q)$(CXX) $(CPPFLAGS) $(CXXFLAGS) -c -o $@ $<

$(B)/fuzz/%: $(B)/test/fuzz/%.c.o $(B)/libinfer.a $(B)/libsr.a $(B)/libdicom.a $(B)/libdb.a $(B)/libconf.a
	@mkdir -p $(@D)
	$(link) -fsanitize=fuzzer $(LIB_DICOM) $(LIB_DB) $(LIB_DRAW) $(LIB_CONF) -lcmocka

# ---- tests ----------------------------------------------------------------
$(B)/test/make_torchscript: $(call obj,test/fixtures/make_torchscript.cc)
	@mkdir -p $(@D)
	$(link) $(TORCH_LIB)

$(B)/test/%: $(B)/test/unit/%.c.o $(B)/libinfer.a $(B)/libsr.a $(B)/libdicom.a $(B)/libdb.a $(B)/libconf.a
	@mkdir -p $(@D)
	$(link) $(LIB_DICOM) $(LIB_DB) $(LIB_DRAW) $(LIB_CONF) -lcmocka

# ---- what make bench measures with ----------------------------------------
BENCH := $(addprefix $(B)/bench/,limit queue bare_loop)
$(B)/bench/limit: $(call obj,scripts/bench/limit.c)
	@mkdir -p $(@D)
	$(link) -lsqlite3
$(B)/bench/queue: $(call obj,scripts/bench/queue.c) $(B)/libdb.a $(B)/libconf.a
	@mkdir -p $(@D)
	$(link) $(LIB_DB) $(LIB_CONF)
$(B)/bench/bare_loop: $(call obj,scripts/bench/bare_loop.cc)
	@mkdir -p $(@D)
	$(link) $(TORCH_LIB) -ldcmjpls -ldcmjpeg -ldcmimage -ldcmimgle -ldcmdata \
	    -loflog -lofstd

SCRIPTS := $(shell grep -lE '^\#!/bin/(sh|bash)|^\#!/usr/bin/env bash' \
           scripts/* scripts/*/* test/unit/tap test/viewers/install .ci/run 2>/dev/null)
FORMATTED := $(wildcard $(foreach d,conf dicom db scp inference sr_writer \
             scu cli test/unit test/fixtures test/fuzz scripts/bench,$(d)/*.c $(d)/*.h $(d)/*.cc))

help:
	@echo 'make            build build/$(VARIANT)/osteon and its programs'
	@echo 'make demo       install packages, build, run the node and a PACS,'
	@echo '                send a radiograph, show what came back'
	@echo 'make test       build, unit and end-to-end tests (installs packages)'
	@echo 'make unit e2e   one half of it; T=test/e2e/tNNNN-name.t for one'
	@echo 'make lint       formatting, layers, static analysis, man pages'
	@echo 'make fmt        format the sources'
	@echo 'make fuzz       ten million executions of each fuzz target; FUZZ=fuzz_scan'
	@echo 'make torture    breaks the node in every promised way; CASE=10-kill'
	@echo 'make bench      osteon beside storescp, dcmqrscp, Orthanc; CASE=receive-ct'
	@echo 'make soak       does anything grow in 20,000 studies? STUDIES=200'
	@echo 'make sbom       bill of materials, CycloneDX, in build/$(VARIANT)/'
	@echo 'make check-asan unit and end-to-end tests under sanitizers'
	@echo 'make install    DESTDIR= PREFIX=$(PREFIX)'
	@echo 'VARIANT=release|debug|asan   TORCH_DIR=DIR   WERROR='

deps:
	@scripts/install-deps

demo: deps
	@$(MAKE) --no-print-directory -j2 all
	@scripts/demo

test: deps
	@$(MAKE) --no-print-directory -j2 all $(UNIT) $(B)/test/make_torchscript
	@$(MAKE) --no-print-directory unit e2e

unit: $(UNIT)
	prove -v -e test/unit/tap $(UNIT)

T ?= $(sort $(wildcard test/e2e/t*.t))
e2e: all $(B)/test/make_torchscript
	VARIANT=$(VARIANT) test/e2e/run $(T)

# RUNS executions of each target, or FUZZ_SECONDS of each; FUZZ=fuzz_scan
fuzz: deps
	@scripts/fuzz $(FUZZ)

sbom: all
	@scripts/sbom $(VARIANT) > $(B)/sbom.json
	@echo '  SBOM $(B)/sbom.json'

# CASE=10-kill for one; hours for all of them, root for loop devices
torture: deps
	@$(MAKE) --no-print-directory -j2 all $(B)/test/make_torchscript
	VARIANT=$(VARIANT) scripts/torture $(CASE)

# CASE=receive-ct for one, JSON=FILE keeps the figures; an hour for all of them
bench: deps
	@$(MAKE) --no-print-directory -j2 all $(BENCH)
	VARIANT=$(VARIANT) scripts/bench/run $(if $(JSON),--json $(JSON)) $(CASE)

# STUDIES=200 for a minute, 20000 for hours
soak: deps
	@$(MAKE) --no-print-directory -j2 all $(BENCH)
	VARIANT=$(VARIANT) scripts/bench/run $(if $(JSON),--json $(JSON)) soak

check-asan: deps
	@$(MAKE) --no-print-directory VARIANT=asan -j2 test

lint: deps
	clang-format -n -Werror $(FORMATTED)
	scripts/check-layers
	shellcheck $(SCRIPTS)
	shellcheck -s sh -S warning -e SC2034,SC2154,SC2120,SC2046 \
	    test/e2e/*.sh test/e2e/*.t
	mandoc -T lint -W warning docs/man/*
	scripts/check-docs
	cppcheck --quiet --error-exitcode=1 --std=c11 --inline-suppr -I. \
	    --enable=warning,performance,portability \
	    --suppress=missingIncludeSystem \
	    $(filter %.c,$(ALL_SRC))

fmt:
	clang-format -i $(FORMATTED)

DOC := $(DESTDIR)$(PREFIX)/share/doc/osteon
MAN := $(DESTDIR)$(PREFIX)/share/man
UNITS := $(DESTDIR)/etc/systemd/system
install: all
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)/etc/osteon $(DOC)/pictures \
	    $(DESTDIR)$(PREFIX)/share/osteon $(MAN)/man1 $(MAN)/man5 \
	    $(MAN)/man8 $(UNITS)/osteon-.service.d $(DESTDIR)/etc/sysusers.d
	install -m 755 $(addprefix $(B)/,$(PROGRAMS)) $(DESTDIR)$(PREFIX)/bin
	cp -r models $(DESTDIR)$(PREFIX)/share/osteon/
	for u in scripts/systemd/*.service scripts/systemd/*.target; do \
	    sed 's,/usr/local/bin/,$(PREFIX)/bin/,' $$u > $(UNITS)/$${u##*/} || exit 1; done
	install -m 644 scripts/systemd/osteon-.service.d/* $(UNITS)/osteon-.service.d
	install -m 644 scripts/systemd/osteon.sysusers $(DESTDIR)/etc/sysusers.d/osteon.conf
	[ -e $(DESTDIR)/etc/osteon/osteon.yaml ] || \
	    sed 's,^models: .*,models: $(PREFIX)/share/osteon/models,' \
	    conf/osteon.yaml > $(DESTDIR)/etc/osteon/osteon.yaml
	for s in 1 5 8; do \
	    install -m 644 docs/man/*.$$s $(MAN)/man$$s/ || exit 1; done
	install -m 644 README.md CHANGELOG.md docs/*.md \
	    docs/findings.schema.json docs/history.schema.json $(DOC)
	install -m 644 docs/pictures/*.png $(DOC)/pictures

clean:
	rm -rf build

-include $(shell find $(B) -name '*.d' 2>/dev/null)
.PHONY: all help deps demo test unit e2e fuzz bench soak sbom torture check-asan lint fmt install clean
.DEFAULT_GOAL := all
.SECONDARY:
