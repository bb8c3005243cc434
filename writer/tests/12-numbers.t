#!/bin/sh
# shellcheck source=common/tests/scenarios/scenario.sh
. "$(dirname "$0")/../../common/tests/scenarios/scenario.sh"
goal '--encoding with a type of numbers stores numbers, which shmread prints again'

it 'stores the numbers of TEXT'
hold demo shmwrite -e f32 "$unique" '42.5 -0 1e-45 inf'
run 0 raw_w "$unique" 0 16
printf '\0\0\052\102\0\0\0\200\1\0\0\0\0\0\200\177' >"$dir/wanted"
output_equals "$dir/wanted"
run 0 shmread -e f32 "$unique"
output_lines 42.5 -0 1e-45 inf

it 'replaces a number, and needs -- before a NAME and a negative number'
run 0 shmwrite --update --offset 4 -e f32 -- "$unique" -3.25
run 0 shmread --get f32@4 "$unique"
output_lines -3.25

it 'changes nothing if one of the numbers is wrong'
run 2 shmwrite --update -e u8 "$unique" '1 256'
says "$unique: \"256\" is not a number of type u8"
run 0 shmread --get f32@0 "$unique"
output_lines 42.5
release demo "$unique"

it 'stores the numbers of a pipe, and prints them again'
awk 'BEGIN { for (i = 0; i < 20000; i++) print i * 1001 }' >"$dir/numbers"
hold demo shmwrite -e i64 "$unique" <"$dir/numbers"
run 0 shmread -e i64 "$unique"
awk '{ printf "%s\r\n", $0 }' "$dir/numbers" >"$dir/wanted"
output_equals "$dir/wanted"
release demo "$unique"

it 'fills up a text with zero bytes, so that no older text remains behind it'
hold demo shmwrite "$unique" 'an old and long text'
run 0 shmwrite --update --offset 3 --pad 13 "$unique" 'new'
run 0 shmread --get 'hex@0*20' "$unique"
output_lines 616e206e65770000000000000000000074657874
run 8 shmwrite --update --offset 3 --pad 13 "$unique" 'longer than that'
says "$unique: the contents are larger than 13 bytes"
release demo "$unique"

it 'does not convert a stream'
run 2 shmwrite --stream -e u8 "$unique" <"$dir/numbers"
says '--stream sends its input unchanged: --encoding cannot be a type of numbers'

finish
