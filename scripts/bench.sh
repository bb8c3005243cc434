#!/usr/bin/env bash
# bench.sh BUILD [MIB] - measure the two tools, and other programs to compare.
#
# BUILD is the folder of the programs. Values and streams have MIB MiB, 1024 by
# default. Prints the table of README.md, and then that of
# common/bench/README.md. build/bench/ has every single measurement.
#
# A figure is the median of BENCH_ROUNDS rounds, 5 by default, or of a fixed
# number of measurements for each round. Each round measures everything once, so
# that other work on the machine affects all rows alike.
#
# BENCH_ONLY='start batch' measures only these parts. The parts are:
#
#     streams beside readers start batch values follow lines list
set -u
cd "$(dirname "$0")/.." || exit 2
. common/tests/scenarios/wine.sh

programs=$1
mib=${2:-1024}
rounds=${BENCH_ROUNDS:-5}
only=${BENCH_ONLY:-streams beside readers start batch values follow lines list}
results=build/bench
mkdir -p $results
rm -f $results/*.tsv $results/*.samples

for part in ${only//,/ }; do
    case $part in
    streams | beside | readers | start | batch | values | follow | lines | list) ;;
    *)
        echo "bench.sh: there is no part $part: streams beside readers start batch values follow lines list" >&2
        exit 2
        ;;
    esac
done
# wants PART: whether this part is to be measured.
wants()
{
    [[ " ${only//,/ } " == *" $1 "* ]]
}

sink=$results/sink.bin
finish()
{
    rm -f $results/*.bin "$programs"/bench/*.tmp "$sink"
    wine_end
}
trap finish EXIT
trap 'exit 130' INT TERM HUP
wine_begin || { echo 'bench.sh: Wine does not start' >&2; exit 2; }

# run PROGRAM ARGUMENT...: run a program of this project, with its messages in
# the log.
run()
{
    $WINSHM_RUN "$@" 2>>$results/log.txt
}
: >$results/log.txt

# measure VERB ARGUMENT...: print the measurements of a verb of bench.exe.
measure()
{
    run "$programs/bench/bench.exe" "$@" || { echo "bench.sh: $1 has failed, see $results/log.txt" >&2; exit 1; }
}

say()
{
    echo "bench: $*" >&2
}

# mib_of_noise COUNT: print COUNT MiB of random bytes. Some file systems do not
# store zeros, so zeros would be read faster.
mib_of_noise()
{
    head -c 1M /dev/urandom >$results/part.bin
    for ((i = 0; i < $1; i++)); do cat $results/part.bin; done
}
if wants streams || wants beside || wants readers || wants values; then
    mib_of_noise "$mib" >$results/input.bin
    : >$results/empty.bin
    sync $results/*.bin # or else the system writes them to the disk during a measurement
fi

# ---- Streams ---------------------------------------------------------------------------------------------------------

# now: print the time in microseconds.
now()
{
    local time=$EPOCHREALTIME
    echo "${time/[.,]/}"
}

through_cat()
{
    # shellcheck disable=SC2002 # the first cat is part of what is measured
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
    measure throughput "$programs" $results/input.bin "$rounds" >$results/throughput.tsv
    say 'streams: latency'
    measure latency "$programs" 300 >$results/latency.tsv
    say "streams: pipes at both ends, $mib MiB"
    for ((round = 1; round <= rounds; round++)); do
        for what in through_cat through_one_program through_stream; do
            # The time for an empty input is that of starting the programs. It
            # is subtracted from the time for the full input.
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

if wants beside; then
    say "beside: $rounds rounds of $mib MiB beside none, one and two busy loops"
    measure beside "$programs" $results/input.bin "$rounds" >$results/beside.tsv
    sed 's|^|beside/|' $results/beside.tsv >$results/beside.samples
fi

if wants readers; then
    say "readers: $rounds rounds of $mib MiB to 1, 2, 4 and 8 readers, and beside a tap"
    measure readers "$programs" $results/input.bin "$rounds" >$results/readers.tsv
    sed 's|^|readers/|' $results/readers.tsv >$results/readers.samples
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
    # Write the output into memory if there is a folder for that with enough
    # room, so that the disk is not measured.
    room=$(df -Pm /dev/shm 2>/dev/null | awk 'END { print $4 + 0 }')
    [ "${room:-0}" -le $((mib + 64)) ] || sink=/dev/shm/winshm-bench.$$
    say "values: $rounds rounds of $mib MiB"
    measure reads "$programs" $results/input.bin "$sink" "$rounds" >$results/values.samples
fi

# waits PROCESS: print how often the threads of a process have begun to wait.
waits()
{
    cat /proc/"$1"/task/*/status | awk '/^voluntary_ctxt_switches/ { sum += $2 } END { print sum + 0 }'
}

