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
    release demo "$unique"
}

it 'has room for twice --size and the trailer, so that an update never changes bytes that are being read'
takes 4096
takes 4096 --size 1700
takes 8192 --size 1800
takes 20480 --size 0x2000
takes 2101248 --size 1M

it 'holds contents as large as --size, as they are stored, and no larger ones'
holds 'hello' --encoding utf-16 --size 10 'hello'
run 8 shmwrite "$unique" --encoding utf-16 --size 9 'hello'
says "$unique: the contents are larger than 9 bytes"
gone

it 'refuses a file and a pipe that are larger than --size, and creates nothing'
bytes 100000 >"$dir/file"
run 8 shmwrite "$unique" --size 99999 <"$dir/file"
says "$unique: the contents are larger than 99999 bytes"
yes | run 8 shmwrite "$unique" --size 1M
says 'the contents are larger than 1048576 bytes'
gone

it 'reports that there is no memory for a size that no machine has, and leaves nothing'
run 8 shmwrite "$unique" --size 64T 'x'
says "$unique: memory for 70368744177664 bytes cannot be allocated" \
    'a value takes twice its size in memory, with --sealed only once'
for kind in --local --raw; do
    run 8 shmwrite $kind "$unique" --size 0xffffffffffffffff 'x'
    says ' bytes cannot be allocated'
done
gone

finish
