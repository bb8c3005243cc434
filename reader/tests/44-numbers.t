#!/bin/sh
. "$(dirname "$0")/../../common/tests/scenarios/scenario.sh"
goal '--encoding with a type of numbers prints the numbers in memory, one a line'

it 'prints floats with the fewest digits, and as many whole numbers as fit'
printf '\0\0\050\102\146\146\124\103\315\314\314\075\0\0' >"$dir/floats"
hold demo shmwrite --input "$(with_backslashes "$dir/floats")" "$unique"
run 0 shmread -e f32 "$unique"
output_lines 42 212.4 0.1
run 0 shmread --encoding f32 --offset 4 -n 4 "$unique"
output_lines 212.4
run 0 shmread -e u16 --offset 12 "$unique"
output_lines 0
run 0 shmread -e u64 --offset 8 "$unique"
output_is ''
release demo "$unique"

it 'prints whole numbers of every size, to their last digit'
printf '\377\377\377\377\377\377\377\377\0\0\0\0\0\0\0\200' >"$dir/wholes"
hold demo shmwrite --input "$(with_backslashes "$dir/wholes")" "$unique"
run 0 shmread -e u64 "$unique"
output_lines 18446744073709551615 9223372036854775808
run 0 shmread -e i64 "$unique"
output_lines -1 -9223372036854775808
run 0 shmread -e i8 -n 1 "$unique"
output_lines -1
run 0 shmread -e f64 "$unique"
output_lines nan -0
release demo "$unique"

it 'prints many numbers, which come in pieces'
head -c 100001 /dev/zero | tr '\0' '\1' >"$dir/many"
hold demo shmwrite --input "$(with_backslashes "$dir/many")" "$unique"
run 0 shmread -e u32 "$unique"
awk 'BEGIN { for (i = 0; i < 25000; i++) printf "16843009\r\n" }' >"$dir/wanted"
output_equals "$dir/wanted"
release demo "$unique"

it 'prints the numbers of a stream'
bytes 70001 >"$dir/bytes"
start sending shmwrite --stream --input "$(with_backslashes "$dir/bytes")" "$unique"
run 0 shmread --wait -e u8 "$unique"
cp "$dir/output" "$dir/numbers"
over sending 0
cp "$dir/numbers" "$dir/output"
od -A n -v -w1 -t u1 "$dir/bytes" | awk '{ printf "%d\r\n", $1 }' >"$dir/wanted"
output_equals "$dir/wanted"

it 'refuses another type, and --text and --hex'
run 2 shmread -e f16 "$unique"
run 2 shmread -z -e f32 "$unique"
says '--text and a type of numbers cannot be combined'
run 2 shmread -x -e f32 "$unique"
says '--hex and --encoding cannot be combined'

finish
