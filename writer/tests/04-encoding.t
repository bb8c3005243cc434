#!/bin/sh
. "$(dirname "$0")/../../common/tests/scenarios/scenario.sh"
goal 'shmwrite stores text in the encoding of --encoding, and shmread prints it as UTF-8'

it 'stores TEXT as UTF-8 without --encoding'
hold demo shmwrite "$unique" 'aé漢😀'
run 0 raw_w "$unique" 0 12
printf 'a\303\251\346\274\242\360\237\230\200\0\0' >"$dir/wanted"
output_equals "$dir/wanted"
release demo "$unique"

it 'stores TEXT as UTF-16 with --encoding utf-16, without a byte order mark'
hold demo shmwrite --encoding utf-16 "$unique" 'aé漢😀'
run 0 raw_w "$unique" 0 12
printf 'a\0\351\0\042\157\075\330\000\336\0\0' >"$dir/wanted"
output_equals "$dir/wanted"

it 'UTF-16 is printed as UTF-8, and its length is counted in bytes'
run 0 shmread "$unique"
output_is 'aé漢😀'
release demo "$unique"
says 'holding 10 bytes'

it 'UTF-16 that does not look like UTF-16 is printed correctly, too'
hold demo shmwrite -e utf-16 "$unique" '漢字'
run 0 shmread "$unique"
output_is '漢字'
release demo "$unique"

it 'shmread --raw prints UTF-16 as it is stored'
hold demo shmwrite -e utf-16 "$unique" 'hi'
run 0 shmread --raw "$unique"
part "$dir/output" 0 4 >"$dir/beginning"
printf 'h\0i\0' >"$dir/output"
output_equals "$dir/beginning"
release demo "$unique"

if ansi_is_1252; then
    it 'stores TEXT in the ANSI code page of the system, in which é has one byte'
    hold demo shmwrite -e ansi "$unique" 'café'
    run 0 raw_w "$unique" 0 6
    printf 'caf\351\0\0' >"$dir/wanted"
    output_equals "$dir/wanted"
    run 0 shmread "$unique"
    output_is 'café'
    release demo "$unique"

    it 'reports that a character is not in the code page, and creates nothing'
    run 2 shmwrite -e ansi "$unique" '漢'
    says "$unique: the text has a character that code page 1252 does not have"
    run 1 shmread "$unique"
else
    skip 'stores TEXT in the ANSI code page of the system' 'it is not 1252 here'
fi

it 'records --encoding as the encoding of the input, and does not convert the input'
printf 'h\0i\0' | hold demo shmwrite -e utf-16 "$unique"
run 0 shmread "$unique"
output_is 'hi'
run 0 raw_w "$unique" 0 4
printf 'h\0i\0' >"$dir/wanted"
output_equals "$dir/wanted"
release demo "$unique"

it 'shmread does not print the byte order mark of input with --encoding utf-16'
printf '\377\376h\0i\0' | hold demo shmwrite -e utf-16 "$unique"
run 0 shmread "$unique"
output_is 'hi'
release demo "$unique"

it 'shmread prints input without --encoding byte by byte, even if it looks like UTF-16'
printf '\377\376h\0i\0' >"$dir/wide"
hold demo shmwrite "$unique" <"$dir/wide"
run 0 shmread "$unique"
output_equals "$dir/wide"
release demo "$unique"

it 'shmread prints input with --encoding utf-8 byte by byte, even if it is not UTF-8'
printf 'a\377\300b\303' >"$dir/broken"
hold demo shmwrite -e utf-8 "$unique" <"$dir/broken"
run 0 shmread "$unique"
output_equals "$dir/broken"
release demo "$unique"

it 'shmread prints U+FFFD for invalid UTF-16'
printf 'a\0\000\330b\0\000\334c' | hold demo shmwrite -e utf-16 "$unique"
run 0 shmread "$unique"
output_is 'a�b��'
release demo "$unique"

it 'refuses an encoding that it does not know'
run 2 shmwrite -e latin1 "$unique" 'x'
says '--encoding: "latin1" is none of utf-8, utf-16, ansi and types of numbers, u8 to f64 (try --help)'

finish
