#!/bin/sh
# test32.sh - run the scenarios with 32-bit programs under Wine.
#
# The scenarios run three times: with both tools as 32-bit programs, and with
# each of them beside a 64-bit other one. Prints the output of scripts/test.sh
# three times.
#
# Wine starts a 32-bit program through a 64-bit one, start.exe, which waits for
# its end. A scenario that kills or stops a program by its process ID would kill
# start.exe instead, so such scenarios are left out. So are the two scenarios
# about the built files, and that of winshm-check.exe: the differences that it
# expects are those of 64-bit programs.
set -u
cd "$(dirname "$0")/.." || exit 2

sh scripts/wine32.sh build/wine32 || exit 2
WINEDLLPATH=$PWD/build/wine32
export WINEDLLPATH

# mix FOLDER WRITER READER: copy shmwrite.exe and its test programs from the
# folder WRITER, and shmread.exe from the folder READER, into FOLDER.
mix()
{
    rm -rf "$1"
    mkdir -p "$1" && cp "$2/shmwrite.exe" "$3/shmread.exe" "$1" && cp -r "$2/tests" "$1" || exit 2
}
mix build/mixed/32-to-64 build/i686 build
mix build/mixed/64-to-32 build build/i686

set --
for scenario in writer/tests/*.t reader/tests/*.t common/tests/scenarios/*.t; do
    case ${scenario##*/} in
    06-build.t | 09-platform.t | 62-dist.t | 30-kills.t | 44-stream-kills.t | 45-stream-peers.t | 61-together.t) ;;
    *) set -- "$@" "$scenario" ;;
    esac
done

result=0
for build in build/i686 build/mixed/32-to-64 build/mixed/64-to-32; do
    echo "---- shmwrite and shmread of $build:"
    for tool in shmwrite shmread; do
        x86_64-w64-mingw32-objdump -f "$build/$tool.exe" | sed -n "s|.*file format \(.*\)|$tool: \1|p"
    done
    WINSHM_BUILD=$build sh scripts/test.sh "$@" || result=1
done
exit $result
