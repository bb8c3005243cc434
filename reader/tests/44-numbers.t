#!/bin/sh
. "$(dirname "$0")/../../common/tests/scenarios/scenario.sh"
goal '--encoding with a type of numbers prints the numbers in memory, one a line'

it 'prints floats with the fewest digits, and as many whole numbers as fit'
printf '\0\0\050\102\146\146\124\103\315\314\314\075\0\0' >"$dir/floats"
hold demo shmwrite "$unique" <"$dir/floats"
run 0 shmread -e f32 "$unique"
output_lines 42 212.4 0.1
run 0 shmread --encoding u16 --offset 12 -n 2 "$unique"
output_lines 0
run 0 shmread -e u64 --offset 8 "$unique"
output_is ''
release demo "$unique"

it 'prints whole numbers to their last digit'
hold demo shmwrite -e u64 "$unique" '18446744073709551615 9223372036854775808'
run 0 shmread -e u64 "$unique"
output_lines 18446744073709551615 9223372036854775808
run 0 shmread -e i64 "$unique"
output_lines -1 -9223372036854775808
run 0 shmread -e f64 "$unique"
output_lines nan -0
release demo "$unique"

it 'prints the numbers of a stream, which come in pieces'
bytes 70001 >"$dir/bytes"
od -A n -v -w1 -t u1 "$dir/bytes" | awk '{ printf "%d\r\n", $1 }' >"$dir/wanted"
start sending shmwrite --stream --input "$dir/bytes" "$unique"
value_equals "$dir/wanted" --wait -e u8
over sending 0

finish
