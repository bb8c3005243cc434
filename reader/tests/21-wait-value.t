#!/bin/sh
. "$(dirname "$0")/../../common/tests/scenarios/scenario.sh"
goal '--wait waits for a value, whatever command creates it'

it 'waits for a value of --put or --detach'
for verb in --put --detach; do
    start waiting shmread --wait "$unique"
    until_true is_started waiting
    run 1 shmread "$unique"
    is_over waiting && fail 'it did not wait'
    run 0 shmwrite $verb "$unique" 'at last'
    over waiting 0
    output_is 'at last'
    errors_are_empty
    let_go "$unique"
done

it 'eight readers that wait at once all print the value'
for reader in 1 2 3 4 5 6 7 8; do
    start "$reader" shmread --wait "$unique"
done
run 0 shmwrite --detach --reads 8 "$unique" 'for all'
for reader in 1 2 3 4 5 6 7 8; do
    over "$reader" 0
    output_is 'for all'
done
until_true is_gone "$unique" || fail 'it is still held'

it 'prints an empty value, and does not wait for another one'
run 0 shmwrite --put "$unique" ''
run 0 shmread --wait --timeout 0 "$unique"
output_is ''
let_go "$unique"

it 'waits no longer than --timeout after a name was released'
run 0 shmwrite --put "$unique" 'x'
let_go "$unique"
run 6 shmread --wait --timeout 100ms "$unique"
says "$unique: timed out waiting for contents"

it 'keeps no object open while it waits'
hold other collide zeros "$unique"
start waiting shmread --wait "$unique"
until_true is_started waiting
drop other
until_true is_gone "$unique"
run 0 shmwrite --put "$unique" 'x'
over waiting 0
output_is 'x'
let_go "$unique"

finish
