#!/bin/sh
. "$(dirname "$0")/../../common/tests/scenarios/scenario.sh"
goal '--sealed holds a value that never changes, in half the memory'

it 'shmread prints it like any other value'
every_byte >"$dir/every"
hold demo shmwrite --sealed "$unique" <"$dir/every"
run 0 shmread "$unique"
output_equals "$dir/every"
run 0 peek "$unique"
output_equals "$dir/every"
run 0 sample_reader "$unique"
release demo "$unique"

it 'a plain program reads it as a string'
hold demo shmwrite --sealed "$unique" 'a sealed text'
run 0 sample_reader "$unique"
output_is 'a sealed text'
release demo "$unique"

it 'uses half the memory'
bytes 1000000 >"$dir/much"
run 0 shmwrite -d --sealed -i "$dir/much" "$unique-sealed"
run 0 shmwrite -d -i "$dir/much" "$unique-open"
run 0 shmread --raw "$unique-sealed"
sealed=$(wc -c <"$dir/output")
run 0 shmread --raw "$unique-open"
open=$(wc -c <"$dir/output")
echo "# 1000000 bytes take $sealed sealed, and $open with the journal"
[ "$sealed" -lt 1010000 ] || fail "it takes $sealed bytes"
[ "$open" -gt 2000000 ] || fail "an unsealed one takes $open"
run 0 shmread "$unique-sealed"
output_equals "$dir/much"
let_go "$unique-sealed"
let_go "$unique-open"

it 'every update of it is refused, and changes nothing'
run 0 shmwrite -d --sealed --size 100 "$unique" 'sealed'
run 0 raw_w "$unique"
cp "$dir/output" "$dir/before"
run 5 shmwrite --update "$unique" 'x'
says "$unique: is sealed, and cannot be updated" '--release ends it'
run 5 shmwrite --put "$unique" 'x'
says "$unique: is sealed, and cannot be updated" '--release ends it'
run 5 shmwrite --update --offset 1 "$unique" 'x'
says "$unique: is sealed, and cannot be updated" '--release ends it'
run 5 shmwrite --update --raw "$unique" 'x'
run 0 raw_w "$unique"
output_equals "$dir/before"

it 'is released like any other value'
let_go "$unique"

it 'may be empty'
run 0 shmwrite -d --sealed "$unique" ''
value_is "$unique" ''
let_go "$unique"

it 'is refused with --raw and with --update'
run 2 shmwrite --sealed --raw "$unique" 'x'
says '--raw and --sealed cannot be combined'
run 2 shmwrite --sealed --update "$unique" 'x'
says '--sealed does not go with --update'

finish
