# shellcheck shell=sh
# scenario.sh - the functions with which the scenarios, *.t, are written.
#
# A scenario is a plain sh script. It begins so:
#
#     . "$(dirname "$0")/../../common/tests/scenarios/scenario.sh"
#     goal 'a value given as TEXT can be read back'
#
# Then come the tests. A test begins with `it`, ends at the next `it`, and
# prints one line of TAP. `finish` ends the scenario:
#
#     it 'prints the text that was given'
#     hold demo shmwrite "$unique" 'hello'
#     run 0 shmread "$unique"
#     output_is 'hello'
#     release demo "$unique"
#
# A scenario can be run alone (`sh writer/tests/01-text.t`) or by
# scripts/test.sh. It uses only names that begin with $unique, and only files in
# $dir, so that several scenarios can run at the same time. The programs that it
# started end with it.
#
# Most functions below are an action or an expectation. If an expectation is not
# met, the function calls `fail`, and the present test fails. Functions with the
# names of conditions, such as is_over, only return a status.
#
# Two rules for this file, because the scenarios also run in MSYS2 on Windows:
# - A new process takes 30 to 60 ms there. So use the shell itself where it can
#   do the work: `read` instead of cat and head, `case` instead of grep,
#   ${name##*/} instead of basename, and variables instead of $(function).
# - grep and sed drop each CR that they read there, and some shells drop a CR in
#   $(...). So compare a CR with cmp, or convert it with show_cr first, and never
#   store one in a variable.

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
limit=60 # seconds: the longest time for a step, which should take much less

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
            until_true test -s "${ended%.pid}.status" # the shell that waits for it writes this file
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

# goal SENTENCE: print what the scenario shows, or any other remark, as a
# comment of TAP.
goal()
{
    echo "# $*"
}

# fail SENTENCE: let the present test fail for this reason. The reason goes into
# a file, because a function in a pipeline runs in a subshell.
fail()
{
    printf '# %s\n' "$1" >>"$dir/failures"
}

# conclude: end the present test, if there is one, and print its line of TAP.
conclude()
{
    if [ -n "$name_of_test" ]; then
        tests=$((tests + 1))
        if [ -s "$dir/failures" ] || [ ! -f "$dir/failures" ]; then
            echo "not ok $tests - $name_of_test"
            cat "$dir/failures" || exit 2 # another program has removed our files
            : >"$dir/failures"
        else
            echo "ok $tests - $name_of_test"
        fi
    fi
    name_of_test=
}

# it SENTENCE: begin a test. The sentence says what the tool does.
it()
{
    conclude
    name_of_test=$1
}

# skip SENTENCE REASON: report a test that cannot run here.
skip()
{
    conclude
    tests=$((tests + 1))
    echo "ok $tests - $1 # SKIP $2"
}

# finish: end the scenario, and print how many tests there were.
finish()
{
    conclude
    echo "1..$tests"
    finished=yes
}

# leave_out REASON: end the scenario here, and report the rest of it as skipped.
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

# locate NAME: set $located to the path of a tool or of a program for the tests.
locate()
{
    case $1 in
    shmwrite | shmread) located=$build/$1.exe ;;
    *) located=$build/tests/$1.exe ;;
    esac
}

# program NAME: print the path of a tool or of a program for the tests.
program()
{
    locate "$1"
    echo "$located"
}

# On Windows only administrators and services may create memory in Global\.
# Under Wine every user may.
no_global='memory in Global\ needs an administrator'
has_global=

# makes_global: whether this user may create memory in Global\.
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

# it_global SENTENCE: begin a test that creates memory in Global\. If this user
# may not create such memory, skip the test and return 1.
it_global()
{
    if makes_global; then
        it "$1"
    else
        skip "$1" "$no_global"
        return 1
    fi
}

# In session 0, in which services run, Local\ and Global\ are one directory.
no_namespaces='Local\ and Global\ are the same in session 0'
has_namespaces=

# has_two_namespaces: whether Local\ and Global\ are two directories here.
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

