#!/bin/sh
# shellcheck source=common/tests/scenarios/scenario.sh
. "$(dirname "$0")/../../common/tests/scenarios/scenario.sh"
goal 'the memory is as large as was asked for, and what does not fit is refused before anything is created'

# takes SIZE [ARGUMENT]...: a view of SIZE bytes is made by shmwrite with these arguments.
takes()
{
    wanted_size=$1
    shift
    hold demo shmwrite "$unique" 'x' "$@"
    run 0 raw_w "$unique"
    size=$(wc -c <"$dir/output")
    test "$size" -eq "$wanted_size" || fail "it takes $size bytes, not $wanted_size"
    run 0 shmread "$unique"
    output_is 'x'
    release demo "$unique"
}

it 'costs a single page for a small value'
takes 4096

it 'has room twice for --size, and for the trailer: an update never touches what is read'
takes 4096 --size 1700
takes 8192 --size 1800
takes 20480 --size 8K

it 'reads sizes in decimal, in hexadecimal and with a suffix of either case'
takes 20480 --size 8192
takes 20480 --size 0x2000
takes 20480 --size 8k
takes 2101248 --size 1M

it 'holds contents as large as --size'
hold demo shmwrite "$unique" --size 5 'hello'
run 0 shmread "$unique"
output_is 'hello'
release demo "$unique"

it 'refuses a TEXT that is larger than --size, and creates nothing'
run 8 shmwrite "$unique" --size 4 'hello'
says "$unique: the contents are larger than 4 bytes"
run 1 shmread "$unique"

it 'refuses a file that is larger than --size, and creates nothing'
bytes 100000 >"$dir/file"
run 8 shmwrite "$unique" --size 99999 <"$dir/file"
says "$unique: the contents are larger than 99999 bytes"
run 1 shmread "$unique"

it 'refuses a pipe that gives more than --size, and creates nothing'
bytes 100000 | run 8 shmwrite "$unique" --size 99999
says "$unique: the contents are larger than 99999 bytes"
run 1 shmread "$unique"

it 'does not read an endless pipe to its end to find that out'
yes | run 8 shmwrite "$unique" --size 1M
says 'the contents are larger than 1048576 bytes'

it 'counts TEXT as it is stored'
run 8 shmwrite "$unique" --encoding utf-16 --size 9 'hello'
says 'the contents are larger than 9 bytes'
hold demo shmwrite "$unique" --encoding utf-16 --size 10 'hello'
release demo "$unique"

it 'refuses a size of 0'
for zero in 0 0x0 0K; do
    run 2 shmwrite "$unique" --size $zero 'x'
    says '--size: memory of 0 bytes cannot be had'
done
run 1 shmread "$unique"

it 'refuses what is not a size'
for bad in '' -1 1X 0x 1.5M 1KB 'ten' 99999999999999999999 16777216T ' 1'; do
    run 2 shmwrite "$unique" --size="$bad" 'x'
    says "--size: \"$bad\" is not a number of bytes such as 4096, 0x1000, 64K or 1M"
done

it 'says that there is no memory for a size beyond every machine, and leaves nothing'
for huge in 64T 4194304T 0x7fffffffffffffff 0xffffffffffffffff; do
    run 8 shmwrite "$unique" --size $huge 'x'
    says ' bytes could not be had'
done
run 1 shmread "$unique"

it 'says the same with --raw'
for huge in 64T 0x7fffffffffffffff 0xffffffffffffffff 0xfffffffffffff001; do
    run 8 shmwrite --raw "$unique" --size $huge 'x'
    says ' bytes could not be had'
done
run 1 shmread "$unique"

finish
