#!/bin/sh
. "$(dirname "$0")/../../common/tests/scenarios/scenario.sh"
goal '--raw creates memory for programs that expect nothing but the contents'

# wanted SIZE: store the bytes on standard input in $dir/wanted, filled with
# zeros up to SIZE.
wanted()
{
    cat - /dev/zero | head -c "$1" >"$dir/wanted"
}

it 'creates memory of the size of --size, with the contents, zeros, and no trailer'
hold demo shmwrite --raw --size 4096 "$unique" 'hello'
printf 'hello' | wanted 4096
memory_equals "$dir/wanted"
value_equals "$dir/wanted" --raw
value_is "$unique" 'hello'
release demo "$unique"
says 'holding 5 bytes'

it 'has the size of its contents without --size, and Windows rounds that up to whole pages'
bytes 5000 >"$dir/bytes"
hold demo shmwrite --raw "$unique" <"$dir/bytes"
wanted 8192 <"$dir/bytes"
memory_equals "$dir/wanted"
release demo "$unique"

it 'stores TEXT in the encoding of --encoding'
hold demo shmwrite --raw --encoding utf-16 "$unique" 'hié'
printf 'h\0i\0\351\0' | wanted 4096
memory_equals "$dir/wanted"
value_is "$unique" 'hié'
release demo "$unique"

it 'requires --size if there are no contents, and then contains nothing but zeros'
run 2 shmwrite --raw "$unique" ''
says "$unique: --raw: give --size or some contents: memory of 0 bytes cannot be created"
hold demo shmwrite --raw --size 100 "$unique" ''
wanted 4096 </dev/null
memory_equals "$dir/wanted"
release demo "$unique"

it 'refuses contents that are larger than --size'
run 8 shmwrite --raw --size 4 "$unique" 'hello'
says 'the contents are larger than 4 bytes'
gone

finish
