#!/bin/sh
# shellcheck disable=SC2094 # a value has the bytes of the file that it is made from
. "$(dirname "$0")/../../common/tests/scenarios/scenario.sh"
goal 'shmwrite stores text in the encoding of --encoding, and shmread prints it as UTF-8'

# stored FORMAT: expect that the memory begins with these bytes.
stored()
{
    run 0 raw_w "$unique" 0 12
    output_bytes "$1"
}

it 'stores TEXT as UTF-8 without --encoding'
hold demo shmwrite "$unique" 'aé漢😀'
stored 'a\303\251\346\274\242\360\237\230\200\0\0'
release demo "$unique"

it 'stores TEXT as UTF-16 with --encoding utf-16, without a byte order mark, and counts bytes'
hold demo shmwrite --encoding utf-16 "$unique" 'aé漢😀'
stored 'a\0\351\0\042\157\075\330\000\336\0\0'
value_is "$unique" 'aé漢😀'
release demo "$unique"
says 'holding 10 bytes'

if ansi_is_1252; then
    it 'stores TEXT in the ANSI code page of the system, in which é has one byte'
    hold demo shmwrite -e ansi "$unique" 'café'
    stored 'caf\351\0\0\0\0\0\0\0\0'
    value_is "$unique" 'café'
    release demo "$unique"

    it 'reports that a character is not in the code page, and creates nothing'
    run 2 shmwrite -e ansi "$unique" '漢'
    says "$unique: the text has a character that code page 1252 does not have"
    gone
else
    skip 'stores TEXT in the ANSI code page of the system' 'it is not 1252 here'
fi

it 'records --encoding as the encoding of the input, and does not convert the input'
printf '\377\376h\0i\0' | hold demo shmwrite -e utf-16 "$unique"
value_is "$unique" 'hi'
stored '\377\376h\0i\0\0\0\0\0\0\0'
release demo "$unique"

it 'shmread prints other input byte by byte, whatever it looks like'
printf '\377\376h\0\303' >"$dir/bytes"
holds_file "$dir/bytes" <"$dir/bytes"
holds_file "$dir/bytes" -e utf-8 <"$dir/bytes"

finish
