#!/bin/sh
. "$(dirname "$0")/../../common/tests/scenarios/scenario.sh"
goal 'shmread prints text of every encoding as UTF-8, with U+FFFD for invalid characters'

# printed INPUT OUTPUT [OPTION]...: expect that shmread prints OUTPUT for memory
# that begins with INPUT. Both are formats of printf.
# shellcheck disable=SC2059
printed()
{
    input=$1
    output=$2
    shift 2
    printf "$input" | hold demo shmwrite --raw --size 4096 "$unique"
    run 0 shmread "$@" "$unique"
    errors_are_empty
    printf "$output" >"$dir/wanted"
    output_equals "$dir/wanted"
    release demo "$unique"
}

# printed_at_end INPUT OUTPUT [OPTION]...: the same for memory that ends in
# INPUT, after a line of other bytes.
# shellcheck disable=SC2059
printed_at_end()
{
    printf "$1" >"$dir/end"
    printf "$2" >"$dir/wanted"
    at=$((4096 - $(wc -c <"$dir/end")))
    shift 2
    { head -c "$at" /dev/zero | tr '\0' '.' && cat "$dir/end"; } | hold demo shmwrite --raw "$unique"
    run 0 shmread --offset "$at" "$@" "$unique"
    output_equals "$dir/wanted"
    release demo "$unique"
}

han='\346\274\242'
wrong='\357\277\275'

if ansi_is_1252; then
    it 'decodes text that is not UTF-8 from the ANSI code page'
    printed 'caf\351 \200\0x' 'caf\303\251 \342\202\254'
    printed '\351\0' '\303\251'
else
    skip 'decodes text that is not UTF-8 from the ANSI code page' 'it is not 1252 here'
fi

it 'detects valid UTF-8, with and without a byte order mark'
printed "caf\\303\\251 $han\\0x" "caf\\303\\251 $han"
printed "\\357\\273\\277$han" "$han"

it 'decodes UTF-16 in either byte order'
printed '\377\376\042\157h\0\0\0x\0' "${han}h"
printed '\376\377\157\042\0h\0\0\0x' "${han}h"
printed 'h\0\042\157\0\0x\0' "h$han"

it 'decodes code pages of one byte and of two'
printed 'caf\351' 'caf\303\251' -e cp1252
printed 'caf\202' 'caf\303\251' -e cp437
printed '\235\150\0\235' "$han" -e cp936
printed '\212\277' "$han" --encoding cp932

it 'decodes UTF-8 or UTF-16 as --encoding says, and ends UTF-16 at two zero bytes'
printed "a\\351z$han" "a${wrong}z$han" -e utf-8
printed 'caf\351' "caf$wrong" -e utf-8
printed '\042\157\0\116a\0\0\0b\0' "$han\\344\\270\\200a" -e utf-16
printed 'a\0\075\330b\0\0\0' "a${wrong}b" -e utf-16

it 'prints bytes unchanged with --encoding bytes'
printed 'caf\351\377\r\n\032\0x' 'caf\351\377\r\n\032' -e bytes
printed 'c\0d\0' 'c' -e bytes

it 'prints U+FFFD for a character that the end of the memory cuts off'
printed_at_end "x$han\\346\\274" "x$han$wrong"
printed_at_end 'x\0\042\157\075\330' "x$han$wrong"
printed_at_end 'x\0\042\157\042' "x$han$wrong"
printed_at_end '\235\150\235' "$han$wrong" -e cp936
printed_at_end "$han$han\\346" "$han$han$wrong" -e utf-8

command -v iconv >/dev/null || leave_out 'there is no iconv'

it 'decodes a value of shmwrite as --encoding says, not as it was recorded'
hold demo shmwrite -e utf-16 "$unique" 'Grüße'
run 0 shmread "$unique"
output_is 'Grüße'
run 0 shmread -e bytes "$unique"
printf 'Grüße' | iconv -t utf-16le >"$dir/wanted"
output_equals "$dir/wanted"
release demo "$unique"
printf 'caf\351' | hold demo shmwrite "$unique"
run 0 shmread "$unique"
output_is "$(printf 'caf\351')"
run 0 shmread -e cp1252 "$unique"
output_is 'café'
run 0 shmread -e utf-8 "$unique"
output_is 'caf�'
release demo "$unique"

it 'decodes all of the memory with --raw, beyond any NUL'
printf 'a\0\351' | hold demo shmwrite --raw --size 4096 "$unique"
run 0 shmread --raw -e cp1252 -n 4 "$unique"
printf 'a\0\303\251\0' >"$dir/wanted"
output_equals "$dir/wanted"
release demo "$unique"

it 'decodes a stream whose pieces end within characters'
i=0
while [ $i -lt 20000 ]; do
    printf 'x漢字é'
    i=$((i + 1))
done >"$dir/long"
iconv -t cp936 <"$dir/long" >"$dir/coded"
for size in 4K 64K; do
    start sending shmwrite --stream --size "$size" "$unique" <"$dir/coded"
    run 0 shmread --wait -e cp936 "$unique"
    output_equals "$dir/long"
    over sending 0
done
printf '\377\376' >"$dir/wide"
iconv -t utf-16le <"$dir/long" >>"$dir/wide"
start sending shmwrite --stream "$unique" <"$dir/wide"
run 0 shmread --wait -e utf-16 "$unique"
output_equals "$dir/long"
over sending 0

it 'refuses an encoding that it does not know'
run 2 shmread -e latin1 "$unique"
says '--encoding: "latin1" is none of auto, bytes, utf-8, utf-16, ansi, oem, cpN and types of numbers, u8 to f64'
run 2 shmread -e cp0 "$unique"
says '--encoding: "cp0" is none of auto, bytes, utf-8, utf-16, ansi, oem, cpN and types of numbers, u8 to f64'
run 2 shmread -e cp65000 "$unique"
says '--encoding: this system cannot decode code page 65000'
run 2 shmread -x -e utf-8 "$unique"
says '--hex and --encoding cannot be combined'

finish
