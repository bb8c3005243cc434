# shellcheck shell=sh
# scenario.sh - what the scenarios, *.t, are written in. Each is a plain sh script that begins
#
#     . "$(dirname "$0")/../../common/tests/scenarios/scenario.sh"
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
# with $unique and only files in $dir, so that scenarios can run at the same time. Its end also ends the
# programs that it started.
#
# Two rules for this file, because the scenarios also run in MSYS2 on Windows:
# - A new process takes 30 to 60 ms there. So the shell itself does as much as
#   it can: `read` instead of cat and head, `case` instead of grep, ${name##*/}
#   instead of basename, and variables instead of $(function).
# - grep and sed drop a CR that they read there, and some shells drop one in
#   $(...). So a CR is compared by cmp, or passes through show_cr first, and no
#   variable has one.

set -u
case $0 in
*/*) cd "${0%/*}" || exit 2 ;;
esac
until [ -f common/platform.h ]; do
    [ "$PWD" != / ] && cd .. || exit 2
done
exec </dev/null

unique=${0##*/}
unique=${unique%.t}.$$
dir=${WINSHM_SCRATCH:-build/scratch}/$unique
build=${WINSHM_BUILD:-build}
limit=60 # seconds, for everything that should take much less

[ ! -d "$dir" ] || rm -rf "$dir"
mkdir -p "$dir/held" || exit 2
: >"$dir/failures"
tests=0
name_of_test=
finished=
own_wine=

