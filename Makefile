# Makefile - builds shmwrite and shmread: across with MinGW-w64 on Linux, natively on Windows.
#
#   make               build/shmwrite.exe and build/shmread.exe
#   make ARCH=i686     the same for 32-bit Windows, in build/i686/
#   make demo          build, and run the two against each other
#   make test          build, check and test everything
#   make lint          formatting, static analysis and house rules
#   make fuzz          the fuzzers, FUZZ_SECONDS=10 each
#   make coverage      which lines of the pure code the tests run
#   make mutants       whether the tests see deliberate defects: common/tests/mutants.txt
#   make test32        both tools as 32-bit programs, with each other and with 64-bit ones
#   make test-debian13 make demo and make test on a fresh Debian 13, kept in DEBIAN13=FOLDER
#   make model         the waiting protocol, checked by spin
#   make bench         how fast all of it is; a table, and a plot in build/bench/; BENCH_ONLY=streams: a part of it
#   make soak          the tests that take long
#   make dist          build/winshm-VERSION-ARCH.zip, for both architectures
#   make install       to PREFIX=/usr/local, in DESTDIR= if given
#   make clean         remove build/

ARCH = x86_64
VERSION_NT := $(findstring Windows_NT,$(OS))

# On Windows the compiler that is there, and what it makes programs for; elsewhere MinGW-w64 of Debian's name, with
# Win32 threads, which has both.
ifeq ($(VERSION_NT),)
CROSS = $(ARCH)-w64-mingw32-
ARCHS = x86_64 i686
CC_WINDOWS = $(CROSS)gcc
AR_WINDOWS = $(CROSS)ar
RC_WINDOWS = $(CROSS)windres
else
# $(call first,COMMAND...): the first of these commands that is installed.
# MSYS2's CLANG64 and CLANGARM64 have no GCC.
first = $(or $(firstword $(foreach command,$(1),$(shell command -v $(command) >/dev/null 2>&1 && echo $(command)))),\
	$(firstword $(1)))
CC_WINDOWS := $(call first,gcc clang)
AR_WINDOWS := $(call first,ar llvm-ar)
RC_WINDOWS := $(call first,windres llvm-windres)
override ARCH := $(or $(firstword $(subst -, ,$(shell $(CC_WINDOWS) -dumpmachine))),x86_64)
ARCHS = $(ARCH)
endif
CC_NATIVE = clang

# The commit. Not that of a repository which this source only lies in.
COMMIT := $(or $(if $(wildcard .git),$(shell git describe --always --dirty --exclude='*' 2>/dev/null)),unknown)

BUILD = build$(if $(filter-out x86_64,$(ARCH)),/$(ARCH))
NATIVE = build/native

# `make test` sets this to -Werror. A plain `make` does not: a compiler that nobody has tried yet may warn of something
# new, and that must not stop a user's build.
WERROR =
# $(call quoted,TEXT): TEXT as one word of the shell, whatever characters it has.
quoted = '$(subst ','\'',$(1))'
WARNINGS = -Wall -Wextra -Wconversion -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wvla $(WERROR)
# Includes are written from here: "common/text/name.h".
INCLUDES = -iquote .
# Windows 7 and later; the same bits from the same source. For i686 no tables that only C++ would read.
CFLAGS_WINDOWS = -std=c11 -O2 $(WARNINGS) $(INCLUDES) -D_WIN32_WINNT=0x0601 -DUNICODE -D_UNICODE \
	-ffunction-sections -fdata-sections $(call quoted,-ffile-prefix-map=$(CURDIR)=.) \
	$(if $(filter i686,$(ARCH)),-fno-asynchronous-unwind-tables)
LDFLAGS_WINDOWS = -municode -static-libgcc -s -Wl,--gc-sections,--dynamicbase,--nxcompat,--no-insert-timestamp \
	$(if $(filter-out i686,$(ARCH)),-Wl$(comma)--high-entropy-va)
comma = ,
SANITIZE = -fsanitize=address,undefined -fno-sanitize-recover=all
CFLAGS_NATIVE = -std=c11 -g -O1 $(WARNINGS) $(INCLUDES) $(SANITIZE) -DVALUE_STEPS -DSHARED_STEPS

