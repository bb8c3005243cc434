# Makefile - builds, tests, measures and packs shmwrite and shmread.
#
# On Linux it builds with MinGW-w64, on Windows with the compiler found there.
#
#   make               build build/shmwrite.exe and build/shmread.exe
#   make ARCH=i686     build both for 32-bit Windows, in build/i686/
#   make setup         install the packages for `make test`
#   make demo          build both programs and show them at work
#   make test          build everything, check it and test it
#   make lint          check formatting and house rules, and analyse the source
#   make fuzz          run each fuzzer for FUZZ_SECONDS=10
#   make coverage      print which lines of the pure code the tests run
#   make mutants       plant the defects of common/tests/mutants.txt one by one,
#                      and check that a test detects each
#   make test32        test both tools as 32-bit programs, also with 64-bit ones
#   make test-debian13 run `make setup demo` and `make setup test` on a fresh
#                      Debian 13, which is kept in DEBIAN13=FOLDER
#   make model         check the waiting protocols with spin
#   make bench         measure both tools and print two tables;
#                      BENCH_ONLY=streams measures only streams
#   make soak          run the tests that take long
#   make dist          pack build/winshm-VERSION-ARCH.zip for each architecture
#   make install       install to PREFIX=/usr/local, below DESTDIR= if given
#   make clean         remove build/
#
# Only `make setup` installs packages. The other targets name the missing ones.
# `make setup coverage` installs the packages for `make coverage`, and runs it.

MAKEFLAGS += --no-print-directory

ARCH = x86_64
VERSION_NT := $(findstring Windows_NT,$(OS))

# ARCH is the target architecture. On Windows it is that of the compiler found
# there. Elsewhere the compiler is Debian's MinGW-w64 with Win32 threads, which
# has both architectures in ARCHS.
ifeq ($(VERSION_NT),)
CROSS = $(ARCH)-w64-mingw32-
ARCHS = x86_64 i686
CC_WINDOWS = $(CROSS)gcc
AR_WINDOWS = $(CROSS)ar
RC_WINDOWS = $(CROSS)windres
else
# $(call first,COMMAND...) is the first of these commands that is installed, or
# the first of all if none is. MSYS2's CLANG64 and CLANGARM64 have no GCC.
first = $(or $(firstword $(foreach command,$(1),$(shell command -v $(command) >/dev/null 2>&1 && echo $(command)))),\
	$(firstword $(1)))
CC_WINDOWS := $(call first,gcc clang)
AR_WINDOWS := $(call first,ar llvm-ar)
RC_WINDOWS := $(call first,windres llvm-windres)
override ARCH := $(or $(firstword $(subst -, ,$(shell $(CC_WINDOWS) -dumpmachine))),x86_64)
ARCHS = $(ARCH)
endif
CC_NATIVE = clang
AR_NATIVE = ar

# The commit that --version prints. It is `unknown` outside of a repository. The
# check for .git excludes a repository of some other project around this source.
COMMIT := $(or $(if $(wildcard .git),$(shell git describe --always --dirty --exclude='*' 2>/dev/null)),unknown)

BUILD = build$(if $(filter-out x86_64,$(ARCH)),/$(ARCH))
NATIVE = build/native

# `make test` sets this to -Werror. A plain `make` does not, because a compiler
# of another version may have a new warning, which must not stop a user's build.
WERROR =
# $(call quoted,TEXT) is TEXT as one word of the shell, whatever is in it.
quoted = '$(subst ','\'',$(1))'
comma = ,
WARNINGS = -Wall -Wextra -Wconversion -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wvla $(WERROR)
# Includes are relative to this folder: "common/text/name.h".
CFLAGS = -std=c11 $(WARNINGS) -iquote .
SANITIZE = -fsanitize=address,undefined -fno-sanitize-recover=all
STEPS = -DSHARED_STEPS

