#!/bin/sh
. "$(dirname "$0")/scenario.sh"
. common/tests/scenarios/stream.sh
goal 'if one side is killed at any time, the other side ends, and the output is a beginning of the input'

it 'the writer is killed while it waits for its input, and all sent bytes are printed'
stage in flow_w make 1000 pause 777 "$unique.go" | start writer shmwrite --verbose --stream "$unique"
stage reader shmread --wait "$unique" | start out flow_w check
until_true has_sent 777 || fail 'something is kept back'
attached writer
kill_running writer
survives reader 9
says "$unique: the writer has died: the output is incomplete"
came 777
continue_flow "$unique.go"
over in 1

it 'the reader is killed while the writer waits for its input'
stage in flow_w make 1000 pause 777 "$unique.go" | start writer shmwrite --stream "$unique"
start reader shmread --wait "$unique"
until_true has_printed reader 777 || fail 'something is kept back'
kill_running reader
survives writer 9
says "$unique: the reader has died"
continue_flow "$unique.go"
over in 1

it 'the writer is killed while it waits for room, and all bytes in the ring are printed'
stage in flow_w make 100000000 | start writer shmwrite --progress --stream --size 64K "$unique"
stage reader shmread --wait "$unique" | start out flow_w check pause 1 "$unique.go"
says_soon out 'holding'
says_soon writer 'ring 100 % full'
kill_running writer
continue_flow "$unique.go"
survives reader 9
says "$unique: the writer has died: the output is incomplete"
over out 0
test "$(cat "$dir/output")" -ge 65536 || fail "less came than the ring holds: $(cat "$dir/output")"
over in 1

it 'the reader is killed after the end of the input, before it has read all of it'
stage in flow_w make 200000 | start writer shmwrite --verbose --stream "$unique"
stage reader shmread --wait "$unique" | start out flow_w check pause 1 "$unique.go"
says_soon out 'holding'
over in 0
kill_running reader
survives writer 9
errors_have "$unique: the reader has died"
continue_flow "$unique.go"
over out 0

it 'the writer is killed before there is a reader, and the name is free again'
stage in flow_w make 1000 pause 777 "$unique.go" | start writer shmwrite --stream "$unique"
says_soon in 'holding'
until_true there || fail 'there is no stream'
drop writer
continue_flow "$unique.go"
over in 1
gone
stage in flow_w make 1000 | start writer shmwrite --stream "$unique"
stage reader shmread --wait "$unique" | start out flow_w check
over writer 0
over reader 0
came 1000

it 'either side is killed at any time'
random_kills "${STREAM_KILLS:-16}"

finish
