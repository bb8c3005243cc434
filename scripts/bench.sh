#!/usr/bin/env bash
# bench.sh BUILD [MIB] - measure the two tools beside what else there is, all in one run; values and streams of MIB.
#
# A table on stdout; every single measurement in build/bench/*.tsv; a plot in build/bench/bench.svg. The figures are
# medians of BENCH_ROUNDS (5), or a fixed number for each of them, and everything is done once in each round, so that
# whatever else the machine does hits all alike. BENCH_ONLY='start batch' does these parts only, of:
#
#     streams start batch values updates list cost
set -u
cd "$(dirname "$0")/.." || exit 2
. common/tests/scenarios/wine.sh

programs=$1
mib=${2:-1024}
rounds=${BENCH_ROUNDS:-5}
idle=${BENCH_IDLE:-10}
only=${BENCH_ONLY:-streams start batch values updates list cost}
small=$((mib / 8 > 0 ? mib / 8 : 1))
results=build/bench
mkdir -p $results
rm -f $results/*.tsv $results/*.samples $results/*.svg

for part in ${only//,/ }; do
    case $part in
    streams | start | batch | values | updates | list | cost) ;;
    *)
        echo "bench.sh: there is no part $part: streams start batch values updates list cost" >&2
        exit 2
        ;;
    esac
done
# wants PART
wants()
{
    [[ " ${only//,/ } " == *" $1 "* ]]
}

sink=$results/sink.bin
finish()
{
    rm -f $results/*.bin $results/*.fifo $results/*.out $results/*.bat "$programs"/bench/*.tmp "$sink"
    wine_end
}
trap finish EXIT
trap 'exit 130' INT TERM HUP
wine_begin || { echo 'bench.sh: Wine does not start' >&2; exit 2; }

# run PROGRAM ARGUMENT...: one of ours.
run()
{
    $WINSHM_RUN "$@" 2>>$results/log.txt
}
: >$results/log.txt

# measure VERB ARGUMENT...: what bench.exe finds out.
measure()
{
    run "$programs/bench/bench.exe" "$@" || { echo "bench.sh: $1 has failed, see $results/log.txt" >&2; exit 1; }
}

say()
{
    echo "bench: $*" >&2
}

# Not zeros, which some file systems do not keep.
mib_of_noise()
{
    head -c 1M /dev/urandom >$results/part.bin
    for ((i = 0; i < $1; i++)); do cat $results/part.bin; done
}
if wants streams || wants values; then
    mib_of_noise "$mib" >$results/input.bin
    mib_of_noise "$small" >$results/small.bin
    : >$results/empty.bin
    sync $results/*.bin # now, and not while something is being measured
fi

# ---- Streams ---------------------------------------------------------------------------------------------------------

now() # in microseconds
{
    local time=$EPOCHREALTIME
    echo "${time/[.,]/}"
}

through_cat()
{
    # shellcheck disable=SC2002 # it is to be a pipe
    cat "$1" | cat | cat >/dev/null
}
through_one_program()
{
    # shellcheck disable=SC2002
    cat "$1" | run "$programs/bench/bench.exe" move - - 65536 | cat >/dev/null
}
through_stream()
{
    local name=bench.pipes.$RANDOM
    # shellcheck disable=SC2002
    cat "$1" | run "$programs/shmwrite.exe" -q --stream $name &
    run "$programs/shmread.exe" -q --wait $name | cat >/dev/null
    wait $!
}

if wants streams; then
    say "streams: $rounds rounds of $mib MiB through everything"
    measure throughput "$programs" $results/input.bin $results/small.bin "$rounds" >$results/throughput.tsv
    say 'streams: rings'
    measure rings "$programs" $results/input.bin $results/small.bin 3 >$results/rings.tsv
    say "streams: rings and chunks, $small MiB each"
    measure chunks $results/small.bin 3 >$results/chunks.tsv
    say 'streams: latency'
    measure latency "$programs" 300 >$results/latency.tsv
    say "streams: pipes at both ends, $mib MiB"
    for ((round = 1; round <= rounds; round++)); do
        for what in through_cat through_one_program through_stream; do
            # The start of programs, which is not what is measured, is what an empty input takes.
            begun=$(now)
            $what $results/empty.bin
            middle=$(now)
            $what $results/input.bin
            ended=$(now)
            printf '%s\t%d\t%d\t%d\n' $what $round $((ended - middle)) $((middle - begun))
        done
    done >$results/pipes.tsv

    {
        awk -F '\t' '{ print "streams/" $1 FS $3 / 1048576 / ($4 > 0 ? $4 : 1e-6) }' $results/throughput.tsv
        awk -F '\t' -v mib="$mib" '{ print "streams/" $1 FS mib * 1e6 / ($3 > $4 ? $3 - $4 : 1) }' $results/pipes.tsv
        sed 's|^|streams/|' $results/latency.tsv
    } >$results/streams.samples
fi

# ---- The rest --------------------------------------------------------------------------------------------------------

if wants start; then
    say "start: $((24 * rounds)) of each program"
    measure starts "$programs" $((24 * rounds)) >$results/start.samples
fi
if wants batch; then
    say "batch: $rounds rounds of 20"
    measure batch "$programs" 20 "$rounds" >$results/batch.samples
fi
if wants values; then
    # Into memory, where there is such a folder, and room in it: it is not the disk that is measured.
    room=$(df -Pm /dev/shm 2>/dev/null | awk 'END { print $4 + 0 }')
    [ "${room:-0}" -le $((mib + 64)) ] || sink=/dev/shm/winshm-bench.$$
    say "values: $rounds rounds of $mib MiB"
    measure reads "$programs" $results/input.bin "$sink" "$rounds" >$results/values.samples
fi
if wants updates; then
    say 'updates: until they are seen'
    measure updates "$programs" $((8 * rounds)) >$results/updates.samples
    measure follow "$programs" $((8 * rounds)) >>$results/updates.samples
fi
if wants list; then
    say 'list: 5000 mappings'
    measure list "$programs" 5000 "$rounds" >$results/list.samples
    grep 'not there' $results/log.txt >&2
fi

# ---- What it costs to wait -------------------------------------------------------------------------------------------

# ours_with PATTERN: processes of this prefix.
ours_with()
{
    local process
    for process in /proc/[0-9]*; do
        if tr '\0' '\n' <"$process/environ" | grep -qxF "WINEPREFIX=$WINEPREFIX" &&
            tr '\0' ' ' <"$process/cmdline" | grep -qE "$1"; then
            echo "${process#/proc/}"
        fi
    done 2>/dev/null
}
# one_with PATTERN: the same, one, when it is there.
one_with()
{
    local found tries
    for ((tries = 0; tries < 200; tries++)); do
        found=$(ours_with "$1")
        [ -z "$found" ] || break
        sleep 0.05
    done
    echo "$found"
}

# costs_of WHO PID: what it has had of processor time, in milliseconds, and how often it was put on a processor.
costs_of()
{
    awk -v who="$1" -v tick="$(getconf CLK_TCK)" '
        { sub(/.*\) /, ""); print "time/" who "\t" ($12 + $13) * 1000 / tick }' "/proc/$2/stat"
    cat "/proc/$2"/task/*/status | awk -v who="$1" '/ctxt_switches/ { n += $2 } END { print "wakes/" who "\t" n }'
}
# memory_of WHO PID: in MiB, all that is resident, and what of it is its own and no file's.
memory_of()
{
    awk -v who="$1" '
        $1 == "VmRSS:" { print "cost/resident-" who "\t" $2 / 1024 }
        $1 == "RssAnon:" { print "cost/private-" who "\t" $2 / 1024 }' "/proc/$2/status"
}

