# chibo - build, test, install.   `make help` lists the targets; V=1 shows whole commands.
MODE ?= release
PREFIX ?= /usr/local
DESTDIR ?=
V ?= 0
WERROR ?= 0
WITH_READLINE ?= 1
VERSION := 0.1.0

.DELETE_ON_ERROR:
.SUFFIXES:
.DEFAULT_GOAL := all

# --- what Debian 12 must have: installed by `make deps`, which demo and test call -----------------------------
DEPS_BUILD := gcc libc6-dev pkg-config liblua5.4-dev lua5.4 libsqlite3-dev libjansson-dev libutf8proc-dev libsodium-dev libreadline-dev
DEPS_TEST := libcmocka-dev sqlite3 python3 locales tmux less

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 12

# $(call need,PACKAGES): installs those that are missing, as root or through sudo, and says so in one line.
define need
@miss=; for p in $(1); do [ "$$(dpkg-query -W -f '$${db:Status-Status}' $$p 2>/dev/null)" = installed ] || miss="$$miss $$p"; done; \
if [ -n "$$miss" ]; then \
	if ! command -v apt-get >/dev/null; then echo "chibo needs (names as in Debian 12):$$miss" >&2; exit 3; fi; \
	echo "installing:$$miss"; \
	if [ "$$(id -u)" = 0 ]; then sudo=; else sudo=sudo; fi; \
	{ $$sudo apt-get update -qq && $$sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $$miss; } >/tmp/chibo-deps.$$$$ 2>&1 \
		|| { cat /tmp/chibo-deps.$$$$ >&2; rm -f /tmp/chibo-deps.$$$$; exit 3; }; rm -f /tmp/chibo-deps.$$$$; \
fi
endef

deps: ## install what building needs
	$(call need,$(DEPS_BUILD))
deps-test:
	$(call need,$(DEPS_BUILD) $(DEPS_TEST))

# What these two start uses every processor, unless -j was given.
par = $(if $(filter -j%,$(MAKEFLAGS)),,-j$(shell nproc))

demo: deps ## install what is missing, build, run the main job on examples/
	@$(MAKE) $(par) --no-print-directory all
	@sh examples/demo.sh build/$(MODE)/chibo

test: deps-test ## install what is missing, build, run every test
	@$(MAKE) $(par) --no-print-directory check

# --- flags ---------------------------------------------------------------------------------------------------
ifneq ($(filter $(MAKECMDGOALS),help deps deps-test demo test clean fmt),$(MAKECMDGOALS))
WANT_FLAGS := 1
endif
ifeq ($(MAKECMDGOALS),)
WANT_FLAGS := 1
endif

B := build/$(MODE)
CC ?= cc
PKGS := lua5.4 sqlite3 jansson libutf8proc libsodium
ifdef WANT_FLAGS
PKG_CFLAGS := $(shell pkg-config --cflags $(PKGS))
PKG_LIBS := $(shell pkg-config --libs $(PKGS))
endif
WARN := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wold-style-definition -Wpointer-arith \
	-Wvla -Wformat=2 -Wundef -Wwrite-strings
CPPFLAGS_ := -D_GNU_SOURCE -DCB_VERSION='"$(VERSION)"' -DCB_RULES_DIR='"$(PREFIX)/share/chibo/rules"' -Iengine -I$(B)/gen $(CPPFLAGS)
CFLAGS_ := -std=c11 -fPIC -fno-common -fvisibility=hidden $(WARN) $(PKG_CFLAGS)
LDLIBS_ := $(PKG_LIBS) -lm
ifeq ($(WITH_READLINE),1)
CPPFLAGS_ += -DCB_WITH_READLINE
LDLIBS_ += -lreadline
endif
ifeq ($(WERROR),1)
CFLAGS_ += -Werror
endif
ifeq ($(MODE),release)
CFLAGS_ += -O2 -g -DNDEBUG -D_FORTIFY_SOURCE=2 -fstack-protector-strong
LDFLAGS_ := -Wl,-z,relro,-z,now
else ifeq ($(MODE),debug)
CFLAGS_ += -O0 -g3
else ifeq ($(MODE),asan)
# gcc warns of what cannot happen where the sanitizers have changed the code
CFLAGS_ += $(if $(findstring clang,$(CC)),,-Wno-format-truncation -Wno-maybe-uninitialized)
CFLAGS_ += -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer
LDFLAGS_ := -fsanitize=address,undefined
else ifeq ($(MODE),cov)
CFLAGS_ += -O0 -g --coverage
LDFLAGS_ := --coverage
else
$(error MODE is one of release debug asan cov)
endif
CFLAGS_ += $(CFLAGS)

