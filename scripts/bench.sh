#!/usr/bin/env bash
# bench.sh BUILD [MIB] - measure a stream beside what else there is, all in one run: MIB (1024) from a file to nothing.
#
# A table on stdout; every single measurement in build/bench/*.tsv; a plot in build/bench/stream.svg. The figures are
# medians of BENCH_ROUNDS (5), each round doing everything once, so that whatever else the machine does hits all alike.
set -u
cd "$(dirname "$0")/.." || exit 2
. common/tests/wine.sh

programs=$1
mib=${2:-1024}
rounds=${BENCH_ROUNDS:-5}
idle=${BENCH_IDLE:-10}
small=$((mib / 8 > 0 ? mib / 8 : 1))
results=build/bench
mkdir -p $results
rm -f $results/*.tsv $results/stream.svg

finish()
{
    rm -f $results/*.bin $results/*.fifo $results/*.out "$programs"/bench/*.tmp
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

# Not zeros, which some file systems do not keep.
mib_of_noise()
{
    head -c 1M /dev/urandom >$results/part.bin
    for ((i = 0; i < $1; i++)); do cat $results/part.bin; done
}
mib_of_noise "$mib" >$results/input.bin
mib_of_noise "$small" >$results/small.bin
: >$results/empty.bin

bench=$programs/bench/bench.exe
say()
{
    echo "bench: $*" >&2
}

# ---- Measuring -------------------------------------------------------------------------------------------------------

say "$rounds rounds of $mib MiB through everything"
run "$bench" throughput "$programs" $results/input.bin $results/small.bin "$rounds" >$results/throughput.tsv || exit 1
say 'rings'
run "$bench" rings "$programs" $results/input.bin $results/small.bin 3 >$results/rings.tsv || exit 1
say "rings and chunks, $small MiB each"
run "$bench" chunks $results/small.bin 3 >$results/chunks.tsv || exit 1
say 'latency'
run "$bench" latency "$programs" 300 >$results/latency.tsv || exit 1

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
    cat "$1" | run "$bench" move - - 65536 | cat >/dev/null
}
through_stream()
{
    local name=bench.pipes.$RANDOM
    # shellcheck disable=SC2002
    cat "$1" | run "$programs/shmwrite.exe" -q --stream $name &
    run "$programs/shmread.exe" -q --wait $name | cat >/dev/null
    wait $!
}

say "pipes at both ends, $mib MiB"
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

# What /proc says of a program: processor time in hundredths of a second, and how often it was woken.
cost_of()
{
    local pid total=0 wakes=0
    for pid in "$@"; do
        total=$((total + $(awk '{ sub(/.*\) /, ""); print $12 + $13 }' "/proc/$pid/stat")))
        wakes=$((wakes + $(cat "/proc/$pid"/task/*/status | awk '/ctxt_switches/ { n += $2 } END { print n }')))
    done
    echo "$total $wakes"
}
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

if [ "$WINSHM_RUN" = wine ]; then
    say "an idle stream for $idle seconds"
    mkfifo $results/idle.fifo
    run "$programs/shmwrite.exe" -q --stream bench.idle <$results/idle.fifo &
    exec 7>$results/idle.fifo
    run "$programs/shmread.exe" -q --wait bench.idle >$results/idle.out 7>&- &
    echo 'a line, after which nothing comes' >&7
    for ((tries = 0; tries < 200; tries++)); do
        [ -s $results/idle.out ] && break
        sleep 0.05
    done
    writers=$(ours_with '^[^ ]*shmwrite\.exe')
    readers=$(ours_with '^[^ ]*shmread\.exe')
    for moment in before after; do
        for who in writer reader; do
            [ $who = writer ] && pids=$writers || pids=$readers
            # shellcheck disable=SC2086 # a list
            echo "$who $moment $(cost_of $pids)"
        done
        [ $moment = after ] || sleep "$idle"
    done | tr ' ' '\t' >$results/idle.tsv
    exec 7>&-
    wait
fi

# ---- Showing ---------------------------------------------------------------------------------------------------------

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
mib_a_second='$3 / 1048576 / ($4 > 0 ? $4 : 1e-6)'
medians 1 "$mib_a_second" <$results/throughput.tsv >$results/throughput-medians.tsv
medians 1 "$mib_a_second" <$results/rings.tsv >$results/rings-medians.tsv
# shellcheck disable=SC2016
medians 2 '$4 / 1048576 / ($5 > 0 ? $5 : 1e-6)' <$results/chunks.tsv >$results/chunks-medians.tsv
medians 1 "$mib * 1e6 / (\$3 > \$4 ? \$3 - \$4 : 1)" <$results/pipes.tsv >$results/pipes-medians.tsv

echo "$mib MiB from a file to nothing, medians of $rounds rounds"
awk -F '\t' '
    { rate[$1] = $2; order[NR] = $1 }
    END {
        printf "  %-40s %9s  %s\n", "", "MiB/s", "the stream is"
        for (i = 1; i <= NR; i++)
            printf "  %-40s %9.0f  %8.2f times that\n", order[i], rate[order[i]], rate["stream"] / rate[order[i]]
    }' $results/throughput-medians.tsv
verdict()
{
    awk -F '\t' -v what="$1" -v wanted="$2" '{ rate[$1] = $2 }
        END {
            is = rate["stream"] / rate[what]
            printf "  target: %s times %s: %s (%.2f)\n", wanted, what, (is >= wanted ? "reached" : "missed"), is
        }' $results/throughput-medians.tsv
}
verdict 'anonymous pipe, 64K calls' 20
verdict memcpy 0.8

echo "Pipes at both ends, $mib MiB"
awk -F '\t' '
    BEGIN {
        words["through_cat"] = "pipe, cat, pipe"
        words["through_one_program"] = "pipe, a program with 64K calls, pipe"
        words["through_stream"] = "pipe, stream, pipe"
    }
    { printf "  %-40s %9.0f MiB/s\n", words[$1], $2 }' $results/pipes-medians.tsv

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
            printf "  %-40s %9.0f %9.0f %9.0f %9.0f\n", last, v[int((n + 1) / 2)], v[int(n * .9)], v[int(n * .99)], v[n]
    }
    $1 != last { show(); n = 0; last = $1 }
    { v[++n] = $2 }
    END { show() }'

if [ -s $results/idle.tsv ]; then
    echo "An idle stream for $idle seconds"
    awk -F '\t' -v idle="$idle" '
        $2 == "before" { time[$1] = $3; wakes[$1] = $4 }
        $2 == "after" { printf "  %-40s %6d ms of processor time, %d times on a processor\n", $1,
                        ($3 - time[$1]) * 10, $4 - wakes[$1] }' $results/idle.tsv
fi

# ---- The plot --------------------------------------------------------------------------------------------------------

awk -f common/bench/plot.awk $results/rings-medians.tsv $results/throughput-medians.tsv >$results/stream.svg
echo "The plot is $results/stream.svg, the single measurements $results/*.tsv"
