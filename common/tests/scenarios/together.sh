# shellcheck shell=sh disable=SC2154 # scenario.sh sets $dir, $unique and $build
# together.sh - runs all commands at once on few names, and kills some of them.
#
# Sourced after scenario.sh.
#
# Each worker is a loop in the background, which ends when the file $dir/over
# exists. It writes a word for each of its actions into $dir/done.*, and each
# fault into the failures of the test. `who` is the number of the worker.

# worker FUNCTION ARGUMENT...: start a worker that calls the function in a loop.
worker()
{
    work=$1
    shift
    (
        while [ ! -f "$dir/over" ]; do
            "$work" "$@"
        done
    ) </dev/null >/dev/null 2>&1 &
    workers="$workers $!"
}

# act PROGRAM ARGUMENT...: run a program. $mine is the name of the file with its
# output, which each worker has of its own, and $status is its status.
act()
{
    mine=$dir/acted.$who
    attempt 3 "$mine" "$mine.errors" "$@"
}

# note WORD STATUS...: note the action WORD, and expect one of these statuses.
# If a worker kills programs, a status in $killed_statuses is right, too: that
# of a killed program, and 10 for a command whose holder was killed too early.
# If Wine fails to start a holder (error 1359), it is counted, but is no fault.
note()
{
    noted=$1
    shift
    echo "$noted" >>"$dir/done.$who"
    case " $* $killed_statuses " in
    *" $status "*) ;;
    *)
        if grep -qs 'Internal error (1359)' "$mine.errors"; then
            echo "$noted-without-Wine" >>"$dir/done.$who"
        else
            fail "$noted: status $status: $(cat "$mine.errors")"
        fi
        ;;
    esac
    if [ "$status" -ne 137 ] && [ "$(grep -vc ': hint: ' "$mine.errors")" -gt 1 ]; then
        fail "$noted: more than one line: $(cat "$mine.errors")"
    fi
}

# some_value NUMBER: print a value that repeats one number. A torn value has two
# different numbers.
some_value()
{
    awk -v n="$1" 'BEGIN { for (i = 0; i < 700; i++) printf "%08d\n", n }'
}

put_values()
{
    who=$1
    number=$((number + 1))
    some_value "$1$number" >"$dir/value.$who"
    act shmwrite --put --timeout 60s --size 8K --input "$dir/value.$who" "$unique.$((number % names))"
    note put 0
}

read_values()
{
    who=$1
    number=$((number + 1))
    act shmread --timeout 60s "$unique.$((number % names))"
    note read 0 1
    if [ "$status" -eq 0 ]; then
        if [ "$(wc -l <"$mine")" -ne 700 ] || [ "$(sort -u "$mine" | wc -l)" -ne 1 ]; then
            fail "a value is torn: $(sort "$mine" | uniq -c | head -n 4)"
        fi
        echo whole >>"$dir/done.$who"
    fi
}

look_around()
{
    who=$1
    number=$((number + 1))
    act shmread --list --json "$unique.*"
    note list 0 1
    perl -MJSON::PP -e 'local $/; my $text = <STDIN>; decode_json($text) if length $text' <"$mine" ||
        fail "the list is no JSON: $(cat "$mine")"
    act shmread --stat "$unique.$((number % names))"
    note stat 0 1
}

let_go()
{
    who=$1
    number=$((number + 1))
    act shmwrite --release --timeout 60s "$unique.$((number % names))"
    note release 0 1
    sleep "${pause:-0.2}"
}

