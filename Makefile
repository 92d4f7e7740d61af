# Caseclock.  GNU make, pkg-config, gcc or clang; `make help` lists the targets.
#
# Objects go to $(BUILD), one folder a variant, so that variants lie side by
# side:  make CC=clang BUILD=build/clang test
# Folders are compiled by wildcard; a program whose main file is absent is
# left out.  For packagers: PREFIX, DESTDIR, CPPFLAGS, CFLAGS, LDFLAGS, and
# WERROR= to compile without -Werror.

VERSION := 0.1.0

ifeq ($(origin CC),default)
CC := gcc
endif
AR ?= ar
NM ?= nm
PKG_CONFIG ?= pkg-config
BUILD ?= build/release
VARIANT ?= release
WERROR ?= -Werror
TIMEOUT ?= 300
JOBS ?= 2
FUZZ_SECONDS ?= 20
KILLS ?= 200

PREFIX ?= /usr/local
SBINDIR ?= $(PREFIX)/sbin
BINDIR ?= $(PREFIX)/bin
LIBEXECDIR ?= $(PREFIX)/libexec/caseclock
DATADIR ?= $(PREFIX)/share/caseclock
MANDIR ?= $(PREFIX)/share/man
DOCDIR ?= $(PREFIX)/share/doc/caseclock
SYSCONFDIR ?= /etc
UNITDIR ?= $(PREFIX)/lib/systemd/system
SYSUSERSDIR ?= $(PREFIX)/lib/sysusers.d
TMPFILESDIR ?= $(PREFIX)/lib/tmpfiles.d
INCLUDEDIR ?= $(PREFIX)/include/caseclock

# --- flags -----------------------------------------------------------------

PACKAGES := libuv sqlite3 libcurl jansson yaml-0.1 libical libsystemd \
	libssl libcrypto libesmtp-1.0 gmime-3.0
PKG_CFLAGS := $(shell $(PKG_CONFIG) --cflags $(PACKAGES) 2>/dev/null)
pkg_libs = $(shell $(PKG_CONFIG) --libs $(1) 2>/dev/null)

DAEMON_LIBS := $(call pkg_libs,libuv sqlite3 libcurl jansson yaml-0.1 libical \
	libsystemd libssl libcrypto)
CLI_LIBS := $(call pkg_libs,jansson yaml-0.1 libical gmime-3.0)
MAILER_LIBS := $(call pkg_libs,libesmtp-1.0 libcurl jansson libssl libcrypto)
TEST_LIBS = $(DAEMON_LIBS) $(MAILER_LIBS) $(CLI_LIBS) $(call pkg_libs,cmocka)

ifeq ($(VARIANT),release)
VARIANT_CPPFLAGS := -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2
VARIANT_CFLAGS := -O2 -g -fstack-protector-strong
VARIANT_LDFLAGS := -Wl,-z,relro,-z,now
else ifeq ($(VARIANT),asan)
VARIANT_CFLAGS := -O1 -g -fno-omit-frame-pointer \
	-fsanitize=address,undefined -fno-sanitize-recover=all
VARIANT_LDFLAGS := -fsanitize=address,undefined
else ifeq ($(VARIANT),coverage)
VARIANT_CFLAGS := -O0 -g --coverage
VARIANT_LDFLAGS := --coverage
else ifeq ($(VARIANT),fuzz)
VARIANT_CFLAGS := -O1 -g -fno-omit-frame-pointer \
	-fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all
VARIANT_LDFLAGS := -fsanitize=fuzzer,address,undefined
else
$(error VARIANT is release, asan, coverage or fuzz, not '$(VARIANT)')
endif

WARNINGS := -Wall -Wextra -Wpedantic -Wshadow -Wstrict-prototypes \
	-Wmissing-prototypes -Wcast-qual -Wwrite-strings -Wvla -Wformat=2 \
	-Wundef $(WERROR)
ALL_CPPFLAGS = -D_GNU_SOURCE -I. $(VARIANT_CPPFLAGS) $(PKG_CFLAGS) $(CPPFLAGS)
ALL_CFLAGS = -std=c11 $(WARNINGS) -fPIE -pthread $(VARIANT_CFLAGS) $(CFLAGS)
ALL_LDFLAGS = -pie -pthread -Wl,--as-needed $(VARIANT_LDFLAGS) $(LDFLAGS)
COMPILE = $(CC) $(ALL_CPPFLAGS) $(PATH_CPPFLAGS) $(ALL_CFLAGS)
LINK = $(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS)

