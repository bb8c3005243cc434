#!/bin/sh
. "$(dirname "$0")/../../common/tests/scenarios/scenario.sh"
goal '--wait waits until the name has contents, at most for --timeout'

it 'prints contents that exist already at once'
hold demo shmwrite "$unique" 'there'
run 0 shmread --wait --timeout 0 "$unique"
output_is 'there'
release demo "$unique"

it 'waits for a name to be created'
start waiting shmread --wait "$unique"
until_true is_started waiting
run 1 shmread "$unique"
is_over waiting && fail 'it did not wait'
hold demo shmwrite "$unique" 'at last'
over waiting 0
output_is 'at last'
errors_are_empty
release demo "$unique"

it 'waits until a program has written into memory of zeros'
hold other collide zeros "$unique"
start waiting shmread -w "$unique"
until_true is_started waiting
run 1 shmread "$unique"
says "$unique: has no contents yet"
is_over waiting && fail 'it did not wait'
run 0 scribble_w "$unique" 0 0x00206948
over waiting 0
output_is 'Hi '
stop other "$unique"

it 'gives up after --timeout'
begun=$(date +%s%N)
run 6 shmread --wait --timeout 400ms "$unique"
took=$((($(date +%s%N) - begun) / 1000000))
says "$unique: timed out waiting for contents"
test $took -ge 400 || fail "after $took ms"

it 'gives up on memory of zeros after --timeout, too'
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

it 'does not wait without --wait'
run 1 shmread --timeout 10m "$unique"
says "$unique: does not exist"

it 'refuses a --timeout that is not a duration'
run 2 shmread --wait --timeout soon "$unique"
says '--timeout: "soon" is not a duration such as 500ms, 10s, 5m or 1h'

finish