# --- sources -------------------------------------------------------------------------------------------------
LIB_SRC := $(filter-out engine/cli/%,$(wildcard engine/*/*.c))
LIB_OBJ := $(LIB_SRC:%.c=$(B)/%.o) $(B)/gen/scripts.o
MAIN_OBJ := $(patsubst %.c,$(B)/%.o,$(wildcard engine/cli/*.c))
UNIT_SRC := $(wildcard tests/unit/*/*.c)
UNIT_BIN := $(UNIT_SRC:%.c=$(B)/%)
SCRIPTS := $(wildcard scripts/*.lua)
HEADERS := $(wildcard engine/*/*.h)

ifeq ($(V),0)
say = @printf '  %-7s %s\n' $(1) $(2);
else
say =
endif

all: $(B)/chibo ## the program (build/$(MODE)/chibo)

# Objects depend on a stamp that changes when the flags do.
FLAGS_LINE := $(CC) $(CPPFLAGS_) $(CFLAGS_) $(LDFLAGS_) $(LDLIBS_)
$(B)/flags: FORCE
	@mkdir -p $(B); printf '%s\n' '$(subst ','\'',$(FLAGS_LINE))' | cmp -s - $@ || printf '%s\n' '$(subst ','\'',$(FLAGS_LINE))' >$@
FORCE:

$(B)/%.o: %.c $(B)/flags
	@mkdir -p $(@D)
	$(call say,CC,$<) $(CC) $(CPPFLAGS_) $(CFLAGS_) -MMD -MP -c -o $@ $<

