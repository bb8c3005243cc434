# shellcheck shell=sh disable=SC2154
# stream.sh - functions for the scenarios of streams.
#
# Sourced after scenario.sh. flow_w.exe sends a fixed sequence of bytes, and
# another flow_w.exe checks the sequence, so that no file is needed:
#
#     stage in flow_w make 1000 | start writer shmwrite --stream "$unique"
#     stage reader shmread --wait "$unique" | start out flow_w check
#     over writer 0
#     over reader 0
#     came 1000

# stage ID PROGRAM [ARGUMENT]...: start a program in the background, as start
# does, but with its stdout in the pipeline.
stage()
{
    begin_held "$1" "$2"
    shift 2
    exec 7<&0 6>&1
    (
        for _ in 1 2 3; do
            $WINSHM_RUN "$held" "$@" <&7 >&6 7<&- 6>&- 2>"$dir/held/$id.errors" &
            echo $! >"$dir/held/$id.pid"
            wait $!
            status=$?
            # A flow_w.exe that cannot write ends without a message, too. Then a
            # second try fails as well.
            did_not_start "$status" /dev/null "$dir/held/$id.errors" || break
        done
        exec 6>&- # so that the next program of the pipeline sees the end
        echo "$status" >"$dir/held/$id.status"
    ) 7<&7 >/dev/null 2>&1 &
    exec 7<&- 6>&-
}

# came BYTES: expect that the flow_w.exe known as `out` has received BYTES
# bytes, and that they are right.
came()
{
    over out 0
    output_is "$1"
}

# continue_flow EVENT: end a pause of flow_w.exe, and wait for it if it has only
# just been started.
continue_flow()
{
    locate signal_w
    # shellcheck disable=SC2086 # no word where there is no Wine
    until_true $WINSHM_RUN "$located" "$1" || fail "nobody waits for $1"
}

# said ID TEXT: whether the program has printed this text on stderr.
said()
{
    has_text "$dir/held/$1.errors" "$2"
}

# says_soon ID TEXT: wait until the program has printed this text on stderr.
says_soon()
{
    until_true said "$1" "$2" || fail "$1 does not say: $2"
}

# has_printed ID BYTES: whether the program has printed at least BYTES bytes.
has_printed()
{
    [ -s "$dir/held/$1.output" ] && [ "$(wc -c <"$dir/held/$1.output")" -ge "$2" ]
}

# milliseconds: print the time in milliseconds.
milliseconds()
{
    echo $(($(date +%s%N) / 1000000))
}

# kill_running ID: kill the program, and note the time in $killed, for survives.
kill_running()
{
    until_true is_started "$1" || fail "$1 was never started"
    read -r pid <"$dir/held/$1.pid"
    kill -9 "$pid" 2>/dev/null
    killed=$(milliseconds)
}

# survives ID STATUS: expect that the program ends with STATUS, and print how
# long after kill_running that was.
survives()
{
    until_true is_over "$1"
    goal "$1 ended $(($(milliseconds) - killed)) ms later"
    over "$1" "$2"
}

# there: whether memory exists under the name.
there()
{
    $WINSHM_RUN "$build/shmread.exe" --raw "$unique" >"$dir/raw" 2>/dev/null
}

# stat_has TEXT: whether --stat prints this text for the stream.
stat_has()
{
    $WINSHM_RUN "$build/shmread.exe" --stat "$unique" >"$dir/stat" 2>/dev/null
    has_text "$dir/stat" "$1"
}

# has_sent BYTES: whether the writer has put exactly BYTES bytes into the
# stream.
has_sent()
{
    stat_has "sent:      $1 bytes"
}

# has_received BYTES: whether the reader has printed exactly BYTES bytes.
has_received()
{
    stat_has "received:  $1 bytes"
}

# attached ID: wait until the shmwrite --verbose known as ID reports its reader.
attached()
{
    says_soon "$1" 'the reader has come'
}

# ticks ID: print the processor time that the program has used, in hundredths of
# a second.
ticks()
{
    cut -d ')' -f 2 "/proc/$(cat "$dir/held/$1.pid")/stat" | awk '{ print $12 + $13 }'
}

# idle SECONDS: expect that a stream without data uses at most a hundredth of a
# second of processor time per second. On a busy machine it may not be zero.
idle()
{
    stage in flow_w make 100 pause 50 "$unique.go" | start writer shmwrite --stream "$unique"
    start reader shmread --wait "$unique"
    until_true has_printed reader 50 || fail 'the first half does not come'
    writer_before=$(ticks writer)
    reader_before=$(ticks reader)
    sleep "$1"
    writer_ticks=$(($(ticks writer) - writer_before))
    reader_ticks=$(($(ticks reader) - reader_before))
    goal "in $1 s the writer used $writer_ticks and the reader $reader_ticks hundredths of a second of processor time"
    [ "$writer_ticks" -le "$1" ] || fail 'the writer is busy with nothing'
    [ "$reader_ticks" -le "$1" ] || fail 'the reader is busy with nothing'
    continue_flow "$unique.go"
    over reader 0
    has_printed reader 100 || fail 'the second half is missing'
    over writer 0
}

