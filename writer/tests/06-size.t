#!/bin/sh
. "$(dirname "$0")/../../common/tests/scenarios/scenario.sh"
goal 'the memory has the size of --size, and contents that do not fit are refused before anything is created'

# takes SIZE [ARGUMENT]...: expect that shmwrite with these arguments creates
# memory of SIZE bytes.
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

it 'uses a single page for a small value'
takes 4096

it 'has room for twice --size and the trailer, so that an update never changes bytes that are being read'
takes 4096 --size 1700
takes 8192 --size 1800
takes 20480 --size 8K

it 'accepts sizes in decimal, in hexadecimal and with a suffix in either case'
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

it 'refuses a pipe with more bytes than --size, and creates nothing'
bytes 100000 | run 8 shmwrite "$unique" --size 99999
says "$unique: the contents are larger than 99999 bytes"
run 1 shmread "$unique"

it 'refuses an endless pipe as soon as it has more bytes than --size'
yes | run 8 shmwrite "$unique" --size 1M
says 'the contents are larger than 1048576 bytes'

it 'counts the bytes of TEXT as they are stored'
run 8 shmwrite "$unique" --encoding utf-16 --size 9 'hello'
says 'the contents are larger than 9 bytes'
hold demo shmwrite "$unique" --encoding utf-16 --size 10 'hello'
release demo "$unique"

it 'refuses a size of 0'
for zero in 0 0x0 0K; do
    run 2 shmwrite "$unique" --size $zero 'x'
    says '--size: memory of 0 bytes cannot be created'
done
run 1 shmread "$unique"

it 'refuses a --size that is not a size'
for bad in '' -1 1X 0x 1.5M 1KB 'ten' 99999999999999999999 16777216T ' 1'; do
    run 2 shmwrite "$unique" --size="$bad" 'x'
    says "--size: \"$bad\" is not a number of bytes such as 4096, 0x1000, 64K or 1M"
done

it 'reports that there is no memory for a size that no machine has, and leaves nothing'
twice='a value takes twice its size in memory, with --sealed only once'
run 8 shmwrite "$unique" --size 64T 'x'
says "$unique: memory for 70368744177664 bytes cannot be allocated" "$twice"
run 8 shmwrite "$unique" --size 4194304T 'x'
says "$unique: memory for 4611686018427387904 bytes cannot be allocated" "$twice"
for huge in 0x7fffffffffffffff 0xffffffffffffffff; do
    run 8 shmwrite "$unique" --size $huge 'x'
    says ' bytes cannot be allocated'
done
run 1 shmread "$unique"

it 'reports the same with --raw'
for huge in 64T 0x7fffffffffffffff 0xffffffffffffffff 0xfffffffffffff001; do
    run 8 shmwrite --raw "$unique" --size $huge 'x'
    says ' bytes cannot be allocated'
done
run 8 shmwrite --sealed "$unique" --size 64T 'x'
says "$unique: memory for 70368744177664 bytes cannot be allocated"
run 1 shmread "$unique"

finish
