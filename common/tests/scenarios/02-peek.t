#!/bin/sh
. "$(dirname "$0")/scenario.sh"
goal 'a program that knows nothing but winshm.h reads values correctly'

it 'prints the exact bytes of a value, large or empty, and UTF-16 as it is stored'
{
    every_byte
    bytes $((20 << 20))
} >"$dir/large"
hold demo shmwrite "$unique" <"$dir/large"
run 0 peek "$unique"
output_equals "$dir/large"
errors_are_empty
run 0 shmwrite --update "$unique" ''
run 0 peek "$unique"
output_is ''
run 0 shmwrite --update -e utf-16 "$unique" 'hi'
run 0 peek "$unique"
output_bytes 'h\0i\0'
release demo "$unique"

if it_global 'finds names in Global\, and names that are in no code page'; then
    hold demo shmwrite "Global\\$unique 漢😀" 'global'
    run 0 peek "Global\\$unique 漢😀"
    output_is 'global'
    release demo "Global\\$unique 漢😀"
fi

it 'prints the slot that is the current one'
hold demo shmwrite "$unique" --size 1700 'first'
run 0 scribble_w "$unique" 1728 0x646e6f63
run 0 scribble_w "$unique" $((304 - 512)) 4
run 0 scribble_w "$unique" $((256 - 512)) 5
run 0 peek "$unique"
output_is 'cond'
value_is "$unique" 'cond'
release demo "$unique"

# reports SENTENCE: expect that peek.exe prints nothing but this message.
reports()
{
    run 1 peek "$unique"
    errors_have "peek: $unique: $1"
    output_is ''
}

it 'reports that a name does not exist, or that shmwrite did not create the memory'
reports 'there is no such name'
for kind in section reserved; do
    hold other collide $kind "$unique"
    reports 'was not made by shmwrite'
    stop other "$unique"
done

it 'checks the fields of the trailer before it uses them'
while read -r offset number sentence; do
    hold demo shmwrite "$unique" 'hello'
    run 0 scribble_w "$unique" $((offset - 512)) "$number"
    reports "$sentence"
    release demo "$unique"
done <<'END'
264 0 is still being filled
384 2 has a layout that this program does not know
388 3 is a stream, not a value
412 1 is damaged
276 1 is damaged, or changes all the time
END

finish
