#!/bin/sh
. "$(dirname "$0")/../../common/tests/scenarios/scenario.sh"
goal 'shmread reports a trailer with impossible fields as damaged, and prints nothing'

# damaged WHAT OFFSET NUMBER: a test that shmread reports a trailer as damaged
# after NUMBER was stored in its field at OFFSET.
damaged()
{
    it "reports $1"
    hold demo shmwrite "$unique" 'hello'
    run 0 scribble_w "$unique" $(($2 - 512)) "$3"
    run 9 shmread "$unique"
    says "$unique: its layout is damaged"
    run 9 shmread --text "$unique"
    release demo "$unique"
}

damaged 'a state that does not exist' 264 7
damaged 'a kind that does not exist' 388 99
damaged 'a section size that is not the real one' 392 8192
damaged 'a section size beyond 4 GiB' 396 1
damaged 'a capacity larger than a slot' 400 4000
damaged 'a capacity beyond 4 GiB' 404 1
damaged 'a slot size that does not fit twice' 408 3584
damaged 'a slot size that is not aligned' 408 1791
damaged 'a slot size beyond 4 GiB' 412 1
damaged 'a slot size of nothing' 408 0
damaged 'a length larger than the capacity' 272 4000
damaged 'a length beyond 4 GiB' 276 1
damaged 'a sequence that has not begun' 256 0
damaged 'a layout number of nothing' 384 0

it 'reports a second slot in a sealed value'
hold demo shmwrite "$unique" 'hello'
run 0 scribble_w "$unique" $((388 - 512)) 2
run 0 scribble_w "$unique" $((256 - 512)) 3
run 9 shmread "$unique"
says "$unique: its layout is damaged"

it 'prints the first slot of a sealed value'
run 0 scribble_w "$unique" $((256 - 512)) 2
run 0 shmread "$unique"
output_is 'hello'
release demo "$unique"

it 'reports the layout of a newer shmwrite'
hold demo shmwrite "$unique" 'hello'
run 0 scribble_w "$unique" $((384 - 512)) 2
run 9 shmread "$unique"
says "$unique: was created by a newer shmwrite: its layout is unknown"

it 'prints even such memory with --raw'
run 0 shmread --raw "$unique"
test "$(wc -c <"$dir/output")" -eq 4096 || fail 'it is not a page'
release demo "$unique"

it 'reports that a value that is being filled has no contents yet'
hold demo shmwrite "$unique" 'hello'
run 0 scribble_w "$unique" $((264 - 512)) 0
run 1 shmread "$unique"
says "$unique: has no contents yet"
release demo "$unique"

it 'prints the other slot if that is the current one'
hold demo shmwrite "$unique" --size 1700 'first'
run 0 scribble_w "$unique" 1728 0x646e6f63
run 0 scribble_w "$unique" $((304 - 512)) 4
run 0 scribble_w "$unique" $((256 - 512)) 5
run 0 shmread "$unique"
output_is 'cond'
release demo "$unique"

finish