# it_in_two_namespaces SENTENCE: begin a test that creates memory in Global\,
# and for which Local\ must be another directory. If that is not so, skip the
# test and return 1.
it_in_two_namespaces()
{
    if has_two_namespaces; then
        it_global "$1"
    else
        skip "$1" "$no_namespaces"
        return 1
    fi
}

# with_backslashes PATH: print the path with backslashes, for cmd.
with_backslashes()
{
    printf '%s' "$1" | tr / "\\\\"
}

# has_text FILE TEXT: whether a line of the file contains the text. This is for
# files of a few lines, without a new process.
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

# did_not_start STATUS OUTPUT ERRORS: whether Wine has failed to start a program
# that ended with this status, and with these files as its output. That happens
# once in some thousand starts, in one of four forms:
# - The program ends with status 1 after a few milliseconds and prints nothing,
#   which no program of ours does.
# - The loader of Wine prints a reason.
# - start.exe, with which Wine starts 32-bit programs, prints a reason.
# - shmwrite reports that it could not start its holder in the background.
# If so, waits a moment, so that the caller can try again.
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

# attempt TRIES OUTPUT ERRORS PROGRAM [ARGUMENT]...: run a program to its end,
# with its output in these files, and set $status to its status. If Wine fails
# to start it, try again, up to TRIES times in all.
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

# run STATUS PROGRAM [ARGUMENT]...: run a program, and expect that it ends with
# STATUS. $dir/output and $dir/errors have its output, for the expectations
# below.
run()
{
    wanted=$1
    ran=$2
    shift 2
    # If status 1 is expected, a program may rightly end with 1 and print
    # nothing.
    attempt $((wanted == 1 ? 1 : 3)) "$dir/output" "$dir/errors" "$ran" "$@"
    echo "$ran" >"$dir/ran"
    if [ "$status" -ne "$wanted" ]; then
        fail "$ran $*: status $status instead of $wanted"
        sed 's/^/#     /' "$dir/errors" >>"$dir/failures"
    fi
}

# begin_held ID PROGRAM: prepare the files of a program that is to run in the
# background under the name ID, and set $id and $held, for start and stage. An
# earlier program of that name is forgotten.
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

# start ID PROGRAM [ARGUMENT]...: start a program in the background. The
# functions below know it as ID. $dir/held/ has its output, its process ID and
# its status.
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

# until_true COMMAND...: run the command again and again, with growing pauses,
# until it succeeds. Return 1 if it has not succeeded after $limit seconds of
# pauses. The time for the command itself does not count.
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

# is_started ID: whether the program has been started.
is_started()
{
    [ -s "$dir/held/$1.pid" ]
}

# is_held_or_over ID: whether the program has reported that it holds something,
# or has ended.
is_held_or_over()
{
    has_text "$dir/held/$1.errors" 'holding' || has_text "$dir/held/$1.output" 'ready' || is_over "$1"
}

# is_over ID: whether the program has ended.
is_over()
{
    [ -s "$dir/held/$1.status" ]
}

# hold ID PROGRAM [ARGUMENT]...: start a program in the background, and wait
# until it reports that it holds something.
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

# over ID STATUS: wait until the program ends, and expect STATUS. $dir/output
# and $dir/errors have its output, for the expectations below.
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

# copy FILE COPY: copy a file that may be missing, without a new process if it
# is empty.
copy()
{
    if [ -s "$1" ]; then
        cp "$1" "$2"
    else
        : >"$2"
    fi
}

# signal EVENT: set the event of this name.
signal()
{
    locate signal_w
    for _ in 1 2 3; do
        $WINSHM_RUN "$located" "$1" && return
    done
}

# release ID NAME: release NAME, and expect that its holder, the shmwrite known
# as ID, ends with status 0.
release()
{
    signal "$2.winshm.release" || fail "$2 cannot be released"
    over "$1" 0
}

# stop ID NAME: end the test program known as ID, which publishes NAME, and
# expect status 0.
stop()
{
    signal "$2.stop" || fail "$2 cannot be stopped"
    over "$1" 0
}

# drop ID: kill the program, so that it cannot clean up.
drop()
{
    read -r pid <"$dir/held/$1.pid"
    kill -9 "$pid"
    until_true is_over "$1" || fail "$1 survives its end"
}