# idle_followers COUNT: print how often each of COUNT followers of a value that
# does not change begins to wait in 10 s. Under Wine each call of the system is
# such a wait, too.
idle_followers()
{
    local name=bench.idle.$$ pids=() before=() i
    run "$programs/shmwrite.exe" -q --detach $name idle
    for ((i = 0; i < $1; i++)); do
        $WINSHM_RUN "$programs/shmread.exe" -q --follow $name >/dev/null 2>>$results/log.txt &
        pids+=($!)
    done
    sleep 3
    for i in "${!pids[@]}"; do before[i]=$(waits "${pids[i]}"); done
    sleep 10
    for i in "${!pids[@]}"; do
        printf 'follow/idle\t%d\n' $(($(waits "${pids[i]}") - before[i]))
    done
    run "$programs/shmwrite.exe" -q --release $name
    wait "${pids[@]}"
}

if wants follow; then
    say 'follow: until an update is printed'
    measure follow "$programs" $((20 * rounds)) >$results/follow.samples
    if [ -d /proc/self/task ]; then
        say 'follow: 10 s without an update'
        idle_followers "$rounds" >>$results/follow.samples
    fi
fi
if wants lines; then
    say 'lines: a million of 64 bytes'
    awk 'BEGIN { for (i = 1; i <= 1000000; i++) printf "%063d\n", i }' >$results/lines.bin
    sync $results/lines.bin
    {
        measure lines "$programs" $results/lines.bin "$rounds"
        printf 'lines/goal\t1\n'
    } >$results/lines.samples
fi
if wants list; then
    say 'list: 5000 mappings'
    measure list "$programs" 5000 "$rounds" >$results/list.samples
    grep 'not there' $results/log.txt >&2
fi

# ---- The tables ------------------------------------------------------------------------------------------------------

machine()
{
    if [ "$WINSHM_RUN" = wine ]; then
        echo "$(nproc) x $(sed -n 's/^model name[^:]*: //p;T;q' /proc/cpuinfo), $(wine --version), on $(uname -sr)"
    else
        echo "$NUMBER_OF_PROCESSORS x ${PROCESSOR_IDENTIFIER-}, $(uname -s)"
    fi
}

