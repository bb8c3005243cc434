#!/bin/sh
# setup.sh [demo|bench|test|test32|ucrt|coverage|soak|dist] - check that what `make demo` and so on needs is there, and
# install what is missing.
#
# On Debian 12 and 13, which have the same names for these packages, it uses apt-get, as root or through sudo. On MSYS2
# it uses pacman. Elsewhere it names what is missing and stops. It takes almost no time when nothing is missing.
set -u

need=${1:-test}
missing=

# want COMMAND PACKAGE...: COMMAND comes with these packages.
want()
{
    if ! command -v "$1" >/dev/null 2>&1; then
        shift
        missing="$missing $*"
    fi
}

case $(uname -s) in
Linux)
    want x86_64-w64-mingw32-gcc gcc-mingw-w64-x86-64-win32
    if [ "$need" = dist ]; then
        want i686-w64-mingw32-gcc gcc-mingw-w64-i686-win32
        want zip zip
    else
        want wine wine wine64
    fi
    if [ "$need" = ucrt ]; then
        want x86_64-w64-mingw32ucrt-gcc gcc-mingw-w64-ucrt64
        want prove perl
    fi
    if [ "$need" = test32 ]; then
        want i686-w64-mingw32-gcc gcc-mingw-w64-i686-win32
        want clang clang
        want prove perl
        want tmux tmux
        test -e /usr/include/x86_64-linux-gnu/gnu/stubs-32.h || test -e /usr/include/gnu/stubs-32.h ||
            missing="$missing libc6-dev-i386 lib32gcc-12-dev libclang-rt-dev"
    fi
    if [ "$need" = soak ]; then
        want spin spin
        want cc gcc libc6-dev
    fi
    if [ "$need" = coverage ]; then
        want clang clang
        want llvm-cov llvm
    fi
    if [ "$need" = test ] || [ "$need" = soak ]; then
        want i686-w64-mingw32-gcc gcc-mingw-w64-i686-win32
        want clang clang
        want clang++ clang
        want clang-format clang-format
        want clang-tidy clang-tidy
        want cppcheck cppcheck
        want shellcheck shellcheck
        want prove perl
        want tmux tmux
        want zip zip
        want unzip unzip
        want hexdump bsdextrautils
        # The sanitizers' run-time library is a package of its own, which has no command. It is missing where clang is.
        echo 'int main(void) { return 0; }' | clang -fsanitize=address -x c - -o /dev/null 2>/dev/null ||
            missing="$missing libclang-rt-dev libc6-dev"
    fi
    ;;
MSYS* | MINGW* | UCRT* | CLANG*)
    case ${MSYSTEM-} in
    CLANG*) # has no GCC, neither for x86_64 nor for ARM64
        prefix=${MINGW_PACKAGE_PREFIX:-mingw-w64-clang-x86_64}
        command -v gcc >/dev/null 2>&1 || want clang "$prefix-clang"
        command -v windres >/dev/null 2>&1 || want llvm-windres "$prefix-llvm-tools"
        ;;
    *) want gcc "${MINGW_PACKAGE_PREFIX:-mingw-w64-ucrt-x86_64}-gcc" ;;
    esac
    case $need in
    test | soak)
        want prove perl
        want cmp diffutils
        ;;
    dist) want zip zip ;;
    esac
    ;;
*_NT* | Windows*)
    # The shell of w64devkit, which is busybox, cannot end a program by its
    # number, and drops each CR.
    case $(uname -s):$need in
    Windows_NT:test | Windows_NT:soak)
        echo 'setup.sh: the tests need MSYS2; this shell can only build and demonstrate: make, make demo' >&2
        exit 1
        ;;
    esac
    want gcc gcc
    test "$need" != dist || want zip zip
    ;;
esac

test -n "$missing" || exit 0

as_root=
if [ "$(id -u 2>/dev/null)" != 0 ]; then
    as_root=sudo
fi
echo "Installing what is missing:$missing"
# shellcheck disable=SC2086 # a list of packages, and a command that may be empty
if command -v apt-get >/dev/null 2>&1 && { [ -z "$as_root" ] || command -v sudo >/dev/null 2>&1; }; then
    $as_root apt-get update -qq &&
        $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends $missing >/dev/null
elif command -v pacman >/dev/null 2>&1; then
    pacman -S --needed --noconfirm $missing
else
    echo "setup.sh: cannot install packages here; please install by hand:$missing" >&2
    exit 1
fi
