#!/bin/sh
. "$(dirname "$0")/../../common/tests/scenarios/scenario.sh"
goal '--offset and --length print a part of a value or of memory'

it 'prints a part of a value'
every_byte >"$dir/all"
hold demo shmwrite --input "$(with_backslashes "$dir/all")" "$unique"
for range in '0 517' '0 1' '1 1' '256 5' '516 1' '517 0' '0 0'; do
    # shellcheck disable=SC2086
    set -- $range
    run 0 shmread --offset "$1" --length "$2" "$unique"
    part "$dir/all" "$1" "$2" >"$dir/wanted"
    output_equals "$dir/wanted"
done

it 'prints a part that reaches beyond the end up to the end'
run 0 shmread --offset 0x200 -n 4K "$unique"
part "$dir/all" 512 99 >"$dir/wanted"
output_equals "$dir/wanted"
run 0 shmread --offset 517 "$unique"
output_is ''

it 'reports an --offset beyond the end'
run 1 shmread --offset 518 "$unique"
says 'has nothing at offset 518: it has 517 bytes'
run 1 shmread --offset 8G -n 1 "$unique"
says 'has nothing at offset 8589934592: it has 517 bytes'
release demo "$unique"

it 'prints a text in a record of another program'
printf '\1\2\3\4\0\0\0\0caf\303\251\0old text\0\0w\0i\0d\0e\0\0\0' |
    hold demo shmwrite --raw --size 4096 "$unique"
run 0 shmread --offset 8 "$unique"
output_is 'café'
run 0 shmread --offset 8 -n 3 "$unique"
output_is 'caf'
run 0 shmread --offset 24 -n 100 "$unique"
output_is 'wide'
run 0 shmread --offset 10 --raw -n 6 "$unique"
printf 'f\303\251\0ol' >"$dir/wanted"
output_equals "$dir/wanted"

it 'prints the last bytes of memory, and nothing after them'
run 0 shmread --raw --offset 4095 -n 10 "$unique"
printf '\0' >"$dir/wanted"
output_equals "$dir/wanted"
run 0 shmread --offset 4096 "$unique"
output_is ''
run 1 shmread --raw --offset 4097 "$unique"
says 'has nothing at offset 4097: it has 4096 bytes'
release demo "$unique"

it 'prints a part of a sealed value, and of a value that is copied in several pieces'
bytes 20000000 >"$dir/large"
for option in --sealed --quiet; do
    start demo shmwrite $option --input "$(with_backslashes "$dir/large")" "$unique"
    run 0 shmread --wait --offset 17000001 --length 33 "$unique"
    part "$dir/large" 17000001 33 >"$dir/wanted"
    output_equals "$dir/wanted"
    run 0 shmread --offset 3 -n 19000000 "$unique"
    part "$dir/large" 3 19000000 >"$dir/wanted"
    output_equals "$dir/wanted"
    release demo "$unique"
done

it 'prints that part of each value that --follow finds'
hold demo shmwrite "$unique" 'state=one'
start following shmread --follow --offset 6 "$unique"
until_true grep -q 'one' "$dir/held/following.output" || fail 'the first is missing'
run 0 shmwrite --update "$unique" 'state=two'
until_true grep -q 'two' "$dir/held/following.output" || fail 'the second is missing'
release demo "$unique"
over following 0
printf 'one\r\ntwo\r\n' >"$dir/wanted"
output_equals "$dir/wanted"

it 'refuses a part of a stream, and leaves the stream unchanged'
printf 'streamed' | start sending shmwrite --stream "$unique"
run 2 shmread --wait --offset 1 "$unique"
says "$unique: is a stream: --offset and --length apply only to values"
run 2 shmread -n 1 "$unique"
says "$unique: is a stream: --offset and --length apply only to values"
run 2 shmread --text "$unique"
says "$unique: is a stream: --text applies only to values"
run 0 shmread "$unique"
output_is 'streamed'
over sending 0

finish
