#!/bin/sh
. "$(dirname "$0")/scenario.sh"
. common/tests/scenarios/stream.sh
goal 'both sides of a stream end, however one of them ends'

windows_program=$(with_backslashes "$(program shmread)")

it 'an input that does not exist, or that is a folder, leaves no stream'
run 7 shmwrite --stream "$unique" --input "$dir/missing"
says "$unique: cannot "
errors_have '(2)'
mkdir "$dir/folder"
run 7 shmwrite --stream "$unique" --input "$dir/folder"
says "$unique: cannot "
gone

it 'an input whose writer is killed ends like any other, as a pipe does not show why it ends'
stage in flow_w make 1000 pause 500 "$unique.go" | start writer shmwrite --stream "$unique"
stage reader shmread --wait "$unique" | start out flow_w check
says_soon in 'holding'
drop in
over writer 0
over reader 0
came 500

it 'both sides report that no program ever read the output'
stage in flow_w make 1000000000 | start writer shmwrite --verbose --stream "$unique"
run 7 run_w closed "$windows_program --wait $unique"
echo shmread >"$dir/ran"
says "$unique: the program that read the output has ended"
over writer 7
errors_have "$unique: the reader's output was closed"
over in 1

it 'both sides report that the program that reads the output has ended, even while the input is silent'
stage in flow_w make 1000000 pause 500000 "$unique.go" | start writer shmwrite --stream "$unique"
stage reader shmread --wait "$unique" | head -c 100 >"$dir/beginning"
killed=$(milliseconds)
survives reader 7
survives writer 7
says "$unique: the reader's output was closed"
continue_flow "$unique.go"
over in 1

it 'the reader reports that it cannot write its file before it opens the stream'
start writer shmwrite --stream "$unique" --input "$0"
run 7 shmread --wait "$unique" --output "$dir/missing/file"
says "$unique: cannot write"
run 0 shmread --wait "$unique"
output_equals "$0"
over writer 0

it 'the reader does not replace its file if the writer dies'
mkdir "$dir/beside"
echo old >"$dir/beside/file"
stage in flow_w make 1000000 pause 500000 "$unique.go" | start writer shmwrite --verbose --stream "$unique"
start reader shmread --wait "$unique" --output "$dir/beside/file"
attached writer
says_soon in 'holding'
kill_running writer
survives reader 9
test "$(cat "$dir/beside/file")" = old || fail 'the file has changed'
test "$(find "$dir/beside" -type f | wc -l)" -eq 1 || fail 'something lies beside it'
continue_flow "$unique.go"
over in 1

finish