# Where the programs look once installed; only the objects that ask for it
# are rebuilt when it changes.
PATHS = -DCC_VERSION='"$(VERSION)"' -DCC_LIBEXECDIR='"$(LIBEXECDIR)"' \
	-DCC_SYSCONFDIR='"$(SYSCONFDIR)"' -DCC_DATADIR='"$(DATADIR)"'

# --- what there is ---------------------------------------------------------

FOLDERS := scheduler wire policy store notify daemon cli
objects = $(patsubst %.c,$(BUILD)/obj/%.o,$(1))
of = $(call objects,$(sort $(wildcard $(1)/*.c)))

MAIN_SRCS := daemon/main.c cli/main.c $(wildcard notify/*_worker_main.c)
MAILER_OBJS := $(call objects,$(sort $(wildcard notify/email_worker*.c)))
ALL_OBJS := $(foreach d,$(FOLDERS),$(call of,$(d)))
LIB_OBJS := $(filter-out $(call objects,$(MAIN_SRCS)),$(ALL_OBJS))
CORE_OBJS := $(call of,scheduler)
DAEMON_OBJS := $(filter-out $(MAILER_OBJS) $(call of,cli),$(ALL_OBJS))
CLI_OBJS := $(foreach d,scheduler wire policy cli,$(call of,$(d)))
WORKER_OBJS := $(MAILER_OBJS) $(call of,scheduler) $(call of,wire)

DAEMON := $(if $(wildcard daemon/main.c),$(BUILD)/caseclockd)
CLI := $(if $(wildcard cli/main.c),$(BUILD)/caseclock)
MAILER := $(if $(wildcard notify/email_worker_main.c),$(BUILD)/caseclock-mailer)
PROGRAMS := $(DAEMON) $(CLI) $(MAILER)

UNIT_SRCS := $(sort $(wildcard tests/unit/test_*.c tests/property/test_*.c))
SUPPORT_SRCS := $(filter-out $(UNIT_SRCS), \
	$(sort $(wildcard tests/unit/*.c tests/property/*.c tests/support/*.c)))
HELPER_SRCS := $(sort $(wildcard tests/system/*.c))
BENCH_SRCS := $(sort $(wildcard tests/bench/*.c))
FUZZ_SRCS := $(sort $(wildcard tests/fuzz/fuzz_*.c))
REPLAY_SRC := $(wildcard tests/fuzz/replay.c)
SYSTEM_TESTS := $(sort $(wildcard tests/system/[0-9][0-9][0-9]-*.sh))

UNIT_PROGS := $(UNIT_SRCS:%.c=$(BUILD)/%)
HELPER_PROGS := $(HELPER_SRCS:%.c=$(BUILD)/%)
BENCH_PROGS := $(BENCH_SRCS:%.c=$(BUILD)/%)
FUZZ_PROGS := $(FUZZ_SRCS:%.c=$(BUILD)/%)
REPLAY_PROGS := $(if $(REPLAY_SRC),$(FUZZ_SRCS:tests/fuzz/%.c=$(BUILD)/replay/%))
SUPPORT_OBJS := $(call objects,$(SUPPORT_SRCS))

LIB := $(BUILD)/libcaseclock.a
SUPPORT := $(BUILD)/libsupport.a
ARCHIVES := -Wl,--start-group $(SUPPORT) $(LIB) -Wl,--end-group

# --- goals -----------------------------------------------------------------

.PHONY: webhooks-npm
.PHONY: all test unit system kill year asan valgrind coverage lint pure bench fuzz demo mutate histories \
	screenshots \
	install uninstall clean tidy cppcheck help programs unit-programs \
	bench-programs fuzz-programs system-programs check-packages FORCE
.DELETE_ON_ERROR:
.SUFFIXES:
MAKEFLAGS += --no-builtin-rules

all: $(PROGRAMS)

help:
	@sed -n 's/^#: //p' Makefile

#: make            the programs, into build/release
#: make test       packages, lint, purity, unit, property and system tests
#: make demo       a minute with a running daemon
#: make unit       unit and property tests; T=NAME for one program
#: make system     system tests; T=NNN for one
#: make asan       unit and system tests under ASan and UBSan
#: make valgrind   unit tests under valgrind
#: make coverage   lines run by the tests, folder by folder
#: make lint pure  house rules; the core calls nothing outside itself
#: make tidy cppcheck   static analysis
#: make histories  20,000 random histories under ASan, a quarter of an hour; CASES=, CC_SEED=
#: make bench      figures, with the limits of the same disk beside them
#: make fuzz       each fuzzer for FUZZ_SECONDS (clang)
#: make kill       kill -9 at KILLS=200 random instants while alerts leave; CC_SEED=
#: make mail-servers   both mail transports against servers of Debian and npm, five minutes
#: make mutate     change each number of the pack; its tests must notice
#: make screenshots   pictures of the HTML mails into docs/screenshots (Chromium)
#: make webhooks-npm   signatures against the reference verifier from npm (node, network)
#: make year       a simulated year of 500 cases with faults, and its table of counts; CC_SEED=
#: make install uninstall   PREFIX=/usr/local DESTDIR=

programs: $(PROGRAMS)
unit-programs: $(PROGRAMS) $(UNIT_PROGS) $(REPLAY_PROGS)
system-programs: $(PROGRAMS) $(HELPER_PROGS)
bench-programs: $(PROGRAMS) $(BENCH_PROGS)
fuzz-programs: $(FUZZ_PROGS)

note = @$(if $(QUIET),:,printf '  %-5s %s\n' $(1) $(2))
other = $(if $(filter build/release,$(BUILD)),build/$(1),$(BUILD)-$(1))
SUB = $(MAKE) --no-print-directory
# Tests that build or install something do it with the same variant.
TEST_MAKE = $(MAKE) -s --no-print-directory -C $(CURDIR) BUILD=$(BUILD) \
	VARIANT=$(VARIANT) CC=$(firstword $(CC))
RUN = CC_BIN=$(BUILD) CC_SRC=$(CURDIR) CC_MAKE="$(TEST_MAKE)" \
	scripts/run-tests -t $(TIMEOUT)

test:
	@scripts/deps build test
	+@CC_MAKE="$(MAKE)" CC_ASAN=$(call other,asan) CC_CC="$(CC)" \
		scripts/test-all $(BUILD)

unit: $(PROGRAMS) $(if $(T),$(filter %/test_$(T),$(UNIT_PROGS)),$(UNIT_PROGS) $(REPLAY_PROGS))
	@$(RUN) -j $(JOBS) -n unit-$(VARIANT) $(filter-out $(PROGRAMS),$^)

system: system-programs
	@$(RUN) -n system-$(VARIANT) \
		$(if $(T),$(filter tests/system/$(T)-%,$(SYSTEM_TESTS)),$(SYSTEM_TESTS))

asan:
	+@$(SUB) BUILD=$(call other,asan) VARIANT=asan unit
	+@$(SUB) BUILD=$(call other,asan) VARIANT=asan system

year: $(PROGRAMS) $(BUILD)/tests/property/test_year
	@$(BUILD)/tests/property/test_year

kill: system-programs
	@dir=$$(mktemp -d) && CC_TMP=$$dir CC_BIN=$(BUILD) CC_SRC=$(CURDIR) CC_KILLS=$(KILLS) \
		PYTHONDONTWRITEBYTECODE=1 PYTHONPATH=tests/system/lib && \
		export CC_TMP CC_BIN CC_SRC CC_KILLS PYTHONDONTWRITEBYTECODE PYTHONPATH && \
		mkdir $$dir/a $$dir/b && \
		CC_TMP=$$dir/a timeout -k 10 1800 sh tests/system/115-kill9-messages.sh && \
		CC_TMP=$$dir/b timeout -k 10 1800 /usr/bin/python3 tests/kill/kill9.py; \
		rc=$$?; rm -rf "$$dir"; exit $$rc

valgrind: $(PROGRAMS) $(if $(T),$(filter %/test_$(T),$(UNIT_PROGS)),$(UNIT_PROGS))
	@CC_BIN=$(BUILD) CC_SRC=$(CURDIR) \
		CC_WRAP="valgrind --quiet --error-exitcode=9 --leak-check=full" \
		scripts/run-tests -t 1800 -j $(JOBS) -n valgrind $(filter-out $(PROGRAMS),$^)

coverage:
	+@$(SUB) BUILD=$(call other,coverage) VARIANT=coverage coverage-clear
	+@$(SUB) BUILD=$(call other,coverage) VARIANT=coverage unit
	+@$(SUB) BUILD=$(call other,coverage) VARIANT=coverage system
	@scripts/coverage $(call other,coverage)

.PHONY: coverage-clear
coverage-clear:
	@if [ -d $(BUILD) ]; then find $(BUILD) -name '*.gcda' -exec rm -f {} +; fi

# The property tests, long: a new seed each time, or the one in CC_SEED.
CASES ?= 20000
PROPERTY_PROGS := $(filter $(BUILD)/tests/property/%,$(UNIT_PROGS))

histories:
	+@$(SUB) BUILD=$(call other,asan) VARIANT=asan run-histories

.PHONY: run-histories
run-histories: $(PROPERTY_PROGS)
	@CC_SEED=$${CC_SEED:-$$(date +%s)}; export CC_SEED; \
		echo "histories: CC_SEED=$$CC_SEED CC_CASES=$(CASES)"; \
		CC_CASES=$(CASES) scripts/run-tests -t 7200 -j $(JOBS) -n histories $^

lint:
	@scripts/lint

pure: $(ALL_OBJS)
	@NM="$(NM)" scripts/pure $(BUILD)/obj

bench: bench-programs
	@CC_BIN=$(CURDIR)/$(BUILD) CC_SRC=$(CURDIR) scripts/bench $(BENCH_PROGS)

fuzz:
	+@$(SUB) CC=clang BUILD=$(call other,fuzz) VARIANT=fuzz fuzz-programs
	@scripts/fuzz $(FUZZ_SECONDS) $(FUZZ_SRCS:%.c=$(call other,fuzz)/%)

# Fetches servers into build/peers; needs node and npm besides what `make test` needs.
.PHONY: mail-servers
mail-servers: $(PROGRAMS) $(BUILD)/tests/system/mail_sender
	@CC_BIN=$(CURDIR)/$(BUILD) CC_SRC=$(CURDIR) sh tests/peers/mail-servers.sh

mutate: $(CLI)
	@scripts/mutate-pack -j $(JOBS) policy/packs/texas-cps $(CLI)

# Fetches from the npm registry, so it is no part of `make test`.
webhooks-npm: $(BUILD)/tests/system/post_webhooks
	@scripts/webhooks-npm $(BUILD)

demo:
	@scripts/deps build demo
	+@$(SUB) all
	@CC_BIN=$(CURDIR)/$(BUILD) CC_SRC=$(CURDIR) scripts/demo

# Slow: it wants Chromium.
screenshots: $(CLI)
	@scripts/deps screenshots
	@scripts/screenshots $(CLI)

tidy:
	@printf '%s\n' $(foreach d,$(FOLDERS),$(wildcard $(d)/*.c)) | \
		TIDY_FLAGS='$(PKG_CFLAGS) -DCC_VERSION="" -DCC_LIBEXECDIR="" \
		-DCC_SYSCONFDIR="" -DCC_DATADIR=""' \
		xargs -P $(JOBS) -n 4 scripts/tidy
	@echo "tidy: nothing found"

cppcheck:
	@mkdir -p $(BUILD)/cppcheck
	@cppcheck --quiet --std=c11 --error-exitcode=1 --inline-suppr \
		--enable=warning,performance,portability \
		--suppressions-list=scripts/cppcheck.txt \
		--cppcheck-build-dir=$(BUILD)/cppcheck -j $(JOBS) -D_GNU_SOURCE -I. \
		$(foreach d,$(FOLDERS),$(wildcard $(d)/*.c))

clean:
	rm -rf build

# --- rules -----------------------------------------------------------------

# Names missing packages before anything is compiled; never rebuilds anything.
check-packages:
	@PKG_CONFIG="$(PKG_CONFIG)" CC_VARIANT=$(VARIANT) scripts/packages "$(CC)" $(PACKAGES)

check-cmocka: check-packages
	@PKG_CONFIG="$(PKG_CONFIG)" CC_VARIANT=$(VARIANT) scripts/packages "$(CC)" cmocka
.PHONY: check-cmocka

# Files that change only when their text does: flags, folders' contents.
define write_if_changed
	@mkdir -p $(@D)
	@printf '%s\n' '$(subst ','\'',$(1))' | cmp -s - $@ || \
		printf '%s\n' '$(subst ','\'',$(1))' > $@
endef

$(BUILD)/.flags: FORCE
	$(call write_if_changed,$(CC) $(ALL_CPPFLAGS) $(ALL_CFLAGS) $(ALL_LDFLAGS))
$(BUILD)/.paths: FORCE
	$(call write_if_changed,$(PATHS))
$(BUILD)/.objects: FORCE
	$(call write_if_changed,$(ALL_OBJS) $(SUPPORT_OBJS))
FORCE:

# The objects that use PATHS; all, if a header does.
PATH_USERS := $(shell grep -lwE 'CC_(VERSION|LIBEXECDIR|SYSCONFDIR|DATADIR)' \
	$(foreach d,$(FOLDERS),$(wildcard $(d)/*.[ch])) 2>/dev/null)
PATH_OBJS := $(if $(filter %.h,$(PATH_USERS)),$(ALL_OBJS),$(call objects,$(PATH_USERS)))
$(PATH_OBJS): PATH_CPPFLAGS = $(PATHS)
$(PATH_OBJS): $(BUILD)/.paths

$(BUILD)/obj/%.o: %.c $(BUILD)/.flags | check-packages
	@mkdir -p $(@D)
	$(call note,CC,$<)
	@$(COMPILE) -MMD -MP -c -o $@ $<

$(LIB): $(LIB_OBJS) $(BUILD)/.objects
	@rm -f $@
	@$(AR) rcs $@ $(LIB_OBJS)

$(SUPPORT): $(SUPPORT_OBJS) $(BUILD)/.objects
	@rm -f $@
	@$(AR) rcs $@ $(SUPPORT_OBJS)

# Modules that are loaded may call what notify/module.syms names.
$(BUILD)/caseclockd: $(DAEMON_OBJS) $(BUILD)/.objects notify/module.syms
	$(call note,LINK,$@)
	@$(LINK) -Wl,--dynamic-list=notify/module.syms -o $@ $(DAEMON_OBJS) $(DAEMON_LIBS)

$(BUILD)/caseclock: $(CLI_OBJS) $(BUILD)/.objects
	$(call note,LINK,$@)
	@$(LINK) -o $@ $(CLI_OBJS) $(CLI_LIBS)

$(BUILD)/caseclock-mailer: $(WORKER_OBJS) $(BUILD)/.objects
	$(call note,LINK,$@)
	@$(LINK) -o $@ $(WORKER_OBJS) $(MAILER_LIBS)

TEST_OBJS := $(call objects,$(UNIT_SRCS) $(HELPER_SRCS) $(BENCH_SRCS) \
	$(FUZZ_SRCS) $(REPLAY_SRC))
.SECONDARY: $(TEST_OBJS)
$(TEST_OBJS) $(SUPPORT_OBJS): | check-cmocka

define link_test
	@mkdir -p $(@D)
	$(call note,LINK,$@)
	@$(LINK) -o $@ $(filter %.o,$^) $(ARCHIVES) $(TEST_LIBS)
endef

$(UNIT_PROGS) $(HELPER_PROGS) $(BENCH_PROGS) $(FUZZ_PROGS): \
$(BUILD)/%: $(BUILD)/obj/%.o $(LIB) $(SUPPORT)
	$(link_test)

# A fuzzer's harness with a plain main: every file of its corpus once.
$(REPLAY_PROGS): $(BUILD)/replay/%: $(BUILD)/obj/tests/fuzz/%.o \
		$(BUILD)/obj/tests/fuzz/replay.o $(LIB) $(SUPPORT)
	$(link_test)

-include $(wildcard $(patsubst %.o,%.d,$(ALL_OBJS) $(SUPPORT_OBJS) $(TEST_OBJS)))

# --- install ---------------------------------------------------------------

INSTALL ?= install
D = $(DESTDIR)
place = sed -e 's|/usr/sbin/|$(SBINDIR)/|g' -e 's|/usr/libexec/caseclock|$(LIBEXECDIR)|g' \
	-e 's|/usr/share/caseclock|$(DATADIR)|g' -e 's|/usr/share/doc/caseclock|$(DOCDIR)|g' \
	-e 's|/etc/caseclock|$(SYSCONFDIR)/caseclock|g'
UNITS := caseclockd.service caseclockd.socket
PACK_FILES := $(shell find policy/packs -type f 2>/dev/null | sort)
EXAMPLES := caseclockd.yaml directory.csv
# What a module needs to be built, and the example of one.
MODULE_HEADERS := notify/notifier.h wire/message.h scheduler/base.h scheduler/clock.h \
	scheduler/rule.h
MODULE_EXAMPLE := spool.c Makefile README.md

install: all
	$(INSTALL) -d "$(D)$(SBINDIR)" "$(D)$(BINDIR)" "$(D)$(LIBEXECDIR)" \
		"$(D)$(MANDIR)/man1" "$(D)$(MANDIR)/man8" "$(D)$(DOCDIR)" \
		"$(D)$(UNITDIR)" "$(D)$(SYSUSERSDIR)" "$(D)$(TMPFILESDIR)"
	$(INSTALL) -d -m 0755 "$(D)$(SYSCONFDIR)/caseclock"
	$(if $(DAEMON),$(INSTALL) -m 0755 $(DAEMON) "$(D)$(SBINDIR)/caseclockd")
	$(if $(CLI),$(INSTALL) -m 0755 $(CLI) "$(D)$(BINDIR)/caseclock")
	$(if $(MAILER),$(INSTALL) -m 0755 $(MAILER) "$(D)$(LIBEXECDIR)/caseclock-mailer")
	@set -e; for f in $(PACK_FILES:policy/%=%); do \
		$(INSTALL) -D -m 0644 "policy/$$f" "$(D)$(DATADIR)/$$f"; \
	done
	@set -e; for u in $(UNITS); do \
		$(place) systemd/$$u > $(BUILD)/$$u; \
		$(INSTALL) -m 0644 $(BUILD)/$$u "$(D)$(UNITDIR)/$$u"; \
	done
	$(INSTALL) -m 0644 systemd/sysusers.conf "$(D)$(SYSUSERSDIR)/caseclock.conf"
	@$(place) systemd/tmpfiles.conf > $(BUILD)/tmpfiles.conf
	$(INSTALL) -m 0644 $(BUILD)/tmpfiles.conf "$(D)$(TMPFILESDIR)/caseclock.conf"
	$(INSTALL) -m 0644 docs/caseclock.1 "$(D)$(MANDIR)/man1/caseclock.1"
	$(INSTALL) -m 0644 docs/caseclockd.8 "$(D)$(MANDIR)/man8/caseclockd.8"
	$(INSTALL) -m 0644 README.md CHANGELOG.md LICENSE $(wildcard docs/*.md) "$(D)$(DOCDIR)"
	@set -e; for f in $(EXAMPLES); do \
		$(place) docs/examples/$$f > $(BUILD)/$$f; \
		$(INSTALL) -m 0644 $(BUILD)/$$f "$(D)$(SYSCONFDIR)/caseclock/$$f.example"; \
	done
	@set -e; for h in $(MODULE_HEADERS); do \
		$(INSTALL) -D -m 0644 $$h "$(D)$(INCLUDEDIR)/$$h"; \
	done
	@set -e; for f in $(MODULE_EXAMPLE); do \
		$(INSTALL) -D -m 0644 docs/examples/module/$$f "$(D)$(DOCDIR)/module/$$f"; \
	done
	@[ -n "$(D)" ] || sed -n 's/^#. //p' systemd/after-install

uninstall:
	rm -f "$(D)$(SBINDIR)/caseclockd" "$(D)$(BINDIR)/caseclock"
	rm -rf "$(D)$(LIBEXECDIR)" "$(D)$(DATADIR)" "$(D)$(DOCDIR)" "$(D)$(INCLUDEDIR)"
	rm -f $(UNITS:%="$(D)$(UNITDIR)/%")
	rm -f "$(D)$(SYSUSERSDIR)/caseclock.conf" "$(D)$(TMPFILESDIR)/caseclock.conf"
	rm -f "$(D)$(MANDIR)/man1/caseclock.1" "$(D)$(MANDIR)/man8/caseclockd.8"
	rm -f $(EXAMPLES:%="$(D)$(SYSCONFDIR)/caseclock/%.example")
	-rmdir "$(D)$(SYSCONFDIR)/caseclock" 2>/dev/null
