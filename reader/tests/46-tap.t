#!/bin/sh
# shellcheck disable=SC2154 # the functions of stream.sh set what is used here
. "$(dirname "$0")/../../common/tests/scenarios/scenario.sh"
. common/tests/scenarios/stream.sh
goal 'shmread --tap looks into a stream without taking part in it'

# begin [OPTION]...: start a stream that stops after 100000 of 300000 bytes, its
# reader, and a tap that has seen none of these bytes.
begin()
{
    stage in flow_w make 300000 pause 100000 "$unique.go" | start writer shmwrite --verbose --stream "$unique"
    start reader shmread --wait "$unique"
    until_true has_printed reader 100000 || fail 'the first bytes do not come'
    start tap shmread --tap --verbose "$@" "$unique"
    says_soon tap 'from byte 100000 on'
}

it 'prints what is sent from now on, beside the reader, and ends with the stream'
begin
continue_flow "$unique.go"
over writer 0
over in 0
over reader 0
cp "$dir/output" "$dir/whole"
over tap 0
tail -c 200000 "$dir/whole" >"$dir/rest"
output_equals "$dir/rest"

it 'may be killed, and neither the reader nor the writer notices that'
begin
kill_running tap
continue_flow "$unique.go"
over writer 0
errors_have 'the reader has come'
over reader 0
output_equals "$dir/whole"
over in 0

it 'reports the death of the writer, and how long it has waited'
begin --timeout 1
over tap 6
errors_have "$unique: timed out waiting for the writer"
start tap shmread --tap --verbose "$unique"
says_soon tap 'from byte 100000 on'
kill_running writer
survives tap 9
errors_have "$unique: the writer has died: the output is incomplete"
over reader 9
continue_flow "$unique.go"
over in 1

it 'works before a reader has come, keeps no name, and waits for one with --wait'
start tap shmread --tap --wait --verbose "$unique"
until_true is_started tap
start writer shmwrite --stream "$unique" --input "$dir/whole"
says_soon tap 'looks into the stream'
value_equals "$dir/whole"
over writer 0
over tap 0
gone

it 'counts what it has missed of a stream that is too fast'
stage in flow_w make 200000000 pause 10 "$unique.go" | start writer shmwrite --stream --size 64K "$unique"
start reader shmread --wait --output NUL "$unique"
until_true has_sent 10
start tap shmread --tap --verbose "$unique"
says_soon tap 'from byte 10 on'
continue_flow "$unique.go"
over writer 0
over in 0
over reader 0
until_true is_over tap
missed=$(sed -n 's/.*missed \([0-9]*\) bytes.*/\1/p' "$dir/held/tap.errors" | awk '{ sum += $1 } END { print sum + 0 }')
printed=$(wc -c <"$dir/held/tap.output")
test $((missed + printed)) -eq 199999990 || fail "$missed missed + $printed printed is not all"
if [ "$missed" -gt 0 ]; then over tap 9; else over tap 0; fi

it 'refuses what is no stream'
hold value shmwrite "$unique" text
run 2 shmread --tap "$unique"
says "$unique: is not a stream: --tap applies only to streams"
release value "$unique"

finish