if wants cost && [ "$WINSHM_RUN" = wine ]; then
    say "cost: holders, and $idle seconds of doing nothing"
    sleepers=
    for ((round = 1; round <= rounds; round++)); do
        (run "$programs/tests/nothing.exe" $((60000 + round))) </dev/null 2>/dev/null &
        run "$programs/shmwrite.exe" -q --put bench.cost.$round running
    done
    mkfifo $results/idle.fifo
    run "$programs/shmwrite.exe" -q --stream bench.idle <$results/idle.fifo &
    exec 7>$results/idle.fifo
    run "$programs/shmread.exe" -q --wait bench.idle >$results/idle.out 7>&- &
    echo 'a line, after which nothing comes' >&7
    for ((tries = 0; tries < 200; tries++)); do
        [ -s $results/idle.out ] && break
        sleep 0.05
    done
    for ((round = 1; round <= rounds; round++)); do
        sleeper=$(one_with "nothing\\.exe $((60000 + round))")
        sleepers="$sleepers $sleeper"
        memory_of sleeper "$sleeper"
        memory_of holder "$(one_with "shmwrite --background .* bench\\.cost\\.$round ")"
    done >$results/cost.samples
    holder=$(one_with 'shmwrite --background .* bench\.cost\.1 ')
    writer=$(one_with '^[^ ]*shmwrite\.exe .*bench\.idle')
    reader=$(one_with '^[^ ]*shmread\.exe .*bench\.idle')
    for moment in before after; do
        {
            costs_of holder "$holder"
            costs_of writer "$writer"
            costs_of reader "$reader"
        } >$results/idle-$moment.tsv
        [ $moment = after ] || sleep "$idle"
    done
    paste $results/idle-before.tsv $results/idle-after.tsv |
        awk -F '\t' '{ print "cost/" $1 FS $4 - $2 }' >>$results/cost.samples
    exec 7>&-
    for ((round = 1; round <= rounds; round++)); do
        run "$programs/shmwrite.exe" -q --release bench.cost.$round
    done
    # shellcheck disable=SC2086 # a list
    kill $sleepers 2>/dev/null
    wait
