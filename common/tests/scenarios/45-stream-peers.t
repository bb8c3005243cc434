#!/bin/sh
. "$(dirname "$0")/scenario.sh"
. common/tests/scenarios/stream.sh
goal 'a stream has one writer and one reader, which wait for each other at most for --timeout'

# begin_stream: start a stream with a reader, and with an input that pauses
# after 777 bytes.
begin_stream()
{
    stage in flow_w make 1000 pause 777 "$unique.go" | start writer shmwrite --verbose --stream "$unique"
    stage reader shmread --wait "$unique" | start out flow_w check
    says_soon in 'holding'
    attached writer
}

# end_stream: end the pause, and expect that both sides succeed.
end_stream()
{
    continue_flow "$unique.go"
    over writer 0
    over reader 0
    came 1000
}

it 'a second reader and a second writer are refused, and do no harm'
begin_stream
for option in --wait --follow; do
    run 5 shmread $option "$unique"
    says "$unique: is a stream that already has its reader"
done
run 5 shmwrite --stream "$unique" </dev/null
says "$unique: already has its writer"
run 5 shmwrite "$unique" 'value'
says "$unique: already exists" '--release ends it'
run 5 shmwrite --put "$unique" 'value'
says "$unique: is a stream, and cannot be updated" '--release ends it'
run 0 shmread --raw "$unique"
test "$(wc -c <"$dir/output")" -gt $((1 << 20)) || fail '--raw does not print all memory of the stream'
end_stream

if on_wine; then
    it 'a reader that starts after another reader has died is refused'
    stage in flow_w make 1000 pause 777 "$unique.go" | start writer shmwrite --stream "$unique"
    start reader shmread --wait "$unique"
    until_true has_printed reader 777 || fail 'something is kept back'
    kill -STOP "$(cat "$dir/held/writer.pid")" # so that the writer does not end at once
    drop reader
    run 5 shmread "$unique"
    says "$unique: is a stream that already ha" # has, or had if the writer has seen the death
    kill -CONT "$(cat "$dir/held/writer.pid")"
    over writer 9
    says "$unique: the reader has died"
    continue_flow "$unique.go"
    over in 1
else
    skip 'a reader that starts after another reader has died is refused' 'Windows stops no program'
fi

it 'a stream that has ended does not exist for readers, even if another program keeps the name'
begin_stream
hold other communication write 'ignored' "$unique"
end_stream
run 1 shmread "$unique"
says "$unique: has been released, but another program keeps the memory open"
stop other "$unique"

it 'the writer gives up after --timeout if no reader comes'
begun=$(milliseconds)
echo text >"$dir/text"
run 6 shmwrite --timeout 400ms --stream "$unique" --input "$dir/text"
says "$unique: timed out waiting for a reader"
test $(($(milliseconds) - begun)) -ge 400 || fail 'it did not wait'
gone

it 'the writer gives up after --timeout if no reader comes and the input is silent'
# Start the input before the writer, so that the writer does not end before it.
stage in flow_w make 1000 pause 777 "$unique.go" | {
    says_soon in 'holding'
    start writer shmwrite --timeout 200ms --stream "$unique"
}
over writer 6
says "$unique: timed out waiting for a reader"
continue_flow "$unique.go"
over in 1

it 'the writer gives up after --timeout if the reader stops reading'
# Start the reader first. The timeout is longer than the start of either side.
stage reader shmread --wait "$unique" | start out flow_w check pause 1 "$unique.go"
stage in flow_w make 1000000 | start writer shmwrite --timeout 3s --stream --size 4K "$unique"
over writer 6
says "$unique: timed out waiting for the reader, which has stopped reading"
continue_flow "$unique.go"
over reader 9
says "$unique: the writer failed: the output is incomplete"
over out 0
over in 1

it 'the reader gives up after --timeout if the writer is silent, and prints the bytes that it received'
stage in flow_w make 1000 pause 777 "$unique.go" | start writer shmwrite --stream "$unique"
until_true has_sent 777 || fail 'something is kept back'
stage reader shmread --wait --timeout 500ms "$unique" | start out flow_w check
over reader 6
says "$unique: timed out waiting for the writer"
came 777
over writer 9
says "$unique: the reader failed"
continue_flow "$unique.go"
over in 1

# Some bytes arrive every 500 ms, and all of them take longer than the timeout.
it 'every byte restarts the --timeout of a reader, and of a writer, also after the end of its input'
stage reader shmread --wait --timeout 3s "$unique" | start out flow_w check
stage in flow_w make 8000 piece 1000 rest 500 | start writer shmwrite --stream "$unique"
over writer 0
over reader 0
came 8000
stage reader shmread --wait "$unique" | start out flow_w check piece 50000 rest 500
stage in flow_w make 400000 | start writer shmwrite --timeout 3s --stream --size 1M "$unique"
over writer 0
over reader 0
came 400000

it '--release ends a stream that has a reader'
begin_stream
until_true has_received 777 || fail 'something is kept back'
run 0 shmwrite --release "$unique"
over writer 9
errors_have "$unique: was released before the input ended"
over reader 9
says "$unique: the writer failed: the output is incomplete"
came 777
continue_flow "$unique.go"
over in 1
gone

finish
