#!/bin/sh
. "$(dirname "$0")/scenario.sh"
goal 'a program that knows nothing but winshm.h reads values correctly'

it 'prints the exact bytes of a value'
every_byte >"$dir/every"
hold demo shmwrite "$unique" <"$dir/every"
run 0 peek "$unique"
output_equals "$dir/every"
errors_are_empty
release demo "$unique"

it 'prints a large value'
bytes $((20 << 20)) >"$dir/large"
hold demo shmwrite "$unique" <"$dir/large"
run 0 peek "$unique"
output_equals "$dir/large"
release demo "$unique"

it 'prints nothing for an empty value'
hold demo shmwrite "$unique" ''
run 0 peek "$unique"
output_is ''
release demo "$unique"

it 'prints UTF-16 as it is stored'
hold demo shmwrite -e utf-16 "$unique" 'hi'
run 0 peek "$unique"
printf 'h\0i\0' >"$dir/wanted"
output_equals "$dir/wanted"
release demo "$unique"

if it_global 'finds names in Global\, and names that are in no code page'; then
    hold demo shmwrite "Global\\$unique 漢😀" 'global'
    run 0 peek "Global\\$unique 漢😀"
    output_is 'global'
    release demo "Global\\$unique 漢😀"
fi

it 'prints the current slot'
hold demo shmwrite "$unique" --size 1700 'first'
run 0 scribble_w "$unique" 1728 0x646e6f63
run 0 scribble_w "$unique" $((304 - 512)) 4
run 0 scribble_w "$unique" $((256 - 512)) 5
run 0 peek "$unique"
output_is 'cond'
release demo "$unique"

it 'prints a sealed value'
hold demo shmwrite "$unique" 'sealed'
run 0 scribble_w "$unique" $((388 - 512)) 2
run 0 peek "$unique"
output_is 'sealed'
release demo "$unique"

it 'reports that a name does not exist'
run 1 peek "$unique"
errors_have "peek: $unique: there is no such name"

it 'reports memory that shmwrite did not create'
hold other collide section "$unique"
run 1 peek "$unique"
errors_have "peek: $unique: was not made by shmwrite"
stop other "$unique"
hold other collide reserved "$unique"
run 1 peek "$unique"
errors_have "peek: $unique: was not made by shmwrite"
stop other "$unique"

# refused SENTENCE OFFSET NUMBER: expect that peek.exe does not print a value
# with NUMBER at OFFSET of its trailer, and reports SENTENCE.
refused()
{
    hold demo shmwrite "$unique" 'hello'
    run 0 scribble_w "$unique" $(($2 - 512)) "$3"
    run 1 peek "$unique"
    errors_have "peek: $unique: $1"
    output_is ''
    release demo "$unique"
}

it 'checks the fields of the trailer before it uses them'
refused 'is still being filled' 264 0
refused 'has a layout that this program does not know' 384 2
refused 'is a stream, not a value' 388 3
refused 'is damaged' 408 4096
refused 'is damaged' 412 1
refused 'is damaged, or changes all the time' 272 4096
refused 'is damaged, or changes all the time' 276 1

finish