# ---- The output of a program -----------------------------------------------------------------------------------------

# show FILE: add the beginning of a file to the reasons of a failure.
show()
{
    head -c 96 "$1" | od -An -c | sed 's/^/#     /' >>"$dir/failures"
}

# output_is TEXT: expect exactly this text on stdout.
output_is()
{
    printf '%s' "$1" >"$dir/output.wanted"
    output_equals "$dir/output.wanted"
}

# output_bytes FORMAT: expect exactly these bytes on stdout, a format of printf.
output_bytes()
{
    # shellcheck disable=SC2059
    printf "$1" >"$dir/output.wanted"
    output_equals "$dir/output.wanted"
}

# output_lines LINE...: expect exactly these lines on stdout, each with CR LF.
output_lines()
{
    printf '%s\r\n' "$@" >"$dir/output.wanted"
    output_equals "$dir/output.wanted"
}

# output_equals FILE: expect the bytes of the file on stdout.
output_equals()
{
    if ! cmp -s "$dir/output" "$1"; then
        fail "stdout has $(wc -c <"$dir/output") bytes, and differs from the $(wc -c <"$1") expected, which begin"
        show "$1"
        fail 'and it begins'
        show "$dir/output"
    fi
}

# output_has TEXT: expect a line with this text on stdout.
output_has()
{
    grep -qF -e "$1" "$dir/output" || fail "stdout does not have: $1"
}

# stays_in_job: whether the tests run in a job of Windows that a holder cannot
# leave. Then each --detach prints a note. The first call tries it.
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

# only_job_note: whether shmwrite printed the note about its job, and no more.
only_job_note()
{
    read -r sayer <"$dir/ran"
    if [ "$sayer" = shmwrite ] && has_text "$dir/errors" "$job_note" && stays_in_job; then
        [ "$(wc -l <"$dir/errors")" -eq 1 ]
    else
        return 1
    fi
}

# errors_are_empty: expect nothing on stderr except for the note about a job.
errors_are_empty()
{
    if [ -s "$dir/errors" ] && ! only_job_note; then
        fail 'stderr is not empty'
        show "$dir/errors"
    fi
}

# errors_have TEXT: expect a line with this text on stderr.
errors_have()
{
    has_text "$dir/errors" "$1" || {
        fail "stderr does not have: $1"
        sed 's/^/#     /' "$dir/errors" >>"$dir/failures"
    }
}

# show_cr <FILE: print the file with $cr, which is \001, in place of each CR.
cr=$(printf '\001')
show_cr()
{
    tr '\r' '\001'
}

# lines_end_in_cr FILE: whether the file has lines, and each ends in CR LF.
lines_end_in_cr()
{
    show_cr <"$1" | awk -v cr="$cr" 'substr($0, length($0)) != cr { other = 1 } END { exit other || NR == 0 }'
}

# says TEXT [HINT]: expect exactly one line on stderr, which contains TEXT and
# has the form of all messages. With HINT expect a second line, a hint that
# contains HINT. Expect nothing on stdout.
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

# ---- Values ----------------------------------------------------------------------------------------------------------

# value_is NAME TEXT: expect that shmread prints TEXT for NAME.
value_is()
{
    run 0 shmread "$1"
    output_is "$2"
}

# value_equals FILE [OPTION]...: expect that shmread prints the bytes of the
# file for $unique.
value_equals()
{
    file_of_value=$1
    shift
    run 0 shmread "$@" "$unique"
    output_equals "$file_of_value"
}

# memory_equals FILE: expect that the memory of $unique has the bytes of the
# file.
memory_equals()
{
    run 0 raw_w "$unique"
    output_equals "$1"
}

# holds TEXT [ARGUMENT]...: hold $unique with these arguments and the standard
# input, expect that shmread prints TEXT, and release it.
holds()
{
    printf '%s' "$1" >"$dir/text.wanted"
    shift
    holds_file "$dir/text.wanted" "$@"
}

# holds_file FILE [ARGUMENT]...: the same with the bytes of the file.
holds_file()
{
    file_of_value=$1
    shift
    hold demo shmwrite "$unique" "$@"
    value_equals "$file_of_value"
    release demo "$unique"
}

