#!/bin/sh
. "$(dirname "$0")/../../common/tests/scenarios/scenario.sh"
goal 'a name exists as long as it is held: until it is released, its time is over, or its holder ends'

it 'the name can be created again as soon as it is released'
for time in 1 2 3; do
    hold demo shmwrite "$unique" "time $time"
    value_is "$unique" "time $time"
    release demo "$unique"
    output_is ''
done
run 1 shmread "$unique"
says "$unique: does not exist"

it 'releases the name after --hold-for, and not before'
begun=$(date +%s%N)
run 0 shmwrite "$unique" --hold-for 300ms 'x'
says "$unique: holding 1 byte for 0.300 s or until Ctrl+C"
test $(($(date +%s%N) - begun)) -ge 300000000 || fail 'it did before'
gone
run 0 shmwrite "$unique" --hold-for 0 'x'

it 'the value can be read, and released, before --hold-for is over'
hold demo shmwrite "$unique" --hold-for 10m 'x'
value_is "$unique" 'x'
release demo "$unique"
says 'for 600.000 s'

it 'prints nothing with --quiet, and only sets the exit status'
start demo shmwrite --quiet "$unique" 'x'
run 0 shmread --wait --timeout "${limit}s" "$unique"
output_is 'x'
release demo "$unique"
errors_are_empty
run 1 shmread -q "$unique"
errors_are_empty

it 'says with --verbose why it releases the name'
hold demo shmwrite --verbose "$unique" 'x'
release demo "$unique"
errors_have "$unique: released: on request"
run 0 shmwrite -v --hold-for 1ms "$unique" 'x'
errors_have "$unique: released: --hold-for is over"

it 'the name is free again when the holder has been killed'
hold demo shmwrite "$unique" 'first'
drop demo
gone
holds 'second' 'second'

finish
