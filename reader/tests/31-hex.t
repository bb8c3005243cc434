#!/bin/sh
. "$(dirname "$0")/../../common/tests/scenarios/scenario.sh"
goal '--hex prints the same as hexdump -C: offsets, bytes, characters, equal lines folded'

it 'dumps a value, and a part of it'
hold demo shmwrite "$unique" 'hello world'
run 0 shmread --hex "$unique"
output_lines '00000000  68 65 6c 6c 6f 20 77 6f  72 6c 64                 |hello world|' 0000000b
run 0 shmread -x --offset 6 -n 3 "$unique"
output_lines '00000006  77 6f 72                                          |wor|' 00000009
release demo "$unique"

if command -v hexdump >/dev/null; then
    # dumps FILE [OPTION]...: expect that shmread prints what hexdump -C prints
    # for the file, with CR LF line ends.
    dumps()
    {
        hexdump -C "$1" | awk '{ printf "%s\r\n", $0 }' >"$dir/wanted"
        shift
        value_equals "$dir/wanted" "$@"
    }

    {
        every_byte
        head -c 100000 /dev/zero
        bytes 77777
        head -c 33 /dev/zero
    } >"$dir/mixed"

    it 'dumps like hexdump a value, a stream, and with --raw a trailer'
    hold demo shmwrite "$unique" <"$dir/mixed"
    dumps "$dir/mixed" -x
    run 0 raw_w "$unique"
    cp "$dir/output" "$dir/memory"
    dumps "$dir/memory" -x --raw
    release demo "$unique"
    start sending shmwrite --stream --size 4K "$unique" <"$dir/mixed"
    dumps "$dir/mixed" --wait -x
    over sending 0
else
    skip 'dumps like hexdump' 'there is no hexdump'
fi

it 'dumps only the committed part of memory that is partly committed'
hold other collide part "$unique"
run 0 shmread --hex --offset 4088 "$unique"
output_lines '00000ff8  78 78 78 78 78 78 78 78                           |xxxxxxxx|' 00001000
run 1 shmread --offset 4097 "$unique"
says 'has nothing at offset 4097: it has 4096 bytes'
stop other "$unique"
hold other collide reserved "$unique"
run 1 shmread -x --raw "$unique"
says 'has no contents yet'
stop other "$unique"

finish
