#!/bin/sh
. "$(dirname "$0")/../../common/tests/scenarios/scenario.sh"
goal 'a name exists as long as it is held: until it is released, its time is over, or its holder ends'

it 'holds until the release event is set, and then the name is gone'
hold demo shmwrite "$unique" 'x'
run 0 shmread "$unique"
release demo "$unique"
run 1 shmread "$unique"
says "$unique: does not exist"

it 'the name can be created again at once'
for time in 1 2 3 4 5; do
    hold demo shmwrite "$unique" "time $time"
    run 0 shmread "$unique"
    output_is "time $time"
    release demo "$unique"
done

it 'releases the name after --hold-for'
run 0 shmwrite "$unique" --hold-for 300ms 'x'
says "$unique: holding 1 byte for 0.300 s or until Ctrl+C"
run 1 shmread "$unique"

it 'does not release the name before'
begun=$(date +%s%N)
run 0 shmwrite "$unique" --hold-for 1s 'x'
test $(($(date +%s%N) - begun)) -ge 1000000000 || fail 'it did'

it 'releases the name at once with --hold-for 0'
run 0 shmwrite "$unique" --hold-for 0 'x'

it 'the value can be read, and released, before --hold-for is over'
hold demo shmwrite "$unique" --hold-for 10m 'x'
run 0 shmread "$unique"
output_is 'x'
release demo "$unique"
says 'for 600.000 s'

it 'refuses a --hold-for that is not a duration'
for bad in '' 1x 1.5s -1 s 10sec 99999999999999999999 18446744073709551615h; do
    run 2 shmwrite "$unique" --hold-for="$bad" 'x'
    says "--hold-for: \"$bad\" is not a duration such as 500ms, 10s, 5m or 1h"
done

it 'prints nothing with --quiet'
start demo shmwrite --quiet "$unique" 'x'
run 0 shmread --wait --timeout "${limit}s" "$unique"
output_is 'x'
release demo "$unique"
errors_are_empty
run 2 shmwrite "$unique" --quiet --hold-for x 'x'
errors_have 'is not a duration'

it 'prints nothing about a failure with --quiet, and only sets the exit status'
run 1 shmread -q "$unique"
errors_are_empty
run 8 shmwrite -q --size 1 "$unique" 'xx'
errors_are_empty

it 'says with --verbose why it releases the name'
hold demo shmwrite --verbose "$unique" 'x'
release demo "$unique"
errors_have "$unique: released: on request"
run 0 shmwrite -v --hold-for 1ms "$unique" 'x'
errors_have "$unique: released: --hold-for is over"

it 'prints nothing on standard output'
hold demo shmwrite "$unique" 'x'
release demo "$unique"
output_is ''

it 'the name is free again when the holder has been killed'
hold demo shmwrite "$unique" 'first'
drop demo
run 1 shmread "$unique"
hold demo shmwrite "$unique" 'second'
run 0 shmread "$unique"
output_is 'second'
release demo "$unique"

if [ -r /proc/self/stat ] && on_wine; then
    it 'uses no processor time while it holds a value'
    hold demo shmwrite "$unique" 'x'
    pid=$(cat "$dir/held/demo.pid")
    before=$(cut -d ' ' -f 14,15 "/proc/$pid/stat")
    sleep 0.5
    after=$(cut -d ' ' -f 14,15 "/proc/$pid/stat")
    test "$before" = "$after" || fail "it used some: $before, then $after ticks"
    release demo "$unique"
else
    skip 'uses no processor time while it holds a value' 'this needs /proc'
fi

finish
