#!/bin/sh
. "$(dirname "$0")/scenario.sh"
. common/tests/scenarios/stream.sh
goal 'a stream goes as fast as its slower side, and loses nothing'

it 'the writer waits with a full ring while the reader pauses'
stage in flow_w make 5000000 | start writer shmwrite --progress --stream --size 64K "$unique"
stage reader shmread --wait "$unique" | start out flow_w check pause 1000 "$unique.go"
says_soon out 'holding'
says_soon writer 'ring 100 % full'
is_over writer && fail 'the writer did not wait'
continue_flow "$unique.go"
over writer 0
over reader 0
came 5000000

it 'the reader prints all sent bytes while the writer pauses, and waits for the rest'
stage in flow_w make 300000 pause 123457 "$unique.go" | start writer shmwrite --stream "$unique"
start reader shmread --wait "$unique"
until_true has_printed reader 123457 || fail 'something is kept back'
is_over reader && fail 'the reader did not wait'
continue_flow "$unique.go"
over writer 0
over reader 0
test "$(wc -c <"$dir/output")" -eq 300000 || fail 'it is not the whole'
$WINSHM_RUN "$build/tests/flow_w.exe" check <"$dir/output" >"$dir/checked" || fail "$(cat "$dir/checked")"

it 'the reader waits for a writer that pauses before its first byte'
stage in flow_w make 10 pause 0 "$unique.go" | start writer shmwrite --verbose --stream "$unique"
stage reader shmread --wait "$unique" | start out flow_w check
attached writer
continue_flow "$unique.go"
over writer 0
over reader 0
came 10

it 'the reader waits for the end while the writer pauses after its last byte'
stage in flow_w make 10 pause 10 "$unique.go" | start writer shmwrite --stream "$unique"
start reader shmread --wait "$unique"
until_true has_printed reader 10 || fail 'something is kept back'
is_over reader && fail 'it did not wait'
continue_flow "$unique.go"
over writer 0
over reader 0

it 'delivers a fast stream in small reads, and a slow one in large reads'
stage in flow_w make 3000000 | start writer shmwrite --stream --size 4K "$unique"
stage reader shmread --wait "$unique" | start out flow_w check piece 1000 piece 1 piece 333
over writer 0
over reader 0
came 3000000
stage in flow_w make 3000 piece 1 | start writer shmwrite --stream "$unique"
stage reader shmread --wait "$unique" | start out flow_w check
over writer 0
over reader 0
came 3000

if [ -r /proc/self/stat ] && on_wine; then
    it 'an idle stream uses no processor time'
    idle 5
else
    skip 'an idle stream uses no processor time' 'this needs /proc'
fi

finish
