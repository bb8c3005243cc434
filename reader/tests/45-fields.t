#!/bin/sh
. "$(dirname "$0")/../../common/tests/scenarios/scenario.sh"
goal '--get prints the fields of a record, and --rows a table of records'

# A record: i32 3, i32 6116, f32 212.4, and a text of 8 bytes.
record()
{
    printf '\3\0\0\0\344\027\0\0\146\146\124\103%s\0\0\0\0' "$1"
}

it 'prints the fields of a record, with and without labels'
record Monz >"$dir/record"
hold demo shmwrite --input "$(with_backslashes "$dir/record")" "$unique"
run 0 shmread --get gear=i32@0 --get rpm=i32@4 --get speed=f32@8 --get 'track name=text@12*8' "$unique"
output_lines gear=3 rpm=6116 speed=212.4 'track name=Monz'
run 0 shmread --get 'i32@0*2' "$unique"
output_lines '3 6116'
run 0 shmread --offset 4 --get i32@0 --get 'hex@4*4' "$unique"
output_lines 6116 66665443

it 'prints JSON'
run 0 shmread --json --get gear=i32@0 --get 'both=i32@0*2' --get 'name=text@12' "$unique"
output_lines '{"gear": 3, "both": [3, 6116], "name": "Monz"}'

it 'prints nothing if a field is beyond the end'
run 1 shmread --get gear=i32@0 --get x=u8@20 "$unique"
output_is ''
says "$unique: has no field x=u8@20: it has 20 bytes"
run 1 shmread --get u64@0xFFFFFFFFFFFFFFFF "$unique"
output_is ''

it 'has no field beyond 2^31 and 2^32 bytes, also as a 32-bit program'
for at in 0x7FFFFFFF 0x80000000 0xFFFFFFFF 0x100000000 0x100000004; do
    for field in "u8@$at" "text@$at" "hex@0*$at"; do
        run 1 shmread --get "$field" "$unique"
        says "$unique: has no field $field: it has 20 bytes"
    done
    run 1 shmread --rows "$at*1" --get u8@0 "$unique"
    run 1 shmread --rows "1*$at" --get u8@0 "$unique"
done

it 'writes to a file'
run 0 shmread --get gear=i32@0 -o "$(with_backslashes "$dir/file")" "$unique"
output_is ''
cp "$dir/file" "$dir/output"
output_lines gear=3
release demo "$unique"

it 'prints rows, with a TAB between the values'
{
    printf HEAD
    record Monz
    record 'a	b
'
} >"$dir/rows"
hold demo shmwrite --input "$(with_backslashes "$dir/rows")" "$unique"
run 0 shmread --offset 4 --rows '2*20' --get 'n=text@12*8' --get i32@4 "$unique"
output_lines 'Monz	6116' 'a b 	6116'
run 0 shmread --offset 4 --rows '2*20' --get 'n=text@12*8' --get i32@4 --json "$unique"
output_lines '[{"n": "Monz", "i32@4": 6116},' '{"n": "a\u0009b\u000a", "i32@4": 6116}]'
run 1 shmread --offset 5 --rows '2*20' --get 'n=text@12*8' "$unique"
says "$unique: is too short for 2 rows of 20 bytes at offset 5: it has 44 bytes"
release demo "$unique"

it 'prints a line of JSON for each new value'
run 0 shmwrite -d --size 20 "$unique" 'one'
start following shmread --follow --interval 20ms --json --get 't=text@0*3' "$unique"
has_line()
{
    grep -q "$1" "$dir/held/following.output"
}
until_true has_line '{"t": "one"}' || fail 'the first value is missing'
run 0 shmwrite --update "$unique" 'two'
until_true has_line '{"t": "two"}' || fail 'the second value is missing'
run 0 shmwrite --release "$unique"
over following 0
output_lines '{"t": "one"}' '{"t": "two"}'

it 'prints JSON of bytes with a byte order mark as base64, so that none is lost'
printf '\357\273\277hi' | run 0 shmwrite -d "$unique"
run 0 shmread --json "$unique"
output_has '"base64": "77u/aGk="'
run 0 shmwrite --release "$unique"

it 'prints fields of one update, while two programs update the value all the time'
# All bytes of a value of `tear` depend on its number, which is at offset 4.
$WINSHM_RUN "$build/tests/tear.exe" make 1 1048576 >"$dir/value"
run 0 shmwrite -d --size 1048576 -i "$(with_backslashes "$dir/value")" "$unique"
start following shmread --follow --interval 1ms --get u32@4 --get 'hex@786416*16' "$unique"
start update1 tear update "$unique" 1048576 2000
start update2 tear update "$unique" 1048576 2000
for _ in 1 2 3 4 5; do
    run 0 shmread --json --get n=u32@4 --get 'tail=hex@786416*16' "$unique"
    sed 's/{"n": \([0-9]*\), "tail": "\(.*\)"}/\1 \2/' "$dir/output" >>"$dir/fields"
done
over update1 0
over update2 0
run 0 shmwrite --release "$unique"
over following 0
cat "$dir/output" >>"$dir/fields"
[ "$(grep -c . "$dir/fields")" -gt 6 ] || fail '--follow printed one value at most'
$WINSHM_RUN "$build/tests/tear.exe" fields 1048576 <"$dir/fields" | sed 's/^/# /' >>"$dir/failures"

it 'has no fields for a stream'
start sending shmwrite --stream --input "$(with_backslashes "$dir/record")" "$unique"
run 2 shmread --wait --get u8@0 "$unique"
says "$unique: is a stream: --get applies only to values"
run 0 shmread --wait "$unique"
over sending 0

finish
