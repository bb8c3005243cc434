#!/bin/sh
. "$(dirname "$0")/../../common/tests/scenarios/scenario.sh"
goal '--pad N fills with zero bytes behind the contents, up to N bytes'

# zeros COUNT: print COUNT zero bytes.
zeros()
{
    head -c "$1" /dev/zero
}

it 'a value has the padding in its length, and shmread prints it'
hold demo shmwrite --pad 16 "$unique" 'hello'
run 0 shmread "$unique"
{ printf 'hello'; zeros 11; } >"$dir/wanted"
output_equals "$dir/wanted"
run 0 shmread --text "$unique"
output_is 'hello'
release demo "$unique"
says 'holding 16 bytes'

it '--put and --update leave nothing of a longer value in the field'
run 0 shmwrite --put --size 200 "$unique" 'a longer text than the next one'
run 0 shmwrite --put --pad 100 "$unique" 'short'
run 0 shmread "$unique"
{ printf 'short'; zeros 95; } >"$dir/wanted"
output_equals "$dir/wanted"
run 0 shmwrite --update --offset 2 --pad 6 -e utf-16 "$unique" 'é'
run 0 shmread "$unique"
{ printf 'sh\351'; zeros 97; } >"$dir/wanted"
output_equals "$dir/wanted"
let_go "$unique"

it 'fills up what comes from a file and a pipe, after --chomp'
printf 'line\r\n' >"$dir/line"
{ printf 'line'; zeros 4; } >"$dir/wanted"
run 0 shmwrite --put --chomp --pad 8 -i "$dir/line" "$unique"
run 0 shmread "$unique"
output_equals "$dir/wanted"
run 0 shmwrite --put "$unique" 'something longer'
printf 'line' | run 0 shmwrite --put --pad 8 "$unique"
run 0 shmread "$unique"
output_equals "$dir/wanted"
let_go "$unique"

it '--update --raw fills a field in memory of another program, and changes no byte behind it'
hold other collide section "$unique"
bytes 4096 | run 0 shmwrite --update --raw "$unique"
run 0 shmwrite --update --raw --offset 592 --pad 512 -e utf-16 "$unique" 'me'
{
    bytes 592
    printf 'm\0e\0'
    zeros 508
    bytes 4096 | tail -c 2992
} >"$dir/wanted"
run 0 raw_w "$unique"
output_equals "$dir/wanted"

it 'fills up to the last byte of the memory, and refuses more'
run 8 shmwrite --update --raw --offset 4000 --pad 97 "$unique" 'x'
says "$unique: 97 bytes at offset 4000 do not fit: there is room for 4096 bytes"
run 8 shmwrite --update --raw --pad 1T "$unique" 'x'
run 0 raw_w "$unique"
output_equals "$dir/wanted"
run 0 shmwrite --update --raw --offset 4000 --pad 96 "$unique" ''
{ head -c 4000 "$dir/wanted"; zeros 96; } >"$dir/filled"
run 0 raw_w "$unique"
output_equals "$dir/filled"
stop other "$unique"

it 'seals 64 MiB of zeros behind a word'
run 0 shmwrite -d --sealed --pad 64M "$unique" 'word'
run 0 shmread "$unique"
{ printf 'word'; zeros 67108860; } >"$dir/wanted"
output_equals "$dir/wanted"
let_go "$unique"
rm -f "$dir/wanted" "$dir/output"

it 'refuses contents that are larger than N, and changes nothing'
run 0 shmwrite --put "$unique" 'old'
run 8 shmwrite --put --pad 4 "$unique" 'hello'
says "$unique: the contents are larger than 4 bytes"
printf 'hello' | run 8 shmwrite --update --pad 4 "$unique"
value_is "$unique" 'old'
let_go "$unique"
run 8 shmwrite --pad 4 "$unique" 'hello'
run 1 shmread "$unique"

it 'refuses N of 0, N above --size, and --pad with --stream and --release'
run 2 shmwrite --pad 0 "$unique" ''
says '--pad: contents cannot be filled up to 0 bytes'
run 2 shmwrite --size 4K --pad 4097 "$unique" 'x'
says '--pad is larger than --size'
run 2 shmwrite --stream --pad 4 "$unique"
says '--pad does not go with --stream'
run 2 shmwrite --release --pad 4 "$unique"
says '--pad does not go with --release'

finish