$(B)/gen/scripts.c: $(SCRIPTS) Makefile
	@mkdir -p $(@D)
	$(call say,EMBED,scripts) { echo '#include "lua/scripts.h"'; i=0; \
	for f in $(SCRIPTS); do i=$$((i+1)); printf 'static const unsigned char s%d[] = {' $$i; \
		od -An -v -tu1 $$f | sed 's/  *\([0-9][0-9]*\)/\1,/g'; echo '0};'; done; \
	echo 'const struct cb_script cb_scripts[] = {'; i=0; \
	for f in $(SCRIPTS); do i=$$((i+1)); printf '{ "%s", (const char *)s%d, sizeof(s%d) - 1 },\n' $${f##*/} $$i $$i; done; \
	echo '{ 0, 0, 0 } };'; } >$@
$(B)/gen/scripts.o: $(B)/gen/scripts.c $(B)/flags
	$(call say,CC,$<) $(CC) $(CPPFLAGS_) $(CFLAGS_) -c -o $@ $<

$(B)/libchibo.a: $(LIB_OBJ)
	$(call say,AR,$@) rm -f $@ && ar rcs $@ $^
$(B)/libchibo.so: $(LIB_OBJ)
	$(call say,LINK,$@) $(CC) $(CFLAGS_) $(LDFLAGS_) -shared -o $@ $^ $(LDLIBS_)
$(B)/chibo: $(MAIN_OBJ) $(B)/libchibo.a
	$(call say,LINK,$@) $(CC) $(CFLAGS_) $(LDFLAGS_) -o $@ $^ $(LDLIBS_)

# Unit tests: one cmocka program per file; tests may include "tests/unit/test.h".
$(B)/tests/unit/%: tests/unit/%.c $(B)/libchibo.a $(B)/flags
	@mkdir -p $(@D)
	$(call say,TEST,$@) $(CC) $(CPPFLAGS_) -I. $(filter-out -fvisibility=hidden,$(CFLAGS_)) -UNDEBUG $(LDFLAGS_) -MMD -MP -o $@ $< $(B)/libchibo.a $(LDLIBS_) -lcmocka

check: $(B)/chibo $(UNIT_BIN) ## every test, nothing installed (TESTS="tests/cli/import.sh ..." for some)
	@MODE=$(MODE) CHIBO=$(CURDIR)/$(B)/chibo sh tests/run.sh $(if $(TESTS),$(TESTS),$(UNIT_BIN) $(sort $(wildcard tests/cli/*.sh tests/lua/*.sh tests/rules/*.sh)))

# --- structure -----------------------------------------------------------------------------------------------
layers: ## who may include whom
	@sh tests/layers.sh
headers: ## every header compiles alone
	@for h in $(HEADERS); do $(CC) $(CPPFLAGS_) $(CFLAGS_) -Werror -fsyntax-only -x c $$h || exit 1; done; echo "headers: $(words $(HEADERS)) compile alone"
slow: all $(B)/tests/unit/lua/corpus ## the verdicts on every hostile script under valgrind and beside busy loops (minutes; needs valgrind)
	@MODE=$(MODE) CHIBO=$(CURDIR)/$(B)/chibo SLOW=1 sh tests/lua/slow.sh
lint: layers headers $(B)/chibo ## layers, headers, banned functions, layout of the packs, luacheck, the man page
	@sh tests/lint.sh $(B)
fmt: ## clang-format on what git tracks
	@git ls-files '*.c' '*.h' | xargs clang-format -i
stubs: ## what editors know of packs and of console scripts, from the annotations of scripts/*.lua
	@lua5.4 scripts/stubs/make.lua <scripts/rule.lua >scripts/stubs/chibo.d.lua
	@lua5.4 scripts/stubs/console.lua scripts >scripts/console_stubs/chibo.d.lua
bench: all $(B)/walls $(B)/console ## ratios against hand-written SQL, in one run; what the sandbox costs a pack's functions; the console
	@sh tests/bench/run.sh $(CURDIR)/$(B)/chibo
	@$(B)/walls
	@sh tests/bench/console.sh $(CURDIR)/$(B)
$(B)/walls $(B)/console: $(B)/%: tests/bench/%.c $(B)/libchibo.a
	$(call say,BENCH,$@) $(CC) $(CPPFLAGS_) $(CFLAGS_) $(LDFLAGS_) -o $@ $< $(B)/libchibo.a $(LDLIBS_)

# libFuzzer targets, each for FUZZ_SECONDS from the seeds in tests/fuzz/corpus; what they find stays in build/fuzz. All are
# linked with one library, in which files are read in pieces of 61 bytes.
FUZZ_SECONDS ?= 30
FUZZ_SRC := $(wildcard tests/fuzz/*.c)
FUZZ_OBJ := $(LIB_SRC:%.c=build/fuzz/obj/%.o) build/fuzz/obj/scripts.o
FUZZ_FLAGS := $(CPPFLAGS_) -I. -DCB_FEED_CHUNK=61 -std=c11 -O1 -g -fno-sanitize-recover=undefined $(PKG_CFLAGS)
build/fuzz/obj/%.o: %.c Makefile
	@mkdir -p $(@D)
	$(call say,FUZZ,$<) clang $(FUZZ_FLAGS) -fsanitize=fuzzer-no-link,address,undefined -MMD -MP -c -o $@ $<
build/fuzz/obj/scripts.o: $(B)/gen/scripts.c
	@mkdir -p $(@D)
	$(call say,FUZZ,$<) clang $(FUZZ_FLAGS) -fsanitize=fuzzer-no-link,address,undefined -c -o $@ $<
build/fuzz/libchibo.a: $(FUZZ_OBJ)
	$(call say,AR,$@) rm -f $@ && ar rcs $@ $^
build/fuzz/%: tests/fuzz/%.c build/fuzz/libchibo.a
	$(call say,FUZZ,$@) clang $(FUZZ_FLAGS) -fsanitize=fuzzer,address,undefined -o $@ $^ $(LDLIBS_)
fuzz: $(FUZZ_SRC:tests/fuzz/%.c=build/fuzz/%) ## libFuzzer over readers, patterns, packs, the compiler of rules (FUZZ_SECONDS=30 each; needs clang)
	@FUZZ_SECONDS=$(FUZZ_SECONDS) sh tests/fuzz/run.sh $(FUZZ_SRC:tests/fuzz/%.c=%)

man: $(B)/chibo.1 ## the man page (needs scdoc)
$(B)/chibo.1: engine/cli/chibo.1.scd
	$(call say,MAN,$@) scdoc <$< >$@
HAVE_SCDOC := $(shell command -v scdoc 2>/dev/null)
SHARE = $(DESTDIR)$(PREFIX)/share

install: all $(if $(HAVE_SCDOC),$(B)/chibo.1) ## PREFIX= DESTDIR= (the man page where scdoc is installed)
	install -d $(DESTDIR)$(PREFIX)/bin $(SHARE)/chibo/rules $(SHARE)/bash-completion/completions
	install -m 755 $(B)/chibo $(DESTDIR)$(PREFIX)/bin/chibo
	cp -r rules/. $(SHARE)/chibo/rules/
	install -m 644 engine/cli/completion.bash $(SHARE)/bash-completion/completions/chibo
	$(if $(HAVE_SCDOC),install -d $(SHARE)/man/man1 && install -m 644 $(B)/chibo.1 $(SHARE)/man/man1/chibo.1)
uninstall: ## what install put there
	rm -rf $(DESTDIR)$(PREFIX)/bin/chibo $(SHARE)/chibo $(SHARE)/bash-completion/completions/chibo $(SHARE)/man/man1/chibo.1
clean: ## remove build/
	rm -rf build examples/out

.PHONY: all help deps deps-test demo test check layers headers lint fmt bench fuzz slow man install uninstall clean FORCE
-include $(wildcard $(B)/engine/*/*.d $(B)/tests/unit/*/*.d build/fuzz/obj/engine/*/*.d)
