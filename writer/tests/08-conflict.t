#!/bin/sh
. "$(dirname "$0")/../../common/tests/scenarios/scenario.sh"
goal 'shmwrite never uses an object that exists already, and reports what kind of object has the name'

it 'refuses a name that another shmwrite holds, and does not change its value'
hold demo shmwrite "$unique" 'first'
run 5 shmwrite --raw --size 10 "Local\\$unique" 'second'
says "Local\\$unique: already exists" "--put or --update replaces the value, --release ends it"
value_is "$unique" 'first'
release demo "$unique"

it 'refuses a name that another program has given its memory'
hold other collide section "$unique"
run 5 shmwrite "$unique" 'x'
says "$unique: already exists"
stop other "$unique"

it 'refuses a name that this user may not open'
hold other collide denied "$unique"
run 4 shmwrite "$unique" 'x'
says "$unique: access denied: it already exists, and this user may not open it"
errors_have '(5)'
stop other "$unique"

it 'both tools report that the name is that of another kind of object'
for kind in 'an event' 'a mutex' 'a semaphore' 'a timer'; do
    hold other collide "${kind#* }" "$unique"
    run 5 shmwrite "$unique" 'x'
    says "$unique: the name is that of $kind, not of shared memory"
    run 5 shmread "$unique"
    says "$unique: the name is that of $kind, not of shared memory"
    stop other "$unique"
done

it 'refuses a name if another object has the name of a companion, and leaves nothing'
hold other collide semaphore "$unique.winshm.holder"
run 5 shmwrite "$unique" 'x'
says "$unique: its helper object $unique.winshm.holder cannot be opened: the name is that of a semaphore"
gone
stop other "$unique.winshm.holder"
hold other collide event "$unique.winshm.release"
run 5 shmwrite "$unique" 'x'
says "$unique: its helper object $unique.winshm.release cannot be created: the name is taken by an event"
gone
stop other "$unique.winshm.release"

finish
