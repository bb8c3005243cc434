#!/bin/sh
# test.sh - run tests, and print how many of them passed and failed.
#
#     scripts/test.sh              run the programs of *_test.c, and all *.t
#     scripts/test.sh --soak       run the scenarios that take long, *.soak
#     scripts/test.sh TEST...      run these tests
#     scripts/test.sh --drop-cr [TEST]...
#                                  run all *.t, or these, with a grep and a sed
#                                  that drop each CR, as those of MSYS2 do
#
# The last line is `N passed, N failed`. build/test-log.txt has the output of
# all tests. No terminal is needed.

set -u
cd "$(dirname "$0")/.." || exit 2
exec </dev/null

# Run one test, and store its TAP also in a file, for count. prove, or the loop
# below, starts this script so.
if [ "${1-}" = --one ]; then
    tap=$WINSHM_SCRATCH.tap/$(echo "$2" | tr '/' '_')
    echo "# $2" >"$tap"
    case $2 in
    *.t | *.soak) sh "$2" ;;
    *) "$2" ;;
    esac >>"$tap" 2>&1
    status=$?
    cat "$tap"
    [ $status -eq 0 ] || echo "# ended with status $status" >>"$tap"
    exit $status
fi

# count: print how many tests passed and failed, as two numbers. A program or
# scenario that reports no tests, fewer tests than it announces, or a status
# other than 0, counts as one more failure, as it does for prove.
count()
{
    awk '
        function close_file() {
            if (plan != seen || seen == 0 || ended) { if (bad == 0) failed++ }
            plan = -1; seen = 0; bad = 0; ended = 0
        }
        FNR == 1 && NR > 1 { close_file() }
        FNR == 1 { plan = -1; seen = 0; bad = 0; ended = 0 }
        /^ok / || /^ok$/ { passed++; seen++ }
        /^not ok/ { failed++; seen++; bad++ }
        /^1\.\.[0-9]+/ { sub(/^1\.\./, ""); plan = $1 + 0 }
        /^# ended with status/ { ended = 1 }
        END { if (NR > 0) close_file(); print passed + 0, failed + 0 }
    ' "$WINSHM_SCRATCH.tap"/*
}

# quoted TEXT: print it as one word of the shell.
quoted()
{
    printf "'"
    printf '%s' "$1" | sed "s/'/'\\\\''/g"
    printf "'"
}

# left_over: print the programs of this project that still run, and under Wine
# kill them. Another run on this machine has programs of its own. So under Wine
# only the programs in the Wine prefix of this run count, and on Windows only
# those in this folder.
left_over()
{
    if [ "$WINSHM_RUN" = wine ]; then
        grep -lszxF "WINEPREFIX=$WINEPREFIX" /proc/[0-9]*/environ | while IFS=/ read -r _ _ process _; do
            command=$(tr '\0' ' ' <"/proc/$process/cmdline")
            if printf '%s\n' "$command" |
                grep -qE 'shm(write|read)(\.exe| --background)|winshm-check|build.*tests.*\.exe'; then
                printf '%s\n' "$command"
                kill -9 "$process"
            fi
        done 2>/dev/null
    elif command -v cygpath >/dev/null; then
        # shellcheck disable=SC2009 # MSYS2 has no pgrep
        ps -W | grep -F "$(cygpath -w "$PWD")" | grep -E '(shm(write|read)|winshm-check|tests.*)\.exe'
    fi
}

if [ "$(uname -s)" = Windows_NT ]; then # this is busybox-w32, the shell of w64devkit
    echo 'test.sh: the tests need MSYS2; this shell can only build and demonstrate' >&2
    exit 2
fi

drop_cr=
if [ "${1-}" = --drop-cr ]; then
    drop_cr=yes
    shift
    [ $# -gt 0 ] || set -- writer/tests/*.t reader/tests/*.t common/tests/scenarios/*.t
fi

case ${1-} in
'')
    # The longest tests come first, so that none of them runs alone at the end.
    set -- common/tests/scenarios/*.t writer/tests/*.t reader/tests/*.t
    for source in writer/tests/*_test.c reader/tests/*_test.c common/*/tests/*_test.c common/tests/*/*_test.c; do
        # These programs are built for Linux only.
        if [ -f "$source" ] && [ "$(uname -s)" = Linux ]; then
            set -- "build/native/${source%.c}" "$@"
        fi
    done
    ;;
--soak)
    set -- writer/tests/*.soak common/tests/scenarios/*.soak
    ;;
esac

for test in "$@"; do
    if [ ! -f "$test" ]; then
        echo "test.sh: $test is missing; make test-programs builds what is run" >&2
        exit 2
    fi
done

# Each run has folders of its own, so that two runs do not disturb each other.
mkdir -p build
WINSHM_SCRATCH=$(mktemp -d build/scratch.XXXXXX) || exit 2
export WINSHM_SCRATCH
mkdir "$WINSHM_SCRATCH.tap" "$WINSHM_SCRATCH.bin"
if [ -n "$drop_cr" ]; then
    for tool in grep sed; do
        # PATH inside is the present PATH, which finds the real tool.
        printf '#!/bin/sh\nPATH=%s\nexec sh %s %s "$@"\n' "$(quoted "$PATH")" "$(quoted "$PWD/scripts/drop-cr.sh")" \
            $tool >"$WINSHM_SCRATCH.bin/$tool"
    done
    chmod +x "$WINSHM_SCRATCH.bin"/*
    PATH=$PWD/$WINSHM_SCRATCH.bin:$PATH
fi

# shellcheck source=common/tests/scenarios/wine.sh
. common/tests/scenarios/wine.sh
trap 'wine_end; rm -rf "$WINSHM_SCRATCH" "$WINSHM_SCRATCH.tap" "$WINSHM_SCRATCH.bin"' EXIT
trap 'exit 130' INT TERM HUP
if ! wine_begin; then
    echo 'test.sh: Wine does not start; see build/wineboot.log' >&2
    exit 2
fi

failed=0
if command -v prove >/dev/null; then
    # Run four at once, even on two processors: the scenarios often wait.
    prove -j4 --timer --exec "sh scripts/test.sh --one" "$@" || failed=1
else
    for test in "$@"; do
        echo "$test"
        sh scripts/test.sh --one "$test" | grep '^not ok'
    done
fi

# shellcheck disable=SC2046 # two words
set -- $(count)
for tap in "$WINSHM_SCRATCH.tap"/*; do
    echo "==== ${tap##*/}"
    cat "$tap"
done >build/test-log.txt

left=$(left_over)
if [ -n "$left" ]; then
    echo "Programs that were left behind:"
    echo "$left"
    set -- "$1" $(($2 + 1))
elif [ $failed -ne 0 ] && [ "$2" -eq 0 ]; then
    set -- "$1" 1
fi
awk '
    /^====/ { file = $0 }
    /^not ok/ { if (file) print file; file = ""; told = 1; print; next }
    /^#/ && told { print; next }
    { told = 0 }
' build/test-log.txt
if ! rmdir "$WINSHM_SCRATCH"; then
    echo 'Files that were left behind:'
    find "$WINSHM_SCRATCH" -type f
    set -- "$1" $(($2 + 1))
fi

echo "$1 passed, $2 failed"
[ "$2" -eq 0 ]