# send_and_receive NUMBER: send a stream, one side of which kill_one may kill.
send_and_receive()
{
    who=$1
    number=$((number + 1))
    stream=$unique.stream.$who
    mine=$dir/acted.$who
    timeout "$limit" ${WINSHM_RUN:+"$WINSHM_RUN"} "$build/shmwrite.exe" --stream --timeout 5s \
        --input "$dir/much" "$stream" >"$mine.sent" 2>&1 &
    timeout "$limit" ${WINSHM_RUN:+"$WINSHM_RUN"} "$build/shmread.exe" --wait --timeout 5s "$stream" \
        >"$mine" 2>"$mine.errors"
    status=$?
    note stream 0 1 5 6 9
    wait $!
    if [ "$status" -eq 0 ]; then
        cmp -s "$mine" "$dir/much" || fail 'a stream that ended well is not whole'
        echo whole-stream >>"$dir/done.$who"
    elif [ -s "$mine" ] && ! head -c "$(wc -c <"$mine")" "$dir/much" | cmp -s - "$mine"; then
        fail 'what came of a stream is no beginning of it'
    fi
}

# kill_one NUMBER: kill a random program of this test: a holder, a command or
# one side of a stream.
kill_one()
{
    who=$1
    sleep "0.$((RANDOM_STATE % 5))$((RANDOM_STATE % 7))"
    RANDOM_STATE=$(((RANDOM_STATE * 1103515245 + 12345) % 2147483648))
    victims=$(grep -lsa "$unique" /proc/[0-9]*/cmdline | while IFS=/ read -r _ _ process _; do
        case $(cat "/proc/$process/comm") in shm*) echo "$process" ;; esac
    done 2>/dev/null)
    # shellcheck disable=SC2086 # one word for each process
    set -- $victims
    [ $# -eq 0 ] && return
    shift $((RANDOM_STATE / 65536 % $#))
    kill -9 "$1" 2>/dev/null && echo kill >>"$dir/done.$who"
}

update_values()
{
    who=$1
    number=$((number + 1))
    some_value "$1$number" >"$dir/value.$who"
    act shmwrite --update --timeout 60s --input "$dir/value.$who" "$unique.$((number % names))"
    note update 0 1
}

describe_values()
{
    who=$1
    act shmread --stat --json "$unique.0"
    note stat 0 1
}

# for_seconds SECONDS: wait SECONDS seconds, end the workers, and print how
# often each action was done.
for_seconds()
{
    end=$(($(date +%s) + $1))
    while [ "$(date +%s)" -lt $end ] && [ ! -s "$dir/failures" ]; do
        sleep 1
    done
    : >"$dir/over"
    # shellcheck disable=SC2086 # numbers
    wait $workers
    goal "done:$(cat "$dir"/done.* | sort | uniq -c | awk '{ printf " %s %s,", $1, $2 }')"
    rm -f "$dir/over" "$dir"/done.*
}

# storm SECONDS: run commands on one name, without kills. Each --put must
# succeed.
storm()
{
    names=1
    number=0
    workers=
    killed_statuses=
    pause=0
    for i in 1 2 3; do
        worker put_values "$i"
    done
    worker let_go 4
    worker let_go 5
    worker update_values 6
    worker read_values 7
    worker read_values 8
    worker describe_values 9
    for_seconds "$1"
    pause=
    let_everything_go
}

# together SECONDS: run all commands and streams on three names, with kills.
together()
{
    names=3
    number=0
    killed_statuses='137 10'
    workers=
    RANDOM_STATE=4711
    head -c 2000000 /dev/urandom >"$dir/much"
    worker put_values 1
    worker put_values 2
    worker read_values 3
    worker read_values 4
    worker look_around 5
    worker let_go 6
    worker send_and_receive 7
    worker send_and_receive 8
    worker kill_one 9
    for_seconds "$1"
    let_everything_go
}

# let_everything_go: release all names, and expect that nothing is left.
let_everything_go()
{
    who=end
    for i in $(seq 0 $((names - 1))); do
        act shmwrite --release --timeout 10s "$unique.$i"
        note release 0 1
    done
    until_true nothing_is_left || fail "something is left: $(cat "$dir/left")"
}

# nothing_is_left: whether no memory and no holder of the test exists.
nothing_is_left()
{
    $WINSHM_RUN "$build/shmread.exe" --list "$unique*" >"$dir/left" 2>/dev/null
    [ $? -eq 1 ] && [ -z "$(for i in 0 1 2; do background_of "$unique.$i"; done)" ]
}