# The programs run on Windows 7 and later. They call the printf functions of
# Windows: those of mingw-w64 would add 32 KB to each program. The same source
# builds the same bytes in every folder: no path and no time is in them. For i686
# the compiler leaves out the unwind tables, which only C++ reads.
CFLAGS_WINDOWS = $(CFLAGS) -O2 -D_WIN32_WINNT=0x0601 -D__USE_MINGW_ANSI_STDIO=0 -DUNICODE -D_UNICODE \
	-ffunction-sections -fdata-sections \
	$(call quoted,-ffile-prefix-map=$(CURDIR)=.) $(if $(filter i686,$(ARCH)),-fno-asynchronous-unwind-tables)
LDFLAGS_WINDOWS = -municode -static-libgcc -s -Wl,--gc-sections,--dynamicbase,--nxcompat,--no-insert-timestamp \
	$(if $(filter-out i686,$(ARCH)),-Wl$(comma)--high-entropy-va)

CFLAGS_NATIVE = $(CFLAGS) -g -O1 $(SANITIZE) $(STEPS)
CFLAGS_FUZZ = $(CFLAGS_NATIVE) -fsanitize=fuzzer-no-link
# ThreadSanitizer cannot be combined with the other sanitizers.
CFLAGS_THREAD = $(CFLAGS) -g -O1 -fsanitize=thread $(STEPS)
# To count coverage clang names a static function by its file without the
# folder, and two files are called options.c. -main-file-name adds the folder.
CFLAGS_COVERAGE = $(CFLAGS) -g -O0 $(STEPS) -fprofile-instr-generate -fcoverage-mapping -Xclang -main-file-name -Xclang $<