# background_of NAME: print the ID of the process that holds NAME in the
# background, or nothing if there is none. On Windows it always prints nothing.
background_of()
{
    grep -lsaF -e "$1" /proc/[0-9]*/cmdline | while IFS=/ read -r _ _ process _; do
        case $(tr '\0' ' ' <"/proc/$process/cmdline") in
        "shmwrite --background "*" -- $1 "*) echo "$process" ;;
        esac
    done 2>/dev/null
}

# has_no_holder NAME: whether no process holds NAME in the background.
has_no_holder()
{
    [ -z "$(background_of "$1")" ]
}

# kill_holder NAME: kill the holder in the background, so that it cannot clean
# up.
kill_holder()
{
    holders=$(background_of "$1")
    if [ -z "$holders" ]; then
        fail "nobody holds $1 in the background"
        return
    fi
    # shellcheck disable=SC2086 # one word, or several after a fault
    kill -9 $holders
    until_true has_no_holder "$1" || fail "the holder of $1 survives its end"
}

# is_gone [NAME]: whether the name, or else $unique, does not exist.
is_gone()
{
    $WINSHM_RUN "$build/shmread.exe" -q "${1-$unique}" >/dev/null 2>&1
    [ $? -eq 1 ]
}

# gone [NAME]: expect that the name does not exist.
gone()
{
    is_gone "$@" || fail "${1-$unique} is still there"
}

# goes [NAME]: expect that the name soon does not exist any more.
goes()
{
    until_true is_gone "$@" || fail "${1-$unique} is still held"
}

# let_go [NAME]: release the name, and expect that it does not exist afterwards.
let_go()
{
    run 0 shmwrite --release "${1-$unique}"
    gone "$@"
}

# batch: run the batch file on standard input, and expect status 0. WRITE, READ,
# TESTS and NAME in it are replaced by the two tools, the folder of the test
# programs, and $unique. $dir/output has its output without CRs.
batch()
{
    folder=$(with_backslashes "$build" | sed 's/\\/\\\\/g')
    sed "s|WRITE|$folder\\\\shmwrite.exe|g; s|READ|$folder\\\\shmread.exe|g; s|TESTS|$folder\\\\tests|g
        s|NAME|$unique|g" | awk '{ printf "%s\r\n", $0 }' >"$dir/test.bat"
    for _ in 1 2 3; do
        timeout "$limit" ${WINSHM_RUN:+"$WINSHM_RUN"} cmd /c "$(with_backslashes "$dir/test.bat")" \
            >"$dir/printed" 2>"$dir/errors"
        status=$?
        # cmd and its `start` report so that Wine failed to start a program.
        # Then run the batch file again from its beginning.
        if ! on_wine || ! { grep -q "Can't recognize '.*shm" "$dir/errors" ||
            grep -q '^Application could not be started' "$dir/printed"; }; then
            break
        fi
        $WINSHM_RUN "$build/shmwrite.exe" -q --release "$unique"
    done
    if [ "$status" -ne 0 ]; then
        fail "the batch file ended with $status"
        sed 's/^/#     /' "$dir/errors" >>"$dir/failures"
    fi
    tr -d '\r' <"$dir/printed" >"$dir/output"
}

# ---- Input -----------------------------------------------------------------------------------------------------------

# ansi_is_1252: whether the ANSI code page of this system is that of Western
# Europe, as under Wine.
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

# byte NUMBER: print one byte.
byte()
{
    # shellcheck disable=SC2059 # printf expands \ooo only in its format
    printf "\\$(($1 / 64))$(($1 / 8 % 8))$(($1 % 8))"
}

# every_byte: print every byte value twice, the second time in reverse order. In
# between are CR LF, LF, CR and Ctrl+Z.
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

# bytes COUNT: print COUNT bytes that do not repeat themselves, and that are the
# same each time.
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

# part FILE FROM COUNT: print COUNT bytes of a file, from offset FROM on.
part()
{
    tail -c "+$(($2 + 1))" "$1" | head -c "$3"
}
