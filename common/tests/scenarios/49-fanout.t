#!/bin/sh
. "$(dirname "$0")/scenario.sh"
. common/tests/scenarios/stream.sh
goal 'a stream for several readers: each gets every byte, whatever happens to the others'

input_size=16000000
make_input()
{
    head -c $input_size /dev/urandom >"$dir/input"
    sum=$(sha256sum <"$dir/input")
}

# start_readers COUNT [OPTION]...: start readers r1, r2 and so on.
start_readers()
{
    readers=$1
    shift
    for number in $(seq "$readers"); do
        start "r$number" shmread --wait "$@" "$unique"
    done
}

# whole ID: expect that the reader has ended with 0 and has printed the input.
whole()
{
    over "$1" 0
    [ "$(sha256sum <"$dir/held/$1.output")" = "$sum" ] || fail "the output of $1 is not the input"
}

# start_paused: start a writer for three readers, whose input has a pause after
# 777 of 1000 bytes, and three readers whose outputs flow_w.exe checks.
start_paused()
{
    stage in flow_w make 1000 pause 777 "$unique.go" | start writer shmwrite --verbose --stream --readers 3 "$unique"
    for number in 1 2 3; do
        start "r$number" shmread --wait "$unique"
    done
    says_soon writer '3 of 3 readers have come'
    for number in 1 2 3; do
        until_true has_printed "r$number" 777 || fail 'something is kept back'
    done
}

# same ID OTHER: expect that two readers have printed the same.
same()
{
    cmp -s "$dir/held/$1.output" "$dir/held/$2.output" || fail "$1 and $2 differ"
}

make_input

it 'three readers get every byte'
start_readers 3
start writer shmwrite --stream --readers 3 --size 64K --input "$dir/input" "$unique"
for number in 1 2 3; do
    whole "r$number"
done
over writer 0

it '28 readers get every byte, and one more is not allowed'
start writer shmwrite --stream --readers 28 --input "$dir/input" "$unique"
start_readers 28
for number in $(seq 28); do
    whole "r$number"
done
over writer 0
run 2 shmwrite --stream --readers 29 "$unique" </dev/null
says '--readers: give 1 to 28'

it 'a fourth reader is refused, and a reader that is killed does not stop the others'
start_paused
run 5 shmread "$unique"
says "$unique: is a stream that already has its 3 readers"
kill_running r1
continue_flow "$unique.go"
over r2 0
over r3 0
test "$(wc -c <"$dir/held/r2.output")" -eq 1000 || fail 'bytes are missing'
same r2 r3
over writer 9
errors_have "$unique: 2 of 3 readers got all of it: 1 died"

it 'the writer ends at once when all readers have been killed, although its input is silent'
start_paused
for number in 1 2 3; do
    kill_running "r$number"
done
survives writer 9
errors_have "$unique: 0 of 3 readers got all of it: 3 died"
continue_flow "$unique.go"
over in 1

it 'each reader prints all that was sent by a writer that is killed'
start_paused
kill_running writer
for number in 1 2 3; do
    survives "r$number" 9
    errors_have "$unique: the writer has died: the output is incomplete"
    test "$(wc -c <"$dir/held/r$number.output")" -eq 777 || fail 'bytes are missing'
done
continue_flow "$unique.go"
over in 1

it 'a program behind a reader ends early, and the other readers get everything'
start writer shmwrite --stream --readers 2 --size 64K --input "$dir/input" "$unique"
stage r1 shmread --wait "$unique" | head -c 100 >"$dir/beginning"
start r2 shmread --wait "$unique"
over r1 7
whole r2
over writer 9
errors_have "$unique: 1 of 2 readers got all of it: 1 lost the program behind their output"

