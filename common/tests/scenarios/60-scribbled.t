#!/bin/sh
. "$(dirname "$0")/scenario.sh"
goal 'the tools end in order, whatever another program writes into the memory while they use it'

# endures PROGRAM ARGUMENT...: run a tool, and expect that it ends in time, with
# one of its own statuses and at most one line about it. After a crash stderr
# has no line or many lines; under Wine the status is 5.
endures()
{
    tool=$1
    shift
    attempt 3 "$dir/output" "$dir/errors" "$tool" "$@"
    runs=$((runs + 1))
    lines=$(grep -vc ': hint: ' "$dir/errors")
    case $status in
    0)
        [ "$lines" -eq 0 ] || grep -q 'keeps the memory open' "$dir/errors" || fail "$tool $*: 0, and $lines lines"
        ;;
    1 | 4 | 5 | 6 | 7 | 8 | 9 | 10)
        if [ "$lines" -ne 1 ] || ! grep -q "^$tool: " "$dir/errors"; then
            fail "$tool $*: $status, and not one line:"
            show "$dir/errors"
        fi
        ;;
    *)
        fail "$tool $*: status $status"
        show "$dir/errors"
        ;;
    esac
    seen="$seen $status"
}

# each_tool NAME: use the value with each command that reads or changes it.
each_tool()
{
    endures shmread "$1"
    endures shmread --raw "$1"
    endures shmread --hex --length 4K "$1"
    endures shmread --text --offset 10 "$1"
    endures shmread --encoding utf-16 "$1"
    endures shmread --follow --interval 5ms --timeout 50ms "$1"
    endures shmread --wait --timeout 100ms "$1"
    endures shmread --stat "$1"
    endures shmread --stat --json "$1"
    endures shmread --list "$1*"
    endures shmwrite --timeout 2s --update "$1" 'something new'
    endures shmwrite --timeout 2s --update --offset 3 "$1" 'something else'
    endures shmwrite --update --raw --offset 1 "$1" 'anything'
    endures shmwrite --timeout 2s --put "$1" 'put there'
}

# stream_is_there: whether the stream exists, or its writer has ended.
stream_is_there()
{
    is_over writer || $WINSHM_RUN "$build/shmread.exe" -q --stat "$unique.stream" >"$dir/stat" 2>&1
}

it 'the tools use values, sealed values and streams while scribbler_w.exe overwrites random bytes of them'
head -c 300000 /dev/zero | tr '\0' x >"$dir/much"
runs=0
rounds=0
seen=
run 0 shmwrite --put --size 8K "$unique" 'the contents'
run 0 shmwrite --detach --sealed "$unique.sealed" 'the sealed contents'
hold scribbler scribbler_w "$unique" 12345
hold sealed scribbler_w "$unique.sealed" 54321
end=$(($(date +%s) + ${SCRIBBLE_SECONDS:-6}))
while [ "$(date +%s)" -lt $end ] && [ ! -s "$dir/failures" ]; do
    each_tool "$unique"
    each_tool "$unique.sealed"
    rounds=$((rounds + 1))

    # Send a stream, which may succeed or fail.
    start writer shmwrite --timeout 3s --stream --size 8K --input "$dir/much" "$unique.stream"
    until_true stream_is_there
    start spoiler scribbler_w "$unique.stream" $rounds
    endures shmread --timeout 3s "$unique.stream"
    until_true is_over writer || fail "the stream's writer does not end"
    signal "$unique.stream.stop" 2>/dev/null
    until_true is_over spoiler || fail 'the scribbler does not end'
    case $(cat "$dir/held/writer.status") in
    0 | 5 | 6 | 7 | 9 | 10) ;;
    *) fail "the stream's writer ends with $(cat "$dir/held/writer.status")" ;;
    esac
done
stop scribbler "$unique"
stores=$(tail -n 1 "$dir/output")
stop sealed "$unique.sealed"
goal "$runs runs in $rounds rounds, $stores; statuses:$(echo "$seen" | tr ' ' '\n' | sort -n | uniq -c |
    awk 'NF == 2 { printf " %sx%s", $1, $2 }')"
for name in "$unique" "$unique.sealed"; do
    signal "$name.winshm.release" || fail "$name has no holder"
    goes "$name"
done

finish
