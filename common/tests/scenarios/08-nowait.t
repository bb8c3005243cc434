#!/bin/sh
. "$(dirname "$0")/scenario.sh"
goal 'the tools wait for a pipe whose creator has set it not to wait, when it is empty and when it is full'

writes=$(with_backslashes "$(program shmwrite)")
reads=$(with_backslashes "$(program shmread)")
bytes 100000 >"$dir/bytes"

it 'shmwrite holds all bytes of such a pipe, which is empty at first'
hold demo run_w read "$writes $unique" <"$dir/bytes"
run 0 shmread "$unique"
output_equals "$dir/bytes"

it 'shmread writes all of a value into such a pipe, which is soon full'
run 0 run_w write "$reads $unique"
errors_are_empty
output_equals "$dir/bytes"
release demo "$unique"

it 'a stream passes all bytes from such a pipe to another one'
start writer run_w read "$writes --stream $unique" <"$dir/bytes"
run 0 run_w write "$reads --wait $unique"
errors_are_empty
output_equals "$dir/bytes"
over writer 0

it 'shmread reports that the program that reads such a pipe has ended'
hold demo shmwrite "$unique" <"$dir/bytes"
run 7 run_w unread "$reads $unique"
echo shmread >"$dir/ran"
says "$unique: the program that read the output has ended"
release demo "$unique"

it 'such a pipe that has ended without a byte is an empty input'
hold demo run_w read "$writes $unique" </dev/null
run 0 shmread "$unique"
output_is ''
release demo "$unique"

finish
