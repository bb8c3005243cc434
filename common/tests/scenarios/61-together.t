#!/bin/sh
. "$(dirname "$0")/scenario.sh"
goal 'nothing is lost, torn or left behind when all commands run together and processes are killed'

perl -MJSON::PP -e 1 2>/dev/null || leave_out 'there is no perl with JSON::PP'

# Each worker calls `work` in the background, which ends when the file $dir/over
# exists. It writes a word for each of its actions into $dir/done.*, and each
# fault into the failures of the test. `who` is the number of the worker.

# work FUNCTION NUMBER: call the function in a loop, each time for the next
# name.
work()
{
    who=$2
    number=$2
    while [ ! -f "$dir/over" ]; do
        number=$((number + 1))
        name=$unique.$((number % names))
        "$1"
    done
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
    some_value "$who$number" >"$dir/value.$who"
    act shmwrite --put --timeout 60s --size 8K --input "$dir/value.$who" "$name"
    note put 0
}

read_values()
{
    act shmread --timeout 60s "$name"
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
    act shmread --list --json "$unique.*"
    note list 0 1
    perl -MJSON::PP -e 'local $/; my $text = <STDIN>; decode_json($text) if length $text' <"$mine" ||
        fail "the list is no JSON: $(cat "$mine")"
    act shmread --stat --json "$name"
    note stat 0 1
}

release_values()
{
    act shmwrite --release --timeout 60s "$name"
    note release 0 1
    [ "$names" -eq 1 ] || sleep 0.2
}

# send_and_receive: send a stream, one side of which kill_one may kill.
send_and_receive()
{
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

# kill_one: kill a random program of this test: a holder, a command or
# one side of a stream.
kill_one()
{
    sleep "0.$((random % 5))$((random % 7))"
    random=$(((random * 1103515245 + 12345) % 2147483648))
    victims=$(grep -lsa "$unique" /proc/[0-9]*/cmdline | while IFS=/ read -r _ _ process _; do
        case $(cat "/proc/$process/comm") in shm*) echo "$process" ;; esac
    done 2>/dev/null)
    # shellcheck disable=SC2086 # one word for each process
    set -- $victims
    [ $# -eq 0 ] && return
    shift $((random / 65536 % $#))
    kill -9 "$1" 2>/dev/null && echo kill >>"$dir/done.$who"
}

update_values()
{
    some_value "$who$number" >"$dir/value.$who"
    act shmwrite --update --timeout 60s --input "$dir/value.$who" "$name"
    note update 0 1
}

# together SECONDS NAMES FUNCTION...: start a worker for each function, and end
# them after SECONDS seconds. Print how often each action was done. Then release
# all names, and expect that nothing is left.
together()
{
    end=$(($(date +%s) + $1))
    names=$2
    shift 2
    started=0
    workers=
    for task in "$@"; do
        started=$((started + 1))
        work "$task" $started </dev/null >/dev/null 2>&1 &
        workers="$workers $!"
    done
    while [ "$(date +%s)" -lt $end ] && [ ! -s "$dir/failures" ]; do
        sleep 1
    done
    : >"$dir/over"
    # shellcheck disable=SC2086 # numbers
    wait $workers
    goal "done:$(cat "$dir"/done.* | sort | uniq -c | awk '{ printf " %s %s,", $1, $2 }')"
    rm -f "$dir/over" "$dir"/done.*

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

it 'each --put succeeds while --release, --update, readers and --stat use its name'
killed_statuses=
together "${STORM_SECONDS:-4}" 1 put_values put_values put_values release_values release_values update_values \
    read_values read_values look_around

it 'all commands run together on three names, and are killed'
killed_statuses='137 10'
random=4711
head -c 2000000 /dev/urandom >"$dir/much"
together "${TOGETHER_SECONDS:-6}" 3 put_values put_values read_values read_values look_around release_values \
    send_and_receive send_and_receive kill_one

finish