fi

# ---- The table -------------------------------------------------------------------------------------------------------

machine()
{
    if [ "$WINSHM_RUN" = wine ]; then
        echo "$(nproc) x $(sed -n 's/^model name[^:]*: //p;T;q' /proc/cpuinfo), $(wine --version), on $(uname -sr)"
    else
        echo "$NUMBER_OF_PROCESSORS x ${PROCESSOR_IDENTIFIER-}, $(uname -s)"
    fi
}

rows()
{
    wants streams && cat <<'ROWS'
streams/stream|a stream, file to nothing|MiB/s|streams/memcpy|memcpy|>= 0.8
streams/stream|a stream, file to nothing|MiB/s|streams/anonymous pipe, 64K calls|pipe, calls of 64K|>= 20
streams/stream|a stream, file to nothing|MiB/s|streams/anonymous pipe, 4K calls|pipe, calls of 4K|
streams/stream|a stream, file to nothing|MiB/s|streams/anonymous pipe, 64K calls, 1M buffer|the same, buffer of 1M|
streams/stream|a stream, file to nothing|MiB/s|streams/named pipe, 64K calls|named pipe, calls of 64K|
streams/stream|a stream, file to nothing|MiB/s|streams/temporary file, 64K calls|temporary file|
streams/through_stream|a stream between two pipes|MiB/s|streams/through_one_program|program with calls of 64K|
streams/through_stream|a stream between two pipes|MiB/s|streams/through_cat|cat|
streams/pipe, stream, pipe|a line through pipe, stream, pipe|us|streams/pipe, pipe|pipe, pipe|
streams/ring|a line through the ring alone|us|streams/pipe, pipe|pipe, pipe|
ROWS
    wants start && cat <<'ROWS'
start/shmread|shmread prints a small value|ms|start/minimal|smallest program that does|<= 1.1
start/shmread|shmread prints a small value|ms|start/nothing|program that does nothing|
start/update|shmwrite --update|ms|start/minimal|smallest program that prints|
start/put|shmwrite --put, NAME exists|ms|start/minimal|smallest program that prints|
start/put-new|shmwrite --put, a new NAME|ms|start/minimal|smallest program that prints|
ROWS
    wants batch && cat <<'ROWS'
batch/put|puts a second in a batch loop|/s|batch/put-file|echo into a file|
batch/put|puts a second in a batch loop|/s|batch/put-nothing|program that does nothing|
batch/get|gets a second by for /f|/s|batch/get-file|type of a file|
batch/get|gets a second by for /f|/s|batch/get-minimal|smallest program that prints|
ROWS
    wants values && cat <<'ROWS' | sed "s/SIZE/$mib MiB/; s/INTO/$([[ $sink = /dev/* ]] && echo memory || echo disk)/"
values/sealed-file|SIZE sealed, into a file in INTO|MiB/s|values/bare-file|bare loop over the view|>= 0.91
values/updatable-file|SIZE updatable, into that file|MiB/s|values/bare-file|bare loop over the view|
values/updatable-file|SIZE updatable, into that file|MiB/s|values/bare-copied-file|bare loop with a copy|
values/sealed-nul|SIZE sealed, to NUL|MiB/s|values/bare-nul|bare loop over the view|
values/updatable-nul|SIZE updatable, to NUL|MiB/s|values/bare-copied-nul|bare loop with a copy|
ROWS
    wants updates && cat <<'ROWS'
updates/value|an update until it is seen, in a process|us|updates/word|one word|
updates/shmwrite|shmwrite --update until it is seen|ms|updates/nothing|program that does nothing|
updates/follow-1ms|until --follow --interval 1ms has it|ms|updates/follow-poll|bare loop of Sleep(1)|
updates/follow-default|until --follow has it|ms|||
ROWS
    wants list && cat <<'ROWS'
list/list|--list of 5000|ms|list/bare|open, map, close each|
list/each|--list, for each|us|list/bare-each|open, map, close each|
ROWS
    wants cost && [ "$WINSHM_RUN" = wine ] && cat <<'ROWS' | sed "s/IDLE/$idle s/"
cost/resident-holder|a holder's memory, resident|MiB|cost/resident-sleeper|program that sleeps|
cost/private-holder|of that its own, no file's|MiB|cost/private-sleeper|program that sleeps|
cost/time/holder|idle holder, processor time in IDLE|ms|||
cost/wakes/holder|and times on a processor||||
cost/time/writer|idle stream: writer in IDLE|ms|||
cost/wakes/writer|and times on a processor||||
cost/time/reader|idle stream: reader in IDLE|ms|||
cost/wakes/reader|and times on a processor||||
ROWS
}

