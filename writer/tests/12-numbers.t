#!/bin/sh
. "$(dirname "$0")/../../common/tests/scenarios/scenario.sh"
goal 'shmwrite stores numbers with --encoding u8 to f64'

# has BYTES: expect that shmread prints these bytes, in the escapes of printf.
has()
{
    # shellcheck disable=SC2059 # the bytes are a format
    printf "$1" >"$dir/wanted"
    run 0 shmread "$unique"
    output_equals "$dir/wanted"
}

it 'stores TEXT as numbers of each type, little-endian'
run 0 shmwrite --put --size 100 -e u8 "$unique" '0 255 0x41'
has '\000\377A'
run 0 shmwrite --put -e i8 "$unique" '1 -1'
has '\001\377'
run 0 shmwrite --put -e u16 "$unique" '258'
has '\002\001'
run 0 shmwrite --update -e i16 -- "$unique" '-2'
has '\376\377'
run 0 shmwrite --update -e u32 "$unique" '4294967295 1'
has '\377\377\377\377\001\000\000\000'
run 0 shmwrite --update -e i32 "$unique" ' -2147483648'
has '\000\000\000\200'
run 0 shmwrite --update -e u64 "$unique" '18446744073709551615'
has '\377\377\377\377\377\377\377\377'
run 0 shmwrite --update -e i64 "$unique" '+1'
has '\001\000\000\000\000\000\000\000'
run 0 shmwrite --update -e f32 "$unique" '42.5 1e6'
has '\000\000\052\102\000\044\164\111'
run 0 shmwrite --update -e f64 "$unique" '0.1'
has '\232\231\231\231\231\231\271\077'
run 0 shmread --stat "$unique"
output_has 'bytes'
output_has 'length:    8 bytes'
let_go "$unique"

it 'creates a sealed value and one in the foreground'
run 0 shmwrite -d --sealed -e u16 "$unique" '1 2 3'
has '\001\000\002\000\003\000'
let_go "$unique"
hold demo shmwrite -e u16 "$unique" '1 2 3'
has '\001\000\002\000\003\000'
release demo "$unique"
says 'holding 6 bytes'

it 'reads numbers from a file and a pipe, separated by blanks, tabs and line ends'
printf '10 13\t\r\n\r\n65\n' >"$dir/numbers"
run 0 shmwrite --put -e u8 -i "$dir/numbers" "$unique"
has '\n\rA'
printf ' 66\n67' | run 0 shmwrite --put -e u8 "$unique"
has 'BC'
run 0 shmwrite --put -e u8 --chomp -i "$dir/numbers" "$unique"
has '\n\rA'
let_go "$unique"

it 'stores the numbers of a pipe, and shmread prints them again'
awk 'BEGIN { for (i = 0; i < 20000; i++) print i * 1001 }' >"$dir/numbers"
run 0 shmwrite -d -e i64 "$unique" <"$dir/numbers"
run 0 shmread -e i64 "$unique"
awk '{ printf "%s\r\n", $0 }' "$dir/numbers" >"$dir/wanted"
output_equals "$dir/wanted"
let_go "$unique"
run 0 shmwrite -d -e f32 "$unique" '42.5 -0 1e-45 inf'
run 0 shmread -e f32 "$unique"
output_lines 42.5 -0 1e-45 inf
run 0 shmwrite --update --offset 4 -e f32 -- "$unique" -3.25
run 0 shmread --get f32@4 "$unique"
output_lines -3.25
let_go "$unique"

it 'an endless input ends the command as soon as it is larger than --size'
yes 1 | run 8 shmwrite -d --size 1000 -e u8 "$unique"
says "$unique: the contents are larger than 1000 bytes"
yes 1 | run 8 shmwrite -d --pad 100 -e u8 "$unique"

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
run 0 raw_w "$unique"
output_equals "$dir/wanted"
run 2 shmwrite --update --raw -e u8 "$unique" '1 2 300'
says "$unique: u8: \"300\" is not a whole number from 0 to 255"
run 0 raw_w "$unique"
output_equals "$dir/wanted"
stop other "$unique"

it 'changes a number within a value, which keeps its encoding'
run 0 shmwrite --put -e u16 "$unique" '1 2 3'
run 0 shmwrite --update --offset 2 -e u16 "$unique" '258'
has '\001\000\002\001\003\000'
let_go "$unique"

it 'refuses a word that is no number of the type, and changes or creates nothing'
run 0 shmwrite --put "$unique" 'old'
run 2 shmwrite --put -e i16 "$unique" '1 32768'
says "$unique: i16: \"32768\" is not a whole number from -32768 to 32767"
run 2 shmwrite --update -e i32 "$unique" '1.5'
printf '1 2 3\r\n4 five\r\n' | run 2 shmwrite --put -e i32 "$unique"
says "$unique: i32: \"five\" is not a whole number from -2147483648 to 2147483647"
run 2 shmwrite --put -e f32 "$unique" '1,5'
says "$unique: f32: \"1,5\" is not a number from -3.4028235e38 to 3.4028235e38"
run 2 shmwrite --put -e f32 "$unique" ''
says "$unique: f32: the contents have no number"
run 2 shmwrite --put -e f32 "$unique" </dev/null
value_is "$unique" 'old'
let_go "$unique"
run 2 shmwrite -d -e u8 "$unique" '256'
run 1 shmread "$unique"

it 'refuses numbers with --stream, and TEXT that looks like an option'
run 2 shmwrite --stream -e f32 "$unique" </dev/null
says '--stream sends its input unchanged: --encoding cannot be a type of numbers'
run 2 shmwrite --put -e i8 "$unique" -5
says 'there is no option -5' 'a NAME or TEXT that begins with - comes after --'
run 2 shmwrite -e u24 "$unique" '1'
says '--encoding: "u24" is none of utf-8, utf-16, ansi and types of numbers, u8 to f64'

finish
