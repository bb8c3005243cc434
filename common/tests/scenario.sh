# shellcheck shell=sh
# scenario.sh - what the scenarios, *.t, are written in. Each is a plain sh script that begins
#
#     . "$(dirname "$0")/../../common/tests/scenario.sh"
#     goal 'a value given as TEXT can be read back'
#
# and goes on with tests, which end at the next `it` and each print one line of TAP, and ends with `finish`:
#
#     it 'prints the text that was given'
#     hold demo shmwrite "$unique" 'hello'
#     run 0 shmread "$unique"
#     output_is 'hello'
#     release demo "$unique"
#
# A scenario runs by itself (`sh writer/tests/01-text.t`) as it does from scripts/test.sh. It uses only names that begin
# with $unique and only files in $dir, so that scenarios can run at the same time. What it started ends with it.

set -u
cd "$(dirname "$0")/../.." || exit 2
exec </dev/null

unique=$(basename "$0" .t).$$
dir=${WINSHM_SCRATCH:-build/scratch}/$unique
build=${WINSHM_BUILD:-build}
limit=30 # seconds, for everything that should take much less

rm -rf "$dir"
mkdir -p "$dir/held" || exit 2
: >"$dir/failures"
tests=0
name_of_test=
finished=
own_wine=

scenario_end()
{
    for ended in "$dir"/held/*.pid; do
        if [ -f "$ended" ] && [ ! -f "${ended%.pid}.status" ]; then
            kill -9 "$(cat "$ended")" 2>/dev/null
            until_true test -f "${ended%.pid}.status" # whoever waits for it writes that into $dir
        fi
    done
    test -z "$finished" && echo "not ok $((tests + 1)) - the scenario runs to its end"
    test -z "$own_wine" || wine_end
    rm -rf "$dir"
}
trap scenario_end EXIT
trap 'exit 130' INT TERM HUP

if [ -z "${WINSHM_RUN+set}" ]; then
    # shellcheck source=common/tests/wine.sh
    . common/tests/wine.sh
    own_wine=yes
    wine_begin || exit 2
fi

# ---- Tests -----------------------------------------------------------------------------------------------------------

goal()
{
    echo "# $*"
}

# A failed expectation of the present test. It goes into a file, since a function in a pipeline is in a subshell.
fail()
{
    printf '# %s\n' "$1" >>"$dir/failures"
}

conclude()
{
    if [ -n "$name_of_test" ]; then
        tests=$((tests + 1))
        if [ -s "$dir/failures" ] || [ ! -f "$dir/failures" ]; then
            echo "not ok $tests - $name_of_test"
            cat "$dir/failures" || exit 2 # somebody took our files away
            : >"$dir/failures"
        else
            echo "ok $tests - $name_of_test"
        fi
    fi
    name_of_test=
}

it()
{
    conclude
    name_of_test=$1
}

# skip NAME REASON: a test that cannot be made here.
skip()
{
    conclude
    tests=$((tests + 1))
    echo "ok $tests - $1 # SKIP $2"
}

finish()
{
    conclude
    echo "1..$tests"
    finished=yes
}

# leave_out REASON: end here, with what is left of the scenario skipped.
leave_out()
{
    skip 'the rest of this scenario' "$1"
    finish
    exit
}

# ---- Running programs ------------------------------------------------------------------------------------------------

on_wine()
{
    [ "$WINSHM_RUN" = wine ]
}

# The path of a tool, or of a program of the tests.
program()
{
    case $1 in
    shmwrite | shmread) echo "$build/$1.exe" ;;
    *) echo "$build/tests/$1.exe" ;;
    esac
}

# Windows lets administrators and services make memory in Global\, and Wine everybody.
no_global='memory in Global\ takes an administrator'

makes_global()
{
    on_wine || "$(program shmwrite)" -q --global --hold-for 0 "$unique.privilege" '' 2>/dev/null
}

# it_global NAME: begin a test that makes memory in Global\. Where this user may not, it is skipped, and this returns 1.
it_global()
{
    if makes_global; then
        it "$1"
    else
        skip "$1" "$no_global"
        return 1
    fi
}

# with_backslashes PATH: as cmd wants it.
with_backslashes()
{
    printf '%s' "$1" | tr / "\\\\"
}

# Wine does not start a program now and then, once in some thousand times: after a few milliseconds it ends with status
# 1, and without a word, which no program of ours does; or its loader says why, or its start.exe, which starts 32-bit
# programs. did_not_start STATUS OUTPUT ERRORS: was it that? Then some time has passed, for whoever tries again.
did_not_start()
{
    on_wine && { { [ "$1" -eq 1 ] && [ ! -s "$2" ] && [ ! -s "$3" ]; } || grep -qs 'detected by ld\.so' "$3" ||
        grep -qs '^Application could not be started' "$2"; } && sleep 0.2
}

# attempt TRIES OUTPUT ERRORS PROGRAM [ARGUMENT]...: to its end, with its status in $status; again if Wine did not start
# it, TRIES times in all.
attempt()
{
    tries=$1
    out=$2
    err=$3
    attempted=$(program "$4")
    shift 4
    while :; do
        timeout "$limit" ${WINSHM_RUN:+"$WINSHM_RUN"} "$attempted" "$@" >"$out" 2>"$err"
        status=$?
        tries=$((tries - 1))
        if [ $tries -eq 0 ] || ! did_not_start "$status" "$out" "$err"; then
            break
        fi
    done
}

# run STATUS PROGRAM [ARGUMENT]...: to its end, which must be STATUS. Leaves what it said for the expectations below.
run()
{
    wanted=$1
    ran=$2
    shift 2
    # A program may well end with 1, and in silence.
    attempt $((wanted == 1 ? 1 : 3)) "$dir/output" "$dir/errors" "$ran" "$@"
    echo "$ran" >"$dir/ran"
    if [ "$status" -ne "$wanted" ]; then
        fail "$ran $*: status $status instead of $wanted"
        sed 's/^/#     /' "$dir/errors" >>"$dir/failures"
    fi
}

# start ID PROGRAM [ARGUMENT]...: in the background, known as ID from now on.
start()
{
    id=$1
    held=$(program "$2")
    shift 2
    rm -f "$dir/held/$id".*
    basename "$held" .exe >"$dir/held/$id.program"
    exec 7<&0
    (
        for _ in 1 2 3; do
            $WINSHM_RUN "$held" "$@" <&7 7<&- >"$dir/held/$id.output" 2>"$dir/held/$id.errors" &
            echo $! >"$dir/held/$id.pid"
            wait $!
            status=$?
            did_not_start "$status" "$dir/held/$id.output" "$dir/held/$id.errors" || break
        done
        echo "$status" >"$dir/held/$id.status.new"
        mv "$dir/held/$id.status.new" "$dir/held/$id.status"
    ) 7<&7 >/dev/null 2>&1 &
    exec 7<&-
}

# until_true COMMAND...: look again and again, for as long as nothing should take. 1 when that was in vain.
until_true()
{
    deadline=$(($(date +%s) + limit))
    until "$@"; do
        [ "$(date +%s)" -lt "$deadline" ] || return 1
        sleep 0.02
    done
}

is_held_or_over()
{
    grep -q '^ready' "$dir/held/$1.output" 2>/dev/null ||
        grep -q 'holding' "$dir/held/$1.errors" 2>/dev/null || is_over "$1"
}

is_over()
{
    [ -f "$dir/held/$1.status" ]
}

# hold ID PROGRAM [ARGUMENT]...: start it, and go on when it says that it holds something.
hold()
{
    start "$@"
    if ! until_true is_held_or_over "$1"; then
        fail "$1 holds nothing after $limit s"
    elif is_over "$1"; then
        fail "$1 ended with $(cat "$dir/held/$1.status") instead of holding something"
        sed 's/^/#     /' "$dir/held/$1.errors" >>"$dir/failures"
    fi
}

# over ID STATUS: it ends, with STATUS. Leaves what it said for the expectations below.
over()
{
    if ! until_true is_over "$1"; then
        fail "$1 has not ended after $limit s"
    elif [ "$(cat "$dir/held/$1.status")" -ne "$2" ]; then
        fail "$1 ended with $(cat "$dir/held/$1.status") instead of $2"
        sed 's/^/#     /' "$dir/held/$1.errors" >>"$dir/failures"
    fi
    cp "$dir/held/$1.output" "$dir/output"
    cp "$dir/held/$1.errors" "$dir/errors"
    cp "$dir/held/$1.program" "$dir/ran"
}

# signal EVENT: set it.
signal()
{
    for _ in 1 2 3; do
        $WINSHM_RUN "$(program signal_w)" "$1" && return
    done
}

# release ID NAME: make the shmwrite that holds NAME let go, which is a good end.
release()
{
    signal "$2.winshm.release" || fail "$2 cannot be released"
    over "$1" 0
}

# stop ID NAME: the same for a fixture.
stop()
{
    signal "$2.stop" || fail "$2 cannot be stopped"
    over "$1" 0
}

# drop ID: kill it, as a power cut would.
drop()
{
    kill -9 "$(cat "$dir/held/$1.pid")"
    until_true is_over "$1" || fail "$1 survives its end"
}

# ---- What it said ----------------------------------------------------------------------------------------------------

show()
{
    head -c 96 "$1" | od -An -c | sed 's/^/#     /' >>"$dir/failures"
}

# output_is TEXT: stdout is that, byte for byte.
output_is()
{
    printf '%s' "$1" >"$dir/output.wanted"
    output_equals "$dir/output.wanted"
}

# output_equals FILE
output_equals()
{
    if ! cmp -s "$dir/output" "$1"; then
        fail "stdout has $(wc -c <"$dir/output") bytes, and differs from the $(wc -c <"$1") expected, which begin"
        show "$1"
        fail 'and it begins'
        show "$dir/output"
    fi
}

output_has()
{
    grep -qF -e "$1" "$dir/output" || fail "stdout does not have: $1"
}

# errors_are_empty: it said nothing.
errors_are_empty()
{
    if [ -s "$dir/errors" ]; then
        fail 'stderr is not empty'
        show "$dir/errors"
    fi
}

errors_have()
{
    grep -qF -e "$1" "$dir/errors" || {
        fail "stderr does not have: $1"
        sed 's/^/#     /' "$dir/errors" >>"$dir/failures"
    }
}

errors_lack()
{
    grep -qF -e "$1" "$dir/errors" && fail "stderr has: $1"
}

# says TEXT: exactly one line on stderr, in the shape of all messages, with TEXT in it; and nothing on stdout.
says()
{
    errors_have "$1"
    lines=$(wc -l <"$dir/errors")
    [ "$lines" -eq 1 ] || fail "stderr has $lines lines"
    grep -q "^$(cat "$dir/ran"): .*"'[^.]'"$(printf '\r')\$" "$dir/errors" || {
        fail 'stderr is not in the shape of a message'
        show "$dir/errors"
    }
    [ ! -s "$dir/output" ] || fail 'stdout is not empty'
}

# version_is TOOL: what it printed is the one line of --version.
version_is()
{
    version=$(sed -n 's/^#define VERSION_TEXT "\(.*\)"$/\1/p' common/version.h)
    layout=$(sed -n 's/^#define WINSHM_LAYOUT //p' common/include/winshm.h)
    grep -qE "^$1 $version \([a-z0-9_]+, layout $layout, build ([0-9a-f]{7,40}(-dirty)?|unknown)\)$(printf '\r')\$" \
        "$dir/output" || fail "$(cat "$dir/output")"
    [ "$(wc -l <"$dir/output")" -eq 1 ] || fail 'it is more than one line'
}

# ---- Input -----------------------------------------------------------------------------------------------------------

# byte NUMBER
byte()
{
    # shellcheck disable=SC2059 # printf makes bytes of its format only
    printf "\\$(printf %03o "$1")"
}

# Every byte value, twice, the second time backwards; with a CR LF and a lone LF and CR on the way.
every_byte()
{
    i=0
    while [ $i -lt 256 ]; do
        byte $i
        i=$((i + 1))
    done
    printf '\r\n\n\r\032'
    while [ $i -gt 0 ]; do
        i=$((i - 1))
        byte $i
    done
}

# bytes COUNT: that many which do not repeat, and are the same each time.
bytes()
{
    awk 'BEGIN { for (i = 0; ; i++) printf "%d bottles of beer on the wall\n", i }' | head -c "$1"
}

# part FILE FROM COUNT: some bytes of a file.
part()
{
    tail -c "+$(($2 + 1))" "$1" | head -c "$3"
}
