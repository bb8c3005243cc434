#!/bin/sh
. "$(dirname "$0")/../../common/tests/scenarios/scenario.sh"
goal '--wait waits until the name has contents, whatever command creates it, at most for --timeout'

it 'waits for a name to be created, and keeps no object open while it waits'
hold other collide zeros "$unique"
start waiting shmread --wait "$unique"
until_true is_started waiting
run 1 shmread "$unique"
says "$unique: has no contents yet"
is_over waiting && fail 'it did not wait'
drop other
goes
for verb in --put --detach; do
    [ $verb = --put ] || start waiting shmread --wait "$unique"
    until_true is_started waiting
    gone
    is_over waiting && fail 'it did not wait'
    run 0 shmwrite $verb "$unique" 'at last'
    over waiting 0
    output_is 'at last'
    errors_are_empty
    let_go
done

it 'waits until a program has written into memory of zeros'
hold other collide zeros "$unique"
start waiting shmread -w "$unique"
until_true is_started waiting
run 0 scribble_w "$unique" 0 0x00206948
over waiting 0
output_is 'Hi '
stop other "$unique"

it 'eight readers that wait at once all print the value'
for reader in 1 2 3 4 5 6 7 8; do
    start "$reader" shmread --wait "$unique"
done
run 0 shmwrite --detach --reads 8 "$unique" 'for all'
for reader in 1 2 3 4 5 6 7 8; do
    over "$reader" 0
    output_is 'for all'
done
goes

it 'prints contents that exist already at once, also if there are none'
hold demo shmwrite "$unique" ''
run 0 shmread --wait --timeout 0 "$unique"
output_is ''
release demo "$unique"

it 'gives up after --timeout, also on memory of zeros'
begun=$(date +%s%N)
run 6 shmread --wait --timeout 400ms "$unique"
took=$((($(date +%s%N) - begun) / 1000000))
says "$unique: timed out waiting for contents"
test $took -ge 400 || fail "after $took ms"
hold other collide zeros "$unique"
run 6 shmread -w -t 50ms "$unique"
says "$unique: timed out waiting for contents"
stop other "$unique"

it 'does not wait if the name is another kind of object, or memory that this user may not open'
hold other collide event "$unique"
run 5 shmread --wait "$unique"
says "$unique: the name is that of an event, not of shared memory"
stop other "$unique"
hold other collide denied "$unique"
run 4 shmread --wait "$unique"
says "$unique: access denied: this user may not open it"
stop other "$unique"

finish
