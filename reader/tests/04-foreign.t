#!/bin/sh
. "$(dirname "$0")/../../common/tests/scenarios/scenario.sh"
goal 'shmread prints memory that shmwrite did not create as a string, decoded from any encoding'

# printed INPUT OUTPUT [OPTION]...: expect that shmread prints OUTPUT for memory
# that begins with INPUT. Both are formats of printf.
# shellcheck disable=SC2059
printed()
{
    printf "$1" >"$dir/input"
    output=$2
    shift 2
    hold demo shmwrite --raw --size 4096 "$unique" <"$dir/input"
    run 0 shmread "$@" "$unique"
    errors_are_empty
    output_bytes "$output"
    release demo "$unique"
}

han='\346\274\242'

it 'prints UTF-8 up to the first NUL unchanged, including control characters and line ends'
printed 'caf\303\251 \001\r\n\032\t\0not this' 'caf\303\251 \001\r\n\032\t'
printed '\0hidden' ''

it 'detects UTF-16 by its byte order mark or a zero as the second byte, and prints no mark'
printed 'h\0i\0\351\0\042\157\0\0x\0' "hi\\303\\251$han"
printed '\377\376\042\157h\0' "${han}h"
printed '\376\377\157\042\0h\0\0\0x' "${han}h"
printed "\\357\\273\\277$han" "$han"

if ansi_is_1252; then
    it 'decodes text that is not UTF-8 from the ANSI code page'
    printed 'caf\351 \200\0x' 'caf\303\251 \342\202\254'
else
    skip 'decodes text that is not UTF-8 from the ANSI code page' 'it is not 1252 here'
fi

it 'decodes code pages of one byte and of two'
printed 'caf\202' 'caf\303\251' -e cp437
printed '\235\150\0\235' "$han" -e cp936
printed '\212\277' "$han" --encoding cp932

it 'decodes as --encoding says, with U+FFFD for invalid characters, or prints bytes unchanged'
printed 'caf\351' 'caf\357\277\275' -e utf-8
printed '\042\157\0\116a\0\075\330\0\0b\0' "$han\\344\\270\\200a\\357\\277\\275" -e utf-16
printed 'caf\351\377\r\n\032\0x' 'caf\351\377\r\n\032' -e bytes

it 'decodes a value of shmwrite as --encoding says, not as it was recorded'
printf 'caf\351' | hold demo shmwrite "$unique"
run 0 shmread -e cp1252 "$unique"
output_is 'café'
release demo "$unique"

it 'reports that memory of nothing but zeros, or of which nothing is committed, has no contents yet'
for kind in zeros reserved; do
    hold other collide $kind "$unique"
    run 1 shmread "$unique"
    says "$unique: has no contents yet"
    stop other "$unique"
done

it 'prints a string without a NUL up to the end of the memory'
bytes 8192 >"$dir/full"
hold demo shmwrite --raw "$unique" <"$dir/full"
value_equals "$dir/full"
release demo "$unique"

command -v iconv >/dev/null || leave_out 'there is no iconv'

it 'decodes a stream whose pieces end within characters'
i=0
while [ $i -lt 20000 ]; do
    printf 'x漢字é'
    i=$((i + 1))
done >"$dir/long"
iconv -t cp936 <"$dir/long" >"$dir/coded"
start sending shmwrite --stream --size 4K "$unique" <"$dir/coded"
value_equals "$dir/long" --wait -e cp936
over sending 0

finish