scenario_end()
{
    for ended in "$dir"/held/*.pid; do
        if [ -s "$ended" ] && [ ! -s "${ended%.pid}.status" ]; then
            kill -9 "$(cat "$ended")" 2>/dev/null
            until_true test -s "${ended%.pid}.status" # the shell that waits for it writes that into $dir
        fi
    done
    test -z "$finished" && echo "not ok $((tests + 1)) - the scenario runs to its end"
    test -z "$own_wine" || wine_end
    rm -rf "$dir"
}
trap scenario_end EXIT
trap 'exit 130' INT TERM HUP

if [ -z "${WINSHM_RUN+set}" ]; then
    # shellcheck source=common/tests/scenarios/wine.sh
    . common/tests/scenarios/wine.sh
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

# locate NAME: set $located to the path of a tool, or of a program of the tests.
locate()
{
    case $1 in
    shmwrite | shmread) located=$build/$1.exe ;;
    *) located=$build/tests/$1.exe ;;
    esac
}

# program NAME: print that path.
program()
{
    locate "$1"
    echo "$located"
}

# Windows lets administrators and services make memory in Global\, and Wine lets everybody.
no_global='memory in Global\ takes an administrator'
has_global=

makes_global()
{
    if [ -z "$has_global" ]; then
        if on_wine || "$(program shmwrite)" -q --global --hold-for 0 "$unique.privilege" '' 2>/dev/null; then
            has_global=yes
        else
            has_global=no
        fi
    fi
    [ $has_global = yes ]
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

# In session 0, where services run, Local\ and Global\ are one directory.
no_namespaces='Local\ and Global\ are the same in session 0'
has_namespaces=

has_two_namespaces()
{
    if [ -z "$has_namespaces" ]; then
        conclude
        has_namespaces=yes
        hold namespace shmwrite --local "$unique.namespace" 'local'
        attempt 1 "$dir/output" "$dir/errors" shmread -q --global "$unique.namespace"
        [ "$status" -ne 0 ] || has_namespaces=no
        release namespace "$unique.namespace"
    fi
    [ $has_namespaces = yes ]
}

# it_in_two_namespaces NAME: begin a test that makes memory in Global\, and in
# which Local\ is another directory. Otherwise it is skipped, and this returns
# 1.
it_in_two_namespaces()
{
    if has_two_namespaces; then
        it_global "$1"
    else
        skip "$1" "$no_namespaces"
        return 1
    fi
}

# with_backslashes PATH: as cmd wants it.
with_backslashes()
{
    printf '%s' "$1" | tr / "\\\\"
}

# has_text FILE TEXT: a line of the file has that. For files of a few lines.
has_text()
{
    [ -f "$1" ] || return 1
    while IFS= read -r line_of_text || [ -n "$line_of_text" ]; do
        case $line_of_text in
        *"$2"*) return 0 ;;
        esac
    done <"$1"
    return 1
}

# did_not_start STATUS OUTPUT ERRORS: Wine has not started the program, which
# happens once in some thousand times. The program then ends with status 1 after
# a few milliseconds and prints nothing, which no program of ours does; or
# Wine's loader prints a reason; or start.exe does, with which Wine starts
# 32-bit programs. Or a shmwrite reports that it could not start its holder in
# the background. Waits a moment, so that the caller can try again.
did_not_start()
{
    if ! on_wine || [ "$1" -eq 0 ]; then
        return 1
    elif [ "$1" -eq 1 ] && [ ! -s "$2" ] && [ ! -s "$3" ]; then
        :
    elif has_text "$3" 'detected by ld.so' || has_text "$3" 'Internal error (1359)'; then
        :
    elif [ "$1" -eq 1 ] && [ -s "$2" ]; then
        read -r line_of_text <"$2"
        case $line_of_text in
        'Application could not be started'*) ;;
        *) return 1 ;;
        esac
    else
        return 1
    fi
    sleep 0.2
}

# attempt TRIES OUTPUT ERRORS PROGRAM [ARGUMENT]...: to its end, with its status in $status; again if Wine did not start
# it, TRIES times in all.
attempt()
{
    tries=$1
    out=$2
    err=$3
    locate "$4"
    attempted=$located
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

# begin_held ID PROGRAM: forget an earlier program with that ID, and set $id and
# $held, for start and stage.
begin_held()
{
    id=$1
    locate "$2"
    held=$located
    for part_of_held in pid status output errors; do
        : >"$dir/held/$id.$part_of_held"
    done
    echo "$2" >"$dir/held/$id.program"
}

# start ID PROGRAM [ARGUMENT]...: in the background, known as ID from now on.
start()
{
    begin_held "$1" "$2"
    shift 2
    exec 7<&0
    (
        for _ in 1 2 3; do
            $WINSHM_RUN "$held" "$@" <&7 7<&- >"$dir/held/$id.output" 2>"$dir/held/$id.errors" &
            echo $! >"$dir/held/$id.pid"
            wait $!
            status=$?
            did_not_start "$status" "$dir/held/$id.output" "$dir/held/$id.errors" || break
        done
        echo "$status" >"$dir/held/$id.status"
    ) 7<&7 >/dev/null 2>&1 &
    exec 7<&-
}

# until_true COMMAND...: look again and again, at first often, for as long as
# nothing should take. 1 when that was in vain. The time that the command itself
# takes does not count.
until_true()
{
    slept=0 # hundredths of a second
    until "$@"; do
        if [ "$slept" -ge $((limit * 100)) ]; then
            return 1
        elif [ "$slept" -lt 20 ]; then
            slept=$((slept + 2))
            sleep 0.02
        elif [ "$slept" -lt 100 ]; then
            slept=$((slept + 5))
            sleep 0.05
        else
            slept=$((slept + 10))
            sleep 0.1
        fi
    done
}

is_started()
{
    [ -s "$dir/held/$1.pid" ]
}

is_held_or_over()
{
    has_text "$dir/held/$1.errors" 'holding' || has_text "$dir/held/$1.output" 'ready' || is_over "$1"
}

is_over()
{
    [ -s "$dir/held/$1.status" ]
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
    else
        read -r ended <"$dir/held/$1.status"
        if [ "$ended" -ne "$2" ]; then
            fail "$1 ended with $ended instead of $2"
            sed 's/^/#     /' "$dir/held/$1.errors" >>"$dir/failures"
        fi
    fi
    copy "$dir/held/$1.output" "$dir/output"
    copy "$dir/held/$1.errors" "$dir/errors"
    read -r ended <"$dir/held/$1.program"
    echo "$ended" >"$dir/ran"
}

# copy FILE COPY
copy()
{
    if [ -s "$1" ]; then
        cp "$1" "$2"
    else
        : >"$2"
    fi
}

# signal EVENT: set it.
signal()
{
    locate signal_w
    for _ in 1 2 3; do
        $WINSHM_RUN "$located" "$1" && return
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
    read -r pid <"$dir/held/$1.pid"
    kill -9 "$pid"
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

# output_lines LINE...: stdout is these lines, each of which ends in CR LF.
output_lines()
{
    printf '%s\r\n' "$@" >"$dir/output.wanted"
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

# stays_in_job: on Windows the tests may be in a job that no holder can leave.
# Then each --detach prints a note. A first one shows whether it is so.
in_job=

stays_in_job()
{
    if on_wine; then
        return 1
    fi
    if [ -z "$in_job" ]; then
        in_job=no
        "$build/shmwrite.exe" -d --hold-for 0 "$unique.job" '' 2>"$dir/errors.job"
        ! has_text "$dir/errors.job" "$job_note" || in_job=yes
    fi
    [ $in_job = yes ]
}
job_note='the holder belongs to the job of its caller'

# only_job_note: shmwrite, run as it is, printed that note and no more.
only_job_note()
{
    read -r sayer <"$dir/ran"
    if [ "$sayer" = shmwrite ] && has_text "$dir/errors" "$job_note" && stays_in_job; then
        [ "$(wc -l <"$dir/errors")" -eq 1 ]
    else
        return 1
    fi
}

# errors_are_empty: it printed nothing, apart from the note of a job.
errors_are_empty()
{
    if [ -s "$dir/errors" ] && ! only_job_note; then
        fail 'stderr is not empty'
        show "$dir/errors"
    fi
}

errors_have()
{
    has_text "$dir/errors" "$1" || {
        fail "stderr does not have: $1"
        sed 's/^/#     /' "$dir/errors" >>"$dir/failures"
    }
}

errors_lack()
{
    has_text "$dir/errors" "$1" && fail "stderr has: $1"
}

# show_cr <FILE: the same with a \001, which is $cr, in the place of each CR.
cr=$(printf '\001')
show_cr()
{
    tr '\r' '\001'
}

# lines_end_in_cr FILE: each line ends in CR LF, and there is one.
lines_end_in_cr()
{
    show_cr <"$1" | awk -v cr="$cr" 'substr($0, length($0)) != cr { other = 1 } END { exit other || NR == 0 }'
}

# says TEXT [HINT]: exactly one line on stderr, in the shape of all messages, with TEXT in it; with HINT a second line,
# a hint with HINT in it; and nothing on stdout.
says()
{
    errors_have "$1"
    read -r sayer <"$dir/ran"
    show_cr <"$dir/errors" >"$dir/shown"
    {
        message='' hint='' more=''
        IFS= read -r message
        [ $# -eq 1 ] || IFS= read -r hint
        if [ -z "$message" ] || IFS= read -r more || [ -n "$more" ]; then
            fail "stderr has $(wc -l <"$dir/errors") lines"
        fi
    } <"$dir/shown"
    case $message in
    "$sayer: "*[!.]"$cr") ;;
    *)
        fail 'stderr is not in the shape of a message'
        show "$dir/errors"
        ;;
    esac
    case $hint in
    '' | "$sayer: hint: "*"${2-}"*"$cr") ;;
    *)
        fail "the hint is not: ${2-}"
        show "$dir/errors"
        ;;
    esac
    [ $# -eq 1 ] || [ -n "$hint" ] || fail "there is no hint: $2"
    [ ! -s "$dir/output" ] || fail 'stdout is not empty'
}

# version_is TOOL: what it printed is the one line of --version.
version_is()
{
    version=$(sed -n 's/^#define VERSION_TEXT "\(.*\)"$/\1/p' common/console/version.h)
    layout=$(sed -n 's/^#define WINSHM_LAYOUT //p' common/include/winshm.h)
    show_cr <"$dir/output" |
        grep -qE "^$1 $version \([a-z0-9_]+, layout $layout, build ([0-9a-f]{7,40}(-dirty)?|unknown)\)$cr\$" ||
        fail "$(cat "$dir/output")"
    [ "$(wc -l <"$dir/output")" -eq 1 ] || fail 'it is more than one line'
}

# ---- Input -----------------------------------------------------------------------------------------------------------

# ansi_is_1252: the ANSI code page of this system is that of Western Europe, as
# that of Wine is.
ansi_is_1252()
{
    conclude
    printf '\200' >"$dir/euro"
    printf '\342\202\254' >"$dir/euro.wanted"
    hold euro shmwrite --raw --size 4096 "$unique.euro" <"$dir/euro"
    attempt 3 "$dir/output" "$dir/errors" shmread --encoding ansi "$unique.euro"
    mv "$dir/output" "$dir/euro.printed"
    release euro "$unique.euro"
    cmp -s "$dir/euro.printed" "$dir/euro.wanted"
}

# byte NUMBER
byte()
{
    # shellcheck disable=SC2059 # printf makes bytes of its format only
    printf "\\$(($1 / 64))$(($1 / 8 % 8))$(($1 % 8))"
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
    awk -v count="$1" 'BEGIN {
        for (i = 0; count > 0; i++) {
            line = i " bottles of beer on the wall\n"
            printf "%s", substr(line, 1, count)
            count -= length(line)
        }
    }'
}

# part FILE FROM COUNT: some bytes of a file.
part()
{
    tail -c "+$(($2 + 1))" "$1" | head -c "$3"
}