# rows: print the rows of the table of README.md. common/bench/table.awk
# describes the fields of a row.
rows()
{
    wants streams && cat <<'ROWS'
streams/stream|a stream, file to nothing|MiB/s|streams/pipe|pipe, calls of 64K|>= 20
streams/stream|a stream, file to nothing|MiB/s|streams/memcpy|memcpy|>= 0.8
streams/through_stream|a stream between two pipes|MiB/s|streams/through_cat|cat|
streams/pipe, stream, pipe|a line through pipe, stream, pipe|us|streams/pipe, pipe|pipe, pipe|
ROWS
    wants readers && cat <<'ROWS'
readers/stream-2|a stream to two readers, to nothing|MiB/s|readers/tee-2|tee into two pipes|>= 10
ROWS
    wants start && cat <<'ROWS'
start/shmread|shmread prints a small value|ms|start/minimal|smallest program that does|<= 1.1
start/put|shmwrite --put, NAME exists|ms|start/minimal|smallest program that prints|
start/put-new|shmwrite --put, a new NAME|ms|start/starter|smallest that starts another|
ROWS
    wants batch && cat <<'ROWS'
batch/get|gets a second by for /f|/s|batch/get-file|type of a file|
ROWS
    wants values && cat <<'ROWS' | sized
values/sealed-file|SIZE sealed, into a file in INTO|MiB/s|values/bare-file|bare loop over the view|>= 0.91
values/updatable-file|SIZE updatable, into that file|MiB/s|values/bare-copied-file|bare loop with a copy|
ROWS
    wants follow && cat <<'ROWS'
follow/one|an update until --follow has it|ms|||
follow/eight|an update until 8 of them have it|ms|||
ROWS
    wants lines && cat <<'ROWS'
lines/pipe|lines by --lines, from a pipe|M/s|lines/goal|goal|>= 1
lines/pipe-followed|lines from a pipe, to a follower|M/s|lines/goal|goal|>= 1
ROWS
    wants list && cat <<'ROWS'
list/list|--list of 5000|ms|list/bare|open, map, close each|<= 1.5
ROWS
}
# more_rows: print the rows of the table of common/bench/README.md.
more_rows()
{
    wants streams && cat <<'ROWS'
streams/through_stream|a stream between two pipes|MiB/s|streams/through_one_program|program with calls of 64K|
ROWS
    wants beside && cat <<'ROWS'
beside/stream-0|a stream of a file, alone|MiB/s|beside/bare-0|loop of 256K calls|>= 0.75, each >= 0.4|beside/of-bare-0
beside/stream-1|the same beside a busy loop|MiB/s|beside/bare-1|loop of 256K calls|>= 0.7|beside/of-bare-1
beside/stream-2|the same beside two busy loops|MiB/s|beside/bare-2|loop of 256K calls|>= 0.6|beside/of-bare-2
beside/stream-0|a stream of a file, alone|MiB/s|beside/pipe-0|pipe, calls of 64K||beside/of-pipe-0
beside/stream-1|the same beside a busy loop|MiB/s|beside/pipe-1|pipe, calls of 64K|>= 20|beside/of-pipe-1
beside/stream-2|the same beside two busy loops|MiB/s|beside/pipe-2|pipe, calls of 64K|>= 15|beside/of-pipe-2
ROWS
    wants readers && cat <<'ROWS'
readers/stream-1|a stream to one reader|MiB/s|readers/tee-1|tee into one pipe||readers/of-tee-1
readers/stream-2|a stream to two readers|MiB/s|readers/tee-2|tee into two pipes|>= 10|readers/of-tee-2
readers/stream-4|a stream to four readers|MiB/s|readers/tee-4|tee into four pipes||readers/of-tee-4
readers/stream-8|a stream to eight readers|MiB/s|readers/tee-8|tee into eight pipes||readers/of-tee-8
readers/tapped|a stream to one reader and a tap|MiB/s|readers/untapped|without the tap||readers/of-untapped
ROWS
    wants start && cat <<'ROWS'
start/shmread|shmread prints a small value|ms|start/nothing|program that does nothing|
start/update|shmwrite --update|ms|start/minimal|smallest program that prints|
start/put-new|shmwrite --put, a new NAME|ms|start/minimal|smallest program that prints|
start/starter|smallest that starts another|ms|start/minimal|smallest program that prints|
ROWS
    wants batch && cat <<'ROWS'
batch/get|gets a second by for /f|/s|batch/get-minimal|smallest program that prints|
ROWS
    wants values && cat <<'ROWS' | sized
values/updatable-file|SIZE updatable, into that file|MiB/s|values/bare-file|bare loop over the view|
ROWS
    wants follow && cat <<'ROWS'
follow/idle|waits of an idle --follow in 10 s||||
ROWS
    wants lines && cat <<'ROWS'
lines/file|lines by --lines, from a file|M/s|lines/goal|goal|>= 1
lines/file-followed|lines from a file, to a follower|M/s|lines/goal|goal|>= 1
lines/pipe|lines by --lines, from a pipe|M/s|lines/pipe-alone|the pipe alone|
ROWS
}
# sized: replace SIZE and INTO in the rows on standard input.
sized()
{
    sed "s/SIZE/$mib MiB/; s/INTO/$([[ $sink = /dev/* ]] && echo memory || echo disk)/"
}

machine
echo
rows | awk -f common/bench/table.awk - $results/*.samples
if [ -n "$(more_rows)" ]; then
    echo
    more_rows | awk -f common/bench/table.awk - $results/*.samples
fi
echo
echo "The single measurements are in $results/*.samples and $results/*.tsv"