# over_or_gone: whether the reader has ended, or the name does not exist.
over_or_gone()
{
    is_over reader || is_gone
}

# is_let_go: whether the writer has ended. If not, set its release event, which
# exists as soon as the name does.
is_let_go()
{
    is_over writer || { $WINSHM_RUN "$build/tests/signal_w.exe" "$unique.winshm.release"; is_over writer; }
}

# random_kill VICTIM SIZE SECONDS [met]: send a stream through a ring of SIZE,
# and kill one side SECONDS seconds after the start, or with `met` after the two
# sides have met. Expect that the other side ends, with the complete output and
# status 0, or with a beginning and status 9.
random_kill()
{
    total=$((48 << 20))
    victim=$1
    size=$2
    after=$3
    stage in flow_w make $total | start writer shmwrite --verbose --size "$size" --stream "$unique"
    stage reader shmread --wait "$unique" | start out flow_w check
    [ -z "${4-}" ] || attached writer
    sleep "$after"
    kill_running "$victim"

    # If the victim dies before the two sides have met, the survivor rightly
    # waits for another side. Start one, or release the name.
    met=yes
    if [ "$victim" = writer ]; then
        survivor=reader
        until_true over_or_gone || fail 'the reader keeps the name forever'
        if ! is_over reader; then
            met=
            start other shmwrite --timeout 5s --stream "$unique" </dev/null
        fi
    else
        survivor=writer
        until_true is_over out || fail 'the output has not ended'
        if [ "$(cat "$dir/held/out.output")" = 0 ] && ! is_over writer; then
            met=
            until_true is_let_go 2>/dev/null
        fi
    fi
    until_true is_over $survivor || fail "$survivor has not ended after $limit s: $victim was killed after $after s"
    took=$(($(milliseconds) - killed))
    [ -z "$met" ] || [ $took -le "$slowest" ] || slowest=$took
    until_true is_over "$victim" || fail "$victim does not die"
    until_true is_over in || fail 'the input has not ended'
    until_true is_over out || fail 'the output has not ended'
    [ -n "$met" ] || [ "$victim" = reader ] || until_true is_over other || fail 'the other writer has not ended'

    read -r writer_status <"$dir/held/writer.status"
    read -r reader_status <"$dir/held/reader.status"
    read -r input_status <"$dir/held/in.status"
    read -r out_status <"$dir/held/out.status"
    read -r out <"$dir/held/out.output" # without a newline
    ended="input $input_status, writer $writer_status, reader $reader_status, $out bytes"
    ended="$ended; $victim was killed after $after s"
    [ "$out_status" -eq 0 ] || fail "$ended: what came is no beginning of what was sent"
    case $victim.$writer_status.$reader_status.$out in
    *.0.0."$total") wholes=$((wholes + 1)) ;;
    writer.137.9.* | reader.9.137.[1-9]*) prefixes=$((prefixes + 1)) ;;
    writer.137.0."$total" | reader.0.137."$total") wholes=$((wholes + 1)) ;; # killed after the end
    writer.137.0.0 | reader.9.137.0) early=$((early + 1)) ;;             # killed before the two had met
    *) fail "$ended" ;;
    esac
    until_true is_gone || fail "$ended: the name is left behind"
}

# random_kills COUNT: call random_kill COUNT times, at random moments, and print
# how the streams ended.
random_kills()
{
    wholes=0
    prefixes=0
    early=0
    slowest=0
    seed=${SOAK_SEED:-$(date +%s)}
    awk -v seed="$seed" -v count="$1" 'BEGIN {
        srand(seed)
        split("4K 64K 1M 16M", sizes, " ")
        for (i = 0; i < count; i++) {
            victim = rand() < 0.5 ? "writer" : "reader"
            size = sizes[1 + int(4 * rand())]
            if (i % 2 == 0)
                print victim, size, 0.05 * rand(), "met"
            else
                print victim, size, 0.02 + 0.28 * rand()
        }
    }' >"$dir/plan"
    while read -r victim size after met; do
        random_kill "$victim" "$size" "$after" "$met"
    done <"$dir/plan"
    goal "seed $seed: $prefixes beginnings, $wholes wholes, $early before the two had met"
    goal "the slowest survivor took $slowest ms"
    [ $((prefixes + wholes + early)) -eq "$1" ] || fail 'not all of them ended as they should'
    [ $prefixes -gt 0 ] || fail 'none was killed while data flowed: this shows nothing'
}
