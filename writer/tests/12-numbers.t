#!/bin/sh
. "$(dirname "$0")/../../common/tests/scenarios/scenario.sh"
goal 'shmwrite stores numbers with --encoding u8 to f64'

# stores TYPE TEXT BYTES: expect that TEXT with --encoding TYPE is stored as
# these bytes, in the escapes of printf.
stores()
{
    run 0 shmwrite --put --size 100 -q -e "$1" -- "$unique" "$2"
    run 0 shmread "$unique"
    output_bytes "$3"
}

it 'stores TEXT as numbers of each type, little-endian'
stores u8 '0 255 0x41' '\000\377A'
stores i8 '1 -1' '\001\377'
stores u16 '258' '\002\001'
stores i16 '-2' '\376\377'
stores u32 '4294967295 1' '\377\377\377\377\001\000\000\000'
stores i32 ' -2147483648' '\000\000\000\200'
stores u64 '18446744073709551615' '\377\377\377\377\377\377\377\377'
stores i64 '+1' '\001\000\000\000\000\000\000\000'
stores f32 '42.5 1e6' '\000\000\052\102\000\044\164\111'
stores f64 '0.1' '\232\231\231\231\231\231\271\077'

it 'changes a number within a value, which keeps its encoding'
run 0 shmwrite --update --offset 2 -e u16 "$unique" '258'
run 0 shmread "$unique"
output_bytes '\232\231\002\001\231\231\271\077'
run 0 shmread --stat "$unique"
output_has 'bytes'
output_has 'length:    8 bytes'
let_go

it 'stores the numbers of a pipe, and shmread prints them again'
awk 'BEGIN { for (i = 0; i < 20000; i++) print i * 1001 }' >"$dir/numbers"
awk '{ printf "%s\r\n", $0 }' "$dir/numbers" >"$dir/wanted"
tr '\n' '\t' <"$dir/numbers" | run 0 shmwrite -d -e i64 "$unique"
value_equals "$dir/wanted" -e i64
let_go

it 'writes numbers into memory of another program, with --offset and --pad'
hold other collide section "$unique"
bytes 4096 | run 0 shmwrite --update --raw "$unique"
run 0 shmwrite --update --raw --offset 28 -e f32 "$unique" '42.5'
run 0 shmwrite --update --raw --offset 40 --pad 8 -e u16 "$unique" '65 66'
{
    bytes 28
    printf '\0\0\052\102'
    bytes 40 | tail -c 8
    printf 'A\0B\0\0\0\0\0'
    bytes 4096 | tail -c 4048
} >"$dir/wanted"
memory_equals "$dir/wanted"
stop other "$unique"

it 'refuses a word that is no number of the type, and changes or creates nothing'
run 0 shmwrite --put "$unique" 'old'
printf '1 2 3\r\n4 five\r\n' | run 2 shmwrite --put -e i32 "$unique"
says "$unique: i32: \"five\" is not a whole number from -2147483648 to 2147483647"
run 2 shmwrite --put -e f32 "$unique" '1,5'
says "$unique: f32: \"1,5\" is not a number from -3.4028235e38 to 3.4028235e38"
run 2 shmwrite --put -e f32 "$unique" ''
says "$unique: f32: the contents have no number"
value_is "$unique" 'old'
let_go
yes 1 | run 8 shmwrite -d --size 1000 -e u8 "$unique"
says "$unique: the contents are larger than 1000 bytes"
run 2 shmwrite -d -e u8 "$unique" '256'
gone

finish
