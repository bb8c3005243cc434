#!/bin/sh
. "$(dirname "$0")/../../common/tests/scenarios/scenario.sh"
goal '--offset and --length print a part of a value or of memory'

# part_is OFFSET LENGTH FILE: expect that shmread prints this part of the file.
part_is()
{
    part "$3" "$1" "$2" >"$dir/wanted"
    value_equals "$dir/wanted" --offset "$1" --length "$2"
}

it 'prints a part of a value that is copied in several pieces, at most up to its end'
bytes 20000000 >"$dir/large"
hold demo shmwrite "$unique" <"$dir/large"
part_is 17000001 33 "$dir/large"
part_is 3 19000000 "$dir/large"
part_is 19999990 4096 "$dir/large"
part_is 20000000 1 "$dir/large"

it 'reports an --offset beyond the end'
run 1 shmread --offset 20000001 "$unique"
says 'has nothing at offset 20000001: it has 20000000 bytes'
run 1 shmread --offset 8G -n 1 "$unique"
says 'has nothing at offset 8589934592: it has 20000000 bytes'
release demo "$unique"

it 'prints a text in a record of another program'
printf '\1\2\3\4\0\0\0\0caf\303\251\0old text\0\0w\0i\0d\0e\0\0\0' |
    hold demo shmwrite --raw --size 4096 "$unique"
run 0 shmread --offset 8 "$unique"
output_is 'café'
run 0 shmread --offset 24 -n 100 "$unique"
output_is 'wide'
run 0 shmread --offset 10 --raw -n 6 "$unique"
output_bytes 'f\303\251\0ol'
run 0 shmread --raw --offset 4095 -n 10 "$unique"
output_bytes '\0'
release demo "$unique"

it 'refuses a part of a stream, and leaves the stream unchanged'
printf 'streamed' | start sending shmwrite --stream "$unique"
run 2 shmread --wait --offset 1 "$unique"
says "$unique: is a stream: --offset and --length apply only to values"
run 0 shmread "$unique"
output_is 'streamed'
over sending 0

finish
