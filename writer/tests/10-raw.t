#!/bin/sh
. "$(dirname "$0")/../../common/tests/scenarios/scenario.sh"
goal '--raw creates memory for programs that expect nothing but the contents'

it 'creates memory of the size of --size, with the contents, zeros, and no trailer'
hold demo shmwrite --raw --size 4096 "$unique" 'hello'
run 0 raw_w "$unique"
{
    printf 'hello'
    head -c 4091 /dev/zero
} >"$dir/wanted"
output_equals "$dir/wanted"

it 'shmread prints it like any string'
run 0 shmread "$unique"
output_is 'hello'

it 'shmread --raw prints all of it'
run 0 shmread --raw "$unique"
output_equals "$dir/wanted"
release demo "$unique"
says 'holding 5 bytes'

it 'Windows rounds its size up to whole pages'
hold demo shmwrite --raw --size 5000 "$unique" 'hello'
run 0 raw_w "$unique"
test "$(wc -c <"$dir/output")" -eq 8192 || fail "it has $(wc -c <"$dir/output") bytes"
release demo "$unique"

it 'has the size of its contents without --size'
every_byte >"$dir/every"
hold demo shmwrite --raw "$unique" <"$dir/every"
run 0 raw_w "$unique" 0 "$(wc -c <"$dir/every")"
output_equals "$dir/every"
run 0 shmread -r "$unique"
test "$(wc -c <"$dir/output")" -eq 4096 || fail "it has $(wc -c <"$dir/output") bytes"
release demo "$unique"

it 'fills a page to its last byte'
bytes 4096 >"$dir/page"
hold demo shmwrite --raw "$unique" <"$dir/page"
run 0 shmread "$unique"
output_equals "$dir/page"
release demo "$unique"

it 'stores TEXT in the encoding of --encoding'
hold demo shmwrite --raw --size 64 --encoding utf-16 "$unique" 'hié'
run 0 raw_w "$unique" 0 8
printf 'h\0i\0\351\0\0\0' >"$dir/wanted"
output_equals "$dir/wanted"
run 0 shmread "$unique"
output_is 'hié'
release demo "$unique"

it 'may contain nothing but zeros'
hold demo shmwrite --raw --size 100 "$unique" ''
run 0 raw_w "$unique"
head -c 4096 /dev/zero >"$dir/wanted"
output_equals "$dir/wanted"
release demo "$unique"

it 'requires --size if there are no contents'
run 2 shmwrite --raw "$unique" ''
says "$unique: --raw: give --size or some contents: memory of 0 bytes cannot be created"
run 2 shmwrite --raw --quiet "$unique"
errors_are_empty

it 'refuses contents that are larger than --size'
run 8 shmwrite --raw --size 4 "$unique" 'hello'
says 'the contents are larger than 4 bytes'
run 1 shmread "$unique"

finish