# Sources are sorted, so that objects are linked in the same order everywhere.
PURE = $(sort $(wildcard common/text/*.c common/memory/*.c common/console/*.c))
PLATFORM = $(sort $(wildcard common/windows/*.c))
VERBS = $(sort $(filter-out %/main.c,$(wildcard writer/*.c reader/*.c)))
MACHINE = $(filter-out %_test.c,$(sort $(wildcard common/tests/machine/*.c)))

# The targets that need more than the compiler. Each checks that its tools are
# installed, and then runs `make TARGET-now`: see the end of this file.
CHECKED = demo test test32 fuzz coverage mutants model bench soak dist

.PHONY: all programs check-program setup lint install clean test-debian13 $(CHECKED) $(CHECKED:=-now) \
	test-programs scenario-programs i686-programs native-tests32 fuzzers coverage-programs
.DELETE_ON_ERROR:
.SECONDARY:

all: programs
programs: $(BUILD)/shmwrite.exe $(BUILD)/shmread.exe
check-program: $(BUILD)/winshm-check.exe

# ---- Objects and archives --------------------------------------------------------------------------------------------

# $(call FLAVOUR,NAME,COMPILER,FOLDER,SOURCES) defines how to compile any source
# to FOLDER/obj/ with CC_COMPILER and CFLAGS_NAME, and how to build FOLDER/all.a
# from the objects of SOURCES. all.a is an archive, so that a program is linked
# with only the objects that it uses, and so that a test or a fuzzer can include
# one of the sources in place of its object.
define FLAVOUR
$(3)/obj/%.o: %.c Makefile
	@mkdir -p $$(@D)
	@echo "  $$@"; $$(CC_$(2)) $$(CFLAGS_$(1)) -MMD -MP -c -o $$@ $$<
$(3)/all.a: $(patsubst %.c,$(3)/obj/%.o,$(4))
	@rm -f $$@; $$(AR_$(2)) rcsD $$@ $$^
endef
$(eval $(call FLAVOUR,WINDOWS,WINDOWS,$(BUILD),$(PURE) $(PLATFORM) $(VERBS)))
$(eval $(call FLAVOUR,NATIVE,NATIVE,$(NATIVE),$(PURE) $(VERBS) $(MACHINE)))
$(eval $(call FLAVOUR,THREAD,NATIVE,$(NATIVE)/thread,$(filter common/memory/%,$(PURE))))
$(eval $(call FLAVOUR,FUZZ,NATIVE,build/fuzz,$(PURE) $(VERBS) $(MACHINE)))
$(eval $(call FLAVOUR,COVERAGE,NATIVE,build/coverage,$(PURE) $(VERBS) $(MACHINE)))

# The commands that link a program from its objects and archives.
define LINK_WINDOWS
@mkdir -p $(@D)
@echo "  $@"; $(CC_WINDOWS) -o $@ $(filter %.o %.a,$^) $(LDFLAGS_WINDOWS)
endef
define LINK_NATIVE
@mkdir -p $(@D)
@echo "  $@"; $(CC_NATIVE) $(LDFLAGS_NATIVE) -o $@ $^
endef
LDFLAGS_NATIVE = $(SANITIZE)

# ---- The two programs ------------------------------------------------------------------------------------------------

$(BUILD)/shmwrite.exe: $(BUILD)/obj/writer/main.o $(BUILD)/obj/writer/shmwrite.res.o $(BUILD)/all.a
	$(LINK_WINDOWS)
$(BUILD)/shmread.exe: $(BUILD)/obj/reader/main.o $(BUILD)/obj/reader/shmread.res.o $(BUILD)/all.a
	$(LINK_WINDOWS)

# The conformance test of the platform, as a single program that every user of
# Windows can run. With -fdata-sections its empty buffers would be in the file.
CHECK = $(patsubst %.c,$(BUILD)/obj/%.o,common/tests/platform/platform_test.c \
	$(sort $(wildcard common/tests/platform/windows*.c)))
$(CHECK): CFLAGS_WINDOWS += -fno-data-sections
$(BUILD)/winshm-check.exe: $(CHECK) $(BUILD)/obj/common/tests/platform/winshm-check.res.o $(BUILD)/all.a
	$(LINK_WINDOWS)

# The resources of a program: its version and its manifest.
$(BUILD)/obj/%.res.o: %.rc common/windows/program.rc common/windows/program.manifest common/console/version.h Makefile
	@mkdir -p $(@D)
	@echo "  $@"; $(RC_WINDOWS) -I. -Icommon -O coff -o $@ $<

# One object contains the commit. It depends on a file whose name has the
# commit, so that it is compiled again when the commit changes.
$(BUILD)/obj/common/console/version.o: build/commit-$(COMMIT)
$(BUILD)/obj/common/console/version.o: CFLAGS_WINDOWS += -DBUILD_TEXT='"$(COMMIT)"'
build/commit-$(COMMIT):
	@mkdir -p build
	@rm -f build/commit-*; touch $@

# ---- Programs for the scenarios --------------------------------------------------------------------------------------

# Small programs for Windows, in the style of other authors. Each is one file,
# with no code of this project but the public header. The examples, and the
# fixtures whose names end in _w, begin with wmain().
FIXTURES = $(patsubst common/tests/fixtures/%.c,$(BUILD)/tests/%.exe,$(wildcard common/tests/fixtures/*.c))
EXAMPLES = $(patsubst common/examples/%.c,$(BUILD)/tests/%.exe,$(wildcard common/examples/*.c))
CFLAGS_FIXTURE = -std=c11 -O2 -Wall -Wextra $(WERROR) -Icommon/include -s -static-libgcc
$(filter %_w.exe,$(FIXTURES)) $(EXAMPLES): CFLAGS_FIXTURE += -municode
define COMPILE_FIXTURE
@mkdir -p $(@D)
@echo "  $@"; $(CC_WINDOWS) $(CFLAGS_FIXTURE) -MMD -MP -o $@ $<
endef
$(FIXTURES): $(BUILD)/tests/%.exe: common/tests/fixtures/%.c Makefile
	$(COMPILE_FIXTURE)
$(EXAMPLES): $(BUILD)/tests/%.exe: common/examples/%.c Makefile
	$(COMPILE_FIXTURE)

# The C example of README.md, as a program.
README_EXAMPLE = $(BUILD)/tests/readme_example
$(README_EXAMPLE).c: README.md Makefile
	@mkdir -p $(@D)
	@{ printf '%s\n' '#include <stdio.h>' '#include <windows.h>' 'int main(void)' '{'; \
		awk '/^```/ { inside = $$0 == "```c"; next } inside' README.md; echo '}'; } >$@
$(README_EXAMPLE).exe: $(README_EXAMPLE).c
	$(COMPILE_FIXTURE)

# Some programs contain code of the tools. tear.exe and wakes.exe update values
# faster than a command can. corners.exe replaces functions of Windows for the
# files that it includes. unaided.exe is shmread with a change in --follow.
INSIDE = common/tests/fixtures/inside
INSIDERS = $(patsubst %,$(BUILD)/tests/%.exe,tear corners wakes)
$(INSIDERS): LDFLAGS_WINDOWS := $(filter-out -municode,$(LDFLAGS_WINDOWS))
$(INSIDERS): $(BUILD)/tests/%.exe: $(BUILD)/obj/$(INSIDE)/%.o $(BUILD)/all.a
	$(LINK_WINDOWS)
$(BUILD)/tests/unaided.exe: $(BUILD)/obj/reader/main.o $(BUILD)/obj/$(INSIDE)/unaided.o $(BUILD)/all.a
	$(LINK_WINDOWS)
scenario-programs: programs check-program $(FIXTURES) $(EXAMPLES) $(README_EXAMPLE).exe $(INSIDERS) \
	$(BUILD)/tests/unaided.exe

# The programs that scripts/demo.bat starts in addition to the two tools.
DEMO = $(patsubst %,$(BUILD)/tests/%.exe,sample_writer signal_w same_w)

# bench.exe measures, and contains code of the tools. It also starts the other
# programs here, to compare the tools with them.
BENCH = $(BUILD)/bench/bench.exe $(patsubst %,$(BUILD)/tests/%.exe,minimal nothing starter)
BENCH_MIB = 1024
$(BUILD)/bench/bench.exe: $(patsubst %.c,$(BUILD)/obj/%.o,$(wildcard common/bench/*.c)) $(BUILD)/all.a
	$(LINK_WINDOWS)

# ---- Native tests and fuzzers ----------------------------------------------------------------------------------------

# The native tests run the logic of both tools on the simulated machine, under
# the sanitizers.
TESTS = $(patsubst %.c,$(NATIVE)/%,$(wildcard \
	common/*/tests/*_test.c common/tests/*/*_test.c writer/tests/*_test.c reader/tests/*_test.c))
$(NATIVE)/%_test: $(NATIVE)/obj/%_test.o $(NATIVE)/all.a
	$(LINK_NATIVE)

# These tests run threads, and are built with ThreadSanitizer.
THREADED = $(filter %/protocol_test %_tsan_test,$(TESTS))
$(THREADED): LDFLAGS_NATIVE = -fsanitize=thread
$(THREADED): $(NATIVE)/%: $(NATIVE)/thread/obj/%.o $(NATIVE)/thread/all.a
	$(LINK_NATIVE)

# All other tests also run as 32-bit programs, for which there is no
# ThreadSanitizer.
TESTS32 = $(filter-out $(THREADED),$(TESTS))
native-tests32: $(TESTS32)

# libFuzzer stores the inputs that reach new code in build/fuzz/.
FUZZERS = $(patsubst common/fuzz/%.c,build/fuzz/%,$(wildcard common/fuzz/*_fuzz.c))
FUZZ_SECONDS = 10
$(FUZZERS): LDFLAGS_NATIVE = $(SANITIZE) -fsanitize=fuzzer
build/fuzz/%_fuzz: build/fuzz/obj/common/fuzz/%_fuzz.o build/fuzz/obj/common/fuzz/fuzz.o build/fuzz/all.a
	$(LINK_NATIVE)
fuzzers: $(FUZZERS)

# The same tests, built to count which lines run. ring_tsan_test is left out: it
# runs no line that ring_test does not run.
COVERED = $(patsubst $(NATIVE)/%,build/coverage/%,$(filter-out %_tsan_test,$(TESTS)))
$(COVERED): LDFLAGS_NATIVE = -fprofile-instr-generate -pthread
build/coverage/%_test: build/coverage/obj/%_test.o build/coverage/all.a
	$(LINK_NATIVE)
coverage-programs: $(COVERED)

# The conformance test calls the simulated machine through simulated.c.
$(NATIVE)/common/tests/platform/platform_test: $(NATIVE)/obj/common/tests/platform/simulated.o
build/coverage/common/tests/platform/platform_test: build/coverage/obj/common/tests/platform/simulated.o

# `make test` compiles the bench, but does not run it.
test-programs: scenario-programs $(BENCH) $(if $(VERSION_NT),,$(TESTS))

# ---- Targets ---------------------------------------------------------------------------------------------------------

# Install the packages for the other targets on the command line, or for
# `make test` if there is none.
setup:
	@sh scripts/setup.sh $(or $(filter $(CHECKED),$(MAKECMDGOALS)),test)
ifneq ($(filter setup,$(MAKECMDGOALS)),)
.NOTPARALLEL: # with -j, too, setup comes before the other targets
endif

# A second make does the work. It evaluates the variables above again, so that
# it finds the compiler that `make setup` has just installed.
$(CHECKED):
	@sh scripts/setup.sh --check $@
	@$(MAKE) $@-now

demo-now: programs $(DEMO)
	@sh scripts/demo.sh $(BUILD)

# On Linux lint runs at the same time as the compilers. On Windows only the
# scenarios run.
test-now:
ifeq ($(VERSION_NT),)
	@$(MAKE) -j3 lint test-programs fuzzers i686-programs WERROR=-Werror
	@sh scripts/fuzz.sh 5 $(FUZZERS)
else
	@$(MAKE) -j2 test-programs
endif
	@WINSHM_BUILD='$(BUILD)' sh scripts/test.sh
i686-programs:
	@$(MAKE) programs check-program ARCH=i686

test32-now:
	@$(MAKE) -j2 native-tests32 NATIVE=build/native32 CC_NATIVE='$(CC_NATIVE) -m32 -D_FILE_OFFSET_BITS=64'
	@$(MAKE) -j2 scenario-programs
	@$(MAKE) -j2 scenario-programs ARCH=i686
	@sh scripts/test.sh $(patsubst $(NATIVE)/%,build/native32/%,$(TESTS32))
	@sh scripts/test32.sh

# The downloads are large, so `make clean` does not remove them.
DEBIAN13 = /var/cache/winshm-debian13
test-debian13:
	@sh scripts/debian13.sh $(call quoted,$(DEBIAN13))

fuzz-now:
	@$(MAKE) -j2 fuzzers
	@sh scripts/fuzz.sh $(FUZZ_SECONDS) $(FUZZERS)

coverage-now:
	@$(MAKE) -j2 coverage-programs
	@sh scripts/coverage.sh $(COVERED)

mutants-now:
	@$(MAKE) -j2 $(TESTS) fuzzers
	@sh scripts/mutants.sh common/tests/mutants.txt

model-now:
	@sh scripts/model.sh

bench-now: programs $(BENCH)
	@bash scripts/bench.sh $(BUILD) $(BENCH_MIB)

soak-now:
	@$(MAKE) -j2 test-programs
	@WINSHM_BUILD='$(BUILD)' sh scripts/test.sh --soak

lint:
	@bash scripts/lint.sh

dist-now:
	@for arch in $(ARCHS); do $(MAKE) programs check-program ARCH=$$arch || exit; done
	@$(foreach arch,$(ARCHS),sh scripts/dist.sh $(arch) build$(if $(filter-out x86_64,$(arch)),/$(arch)) &&) :

PREFIX = /usr/local
DESTDIR =
INSTALLED = $(DESTDIR)$(PREFIX)
install: programs
	install -d '$(INSTALLED)/bin' '$(INSTALLED)/include' '$(INSTALLED)/share/doc/winshm/examples'
	install -m 755 $(BUILD)/shmwrite.exe $(BUILD)/shmread.exe '$(INSTALLED)/bin'
	install -m 644 common/include/winshm.h '$(INSTALLED)/include'
	install -m 644 README.md '$(INSTALLED)/share/doc/winshm'
	install -m 644 writer/README.md '$(INSTALLED)/share/doc/winshm/shmwrite.md'
	install -m 644 reader/README.md '$(INSTALLED)/share/doc/winshm/shmread.md'
	install -m 644 scripts/examples/*.bat scripts/examples/README.md common/examples/*.c '$(INSTALLED)/share/doc/winshm/examples'

clean:
	rm -rf build

-include $(shell find build -name '*.d' 2>/dev/null)
