#!/bin/sh
. "$(dirname "$0")/../../common/tests/scenarios/scenario.sh"
goal '--update --offset overwrites in place and may make the value longer'

it 'overwrites in the middle, at the beginning and at the end'
hold demo shmwrite --size 100 "$unique" 'abcdefghij'
run 0 shmwrite --update --offset 3 "$unique" 'XYZ'
value_is "$unique" 'abcXYZghij'
run 0 shmwrite --update --offset 0 "$unique" '01'
value_is "$unique" '01cXYZghij'
run 0 shmwrite --update --offset 8 "$unique" '89'
value_is "$unique" '01cXYZgh89'

it 'makes the value longer'
run 0 shmwrite --update --offset 9 "$unique" 'nine'
value_is "$unique" '01cXYZgh8nine'
run 0 shmwrite --update --offset 0xD "$unique" '!'
value_is "$unique" '01cXYZgh8nine!'
run 0 sample_reader "$unique"
output_is '01cXYZgh8nine!'

it 'fills the gap between the old end and --offset with zeros'
run 0 shmwrite --update "$unique" 'a longer text that leaves its bytes'
run 0 shmwrite --update "$unique" 'ab'
run 0 shmwrite --update --offset 5 "$unique" 'f'
printf 'ab\0\0\0f' >"$dir/wanted"
run 0 shmread "$unique"
output_equals "$dir/wanted"

it 'changes at most the length with an empty TEXT'
run 0 shmwrite --update "$unique" 'abc'
run 0 shmwrite --update --offset 1 "$unique" ''
value_is "$unique" 'abc'

it 'writes up to the last byte of the room, and refuses more'
run 0 shmwrite --update --offset 99 "$unique" 'e'
run 0 shmread "$unique"
[ "$(wc -c <"$dir/output")" -eq 100 ] || fail "it has $(wc -c <"$dir/output") bytes"
run 0 shmwrite --update "$unique" 'abc'
run 8 shmwrite --update --offset 99 "$unique" 'ef'
says "$unique: 2 bytes at offset 99 do not fit: there is room for 100 bytes"
run 8 shmwrite --update --offset 101 "$unique" ''
run 8 shmwrite --update --offset 1T "$unique" 'x'
run 8 shmwrite --update --offset 18446744073709551615 "$unique" 'xx'
value_is "$unique" 'abc'

it 'keeps the encoding of the value'
run 0 shmwrite --update -e utf-16 "$unique" 'Grüße'
printf 'K\0' | run 0 shmwrite --update --offset 0 "$unique"
value_is "$unique" 'Krüße'

it 'accepts bytes from a pipe and a file'
run 0 shmwrite --update "$unique" 'abcdef'
printf 'BC' | run 0 shmwrite --update --offset 1 "$unique"
printf 'EF' >"$dir/part"
run 0 shmwrite --update --offset 4 -i "$dir/part" "$unique"
run 0 shmread "$unique"
output_is 'aBCdEF'
release demo "$unique"

it 'hints at --raw for the memory of another program'
hold other collide section "$unique"
run 5 shmwrite --update --offset 1 "$unique" 'x'
says "$unique: has no layout of shmwrite" "--update --raw writes into such memory"
stop other "$unique"

it 'refuses --offset without --update, and one that is not a number'
run 2 shmwrite --offset 1 "$unique" 'x'
says '--offset goes only with --update'
run 2 shmwrite --put --offset 1 "$unique" 'x'
says '--offset does not go with --put'
run 2 shmwrite --update --offset -1 "$unique" 'x'
run 2 shmwrite --update --offset here "$unique" 'x'

finish