machine
echo
rows >$results/rows
awk -v ratios=$results/ratios.tsv -f common/bench/table.awk $results/rows $results/*.samples
rm -f $results/rows
if wants cost; then
    echo
    echo "Nearly all of a holder's memory is the system's: see the program that sleeps."
fi

# ---- More about streams ----------------------------------------------------------------------------------------------

# medians KEYS VALUE: of lines whose first KEYS fields are equal, the median of the expression VALUE.
medians()
{
    awk -F '\t' -v keys="$1" "{
        key = \$1; for (i = 2; i <= keys; i++) key = key FS \$i
        if (!(key in count)) order[++kinds] = key
        value[key, ++count[key]] = $2
    }
    END {
        for (k = 1; k <= kinds; k++) {
            key = order[k]; n = count[key]
            for (i = 1; i <= n; i++) v[i] = value[key, i]
            for (i = 2; i <= n; i++)
                for (j = i; j > 1 && v[j - 1] > v[j]; j--) { t = v[j]; v[j] = v[j - 1]; v[j - 1] = t }
            printf \"%s\t%.6g\n\", key, n % 2 ? v[(n + 1) / 2] : (v[n / 2] + v[n / 2 + 1]) / 2
        }
    }"
}

# shellcheck disable=SC2016 # awk's fields
if wants streams; then
    mib_a_second='$3 / 1048576 / ($4 > 0 ? $4 : 1e-6)'
    medians 1 "$mib_a_second" <$results/throughput.tsv >$results/throughput-medians.tsv
    medians 1 "$mib_a_second" <$results/rings.tsv >$results/rings-medians.tsv
    medians 2 '$4 / 1048576 / ($5 > 0 ? $5 : 1e-6)' <$results/chunks.tsv >$results/chunks-medians.tsv

    echo
    echo "Throughput by size of the ring, MiB/s"
    awk -F '\t' '{ printf "  %9d %9.0f\n", $1, $2 }' $results/rings-medians.tsv
    echo "Throughput by size of the ring (down) and of the chunk (across), without the tools, $small MiB, MiB/s"
    awk -F '\t' '
        !($1 in seen) { rings[++n] = $1; seen[$1] = 1 }
        !($2 in known) { chunks[++m] = $2; known[$2] = 1 }
        { rate[$1, $2] = $3 }
        END {
            printf "  %9s", ""; for (c = 1; c <= m; c++) printf " %9d", chunks[c]; print ""
            for (r = 1; r <= n; r++) {
                printf "  %9d", rings[r]
                for (c = 1; c <= m; c++) {
                    key = rings[r] SUBSEP chunks[c]
                    printf " %9s", (key in rate ? sprintf("%.0f", rate[key]) : "")
                }
                print ""
            }
        }' $results/chunks-medians.tsv

    echo 'A line now and then: how long it is under way, in microseconds'
    printf '  %-40s %9s %9s %9s %9s\n' '' median '90 %' '99 %' worst
    sort -t "$(printf '\t')" -k1,1 -k2,2n $results/latency.tsv | awk -F '\t' '
        function show() {
            if (n)
                printf "  %-40s %9.0f %9.0f %9.0f %9.0f\n", last, v[int((n + 1) / 2)], v[int(n * .9)],
                    v[int(n * .99)], v[n]
        }
        $1 != last { show(); n = 0; last = $1 }
        { v[++n] = $2 }
        END { show() }'
fi

# ---- The plot --------------------------------------------------------------------------------------------------------

touch $results/rings-medians.tsv $results/throughput-medians.tsv $results/ratios.tsv
awk -f common/bench/plot.awk $results/rings-medians.tsv $results/throughput-medians.tsv $results/ratios.tsv \
    >$results/bench.svg
echo
echo "The plot is $results/bench.svg, the single measurements $results/*.samples and $results/*.tsv"
