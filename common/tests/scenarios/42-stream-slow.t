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

# The writer pauses before its first byte, in the midst, and after its last one.
for pause in 0 123457 300000; do
    it "the reader prints $pause bytes while the writer pauses after them, and waits for the rest"
    stage in flow_w make 300000 pause $pause "$unique.go" | start writer shmwrite --verbose --stream "$unique"
    start reader shmread --wait "$unique"
    attached writer
    [ $pause -eq 0 ] || until_true has_printed reader $pause || fail 'something is kept back'
    is_over reader && fail 'the reader did not wait'
    continue_flow "$unique.go"
    over writer 0
    over reader 0
    test "$(wc -c <"$dir/output")" -eq 300000 || fail 'it is not the whole'
    $WINSHM_RUN "$build/tests/flow_w.exe" check <"$dir/output" >"$dir/checked" || fail "$(cat "$dir/checked")"
done

if [ -r /proc/self/stat ] && on_wine; then
    it 'an idle stream uses no processor time'
    idle 3
else
    skip 'an idle stream uses no processor time' 'this needs /proc'
fi

finish
