#!/bin/sh
. "$(dirname "$0")/../../common/tests/scenarios/scenario.sh"
goal '--hex prints the same as hexdump -C: offsets, bytes, characters, equal lines folded'

# dumps FILE [FROM]: expect the output of hexdump -C for FILE from offset FROM
# on, with CR LF line ends.
dumps()
{
    from=${2:-0}
    hexdump -C -s "$from" "$1" | awk '{ printf "%s\r\n", $0 }' >"$dir/wanted"
    output_equals "$dir/wanted"
}

it 'dumps a value'
hold demo shmwrite "$unique" 'hello world'
run 0 shmread --hex "$unique"
output_lines '00000000  68 65 6c 6c 6f 20 77 6f  72 6c 64                 |hello world|' 0000000b
run 0 shmread -x --offset 6 -n 3 "$unique"
output_lines '00000006  77 6f 72                                          |wor|' 00000009
release demo "$unique"

it 'prints nothing for an empty value'
hold demo shmwrite "$unique" ''
run 0 shmread -x "$unique"
output_is ''
release demo "$unique"

if command -v hexdump >/dev/null; then
    {
        every_byte
        head -c 100000 /dev/zero
        bytes 77777
        head -c 33 /dev/zero
    } >"$dir/mixed"
    hold demo shmwrite --input "$(with_backslashes "$dir/mixed")" "$unique"

    it 'dumps like hexdump, all of it, and from any offset'
    run 0 shmread -x "$unique"
    dumps "$dir/mixed"
    for from in 1 7 16 600 4097 100500; do
        run 0 shmread -x --offset "$from" "$unique"
        dumps "$dir/mixed" "$from"
    done

    it 'dumps to a file, and dumps only the text with --text'
    run 0 shmread -x -o "$(with_backslashes "$dir/dumped")" "$unique"
    cp "$dir/dumped" "$dir/output"
    dumps "$dir/mixed"
    run 0 shmread -x -z --offset 1 "$unique"
    part "$dir/mixed" 0 516 >"$dir/text"
    dumps "$dir/text" 1
    release demo "$unique"

    it 'dumps all memory of another program'
    printf 'text\0more\351' | hold demo shmwrite --raw --size 8192 "$unique"
    run 0 raw_w "$unique"
    cp "$dir/output" "$dir/memory"
    run 0 shmread --hex "$unique"
    dumps "$dir/memory"
    run 0 shmread --hex --raw "$unique"
    dumps "$dir/memory"
    run 0 shmread --hex --text "$unique"
    printf 'text' >"$dir/text"
    dumps "$dir/text"
    release demo "$unique"

    it 'dumps the whole memory of a value with --raw, including its trailer'
    hold demo shmwrite "$unique" 'value'
    run 0 raw_w "$unique"
    cp "$dir/output" "$dir/memory"
    run 0 shmread --hex --raw "$unique"
    dumps "$dir/memory"
    release demo "$unique"

    it 'dumps a stream'
    start sending shmwrite --stream --size 4K "$unique" <"$dir/mixed"
    run 0 shmread --wait -x "$unique"
    dumps "$dir/mixed"
    over sending 0

    it 'dumps a value that is copied in several pieces'
    head -c 20M /dev/zero | tr '\0' 'x' >"$dir/large"
    bytes 100000 >>"$dir/large"
    hold demo shmwrite --input "$(with_backslashes "$dir/large")" "$unique"
    run 0 shmread -x --offset 5 "$unique"
    dumps "$dir/large" 5
    release demo "$unique"
else
    skip 'dumps like hexdump' 'there is no hexdump'
fi

it 'dumps only the committed part of memory that is partly committed'
hold other collide part "$unique"
run 0 shmread --hex --offset 4088 "$unique"
output_lines '00000ff8  78 78 78 78 78 78 78 78                           |xxxxxxxx|' 00001000
run 0 shmread --raw -e utf-16 -n 4 "$unique"
output_is '硸硸'
run 1 shmread --offset 4097 "$unique"
says 'has nothing at offset 4097: it has 4096 bytes'
stop other "$unique"
hold other collide reserved "$unique"
for options in '-x' '-x --raw' '-e utf-16' '-n 5' '--raw -n 5'; do
    # shellcheck disable=SC2086
    run 1 shmread $options "$unique"
    says 'has no contents yet'
done
stop other "$unique"

it 'dumps each value that --follow finds'
hold demo shmwrite "$unique" 'one'
start following shmread --follow --hex "$unique"
until_true grep -q '|one|' "$dir/held/following.output" || fail 'the first is missing'
run 0 shmwrite --update "$unique" 'two'
until_true grep -q '|two|' "$dir/held/following.output" || fail 'the second is missing'
release demo "$unique"
over following 0
output_lines \
    '00000000  6f 6e 65                                          |one|' 00000003 \
    '00000000  74 77 6f                                          |two|' 00000003

finish
