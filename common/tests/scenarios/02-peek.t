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

# has_peeked TEXT: whether `peek -f` has printed exactly TEXT so far.
has_peeked()
{
    printf '%s' "$1" | cmp -s - "$dir/held/follower.output"
}

it 'peek -f prints each update, also the last one, and ends with the value'
run 0 shmwrite --put "$unique" 'one '
start follower peek -f "$unique"
until_true has_peeked 'one ' || fail 'it did not print the first value'
run 0 shmwrite --put "$unique" 'two '
until_true has_peeked 'one two ' || fail 'it did not print the update'
run 0 shmwrite --put "$unique" 'three'
run 0 shmwrite --release "$unique"
over follower 0
has_peeked 'one two three' || fail 'it did not print the last value'

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
276 1 is damaged, changes all the time, or is too large for a copy
END

finish
