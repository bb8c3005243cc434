#!/bin/sh
. "$(dirname "$0")/../../common/tests/scenarios/scenario.sh"
goal '--update --offset overwrites in place and may make the value longer'

hold demo shmwrite --size 100 "$unique" 'abcdefghij'

it 'overwrites a part, and makes the value longer'
run 0 shmwrite --update --offset 3 "$unique" 'XYZ'
value_is "$unique" 'abcXYZghij'
run 0 shmwrite --update --offset 0x9 "$unique" 'nine'
value_is "$unique" 'abcXYZghinine'
run 0 sample_reader "$unique"
output_is 'abcXYZghinine'

it 'fills the gap between the old end and --offset with zeros'
run 0 shmwrite --update "$unique" 'ab'
printf 'f' | run 0 shmwrite --update --offset 5 "$unique"
run 0 shmread "$unique"
output_bytes 'ab\0\0\0f'

it 'writes up to the last byte of the room, and refuses more'
run 0 shmwrite --update --offset 99 "$unique" 'e'
run 0 shmread "$unique"
[ "$(wc -c <"$dir/output")" -eq 100 ] || fail "it has $(wc -c <"$dir/output") bytes"
run 0 shmwrite --update "$unique" 'abc'
run 8 shmwrite --update --offset 99 "$unique" 'ef'
says "$unique: 2 bytes at offset 99 do not fit: there is room for 100 bytes"
run 8 shmwrite --update --offset 18446744073709551615 "$unique" 'xx'
value_is "$unique" 'abc'

it 'keeps the encoding of the value'
run 0 shmwrite --update -e utf-16 "$unique" 'Grüße'
printf 'K\0' | run 0 shmwrite --update --offset 0 "$unique"
value_is "$unique" 'Krüße'
release demo "$unique"

it 'hints at --raw for the memory of another program'
hold other collide section "$unique"
run 5 shmwrite --update --offset 1 "$unique" 'x'
says "$unique: has no layout of shmwrite" "--update --raw writes into such memory"
stop other "$unique"

finish