# Sorted: the order of what is linked is no matter of the folder's.
PURE = $(sort $(wildcard common/text/*.c common/memory/*.c common/console/*.c))
PLATFORM = $(sort $(wildcard common/windows/*.c))
WRITER = $(sort $(filter-out writer/main.c,$(wildcard writer/*.c)))
READER = $(sort $(filter-out reader/main.c,$(wildcard reader/*.c)))

.PHONY: all programs check-program demo demo-now test test-now test-programs lint fuzz fuzzers coverage \
	coverage-programs mutants model bench bench-now soak soak-now dist dist-now install clean setup test32 native-tests32 \
	scenario-programs test-debian13
.DELETE_ON_ERROR:
.SECONDARY:

all: programs
programs: $(BUILD)/shmwrite.exe $(BUILD)/shmread.exe
check-program: $(BUILD)/winshm-check.exe

# ---- The two programs ------------------------------------------------------------------------------------------------

# An archive, so that each program takes only what it uses.
COMMON = $(BUILD)/common.a
$(COMMON): $(patsubst %.c,$(BUILD)/obj/%.o,$(PURE) $(PLATFORM))
	@rm -f $@; $(AR_WINDOWS) rcsD $@ $^

OBJECTS_WRITER = $(patsubst %.c,$(BUILD)/obj/%.o,$(WRITER) writer/main.c) $(COMMON)
OBJECTS_READER = $(patsubst %.c,$(BUILD)/obj/%.o,$(READER) reader/main.c) $(COMMON)

$(BUILD)/shmwrite.exe: $(OBJECTS_WRITER) $(BUILD)/obj/writer/shmwrite.res.o
	@echo "  $@"; $(CC_WINDOWS) -o $@ $^ $(LDFLAGS_WINDOWS)
$(BUILD)/shmread.exe: $(OBJECTS_READER) $(BUILD)/obj/reader/shmread.res.o
	@echo "  $@"; $(CC_WINDOWS) -o $@ $^ $(LDFLAGS_WINDOWS)

# The conformance test of the platform, for Windows: a program of one file, which anybody can run.
# In sections of their own its buffers would be part of the file.
CHECK = common/tests/platform/platform_test.c $(sort $(wildcard common/tests/platform/windows*.c))
$(patsubst %.c,$(BUILD)/obj/%.o,$(CHECK)): CFLAGS_WINDOWS += -fno-data-sections
$(BUILD)/winshm-check.exe: $(patsubst %.c,$(BUILD)/obj/%.o,$(CHECK)) $(COMMON) \
		$(BUILD)/obj/common/tests/platform/winshm-check.res.o
	@echo "  $@"; $(CC_WINDOWS) -o $@ $^ $(LDFLAGS_WINDOWS)

$(BUILD)/obj/%.o: %.c Makefile
	@mkdir -p $(@D)
	@echo "  $@"; $(CC_WINDOWS) $(CFLAGS_WINDOWS) -MMD -MP -c -o $@ $<

# The version, and what Windows is to know before it starts the program.
$(BUILD)/obj/%.res.o: %.rc common/windows/program.rc common/windows/program.manifest common/console/version.h Makefile
	@mkdir -p $(@D)
	@echo "  $@"; $(RC_WINDOWS) -I. -Icommon -O coff -o $@ $<

# One object knows the commit, and is made again when that is another one.
$(BUILD)/obj/common/console/version.o: build/commit-$(COMMIT)
$(BUILD)/obj/common/console/version.o: CFLAGS_WINDOWS += -DBUILD_TEXT='"$(COMMIT)"'
build/commit-$(COMMIT):
	@mkdir -p build
	@rm -f build/commit-*; touch $@

# ---- What the tests run ----------------------------------------------------------------------------------------------

# Small Windows programs in the style of other people's: one file each, no code of ours but the public header.
FIXTURES = $(patsubst common/tests/fixtures/%.c,$(BUILD)/tests/%.exe,$(wildcard common/tests/fixtures/*.c)) \
	$(patsubst common/examples/%.c,$(BUILD)/tests/%.exe,$(wildcard common/examples/*.c)) \
	$(BUILD)/tests/tear.exe $(BUILD)/tests/corners.exe $(BUILD)/tests/shmwrite_steps.exe

CFLAGS_FIXTURE = -std=c11 -O2 -Wall -Wextra $(WERROR) -Icommon/include -s -static-libgcc
$(BUILD)/tests/%_w.exe: common/tests/fixtures/%_w.c Makefile
	@mkdir -p $(@D)
	@echo "  $@"; $(CC_WINDOWS) $(CFLAGS_FIXTURE) -municode -MMD -MP -o $@ $<
$(BUILD)/tests/%.exe: common/tests/fixtures/%.c Makefile
	@mkdir -p $(@D)
	@echo "  $@"; $(CC_WINDOWS) $(CFLAGS_FIXTURE) -MMD -MP -o $@ $<
$(BUILD)/tests/%.exe: common/examples/%.c Makefile
	@mkdir -p $(@D)
	@echo "  $@"; $(CC_WINDOWS) $(CFLAGS_FIXTURE) -municode -MMD -MP -o $@ $<

# Two with our code inside: one drives it faster than a command can, and a shmwrite that ends in mid-update.
INSIDE = common/tests/fixtures/inside
CFLAGS_INSIDE = $(CFLAGS_WINDOWS) -Icommon/tests/fixtures
$(BUILD)/tests/tear.exe: $(INSIDE)/tear.c $(COMMON) Makefile
	@mkdir -p $(@D)
	@echo "  $@"; $(CC_WINDOWS) $(CFLAGS_INSIDE) -s -static-libgcc -MMD -MP -o $@ $< $(COMMON)

# And one that plays the system for some files of ours, which it includes.
$(BUILD)/tests/corners.exe: $(INSIDE)/corners.c $(COMMON) Makefile
	@mkdir -p $(@D)
	@echo "  $@"; $(CC_WINDOWS) $(CFLAGS_INSIDE) -s -static-libgcc -MMD -MP -o $@ $< $(COMMON)

$(BUILD)/tests/shmwrite_steps.exe: $(INSIDE)/steps.c common/memory/value.c $(OBJECTS_WRITER) Makefile
	@mkdir -p $(@D)
	@echo "  $@"; $(CC_WINDOWS) $(CFLAGS_INSIDE) -DVALUE_STEPS -o $@ $(INSIDE)/steps.c common/memory/value.c \
		$(OBJECTS_WRITER) $(LDFLAGS_WINDOWS)

# The logic of both tools on the simulated machine, under the sanitizers.
TESTS = $(patsubst %.c,$(NATIVE)/%,$(wildcard \
	common/*/tests/*_test.c common/tests/*/*_test.c writer/tests/*_test.c reader/tests/*_test.c))
MACHINE = common/tests/machine/machine.c common/tests/machine/fiber.c common/tests/machine/explorer.c
OBJECTS_NATIVE = $(patsubst %.c,$(NATIVE)/obj/%.o,$(PURE) $(WRITER) $(READER) $(MACHINE))

# An archive, so that a test can have a file of the logic built into itself, and look at each of its steps.
$(NATIVE)/%_test: $(NATIVE)/obj/%_test.o $(NATIVE)/all.a
	@mkdir -p $(@D)
	@echo "  $@"; $(CC_NATIVE) $(SANITIZE) -o $@ $^
$(NATIVE)/all.a: $(OBJECTS_NATIVE)
	@rm -f $@; ar rcsD $@ $^

# The conformance test takes what else it needs of the simulated machine from a file of its own.
$(NATIVE)/common/tests/platform/platform_test: $(NATIVE)/obj/common/tests/platform/simulated.o

# The protocol alone, under the sanitizer that sees a missing order, and does not go together with the others.
PROTOCOL = common/memory/tests/protocol_test.c common/memory/trailer.c common/memory/value.c common/memory/shared.c
PROTOCOL_HEADERS = $(wildcard common/*.h common/*/*.h)
$(NATIVE)/common/memory/tests/protocol_test: $(PROTOCOL) $(PROTOCOL_HEADERS) Makefile
	@mkdir -p $(@D)
	@echo "  $@"; $(CC_NATIVE) -std=c11 -g -O1 $(WARNINGS) $(INCLUDES) -fsanitize=thread -DVALUE_STEPS \
		-o $@ $(PROTOCOL)

$(NATIVE)/obj/%.o: %.c Makefile
	@mkdir -p $(@D)
	@echo "  $@"; $(CC_NATIVE) $(CFLAGS_NATIVE) -MMD -MP -c -o $@ $<

# The ring needs nothing of the machine.
$(NATIVE)/common/memory/tests/ring_test: $(NATIVE)/obj/common/memory/tests/ring_test.o $(NATIVE)/obj/common/memory/ring.o
	@mkdir -p $(@D)
	@echo "  $@"; $(CC_NATIVE) $(SANITIZE) -o $@ $^

# Its two threads once more, under the sanitizer that does not go together with the others.
RING_TSAN = common/memory/tests/ring_tsan_test.c common/memory/ring.c
$(NATIVE)/common/memory/tests/ring_tsan_test: $(RING_TSAN) $(wildcard common/*.h common/*/*.h common/memory/tests/*.h) Makefile
	@mkdir -p $(@D)
	@echo "  $@"; $(CC_NATIVE) -std=c11 -g -O1 $(WARNINGS) $(INCLUDES) -fsanitize=thread -o $@ $(RING_TSAN)

# ---- What fuzzes -----------------------------------------------------------------------------------------------------

# The same objects as the tests', built to be watched by libFuzzer. What was found interesting stays in build/fuzz/.
# A fuzzer takes of them what it has not built into itself.
FUZZERS = $(patsubst %.c,build/fuzz/%,$(notdir $(wildcard common/fuzz/*_fuzz.c)))
FUZZ_SECONDS = 10
CFLAGS_FUZZ = $(CFLAGS_NATIVE) -fsanitize=fuzzer-no-link

build/fuzz/%_fuzz: build/fuzz/obj/common/fuzz/%_fuzz.o build/fuzz/obj/common/fuzz/fuzz.o build/fuzz/all.a
	@echo "  $@"; $(CC_NATIVE) $(SANITIZE) -fsanitize=fuzzer -o $@ $^
build/fuzz/all.a: $(patsubst %.c,build/fuzz/obj/%.o,$(PURE) $(WRITER) $(READER) $(MACHINE))
	@rm -f $@; ar rcsD $@ $^
build/fuzz/obj/%.o: %.c Makefile
	@mkdir -p $(@D)
	@echo "  $@"; $(CC_NATIVE) $(CFLAGS_FUZZ) -MMD -MP -c -o $@ $<

# ---- What the tests are worth ----------------------------------------------------------------------------------------

# The same tests, built to count which lines run. The protocols' two programs for TSan run nothing that others do not.
COVERED = $(patsubst $(NATIVE)/%,build/coverage/%,$(filter-out %_tsan_test,$(TESTS)))
build/coverage/common/tests/platform/platform_test: build/coverage/obj/common/tests/platform/simulated.o
# clang knows static functions by the name of their file, without its folder: and there are two options.c.
CFLAGS_COVERAGE = -std=c11 -g -O0 $(WARNINGS) $(INCLUDES) -DVALUE_STEPS -DSHARED_STEPS -fprofile-instr-generate \
	-fcoverage-mapping -Xclang -main-file-name -Xclang $<

build/coverage/%_test: build/coverage/obj/%_test.o build/coverage/all.a
	@mkdir -p $(@D)
	@echo "  $@"; $(CC_NATIVE) -fprofile-instr-generate -pthread -o $@ $^
build/coverage/all.a: $(patsubst %.c,build/coverage/obj/%.o,$(PURE) $(WRITER) $(READER) $(MACHINE))
	@rm -f $@; ar rcsD $@ $^
build/coverage/obj/%.o: %.c Makefile
	@mkdir -p $(@D)
	@echo "  $@"; $(CC_NATIVE) $(CFLAGS_COVERAGE) -MMD -MP -c -o $@ $<

# ---- What measures ---------------------------------------------------------------------------------------------------

# One program that measures, with what the tools are made of; and the yardsticks it starts.
BENCH = $(BUILD)/bench/bench.exe $(BUILD)/tests/minimal.exe $(BUILD)/tests/nothing.exe
BENCH_MIB = 1024

$(BUILD)/bench/bench.exe: $(patsubst %.c,$(BUILD)/obj/%.o,$(wildcard common/bench/*.c)) $(COMMON)
	@mkdir -p $(@D)
	@echo "  $@"; $(CC_WINDOWS) -o $@ $(filter %.o %.a,$^) $(LDFLAGS_WINDOWS)

# What scripts/demo.bat uses besides the two programs.
DEMO = $(patsubst %,$(BUILD)/tests/%.exe,sample_writer signal_w same_w)

# The same as 32-bit programs; ThreadSanitizer, which knows none, does without.
TESTS32 = $(filter-out %/protocol_test %_tsan_test,$(TESTS))
native-tests32: $(TESTS32)
test32:
	@sh scripts/setup.sh test32
	@$(MAKE) --no-print-directory -j2 native-tests32 NATIVE=build/native32 \
		CC_NATIVE='$(CC_NATIVE) -m32 -D_FILE_OFFSET_BITS=64'
	@$(MAKE) --no-print-directory -j2 scenario-programs
	@$(MAKE) --no-print-directory -j2 scenario-programs ARCH=i686
	@sh scripts/test.sh \
		$(patsubst $(NATIVE)/%,build/native32/%,$(TESTS32))
	@sh scripts/test32.sh

scenario-programs: programs $(FIXTURES) $(BUILD)/winshm-check.exe
test-programs: scenario-programs $(if $(VERSION_NT),,$(TESTS))

# ---- What people type ------------------------------------------------------------------------------------------------

# Installing goes first. A make of its own, for NAME-now, then finds the compiler
# that was installed, and with it the architecture and the folder.
setup:
	@sh scripts/setup.sh

demo:
	@sh scripts/setup.sh demo
	@$(MAKE) --no-print-directory demo-now
demo-now: programs $(DEMO)
	@sh scripts/demo.sh $(BUILD)

# On Windows the scenarios, with what the compiler there makes.
STRICT = $(if $(VERSION_NT),,WERROR=-Werror)
test: setup
	@$(MAKE) --no-print-directory test-now
test-now:
	@$(if $(VERSION_NT),:,$(MAKE) --no-print-directory lint)
	@$(MAKE) --no-print-directory -j2 test-programs $(STRICT)
	@$(if $(VERSION_NT),:,$(MAKE) --no-print-directory -j2 programs check-program ARCH=i686 $(STRICT))
	@$(if $(VERSION_NT),:,$(MAKE) --no-print-directory fuzz FUZZ_SECONDS=8 $(STRICT))
	@WINSHM_BUILD='$(BUILD)' sh scripts/test.sh

# Its downloads are large, so they outlive `make clean`.
DEBIAN13 = /var/cache/winshm-debian13
test-debian13:
	@sh scripts/debian13.sh $(call quoted,$(DEBIAN13))

fuzzers: $(FUZZERS)
fuzz: setup
	@$(MAKE) --no-print-directory -j2 fuzzers
	@sh scripts/fuzz.sh $(FUZZ_SECONDS) $(FUZZERS)

coverage-programs: $(COVERED)
coverage:
	@sh scripts/setup.sh coverage
	@$(MAKE) --no-print-directory -j2 coverage-programs
	@sh scripts/coverage.sh $(COVERED)

mutants:
	@sh scripts/setup.sh soak
	@$(MAKE) --no-print-directory -j2 $(TESTS)
	@$(MAKE) --no-print-directory -j2 fuzzers
	@sh scripts/mutants.sh common/tests/mutants.txt

model:
	@sh scripts/setup.sh soak
	@sh scripts/model.sh

bench:
	@sh scripts/setup.sh bench
	@$(MAKE) --no-print-directory bench-now
bench-now: programs $(BENCH)
	@bash scripts/bench.sh $(BUILD) $(BENCH_MIB)

soak:
	@sh scripts/setup.sh soak
	@$(MAKE) --no-print-directory soak-now
soak-now:
	@$(MAKE) --no-print-directory -j2 test-programs
	@WINSHM_BUILD='$(BUILD)' sh scripts/test.sh --soak

lint:
	@bash scripts/lint.sh

dist:
	@sh scripts/setup.sh dist
	@$(MAKE) --no-print-directory dist-now
dist-now:
	@for arch in $(ARCHS); do \
		$(MAKE) --no-print-directory programs check-program ARCH=$$arch || exit; done
	@$(foreach arch,$(ARCHS),sh scripts/dist.sh $(arch) build$(if $(filter-out x86_64,$(arch)),/$(arch)) &&) :

PREFIX = /usr/local
DESTDIR =
INSTALLED = $(DESTDIR)$(PREFIX)
install: programs
	install -d '$(INSTALLED)/bin' '$(INSTALLED)/include' '$(INSTALLED)/share/doc/winshm/examples'
	install -m 755 $(BUILD)/shmwrite.exe $(BUILD)/shmread.exe '$(INSTALLED)/bin'
	install -m 644 common/include/winshm.h '$(INSTALLED)/include'
	install -m 644 README.md '$(INSTALLED)/share/doc/winshm'
	install -m 644 scripts/examples/*.bat common/examples/*.c '$(INSTALLED)/share/doc/winshm/examples'

clean:
	rm -rf build

-include $(shell find build -name '*.d' 2>/dev/null)
