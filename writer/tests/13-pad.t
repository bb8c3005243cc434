#!/bin/sh
. "$(dirname "$0")/../../common/tests/scenarios/scenario.sh"
goal '--pad N fills with zero bytes behind the contents, up to N bytes'

# padded TEXT BYTES: expect that shmread prints TEXT and so many zero bytes.
padded()
{
    { printf '%s' "$1"; head -c "$2" /dev/zero; } >"$dir/wanted"
    value_equals "$dir/wanted"
}

it 'a value has the padding in its length, and shmread prints it'
hold demo shmwrite --pad 16 "$unique" 'hello'
padded 'hello' 11
run 0 shmread --text "$unique"
output_is 'hello'
release demo "$unique"
says 'holding 16 bytes'

it '--put and --update leave nothing of a longer value in the field'
run 0 shmwrite --put --size 200 "$unique" 'a longer text than the next one'
run 0 shmwrite --put --pad 100 "$unique" 'short'
padded 'short' 95
run 0 shmwrite --update --offset 2 --pad 6 "$unique" 'y'
padded 'shy' 97
printf 'line\r\n' | run 0 shmwrite --put --chomp --pad 8 "$unique"
padded 'line' 4
let_go

it '--update --raw fills a field up to the last byte of the memory of another program, and refuses more'
hold other collide section "$unique"
bytes 4096 | run 0 shmwrite --update --raw "$unique"
run 8 shmwrite --update --raw --offset 4000 --pad 97 "$unique" 'x'
says "$unique: 97 bytes at offset 4000 do not fit: there is room for 4096 bytes"
run 0 shmwrite --update --raw --offset 4000 --pad 96 -e utf-16 "$unique" 'me'
{
    bytes 4000
    printf 'm\0e\0'
    head -c 92 /dev/zero
} >"$dir/wanted"
memory_equals "$dir/wanted"
stop other "$unique"

it 'refuses contents that are larger than N, and changes nothing'
run 0 shmwrite --put "$unique" 'old'
run 8 shmwrite --put --pad 4 "$unique" 'hello'
says "$unique: the contents are larger than 4 bytes"
value_is "$unique" 'old'
let_go

finish
