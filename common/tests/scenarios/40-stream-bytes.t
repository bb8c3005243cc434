#!/bin/sh
# shellcheck disable=SC2094 # a stream has the bytes of the file that it is made from
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

# receives FILE [OPTION-OF-SHMWRITE]...: send the file, or the standard input,
# and expect all of it.
receives()
{
    file=$1
    shift
    start writer shmwrite --stream "$@" "$unique"
    value_equals "$file" --wait
    over writer 0
}

it 'delivers no byte, one byte, and about as much as a ring holds'
for bytes in 0 1 4095 4096 4097; do
    sends 4K $bytes
done

it 'delivers several MiB through small, large and very large rings'
sends 1 300001
sends 5000 3000001
sends 1M 9000001
sends 64M $(((64 << 20) + 1))

it 'delivers input that arrives in pieces of odd sizes'
sends 4K 20000 piece 1 piece 7 piece 4097
sends 1M 100000 piece 4095 piece 3 piece 65536

it 'delivers every byte value, from a pipe, from a file and by --input'
every_byte >"$dir/every"
every_byte | receives "$dir/every"
receives "$dir/every" <"$dir/every"
receives "$dir/every" --input "$dir/every"
receives "$dir/every" --input - <"$dir/every"

it 'delivers into a pipe, into a file and by --output'
start writer shmwrite --stream "$unique" --input "$dir/every"
timeout "$limit" ${WINSHM_RUN:+"$WINSHM_RUN"} "$build/shmread.exe" --wait "$unique" | cat >"$dir/piped"
cmp -s "$dir/piped" "$dir/every" || fail 'the pipe gave something else'
over writer 0
bytes 3000000 >"$dir/large"
: >"$dir/empty"
for input in large empty; do
    echo old >"$dir/file"
    start writer shmwrite --stream "$unique" --input "$dir/$input"
    run 0 shmread --wait "$unique" --output "$dir/file"
    output_is ''
    cmp -s "$dir/file" "$dir/$input" || fail 'the file differs'
    over writer 0
done

it 'the writer may start first, and waits for its reader'
start writer shmwrite --stream "$unique" --input "$dir/large"
until_true there || fail 'there is no stream'
is_over writer && fail 'it did not wait'
value_equals "$dir/large"
over writer 0

it 'the reader may start first with --wait, also if the ring is large'
for size in 64K 256M; do
    start reader shmread --wait "$unique"
    until_true is_started reader
    gone
    is_over reader && fail 'it did not wait'
    run 0 shmwrite --stream --size $size "$unique" --input "$dir/large"
    over reader 0
    output_equals "$dir/large"
done

it 'the name is free again at once after the end'
for time in 1 2 3; do
    echo "time $time" >"$dir/short"
    receives "$dir/short" -s 4K -t 60s -i "$dir/short"
    run 1 shmread "$unique"
    says "$unique: does not exist"
done

if it_global 'is the same in every session with --global'; then
    start writer shmwrite --global --stream "$unique" --input "$dir/large"
    value_equals "$dir/large" --global --wait
    over writer 0
fi

finish
