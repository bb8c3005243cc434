#!/bin/sh
. "$(dirname "$0")/scenario.sh"
. common/tests/scenarios/stream.sh
goal 'a stream delivers every byte unchanged'

# sends SIZE BYTES [OPTION-OF-FLOW]...: send BYTES bytes through a ring of SIZE,
# and expect all of them.
sends()
{
    ring=$1
    bytes=$2
    shift 2
    stage in flow_w make "$bytes" "$@" | start writer shmwrite --stream --size "$ring" "$unique"
    stage reader shmread --wait "$unique" | start out flow_w check
    over writer 0
    errors_are_empty
    over reader 0
    errors_are_empty
    came "$bytes"
}

for ring in 1 4K 5000 64K 1M; do
    case $ring in
    1 | 4K) capacity=4096 ;;
    5000) capacity=8192 ;;
    64K) capacity=65536 ;;
    1M) capacity=1048576 ;;
    esac
    it "delivers no byte, one byte, and about as much as a ring of --size $ring holds"
    for bytes in 0 1 $((capacity - 1)) $capacity $((capacity + 1)); do
        sends "$ring" "$bytes"
    done
done

it 'delivers several MiB through small, large and very large rings'
sends 4K 3000001
sends 64K 5000001
sends 1M 9000001
sends 64M $(((64 << 20) + 1))

it 'delivers input that arrives in pieces of odd sizes'
sends 4K 20000 piece 1 piece 7 piece 4097
sends 1M 100000 piece 4095 piece 3 piece 65536
sends 64K 500 piece 1

it 'delivers every byte value, from a pipe, from a file and by --input'
every_byte >"$dir/every"
# shellcheck disable=SC2002 # the input must be a pipe
cat "$dir/every" | start writer shmwrite --stream "$unique"
run 0 shmread --wait "$unique"
output_equals "$dir/every"
over writer 0
start writer shmwrite --stream "$unique" <"$dir/every"
run 0 shmread --wait "$unique"
output_equals "$dir/every"
over writer 0
start writer shmwrite --stream "$unique" --input "$dir/every"
run 0 shmread --wait "$unique"
output_equals "$dir/every"
over writer 0
start writer shmwrite --stream "$unique" --input - <"$dir/every"
run 0 shmread --wait "$unique"
output_equals "$dir/every"
over writer 0

it 'delivers into a pipe, into a file and by --output'
start writer shmwrite --stream "$unique" --input "$dir/every"
timeout "$limit" ${WINSHM_RUN:+"$WINSHM_RUN"} "$build/shmread.exe" --wait "$unique" | cat >"$dir/piped"
cmp -s "$dir/piped" "$dir/every" || fail 'the pipe gave something else'
over writer 0
bytes 3000000 >"$dir/large"
for input in every large; do
    echo old >"$dir/file"
    start writer shmwrite --stream "$unique" --input "$dir/$input"
    run 0 shmread --wait "$unique" --output "$dir/file"
    output_is ''
    cmp -s "$dir/file" "$dir/$input" || fail 'the file differs'
    over writer 0
done
start writer shmwrite --stream "$unique" --input "$dir/large"
run 0 shmread --wait "$unique" --output NUL
over writer 0

it 'delivers an empty file as an empty file'
: >"$dir/empty"
start writer shmwrite --stream "$unique" <"$dir/empty"
run 0 shmread --wait "$unique" --output "$dir/file"
over writer 0
[ ! -s "$dir/file" ] || fail 'it is not empty'

it 'the writer may start first, and waits for its reader'
start writer shmwrite --verbose --stream "$unique" --input "$dir/large"
until_true there || fail 'there is no stream'
is_over writer && fail 'it did not wait'
run 0 shmread "$unique"
output_equals "$dir/large"
over writer 0

it 'the reader may start first with --wait'
start reader shmread --wait "$unique"
until_true is_started reader
run 1 shmread "$unique"
is_over reader && fail 'it did not wait'
run 0 shmwrite --stream "$unique" --input "$dir/large"
over reader 0
output_equals "$dir/large"

it 'the reader may also start first if the ring is large'
for time in 1 2 3; do
    start reader shmread --wait "$unique"
    until_true is_started reader
    run 0 shmwrite --stream --size 256M "$unique" --input "$dir/large"
    over reader 0
    output_equals "$dir/large"
done

it 'the name is free again at once after the end'
for time in 1 2 3 4 5; do
    echo "time $time" >"$dir/short"
    start writer shmwrite --stream "$unique" <"$dir/short"
    run 0 shmread --wait "$unique"
    output_equals "$dir/short"
    over writer 0
    run 1 shmread "$unique"
done

if it_global 'is the same in every session with --global'; then
    start writer shmwrite --global --stream "$unique" --input "$dir/large"
    run 0 shmread --global --wait "$unique"
    output_equals "$dir/large"
    over writer 0
fi

it 'two streams at once do not mix'
stage in flow_w make 5000000 | start writer shmwrite --stream "$unique"
start other shmwrite --stream "$unique-other" --input "$dir/large"
stage reader shmread --wait "$unique" | start out flow_w check
run 0 shmread --wait "$unique-other"
output_equals "$dir/large"
over writer 0
over other 0
over reader 0
came 5000000

finish
