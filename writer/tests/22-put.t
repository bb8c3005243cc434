#!/bin/sh
. "$(dirname "$0")/../../common/tests/scenarios/scenario.sh"
goal '--put updates a value that exists, or else creates it and holds it in the background'

it 'creates the value, and then updates it, from a pipe and from a file'
every_byte >"$dir/every"
run 0 shmwrite --put "$unique" 'first'
output_is ''
errors_are_empty
value_is "$unique" 'first'
every_byte | run 0 shmwrite -p "$unique"
errors_are_empty
value_equals "$dir/every"
run 0 shmwrite -p "$unique" </dev/null
value_is "$unique" ''
run 0 shmwrite -p -i "$dir/every" "$unique"
value_equals "$dir/every"
let_go

it 'reports each option that has no effect on a value that exists'
run 0 shmwrite --put --size 4096 "$unique" 'first'
run 0 shmwrite --put --size 4096 "$unique" '2nd'
errors_are_empty
run 0 shmwrite --put --size 8K --reads 1 --hold-for 1h "$unique" '3rd'
says "$unique: already exists, so --size, --hold-for and --reads have no effect"
value_is "$unique" '3rd'
value_is "$unique" '3rd'
let_go

it 'updates a value that a holder in the foreground holds'
hold demo shmwrite "$unique" 'first'
run 0 shmwrite -p "$unique" '2nd'
value_is "$unique" '2nd'
on_wine && { has_no_holder "$unique" || fail 'now it has two holders'; }
release demo "$unique"
gone

it 'leaves room for the value to grow, reports contents that do not fit, and changes nothing'
run 0 shmwrite -p "$unique" 'x'
run 0 shmwrite -p "$unique" 'a line that is somewhat longer than the first'
value_is "$unique" 'a line that is somewhat longer than the first'
bytes 100000 | run 8 shmwrite -p "$unique"
says "$unique: 100000 bytes do not fit: there is room for " "end it with --release, then create it with --size 100000"
value_is "$unique" 'a line that is somewhat longer than the first'
let_go

# together COUNT: run COUNT --put at once, with the values 1 to COUNT, and
# expect that each succeeds.
together()
{
    number=0
    while [ $number -lt "$1" ]; do
        number=$((number + 1))
        start "put$number" shmwrite --put "$unique" "value $number"
    done
    while [ $number -gt 0 ]; do
        over "put$number" 0
        errors_are_empty
        number=$((number - 1))
    done
    run 0 shmread "$unique"
    grep -qE "^value [1-$1]\$" "$dir/output" || {
        fail 'it is none of the values'
        show "$dir/output"
    }
}

# one_holds: expect that one process holds the name in the background.
one_holds()
{
    ! on_wine || [ "$(background_of "$unique" | wc -l)" -eq 1 ] || fail "$(background_of "$unique" | wc -l) hold it"
}

it 'several --put of a new or an existing name at once all succeed, and one of them holds it'
for count in 2 2 2 2 8 8; do
    together $count
    one_holds
    together $count
    one_holds
    let_go
done

if on_wine; then
    it 'takes over a name whose holder died, if another program keeps it alive, and holds it again'
    run 0 shmwrite --put "$unique" 'first'
    hold reader borrow_w "$unique"
    kill_holder "$unique"
    value_is "$unique" 'first'
    run 0 shmwrite --put "$unique" 'second'
    errors_are_empty
    value_is "$unique" 'second'
    has_no_holder "$unique" && fail 'it is not held again'
    stop reader "$unique"
    value_is "$unique" 'second'
    let_go

    it 'several --put at once take over such a name, and one of them holds it'
    run 0 shmwrite --put "$unique" 'first'
    hold reader borrow_w "$unique"
    kill_holder "$unique"
    together 8
    stop reader "$unique"
    one_holds
    let_go

    it 'creates the name again if no other program keeps it alive'
    run 0 shmwrite --put "$unique" 'first'
    kill_holder "$unique"
    goes
    run 0 shmwrite --put "$unique" 'longer than the first'
    value_is "$unique" 'longer than the first'
    let_go

    it 'holds a name again that was released while another program keeps it alive'
    run 0 shmwrite --put "$unique" 'first'
    hold reader borrow_w "$unique"
    run 0 shmwrite --release "$unique"
    run 0 shmwrite --put "$unique" 'second'
    stop reader "$unique"
    value_is "$unique" 'second'
    let_go
else
    skip 'takes over a name whose holder died' 'this needs /proc, to find the holder'
fi

it 'refuses a name that cannot be updated'
for kind in section zeros; do
    hold other collide $kind "$unique"
    run 5 shmwrite --put "$unique" 'x'
    says "$unique: has no layout of shmwrite" "--update --raw writes into such memory"
    stop other "$unique"
done
hold other collide denied "$unique"
run 4 shmwrite --put "$unique" 'x'
stop other "$unique"

finish
