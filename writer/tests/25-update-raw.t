#!/bin/sh
. "$(dirname "$0")/../../common/tests/scenarios/scenario.sh"
goal '--update --raw writes bytes into memory that shmwrite did not create, and changes no other byte'

# touched FROM: expect that the memory has changed only by the text on standard
# input, at the offset FROM.
touched()
{
    cat >"$dir/text"
    {
        part "$dir/before" 0 "$1"
        cat "$dir/text"
        part "$dir/before" $(($1 + $(wc -c <"$dir/text"))) 4096
    } >"$dir/wanted"
    memory_equals "$dir/wanted"
    cp "$dir/output" "$dir/before"
}

it 'writes TEXT, or nothing, at the beginning, and adds no terminating zero'
hold other collide section "$unique"
run 0 raw_w "$unique"
cp "$dir/output" "$dir/before"
run 0 shmwrite --update --raw "$unique" 'xy'
output_is ''
errors_are_empty
printf 'xy' | touched 0
run 0 shmwrite --update --raw "$unique" ''
printf '' | touched 0
value_is "$unique" 'xyreign'

it 'writes any bytes at --offset, from a pipe and a file'
every_byte >"$dir/every"
every_byte | run 0 shmwrite --update --raw --offset 1000 "$unique"
touched 1000 <"$dir/every"
run 0 shmwrite --update --raw --offset 2001 -i "$dir/every" "$unique"
touched 2001 <"$dir/every"

it 'writes up to the last byte of the memory, and refuses more'
run 0 shmwrite --update --raw --offset 4095 "$unique" 'e'
printf 'e' | touched 4095
run 8 shmwrite --update --raw --offset 4095 "$unique" 'ef'
says "$unique: 2 bytes at offset 4095 do not fit: there is room for 4096 bytes"
bytes 4097 | run 8 shmwrite --update --raw "$unique"
says "$unique: 4097 bytes do not fit: there is room for 4096 bytes"
printf '' | touched 0
stop other "$unique"

it 'writes into memory of nothing but zeros, and into memory that --raw created'
hold other collide zeros "$unique"
run 0 shmwrite --update --raw "$unique" 'hello'
run 0 sample_reader "$unique"
output_is 'hello'
stop other "$unique"
hold demo shmwrite --raw --size 4096 "$unique" 'first'
run 0 shmwrite --update --raw "$unique" 'second'
value_is "$unique" 'second'
release demo "$unique"

it 'refuses a value of shmwrite'
hold demo shmwrite "$unique" 'ours'
run 5 shmwrite --update --raw "$unique" 'x'
says "$unique: has a layout of shmwrite: update it without --raw"
value_is "$unique" 'ours'
release demo "$unique"

it 'refuses a name that does not exist, and memory of which nothing is committed'
run 1 shmwrite --update --raw "$unique" 'x'
says "$unique: does not exist"
hold other collide reserved "$unique"
run 8 shmwrite --update --raw "$unique" 'x'
says "$unique: 1 byte does not fit: there is room for 0 bytes"
stop other "$unique"

finish
