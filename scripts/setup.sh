#!/bin/sh
# setup.sh [TARGET]... - install the packages for `make TARGET`, or `make test`.
# setup.sh --check TARGET - fail if packages are missing, and name them.
#
# On Debian 12 and 13, which have the same names for these packages, it installs
# them with apt-get, as root or through sudo. On other systems it names the
# missing packages and fails. If no package is missing, it does nothing, and
# takes almost no time.
set -u

# want COMMAND PACKAGE...: add the packages to `missing` unless COMMAND exists.
want()
{
    if ! command -v "$1" >/dev/null 2>&1; then
        shift
        missing="$missing $*"
    fi
}

want_sanitizers()
{
    want clang clang
    # The run-time library of the sanitizers is a package without a command.
    echo 'int main(void) { return 0; }' | clang -fsanitize=address -x c - -o /dev/null 2>/dev/null ||
        missing="$missing libclang-rt-dev libc6-dev"
}

# debian_wants TARGET: add the packages that the target needs on Debian.
debian_wants()
{
    case $1 in
    model) ;;
    *) want x86_64-w64-mingw32-gcc gcc-mingw-w64-x86-64-win32 ;;
    esac
    case $1 in
    dist | coverage | fuzz | model) ;;
    *) want wine wine wine64 ;;
    esac
    case $1 in
    test | test32 | dist | soak) want i686-w64-mingw32-gcc gcc-mingw-w64-i686-win32 ;;
    esac
    case $1 in
    test | test32 | fuzz | coverage | mutants | soak) want_sanitizers ;;
    esac
    case $1 in
    test | test32 | mutants | soak)
        want prove perl
        want zip zip
        want unzip unzip
        want hexdump bsdextrautils
        ;;
    esac
    case $1 in
    test)
        want clang++ clang
        want clang-format clang-format
        want clang-tidy clang-tidy
        want cppcheck cppcheck
        want shellcheck shellcheck
        ;;
    test32)
        test -e /usr/include/x86_64-linux-gnu/gnu/stubs-32.h || test -e /usr/include/gnu/stubs-32.h ||
            missing="$missing libc6-dev-i386 lib32gcc-12-dev"
        ;;
    coverage) want llvm-cov llvm ;;
    dist) want zip zip ;;
    model | soak)
        want spin spin
        want cc gcc libc6-dev
        ;;
    ucrt) # not a target of make: for scripts/debian13.sh
        want x86_64-w64-mingw32ucrt-gcc gcc-mingw-w64-ucrt64
        want prove perl
        ;;
    esac
}

# msys2_wants TARGET: add the packages that the target needs in MSYS2.
msys2_wants()
{
    case ${MSYSTEM-} in
    CLANG*) # these environments have no GCC, neither for x86_64 nor for ARM64
        prefix=${MINGW_PACKAGE_PREFIX:-mingw-w64-clang-x86_64}
        command -v gcc >/dev/null 2>&1 || want clang "$prefix-clang"
        command -v windres >/dev/null 2>&1 || want llvm-windres "$prefix-llvm-tools"
        ;;
    *) want gcc "${MINGW_PACKAGE_PREFIX:-mingw-w64-ucrt-x86_64}-gcc" ;;
    esac
    case $1 in
    test | soak)
        want prove perl
        want cmp diffutils
        ;;
    dist) want zip zip ;;
    esac
}

# w64devkit_wants TARGET: add the commands that the target needs in w64devkit.
# Its shell is busybox, which cannot run the tests: it cannot end a program by
# its process ID, and it drops each CR.
w64devkit_wants()
{
    case $(uname -s):$1 in
    Windows_NT:test | Windows_NT:soak)
        echo 'setup.sh: the tests need MSYS2; this shell can only build and demonstrate: make, make demo' >&2
        exit 1
        ;;
    esac
    want gcc gcc
    test "$1" != dist || want zip zip
}

# find_missing TARGET...: set `missing` to the packages that these targets need.
find_missing()
{
    missing=
    for target in "$@"; do
        case $(uname -s) in
        Linux) debian_wants "$target" ;;
        MSYS* | MINGW* | UCRT* | CLANG*) msys2_wants "$target" ;;
        *_NT* | Windows*) w64devkit_wants "$target" ;;
        esac
    done
    # shellcheck disable=SC2086 # a list
    missing=$(printf '%s\n' $missing | sort -u | tr '\n' ' ')
    missing=${missing% }
}

fail()
{
    echo "setup.sh: $*" >&2
    exit 1
}

check=
if [ "${1-}" = --check ]; then
    check=yes
    shift
fi
test $# -gt 0 || set -- test
find_missing "$@"
test -n "$missing" || exit 0

test "$(uname -s)" = Linux || ! command -v pacman >/dev/null 2>&1 ||
    fail "missing: $missing. Install with: pacman -S --needed $missing"
command -v apt-get >/dev/null 2>&1 || fail "missing: $missing. Please install these packages"
test -z "$check" || fail "missing: $missing. Install with: make setup $1"

as_root=
if [ "$(id -u)" != 0 ]; then
    command -v sudo >/dev/null 2>&1 || fail "missing: $missing. To install these packages, run make setup as root"
    as_root=sudo
fi
echo "Installing: $missing"
exec </dev/null # so that apt-get and dpkg cannot ask anything
# shellcheck disable=SC2086 # a list of packages, and a command that may be empty
{
    $as_root apt-get update -qq || fail 'apt-get update has failed'
    $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends $missing >/dev/null ||
        fail "cannot install: $missing"
}
find_missing "$@"
test -z "$missing" || fail "still missing after the installation: $missing"
