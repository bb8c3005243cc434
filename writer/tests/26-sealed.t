#!/bin/sh
. "$(dirname "$0")/../../common/tests/scenarios/scenario.sh"
goal '--sealed holds a value that never changes, in half the memory'

it 'every program reads it like any other value'
every_byte >"$dir/every"
hold demo shmwrite --sealed "$unique" <"$dir/every"
value_equals "$dir/every"
run 0 peek "$unique"
output_equals "$dir/every"
release demo "$unique"
holds '' --sealed ''

it 'uses half the memory'
bytes 1000000 >"$dir/much"
run 0 shmwrite -d --sealed -i "$dir/much" "$unique"
run 0 shmread --raw "$unique"
[ "$(wc -c <"$dir/output")" -lt 1010000 ] || fail "it takes $(wc -c <"$dir/output") bytes"
value_equals "$dir/much"

it 'every update of it is refused, and changes nothing'
for how in --update --put '--update --offset 1'; do
    # shellcheck disable=SC2086
    run 5 shmwrite $how "$unique" 'x'
    says "$unique: is sealed, and cannot be updated" '--release ends it'
done
run 5 shmwrite --update --raw "$unique" 'x'
value_equals "$dir/much"
let_go

finish
