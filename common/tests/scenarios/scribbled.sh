# shellcheck shell=sh disable=SC2154 # scenario.sh has set $dir and $unique
# scribbled.sh - the tools, while another program writes rubbish over what they use. Sourced after scenario.sh.

# endures PROGRAM ARGUMENT...: it ends in time, with a status that is ours, and with no more than a line about it. A
# crash is none of that: under Wine it ends with 5, and with nothing or with many lines on stderr.
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

# each_tool NAME: everything that can be done with a value.
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

# scribbled SECONDS: values of both kinds, and a stream, are spoiled for that long while they are used.
scribbled()
{
    runs=0
    rounds=0
    seen=
    run 0 shmwrite --put --size 8K "$unique" 'the contents'
    run 0 shmwrite --detach --sealed "$unique.sealed" 'the sealed contents'
    hold scribbler scribbler_w "$unique" 12345
    hold sealed scribbler_w "$unique.sealed" 54321
    end=$(($(date +%s) + $1))
    while [ "$(date +%s)" -lt $end ] && [ ! -s "$dir/failures" ]; do
        each_tool "$unique"
        each_tool "$unique.sealed"
        rounds=$((rounds + 1))

        # A stream, from its beginning to some end.
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
}

stream_is_there()
{
    is_over writer || $WINSHM_RUN "$build/shmread.exe" -q --stat "$unique.stream" >"$dir/stat" 2>&1
}