it 'all wait for a slow reader, and with --timeout it is cut off'
for timeout in 1h 1s; do
    stage in flow_w make 1000000 |
        start writer shmwrite --timeout $timeout --stream --readers 2 --size 64K "$unique"
    stage r1 shmread --wait "$unique" | start slow flow_w check pause 1 "$unique.go"
    stage r2 shmread --wait "$unique" | start out flow_w check
    says_soon slow 'holding'
    if [ $timeout = 1h ]; then
        until_true stat_has 'sent:' || fail 'there is no stream'
        is_over r2 && fail 'the other reader did not wait'
        continue_flow "$unique.go"
        over writer 0
        over r1 0
        over slow 0
    else
        over writer 9
        errors_have "$unique: 1 of 2 readers got all of it: 1 read too slowly"
        continue_flow "$unique.go"
        over r1 9
        errors_have "$unique: was too slow"
        until_true is_over slow
    fi
    over r2 0
    came 1000000
done

it 'a writer with fewer readers than it waits for times out'
start writer shmwrite --timeout 1s --stream --readers 3 --input "$0" "$unique"
start_readers 2
over writer 6
errors_have "$unique: timed out waiting for 1 of 3 readers"
over r1 0
over r2 0

it 'readers are killed at any time, and the others get everything'
seed=${SOAK_SEED:-$(date +%s)}
awk -v seed="$seed" -v count="${FANOUT_KILLS:-10}" 'BEGIN {
    srand(seed)
    split("4K 16K 64K", sizes, " ")
    while (count > 0) {
        readers = 2 + int(3 * rand())
        kills = 1 + int(rand() * (readers - 1))
        kills = kills > count ? count : kills
        met = rand() < 0.6
        printf "%d %s %s", readers, sizes[1 + int(3 * rand())], met ? "met" : "any"
        for (i = 1; i <= kills; i++)
            printf " %.3f", rand() * (met ? 0.05 : 0.2)
        print ""
        count -= kills
    }
}' >"$dir/plan"
wholes=0
early=0
middle=0
late=0
kills=0
while read -r plan; do
    count=${plan%% *}
    size=${plan#* }
    size=${size%% *}
    when=${plan#* * }
    pauses=${when#* }
    when=${when%% *}
    start writer shmwrite --verbose --stream --readers "$count" --size "$size" --input "$dir/input" "$unique"
    start_readers "$count"
    [ "$when" = any ] || says_soon writer "$count of $count readers have come"
    number=0
    for pause in $pauses; do
        number=$((number + 1))
        kills=$((kills + 1))
        sleep "$pause"
        kill_running "r$number"
    done
    # A reader that was killed before it attached leaves its place to another one.
    others=0
    until is_over writer; do
        [ $(($(milliseconds) - killed)) -lt $((limit * 1000)) ] || fail "the writer has not ended: $plan"
        sleep 0.3
        if ! is_over writer && [ $others -lt $number ]; then
            others=$((others + 1))
            start "other$others" shmread "$unique"
        fi
    done
    for survivor in $(seq $((number + 1)) "$count"); do
        whole "r$survivor"
        wholes=$((wholes + 1))
    done
    for other in $(seq $others); do
        until_true is_over "other$other" || fail 'a reader that came later does not end'
    done
    for victim in $(seq $number); do
        until_true is_over "r$victim" || fail 'a killed reader does not end'
        size_of=$(wc -c <"$dir/held/r$victim.output")
        case $size_of in
        0) early=$((early + 1)) ;;
        "$input_size") late=$((late + 1)) ;;
        *) middle=$((middle + 1)) ;;
        esac
        head -c "$size_of" "$dir/input" | cmp -s - "$dir/held/r$victim.output" ||
            fail 'a killed reader printed other bytes'
    done
    read -r status <"$dir/held/writer.status"
    case $status in
    0 | 9) ;;
    *) fail "the writer ended with $status" ;;
    esac
    until_true is_gone || fail 'the name is left behind'
done <"$dir/plan"
goal "seed $seed: $kills killed: $early before the first byte, $middle in the middle, $late after the last one"
goal "$wholes survivors have everything"
[ $middle -gt 0 ] || fail 'none was killed while data flowed: this shows nothing'

finish
